"""Cohort rates: of those born in a year, the share alive n years later, when all were observed.

Two steps, as for the curves: `cohort_counts` turns dated units into counts by birth year, additive
over parts of a register; `cohort_rates` divides, over the cohorts that were observed from birth and
for n years. Rates of the last two years of deaths are provisional (`p`): a reactivation within two
years undoes a death (*Eurostat-OECD Manual on Business Demography Statistics*, 2007, ch. 6 and 8).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from coopreport.analysis.definition import Definition
from coopreport.errors import BadCall

if TYPE_CHECKING:
    import pandas as pd

COHORT_COUNTS = ["births", "alive", "active", "late"]
RATE_COLUMNS = [
    "births",
    "survivors",
    "rate",
    "lower",
    "upper",
    "first_cohort",
    "last_cohort",
    "left_out",
    "provisional",
]
REACTIVATION_YEARS = 2


def cohort_counts(
    units: pd.DataFrame, definition: Definition, years: Sequence[int], by: Sequence[str] = ()
) -> pd.DataFrame:
    """Count, by birth year, the births and who is left n years later.

    Args:
        units: `birth`, `end` (dates; None alive), where known `end_kind` (else every end is a
            dissolution) and `observed_from`, and the `by` columns. A unit born outside the
            definition's births, or dead before its birth, is left out (`observe` counts them).
        years: whole numbers of years.

    Returns:
        The `by` columns, `cohort` (birth year), `years`, and int64 counts: `births`, those observed
        from their birth; `alive` (no death strictly before the n-th anniversary; an anniversary
        of 29 February is on the 28th) and `active` (no death before 1 January of year cohort + n)
        among them; `late`, the other births, observed only later: had they died before, nobody
        would know. Counts of parts of a register add up.
    """
    import pandas as pd

    birth, end = whole_days(units["birth"]), whole_days(units["end"])
    low, high, cut_off = (
        np.datetime64(day, "D")
        for day in (definition.first_birth, definition.births_end, definition.cut_off)
    )
    known = ~np.isnat(birth) & (np.isnat(end) | (end >= birth))
    kept = known & (birth >= low) & (birth <= high)
    fatal = (
        units["end_kind"].isin(definition.death_kinds).to_numpy()
        if "end_kind" in units
        else np.ones(len(units), dtype=bool)
    )
    dead = ~np.isnat(end) & fatal & (end <= cut_off)
    opening = np.datetime64(definition.observation_start or date.min, "D")
    seen = np.full(len(units), opening)
    if "observed_from" in units:
        own = whole_days(units["observed_from"])
        seen = np.where(~np.isnat(own) & (own > seen), own, seen)
    in_time = seen <= birth
    cohort = birth.astype("datetime64[Y]").astype("int64") + 1970
    parts = []
    for number in years:
        if number < 1:
            raise BadCall(f"Nombre d’années invalide\u00a0: {number}.", "Donner 1 ou plus.")
        death_year = end.astype("datetime64[Y]").astype("int64") + 1970
        parts.append(
            units[[*by]].assign(
                cohort=cohort,
                years=number,
                births=in_time * 1,
                alive=(in_time & (~dead | (end >= anniversary(birth, number)))) * 1,
                active=(in_time & (~dead | (death_year >= cohort + number))) * 1,
                late=~in_time * 1,
            )[kept]
        )
    keys = [*by, "cohort", "years"]
    table = pd.concat(parts).groupby(keys, sort=True, dropna=False)[COHORT_COUNTS].sum()
    whole = dict.fromkeys(["cohort", "years", *COHORT_COUNTS], "int64")
    counts: pd.DataFrame = table.reset_index().astype(whole)
    return counts


def cohort_rates(
    counts: pd.DataFrame,
    definition: Definition,
    by: Sequence[str] = (),
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return the n-year rates over the cohorts that were fully observed, the others left out.

    The n-year rule of the definition says who survives: `exact_anniversary` or `calendar_year`. The
    interval is the log-log one of Kaplan–Meier, which a share of fully observed units is too:
    σ² = (1 − S)/(S·N).

    Args:
        counts: of `cohort_counts` under the same definition; other groups are summed.
        by: the columns to keep apart; `cohort` among them gives each birth year its own rate.

    Returns:
        `by`, `years`, `births`, `survivors`, `rate`, `lower`, `upper` (shares of 1, NaN
        without a birth), `first_cohort`, `last_cohort` (NA when no cohort could be used),
        `left_out` (births not fully observed: late, or too recent) and `provisional` (bool). A
        group without one fully observed cohort has a row with no rate.

    Raises:
        BadCall: the definition's rule is Kaplan–Meier's.
    """
    import pandas as pd

    column = {"exact_anniversary": "alive", "calendar_year": "active"}.get(definition.n_year_rule)
    if column is None:
        raise BadCall(
            "Un taux de cohorte suit la règle de l’anniversaire exact ou celle de l’année civile.",
            "Choisir la règle des n ans dans la définition; Kaplan-Meier a sa propre fonction.",
        )
    full = counts[["cohort", "years"]].apply(
        lambda row: fully_observed(int(row["cohort"]), int(row["years"]), definition), axis=1
    )
    used = full.astype(bool) if len(counts) else False
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    rows = []
    for key, part in counts.assign(used=used).groupby([*by, "years"], sort=True, dropna=False):
        inside = part[part["used"] & (part["births"] > 0)]
        births, survivors = int(inside["births"].sum()), int(inside[column].sum())
        rate = survivors / births if births else np.nan
        lower, upper = _interval(rate, births, z)
        cohorts = inside["cohort"]
        rows.append(
            {
                **dict(zip([*by, "years"], key, strict=True)),
                "births": births,
                "survivors": survivors,
                "rate": rate,
                "lower": lower,
                "upper": upper,
                "first_cohort": cohorts.min() if births else pd.NA,
                "last_cohort": cohorts.max() if births else pd.NA,
                "left_out": int(part[["births", "late"]].to_numpy().sum()) - births,
                "provisional": any(
                    provisional(int(cohort), int(part["years"].iloc[0]), definition)
                    for cohort in cohorts
                ),
            }
        )
    columns = [*by, "years", *RATE_COLUMNS]
    return pd.DataFrame(rows, columns=columns).astype(
        {"first_cohort": "Int64", "last_cohort": "Int64"}
    )


