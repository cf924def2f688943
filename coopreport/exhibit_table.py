"""From a DataFrame to a table of the report: which columns, in which unit, with which symbols."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd

from coopreport.errors import NBSP, nearest, quoted
from coopreport.exhibits import BadExhibit, Cell, Column, ColumnKind, Row, RowKind, Source, Table
from coopreport.locale import STAND_ALONE, format_value, machine_value


@dataclass(frozen=True)
class ColumnSpec:
    """How a column of a DataFrame becomes a column of a table.

    `unit` and `decimals` go to `locale.format_value`; `style` is `bare` when the unit stands in
    the unit line or the label. A unit or decimals `@column` are taken from that column of the
    frame, row by row, for rows that measure different things. `missing` is the symbol of a missing
    value. `link` names a column of ids of the page that the cells lead to; blank: no link.
    `anchor` gives each cell an address in the page: `recommandation` makes `recommandation-R1`.
    """

    key: str
    label: str
    kind: ColumnKind = "text"
    unit: str = ""
    decimals: int | str | None = None
    style: Literal["short", "words", "bare"] = "bare"
    group: str = ""
    missing: str = ".."
    link: str = ""
    anchor: str = ""


def cell(
    value: Any,
    unit: str = "",
    decimals: int | None = None,
    *,
    style: Literal["short", "words", "bare"] = "bare",
    missing: str = "..",
    status: str = "",
    link: str = "",
) -> Cell:
    """Return the cell of a value: formatted in `unit`, or as text when `unit` is "".

    A missing value (None, NaN, NA, NaT, blank text), or a status that replaces its value
    (`x`, `F`, `.`, `..`, `...`), shows the symbol alone and keeps no value: a suppressed amount
    must not lie in the page.
    """
    blank = value is None or (isinstance(value, str) and not value.strip())
    if status in STAND_ALONE or blank or bool(pd.isna(value)):
        symbol = status if status in STAND_ALONE else missing
        return Cell(symbol, status=symbol)
    if not unit:
        return Cell(str(value), status=status, link=link)
    return Cell(format_value(value, unit, decimals, style), machine_value(value), status, link)


def table_from_frame(
    frame: pd.DataFrame,
    columns: Sequence[ColumnSpec],
    *,
    id: str,
    title: str,
    unit_line: str = "",
    notes: Sequence[str] = (),
    symbols: Sequence[tuple[str, str]] = (),
    sources: Sequence[Source] = (),
    frame_name: str = "",
    total: Sequence[int] = (),
    alert: str = "",
    group_by: str = "",
) -> Table:
    """Return the table of a frame's rows, in the frame's order.

    A column `<key>_status` of the frame, where there is one, gives the status of `<key>`'s cells.
    `total` holds positions of rows that are totals (-1: the last). `alert` names a boolean column
    that tells which rows call for action. `group_by` names a column whose every new value heads the
    rows that follow.

    Raises:
        BadExhibit: the frame has not a column that is asked for.
    """
    for spec in columns:
        if spec.key not in frame.columns:
            known = [str(column) for column in frame.columns]
            raise BadExhibit(
                f"{id} : le tableau n’a pas de colonne {quoted(spec.key)}.",
                nearest(spec.key, known) or f"colonnes{NBSP}: {', '.join(known)}.",
            )
    totals = {position % len(frame) for position in total} if len(frame) else set()
    alerts = [bool(flag) for flag in frame[alert]] if alert else [False] * len(frame)
    rows: list[Row] = []
    heading: object = None
    for position, record in enumerate(frame.to_dict("records")):
        if group_by and position not in totals and record[group_by] != heading:
            heading = record[group_by]
            rows.append(Row((Cell(str(heading)),), "group"))
        cells = []
        for spec in columns:
            status = _text(record.get(f"{spec.key}_status"))
            unit = _of_row(spec.unit, record)
            made = cell(
                record[spec.key],
                unit,
                _of_row(spec.decimals, record),
                style=spec.style,
                missing=spec.missing,
                status=status,
                link=_text(record[spec.link]) if spec.link else "",
            )
            if unit != spec.unit and made.value:
                made = replace(made, unit=unit)
            cells.append(replace(made, anchor=_anchor(spec, made)) if spec.anchor else made)
        kind: RowKind = "total" if position in totals else "alert" if alerts[position] else "body"
        rows.append(Row(tuple(cells), kind))
    return Table(
        id=id,
        title=title,
        columns=tuple(
            Column(c.key, c.label, c.kind, c.group, "" if c.unit.startswith("@") else c.unit)
            for c in columns
        ),
        rows=tuple(rows),
        unit_line=unit_line,
        notes=tuple(notes),
        symbols=tuple(symbols),
        sources=tuple(sources),
        frame=frame_name,
    )


def _text(value: Any) -> str:
    """Return a text, "" for anything else (a missing value)."""
    return value if isinstance(value, str) else ""


def _anchor(spec: ColumnSpec, made: Cell) -> str:
    """Return the address of a cell in the page; ValueError when its text cannot be part of one."""
    if not re.fullmatch(r"[A-Za-z0-9_-]+", made.text):
        raise ValueError(f"{spec.key} : {made.text!r} ne peut pas être une adresse de la page")
    return f"{spec.anchor}-{made.text}"


def _of_row(setting: Any, record: Mapping[Any, Any]) -> Any:
    """Return a column's setting, or the row's own where it is `@column`."""
    at_row = isinstance(setting, str) and setting.startswith("@")
    return record[setting[1:]] if at_row else setting
