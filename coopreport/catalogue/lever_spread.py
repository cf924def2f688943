"""Where the asks go: the levers and axes that they name, and their dollars over them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pandas as pd

from coopreport.analysis import roadmap
from coopreport.catalogue.base import CATALOGUE, column_by, record_keys, records, share_result
from coopreport.data import Data
from coopreport.definitions import Keys
from coopreport.indicators import Result

indicator, frame = CATALOGUE.indicator, CATALOGUE.frame

ROADMAP = "roadmap-2020"


def levers_of(data: Data, document: str) -> pd.DataFrame:
    """Return the levers of one document, in its order."""
    return data.rows("levers", document=document).sort_values("rank")


def axes_of_roadmap(data: Data) -> pd.DataFrame:
    """Return the axes of the roadmap, in its order."""
    return data.rows("axes", document=ROADMAP).sort_values("rank")


def levers_of_asks(data: Data) -> dict[str, set[str]]:
    """Return the levers that each ask names, itself or by the measure that it comes from."""
    pairs = data.rows("ask_levers")[["ask_id", "lever_id"]]
    measures = data.rows("roadmap_measures")[["measure_id", "lever_id"]]
    asks = data.frame("demandes.registre")[["ask_id", "measure_id"]].dropna()
    through = asks.merge(measures, on="measure_id", validate="many_to_one")
    found: dict[str, set[str]] = {}
    for row in records(pd.concat([pairs, through[["ask_id", "lever_id"]]])):
        if row["lever_id"]:
            found.setdefault(row["ask_id"], set()).add(row["lever_id"])
    return found


def _annual_amounts(data: Data) -> dict[str, int]:
    """Return the annual dollars of the cycle's asks, those that are totals left out."""
    record = data.frame("demandes.registre")
    own = record[(record["recommendation_cycle"] == data.cycle.id) & ~record["is_total"]]
    return {ask: int(amount) for ask, amount in column_by(own, "ask_id", "annual_amount").items()}


def each_lever_part(data: Data) -> Iterator[Keys]:
    """The levers of the cycle's brief, then the asks of several levers and of none."""
    yield from record_keys(levers_of(data, data.cycle.document), "lever_id")
    yield from _apart("levier")


def each_axis_part(data: Data) -> Iterator[Keys]:
    """The axes of the roadmap, then the asks of several axes and of none."""
    yield from record_keys(axes_of_roadmap(data), "axis_id")
    yield from _apart("axe")


def _apart(what: str) -> Iterator[Keys]:
    """Yield the parts of a spread that are no lever and no axis."""
    yield {"part": "plusieurs", "code": roadmap.SEVERAL, "title": f"plusieurs {what}s"}
    yield {"part": "aucun", "code": roadmap.NONE, "title": f"aucun {what}"}


@frame("feuille.repartition_leviers")
def over_levers(data: Data) -> pd.DataFrame:
    """The annual dollars of the cycle's asks over the levers of its brief, undivided.

    `title` names the lever; the last rows are the asks of several levers and of none.
    """
    levers = levers_of(data, data.cycle.document)
    table = roadmap.spread(_annual_amounts(data), levers_of_asks(data), list(levers["lever_id"]))
    return table.assign(title=table["part"].map(column_by(levers, "lever_id", "title")))


@frame("feuille.repartition_axes")
def over_axes(data: Data) -> pd.DataFrame:
    """The annual dollars of the cycle's asks over the roadmap's axes, undivided.

    An ask has the axes of its levers; a lever of the brief has those of the lever that it takes
    up. `title` names the axis; the last rows are the asks of several axes and of none.
    """
    cells = data.rows("lever_axes", document=ROADMAP, statement="named")
    crosswalk = records(data.rows("lever_crosswalk", document=data.cycle.document))
    axes_of = roadmap.axes_of_levers(
        zip(cells["lever_id"], cells["axis_id"], strict=True),
        {row["lever_id"]: row["former_id"] for row in crosswalk},
    )
    axes_of_asks = {
        ask: set().union(*(axes_of.get(lever, set()) for lever in levers))
        for ask, levers in levers_of_asks(data).items()
    }
    axes = axes_of_roadmap(data)
    table = roadmap.spread(_annual_amounts(data), axes_of_asks, list(axes["axis_id"]))
    return table.assign(title=table["part"].map(column_by(axes, "axis_id", "title")))


@indicator(
    "feuille.leviers_sans_demande",
    "Leviers du mémoire qu’aucune demande ne désigne",
    unit="count",
    decimals=0,
    formula="nombre de leviers du mémoire sans demande",
)
def levers_without_ask(data: Data) -> int:
    """The number of levers of the cycle's brief that no ask names."""
    named = set().union(*levers_of_asks(data).values())
    return int((~levers_of(data, data.cycle.document)["lever_id"].isin(named)).sum())


@indicator(
    "feuille.montant_levier.{part}",
    "Demandes annuelles du levier : {title}",
    unit="CAD_M",
    decimals=1,
    formula="somme annuelle des demandes du cycle qui ne désignent que ce levier",
    each=each_lever_part,
)
def amount_of_lever(data: Data, part: str, code: str, title: str) -> int:
    """The annual dollars of the cycle's asks that name one lever alone, or several, or none."""
    return int(column_by(data.frame("feuille.repartition_leviers"), "part", "amount")[code])


@indicator(
    "feuille.part_levier.{part}",
    "Part des demandes annuelles du levier : {title}",
    unit="ratio",
    decimals=1,
    formula="demandes qui ne désignent que ce levier ÷ toutes les demandes annuelles du cycle",
    each=each_lever_part,
)
def share_of_lever(data: Data, part: str, code: str, title: str) -> Result:
    """The share of the cycle's annual asks that name one lever alone, or several, or none."""
    part_share: Fraction | None = column_by(
        data.frame("feuille.repartition_leviers"), "part", "share"
    )[code]
    return share_result(part_share)


@indicator(
    "feuille.montant_axe.{part}",
    "Demandes annuelles de l’axe : {title}",
    unit="CAD_M",
    decimals=1,
    formula="somme annuelle des demandes du cycle qui ne désignent que cet axe",
    each=each_axis_part,
)
def amount_of_axis(data: Data, part: str, code: str, title: str) -> int:
    """The annual dollars of the cycle's asks that name one axis alone, or several, or none."""
    return int(column_by(data.frame("feuille.repartition_axes"), "part", "amount")[code])


@indicator(
    "feuille.part_axe.{part}",
    "Part des demandes annuelles de l’axe : {title}",
    unit="ratio",
    decimals=1,
    formula="demandes qui ne désignent que cet axe ÷ toutes les demandes annuelles du cycle",
    each=each_axis_part,
)
def share_of_axis(data: Data, part: str, code: str, title: str) -> Result:
    """The share of the cycle's annual asks that name one axis alone, or several, or none."""
    part_share: Fraction | None = column_by(
        data.frame("feuille.repartition_axes"), "part", "share"
    )[code]
    return share_result(part_share)
