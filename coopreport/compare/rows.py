"""Which rows of a raw table changed between two versions, by primary key."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coopreport.errors import NBSP, shorten
from coopreport.locale import count_of
from coopreport.tables import Table

EMPTY_CELL = "vide"


@dataclass(frozen=True)
class CellChange:
    """A cell of a raw table that changed, as text."""

    column: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.column}{NBSP}: {shorten(self.old, 40)} → {shorten(self.new, 40)}"


@dataclass(frozen=True)
class RowChanges:
    """The rows of one table that are not the same, named by their primary key (`2023-2024/R1`).

    `columns` are those that only one of the two tables has.
    """

    changed: Mapping[str, tuple[CellChange, ...]]
    added: tuple[str, ...]
    gone: tuple[str, ...]
    columns: tuple[str, ...] = ()

    def among(self, keys: Collection[str]) -> RowChanges:
        """Return the changes of these rows only."""
        return RowChanges(
            {key: cells for key, cells in self.changed.items() if key in keys},
            tuple(key for key in self.added if key in keys),
            tuple(key for key in self.gone if key in keys),
            self.columns,
        )

    def told(self, most: int) -> str:
        """Return the changes in French, "" for none; rows beyond `most` of a kind are counted."""
        cells = [f"{key} ({', '.join(map(str, cells))})" for key, cells in self.changed.items()]
        parts = [
            f"{word if len(items) == 1 else plural} {named(items, most)}"
            for word, plural, items in (
                ("ligne", "lignes", cells),
                ("ligne ajoutée", "lignes ajoutées", self.added),
                ("ligne retirée", "lignes retirées", self.gone),
                ("colonne ajoutée ou retirée", "colonnes ajoutées ou retirées", self.columns),
            )
            if items
        ]
        return "; ".join(parts)


def named(items: Sequence[str], most: int) -> str:
    """Return the first items, and how many there are beyond."""
    shown = ", ".join(items[:most])
    more = len(items) - most
    return f"{shown} et {count_of(more, 'autre')}" if more > 0 else shown


def row_changes(old: Table, new: Table) -> RowChanges:
    """Return the rows that differ between two states of a table, in the order of the new one."""
    before, after = _records(old), _records(new)
    common = [name for name in new.frame.columns if name in old.frame.columns]
    changed = {}
    for key, row in after.items():
        was = before.get(key)
        if was is not None and was != row:
            cells = [
                CellChange(name, _text(was[name]), _text(row[name]))
                for name in common
                if _text(was[name]) != _text(row[name])
            ]
            if cells:
                changed[key] = tuple(cells)
    return RowChanges(
        changed,
        tuple(key for key in after if key not in before),
        tuple(key for key in before if key not in after),
        tuple(sorted({*old.frame.columns} ^ {*new.frame.columns})),
    )


def _records(table: Table) -> dict[str, dict[str, Any]]:
    """Return the rows by their key, written as the ledger writes it; a missing value is None."""
    frame = table.frame.astype(object).where(table.frame.notna(), None)
    columns = list(table.resource.primary_key)
    keys = table.frame[columns].itertuples(index=False, name=None)
    rows = frame.rename(columns=str).to_dict("records")
    return {
        "/".join(map(str, key)): {str(name): value for name, value in row.items()}
        for key, row in zip(keys, rows, strict=True)
    }


def _text(value: Any) -> str:
    return EMPTY_CELL if value is None else str(value)
