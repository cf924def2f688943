"""The new bytes of a table: its own rows where nothing changes, so that a diff shows the changes.

The order of the rows stays. A new row goes to its key's place in a table sorted by its key, else
to the end. The style is that of the file: its columns' order, its separator, its line ends.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from coopreport.imports.changes import Changes, Kind
from coopreport.imports.present import Key, Present
from coopreport.tables.journal import Journal
from coopreport.tables.reading import ENCODINGS
from coopreport.tables.table import sort_keys

_Row = tuple[Key, str]
"""A row's key, and its text in the file."""


def new_bytes(present: Present, changes: Changes) -> bytes:
    """Return the bytes of the table once changed.

    Raises:
        BadData: a text has a sign that the encoding of the table cannot write.
    """
    changing = {row.key: row for row in changes.rows}
    kept: list[_Row] = []
    for at, key in enumerate(present.keys):
        row = changing.get(key)
        if row is None:
            kept.append((key, present.chunks[at]))
        elif row.kind is Kind.CHANGED:
            cells = {name: column[at] for name, column in present.raw.texts.items()}
            cells |= {cell.column: cell.new for cell in row.cells}
            kept.append((key, _line(cells, present)))
    added = [
        (row.key, _line({cell.column: cell.new for cell in row.cells}, present))
        for row in changes.rows
        if row.kind is Kind.ADDED
    ]
    rows = _sorted([*kept, *added]) if _is_sorted(present.keys) else [*kept, *added]
    return _encoded(present.header + "".join(text for _, text in rows), present)


def _line(cells: Mapping[str, str], present: Present) -> str:
    """Return a row as a line of the file, quoted where RFC 4180 asks it."""
    line = io.StringIO()
    delimiter = present.raw.resource.delimiter
    writer = csv.writer(line, delimiter=delimiter, lineterminator=present.end)
    writer.writerow([cells.get(name, "") for name in present.columns])
    return line.getvalue()


def _is_sorted(keys: Sequence[Key]) -> bool:
    return keys == [key for key, _ in _sorted([(key, "") for key in keys])]


def _sorted(rows: Sequence[_Row]) -> Sequence[_Row]:
    """Return the rows in the order of their keys; as they are when the keys cannot be compared."""
    columns = zip(*(key for key, _ in rows), strict=True)
    try:
        order = list(zip(*(sort_keys(column) for column in columns), strict=True))
        return [rows[i] for i in sorted(range(len(rows)), key=order.__getitem__)]
    except TypeError:  # a key of the table is blank or at fault
        return rows


def _encoded(text: str, present: Present) -> bytes:
    resource = present.raw.resource
    try:
        return text.encode(ENCODINGS[resource.encoding], errors="surrogateescape")
    except UnicodeEncodeError as error:
        raise Journal(resource.file).stop(
            f"signe que l'encodage de la table ne peut écrire : {text[error.start]}",
            "dans datapackage.json, déclarer la table en utf-8, et l'enregistrer ainsi",
        ) from None