def fully_observed(cohort: int, years: int, definition: Definition) -> bool:
    """Tell whether every counted birth of a year was observed from birth and for n years.

    Births of 2015 have their five years by the end of 2020, under either rule; under Eurostat's,
    that is also the end of the year in which they have to be active.
    """
    last = min(date(cohort, 12, 31), definition.births_end)
    first = max(date(cohort, 1, 1), definition.first_birth)
    if definition.n_year_rule == "calendar_year":
        last = date(cohort, 12, 31)
    seen = definition.observation_start is None or definition.observation_start <= first
    return seen and anniversary_of(last, years) <= definition.cut_off


def provisional(cohort: int, years: int, definition: Definition) -> bool:
    """Tell whether a rate depends on deaths of the last two years, which may still be undone.

    The deaths that count are those before the last n-th anniversary of the cohort.
    """
    last_death = anniversary_of(date(cohort, 12, 31), years)
    if definition.n_year_rule == "calendar_year":
        last_death = date(cohort + years - 1, 12, 31)
    return last_death > anniversary_of(definition.cut_off, -REACTIVATION_YEARS)


def anniversary(days: np.ndarray, years: int) -> np.ndarray:
    """Return the n-th anniversaries of `datetime64[D]` days; that of 29 February is the 28th."""
    months = days.astype("datetime64[M]")
    since = days - months.astype("datetime64[D]")
    target = months + np.timedelta64(12 * years, "M")
    first = target.astype("datetime64[D]")
    length = (target + np.timedelta64(1, "M")).astype("datetime64[D]") - first
    moved: np.ndarray = first + np.minimum(since, length - np.timedelta64(1, "D"))
    return moved


def anniversary_of(day: date, years: int) -> date:
    """Return the n-th anniversary of one day (n may be negative)."""
    moved: date = anniversary(np.array([day], dtype="datetime64[D]"), years)[0].item()
    return moved


def join_reactivations(spells: pd.DataFrame, years: int = REACTIVATION_YEARS) -> pd.DataFrame:
    """Return one row per life: spells of one unit that follow each other within two years are one.

    A unit that starts again within two years of its end, that anniversary included, never died;
    later, it is another birth (Eurostat-OECD manual, ch. 5 and 6).

    Args:
        spells: `unit_id`, `birth`, `end` (None: still active) and any other columns, of which a
            life keeps those of its last spell.

    Returns:
        The same columns and `life` (1 for a unit's first), ordered by unit and birth.

    Raises:
        BadCall: a spell that begins before the former one of its unit has ended.
    """
    import pandas as pd

    lives: list[dict[str, Any]] = []
    ordered = spells.sort_values(["unit_id", "birth"], kind="stable").to_dict("records")
    for record in ordered:
        spell = {str(name): value for name, value in record.items()}
        former = lives[-1] if lives and lives[-1]["unit_id"] == spell["unit_id"] else None
        if former is None:
            lives.append({**spell, "life": 1})
            continue
        end = former["end"]
        if pd.isna(end) or spell["birth"] < end:
            raise BadCall(
                f"L’unité {spell['unit_id']} commence une période avant la fin de la précédente.",
                "Corriger les dates de ses périodes d’activité.",
            )
        if spell["birth"] <= anniversary_of(end, years):
            lives[-1] = {**spell, "birth": former["birth"], "life": former["life"]}
        else:
            lives.append({**spell, "life": former["life"] + 1})
    return pd.DataFrame(lives, columns=[*spells.columns, "life"])


def _interval(rate: float, births: int, z: float) -> tuple[float, float]:
    if not births or not 0 < rate < 1:
        return np.nan, np.nan
    spread = z * np.sqrt((1 - rate) / (rate * births)) / abs(np.log(rate))
    return float(rate ** np.exp(spread)), float(rate ** np.exp(-spread))


def whole_days(dates: pd.Series[date]) -> np.ndarray:
    """Return dates as `datetime64[D]`, NaT when absent: no hour and no zone."""
    import pandas as pd

    return np.array([None if pd.isna(day) else day for day in dates], dtype="datetime64[D]")
