"""From dated units to counts by day of age: what the estimators of `analysis.survival` need.

Two steps: `observe` applies a definition to each unit (its age when observation began, its age at
the end, died or not) and counts the units it leaves out; `count_by_age` sums. The counts are
additive: the table of a whole register is the sum of the tables of its parts (`add_tables`), so a
register may be split, by file or by worker.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from coopreport.analysis.cohorts import whole_days
from coopreport.analysis.definition import Definition
from coopreport.analysis.pooled import COUNTS
from coopreport.registers.pieces import tally
from coopreport.registers.schema import Rules

if TYPE_CHECKING:
    import pandas as pd

DEATH_BEFORE_BIRTH = "dissoutes avant leur constitution"
BORN_TOO_EARLY = "constituées avant la première cohorte"
BORN_TOO_LATE = "constituées après la dernière cohorte"
OBSERVED_TOO_LATE = "observées seulement après la date limite"
NEVER_AT_RISK = "dissoutes au plus tard le jour où l’observation commence"
REASONS = (DEATH_BEFORE_BIRTH, BORN_TOO_EARLY, BORN_TOO_LATE, OBSERVED_TOO_LATE, NEVER_AT_RISK)
"""Why a unit is left out, in the order in which it is tried."""

EPOCH = date(1970, 1, 1)

Array = np.ndarray[Any, Any]


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
    birth, end = _days(records["birth"]), _days(records["end"])
    since = np.full(len(records), np.iinfo("int64").min)
    if "observed_from" in records:
        since = _days(records["observed_from"])
    deadly = np.ones(len(records), dtype=bool)
    if "end_kind" in records:
        deadly = records["end_kind"].isin(definition.death_kinds).to_numpy()
    found = fates(birth, end, since, deadly, definition)
    used = found.reason == 0
    units = records[used].assign(
        entry_age=found.entry_age[used], exit_age=found.exit_age[used], died=found.died[used]
    )
    return Observation(units.reset_index(drop=True), left_out(found.reason, REASONS))


@dataclass(frozen=True)
class Fates:
    """What becomes of each unit: its ages in days, whether it died, why it is left out.

    `reason` is 0 for a unit used, else 1 + the place of its reason in `REASONS` (uint8).
    """

    entry_age: Array
    exit_age: Array
    died: Array
    reason: Array


def fates(
    birth: Array, end: Array, since: Array, deadly: Array, definition: Definition | Rules
) -> Fates:
    """Apply the dates of a definition to days: the rules of `observe`, on arrays of one length.

    Args:
        birth: days since 1970-01-01, of int32 or int64 as `end` and `since` are.
        end: the same; the least number of its kind for a unit that has not ended.
        since: the first day on which a unit was observed; the same number for no such day.
        deadly: whether the end of each unit, if it has one, is a death.
    """
    whole = birth.dtype.type
    cut_off, opening, first, last = (
        whole((day - EPOCH).days)
        for day in (
            definition.cut_off,
            definition.observation_start or definition.first_birth,
            definition.first_birth,
            definition.births_end,
        )
    )
    known = end != np.iinfo(end.dtype).min
    ended = known & (end <= cut_off)
    start = np.maximum(since, opening)
    exit_age = np.where(ended, end, cut_off) - birth
    entry_age = np.maximum(start - birth, 0)
    hits = (
        known & (end < birth),
        birth < first,
        birth > last,
        (birth < start) & (start > cut_off),
        (entry_age > 0) & (exit_age <= entry_age),
    )
    reason = np.zeros(len(birth), dtype="uint8")
    for number, hit in reversed([*enumerate(hits, start=1)]):
        reason[hit] = number
    return Fates(entry_age, exit_age, ended & deadly, reason)


def left_out(reason: Array, reasons: Sequence[str]) -> dict[str, int]:
    """Return how many units each reason leaves out, those of none not among them."""
    return by_reason(tally(reason, len(reasons) + 1), reasons)


def by_reason(held: Array, reasons: Sequence[str]) -> dict[str, int]:
    """Name the tallies of `Fates.reason`: those left out, without the reasons that nobody has."""
    return {name: int(n) for name, n in zip(reasons, held[1:], strict=True) if n}


def _days(dates: pd.Series[date]) -> Array:
    return whole_days(dates).astype("int64")


def count_by_age(units: pd.DataFrame, by: Sequence[str] = ("coop_type",)) -> pd.DataFrame:
    """Count entries, deaths and exits (alive at the cut-off) by group and day of age.

    Returns:
        `by` columns, `age_days`, `entries`, `deaths`, `exits` (int64), sorted by `by` and age; only
        the ages at which something happens.
    """
    import pandas as pd

    keys = [*by, "age_days"]
    starts = units[[*by]].assign(age_days=units["entry_age"], entries=1, deaths=0, exits=0)
    stops = units[[*by]].assign(
        age_days=units["exit_age"], entries=0, deaths=units["died"] * 1, exits=~units["died"] * 1
    )
    return _sum(pd.concat([starts, stops]), keys)


def add_tables(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Sum life tables of the same groups: the table of the parts taken together."""
    import pandas as pd

    keys = [name for name in tables[0].columns if name not in COUNTS]
    texts = [name for name in keys if isinstance(tables[0][name].dtype, pd.CategoricalDtype)]
    return _sum(pd.concat(tables), keys).astype(dict.fromkeys(texts, "category"))


def _sum(rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    table = rows.groupby(keys, sort=True, dropna=False)[COUNTS].sum().reset_index()
    return table.astype(dict.fromkeys(["age_days", *COUNTS], "int64"))
