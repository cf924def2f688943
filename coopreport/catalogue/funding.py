"""Funding: what the brief asks, year by year, beside what it prints."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pandas as pd

from coopreport.analysis import funding
from coopreport.catalogue.base import CATALOGUE, column_by, share_result
from coopreport.catalogue.facts import when
from coopreport.definitions import Keys
from coopreport.fiscal import fiscal_year, span, start_year
from coopreport.indicators import Result
from coopreport.ledger import Data

indicator, frame = CATALOGUE.indicator, CATALOGUE.frame

HEADLINE = "R0"
"""The priority ask, which the numbered recommendations add up to."""


def _asks(data: Data) -> pd.DataFrame:
    """Return the numbered recommendations, as the scenario has them where one is built."""
    asks = data.rows("recommendations", cycle=data.cycle.id, parent_id=HEADLINE)
    scenario = data.cycle.scenario
    return funding.under_scenario(asks, scenario, data.cycle.fiscal_years) if scenario else asks


def _headline(data: Data) -> pd.DataFrame:
    return data.rows("recommendations", cycle=data.cycle.id, ask_id=HEADLINE)


def _ask(data: Data, ask: str) -> pd.Series:
    rows = _headline(data) if ask == HEADLINE else _asks(data)
    return rows[rows["ask_id"] == ask].iloc[0]


def each_ask(data: Data) -> Iterator[Keys]:
    """The numbered recommendations: `ask` is `r1` … `r4` in names, `code` is `R1` … in labels."""
    return ({"ask": ask.lower(), "code": ask} for ask in _asks(data)["ask_id"])


def each_total_ask(data: Data) -> Iterator[Keys]:
    """The numbered recommendations whose text prints a total and gives its years."""
    asks = _asks(data)
    dated = asks[(asks["amount_basis"] == "total") & asks["last_fiscal_year"].notna()]
    return ({"ask": ask.lower(), "code": ask} for ask in dated["ask_id"])


def each_year(data: Data) -> Iterator[Keys]:
    """The fiscal years of the horizon, in a cycle whose asks are known."""
    return ({"year": year} for year in data.cycle.fiscal_years if data.knows("asks"))


def each_reading(data: Data) -> Iterator[Keys]:
    """The named readings of the ambiguous wordings."""
    return ({"reading": name} for name in data.rows("readings", cycle=data.cycle.id)["reading_id"])


@frame("financement.recommandations")
def recommendations(data: Data) -> pd.DataFrame:
    """The asks as the brief prints them, the headline last."""
    return pd.concat([_asks(data), _headline(data)])


@frame("financement.calendrier")
def calendar(data: Data) -> pd.DataFrame:
    """The asks spread over the fiscal years of the horizon, base and new money apart."""
    spread = funding.schedule(_asks(data), data.cycle.fiscal_years)
    return funding.new_money(spread, known_bases(data))


def known_bases(data: Data) -> dict[str, int]:
    """Return the dollars a year granted at the cut-off, for the asks where that is known.

    The base stands in the recommendation, or is the annual amount of the grant that it names,
    spread over that grant's years (inferred where the announcement states no duration).
    """
    bases: dict[str, int] = {}
    for ask in _asks(data).to_dict("records"):
        if pd.notna(ask["base_amount"]):
            bases[ask["ask_id"]] = int(ask["base_amount"])
        elif pd.notna(ask["base_grant"]):
            grant = data.rows("grants", grant_id=ask["base_grant"], preferred=True)
            bases[ask["ask_id"]] = int(funding.spread_grants(grant)["amount"].min())
    return bases


@frame("financement.verification")
def headline_check(data: Data) -> pd.DataFrame:
    """The annual headline against the sum of the asks, for each fiscal year."""
    headline = int(_ask(data, HEADLINE)["annual_amount"])
    return funding.headline_check(headline, funding.by_year(data.frame("financement.calendrier")))


@frame("financement.lectures")
def readings(data: Data) -> pd.DataFrame:
    """The total of the asks under each named reading of an ambiguous wording."""
    asks = pd.concat([_asks(data), _headline(data)])
    alternatives = data.rows("readings", cycle=data.cycle.id)
    totals = funding.readings(asks, alternatives, HEADLINE, data.cycle.fiscal_years)
    words = alternatives[["reading_id", "ask_id", "title", "section", "explanation"]]
    return totals.merge(words, on="reading_id", validate="one_to_one")


def each_scenario(data: Data) -> Iterator[Keys]:
    """The scenarios that the cycle compares; `title` is what they are called."""
    if data.knows("asks") and data.knows("scenarios"):
        for scenario in data.cycle.scenarios:
            yield {"scenario": scenario.name, "title": scenario.title}


@frame("financement.scenarios")
def scenarios(data: Data) -> pd.DataFrame:
    """The asks by fiscal year as they are, then under each scenario of the cycle."""
    first = start_year(data.cycle.first_fiscal_year)
    years = {"": data.cycle.fiscal_years}
    for scenario in data.cycle.scenarios:
        horizon = scenario.parameters.get("horizon", data.cycle.horizon)
        years[scenario.name] = tuple(fiscal_year(first + n) for n in range(horizon))
    return funding.scenarios(_asks(data), data.cycle.scenarios, years)


@indicator(
    "financement.scenario.{scenario}",
    "Somme des demandes sur l’horizon, scénario « {title} »",
    unit="CAD_M",
    decimals=1,
    formula="somme des demandes de tous les exercices, telles que le scénario les change",
    each=each_scenario,
)
def total_of_scenario(data: Data, scenario: str, title: str) -> int:
    """The sum of the asks over the horizon under one scenario."""
    return int(column_by(data.frame("financement.scenarios"), "scenario", "total")[scenario])


@indicator(
    "financement.scenario_ecart.{scenario}",
    "Écart avec la demande du mémoire, scénario « {title} »",
    unit="CAD_M",
    decimals=1,
    formula="somme sous le scénario − somme des demandes telles qu’elles sont",
    each=each_scenario,
)
def gap_of_scenario(data: Data, scenario: str, title: str) -> int:
    """The sum of the asks under one scenario minus their sum as they are."""
    return int(column_by(data.frame("financement.scenarios"), "scenario", "difference")[scenario])


@frame("financement.parts")
def shares(data: Data) -> pd.DataFrame:
    """Each ask's dollars and share, for a year and for the horizon."""
    asks = _asks(data)[["ask_id", "subject", "annual_amount"]]
    spread = data.frame("financement.calendrier").groupby("ask_id")["amount"].sum()
    asks["horizon_amount"] = asks["ask_id"].map(spread)
    for amount, share in (("annual_amount", "annual_share"), ("horizon_amount", "horizon_share")):
        whole = int(asks[amount].sum())
        parts = [funding.share(int(part), whole) for part in asks[amount]]
        asks[share] = pd.Series(parts, index=asks.index, dtype=object)
    return asks


