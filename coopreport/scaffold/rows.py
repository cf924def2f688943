"""Rows of a table carried from one cycle to another: new lines at its end, nothing else touched.

Pure functions over the text of a CSV file. A carried row is the former one with the new cycle,
its fiscal years moved by as many years, an id of its own where the table needs one, and
`confirmed` false: an analyst reads it again and writes `true`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from coopreport.fiscal import fiscal_year, is_fiscal_year, start_year
from coopreport.tables import Resource

CYCLE, CONFIRMED = "cycle", "confirmed"


def is_carried(resource: Resource) -> bool:
    """Tell whether the rows of a table are of a cycle and have to be confirmed."""
    return {CYCLE, CONFIRMED} <= set(resource.columns)


def with_carried(resource: Resource, text: str, former: str, new: str) -> tuple[str, list[str]]:
    """Return the text of a table with the rows of a cycle carried to another, and their names.

    The text is the same when it ends with these rows already: a run that was killed goes on.

    Raises:
        ValueError: the table has other rows of the new cycle.
    """
    end = "\r\n" if "\r\n" in text else "\n"
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=resource.delimiter))
    carried = _carried(resource, rows, former, new)
    names = [name_of(resource, row) for row in carried]
    present = [row for row in rows if row[CYCLE] == new]
    if present == carried:
        return text, names
    if present:
        raise ValueError(resource.file)
    lines = io.StringIO()
    writer = csv.DictWriter(
        lines, list(resource.columns), delimiter=resource.delimiter, lineterminator=end
    )
    writer.writerows(carried)
    separator = "" if text.endswith("\n") else end
    return text + separator + lines.getvalue(), names


def name_of(resource: Resource, row: Mapping[str, Any] | pd.Series) -> str:
    """Return a row as a message names it: `recommendations R1`, without its cycle."""
    keys = [str(row[column]) for column in resource.primary_key if column != CYCLE]
    return f"{resource.name} {' '.join(keys)}"


def _carried(
    resource: Resource, rows: Sequence[Mapping[str, str]], former: str, new: str
) -> list[dict[str, str]]:
    """Return the rows of a cycle as those of another."""
    own = [dict(row) for row in rows if row[CYCLE] == former]
    shift = start_year(new) - start_year(former)
    renamed = [column for column in resource.primary_key if CYCLE not in resource.primary_key]
    ids = {(column, row[column]) for row in own for column in renamed}
    pointing = {
        field: target
        for key in resource.foreign_keys
        if key.reference == resource.name
        for field, target in zip(key.fields, key.reference_fields, strict=True)
        if target in renamed
    } | {column: column for column in renamed}
    for row in own:
        for column, target in pointing.items():
            if (target, row[column]) in ids:
                row[column] = f"{new}-{row[column]}"
        for column, value in row.items():
            if column != CYCLE and column.endswith("fiscal_year") and is_fiscal_year(value):
                row[column] = fiscal_year(start_year(value) + shift)
        row |= {CYCLE: new, CONFIRMED: "false"}
    return own
