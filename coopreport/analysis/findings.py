"""What the computed facts show of the published ones, as sentences made from values.

Each function takes computed values and returns a finding, or None when the facts do not show it
(any more): no sentence is typed around a number. Each finding states its assumption.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from coopreport.analysis.consistency import Vintage
from coopreport.locale import (
    NBSP,
    count_of,
    exact,
    format_number,
    format_value,
    join_list,
    round_half_away,
)

Number = int | Decimal | Fraction


@dataclass(frozen=True)
class Finding:
    """One computed finding: its id, title, sentence and assumption, and what it was made from."""

    id: str
    title: str
    sentence: str
    assumption: str
    uses: tuple[str, ...] = ()


def comparators_in_print(old: Sequence[Vintage], uses: Sequence[str] = ()) -> Finding | None:
    """The comparators beside a study's co-operative rates were in print years before it."""
    reprints = [each for each in old if each.earlier]
    if not reprints:
        return None
    firsts = [int(each.earlier[0]["printed_year"]) for each in reprints]
    study = reprints[0].coop["study_year"]
    now = join_list([f"{_rate(e.comparator)} à {_age(e.coop)}" for e in reprints])
    then = "; ".join(f"à {_age(each.coop)}, {_printings(each)}" for each in reprints)
    return Finding(
        "comparateurs_imprimes",
        "Comparateurs déjà imprimés",
        f"Les comparateurs de {now}, placés à côté des taux coopératifs de {study}, étaient "
        f"déjà imprimés {_span(min(firsts), max(firsts))} ({then}) et n’ont pas changé depuis.",
        "Deux comparateurs de la même population, au même âge, sont le même nombre s’ils "
        "concordent à la précision la moins fine des deux.",
        tuple(uses),
    )


def smaller_advantage(
    gaps: Mapping[int, tuple[Number, Number]], first: int, last: int, uses: Sequence[str] = ()
) -> Finding | None:
    """The advantage is smaller beside Canadian births of the same years.

    `gaps` maps an age in years to the gap with the study's own comparator and the gap with
    Canadian births, in points; `first` and `last` are those births' years.
    """
    shrunk = {age: pair for age, pair in sorted(gaps.items()) if pair[1] < pair[0]}
    if not shrunk or len(shrunk) < len(gaps):
        return None
    ages = join_list([format_number(age) for age in shrunk])
    own = join_list([_points(pair[0]) for pair in shrunk.values()])
    canadian = join_list([_points(pair[1]) for pair in shrunk.values()])
    return Finding(
        "avantage_canada",
        "Avantage face aux naissances canadiennes",
        f"Face aux naissances canadiennes de {first} à {last}, l’avantage des coopératives après "
        f"{ages}{NBSP}ans passe de {own} à {canadian}.",
        "Les deux populations sont comparables alors que leurs unités ne sont pas définies; le "
        "taux canadien est imprimé à l’unité, donc l’écart est connu à un demi-point près.",
        tuple(uses),
    )


def too_young(
    births: tuple[int, int] | None, age: int, year: int, uses: Sequence[str] = ()
) -> Finding | None:
    """Some births of the study cannot enter its rate at its greatest age."""
    if births is None:
        return None
    return Finding(
        "cohortes_trop_jeunes",
        "Naissances trop récentes",
        f"Les naissances {_span(births[0], births[1], ' à ')} ne peuvent pas entrer dans un taux à "
        f"{count_of(age, 'an')} en {year}.",
        f"L’observation s’arrête au plus tard à la fin de {year} et le taux ne compte que des "
        "naissances suivies jusqu’à l’âge dit; la source n’en dit rien.",
        tuple(uses),
    )


def share_of_gdp(
    revenue: int, share: Number, printed: Number, year: int, uses: Sequence[str] = ()
) -> Finding | None:
    """Revenue over GDP is not the printed share; `share` and `printed` are in percent."""
    if round_half_away(share, 1) == round_half_away(printed, 1):
        return None
    return Finding(
        "part_du_pib",
        "Part du PIB",
        f"Des revenus de {format_value(revenue, 'CAD_G', 0)} valent "
        f"{format_value(share, 'percent', 1)} du PIB de {year}, et non "
        f"{format_value(printed, 'percent', 1)}.",
        "La part imprimée serait celle des revenus dans le PIB nominal aux prix du marché; sa "
        "méthode n’est pas publiée, et des revenus ne sont pas une valeur ajoutée.",
        tuple(uses),
    )


def increase_over_grant(
    asked: int, base: int | None, years: int, stated: bool, uses: Sequence[str] = ()
) -> Finding | None:
    """What the ask for the agreement adds to the grant in force, in dollars a year."""
    if base is None or not 0 < base < asked:
        return None
    condition = f"Puisque la subvention en cours couvre {count_of(years, 'exercice')}"
    if not stated:
        condition = f"Si la subvention en cours couvre {count_of(years, 'exercice')}"
    return Finding(
        "hausse_entente",
        "Hausse de l’Entente",
        f"{condition}, soit {format_value(base, 'CAD_M', 2)} par année, la demande de "
        f"{format_value(asked, 'CAD_M', 0)} est une hausse de "
        f"{format_value(asked - base, 'CAD_M', 2)} par année.",
        "La durée de la subvention est "
        + ("énoncée" if stated else "déduite de l’annonce suivante")
        + "; le montant demandé est un niveau, et non une somme qui s’ajoute.",
        tuple(uses),
    )


def years_of_headline(
    headline: int, check: pd.DataFrame, running: Mapping[str, int], uses: Sequence[str] = ()
) -> Finding | None:
    """The annual headline holds only while every ask runs.

    `check` is the frame `financement.verification`; `running` maps a fiscal year to how many asks
    run in it.
    """
    holding = [str(year) for year in check.loc[check["holds"], "fiscal_year"]]
    most = max(running.values())
    if len(holding) == len(check) or holding != [y for y, n in running.items() if n == most]:
        return None
    rest = check.loc[~check["holds"], "total"]
    least = format_value(int(rest.min()), "CAD_M", 1)
    return Finding(
        "annees_de_l_annonce",
        "Exercices où l’annonce tient",
        f"{format_value(headline, 'CAD_M', 1)} par année ne vaut que pour {join_list(holding)}, "
        f"où les {count_of(most, 'demande')} courent ensemble; ensuite, la somme descend "
        f"jusqu’à {least}.",
        "Chaque demande suit les dates de sa lecture de base; une demande sans fin écrite court "
        "jusqu’à l’horizon.",
        tuple(uses),
    )


def _span(first: int, last: int, to: str = " ou ") -> str:
    """Return `en 2010`, `en 2009 ou 2010`; `de 2013 à 2015` with ` à `."""
    lead = "de" if to == " à " else "en"
    return f"{lead} {first}" if first == last else f"{lead} {first}{to}{last}"


def _printings(old: Vintage) -> str:
    """Return each value printed before, with the first year of each: `19,5 % en 2009 puis …`."""
    first: dict[str, int] = {}
    for rate in old.earlier:
        first.setdefault(_rate(rate), int(rate["printed_year"]))
    return " puis ".join(f"{value} en {year}" for value, year in first.items())


def _rate(rate: Mapping[str, Any]) -> str:
    value = exact(rate["rate"])
    return format_value(value, "percent", 0 if value.denominator == 1 else 1)


def _age(rate: Mapping[str, Any]) -> str:
    return count_of(int(rate["years"]), "an")


def _points(value: Number) -> str:
    return format_value(value, "points", 1)
