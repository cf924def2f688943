"""Scenarios: what the asks add up to under the variants that the cycle compares."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from coopreport.analysis import funding
from coopreport.catalogue.base import CATALOGUE, column_by
from coopreport.catalogue.recommendations import asks_of
from coopreport.data import Data
from coopreport.definitions import Keys
from coopreport.fiscal import fiscal_year, start_year

indicator, frame = CATALOGUE.indicator, CATALOGUE.frame


def each_scenario(data: Data) -> Iterator[Keys]:
    """The scenarios that the cycle compares; `title` is what they are called."""
    if data.knows("asks") and data.knows("scenarios"):
        for scenario in data.cycle.scenarios:
            yield {"scenario": scenario.name, "title": scenario.title}


@frame("financement.scenarios")
def scenarios(data: Data) -> pd.DataFrame:
    """The asks by fiscal year as they are, then under each scenario of the cycle."""
    first = start_year(data.cycle.first_fiscal_year)
    years = {"": data.cycle.fiscal_years}
    for scenario in data.cycle.scenarios:
        horizon = scenario.parameters.get("horizon", data.cycle.horizon)
        years[scenario.name] = tuple(fiscal_year(first + n) for n in range(horizon))
    return funding.scenarios(asks_of(data), data.cycle.scenarios, years)


@indicator(
    "financement.scenario.{scenario}",
    "Somme des demandes sur l’horizon, scénario « {title} »",
    unit="CAD_M",
    decimals=1,
    formula="somme des demandes de tous les exercices, telles que le scénario les change",
    each=each_scenario,
)
def total_of_scenario(data: Data, scenario: str, title: str) -> int:
    """The sum of the asks over the horizon under one scenario."""
    return int(column_by(data.frame("financement.scenarios"), "scenario", "total")[scenario])


@indicator(
    "financement.scenario_ecart.{scenario}",
    "Écart avec la demande du mémoire, scénario « {title} »",
    unit="CAD_M",
    decimals=1,
    formula="somme sous le scénario − somme des demandes telles qu’elles sont",
    each=each_scenario,
)
def gap_of_scenario(data: Data, scenario: str, title: str) -> int:
    """The sum of the asks under one scenario minus their sum as they are."""
    return int(column_by(data.frame("financement.scenarios"), "scenario", "difference")[scenario])
