"""This cycle beside the one before: what was asked, granted and published, each at its cut-off."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pandas as pd

from coopreport.analysis import funding, portrait
from coopreport.catalogue.base import CATALOGUE
from coopreport.catalogue.recommendations import HEADLINE
from coopreport.data import Data
from coopreport.known import known_rows
from coopreport.locale import exact

frame = CATALOGUE.frame

ORDER = ("asked", "granted", "announced", *portrait.MEASURES)
MONEY = ("CAD_M", 2)
OF_THE_WHOLE = {"number": "Coopératives et mutuelles", "share": "Part de l’économie, sans méthode"}
"""Measures whose label says nothing without their scope: here, the whole movement."""

Measure = tuple[str, str, int, int | Fraction | None]
"""What it is called, its unit, its decimals and its value, None where nobody knows."""


@frame("cycle.comparaison")
def beside_former(data: Data) -> pd.DataFrame:
    """Each measure in this cycle and in the former one, as each was known at its own cut-off.

    `label`, `unit`, `decimals`, `now` and `before` (missing where nobody knows), `change` and
    `change_unit`.
    """
    former = data.cycle.former
    assert former is not None
    now = _measures(data, data.cycle.id, data.cycle.cut_off)
    before = _measures(data, former.id, former.cut_off)
    rows: list[dict[str, Any]] = []
    for name in ORDER:
        if name in now or name in before:
            label, unit, decimals, _ = now[name] if name in now else before[name]
            value, earlier = (side[name][3] if name in side else None for side in (now, before))
            change = None if value is None or earlier is None else value - earlier
            rows.append(
                {
                    "label": label,
                    "unit": unit,
                    "decimals": decimals,
                    "now": value,
                    "before": earlier,
                    "change": change,
                    "change_unit": "points" if unit == "percent" else unit,
                }
            )
    return pd.DataFrame(rows, dtype=object)


def _measures(data: Data, cycle: str, cut_off: date) -> dict[str, Measure]:
    """Return the measures of a cycle that were known at its cut-off, by name."""
    asks = data.rows("recommendations", cycle=cycle, parent_id=HEADLINE)
    grants = known_rows("grants", data.rows("grants", preferred=True), cut_off)
    spread = funding.spread_grants(grants)
    of_year = spread[spread["fiscal_year"] == cycle]["amount"]
    found: dict[str, Measure] = {
        "asked": ("Demandes, par année", *MONEY, _total(asks["annual_amount"])),
        "granted": ("Entente, accordé pour l’exercice", *MONEY, _total(of_year)),
        "announced": ("Entente, accordé depuis le début", *MONEY, _total(grants["amount"])),
    }
    labels = data.labels("portrait", "measure")
    points = known_rows("portrait", data.rows("portrait"), cut_off)
    for point in portrait.last_values(points, cut_off.isoformat()).to_dict("records"):
        unit, decimals = {"CAD": ("CAD_G", 0), "percent": ("percent", 1)}.get(
            point["unit"], (point["unit"], 0)
        )
        label = OF_THE_WHOLE.get(point["measure"], labels[point["measure"]])
        found[point["measure"]] = (label, unit, decimals, exact(point["value"]))
    return found


def _total(amounts: pd.Series) -> int | None:
    """Return a sum in dollars, None when there is nothing to sum."""
    return int(amounts.sum()) if len(amounts) else None
