"""Survival rates read on curves: after so many years, by whole year of age, and how reliable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import floor, isnan
from typing import TYPE_CHECKING, Any

import numpy as np

from coopreport.analysis.pooled import COUNTS, Pooled
from coopreport.analysis.survival import (
    DAYS_PER_YEAR,
    ESTIMATES,
    blocks_of,
    curves_of,
    from_birth,
    running,
)
from coopreport.errors import BadCall

if TYPE_CHECKING:
    import pandas as pd

READ = ("age_days", "at_risk", *COUNTS, *ESTIMATES)
"""The columns of a curve that a rate is read on."""

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Rate:
    """A survival rate at `years`. `survival` and what goes with it are shares of 1, or None.

    `births` counts the units of the curve, `at_risk` those with start < n years <= stop, `deaths`
    those before n years. `fewest_at_risk` is the smallest risk set met by a death before n years:
    with delayed entry few units may be observed young, and one death among two halves the curve.
    `blind_days` counts the days of age, up to n years, at which nobody was at risk
    though not all had died.
    """

    years: float
    births: int
    at_risk: int
    deaths: int
    fewest_at_risk: int
    blind_days: int
    survival: float | None
    std_error: float | None
    lower: float | None
    upper: float | None


def survival_at(curve: pd.DataFrame, years: float) -> Rate:
    """Return the survival at `years` × 365.25 days from a curve of `kaplan_meier`.

    `survival` is None (the symbol `...`) where the curve cannot tell: no birth at all, everybody
    gone or censored before, or nobody at risk at some earlier age. In the last case the curve (as
    R's) goes on from the ages that were observed, but it is no longer survival from birth: births
    of 2000-2005 watched from 2011 only say nothing of their first five years. It is 0 when all at
    risk had died: nobody is left, but the rate exists.

    Raises:
        BadCall: `years` is not positive.
    """
    ((_, rate),) = rates_at(curve, (), years)
    return rate


def rates_at(
    curves: pd.DataFrame, by: Sequence[str], years: float
) -> list[tuple[tuple[Any, ...], Rate]]:
    """Return the labels and the rate of each group of `kaplan_meier_by`: see `survival_at`.

    Raises:
        BadCall: `years` is not positive.
    """
    _check_years([years])
    if curves.empty:
        return []
    columns = {name: curves[name].to_numpy() for name in READ}
    # A curve begins at age 0, and only there.
    first = np.flatnonzero(columns["age_days"] == 0)
    blocks = (
        {name: values[rows] for name, values in columns.items()}
        for rows, _ in blocks_of(first, len(curves))
    )
    labels = zip(*(curves[name].iloc[first] for name in by), strict=True) if by else [()]
    found = _rates(blocks, [years])
    return [(label, rate) for label, (rate,) in zip(labels, found, strict=True)]


def rates_of(
    pooled: Pooled, years: Sequence[float], confidence: float = 0.95, fractional: bool = False
) -> list[tuple[tuple[Any, ...], tuple[Rate, ...]]]:
    """Return the labels and the rates of each group of a life table, one for each number of years.

    As `rates_at` on the curves of `kaplan_meier_by`, which are dropped once read.

    Raises:
        BadData: as `kaplan_meier_by`.
        BadCall: a number of years is not positive, or a confidence outside 0 to 1.
    """
    _check_years(years)
    whole = from_birth(pooled)
    curves = curves_of(whole, confidence=confidence, fractional=fractional)
    found = _rates((block for _, block in curves), years)
    columns = [labels.tolist() for labels in whole.groups.values()]
    labels = zip(*columns, strict=True) if columns else [()] * len(whole.starts)
    return [*zip(labels, found, strict=True)]


def _check_years(years: Sequence[float]) -> None:
    for number in years:
        if not number > 0:
            raise BadCall(f"Nombre d’années invalide\u00a0: {number}.", "Donner un nombre positif.")


def _rates(
    blocks: Iterable[Mapping[str, Array]], years: Sequence[float]
) -> Iterator[tuple[Rate, ...]]:
    """Yield the rates of each curve, in blocks of whole curves, one for each number of years."""
    for block in blocks:
        yield from zip(*(_read(block, number) for number in years), strict=True)


def _read(curves: Mapping[str, Array], years: float) -> list[Rate]:
    """Read each of some whole curves."""
    limit = years * DAYS_PER_YEAR
    births = np.add.reduceat(curves["entries"], np.flatnonzero(curves["age_days"] == 0))
    within = np.flatnonzero(curves["age_days"] <= limit)
    ages, at_risk, entries, deaths, exits, survival = (
        curves[name][within] for name in ("age_days", "at_risk", *COUNTS, "survival")
    )
    starts = np.flatnonzero(ages == 0)
    last = np.append(starts[1:], len(ages)) - 1
    before = ages < limit
    # Those observed after each age; after the last age before the limit, those at risk at n years.
    after = running(np.add, np.where(before, entries - deaths - exits, 0), starts)
    left = after[last]
    following = np.append(ages[1:], floor(limit))
    following[last] = floor(limit)
    alive = survival > 0
    unseen = before & (after == 0) & alive
    blind = np.add.reduceat(np.where(unseen, following - ages, 0), starts)
    dead = np.add.reduceat(deaths, starts)
    none = np.full(1, at_risk.max() + 1, at_risk.dtype)
    fewest = np.minimum.reduceat(np.where(deaths > 0, at_risk, none), starts)
    fewest = np.where(dead > 0, fewest, left)
    known = ((left > 0) & (blind == 0)) | ~alive[last]
    columns = [
        known.tolist(),
        *(column.astype("int64").tolist() for column in (births, left, dead, fewest, blind)),
        *(curves[name][within[last]].tolist() for name in ESTIMATES),
    ]
    rates = []
    for can_tell, *values in zip(*columns, strict=True):
        counts, estimates = values[: -len(ESTIMATES)], values[-len(ESTIMATES) :]
        shares = [share if can_tell and not isnan(share) else None for share in estimates]
        rates.append(Rate(years, *counts, *shares))
    return rates


def life_table_by_age(curve: pd.DataFrame, ages: int) -> pd.DataFrame:
    """Return the life table by whole year of age, read on the curve of `kaplan_meier`.

    Year x runs from x × 365.25 days (excluded, except birth) to (x + 1) × 365.25 days (included).
    `dying` is 1 − S(x + 1)/S(x), the probability of dying in the year when alive at its start:
    Chiang, *The Life Table and its Applications* (1984), ch. 10, here from daily risk sets.

    Returns:
        `age` (years, 0 to `ages` − 1), `at_risk` (at the start of the year), `entries`, `deaths`,
        `exits` (in the year), `dying`, `survival` (at the start); the last two NaN where the curve
        cannot tell (see `survival_at`).
    """
    import pandas as pd

    rows = []
    for age in range(ages):
        low, high = age * DAYS_PER_YEAR, (age + 1) * DAYS_PER_YEAR
        inside = curve[(curve["age_days"] <= high) & ((curve["age_days"] > low) | (age == 0))]
        end = survival_at(curve, age + 1)
        start = survival_at(curve, age) if age else None
        before = start.survival if start else 1.0
        known = before is not None and before > 0 and end.survival is not None
        rows.append(
            {
                "age": age,
                "at_risk": start.at_risk if start else int(curve["at_risk"].iloc[0]),
                **{name: int(inside[name].sum()) for name in COUNTS},
                "dying": 1 - end.survival / before if known else np.nan,  # type: ignore[operator]
                "survival": np.nan if before is None else before,
            }
        )
    return pd.DataFrame(rows)


def reliability(*counts: int, caution: int = 30, unreliable: int = 10) -> str:
    """Return the symbol of the smallest count (births, at risk): `F`, `E` or nothing.

    `F` (too unreliable) under `unreliable`, `E` (use with caution) under `caution`.
    """
    if not 0 <= unreliable <= caution:
        raise BadCall(
            f"Seuils de fiabilité hors d’ordre\u00a0: F sous {unreliable}, E sous {caution}.",
            "Le seuil de F ne dépasse pas celui de E.",
        )
    smallest = min(counts)
    if smallest < unreliable:
        return "F"
    return "E" if smallest < caution else ""
