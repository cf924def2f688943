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

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from coopreport.analysis.pooled import COUNTS, TOLERANCE, Pooled, bad_table, pool, pool_by
from coopreport.errors import BadCall
from coopreport.locale import count_of

if TYPE_CHECKING:
    import pandas as pd

DAYS_PER_YEAR = 365.25
ESTIMATES = ("survival", "std_error", "lower", "upper")
ROWS = 1 << 15
"""Ages to estimate at once, in whole groups: a block of curves stays in the processor's cache."""

Array = np.ndarray[Any, Any]


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


def never_censored(life_table: pd.DataFrame) -> pd.DataFrame:
    """Return the counts as if whoever has no known death had been watched to the oldest age.

    With them and without delayed entry, `kaplan_meier` gives the share of all births without a
    known death, however recent they are: without losses the estimate of Kaplan and Meier (1958) is
    the observed proportion, and Greenwood's error the binomial one. It is too high as soon as a
    unit is younger than the age that is told.

    Raises:
        BadData: as `pool`.
    """
    counts = pool(life_table)
    oldest = counts["age_days"] == counts["age_days"].max()
    return counts.assign(exits=counts["exits"].sum() * oldest)


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

    pooled = from_birth(pool_by(life_table, by, fractional))
    size, kind = len(pooled.ages), "float64" if fractional else "int64"
    kinds = {**dict.fromkeys(("at_risk", *COUNTS), kind), **dict.fromkeys(ESTIMATES, "float64")}
    columns = {name: np.empty(size, kind) for name, kind in kinds.items()}
    for rows, block in curves_of(pooled, delayed_entry, confidence, fractional):
        for name, values in columns.items():
            values[rows] = block[name]
    return pd.DataFrame({**pooled.labels(), "age_days": pooled.ages, **columns}, copy=False)


def curves_of(
    pooled: Pooled,
    delayed_entry: bool = True,
    confidence: float = 0.95,
    fractional: bool = False,
) -> Iterator[tuple[slice, dict[str, Array]]]:
    """Yield the curves of `kaplan_meier_by` without their labels, some groups at a time.

    Args:
        pooled: counts of groups that all have a row of age 0 (see `from_birth`).

    Yields:
        The rows of whole groups among those of `pooled`, and their columns.

    Raises:
        BadData, BadCall: as `kaplan_meier_by`.
    """
    if not 0 < confidence < 1:
        raise BadCall(f"Niveau de confiance {confidence} hors de 0 à 1.", "Donner 0.95, par ex.")
    total = float(pooled.counts["entries"].sum())
    slack = TOLERANCE * max(1.0, total) if fractional else 0
    normal = NormalDist().inv_cdf((1 + confidence) / 2)
    for rows, starts in blocks_of(pooled.starts, len(pooled.ages)):
        counts = {name: pooled.counts[name][rows] for name in COUNTS}
        if not delayed_entry:
            everybody = np.add.reduceat(counts["entries"], starts)
            counts["entries"] = np.zeros_like(counts["entries"])
            counts["entries"][starts] = everybody
        gone = counts["deaths"] + counts["exits"]
        at_risk = _at_risk(counts["entries"], gone, starts)
        check_at_risk(pooled.ages[rows], at_risk, gone, slack)
        estimates = _estimate(counts["deaths"], at_risk, starts, normal)
        yield rows, {"age_days": pooled.ages[rows], "at_risk": at_risk, **counts, **estimates}


def blocks_of(starts: Array, length: int) -> Iterator[tuple[slice, Array]]:
    """Yield the rows of whole groups, a block at a time, and where its groups begin in it."""
    cuts = np.unique(np.searchsorted(starts, np.arange(0, length, ROWS)))
    bounds = [*starts.tolist(), length]
    for first, last in pairwise([*cuts.tolist(), len(starts)]):
        if first < last:
            yield slice(bounds[first], bounds[last]), starts[first:last] - bounds[first]


def _at_risk(entries: Array, gone: Array, starts: Array) -> Array:
    """Return who is at risk at each age; on the day of birth, all who enter then."""
    found: Array = running(np.add, entries - gone, starts) - entries + gone
    found[starts] = entries[starts]
    return found


def _estimate(deaths: Array, at_risk: Array, starts: Array, normal: float) -> dict[str, Array]:
    """Return the `ESTIMATES` of some groups; `normal` is the quantile of the interval."""
    # Only at the ages of a death does the curve move: the others repeat the last value.
    fatal = np.flatnonzero(deaths)
    died, risk = deaths[fatal], at_risk[fatal]
    share, term = np.ones(len(deaths)), np.zeros(len(deaths))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        share[fatal] = 1 - died / risk
        term[fatal] = died / (risk * (risk - died))
        survival = running(np.multiply, share, starts)
        sigma = np.sqrt(running(np.add, term, starts))
        std_error = survival * sigma
        logarithm = np.log(survival)
        factor = np.exp(normal * sigma / np.abs(logarithm))
        inside = (survival > 0) & (survival < 1)
        lower, upper = (
            np.where(inside, np.exp(power), np.nan)
            for power in (logarithm * factor, logarithm / factor)
        )
    return dict(zip(ESTIMATES, (survival, std_error, lower, upper), strict=True))


def check_at_risk(ages: Array, at_risk: Array, gone: Array, slack: float = 0) -> None:
    """Raise BadData where more units die or leave at an age than are at risk."""
    if (too_many := gone > at_risk + slack).any():
        age = count_of(int(ages[int(np.argmax(too_many))]), "jour")
        raise bad_table(f"à {age} d’âge, plus de morts et de sorties que d’unités à risque")


def running(operation: np.ufunc, values: Array, starts: Array) -> Array:
    """Return the running sums or products of values, begun afresh at each start.

    Group by group, so that a group's result is to the last bit what it is alone.
    """
    found = np.empty_like(values)
    for start, end in zip(starts, [*starts[1:], len(values)], strict=True):
        operation.accumulate(values[start:end], out=found[start:end])
    return found


def from_birth(pooled: Pooled) -> Pooled:
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
