"""Survival by age from counts: Kaplan–Meier with delayed entry, of one group or of many at once.

Pure functions over a life table of counts by day of age (`age_days`, `entries`, `deaths`, `exits`,
integers; any other column is a group, and groups that are not asked for are summed). The counts
carry all that the estimator uses, so an estimate from the table equals the one from the records.
Names and conventions are those of R's `survival`, with which the tests hold every column to 1e-9.

Who is at risk at age t (in days): those with start < t <= stop, as in R's `Surv(start, stop]`.
A unit under observation on the day of its birth is at risk on that day too, so a death at age 0
counts, against all who enter at age 0 (as R's `Surv(time)` does at time 0; `start = -1` in R's
counting form).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from coopreport.errors import BadCall, BadData, Fault, nearest, quoted
from coopreport.locale import NBSP, count_of, format_number

if TYPE_CHECKING:
    import pandas as pd

DAYS_PER_YEAR = 365.25
COUNTS = ["entries", "deaths", "exits"]
TOLERANCE = 1e-9
"""Of fractional counts, which do not add up to the last bit."""

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Pooled:
    """Counts by group and age, both ascending, in arrays.

    `groups`: one row a group, its labels. `starts`: where each group begins in `ages` (days, int64)
    and in `counts` (by name; int64, or float64 when fractional).
    """

    groups: pd.DataFrame
    starts: Array
    ages: Array
    counts: Mapping[str, Array]

    @property
    def rows_of_groups(self) -> Array:
        """The number of rows of each group."""
        return np.diff(self.starts, append=len(self.ages))


def pool(life_table: pd.DataFrame, fractional: bool = False) -> pd.DataFrame:
    """Sum the counts of all groups by age.

    Summing is additive: pooling the concatenation of two tables gives the sum of their poolings,
    so a register in parts gives the same table as the whole. `fractional` lets counts be shares of
    units, as when units of unknown type are spread over the types.

    Returns:
        `age_days`, `entries`, `deaths`, `exits` (int64, or float64 when fractional), one row per
        age, ages ascending.

    Raises:
        BadData: a missing column, a missing, fractional or negative count, or more (or fewer)
            deaths and exits than entries.
    """
    import pandas as pd

    pooled = pool_by(life_table, (), fractional)
    return pd.DataFrame({"age_days": pooled.ages, **pooled.counts})


def pool_by(life_table: pd.DataFrame, by: Sequence[str], fractional: bool = False) -> Pooled:
    """Sum the counts by group and age: `pool`, of each group.

    Raises:
        BadData: as `pool`.
        BadCall: no such group column.
    """
    absent = [name for name in ["age_days", *COUNTS] if name not in life_table.columns]
    if absent:
        raise _bad_table(f"colonne absente\u00a0: {', '.join(absent)}")
    check_groups(life_table, by)
    kinds = {"age_days": "int64", **dict.fromkeys(COUNTS, "float64" if fractional else "int64")}
    for name, kind in kinds.items():
        column = life_table[name]
        if column.isna().any() or (
            kind == "int64" and column.dtype.kind not in "iu" and (column % 1 != 0).any()
        ):
            raise _bad_table("les âges et les effectifs sont des nombres entiers, sans blanc")
        if (column < 0).any():
            raise _bad_table("un âge ou un effectif est négatif")
    ages, *counts = (life_table[name].to_numpy(dtype=kind) for name, kind in kinds.items())
    numbers, groups = _numbered(life_table, by)
    span = int(ages.max(initial=0)) + 1
    key = numbers * span + ages
    if (np.diff(key) <= 0).any():
        order = np.argsort(key, kind="stable")
        key = key[order]
        first = np.flatnonzero(np.diff(key, prepend=-1))
        key = key[first]
        counts = [np.add.reduceat(values[order], first) for values in counts]
    numbers, ages = np.divmod(key, span)
    starts = np.flatnonzero(np.diff(numbers, prepend=-1))
    pooled = Pooled(groups, starts, ages, dict(zip(COUNTS, counts, strict=True)))
    _check_balance(pooled, fractional)
    return pooled


def check_groups(life_table: pd.DataFrame, by: Sequence[str]) -> None:
    """Raise BadCall for a group column that a life table has not."""
    for name in by:
        if name not in life_table.columns:
            columns = [str(column) for column in life_table.columns]
            raise BadCall(
                f"La table de survie n’a pas de colonne {quoted(name)}.",
                nearest(name, columns) or "Donner un groupement.",
            )


def _numbered(life_table: pd.DataFrame, by: Sequence[str]) -> tuple[Array, pd.DataFrame]:
    """Return the number of each row's group, in the order of the labels, and the groups."""
    import pandas as pd

    numbers = np.zeros(len(life_table), dtype="int64")
    if not by:
        return numbers, pd.DataFrame(index=range(1))
    sizes, labels = [], []
    for name in by:
        codes, found = pd.factorize(life_table[name], sort=True, use_na_sentinel=False)
        numbers = numbers * len(found) + codes
        sizes.append(len(found))
        labels.append(found)
    present = np.zeros(int(np.prod(sizes)), dtype=bool)
    present[numbers] = True
    used = np.flatnonzero(present)
    places = np.unravel_index(used, sizes) if len(used) else [used] * len(sizes)
    groups = {name: labels[i].take(places[i]) for i, name in enumerate(by)}
    return (np.cumsum(present) - 1)[numbers], pd.DataFrame(groups)


