"""The `r` of what moved since the former version: on numbers of the prose, on cells of tables."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from coopreport.locale import REVISED
from coopreport.pipeline.edition import RevisedCell
from coopreport.pipeline.provenance import NUMBER

Json = Mapping[str, Any]
END = "</data>"
MARK = f'<sup class="symbol">{REVISED}</sup>'


def with_revisions(html: str, revised: Container[str]) -> Markup:
    """Return a piece of the page whose numbers that moved carry their mark, after the others."""

    def marked(match: re.Match[str]) -> str:
        number, name = match.group(0), match.group(1)
        return number.removesuffix(END) + MARK + END if name in revised else number

    return Markup(NUMBER.sub(marked, html))


def with_marks(exhibit: Json, revised: Sequence[RevisedCell]) -> Json:
    """Return the JSON of a table or a chart whose cells that moved are marked as revised."""
    marked = {cell.at for cell in revised if cell.exhibit == exhibit["id"]}
    if not marked:
        return exhibit
    if "table" in exhibit:
        return {**exhibit, "table": _marked(exhibit["table"], marked)}
    return _marked(exhibit, marked)


def _marked(table: Json, marked: Collection[tuple[int, int]]) -> Json:
    rows = [{**row, "cells": [dict(cell) for cell in row["cells"]]} for row in table["rows"]]
    for row, column in marked:
        rows[row]["cells"][column]["revised"] = True
    return {**table, "rows": rows}
