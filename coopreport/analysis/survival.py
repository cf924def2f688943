"""Survival by age from counts: Kaplan–Meier with delayed entry, and the life table by age.

Pure functions over a life table of counts by day of age (`age_days`, `entries`, `deaths`, `exits`,
integers; any other column is a group, and groups are summed). The counts carry all that the
estimator uses, so an estimate from the table equals the one from the records. Names and
conventions are those of R's `survival`, with which the tests hold every column to 1e-9.

Who is at risk at age t (in days): those with start < t <= stop, as in R's `Surv(start, stop]`.
A unit under observation on the day of its birth is at risk on that day too, so a death at age 0
counts, against all who enter at age 0 (as R's `Surv(time)` does at time 0; `start = -1` in R's
counting form).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from coopreport.analysis.definition import Definition as Definition
from coopreport.errors import BadCall, BadData, Fault

DAYS_PER_YEAR = 365.25
COUNTS = ["entries", "deaths", "exits"]
TOLERANCE = 1e-9
"""Of fractional counts, which do not add up to the last bit."""


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
    absent = [name for name in ["age_days", *COUNTS] if name not in life_table.columns]
    if absent:
        raise _bad_table(f"colonne absente\u00a0: {', '.join(absent)}")
    columns = life_table[["age_days", *COUNTS]]
    whole = columns[["age_days"]] if fractional else columns
    if columns.isna().any(axis=None) or (whole % 1 != 0).any(axis=None):
        raise _bad_table("les âges et les effectifs sont des nombres entiers, sans blanc")
    if (columns < 0).any(axis=None):
        raise _bad_table("un âge ou un effectif est négatif")
    typed = columns.astype({"age_days": "int64", **dict.fromkeys(COUNTS, _kind(fractional))})
    pooled = typed.groupby("age_days", sort=True)[COUNTS].sum().reset_index()
    total = pooled[COUNTS].sum()
    if abs(total["entries"] - total["deaths"] - total["exits"]) > _slack(total, fractional):
        raise _bad_table(
            f"{total['entries']} entrées pour {total['deaths']} morts et {total['exits']} sorties"
        )
    return pooled


def kaplan_meier(
    life_table: pd.DataFrame,
    delayed_entry: bool = True,
    confidence: float = 0.95,
    fractional: bool = False,
) -> pd.DataFrame:
    """Estimate survival by age, day by day, from a life table of counts.

    S(t) = Π over ages a <= t of (1 − d(a)/n(a)): Kaplan and Meier, JASA 53 (1958), 457–481; with
    n(a) reduced to those already under observation, Klein and Moeschberger, *Survival Analysis*
    (2nd ed., 2003), § 4.6. Standard error S·σ with σ² = Σ d/(n(n − d)): Greenwood (1926). Interval
    exp(−exp(log(−log S) ± z·σ/|log S|)): Kalbfleisch and Prentice, *The Statistical Analysis of
    Failure Time Data* (2nd ed., 2002), § 1.4; R's `conf.type = "log-log"`.

    Args:
        life_table: counts by age; groups are summed (see `pool`).
        delayed_entry: a unit is at risk from its age when observation began. False is the naive
            estimate: everybody at risk from birth, with the same deaths, which flatters survival
            when the deaths before some date are unknown.
        confidence: of the pointwise interval, between 0 and 1.
        fractional: counts may be shares of units; the interval is then an approximation.

    Returns:
        One row per age of the table, and age 0: `age_days`, `at_risk`, `entries`, `deaths`,
        `exits` (int64), `survival`, `std_error`, `lower`, `upper` (shares of 1). As in R, the
        bounds are NaN while S is 1 and once it is 0, and the standard error NaN once S is 0.
        Once S is 0 it stays 0, even when units enter later: see `Rate.fewest_at_risk`.

    Raises:
        BadData: as `pool`, or more deaths and exits at an age than units at risk.
        BadCall: a confidence outside 0 to 1.
    """
    if not 0 < confidence < 1:
        raise BadCall(f"Niveau de confiance {confidence} hors de 0 à 1.", "Donner 0.95, par ex.")
    counts = pool(life_table, fractional)
    if counts.empty or counts["age_days"].iloc[0] != 0:
        birth = pd.DataFrame([[0, 0, 0, 0]], columns=["age_days", *COUNTS])
        kinds = {"age_days": "int64", **dict.fromkeys(COUNTS, _kind(fractional))}
        counts = pd.concat([birth.astype(kinds), counts.astype(kinds)], ignore_index=True)
    entries, deaths, exits = (counts[name].to_numpy().copy() for name in COUNTS)
    if not delayed_entry:
        entries[0], entries[1:] = entries.sum(), 0
    gone = deaths + exits
    at_risk = (entries.cumsum() - entries) - (gone.cumsum() - gone)
    at_risk[0] = entries[0]
    too_many = gone > at_risk + _slack(entries, fractional)
    if too_many.any():
        age = counts["age_days"].iloc[int(np.argmax(too_many))]
        raise _bad_table(f"à {age} jours d’âge, plus de morts et de sorties que d’unités à risque")

    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(1 - np.where(deaths > 0, deaths / at_risk, 0.0))
        terms = np.where(deaths > 0, deaths / (at_risk * (at_risk - deaths)), 0.0)
        sigma = np.sqrt(np.cumsum(terms))
        std_error = survival * sigma
        spread = NormalDist().inv_cdf((1 + confidence) / 2) * sigma / np.abs(np.log(survival))
        inside = (survival > 0) & (survival < 1)
        bounds = [
            np.where(inside, survival ** np.exp(side * spread), np.nan) for side in (1.0, -1.0)
        ]
    return pd.DataFrame(
        {
            "age_days": counts["age_days"],
            "at_risk": at_risk,
            "entries": entries,
            "deaths": deaths,
            "exits": exits,
            "survival": survival,
            "std_error": std_error,
            "lower": bounds[0],
            "upper": bounds[1],
        }
    )


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
    if not years > 0:
        raise BadCall(f"Nombre d’années invalide\u00a0: {years}.", "Donner un nombre positif.")
    age = years * DAYS_PER_YEAR
    until = curve[curve["age_days"] <= age]
    before = until[until["age_days"] < age]
    after = (before["entries"] - before["deaths"] - before["exits"]).cumsum().to_numpy()
    widths = np.diff([*before["age_days"], floor(age)])
    blind_days = int(widths[(after == 0) & (before["survival"] > 0)].sum())
    fatal = until[until["deaths"] > 0]
    last = until.iloc[-1]
    known = (after[-1] > 0 and blind_days == 0) or last["survival"] == 0

    def value(name: str) -> float | None:
        number = float(last[name])
        return number if known and not np.isnan(number) else None

    return Rate(
        years=years,
        births=int(curve["entries"].sum()),
        at_risk=int(after[-1]),
        deaths=int(until["deaths"].sum()),
        fewest_at_risk=int(fatal["at_risk"].min()) if len(fatal) else int(after[-1]),
        blind_days=blind_days,
        survival=value("survival"),
        std_error=value("std_error"),
        lower=value("lower"),
        upper=value("upper"),
    )


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


def _kind(fractional: bool) -> str:
    return "float64" if fractional else "int64"


def _slack(counts: Any, fractional: bool) -> float:
    """Return by how much sums of fractional counts may differ."""
    return TOLERANCE * max(1.0, float(counts.sum())) if fractional else 0.0


def _bad_table(rule: str) -> BadData:
    remedy = "Recalculer la table à partir du registre."
    return BadData([Fault("table de survie", 0, "", "", rule, remedy)])
