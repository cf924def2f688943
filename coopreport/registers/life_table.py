"""From dated units to counts by day of age: what the estimators of `analysis.survival` need.

Two steps: `observe` applies a definition to each unit (its age when observation began, its age at
the end, died or not) and counts the units it leaves out; `count_by_age` sums. The counts are
additive: the table of a whole register is the sum of the tables of its parts (`add_tables`), so a
register may be split, by file or by worker.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coopreport.analysis.cohorts import whole_days
from coopreport.analysis.definition import Definition
from coopreport.analysis.survival import COUNTS
from coopreport.registers.schema import Rules

DEATH_BEFORE_BIRTH = "dissoutes avant leur constitution"
BORN_TOO_EARLY = "constituées avant la première cohorte"
BORN_TOO_LATE = "constituées après la dernière cohorte"
OBSERVED_TOO_LATE = "observées seulement après la date limite"
NEVER_AT_RISK = "dissoutes au plus tard le jour où l’observation commence"


@dataclass(frozen=True)
class Observation:
    """Units under a definition.

    `units`: one row per unit used, the columns of the records plus `entry_age`, `exit_age` (days,
    int64) and `died` (bool). `rejected` counts the others by reason (French); with the used ones
    they add up to the records.
    """

    units: pd.DataFrame
    rejected: Mapping[str, int]


def observe(records: pd.DataFrame, definition: Definition | Rules) -> Observation:
    """Apply the dates of a definition to units with `birth` and `end` (dates; `end` None alive).

    A unit enters at birth (age 0) or, born before the observation began (or before its own
    `observed_from`, where the records have it), at its age that day; it leaves at its death or,
    alive, at the cut-off. Rules at the edges:

    - a death after the cut-off was not known then: the unit is alive at the cut-off;
    - a unit born earlier that died on or before the day observation began was never at risk (its
      interval ]start, stop] is empty): rejected, as R's `Surv` does;
    - an end whose kind (`end_kind`, where the records have it) is no death under the definition,
      a merger for one, ends the observation that day: an exit;
    - a unit that died on the day of its birth counts as a death at age 0;
    - an end before birth is rejected first, whatever the cohort.
    """
    birth, end = whole_days(records["birth"]), whole_days(records["end"])
    cut_off = np.datetime64(definition.cut_off, "D")
    opening = np.datetime64(definition.observation_start or definition.first_birth, "D")
    ended = ~np.isnat(end) & (end <= cut_off)
    stop = np.where(ended, end, cut_off)
    died = ended
    if "end_kind" in records:
        died = ended & records["end_kind"].isin(definition.death_kinds).to_numpy()
    since = np.full(len(records), opening)
    if "observed_from" in records:
        first = whole_days(records["observed_from"])
        since = np.where(~np.isnat(first) & (first > opening), first, opening)
    reasons = {
        DEATH_BEFORE_BIRTH: ~np.isnat(end) & (end < birth),
        BORN_TOO_EARLY: birth < np.datetime64(definition.first_birth, "D"),
        BORN_TOO_LATE: birth > np.datetime64(definition.births_end, "D"),
        OBSERVED_TOO_LATE: (birth < since) & (since > cut_off),
        NEVER_AT_RISK: (birth < since) & (stop <= since),
    }
    used = np.ones(len(records), dtype=bool)
    rejected: dict[str, int] = {}
    for reason, hit in reasons.items():
        if count := int((hit & used).sum()):
            rejected[reason] = count
        used &= ~hit
    units = records[used].assign(
        entry_age=np.maximum((since[used] - birth[used]).astype("int64"), 0),
        exit_age=(stop[used] - birth[used]).astype("int64"),
        died=died[used],
    )
    return Observation(units.reset_index(drop=True), rejected)


def count_by_age(units: pd.DataFrame, by: Sequence[str] = ("coop_type",)) -> pd.DataFrame:
    """Count entries, deaths and exits (alive at the cut-off) by group and day of age.

    Returns:
        `by` columns, `age_days`, `entries`, `deaths`, `exits` (int64), sorted by `by` and age; only
        the ages at which something happens.
    """
    keys = [*by, "age_days"]
    starts = units[[*by]].assign(age_days=units["entry_age"], entries=1, deaths=0, exits=0)
    stops = units[[*by]].assign(
        age_days=units["exit_age"], entries=0, deaths=units["died"] * 1, exits=~units["died"] * 1
    )
    return _sum(pd.concat([starts, stops]), keys)


def add_tables(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Sum life tables of the same groups: the table of the parts taken together."""
    keys = [name for name in tables[0].columns if name not in COUNTS]
    return _sum(pd.concat(tables), keys)


def _sum(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    table = rows.groupby(keys, sort=True, dropna=False)[COUNTS].sum().reset_index()
    return table.astype(dict.fromkeys(["age_days", *COUNTS], "int64"))
