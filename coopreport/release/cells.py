"""The numbers of tables and charts by their headings: what moved between two versions.

Pure: the JSON of exhibits in, as executed notebooks hold it. A cell is the same one in two versions
when its exhibit, the headings of its row and those of its column are the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from nbformat import NotebookNode

from coopreport.exhibits import CHART_MIME, TABLE_MIME
from coopreport.locale import MINUS, NBSP, UNITS, format_number
from coopreport.pipeline.edition import RevisedCell

Json = Mapping[str, Any]
Key = tuple[str, int, str]
"""A cell in any version: headings of its row, which row of those headings, those of its column."""
At = tuple[int, int]
"""A cell in one version: the positions of its row and of its column, from 0."""

SHOWN = re.compile(rf"([+{MINUS}]?)(\d[\d{NBSP}]*)(?:,(\d+))?({NBSP}\D+)?")
"""A displayed number: sign, whole part, decimals, unit."""


def tables_of(notebooks: Iterable[NotebookNode]) -> dict[str, Json]:
    """Return the tables and the data of charts that executed notebooks show, by exhibit."""
    found: dict[str, Json] = {}
    for notebook in notebooks:
        for cell in notebook.cells:
            for output in cell.get("outputs", ()):
                for mime in (TABLE_MIME, CHART_MIME):
                    if exhibit := output.get("data", {}).get(mime):
                        found[exhibit["id"]] = exhibit
    return found


def moved_cells(old: Mapping[str, Json], new: Mapping[str, Json]) -> list[RevisedCell]:
    """Return the numbers of tables that both versions show and that moved; their causes are blank.

    Only what is displayed counts: a value that moves under its rounding did not move.
    """
    moved = []
    for id, exhibit in new.items():
        if id not in old:
            continue
        before = {key: cell for key, _, cell in cells_of(_table(old[id]))}
        table = _table(exhibit)
        for key, at, cell in cells_of(table):
            former = before.get(key, cell)
            texts = (former["text"], cell["text"])
            if texts[0] == texts[1] or not (_is_number(former) or _is_number(cell)):
                continue
            row, column = _row_name(table, key, at), key[2]
            gap = difference(*texts)
            moved.append(RevisedCell(id, exhibit["title"], row, column, at, *texts, gap, ""))
    return moved


def cells_of(table: Json) -> Iterator[tuple[Key, At, Json]]:
    """Yield every cell of a table's body that heads nothing, with what tells it apart."""
    columns = table["columns"]
    names = [" · ".join(filter(None, (c.get("group"), c["label"]))) for c in columns]
    group, seen = "", Counter[str]()
    for position, row in enumerate(table["rows"]):
        if row["kind"] == "group":
            group = row["cells"][0]["text"]
            continue
        pairs = list(zip(columns, row["cells"], strict=True))
        headings = [cell["text"] for column, cell in pairs if column["kind"] == "header"]
        label = " · ".join(filter(None, (group, *headings)))
        seen[label] += 1
        for place, (column, cell) in enumerate(pairs):
            if column["kind"] != "header":
                yield (label, seen[label], names[place]), (position, place), cell


def _row_name(table: Json, key: Key, at: At) -> str:
    """Return the headings of a row; where several rows have them, with its first other cell."""
    label, _, _ = key
    same = [other for other, _, _ in cells_of(table) if other[0] == label and other[2] == key[2]]
    if len(same) == 1:
        return label
    columns = table["columns"]
    first = next(i for i, column in enumerate(columns) if column["kind"] != "header")
    if first == at[1]:
        return f"{label} ({key[1]})"
    return f"{label} · {columns[first]['label']} {table['rows'][at[0]]['cells'][first]['text']}"


def difference(old: str, new: str) -> str:
    """Return the difference of two displayed numbers in their unit, `...` when there is none.

    >>> difference("63,9\\xa0%", "64,1\\xa0%")
    '+0,2\\xa0point'
    """
    before, after = SHOWN.fullmatch(old), SHOWN.fullmatch(new)
    if not before or not after or before[4] != after[4]:
        return "..."
    decimals = max(len(found[3] or "") for found in (before, after))
    gap = _number(after) - _number(before)
    unit = after[4] or ""
    if unit == f"{NBSP}{UNITS['percent'].suffix}":
        unit = f"{NBSP}point{'s' if abs(gap) >= 2 else ''}"
    return format_number(gap, decimals, signed=True) + unit


def _number(found: re.Match[str]) -> Decimal:
    sign, whole, decimals, _ = found.groups()
    number = Decimal(f"{whole.replace(NBSP, '')}.{decimals or 0}")
    return -number if sign == MINUS else number


def _is_number(cell: Json) -> bool:
    return bool(cell.get("value") or SHOWN.fullmatch(cell["text"]))


def _table(exhibit: Json) -> Json:
    table: Json = exhibit.get("table", exhibit)
    return table
