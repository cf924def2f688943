"""The record through time: plans, documents that ask, the agreement and its grants, on one line."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from coopreport.analysis.asks import Days, day_bounds, hull
from coopreport.catalogue.base import CATALOGUE, records
from coopreport.data import Data
from coopreport.fiscal import start_year

AGREEMENT_ID = "P2023-01"
"""The partnership agreement, among the programmes that the brief names."""

APRIL = 0.25
"""How far in a calendar year a fiscal year begins."""


@CATALOGUE.frame("demandes.ligne_du_temps")
def timeline(data: Data) -> pd.DataFrame:
    """Return every plan, asking document, agreement and grant, with when it starts and ends.

    `kind` is `plan`, `asks`, `agreement` or `grant`; `starts` and `ends` are years as decimals,
    equal for a document without an horizon, which stands at its publication; `first` and `last`
    the same as they are written; `sure` is False when one of them is inferred; `asks` counts the
    asks of a document, `amount` is a grant's dollars.
    """
    papers = [_document(row) for row in records(data.frame("demandes.documents"))]
    grants = [_grant(row) for row in records(data.rows("grants", preferred=True))]
    agreement = data.rows("brief_programmes", programme_id=AGREEMENT_ID)
    rows = [*papers, *(_agreement(row, grants) for row in records(agreement)), *grants]
    return pd.DataFrame(rows).astype({"asks": "Int64", "amount": "Int64"})


def _document(row: dict[str, Any]) -> dict[str, Any]:
    made = {"title": row["short_title"], "asks": row["asks"] or None, "amount": None}
    if row["horizon_first"]:
        return made | {
            "kind": "plan",
            "starts": float(row["horizon_first"]),
            "ends": float(row["horizon_last"] + 1),
            "first": str(row["horizon_first"]),
            "last": str(row["horizon_last"]),
            "sure": row["horizon_status"] == "stated",
        }
    first, last = row["published_first"] or str(row["year"]), row["published_last"]
    last = last or str(row["year"])
    middle = _middle(hull(map(day_bounds, (first, last))))
    dates = {"starts": middle, "ends": middle, "first": first, "last": last}
    return made | dates | {"kind": "asks", "sure": True}


def _middle(bounds: Days) -> float:
    """Return the middle of an interval of days as a decimal year."""
    first, last = bounds
    day = date.fromordinal((first.toordinal() + last.toordinal()) // 2)
    return day.year + (day.timetuple().tm_yday - 1) / 365


def _grant(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": row["grant_id"],
        "asks": None,
        "amount": row["amount"],
        "kind": "grant",
        "starts": start_year(row["first_fiscal_year"]) + APRIL,
        "ends": start_year(row["last_fiscal_year"]) + 1 + APRIL,
        "first": row["first_fiscal_year"],
        "last": row["last_fiscal_year"],
        "sure": row["years_status"] == "stated",
    }


def _agreement(row: dict[str, Any], grants: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the agreement, from the year that the brief gives to the end of its last grant."""
    latest = max(grants, key=lambda grant: grant["ends"])
    return {
        "title": row["title"],
        "asks": None,
        "amount": None,
        "kind": "agreement",
        "starts": float(row["since"]),
        "ends": latest["ends"],
        "first": str(row["since"]),
        "last": str(int(latest["ends"])),
        "sure": True,
    }
