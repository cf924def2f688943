"""Roadmap: its levers, axes and measures, and which of them the brief takes up."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from coopreport.analysis import roadmap
from coopreport.catalogue.base import CATALOGUE, column_by, record_keys
from coopreport.catalogue.lever_spread import (
    ROADMAP,
    axes_of_roadmap,
    levers_of,
    levers_of_asks,
)
from coopreport.data import Data
from coopreport.definitions import Keys

indicator, frame = CATALOGUE.indicator, CATALOGUE.frame

RELATIONS = (
    # name, relation, label
    ("repris", "kept", "Leviers du mémoire repris de la feuille de route"),
    ("repris_en_partie", "narrowed", "Leviers du mémoire repris en partie"),
    ("nouveaux", "new", "Leviers du mémoire qui sont nouveaux"),
)


def each_quantity(data: Data) -> Iterator[Keys]:
    """The measures of the roadmap that have a quantity."""
    return record_keys(data.rows("roadmap_measures").dropna(subset=["quantity"]), "measure_id")


@frame("feuille.mesures")
def measures(data: Data) -> pd.DataFrame:
    """Everything that the roadmap plans or asks, lever by lever, with the lever's title.

    `lever_title` is missing for what is about the whole roadmap, which comes last.
    """
    levers = data.rows("levers")[["lever_id", "title"]].rename(columns={"title": "lever_title"})
    table = data.rows("roadmap_measures", document=ROADMAP)
    return table.merge(levers, on="lever_id", how="left", validate="many_to_one").sort_values(
        ["lever_id", "measure_id"], kind="stable", na_position="last"
    )


@frame("feuille.matrice")
def matrix(data: Data) -> pd.DataFrame:
    """One row per lever of the roadmap, `lever_id` and `title`, and one column per axis.

    A cell tells whether the text of the lever names the subject of the axis (`named`) or not.
    """
    levers, axes = levers_of(data, ROADMAP), axes_of_roadmap(data)
    wide = roadmap.matrix(
        data.rows("lever_axes", document=ROADMAP), list(levers["lever_id"]), list(axes["axis_id"])
    )
    return levers[["lever_id", "title"]].merge(wide.reset_index(), on="lever_id")


@frame("feuille.passage")
def crosswalk(data: Data) -> pd.DataFrame:
    """Each lever of the cycle's brief and the former lever that it takes up.

    `title` and `former_title` are the two levers; `asks` and `former_asks`, how many asks name
    each of them.
    """
    titles = column_by(data.rows("levers"), "lever_id", "title")
    levers = levers_of_asks(data)
    counts = {lever: sum(lever in named for named in levers.values()) for lever in titles}
    table = data.rows("lever_crosswalk", document=data.cycle.document)
    former = table["former_id"]
    return table.assign(
        title=table["lever_id"].map(titles),
        asks=table["lever_id"].map(counts),
        former_title=former.map(titles),
        former_asks=former.map(counts).astype("Int64"),
    )


@indicator(
    "feuille.nombre_axes",
    "Axes de la feuille de route",
    unit="count",
    decimals=0,
    formula="nombre de lignes de la table des axes",
)
def number_of_axes(data: Data) -> int:
    """The number of axes of the roadmap."""
    return len(axes_of_roadmap(data))


@indicator(
    "feuille.nombre_leviers",
    "Leviers de la feuille de route",
    unit="count",
    decimals=0,
    formula="nombre de lignes de la table des leviers pour ce document",
)
def number_of_levers(data: Data) -> int:
    """The number of levers of the roadmap."""
    return len(levers_of(data, ROADMAP))


@indicator(
    "feuille.nombre_leviers_memoire",
    "Leviers du mémoire",
    unit="count",
    decimals=0,
    formula="nombre de lignes de la table des leviers pour ce document",
)
def number_of_brief_levers(data: Data) -> int:
    """The number of levers of the cycle's brief."""
    return len(levers_of(data, data.cycle.document))


@indicator(
    "feuille.nombre_demandees",
    "Instruments et mesures demandés par la feuille de route",
    unit="count",
    decimals=0,
    formula="nombre de mesures qui sont au registre des demandes",
)
def number_of_asked_measures(data: Data) -> int:
    """The number of instruments and measures of the roadmap that are asks."""
    asked = set(data.frame("demandes.registre")["measure_id"].dropna())
    return int(data.frame("feuille.mesures")["measure_id"].isin(asked).sum())


@indicator(
    "feuille.nombre_engagements",
    "Engagements du mouvement dans la feuille de route",
    unit="count",
    decimals=0,
    formula="nombre de mesures qui sont des engagements du mouvement",
)
def number_of_commitments(data: Data) -> int:
    """The number of commitments that the movement takes in the roadmap."""
    return len(data.rows("roadmap_measures", document=ROADMAP, kind="commitment"))


@indicator(
    "feuille.quantite.{part}",
    "Quantité demandée : {title}",
    unit="count",
    decimals=0,
    formula="nombre que la feuille de route imprime",
    each=each_quantity,
)
def quantity(data: Data, part: str, code: str, title: str) -> int:
    """The quantity that the roadmap prints for one measure."""
    return int(data.rows("roadmap_measures", measure_id=code)["quantity"].iloc[0])


@indicator(
    "feuille.cases",
    "Paires d’un levier et d’un axe",
    unit="count",
    decimals=0,
    formula="leviers × axes de la feuille de route",
)
def pairs(data: Data) -> int:
    """The number of pairs of a lever and an axis of the roadmap."""
    return len(data.rows("lever_axes", document=ROADMAP))


@indicator(
    "feuille.cases_nommees",
    "Paires où le texte du levier nomme l’objet de l’axe",
    unit="count",
    decimals=0,
    formula="nombre de paires que les textes consultés énoncent",
)
def named_pairs(data: Data) -> int:
    """The number of pairs in which the lever's text names the axis's subject."""
    return len(data.rows("lever_axes", document=ROADMAP, statement="named"))


@indicator(
    "feuille.axes_sans_levier",
    "Axes qu’aucun levier ne nomme",
    unit="count",
    decimals=0,
    formula="nombre d’axes dont aucun texte de levier ne nomme l’objet",
)
def axes_without_lever(data: Data) -> int:
    """The number of axes whose subject no lever's text names."""
    named = data.rows("lever_axes", document=ROADMAP, statement="named")["axis_id"]
    return int((~axes_of_roadmap(data)["axis_id"].isin(named)).sum())


@indicator(
    "feuille.leviers.{name}",
    "{label}",
    unit="count",
    decimals=0,
    formula="nombre de leviers du mémoire qui ont cette relation avec la feuille de route",
    each=lambda data: (
        {"name": name, "relation": relation, "label": label} for name, relation, label in RELATIONS
    ),
)
def with_relation(data: Data, name: str, relation: str, label: str) -> int:
    """The number of levers of the cycle's brief that have one relation to the roadmap's."""
    return int((data.frame("feuille.passage")["relation"] == relation).sum())
