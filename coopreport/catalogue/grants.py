"""Grants: what the government granted under the partnership agreement, beside what was asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from coopreport.analysis import funding
from coopreport.catalogue.base import CATALOGUE, column_by
from coopreport.catalogue.facts import when
from coopreport.catalogue.prices import index_by_year
from coopreport.data import Data
from coopreport.definitions import Keys
from coopreport.fiscal import span, start_year
from coopreport.indicators import Result

indicator, frame = CATALOGUE.indicator, CATALOGUE.frame

AGREEMENT = "R1"
"""The recommendation about the partnership agreement, which the grants table follows."""


def each_granted_year(data: Data) -> Iterator[Keys]:
    """The fiscal years for which a grant is known."""
    if not data.knows("grants"):
        return iter(())
    return ({"year": year} for year in data.frame("financement.accorde_et_demande")["fiscal_year"])


@frame("financement.subventions")
def grants(data: Data) -> pd.DataFrame:
    """Every announced grant, each source on its own row, the sources of one grant together."""
    return data.known("grants").sort_values("grant_row")


@frame("financement.accorde_et_demande")
def granted_and_asked(data: Data) -> pd.DataFrame:
    """Granted and asked in each fiscal year since the first one of the agreement.

    `granted` spreads each preferred grant evenly over its years; `known_later` is the part
    announced after the cut-off; `inferred` tells whether a duration was inferred; `asked` is the
    ask for the agreement (R1); `granted_real` is in dollars of the base year, or missing.
    """
    rows = data.known("grants", preferred=True)
    spread = funding.spread_grants(rows).merge(
        rows[["grant_row", "years_status"]], on="grant_row", validate="many_to_one"
    )
    first = data.cycle.parameter("financement", "first_granted")
    years = span(first, max([*spread["fiscal_year"], data.cycle.fiscal_years[-1]]))
    calendar = data.frame("financement.calendrier")
    asked = column_by(calendar[calendar["ask_id"] == AGREEMENT], "fiscal_year", "amount")
    index = index_by_year(data)
    table: list[dict[str, Any]] = []
    for year in years:
        of_year = spread[spread["fiscal_year"] == year]
        granted = int(of_year["amount"].sum()) if len(of_year) else None
        later = of_year[[day > data.cycle.cut_off for day in of_year["announced"]]]
        table.append(
            {
                "fiscal_year": year,
                "granted": granted,
                "known_later": int(later["amount"].sum()) if len(of_year) else None,
                "inferred": bool((of_year["years_status"] != "stated").any()),
                "asked": asked.get(year) or None,
                "granted_real": None
                if granted is None
                else funding.real_dollars(granted, start_year(year), data.cycle.base_year, index),
            }
        )
    return pd.DataFrame(table).astype(
        {"granted": "Int64", "known_later": "Int64", "asked": "Int64", "granted_real": object}
    )


@indicator(
    "financement.accorde.{year}",
    "Accordé pour l’exercice {year}",
    unit="CAD_M",
    decimals=2,
    formula="subventions annoncées, chacune répartie également sur ses exercices",
    each=each_granted_year,
)
def granted_in_year(data: Data, year: str) -> Result | int:
    """The dollars granted for one fiscal year, each grant spread evenly over its years."""
    amount = column_by(data.frame("financement.accorde_et_demande"), "fiscal_year", "granted")[year]
    return Result(None, "..") if pd.isna(amount) else int(amount)


@indicator(
    "financement.accorde_total",
    "Accordé depuis le premier exercice de l’entente",
    unit="CAD_M",
    decimals=2,
    formula="somme des subventions annoncées, une seule source par subvention",
    each=when("grants"),
)
def granted_total(data: Data) -> int:
    """The sum of every announced grant, one source each."""
    return int(data.known("grants", preferred=True)["amount"].sum())


@indicator(
    "financement.accorde_coupure",
    "Accordé selon les annonces faites avant la date de coupure",
    unit="CAD_M",
    decimals=2,
    formula="somme des subventions annoncées au plus tard à la date de coupure",
    each=when("grants"),
)
def granted_at_cut_off(data: Data) -> int:
    """The sum of the grants announced by the cut-off date."""
    rows = data.known("grants", preferred=True)
    return int(rows.loc[[day <= data.cycle.cut_off for day in rows["announced"]], "amount"].sum())


@indicator(
    "financement.conflit",
    "Écart entre les deux montants publiés de la même subvention",
    unit="CAD",
    decimals=0,
    formula="plus grand montant publié − plus petit, pour la subvention aux sources en conflit",
    each=when("grant_conflict"),
)
def conflict(data: Data) -> int:
    """The gap between the amounts that two sources give for one grant."""
    amounts = data.known("grants", conflict=True)["amount"]
    return int(amounts.max() - amounts.min())


@indicator(
    "financement.subvention_exercices.{grant}",
    "Nombre d’exercices que couvre la subvention {code}",
    unit="count",
    decimals=0,
    formula="nombre d’exercices, écrit ou déduit de l’annonce suivante",
    each=lambda data: (
        {"grant": code.lower(), "code": code}
        for code in data.known("grants", preferred=True)["grant_id"]
    ),
)
def years_of_grant(data: Data, grant: str, code: str) -> int:
    """The number of fiscal years that one grant covers, stated or inferred."""
    return int(data.known("grants", grant_id=code, preferred=True)["years"].iloc[0])
