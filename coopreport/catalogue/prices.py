"""Prices: the years for which the consumer price index is known, and those it lacks."""

from __future__ import annotations

from decimal import Decimal

from coopreport.catalogue.base import CATALOGUE, column_by
from coopreport.data import Data

indicator = CATALOGUE.indicator


def index_by_year(data: Data) -> dict[int, Decimal]:
    """Return the consumer price index of each year that has one."""
    index = column_by(data.known("cpi"), "year", "index")
    return {int(year): value for year, value in index.items()}


def _years(data: Data) -> list[int]:
    return sorted(index_by_year(data))


def _gap(data: Data) -> list[int]:
    """Return the years without an index between the first and the last that have one."""
    known = _years(data)
    return [year for year in range(known[0], known[-1]) if year not in known]


@indicator(
    "prix.derniere_annee",
    "Dernière année dont l’indice des prix est connu",
    unit="year",
    decimals=0,
    formula="plus grande année de la table de l’indice des prix",
)
def last_known(data: Data) -> int:
    """The last year whose consumer price index is known."""
    return _years(data)[-1]


@indicator(
    "prix.manque.{end}",
    "Années sans indice des prix, {title}",
    unit="year",
    decimals=0,
    formula="années absentes de la table entre la première et la dernière",
    each=lambda data: (
        {"end": end, "title": title}
        for end, title in (("premiere", "première"), ("derniere", "dernière"))
        if data.knows("price_gap")
    ),
)
def missing_year(data: Data, end: str, title: str) -> int:
    """The first and last of the years that the index lacks before the last known one."""
    return _gap(data)[-1 if end == "derniere" else 0]
