"""Two states of a table of the report, cell by cell. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from coopreport.compare.identity import headings_of, rows_of
from coopreport.compare.words import Piece, compare_words
from coopreport.exhibits import Cell, Column, ColumnKind, Table
from coopreport.locale import STAND_ALONE

Kind = Literal["same", "changed", "added", "gone"]
Item = TypeVar("Item", bound=Hashable)


@dataclass(frozen=True)
class GridCell:
    """A cell as it was and as it is; None on the side that has no such cell."""

    old: str | None
    new: str | None

    @property
    def is_changed(self) -> bool:
        return self.old != self.new


@dataclass(frozen=True)
class GridColumn:
    """A column of the grid, with its heading in both tables."""

    heading: GridCell
    kind: ColumnKind
    change: Kind


@dataclass(frozen=True)
class GridRow:
    """A row of the grid under its group, "" when the table has none."""

    change: Kind
    group: str
    cells: tuple[GridCell, ...]


@dataclass(frozen=True)
class WordsChange:
    """A text around a table or a chart that changed: which one, and its words."""

    name: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Grid:
    """What changed in a table: the rows that did, with the columns that did and the row headers.

    `unchanged` counts the rows left out; `under_display` the cells that show the same text for
    another exact value.
    """

    id: str
    title: str
    words: tuple[WordsChange, ...]
    columns: tuple[GridColumn, ...]
    rows: tuple[GridRow, ...]
    unchanged: int
    under_display: int


def compare_tables(old: Table, new: Table) -> Grid | None:
    """Return what changed between two states of a table, None when they say the same."""
    words = changed_words(
        ("Titre", old.title, new.title),
        ("Unité", old.unit_line, new.unit_line),
        ("Notes", "\n".join(old.notes), "\n".join(new.notes)),
    )
    columns = _columns(old, new)
    before, after = rows_of(old), rows_of(new)
    rows: list[GridRow] = []
    under_display = 0
    for key in _merged(list(before), list(after)):
        was, now = (side[key].cells if key in side else {} for side in (before, after))
        shared = [name for name in was if name in now]
        under_display += sum(
            _shown(was[name]) == _shown(now[name]) and was[name].value != now[name].value
            for name in shared
        )
        cells = tuple(GridCell(_text(was, name), _text(now, name)) for name in columns)
        change: Kind = "gone" if not now else "added" if not was else "same"
        if change == "same" and any(_shown(was[name]) != _shown(now[name]) for name in shared):
            change = "changed"
        rows.append(GridRow(change, key[0], cells))
    was_headed, now_headed = headings_of(old), headings_of(new)
    headings = {name: GridCell(was_headed.get(name), now_headed.get(name)) for name in columns}
    kinds = {name: _column_change(heading) for name, heading in headings.items()}
    changed = [row for row in rows if row.change != "same"]
    kept = _kept_columns(columns, kinds, changed)
    if any(kind != "same" for kind in kinds.values()):
        changed = rows  # a column that came or went shows on every row
    if not (words or changed or under_display):
        return None
    return Grid(
        new.id,
        new.title,
        words,
        tuple(
            GridColumn(headings[name], column.kind, kinds[name])
            for name, column in columns.items()
            if name in kept
        ),
        tuple(
            GridRow(
                row.change,
                row.group,
                tuple(cell for name, cell in zip(columns, row.cells, strict=True) if name in kept),
            )
            for row in changed
        ),
        len(rows) - len(changed),
        under_display,
    )


def changed_words(*texts: tuple[str, str, str]) -> tuple[WordsChange, ...]:
    """Return the texts that changed, given as (name, old, new), with their words marked."""
    return tuple(
        WordsChange(name, compare_words(old, new)) for name, old, new in texts if old != new
    )


def _columns(old: Table, new: Table) -> dict[str, Column]:
    """Return the columns of both tables by key, those of the new one as it has them."""
    before = {column.key: column for column in old.columns}
    after = {column.key: column for column in new.columns}
    return {name: {**before, **after}[name] for name in _merged(list(before), list(after))}


def _column_change(heading: GridCell) -> Kind:
    if heading.old is None or heading.new is None:
        return "added" if heading.old is None else "gone"
    return "changed" if heading.is_changed else "same"


def _kept_columns(
    columns: dict[str, Column], kinds: dict[str, Kind], rows: Sequence[GridRow]
) -> set[str]:
    """Return the columns to show: row headers, and those where something changed.

    A row that came or went is shown whole.
    """
    if any(row.change in ("added", "gone") for row in rows):
        return set(columns)
    moved = {
        name
        for position, name in enumerate(columns)
        if any(row.cells[position].is_changed for row in rows)
    }
    headers = {name for name, column in columns.items() if column.kind == "header"}
    return headers | moved | {name for name, kind in kinds.items() if kind != "same"}


def _merged(old: list[Item], new: list[Item]) -> list[Item]:
    """Return the items of both, in the order of the new; what is gone follows what it followed."""
    merged, kept = list(new), set(new)
    for position, item in enumerate(old):
        if item not in kept:
            merged.insert(merged.index(old[position - 1]) + 1 if position else 0, item)
    return merged


def _text(cells: dict[str, Cell], name: str) -> str | None:
    return _shown(cells[name]) if name in cells else None


def _shown(cell: Cell) -> str:
    """Return a cell as it is read: its text, then its status where it stands beside a value."""
    beside = cell.status and cell.status not in STAND_ALONE
    return f"{cell.text} {cell.status}" if beside else cell.text
