"""A raw table from bytes to frame, and the check of all of them: read this file first."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coopreport.errors import NBSP, BadCall, BadData, Fault, nearest, quoted
from coopreport.tables.checks import check_foreign_keys, check_keys
from coopreport.tables.conversion import convert_table
from coopreport.tables.files import read_bytes, refuse_binary
from coopreport.tables.header import check_first_line
from coopreport.tables.journal import Journal, Notice
from coopreport.tables.model import Cell, Package, RawTable, Resource, Table, TypedTable
from coopreport.tables.reading import decode, split_records
from coopreport.tables.rules import check_rules
from coopreport.tables.shape import shape

PANDAS_TYPES = {
    "string": "str",
    "integer": "Int64",
    "year": "Int64",
    "number": "object",
    "boolean": "boolean",
    "date": "object",
}


@dataclass(frozen=True)
class TableSummary:
    """What `make check` says of one table; `rows` and `cells` are 0 when it could not be read."""

    name: str
    title: str
    path: str
    rows: int
    cells: int
    warnings: tuple[Notice, ...]
    sha256: str


@dataclass(frozen=True)
class CheckResult:
    """The check of every table: all faults sorted, and the tables that have none, by name."""

    summaries: tuple[TableSummary, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Notice, ...]
    tables: Mapping[str, Table]


@dataclass(frozen=True)
class _Examined:
    """One file as far as it could be read: `typed` is None when it has no columns yet."""

    resource: Resource
    journal: Journal
    sha256: str
    typed: TypedTable | None


def read_table(package: Package, name: str) -> Table:
    """Return one table of the package.

    Raises:
        BadCall: the package has no table of that name.
        BadData: every fault of the table, and of those it refers to.
    """
    if name not in package.resources:
        known = ", ".join(package.resources)
        raise BadCall(
            f"Table inconnue{NBSP}: {quoted(name)}.",
            nearest(name, list(package.resources)) or f"tables{NBSP}: {known}",
        )
    referred = {key.reference for key in package.resources[name].foreign_keys}
    examined = {each: _examine(package, each) for each in sorted({name} | referred)}
    _check_references(examined[name], examined)
    faults = [fault for each in examined.values() for fault in each.journal.faults]
    if faults:
        raise BadData(faults)
    return _table(examined[name])


def check_package(package: Package) -> CheckResult:
    """Read and check every table of the package; the result holds every fault."""
    examined = {name: _examine(package, name) for name in package.resources}
    for each in examined.values():
        _check_references(each, examined)
    return CheckResult(
        summaries=tuple(_summary(each) for each in examined.values()),
        faults=tuple(sorted(f for each in examined.values() for f in each.journal.faults)),
        warnings=tuple(n for each in examined.values() for n in each.journal.notices)
        + _undeclared(package),
        tables={name: _table(each) for name, each in examined.items() if not each.journal.faults},
    )


def check_candidate(package: Package, raw: RawTable, journal: Journal) -> TypedTable:
    """Return the values of rows that would replace a table of the package.

    What they have wrong is in `journal`, at their own lines: cells, keys, rules, references to the
    other tables. The tables that refer to this one are not looked at.
    """
    typed = _checked(raw, journal)
    name = raw.resource.name
    referred = {key.reference for key in raw.resource.foreign_keys} - {name}
    others = {each: _examine(package, each).typed for each in referred}
    check_foreign_keys(typed, {**others, name: typed}, journal)
    return typed


def _examine(package: Package, name: str) -> _Examined:
    """Take one file from bytes to values, as far as its faults allow."""
    resource = package.resources[name]
    journal = Journal(resource.file)
    sha256, typed = "", None
    try:
        data = read_bytes(package.data_dir, resource.path, journal)
        sha256 = hashlib.sha256(data).hexdigest()
        refuse_binary(data, journal)
        lines = decode(data, resource.encoding, journal)
        check_first_line(lines, resource, journal)
        records = split_records(lines, resource.delimiter, journal)
        raw = shape(records, resource, journal)
        typed = _checked(raw, journal)
    except BadData:
        pass  # the journal holds what was found up to where reading had to stop
    return _Examined(resource, journal, sha256, typed)


def _checked(raw: RawTable, journal: Journal) -> TypedTable:
    """Return the values of a table; what its cells, keys and rules have wrong is in the journal."""
    typed = convert_table(raw, journal)
    repeated = check_keys(typed, journal)
    check_rules(typed, repeated, journal)
    return typed


def _check_references(examined: _Examined, others: Mapping[str, _Examined]) -> None:
    if examined.typed:
        tables = {name: other.typed for name, other in others.items()}
        check_foreign_keys(examined.typed, tables, examined.journal)


def _table(examined: _Examined) -> Table:
    """Return the frame of a table without a fault."""
    import pandas as pd  # half a second: who checks nothing of the tables does without

    assert examined.typed and not examined.journal.faults
    resource, typed = examined.resource, examined.typed
    keys = [sort_keys(typed.values[name]) for name in resource.primary_key]
    order = sorted(range(len(typed.lines)), key=list(zip(*keys, strict=True)).__getitem__)
    frame = pd.DataFrame(
        {
            field.name: pd.Series(
                [typed.values[field.name][i] for i in order], dtype=PANDAS_TYPES[field.type]
            )
            for field in resource.fields
        }
    )
    return Table(resource.name, resource.title, resource, examined.sha256, frame)


def sort_keys(values: Sequence[Cell]) -> list[object]:
    """Return what to sort a key column by: its values, or texts with R2 before R10."""
    keys: dict[Cell, object] = {value: value for value in values}
    for value in keys:
        if isinstance(value, str):
            parts = re.split(r"([0-9]+)", value)  # texts at even places, digits at odd ones
            numbers = [(len(digits), digits) for digits in (p.lstrip("0") for p in parts[1::2])]
            keys[value] = (parts[0], [*zip(numbers, parts[2::2], strict=True)], value)
    return [keys[value] for value in values]


def _summary(examined: _Examined) -> TableSummary:
    resource, typed = examined.resource, examined.typed
    rows = len(typed.lines) if typed else 0
    cells = rows * len(typed.texts) if typed else 0
    notices = examined.journal.notices
    return TableSummary(
        resource.name, resource.title, resource.file, rows, cells, notices, examined.sha256
    )


def _undeclared(package: Package) -> tuple[Notice, ...]:
    """Return a notice for each CSV file of data/ that no table of the descriptor reads."""
    declared = {resource.path for resource in package.resources.values()}
    present = {p.relative_to(package.data_dir).as_posix() for p in package.data_dir.rglob("*.csv")}
    journal = Journal(package.data_dir.name)
    for path in sorted(present - declared):
        journal.notice(
            f"{path} n'est décrit par aucune table de datapackage.json : il n'est pas lu"
        )
    return journal.notices
