"""Recommendations: what each of the brief's numbered asks prints, adds up to and adds to."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pandas as pd

from coopreport.analysis import funding
from coopreport.catalogue.base import CATALOGUE, column_by, share_result
from coopreport.catalogue.facts import when
from coopreport.data import Data
from coopreport.definitions import Keys
from coopreport.fiscal import span, start_year
from coopreport.indicators import Result

indicator, frame = CATALOGUE.indicator, CATALOGUE.frame

HEADLINE = "R0"
"""The priority ask, which the numbered recommendations add up to."""


def asks_of(data: Data) -> pd.DataFrame:
    """Return the numbered recommendations, as the scenario has them where one is built."""
    asks = data.rows("recommendations", cycle=data.cycle.id, parent_id=HEADLINE)
    scenario = data.cycle.scenario
    return funding.under_scenario(asks, scenario, data.cycle.fiscal_years) if scenario else asks


def headline_of(data: Data) -> pd.DataFrame:
    """Return the priority ask, a frame of one row."""
    return data.rows("recommendations", cycle=data.cycle.id, ask_id=HEADLINE)


def ask_of(data: Data, ask: str) -> pd.Series:
    """Return one recommendation, or the priority ask, by its code."""
    rows = headline_of(data) if ask == HEADLINE else asks_of(data)
    return rows[rows["ask_id"] == ask].iloc[0]


def each_ask(data: Data) -> Iterator[Keys]:
    """The numbered recommendations: `ask` is `r1` … `r4` in names, `code` is `R1` … in labels."""
    return ({"ask": ask.lower(), "code": ask} for ask in asks_of(data)["ask_id"])


def each_total_ask(data: Data) -> Iterator[Keys]:
    """The numbered recommendations whose text prints a total and gives its years."""
    asks = asks_of(data)
    dated = asks[(asks["amount_basis"] == "total") & asks["last_fiscal_year"].notna()]
    return ({"ask": ask.lower(), "code": ask} for ask in dated["ask_id"])


@frame("financement.recommandations")
def recommendations(data: Data) -> pd.DataFrame:
    """The asks as the brief prints them, the headline last."""
    return pd.concat([asks_of(data), headline_of(data)])


def known_bases(data: Data) -> dict[str, int]:
    """Return the dollars a year granted at the cut-off, for the asks where that is known.

    The base stands in the recommendation, or is the annual amount of the grant that it names,
    spread over that grant's years (inferred where the announcement states no duration).
    """
    bases: dict[str, int] = {}
    for ask in asks_of(data).to_dict("records"):
        if pd.notna(ask["base_amount"]):
            bases[ask["ask_id"]] = int(ask["base_amount"])
        elif pd.notna(ask["base_grant"]):
            grant = data.rows("grants", grant_id=ask["base_grant"], preferred=True)
            bases[ask["ask_id"]] = int(funding.spread_grants(grant)["amount"].min())
    return bases


@frame("financement.parts")
def shares(data: Data) -> pd.DataFrame:
    """Each ask's dollars and share, for a year and for the horizon."""
    asks = asks_of(data)[["ask_id", "subject", "annual_amount"]]
    spread = data.frame("financement.calendrier").groupby("ask_id")["amount"].sum()
    asks["horizon_amount"] = asks["ask_id"].map(spread)
    for amount, share in (("annual_amount", "annual_share"), ("horizon_amount", "horizon_share")):
        whole = int(asks[amount].sum())
        parts = [funding.share(int(part), whole) for part in asks[amount]]
        asks[share] = pd.Series(parts, index=asks.index, dtype=object)
    return asks


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
    return len(asks_of(data))


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
    return int(ask_of(data, code)["annual_amount"])


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
    return int(ask_of(data, code)["amount"])


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
    row = ask_of(data, code)
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
    row = ask_of(data, code)
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
    "financement.sans_niveau",
    "Nombre de recommandations sans niveau accordé connu",
    unit="count",
    decimals=0,
    formula="nombre de recommandations dont le niveau annuel déjà accordé est inconnu",
    each=when("asks"),
)
def asks_without_base(data: Data) -> int:
    """The number of recommendations for which what is granted today is unknown."""
    return len(asks_of(data)) - len(known_bases(data))


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
    row = ask_of(data, code)
    if pd.isna(row["last_fiscal_year"]):
        return Result(None, ".")
    return len(span(row["first_fiscal_year"], row["last_fiscal_year"]))


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
    last = ask_of(data, code)["last_fiscal_year"]
    return Result(None, ".") if pd.isna(last) else start_year(last) + 1


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
    return int(asks_of(data)["last_fiscal_year"].isna().sum())
