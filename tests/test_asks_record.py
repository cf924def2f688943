"""The record holds all that its documents say, cites each fact, and every link leads somewhere.

The tables are read with the csv module alone. The counts were made by reading the documents, item
by item; the documents themselves, where they are beside the project, are counted a second time.
"""

from __future__ import annotations

import csv
import re
from collections import Counter

import pytest

from tests.conftest import ROOT

SEEDS = ROOT.parent / "shared" / "seeds"
PLAN_2008, PLAN_2012 = "action-plan-2008", "action-plan-2012"
ROADMAP, BRIEF = "roadmap-2020", "brief-2023-2024"

COUNTS = {
    "plan_parts": {PLAN_2008: 7},
    "plan_measures": {PLAN_2008: 16},
    "audiences": {PLAN_2012: 7},
    "objectives": {PLAN_2012: 43},
    "axes": {ROADMAP: 5},
    "levers": {ROADMAP: 4, BRIEF: 5},
    "lever_axes": {ROADMAP: 20},
    "roadmap_measures": {ROADMAP: 26},
    "lever_crosswalk": {BRIEF: 5},
    "brief_sectors": {BRIEF: 7},
    "brief_programmes": {BRIEF: 20},
    "asks": {PLAN_2012: 16, ROADMAP: 8, BRIEF: 8},
    "ask_levers": {BRIEF: 5},
}
OWN_WORDS = {
    "plan_parts": ("title",),
    "plan_measures": ("title",),
    "objectives": ("title",),
    "lever_axes": ("words",),
    "lever_crosswalk": ("reason",),
    "roadmap_measures": ("title",),
    "asks": ("title", "link_reason"),
    "outcomes": ("evidence",),
}
"""The columns that are sentences of the project; names of programmes are not."""