def _check_balance(pooled: Pooled, fractional: bool) -> None:
    """Raise BadData where those who left a group are not those who entered it."""
    if not len(pooled.ages):
        return
    total = {name: np.add.reduceat(pooled.counts[name], pooled.starts) for name in COUNTS}
    gap = np.abs(total["entries"] - total["deaths"] - total["exits"])
    slack = TOLERANCE * np.maximum(1.0, total["entries"]) if fractional else 0
    if (wrong := np.flatnonzero(gap > slack)).size:
        entries, deaths, exits = (total[name][wrong[0]] for name in COUNTS)
        raise _bad_table(
            f"{_count_of(entries, 'entrée')} pour {_count_of(deaths, 'mort')} et "
            f"{_count_of(exits, 'sortie')}"
        )


def kaplan_meier(
    life_table: pd.DataFrame,
    delayed_entry: bool = True,
    confidence: float = 0.95,
    fractional: bool = False,
) -> pd.DataFrame:
    """Estimate survival by age, all groups taken together: `kaplan_meier_by` without a group.

    Returns:
        The curve, from age 0, also of a table without a row.
    """
    import pandas as pd

    counts = pool(life_table, fractional)
    if counts.empty:
        counts = pd.DataFrame({name: [0] for name in counts.columns})
    return kaplan_meier_by(counts, (), delayed_entry, confidence, fractional)


