"""The rows that a table has now, each with its text in the file, so that it can stay as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from coopreport.errors import BadData
from coopreport.tables.conversion import convert
from coopreport.tables.files import refuse_binary
from coopreport.tables.header import check_first_line
from coopreport.tables.journal import Journal
from coopreport.tables.model import Cell, Field, RawTable, Resource, Wrong
from coopreport.tables.reading import ENCODINGS, decode, split_records
from coopreport.tables.shape import shape

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")

Key = tuple[Cell, ...]
"""The values of a row's primary key."""


@dataclass(frozen=True)
class Present:
    """A table as its file holds it: `chunks[i]` is the text of row i, its line end included.

    `header` is the text above the rows, `columns` are in the order of the file, `end` ends a line.
    """

    raw: RawTable
    columns: tuple[str, ...]
    header: str
    chunks: Sequence[str]
    end: str

    @cached_property
    def keys(self) -> list[Key]:
        return keys_of(self.raw)

    @cached_property
    def at(self) -> Mapping[Key, int]:
        """The index of each row, by its key."""
        return {key: i for i, key in enumerate(self.keys)}


def read_present(data: bytes, resource: Resource) -> Present:
    """Return the rows of a table from the bytes of its file.

    A cell that breaks its schema is no obstacle: an import may be what mends it.

    Raises:
        BadData: the file cannot be split into rows, or two rows have the same key.
    """
    journal = Journal(resource.file)
    refuse_binary(data, journal)
    lines = decode(data, resource.encoding, journal)
    check_first_line(lines, resource, journal)
    records = split_records(lines, resource.delimiter, journal)
    raw = shape(records, resource, journal)
    if journal.faults:
        raise BadData(journal.faults)
    text = data.decode(ENCODINGS[resource.encoding], errors="surrogateescape")
    end = "\r\n" if "\r\n" in text else "\n"
    written = _LINE.findall(text)
    while not written[-1].strip():
        written.pop()
    if not written[-1].endswith(("\r", "\n")):
        written[-1] += end
    starts = [line - 1 for line in raw.lines]
    chunks = [
        "".join(written[start:stop])
        for start, stop in zip(starts, [*starts[1:], len(written)], strict=True)
    ]
    columns = tuple(name.strip() for name in records.rows[0][1])
    header = "".join(written[: starts[0] if starts else len(written)])
    present = Present(raw, columns, header, chunks, end)
    if len(present.at) < len(chunks):
        fault = "deux lignes ont la même clé : on ne saurait dire laquelle l'import remplace"
        journal.fault(fault, "corriger la table, puis relancer (make check dit où)")
        raise BadData(journal.faults)
    return present


def keys_of(raw: RawTable) -> list[Key]:
    """Return the key of each row."""
    columns = [
        [value_of(raw.resource.field[name], text) for text in raw.texts[name]]
        for name in raw.resource.primary_key
    ]
    return list(zip(*columns, strict=True))


def value_of(field: Field, text: str) -> Cell:
    """Return what a cell means: its value, None when blank, its text when it is at fault."""
    if not text:
        return None
    value = convert(field, text)
    return text if isinstance(value, Wrong) else value
