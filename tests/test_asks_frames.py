"""The frames of the record over the real tables, against values worked by hand from them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.claims_fixtures import edit, ledger_of
from tests.conftest import ROOT


def frame(name: str, root: Path = ROOT) -> pd.DataFrame:
    return ledger_of(root).frame(name).rows


def row(table: pd.DataFrame, column: str, value: str) -> dict[str, Any]:
    (found,) = table[table[column] == value].to_dict("records")
    return {str(key): each for key, each in found.items()}


@pytest.mark.parametrize(
    ("title", "starts", "ends", "sure"),
    [
        ("Plan du gouvernement", 2008.0, 2013.0, False),
        ("Plan de l’Année internationale", 2012.0, 2013.0, True),
        ("Entente de partenariat pour le développement des coopératives", 2004.0, 2027.25, True),
        ("G2015", 2015.25, 2020.25, True),
        ("G2024", 2024.25, 2025.25, False),
        ("G2025", 2025.25, 2027.25, False),
    ],
)
def test_the_line_of_time_has_each_span(title: str, starts: float, ends: float, sure: bool) -> None:
    found = row(frame("demandes.ligne_du_temps"), "title", title)
    assert (found["starts"], found["ends"], found["sure"]) == (starts, ends, sure)


def test_a_document_without_an_horizon_stands_at_its_publication() -> None:
    brief = row(frame("demandes.ligne_du_temps"), "title", "Mémoire 2023-2024")
    assert brief["starts"] == brief["ends"] == pytest.approx(2023 + 15 / 365)


def test_a_year_has_all_that_is_asked_and_what_is_granted_in_answer() -> None:
    found = row(frame("demandes.par_exercice"), "fiscal_year", "2024-2025")
    assert (found["asked"], found["granted"], found["answering"]) == (
        8_800_000,
        6_600_000,
        6_600_000,
    )
    unanswered = row(frame("demandes.par_exercice"), "fiscal_year", "2020-2021")
    assert pd.isna(unanswered["answering"]) and unanswered["granted"] == 4_050_000


def test_a_grant_answers_whichever_of_its_sources_the_evidence_names(project: Path) -> None:
    edit(project, "outcomes", {"outcome_id": "E2023-01"}, grant_row="G2023-2")
    found = row(frame("demandes.par_exercice", project), "fiscal_year", "2024-2025")
    assert found["answering"] == 6_600_000


def test_real_dollars_are_there_only_where_the_index_is() -> None:
    table = frame("demandes.par_exercice").set_index("fiscal_year")
    assert table["granted_real"]["2015-2016"] == Fraction(4_000_000) * 1328 / 1247
    assert table.loc["2020-2021", "granted_real"] == 4_050_000
    assert table["granted_real"]["2023-2024"] is table["asked_real"]["2023-2024"] is None


def test_a_price_index_found_later_gives_what_was_asked_in_real_dollars(project: Path) -> None:
    edit(project, "cpi", {"year": "1993"}, year="2024", index="166.0")
    table = frame("demandes.par_exercice", project).set_index("fiscal_year")
    assert table["asked_real"]["2024-2025"] == Fraction(8_800_000) * 1328 / 1660


def test_the_priority_ask_is_the_total_of_the_recommendations_and_is_not_counted() -> None:
    record = frame("demandes.registre")
    assert record.loc[record["is_total"], "ask_id"].tolist() == ["A2023-00"]
    assert record.loc[record["total_of"] == "A2023-00", "ask_id"].tolist() == [
        "A2023-01",
        "A2023-02",
        "A2023-03",
        "A2023-04",
    ]


def test_an_objective_has_the_outcome_of_the_ask_that_it_is() -> None:
    found = frame("plans.registre").set_index("objective_id")
    assert found["ask_id"]["O2012-03"] == "A2012-02"
    assert found["status"]["O2012-03"] == "granted"
    assert found.loc["O2012-30", "status"] == "unknown"


def test_an_objective_that_is_no_ask_has_the_outcome_of_its_own_evidence(project: Path) -> None:
    edit(project, "outcomes", {"outcome_id": "E2012-01"}, ask_id="", objective_id="O2012-30")
    found = frame("plans.registre", project).set_index("objective_id")
    assert found.loc["O2012-30", "status"] == "partly"
    assert found.loc["O2012-02", "status"] == "unknown"