def rows(table: str) -> list[dict[str, str]]:
    with (ROOT / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def seed(name: str) -> str:
    path = SEEDS / f"{name}.txt"
    if not path.exists():
        pytest.skip("les documents (../shared/seeds) ne sont pas à côté du projet")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("table", COUNTS)
def test_every_item_of_every_document_has_a_row(table: str) -> None:
    assert Counter(row["document"] for row in rows(table)) == COUNTS[table]


def test_each_audience_has_the_objectives_and_the_means_of_its_column() -> None:
    found = Counter((row["audience"], row["role"]) for row in rows("objectives"))
    assert found == {
        ("", "general"): 1,
        ("quebec_government", "objective"): 7,
        ("quebec_government", "means"): 4,
        ("canada_government", "objective"): 6,
        ("canada_government", "means"): 4,
        ("organisations", "objective"): 7,  # two of them are dashes under the third
        ("organisations", "means"): 2,
        ("regions", "objective"): 3,
        ("public", "objective"): 2,
        ("youth", "objective"): 1,
        ("youth", "means"): 2,
        ("cooperators", "objective"): 3,
        ("cooperators", "means"): 1,
    }


def test_each_lever_of_the_roadmap_has_its_measures_and_commitments() -> None:
    found = Counter((row["lever_id"], row["kind"]) for row in rows("roadmap_measures"))
    assert found == {
        ("", "aim"): 1,
        ("", "campaign"): 1,
        ("L2020-1", "instrument"): 1,
        ("L2020-1", "component"): 4,
        ("L2020-2", "instrument"): 1,
        ("L2020-2", "measure"): 1,
        ("L2020-2", "component"): 2,
        ("L2020-2", "commitment"): 3,
        ("L2020-3", "instrument"): 1,
        ("L2020-3", "measure"): 3,
        ("L2020-3", "commitment"): 1,
        ("L2020-4", "instrument"): 1,
        ("L2020-4", "component"): 5,
        ("L2020-4", "commitment"): 1,
    }


def test_every_instrument_and_measure_of_the_roadmap_is_an_ask_and_nothing_else_is() -> None:
    asked = {row["measure_id"] for row in rows("asks")} - {""}
    measures = rows("roadmap_measures")
    assert asked == {
        row["measure_id"] for row in measures if row["kind"] in ("instrument", "measure")
    }


def test_every_objective_toward_a_government_is_an_ask() -> None:
    asked = {row["objective_id"] for row in rows("asks")} - {""}
    toward = {
        row["objective_id"]
        for row in rows("objectives")
        if row["audience"].endswith("_government") and row["role"] == "objective"
    }
    financing = {row["objective_id"] for row in rows("objectives") if row["kind"] == "financing"}
    assert asked == toward | financing | {"O2012-10"}  # the signature, borne by the ministries


@pytest.mark.parametrize("table", [*COUNTS, "outcomes"])
def test_every_row_says_where_it_is_to_be_read(table: str) -> None:
    for row in rows(table):
        assert row["place"] or row.get("grant_row"), row


def test_no_amount_of_a_recommendation_is_written_twice() -> None:
    recommended = {(row["cycle"], row["ask_id"]) for row in rows("recommendations")}
    asks = rows("asks")
    tied = {(row["recommendation_cycle"], row["recommendation"]) for row in asks} - {("", "")}
    assert tied == recommended
    assert [row["ask_id"] for row in asks if row["recommendation"] and row["amount"]] == []
    assert [r["outcome_id"] for r in rows("outcomes") if r["grant_row"] and r["amount"]] == []


def test_an_ask_continues_one_of_an_earlier_document() -> None:
    years = {row["document"]: int(row["year"]) for row in rows("documents")}
    asks = {row["ask_id"]: row for row in rows("asks")}
    continued = {row["ask_id"]: row["continues"] for row in asks.values() if row["continues"]}
    assert continued == {
        "A2023-01": "A2012-02",
        "A2023-02": "A2012-01",
        "A2023-03": "A2020-08",
        "A2023-04": "A2012-07",
        "A2023-05": "A2012-02",
    }
    for ask, former in continued.items():
        assert years[asks[former]["document"]] < years[asks[ask]["document"]]


def test_each_outcome_is_about_an_ask_or_about_an_objective_that_is_none() -> None:
    asked = {row["objective_id"] for row in rows("asks")} - {""}
    for row in rows("outcomes"):
        assert bool(row["ask_id"]) is not bool(row["objective_id"]), row
        assert row["objective_id"] not in asked
        assert bool(row["grant_row"]) is not bool(row["document"]), row


def test_sources_in_conflict_over_a_grant_stand_side_by_side_among_the_outcomes() -> None:
    conflicts = {row["grant_row"] for row in rows("grants") if row["conflict"] == "true"}
    linked = [row for row in rows("outcomes") if row["grant_row"] in conflicts]
    assert {row["grant_row"] for row in linked} == conflicts
    assert {row["status"] for row in linked} == {"conflicting"}


def test_the_matrix_has_every_pair_once() -> None:
    pairs = Counter((row["lever_id"], row["axis_id"]) for row in rows("lever_axes"))
    levers = [row["lever_id"] for row in rows("levers") if row["document"] == ROADMAP]
    axes = [row["axis_id"] for row in rows("axes")]
    assert pairs == Counter((lever, axis) for lever in levers for axis in axes)
    named = {(r["lever_id"], r["axis_id"]) for r in rows("lever_axes") if r["words"]}
    assert named == {
        ("L2020-2", "X2020-2"),
        ("L2020-2", "X2020-4"),
        ("L2020-3", "X2020-2"),
        ("L2020-4", "X2020-1"),
    }


@pytest.mark.parametrize(
    ("name", "pattern", "count"),
    [
        ("government-action-plan-2008", r"•", COUNTS["plan_parts"][PLAN_2008]),
        # The general objective, one objective without its mark, two dashes and one sentence more.
        ("action-plan-2012", r"(?:^|\s)> ", COUNTS["objectives"][PLAN_2012] - 5),
        ("roadmap-2020-overview", r"•", COUNTS["axes"][ROADMAP] + COUNTS["levers"][ROADMAP]),
        ("roadmap-2020-levers", r"(?m)^\d - ", COUNTS["levers"][ROADMAP]),
        ("roadmap-2020-levers", r"•", 3),  # the measures of the third lever
        ("brief-2023-2024", r"(?m)^- \d- ", 4),  # R1 to R4
    ],
)
def test_the_documents_have_as_many_items(name: str, pattern: str, count: int) -> None:
    assert len(re.findall(pattern, seed(name))) == count


def test_no_sentence_of_the_documents_is_copied() -> None:
    def words(text: str) -> list[str]:
        return re.findall(r"[^\W_]+", text.lower().replace("’", "'"))

    names = ["action-plan-2012", "brief-2023-2024", "government-action-plan-2008"]
    names += ["roadmap-2020-levers", "roadmap-2020-overview"]
    read = " ".join(" ".join(words(seed(name))) for name in names)
    length = 9
    copied = [
        (table, row[column])
        for table, columns in OWN_WORDS.items()
        for row in rows(table)
        for column in columns
        for own in [words(row[column])]
        if any(f" {' '.join(own[i : i + length])} " in read for i in range(len(own) - length + 1))
    ]
    assert copied == []