@indicator(
    "financement.annonce",
    "Demande prioritaire annuelle, telle qu’imprimée",
    unit="CAD_M",
    decimals=1,
    formula="montant annuel de la demande prioritaire dans la synthèse du mémoire",
    each=when("asks"),
)
def headline(data: Data) -> int:
    """The annual headline that the brief's synthesis prints."""
    return int(_ask(data, HEADLINE)["annual_amount"])


@indicator(
    "financement.total_annuel",
    "Somme des quatre recommandations, par année",
    unit="CAD_M",
    decimals=1,
    formula="somme des montants annuels des recommandations",
    each=when("asks"),
)
def total_annual(data: Data) -> int:
    """The sum of the annual amounts of the numbered recommendations."""
    return int(_asks(data)["annual_amount"].sum())


@indicator(
    "financement.annuel.{ask}",
    "Montant annuel de la recommandation {code}",
    unit="CAD_M",
    decimals=1,
    formula="montant annuel de la recommandation dans la synthèse du mémoire",
    each=each_ask,
)
def annual_of_ask(data: Data, ask: str, code: str) -> int:
    """The annual amount of one recommendation."""
    return int(_ask(data, code)["annual_amount"])


@indicator(
    "financement.imprime.{ask}",
    "Montant imprimé de la recommandation {code}",
    unit="CAD_M",
    decimals=1,
    formula="montant que le texte de la recommandation imprime, annuel ou total",
    each=each_ask,
)
def printed_of_ask(data: Data, ask: str, code: str) -> int:
    """The amount that the text of one recommendation prints, annual or total."""
    return int(_ask(data, code)["amount"])


