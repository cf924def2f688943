"""The cycle's brief: the sectors it names, the programmes and projects it names or counts."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from coopreport.catalogue.base import CATALOGUE, column_by, record_keys
from coopreport.data import Data
from coopreport.definitions import Keys

indicator, frame = CATALOGUE.indicator, CATALOGUE.frame


def _programmes(data: Data) -> pd.DataFrame:
    return data.rows("brief_programmes", document=data.cycle.document)


def each_counted(data: Data) -> Iterator[Keys]:
    """The programmes of the cycle's brief that have a number; `part` is `p2023-06` in names."""
    return record_keys(_programmes(data).dropna(subset=["count"]), "programme_id")


def each_dated(data: Data) -> Iterator[Keys]:
    """The programmes of the cycle's brief that have a year."""
    return record_keys(_programmes(data).dropna(subset=["since"]), "programme_id")


@frame("feuille.programmes")
def programmes(data: Data) -> pd.DataFrame:
    """The programmes and projects that the cycle's brief names, with the title of their lever."""
    titles = column_by(data.rows("levers"), "lever_id", "title")
    table = _programmes(data)
    return table.assign(lever_title=table["lever_id"].map(titles))


@frame("feuille.secteurs")
def sectors(data: Data) -> pd.DataFrame:
    """The sectors that the cycle's brief names, in its order."""
    return data.rows("brief_sectors", document=data.cycle.document).sort_values("rank")


@indicator(
    "feuille.nombre_secteurs",
    "Secteurs que le mémoire nomme",
    unit="count",
    decimals=0,
    formula="nombre de lignes de la table des secteurs",
)
def number_of_sectors(data: Data) -> int:
    """The number of sectors that the cycle's brief names."""
    return len(data.frame("feuille.secteurs"))


@indicator(
    "feuille.nombre_programmes",
    "Programmes et projets que le mémoire nomme",
    unit="count",
    decimals=0,
    formula="nombre de lignes de la table des programmes",
)
def number_of_programmes(data: Data) -> int:
    """The number of programmes and projects that the cycle's brief names."""
    return len(data.frame("feuille.programmes"))


@indicator(
    "feuille.compte.{part}",
    "Nombre imprimé : {title}",
    unit="count",
    decimals=0,
    formula="nombre que le mémoire imprime",
    each=each_counted,
)
def count_of_programme(data: Data, part: str, code: str, title: str) -> int:
    """The number that the brief prints for one programme or project."""
    return int(data.rows("brief_programmes", programme_id=code)["count"].iloc[0])


@indicator(
    "feuille.depuis.{part}",
    "Année de début : {title}",
    unit="year",
    decimals=0,
    formula="année que le mémoire imprime",
    each=each_dated,
)
def year_of_programme(data: Data, part: str, code: str, title: str) -> int:
    """The year since which one programme or project exists, as the brief prints it."""
    return int(data.rows("brief_programmes", programme_id=code)["since"].iloc[0])
