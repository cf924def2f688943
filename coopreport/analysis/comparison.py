"""Published survival rates side by side: each with its own cohorts, unit and source.

Pure functions over the `survival_published` table. Rates are exact decimals, in percent; gaps are
in percentage points. A comparator is never hidden for being ill-matched: its row says in French
what differs or was not stated, and only a `comparable` row supports "twice as many".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

import pandas as pd

from coopreport.errors import BadCall, nearest

Match = Literal["same", "different", "unstated"]
Record = Mapping[Any, Any]

CARRIED = [
    "population",
    "population_label",
    "study",
    "study_label",
    "study_year",
    "cohorts",
    "observed_unit",
    "source",
    "source_status",
    "doubtful",
]


def gap(coop_rate: Decimal, comparator_rate: Decimal) -> Decimal:
    """Return co-operatives' rate minus the comparator's, in points, exactly (63.9 − 35 = 28.9)."""
    for rate in (coop_rate, comparator_rate):
        if not isinstance(rate, Decimal) or not 0 <= rate <= 100:
            raise TypeError(f"a rate is a Decimal from 0 to 100, in percent: {rate!r}")
    return coop_rate - comparator_rate


def observable(cohort_last: int, years: int, cut_off_year: int) -> bool:
    """Tell whether births up to the end of `cohort_last` have all been observed for `years`.

    The cut-off is taken at the end of `cut_off_year`, the kindest reading: births of 2012 reach
    ten years by the end of 2022, births of 2013 do not.
    """
    return cohort_last + years <= cut_off_year


def unobservable(
    cohort_first: int, cohort_last: int, years: int, cut_off_year: int
) -> tuple[int, int] | None:
    """Return the first and last births of a study that cannot have an n-year rate, or None.

    Births of 2002-2015 at ten years with a cut-off in 2022 give (2013, 2015).
    """
    if observable(cohort_last, years, cut_off_year):
        return None
    return max(cohort_first, cut_off_year - years + 1), cohort_last


def compare(
    published: pd.DataFrame, study: str, comparators: Sequence[str] | None = None
) -> pd.DataFrame:
    """Set every comparator beside the co-operatives' rate of one study at the same years.

    Args:
        published: the `survival_published` table; `rate` holds Decimals.
        study: the code of the study whose co-operative rates are compared.
        comparators: codes of the studies to take comparators from, all by default.

    Returns:
        One row per comparator rate at a number of years that the study has, ordered by years and
        then as published: `rate_id`, `years`, `coop_rate`, `comparator_rate` (Decimal, percent),
        `gap` (Decimal, points), the comparator's own description (`population_label`,
        `study_label`, `cohorts`, `observed_unit`, `source`, …), `cohort_match` and `unit_match`
        (same, different, unstated), `comparable` (both the same and neither rate doubtful) and
        `caution` (French, "" when there is nothing to say).

    Raises:
        BadCall: an unknown study, one with no co-operative rate, or with two rates at one age.
    """
    coops = _rows(published, study, "coop")
    if coops["years"].duplicated().any():
        raise BadCall(
            f"L’étude «\u00a0{study}\u00a0» a plus d’un taux coopératif au même nombre d’années.",
            "Ne garder qu’une population à comparer.",
        )
    others = published[published["role"] == "comparator"]
    if comparators is not None:
        for code in comparators:
            _rows(published, code, "comparator")
        others = others[others["study"].isin(list(comparators))]
    rows: list[dict[str, Any]] = []
    for coop in coops.sort_values("years").to_dict("records"):
        for other in others[others["years"] == coop["years"]].to_dict("records"):
            cohort_match = _match(_cohorts(coop), _cohorts(other))
            unit_match = _match(_unit(coop), _unit(other))
            same = cohort_match == "same" and unit_match == "same"
            doubtful = bool(coop["doubtful"]) or bool(other["doubtful"])
            rows.append(
                {
                    "rate_id": other["rate_id"],
                    "years": coop["years"],
                    "coop_rate": coop["rate"],
                    "comparator_rate": other["rate"],
                    "gap": gap(coop["rate"], other["rate"]),
                    **{name: other[name] for name in CARRIED},
                    "cohort_match": cohort_match,
                    "unit_match": unit_match,
                    "comparable": same and not doubtful,
                    "caution": _caution(coop, other, cohort_match, unit_match, doubtful),
                }
            )
    head = ["rate_id", "years", "coop_rate", "comparator_rate", "gap"]
    tail = ["cohort_match", "unit_match", "comparable", "caution"]
    return pd.DataFrame(rows, columns=[*head, *CARRIED, *tail])


def _rows(published: pd.DataFrame, study: str, role: str) -> pd.DataFrame:
    found = published[(published["study"] == study) & (published["role"] == role)]
    if found.empty:
        known = sorted(set(published.loc[published["role"] == role, "study"]))
        raise BadCall(
            f"Aucun taux de survie de l’étude «\u00a0{study}\u00a0» pour ce rôle ({role}).",
            nearest(study, known) or f"Études connues\u00a0: {', '.join(known)}.",
        )
    return found


def _cohorts(row: Record) -> tuple[int, int] | None:
    first, last = row["cohort_first"], row["cohort_last"]
    return None if pd.isna(first) or pd.isna(last) else (int(first), int(last))


def _unit(row: Record) -> str | None:
    unit = row["observed_unit"]
    return None if pd.isna(unit) or not str(unit).strip() else " ".join(str(unit).lower().split())


def _match(coop: object | None, other: object | None) -> Match:
    if coop is None or other is None:
        return "unstated"
    return "same" if coop == other else "different"


def _caution(
    coop: Record, other: Record, cohort_match: Match, unit_match: Match, doubt: bool
) -> str:
    words = []
    if cohort_match == "different":
        words.append(f"cohortes différentes ({_years(coop)} et {_years(other)})")
    elif cohort_match == "unstated":
        words.append(f"cohortes non énoncées {_whose(_cohorts(coop), _cohorts(other))}")
    if unit_match == "different":
        words.append(
            f"unités observées différentes («\u00a0{coop['observed_unit']}\u00a0» et "
            f"«\u00a0{other['observed_unit']}\u00a0»)"
        )
    elif unit_match == "unstated":
        words.append(f"unité observée non énoncée {_whose(_unit(coop), _unit(other))}")
    if doubt:
        words.append("valeur douteuse")
    text = "; ".join(words)
    return text[:1].upper() + text[1:]


def _years(row: Record) -> str:
    first, last = row["cohort_first"], row["cohort_last"]
    return f"{first}" if first == last else f"{first}-{last}"


def _whose(coop: object | None, other: object | None) -> str:
    if coop is None and other is None:
        return "de part et d’autre"
    return "pour les coopératives" if coop is None else "pour le comparateur"
