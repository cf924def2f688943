"""Funding: what the asks add up to, year by year, beside the headline that the brief prints."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from coopreport.analysis import funding
from coopreport.catalogue.base import CATALOGUE, column_by
from coopreport.catalogue.facts import when
from coopreport.catalogue.recommendations import HEADLINE, ask_of, asks_of, headline_of, known_bases
from coopreport.data import Data
from coopreport.definitions import Keys

indicator, frame = CATALOGUE.indicator, CATALOGUE.frame


def each_year(data: Data) -> Iterator[Keys]:
    """The fiscal years of the horizon, in a cycle whose asks are known."""
    return ({"year": year} for year in data.cycle.fiscal_years if data.knows("asks"))


def each_reading(data: Data) -> Iterator[Keys]:
    """The named readings of the ambiguous wordings."""
    return ({"reading": name} for name in data.rows("readings", cycle=data.cycle.id)["reading_id"])


@frame("financement.calendrier")
def calendar(data: Data) -> pd.DataFrame:
    """The asks spread over the fiscal years of the horizon, base and new money apart."""
    spread = funding.schedule(asks_of(data), data.cycle.fiscal_years)
    return funding.new_money(spread, known_bases(data))


@frame("financement.verification")
def headline_check(data: Data) -> pd.DataFrame:
    """The annual headline against the sum of the asks, for each fiscal year."""
    headline = int(ask_of(data, HEADLINE)["annual_amount"])
    return funding.headline_check(headline, funding.by_year(data.frame("financement.calendrier")))


@frame("financement.lectures")
def readings(data: Data) -> pd.DataFrame:
    """The total of the asks under each named reading of an ambiguous wording."""
    asks = pd.concat([asks_of(data), headline_of(data)])
    alternatives = data.rows("readings", cycle=data.cycle.id)
    totals = funding.readings(asks, alternatives, HEADLINE, data.cycle.fiscal_years)
    words = alternatives[["reading_id", "ask_id", "title", "section", "explanation"]]
    return totals.merge(words, on="reading_id", validate="one_to_one")


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
    return int(ask_of(data, HEADLINE)["annual_amount"])


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
    return int(asks_of(data)["annual_amount"].sum())


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
