"""A register of millions of units to life tables: read by DuckDB, counted by NumPy.

Loaders give the units in arrays (`units.Units`); each is then observed under the rules, as
`life_table.observe` does, and counted by group and day of age. The counts of parts of a register
add up to those of the whole (`life_table.add_tables`): see docs/decisions/0006-duckdb.md for
running the parts on workers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from coopreport.analysis.pooled import Pooled
from coopreport.errors import BadCall, nearest
from coopreport.locale import format_date
from coopreport.registers import archive, counting, quebec_layout
from coopreport.registers import cache as kept_tables
from coopreport.registers.opening import opened, unchanged
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


@dataclass(frozen=True)
class RegisterCounts:
    """Life tables by grouping, in arrays (see `pooled.Pooled`), and the account of the rows."""

    counts: Mapping[tuple[str, ...], Pooled]
    account: Account


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
    if cache is not None:
        asked, kept = _asked(groupings, only)
        return _cached(register, rules, asked, kept, cache)
    return _count(register, rules, groupings, only)


def life_tables_in_arrays(
    register: RegisterFile,
    rules: Rules,
    groupings: Sequence[Sequence[str]],
    *,
    only: Mapping[str, Sequence[str]] | None = None,
    digest: str = "",
) -> RegisterCounts:
    """Count a register as `life_tables` does, for who reads rates only: no table is made.

    Args:
        digest: the `content_hash` of the register, when it is known already.

    Raises:
        BadCall, BadData, CannotPublish: as `life_tables`.
    """
    asked, kept = _asked(groupings, only)
    with unchanged(register), ThreadPoolExecutor(1) as beside:
        with opened(register) as (_, loaded):
            _check_cut_off(loaded, rules)
            # Reading takes every core, what follows one.
            hashing = beside.submit(lambda: digest or content_hash(register))
        counted = counting.count(loaded.units, rules, asked, kept, loaded.synthetic)
        sha256 = hashing.result()
    unknown = {
        words: count
        for column, words in (UK_WORDS if register.kind == "uk" else UNKNOWN_WORDS).items()
        if column not in loaded.not_given and (count := counted.unknown(column))
    }
    rejected = {**loaded.rejected, **counted.rejected}
    account = _account(register, loaded, sha256, counted.used, rejected, unknown)
    return RegisterCounts(counted.counts, account)


def content_hash(register: RegisterFile) -> str:
    """Return the SHA-256 of what is read of a register."""
    return archive.content_hash(register.path, tuple(quebec_layout.READ))


def known_hashes(register: RegisterFile, cache: Path) -> tuple[str, str]:
    """Return the hashes of a register and of its table of towns ("" for none), as a cache has them.

    Each is taken once, as long as its file has not been written to.
    """
    digest = kept_tables.known_hash(cache, register.path, lambda: content_hash(register))
    if (towns := register.municipalities) is None:
        return digest, ""
    return digest, kept_tables.known_hash(cache, towns, lambda: archive.content_hash(towns, ()))


def read_units(register: RegisterFile) -> tuple[pd.DataFrame, Account]:
    """Return every unit, in the columns of the schema, sorted by id, and the account.

    Dates are `datetime.date` or None: for registers of thousands of units, not of millions.
    """
    import pandas as pd

    with unchanged(register):
        with opened(register, ids=True) as (_, loaded):
            units = loaded.units
        sha256 = content_hash(register)
    columns = {
        "unit_id": units.ids,
        **{name: _dates(getattr(units, name)) for name in DATES},
        "end_kind": np.array([*END_KINDS, None], dtype="object")[units.end_kind],
        **{name: texts[units.group] for name, texts in units.groups.items()},
    }
    frame = pd.DataFrame(columns, dtype="object").sort_values("unit_id", ignore_index=True)
    frame["synthetic"] = loaded.synthetic
    account = _account(register, loaded, sha256, len(frame), loaded.rejected, {})
    return frame[list(UNIT_COLUMNS)], account


def _account(
    register: RegisterFile,
    loaded: Loaded,
    sha256: str,
    used: int,
    rejected: Mapping[str, int],
    unknown: Mapping[str, int],
) -> Account:
    return Account(
        kind=register.kind,
        name=register.path.name,
        sha256=sha256,
        synthetic=loaded.synthetic,
        rows=loaded.rows,
        used=used,
        rejected=rejected,
        unknown=unknown,
        notes=loaded.notes,
        last_event=loaded.last_event,
    )


def _dates(days: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return days of `Units` as `datetime.date`, or None."""
    dates = days.astype("datetime64[D]").astype("object")
    dates[days == NONE] = None
    return dates


def _count(
    register: RegisterFile,
    rules: Rules,
    groupings: Sequence[Sequence[str]],
    only: Mapping[str, Sequence[str]] | None,
    digest: str = "",
) -> RegisterTables:
    """Make the tables of `life_tables_in_arrays`; pandas is imported beside the reading."""
    with ThreadPoolExecutor(1) as beside:
        beside.submit(import_module, "pandas")
        found = life_tables_in_arrays(register, rules, groupings, only=only, digest=digest)
    tables = {grouping: counts.frame() for grouping, counts in found.counts.items()}
    return RegisterTables(tables, found.account)


def _asked(
    groupings: Sequence[Sequence[str]], only: Mapping[str, Sequence[str]] | None
) -> tuple[tuple[tuple[str, ...], ...], dict[str, tuple[str, ...]]]:
    """Return each grouping once, and what to keep; raises BadCall for an unknown group."""
    asked = tuple(dict.fromkeys(tuple(grouping) for grouping in groupings))
    kept = {column: tuple(values) for column, values in (only or {}).items()}
    _check_groups(asked, kept)
    return asked, kept


def _check_groups(asked: Sequence[Sequence[str]], only: Mapping[str, Sequence[str]]) -> None:
    for name in [*(name for grouping in asked for name in grouping), *only]:
        if name not in GROUPS or (name in only and name not in TEXT_GROUPS):
            raise BadCall(
                f"Regroupement inconnu\u00a0: {name}",
                nearest(name, GROUPS) or f"Regroupements\u00a0: {', '.join(GROUPS)}.",
            )


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
    digest, towns = known_hashes(register, folder)
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
    counted = _count(register, rules, missing, only, digest)
    for grouping, table in counted.tables.items():
        kept_tables.write(folder, keys[grouping], table, counted.account)
    tables = {**{g: table for g, (table, _) in present.items()}, **counted.tables}
    return RegisterTables({g: tables[g] for g in asked}, counted.account)