def kaplan_meier_by(
    life_table: pd.DataFrame,
    by: Sequence[str],
    delayed_entry: bool = True,
    confidence: float = 0.95,
    fractional: bool = False,
) -> pd.DataFrame:
    """Estimate survival by age, day by day, for each group of a life table of counts.

    S(t) = Π over ages a <= t of (1 − d(a)/n(a)): Kaplan and Meier, JASA 53 (1958), 457–481; with
    n(a) reduced to those already under observation, Klein and Moeschberger, *Survival Analysis*
    (2nd ed., 2003), § 4.6. Standard error S·σ with σ² = Σ d/(n(n − d)): Greenwood (1926). Interval
    exp(−exp(log(−log S) ± z·σ/|log S|)): Kalbfleisch and Prentice, *The Statistical Analysis of
    Failure Time Data* (2nd ed., 2002), § 1.4; R's `conf.type = "log-log"`.

    Args:
        life_table: counts by age and group.
        by: the columns of the groups; the other ones are summed (see `pool`).
        delayed_entry: a unit is at risk from its age when observation began. False is the naive
            estimate: everybody at risk from birth, with the same deaths, which flatters survival
            when the deaths before some date are unknown.
        confidence: of the pointwise interval, between 0 and 1.
        fractional: counts may be shares of units; the interval is then an approximation.

    Returns:
        The `by` columns, then one row per age of the group, and age 0: `age_days`, `at_risk`,
        `entries`, `deaths`, `exits` (int64), `survival`, `std_error`, `lower`, `upper` (shares of
        1); groups and ages ascending. As in R, the bounds are NaN while S is 1 and once it is 0,
        and the standard error NaN once S is 0. Once S is 0 it stays 0, even when units enter
        later: see `Rate.fewest_at_risk`.

    Raises:
        BadData: as `pool`, or more deaths and exits at an age than units at risk.
        BadCall: a confidence outside 0 to 1, or no such group column.
    """
    import pandas as pd

    if not 0 < confidence < 1:
        raise BadCall(f"Niveau de confiance {confidence} hors de 0 à 1.", "Donner 0.95, par ex.")
    pooled = _from_birth(pool_by(life_table, by, fractional))
    starts, ages = pooled.starts, pooled.ages
    entries, deaths, exits = (pooled.counts[name] for name in COUNTS)
    if not delayed_entry and len(ages):
        everybody = np.add.reduceat(entries, starts)
        entries = np.zeros_like(entries)
        entries[starts] = everybody
    gone = deaths + exits
    at_risk = running(np.add, entries, starts) - entries - (running(np.add, gone, starts) - gone)
    at_risk[starts] = entries[starts]
    slack = TOLERANCE * max(1.0, float(entries.sum())) if fractional else 0
    check_at_risk(ages, at_risk, gone, slack)

    # Only at the ages of a death does the curve move: the others repeat the last value.
    fatal = np.flatnonzero(deaths)
    died, risk = deaths[fatal], at_risk[fatal]
    share, term = np.ones(len(ages)), np.zeros(len(ages))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        share[fatal] = 1 - died / risk
        term[fatal] = died / (risk * (risk - died))
        survival = running(np.multiply, share, starts)
        sigma = np.sqrt(running(np.add, term, starts))
        std_error = survival * sigma
        spread = NormalDist().inv_cdf((1 + confidence) / 2) * sigma / np.abs(np.log(survival))
        inside = (survival > 0) & (survival < 1)
        bounds = [
            np.where(inside, survival ** np.exp(side * spread), np.nan) for side in (1.0, -1.0)
        ]
    group = np.repeat(np.arange(len(starts)), pooled.rows_of_groups)
    columns: dict[str, Any] = {name: pooled.groups[name].array.take(group) for name in by}
    columns |= {
        "age_days": ages,
        "at_risk": at_risk,
        "entries": entries,
        "deaths": deaths,
        "exits": exits,
        "survival": survival,
        "std_error": std_error,
        "lower": bounds[0],
        "upper": bounds[1],
    }
    return pd.DataFrame(columns, copy=False)


def check_at_risk(ages: Array, at_risk: Array, gone: Array, slack: float = 0) -> None:
    """Raise BadData where more units die or leave at an age than are at risk."""
    if (too_many := gone > at_risk + slack).any():
        age = count_of(int(ages[int(np.argmax(too_many))]), "jour")
        raise _bad_table(f"à {age} d’âge, plus de morts et de sorties que d’unités à risque")


def running(operation: np.ufunc, values: Array, starts: Array) -> Array:
    """Return the running sums or products of values, begun afresh at each start.

    Group by group, so that a group's result is to the last bit what it is alone.
    """
    found = np.empty_like(values)
    for start, end in zip(starts, [*starts[1:], len(values)], strict=True):
        operation.accumulate(values[start:end], out=found[start:end])
    return found


def _from_birth(pooled: Pooled) -> Pooled:
    """Add a row of age 0 to the groups that have none."""
    missing = pooled.starts[pooled.ages[pooled.starts] > 0]
    if not missing.size:
        return pooled
    added = np.searchsorted(missing, pooled.starts, side="left")
    return Pooled(
        pooled.groups,
        pooled.starts + added,
        np.insert(pooled.ages, missing, 0),
        {name: np.insert(values, missing, 0) for name, values in pooled.counts.items()},
    )


def _count_of(number: float, noun: str) -> str:
    """Return a count with its noun; one of shares of units keeps its decimals."""
    if number % 1:
        return f"{format_number(number, 3)}{NBSP}{noun}{'s' if number >= 2 else ''}"
    return count_of(int(number), noun)


def _bad_table(rule: str) -> BadData:
    remedy = "Recalculer la table à partir du registre."
    return BadData([Fault("table de survie", 0, "", "", rule, remedy)])
