"""The nouns of a raw table: package, resource, field, rule, and the stages from text to frame.

`Package` → `Resource` (one CSV file and its schema) → `RawTable` (columns of text) → `TypedTable`
(columns of values) → `Table` (a DataFrame without a fault).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

Value = str | int | Decimal | bool | date
"""What one cell holds once converted; `year` columns hold an int."""


class Gap(Enum):
    """Why a cell holds no value: nothing was written (None elsewhere), or what was is at fault."""

    FAULTY = "faulty"


Cell = Value | None | Gap


@dataclass(frozen=True)
class Wrong:
    """Why a text is not what its column asks for, and what to write instead (both in French)."""

    rule: str
    remedy: str


@dataclass(frozen=True)
class Field:
    """One column of the schema.

    `unit` "CAD" means Canadian dollars, whole in an integer column. `labels` gives the French
    label of each code of a column of `categories`.
    """

    name: str
    type: str
    title: str
    description: str = ""
    unit: str = ""
    format: str = "default"
    required: bool = False
    unique: bool = False
    enum: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    minimum: Value | None = None
    maximum: Value | None = None
    pattern: re.Pattern[str] | None = None

    @property
    def is_fiscal_year(self) -> bool:
        """Tell whether the column holds fiscal years: text, in a column named `…fiscal_year`."""
        return self.type == "string" and self.name.endswith("fiscal_year")


@dataclass(frozen=True)
class ForeignKey:
    """`fields` of this table must be found among `reference_fields` of the table `reference`."""

    fields: tuple[str, ...]
    reference: str
    reference_fields: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """A named rule of `rules.py` with its arguments, for what a table schema cannot say."""

    name: str
    arguments: Mapping[str, object]

    def column(self, argument: str) -> str:
        """Return the argument that names one column."""
        return str(self.arguments[argument])

    def columns(self, argument: str) -> tuple[str, ...]:
        """Return the argument that names several columns."""
        names = self.arguments[argument]
        assert isinstance(names, list)
        return tuple(names)

    @property
    def when(self) -> dict[str, tuple[str, ...]]:
        """Return the rows the rule is about, as column → texts; empty for every row."""
        conditions = self.arguments.get("when", {})
        assert isinstance(conditions, dict)
        return {column: tuple(map(scalar_text, texts)) for column, texts in conditions.items()}


def scalar_text(scalar: object) -> str:
    """Return a JSON scalar as a cell writes it: True → `true`, 5 → `5`."""
    return str(scalar).lower() if isinstance(scalar, bool) else str(scalar)


@dataclass(frozen=True)
class Source:
    """Where facts come from; `path` is an address, or "" when there is none to give."""

    title: str
    path: str = ""


@dataclass(frozen=True)
class Resource:
    """One raw table: its file, schema and sources.

    `path` is relative to data/, `file` is how messages name it (`data/grants.csv`), `rights` is
    the licence's title or the words that stand for it.
    """

    name: str
    title: str
    description: str
    path: str
    file: str
    encoding: str
    delimiter: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]
    rules: tuple[Rule, ...]
    sources: tuple[Source, ...]
    rights: str
    allow_empty: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    @property
    def field(self) -> dict[str, Field]:
        return {field.name: field for field in self.fields}


@dataclass(frozen=True)
class Package:
    """The raw tables under `data_dir`, by name, in the order of `datapackage.json`."""

    data_dir: Path
    name: str
    title: str
    resources: Mapping[str, Resource]


@dataclass(frozen=True)
class RawTable:
    """The rows whose shape is right, as columns of trimmed text; "" is a blank cell.

    `lines[i]` is the line of the file where row i begins. A column missing from the file is
    missing here. `lost` holds the cells of the rows that could not be put into columns.
    """

    resource: Resource
    lines: Sequence[int]
    texts: Mapping[str, Sequence[str]]
    lost: frozenset[str] = frozenset()


@dataclass(frozen=True)
class TypedTable:
    """A raw table and the value of each cell: None when blank, `Gap.FAULTY` when at fault."""

    raw: RawTable
    values: Mapping[str, Sequence[Cell]]

    @property
    def resource(self) -> Resource:
        return self.raw.resource

    @property
    def lines(self) -> Sequence[int]:
        return self.raw.lines

    @property
    def texts(self) -> Mapping[str, Sequence[str]]:
        return self.raw.texts

    def has(self, *columns: str) -> bool:
        """Tell whether the file holds all these columns."""
        return all(column in self.texts for column in columns)

    def key_texts(self, columns: Sequence[str]) -> list[tuple[str, ...]]:
        """Return the texts of `columns`, one tuple a row."""
        return list(zip(*(self.texts[column] for column in columns), strict=True))

    @cached_property
    def labels(self) -> list[str]:
        """Return what a message calls each row: its primary key, or its line."""
        key = self.resource.primary_key
        if not self.has(*key):
            return [f"ligne {line}" for line in self.lines]
        return [", ".join(texts) for texts in self.key_texts(key)]


@dataclass(frozen=True, eq=False)
class Table:
    """A raw table without a fault.

    `frame` has the schema's columns in the schema's order and its rows in primary-key order
    (natural: R2 before R10), whatever the order in the file. Types: string → `str`, integer and
    year → `Int64`, number → `decimal.Decimal` or None, boolean → `boolean`, date →
    `datetime.date` or None. `sha256` is of the file's raw bytes.
    """

    name: str
    title: str
    resource: Resource
    sha256: str
    frame: pd.DataFrame
