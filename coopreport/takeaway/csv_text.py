"""The tables of the report as CSV for the machine: the same text in the page and in `tableaux/`."""

from __future__ import annotations

import re
from functools import lru_cache

from coopreport.exhibit_bundle import REMEMBERED
from coopreport.takeaway.tables import TakenTable


@lru_cache(maxsize=REMEMBERED)
def csv_text(table: TakenTable) -> str:
    """Return a table as CSV: a line of names, then one line a row. Nothing is neutralised."""
    rows = zip(*(column.values for column in table.columns), strict=True)
    lines = [[column.name for column in table.columns], *rows]
    return "".join(",".join(map(_field, line)) + "\n" for line in lines)


def _field(text: str) -> str:
    """Return a field, quoted where RFC 4180 asks it; the csv module leaves a lone CR bare."""
    if re.search(r'[",\r\n]', text) or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text
