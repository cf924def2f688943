"""A register of millions of units to life tables: read by DuckDB, counted by NumPy.

Loaders give the units in arrays (`units.Units`); each is then observed under the rules, as
`life_table.observe` does, and counted by group and day of age. The counts of parts of a register
add up to those of the whole (`life_table.add_tables`): see docs/decisions/0006-duckdb.md for
running the parts on workers.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from coopreport.errors import BadCall, BadData, CannotPublish, Fault, nearest
from coopreport.locale import format_date
from coopreport.registers import archive, counting, quebec_layout
from coopreport.registers import cache as kept_tables
from coopreport.registers.csv_source import literal
from coopreport.registers.schema import (
    END_KINDS,
    GROUPS,
    TEXT_GROUPS,
    UNIT_COLUMNS,
    Account,
    Loaded,
    RegisterFile,
    Rules,
)
from coopreport.registers.units import DATES, NONE

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

MEMORY_LIMIT = "400MB"
"""What DuckDB may hold; beyond, it works on disk."""
CALENDAR_SLACK = timedelta(days=31)
UNKNOWN_WORDS = {
    "type": "de type inconnu",
    "sector": "de secteur inconnu",
    "region": "de région inconnue",
}
UK_WORDS = {**UNKNOWN_WORDS, "region": "de nation inconnue"}


@dataclass(frozen=True)
class RegisterTables:
    """Life tables by grouping, and the account of the register's rows.

    A table has its group columns (categories; `cohort` an integer, `synthetic` a boolean),
    `age_days`, `entries`, `deaths`, `exits` (int64), sorted by group and age.
    """

    tables: Mapping[tuple[str, ...], pd.DataFrame]
    account: Account
    from_cache: bool = False


def life_table(
    register: RegisterFile,
    rules: Rules,
    by: Sequence[str] = (),
    *,
    only: Mapping[str, Sequence[str]] | None = None,
    cache: Path | None = None,
) -> tuple[pd.DataFrame, Account]:
    """Return one life table and the account: see `life_tables`."""
    found = life_tables(register, rules, [by], only=only, cache=cache)
    return found.tables[tuple(by)], found.account


def life_tables(
    register: RegisterFile,
    rules: Rules,
    groupings: Sequence[Sequence[str]],
    *,
    only: Mapping[str, Sequence[str]] | None = None,
    cache: Path | None = None,
) -> RegisterTables:
    """Count a register by each grouping of `schema.GROUPS`, in one reading.

    Args:
        only: keep the units whose column has one of these values (`{"legal_form":
            ["cooperative"]}`); the others are counted among the rejected.
        cache: a folder that keeps the tables under the hash of the register and of what is asked.

    Raises:
        BadCall: no such register, an unknown group, a cut-off after the register's last event.
        BadData: the faults of the register.
        CannotPublish: no room to work.
    """
    asked = tuple(dict.fromkeys(tuple(grouping) for grouping in groupings))
    kept = {column: tuple(values) for column, values in (only or {}).items()}
    _check_groups(asked, kept)
    if cache is not None:
        return _cached(register, rules, asked, kept, cache)
    return _compute(register, rules, asked, kept)


def content_hash(register: RegisterFile) -> str:
    """Return the SHA-256 of what is read of a register."""
    return archive.content_hash(register.path, tuple(quebec_layout.READ))


def read_units(register: RegisterFile) -> tuple[pd.DataFrame, Account]:
    """Return every unit, in the columns of the schema, sorted by id, and the account.

    Dates are `datetime.date` or None: for registers of thousands of units, not of millions.
    """
    import pandas as pd

    with _unchanged(register):
        with opened(register, ids=True) as (_, loaded):
            units = loaded.units
        sha256 = content_hash(register)
    texts = units.groups.iloc[units.group]
    columns = {
        "unit_id": units.ids,
        **{name: _dates(getattr(units, name)) for name in DATES},
        "end_kind": np.array([*END_KINDS, None], dtype="object")[units.end_kind],
        **{name: texts[name].to_numpy() for name in TEXT_GROUPS},
    }
    frame = pd.DataFrame(columns, dtype="object").sort_values("unit_id", ignore_index=True)
    frame["synthetic"] = loaded.synthetic
    account = Account(
        kind=register.kind,
        name=register.path.name,
        sha256=sha256,
        synthetic=loaded.synthetic,
        rows=loaded.rows,
        used=len(frame),
        rejected=loaded.rejected,
        notes=loaded.notes,
        last_event=loaded.last_event,
    )
    return frame[list(UNIT_COLUMNS)], account


@contextmanager
def opened(
    register: RegisterFile, ids: bool = False
) -> Iterator[tuple[DuckDBPyConnection, Loaded]]:
    """Load a register, with a working database: see `schema.Loaded`.

    `ids` asks for the units' own numbers, which counting does without.

    Raises:
        BadCall, BadData, CannotPublish: as `life_tables`.
    """
    import duckdb

    with tempfile.TemporaryDirectory(prefix="coopreport-") as work, duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
        with suppress(duckdb.InvalidInputException):  # a kernel without ipywidgets draws no bar
            connection.execute("SET enable_progress_bar = false")
        connection.execute("SET preserve_insertion_order = false")
        connection.execute(f"SET temp_directory = {literal(str(Path(work, 'duckdb')))}")
        try:
            with _unchanged(register):
                loaded = _load(connection, register, Path(work), ids)
            yield connection, loaded
        except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
            raise CannotPublish(
                "Le registre ne tient pas dans la mémoire et le disque de travail\u00a0: "
                f"{' '.join(str(error).split())[:200]}",
                "Libérer de la place dans le dossier temporaire.",
            ) from None


def _load(connection: DuckDBPyConnection, register: RegisterFile, work: Path, ids: bool) -> Loaded:
    """Read the units of a register: the loader of its kind is imported, and no other."""
    if register.kind == "quebec":
        from coopreport.registers import quebec
        from coopreport.registers.places import read_towns

        towns = read_towns(register.municipalities) if register.municipalities else None
        files = archive.stage(register.path, tuple(quebec_layout.READ), work)
        return quebec.load(connection, files, register.path, towns, ids)
    if register.kind == "csv":
        from coopreport.registers import plain_csv

        plain_csv.require_file(register.path)
        link = work / ("register" + (register.path.suffix or ".csv"))
        link.symlink_to(register.path.resolve())
        return plain_csv.load(connection, link, register.path.name, ids)
    from coopreport.registers import uk

    return uk.load(register.path)


@contextmanager
def _unchanged(register: RegisterFile) -> Iterator[None]:
    """Raise BadData when the register changed inside the block: nobody can say what was read."""
    before = _stamp(register.path)
    yield
    if _stamp(register.path) != before:
        rule = "le registre a changé pendant sa lecture"
        raise BadData([Fault(register.path.name, 0, "", "", rule, "Recommencer.")])


def _dates(days: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return days of `Units` as `datetime.date`, or None."""
    dates = days.astype("datetime64[D]").astype("object")
    dates[days == NONE] = None
    return dates