@indicator(
    "financement.somme.{ask}",
    "Somme des exercices de la recommandation {code}",
    unit="CAD_M",
    decimals=1,
    formula="montant annuel de la synthèse × exercices, du premier au dernier",
    each=each_total_ask,
)
def sum_of_ask(data: Data, ask: str, code: str) -> int:
    """The annual amounts of one ask over its own fiscal years, for an ask printed as a total."""
    row = _ask(data, code)
    years = span(row["first_fiscal_year"], row["last_fiscal_year"])
    spread = funding.schedule(row.to_frame().T, years)
    return int(spread["amount"].sum())


@indicator(
    "financement.par_annee.{ask}",
    "Montant par année de la recommandation {code}, d’après son total",
    unit="CAD_M",
    decimals=1,
    formula="montant que le texte imprime ÷ nombre d’années qu’il donne",
    each=each_total_ask,
)
def yearly_of_ask(data: Data, ask: str, code: str) -> Fraction:
    """The dollars a year of one ask printed as a total: the total over the years of the text."""
    row = _ask(data, code)
    return Fraction(int(row["amount"]), int(row["period_years"]))


@indicator(
    "financement.part_annuelle.{ask}",
    "Part de la recommandation {code} dans la demande annuelle",
    unit="ratio",
    decimals=1,
    formula="montant annuel ÷ somme des montants annuels",
    each=each_ask,
)
def annual_share(data: Data, ask: str, code: str) -> Result:
    """One recommendation's share of the annual total."""
    table = data.frame("financement.parts")
    return share_result(column_by(table, "ask_id", "annual_share")[code])


@indicator(
    "financement.part_horizon.{ask}",
    "Part de la recommandation {code} dans la somme de l’horizon",
    unit="ratio",
    decimals=1,
    formula="somme des exercices de la recommandation ÷ somme de toutes",
    each=each_ask,
)
def horizon_share(data: Data, ask: str, code: str) -> Result:
    """One recommendation's share of the total over the horizon."""
    table = data.frame("financement.parts")
    return share_result(column_by(table, "ask_id", "horizon_share")[code])


@indicator(
    "financement.demande.{year}",
    "Demandes pour l’exercice {year}",
    unit="CAD_M",
    decimals=1,
    formula="somme des recommandations qui courent pendant l’exercice",
    each=each_year,
)
def asked_in_year(data: Data, year: str) -> int:
    """The sum of the asks that run in one fiscal year."""
    return int(funding.by_year(data.frame("financement.calendrier"))[year])


@indicator(
    "financement.nouveau.{year}",
    "Argent neuf demandé pour l’exercice {year}, au plus",
    unit="CAD_M",
    decimals=2,
    formula="demandes de l’exercice − niveau annuel déjà accordé, là où il est connu",
    each=each_year,
)
def new_in_year(data: Data, year: str) -> int:
    """The new money asked in one fiscal year, at most: unknown bases count as zero."""
    spread = data.frame("financement.calendrier")
    return int(spread.loc[spread["fiscal_year"] == year, "new"].sum())


@indicator(
    "financement.total_horizon",
    "Somme des demandes sur l’horizon",
    unit="CAD_M",
    decimals=1,
    formula="somme des demandes de tous les exercices de l’horizon",
    each=when("asks"),
)
def total_horizon(data: Data) -> int:
    """The sum of the asks over every fiscal year of the horizon."""
    return int(data.frame("financement.calendrier")["amount"].sum())


@indicator(
    "financement.horizon",
    "Nombre d’exercices de l’horizon",
    unit="count",
    decimals=0,
    formula="paramètre du cycle",
    each=when("asks"),
)
def horizon(data: Data) -> int:
    """The number of fiscal years of the horizon, a parameter of the cycle."""
    return data.cycle.horizon


@indicator(
    "financement.annees_conformes",
    "Nombre d’exercices où la somme égale l’annonce",
    unit="count",
    decimals=0,
    formula="nombre d’exercices de l’horizon où la somme des demandes égale l’annonce annuelle",
    each=when("asks"),
)
def years_that_hold(data: Data) -> int:
    """The number of fiscal years in which the asks add up to the headline."""
    return int(data.frame("financement.verification")["holds"].sum())


