"""Portrait: the six figures of the brief, their series, and the share of GDP recomputed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from coopreport.analysis import portrait
from coopreport.catalogue.base import CATALOGUE
from coopreport.catalogue.facts import when
from coopreport.data import Data
from coopreport.definitions import Keys

indicator, frame = CATALOGUE.indicator, CATALOGUE.frame

FIGURES = (
    # name, measure, label, unit, decimals
    ("nombre", "number", "Coopératives et mutuelles", "count", "0"),
    ("membres_et_clients", "members_and_clients", "Membres et clients", "count", "0"),
    ("actifs", "assets", "Actifs", "CAD_G", "0"),
    ("part_pib", "gdp_share", "Part du PIB", "percent", "1"),
    ("revenus", "revenue", "Revenus", "CAD_G", "0"),
    ("emplois", "jobs", "Emplois", "count", "0"),
)
"""The six figures that the brief prints, in its order."""


def _printed(data: Data, measure: str) -> pd.Series:
    month = f"{data.cycle.cut_off:%Y-%m}"
    return data.rows("portrait", as_of=month, measure=measure).iloc[0]


def each_figure(data: Data) -> Iterator[Keys]:
    """The six figures of the brief, where it is known."""
    if not data.knows("brief_portrait"):
        return
    for figure, measure, label, unit, decimals in FIGURES:
        yield {
            "figure": figure,
            "measure": measure,
            "title": label,
            "unit": unit,
            "decimals": decimals,
        }


def each_gdp_year(data: Data) -> Iterator[Keys]:
    """The years whose nominal GDP is known."""
    years = data.known("gdp", measure="nominal", prices="market")["year"]
    return ({"year": str(year)} for year in years)


@indicator(
    "portrait.{figure}",
    "{title}, selon le mémoire",
    unit="{unit}",
    decimals="{decimals}",
    formula="valeur imprimée dans le mémoire",
    each=each_figure,
)
def printed_figure(data: Data, measure: str, **_: str) -> int | Decimal:
    """One of the six figures as the brief prints it."""
    value: Decimal = _printed(data, measure)["value"]
    return int(value) if value == value.to_integral_value() else value


@indicator(
    "portrait.pib.{year}",
    "PIB nominal du Québec en {year}, aux prix du marché",
    unit="CAD_G",
    decimals=1,
    formula="valeur publiée",
    each=each_gdp_year,
)
def gdp(data: Data, year: str) -> int:
    """Québec's nominal gross domestic product at market prices."""
    rows = data.rows("gdp", year=int(year), measure="nominal", prices="market")
    return int(rows["value"].iloc[0])


@indicator(
    "portrait.annee_pib.{year}",
    "Année du PIB nominal de {year}",
    unit="year",
    decimals=0,
    formula="année de la table du PIB",
    each=each_gdp_year,
)
def gdp_year(data: Data, year: str) -> int:
    """A year whose nominal gross domestic product is known."""
    rows = data.rows("gdp", year=int(year), measure="nominal", prices="market")
    return int(rows["year"].iloc[0])


@indicator(
    "portrait.chiffres",
    "Nombre de chiffres du portrait dans le mémoire",
    unit="count",
    decimals=0,
    formula="nombre de mesures que le mémoire imprime",
    each=when("brief_portrait"),
)
def number_of_figures(data: Data) -> int:
    """The number of figures by which the brief describes the movement."""
    return len(data.frame("portrait.comparaison"))


@indicator(
    "portrait.part_pib_recalculee.{year}",
    "Revenus du mouvement en proportion du PIB de {year}",
    unit="ratio",
    decimals=1,
    formula="revenus imprimés dans le mémoire ÷ PIB nominal de {year}",
    each=lambda data: each_gdp_year(data) if data.knows("brief_portrait") else (),
)
def gdp_share(data: Data, year: str) -> Fraction:
    """The movement's revenue over nominal GDP; a proportion, for revenue is not value added."""
    return Fraction(data.value("portrait.revenus"), data.value(f"portrait.pib.{year}"))


@indicator(
    "portrait.ecart_part_pib",
    "Part du PIB imprimée moins part recalculée",
    unit="points",
    decimals=1,
    formula="part imprimée − 100 × revenus ÷ PIB de l’année de comparaison",
    each=when("brief_portrait"),
)
def gdp_share_gap(data: Data) -> Fraction:
    """The printed share of GDP minus revenue over GDP, in percentage points."""
    year = data.cycle.parameter("portrait", "gdp_year")
    computed: Fraction = data.value(f"portrait.part_pib_recalculee.{year}")
    return Fraction(data.value("portrait.part_pib")) - 100 * computed


@indicator(
    "portrait.points",
    "Valeurs publiées de la série du portrait",
    unit="count",
    decimals=0,
    formula="nombre de lignes de la table du portrait, depuis la première année de la série",
)
def points(data: Data) -> int:
    """The number of published values in the series, since its first year."""
    return len(data.frame("portrait.series"))


@indicator(
    "portrait.membres_avant",
    "Membres, dernière valeur publiée sans les clients",
    unit="count",
    decimals=0,
    formula="dernière valeur publiée de la mesure « membres », mouvement entier, avant le mémoire",
    each=when("brief_portrait"),
)
def members_before(data: Data) -> int:
    """The last published number of members, clients not counted, before the brief."""
    month = f"{data.cycle.cut_off:%Y-%m}"
    before = portrait.beside_previous(data.rows("portrait"), month, "members_and_clients")
    return int(before["previous"])


@indicator(
    "portrait.regions",
    "Régions administratives du Québec",
    unit="count",
    decimals=0,
    formula="nombre de lignes de la table des régions",
)
def regions(data: Data) -> int:
    """The number of administrative regions in the table of regions."""
    return len(data.rows("regions"))


@frame("portrait.series")
def series(data: Data) -> pd.DataFrame:
    """Every published value of the measures of the brief, since the first year, oldest first."""
    first = data.cycle.parameter("portrait", "first_year")
    return portrait.series(data.known("portrait"), first)


@frame("portrait.dernieres")
def last_known(data: Data) -> pd.DataFrame:
    """The last value of each measure of the whole movement known at the cut-off."""
    labels = data.labels("portrait", "measure")
    last = portrait.last_values(data.known("portrait"), f"{data.cycle.cut_off:%Y-%m-%d}")
    return last.assign(label=last["measure"].map(labels))


@frame("portrait.comparaison")
def comparison(data: Data) -> pd.DataFrame:
    """Each figure of the brief beside the last value published before, and what separates them."""
    rows = data.rows("portrait")
    month = f"{data.cycle.cut_off:%Y-%m}"
    table: list[dict[str, Any]] = []
    for figure, measure, label, unit, decimals in FIGURES:
        table.append(
            {
                "figure": figure,
                "label": label,
                "unit": unit,
                "decimals": int(decimals),
                **portrait.beside_previous(rows, month, measure),
            }
        )
    return pd.DataFrame(table)