def _stamp(path: Path) -> object:
    try:
        paths = [path]
        if path.is_dir():
            paths += [place for name in quebec_layout.READ if (place := path / name).exists()]
        return [(s.st_size, s.st_mtime_ns, s.st_ino) for s in (place.stat() for place in paths)]
    except OSError:
        return None


def _check_groups(asked: Sequence[Sequence[str]], only: Mapping[str, Sequence[str]]) -> None:
    for name in [*(name for grouping in asked for name in grouping), *only]:
        if name not in GROUPS or (name in only and name not in TEXT_GROUPS):
            raise BadCall(
                f"Regroupement inconnu\u00a0: {name}",
                nearest(name, GROUPS) or f"Regroupements\u00a0: {', '.join(GROUPS)}.",
            )


def _compute(
    register: RegisterFile,
    rules: Rules,
    asked: Sequence[tuple[str, ...]],
    only: Mapping[str, tuple[str, ...]],
    digest: str = "",
) -> RegisterTables:
    """Read a register and count it; `digest` is its `content_hash` when that is known already."""
    with _unchanged(register), ThreadPoolExecutor(1) as beside:
        with opened(register) as (_, loaded):
            _check_cut_off(loaded, rules)
        # Reading takes every core, counting one; two groupings at once would wait for each other.
        hashing = beside.submit(lambda: digest or content_hash(register))
        observed = counting.observe(loaded.units, rules, only)
        tables = {by: counting.count(observed, by, loaded.synthetic) for by in asked}
        sha256 = hashing.result()
    unknown = {
        words: count
        for column, words in (UK_WORDS if register.kind == "uk" else UNKNOWN_WORDS).items()
        if column not in loaded.not_given and (count := observed.unknown(column))
    }
    account = Account(
        kind=register.kind,
        name=register.path.name,
        sha256=sha256,
        synthetic=loaded.synthetic,
        rows=loaded.rows,
        used=len(observed.group),
        rejected={**loaded.rejected, **observed.rejected},
        unknown=unknown,
        notes=loaded.notes,
        last_event=loaded.last_event,
    )
    return RegisterTables(tables, account)


def _check_cut_off(loaded: Loaded, rules: Rules) -> None:
    last = loaded.last_event
    if loaded.follows_calendar and last and rules.cut_off > last + CALENDAR_SLACK:
        raise BadCall(
            f"La date limite ({format_date(rules.cut_off)}) suit la dernière date du registre "
            f"({format_date(last)})\u00a0: les radiations d’entre les deux seraient ignorées.",
            "Avancer la date limite, ou prendre une édition plus récente du registre.",
        )


def _cached(
    register: RegisterFile,
    rules: Rules,
    asked: Sequence[tuple[str, ...]],
    only: Mapping[str, tuple[str, ...]],
    folder: Path,
) -> RegisterTables:
    """Answer from the cache what it has; count the rest, in one reading, and keep it."""
    digest = kept_tables.known_hash(folder, register.path, lambda: content_hash(register))
    towns = ""
    if (place := register.municipalities) is not None:
        towns = kept_tables.known_hash(folder, place, lambda: archive.content_hash(place, ()))
    keys = {
        grouping: kept_tables.key(register.kind, digest, towns, rules, only, grouping)
        for grouping in asked
    }
    found = {grouping: kept_tables.read(folder, key) for grouping, key in keys.items()}
    present = {grouping: entry for grouping, entry in found.items() if entry is not None}
    if len(present) == len(asked) and present:
        account = next(iter(present.values()))[1]
        tables = {grouping: table for grouping, (table, _) in present.items()}
        return RegisterTables(tables, replace(account, name=register.path.name), from_cache=True)
    missing = [grouping for grouping in asked if grouping not in present]
    computed = _compute(register, rules, missing, only, digest)
    for grouping, table in computed.tables.items():
        kept_tables.write(folder, keys[grouping], table, computed.account)
    tables = {**{g: table for g, (table, _) in present.items()}, **computed.tables}
    return RegisterTables({g: tables[g] for g in asked}, computed.account)