@indicator(
    "financement.lecture.{reading}",
    "Somme de l’horizon selon la lecture « {reading} »",
    unit="CAD_M",
    decimals=1,
    formula="somme des demandes sur l’horizon, la demande visée étant lue autrement",
    each=each_reading,
)
def total_under_reading(data: Data, reading: str) -> int:
    """The total over the horizon under one named reading."""
    return int(column_by(data.frame("financement.lectures"), "reading_id", "total")[reading])


@indicator(
    "financement.base.{ask}",
    "Niveau annuel déjà accordé pour la recommandation {code}",
    unit="CAD_M",
    decimals=2,
    formula="subvention en cours ÷ exercices qu’elle couvre (déduits s’ils ne sont pas écrits)",
    each=each_ask,
)
def base_of_ask(data: Data, ask: str, code: str) -> Result | int:
    """The dollars a year granted at the cut-off for one recommendation, where known."""
    bases = known_bases(data)
    return bases[code] if code in bases else Result(None, "..")


@indicator(
    "financement.hausse.{ask}",
    "Hausse annuelle si le montant de la recommandation {code} est un niveau",
    unit="CAD_M",
    decimals=2,
    formula="montant annuel demandé − niveau annuel déjà accordé",
    each=each_ask,
)
def increase_of_ask(data: Data, ask: str, code: str) -> Result | int:
    """The yearly increase over what is granted, if the amount asked is a level."""
    base = data.value(f"financement.base.{ask}")
    if base is None:
        return Result(None, "..")
    return int(data.value(f"financement.annuel.{ask}") - base)


@indicator(
    "financement.nombre",
    "Nombre de recommandations",
    unit="count",
    decimals=0,
    formula="nombre de recommandations qui composent la demande prioritaire",
    each=when("asks"),
)
def number_of_asks(data: Data) -> int:
    """The number of recommendations that the priority ask is made of."""
    return len(_asks(data))


@indicator(
    "financement.sans_fin",
    "Nombre de recommandations sans fin écrite",
    unit="count",
    decimals=0,
    formula="nombre de recommandations dont le dernier exercice n’est pas écrit",
    each=when("asks"),
)
def asks_without_end(data: Data) -> int:
    """The number of recommendations whose text states no end."""
    return int(_asks(data)["last_fiscal_year"].isna().sum())


@indicator(
    "financement.sans_niveau",
    "Nombre de recommandations sans niveau accordé connu",
    unit="count",
    decimals=0,
    formula="nombre de recommandations dont le niveau annuel déjà accordé est inconnu",
    each=when("asks"),
)
def asks_without_base(data: Data) -> int:
    """The number of recommendations for which what is granted today is unknown."""
    return len(_asks(data)) - len(known_bases(data))


@indicator(
    "financement.fin.{ask}",
    "Année où se termine la recommandation {code}",
    unit="year",
    decimals=0,
    formula="année civile où finit le dernier exercice de la recommandation",
    each=each_ask,
)
def end_of_ask(data: Data, ask: str, code: str) -> Result | int:
    """The calendar year in which one recommendation's last fiscal year ends."""
    last = _ask(data, code)["last_fiscal_year"]
    return Result(None, ".") if pd.isna(last) else start_year(last) + 1


@indicator(
    "financement.duree.{ask}",
    "Nombre d’exercices de la recommandation {code}",
    unit="count",
    decimals=0,
    formula="nombre d’exercices du premier au dernier, là où il est écrit",
    each=each_ask,
)
def years_of_ask(data: Data, ask: str, code: str) -> Result | int:
    """The number of fiscal years that one recommendation runs, where its end is written."""
    row = _ask(data, code)
    if pd.isna(row["last_fiscal_year"]):
        return Result(None, ".")
    return len(span(row["first_fiscal_year"], row["last_fiscal_year"]))


@indicator(
    "financement.ambiguites",
    "Nombre de passages à plus d’une lecture",
    unit="count",
    decimals=0,
    formula="nombre d’ambiguïtés distinctes dans la table des lectures",
    each=when("readings"),
)
def ambiguities(data: Data) -> int:
    """The number of passages of the brief that can be read in more than one way."""
    return int(data.rows("readings", cycle=data.cycle.id)["ambiguity"].nunique())
