"""The raw tables hold the facts they are known for, and their descriptor is complete.

Read with the csv and json modules alone, so that a fault of `coopreport.tables` cannot hide one.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from frictionless import Package

DATA = Path(__file__).parents[1] / "data"
DESCRIPTOR: dict[str, Any] = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
RESOURCES: list[dict[str, Any]] = DESCRIPTOR["resources"]
FACTS = "Faits compilés par le projet"

each_resource = pytest.mark.parametrize("resource", RESOURCES, ids=lambda r: r["name"])


def rows(table: str) -> list[dict[str, str]]:
    """Return the rows of a table as text."""
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def fields(resource: dict[str, Any], *types: str) -> list[dict[str, Any]]:
    """Return the fields of a resource that have one of the types."""
    return [field for field in resource["schema"]["fields"] if field["type"] in types]


def test_the_headline_is_the_sum_of_its_four_parts_in_whole_dollars() -> None:
    amounts = {row["ask_id"]: int(row["annual_amount"]) for row in rows("recommendations")}
    parts = {"R1": 5_000_000, "R2": 600_000, "R3": 2_000_000, "R4": 1_200_000}
    assert amounts == {"R0": 8_800_000, **parts}
    assert sum(parts.values()) == amounts["R0"]


def test_an_amount_over_several_years_is_its_annual_amount_times_the_years() -> None:
    totals = [row for row in rows("recommendations") if row["amount_basis"] == "total"]
    assert [row["ask_id"] for row in totals] == ["R3"]
    for row in totals:
        assert int(row["annual_amount"]) * int(row["period_years"]) == int(row["amount"])


def test_the_base_reading_is_what_the_recommendations_say() -> None:
    asks = {(row["cycle"], row["ask_id"]): row for row in rows("recommendations")}
    bases = [row for row in rows("readings") if row["base"] == "true" and row["ask_id"] != "R0"]
    assert {row["ask_id"] for row in bases} == {"R1", "R3", "R4"}
    horizon = "2027-2028"
    for base in bases:
        ask = asks[base["cycle"], base["ask_id"]]
        assert base["first_fiscal_year"] == ask["first_fiscal_year"]
        assert base["last_fiscal_year"] == (ask["last_fiscal_year"] or horizon)
        assert base["annual_amount"] in ("", ask["annual_amount"])


def test_each_ambiguity_has_one_base_reading_and_at_least_one_other() -> None:
    readings = rows("readings")
    every = Counter(row["ambiguity"] for row in readings)
    base = Counter(row["ambiguity"] for row in readings if row["base"] == "true")
    assert base == dict.fromkeys(["r1_end", "r3_end", "r4_period", "envelope"], 1)
    assert min(every.values()) >= 2


def test_the_two_amounts_of_the_2023_grant_stand_side_by_side() -> None:
    found = [row for row in rows("grants") if row["grant_id"] == "G2023"]
    assert [(row["amount"], row["preferred"], row["conflict"]) for row in found] == [
        ("9800000", "true", "true"),
        ("9860000", "false", "true"),
    ]


def test_only_the_grants_of_2015_and_2020_state_their_duration() -> None:
    stated = {row["grant_id"] for row in rows("grants") if row["years_status"] == "stated"}
    assert stated == {"G2015", "G2020"}


def test_a_base_grant_exists() -> None:
    asked = {row["base_grant"] for row in rows("recommendations")} - {""}
    assert asked == {"G2021"}
    assert asked <= {row["grant_id"] for row in rows("grants")}


def test_region_codes_are_two_digit_texts_from_01_to_17() -> None:
    assert [row["region_code"] for row in rows("regions")] == [f"{n:02d}" for n in range(1, 18)]
    assert sum(int(row["municipalities"]) for row in rows("regions")) == 1285


def test_the_years_without_a_price_index_stay_missing() -> None:
    years = {int(row["year"]) for row in rows("cpi")}
    assert years == {*range(1993, 2017), 2020}
    assert set(range(1993, 2024)) - years == {2017, 2018, 2019, 2021, 2022, 2023}


def test_one_price_index_is_a_mean_of_months_and_says_so() -> None:
    assert [row["year"] for row in rows("cpi") if row["kind"] == "mean_of_months"] == ["2020"]


def test_the_six_figures_of_the_brief() -> None:
    printed = [row for row in rows("portrait") if row["as_of"] == "2023-01"]
    brief = {row["measure"]: Decimal(row["value"]) for row in printed}
    assert brief == {
        "number": 3_000,
        "members_and_clients": 11_000_000,
        "assets": 460_000_000_000,
        "gdp_share": Decimal("13.5"),
        "revenue": 51_000_000_000,
        "jobs": 125_000,
    }


def test_jobs_of_1999_that_disagree_are_both_kept_and_flagged() -> None:
    found = [r for r in rows("portrait") if r["as_of"] == "1999" and r["measure"] == "jobs"]
    assert {(row["value"], row["doubtful"]) for row in found} == {
        ("32200", "true"),
        ("28300", "true"),
    }


def test_the_rates_of_the_2022_study_at_their_printed_precision() -> None:
    found = {
        (row["role"], row["years"]): row["rate"]
        for row in rows("survival_published")
        if row["study"] == "cqcm_mei_2022"
    }
    assert found == {
        ("coop", "1"): "98.8",
        ("coop", "3"): "79.9",
        ("coop", "5"): "63.9",
        ("coop", "10"): "44.4",
        ("comparator", "1"): "75.4",
        ("comparator", "3"): "48.2",
        ("comparator", "5"): "35",
        ("comparator", "10"): "19.5",
    }


def test_the_values_in_conflict_for_the_2008_five_year_rate_are_flagged() -> None:
    found = {
        row["rate"]: row["doubtful"]
        for row in rows("survival_published")
        if row["population"] == "coops_quebec"
        and row["years"] == "5"
        and row["study_year"] == "2008"
    }
    assert found == {"62": "true", "65": "true"}


def test_a_study_and_a_population_each_have_one_name() -> None:
    table = rows("survival_published")
    for code, label in (("study", "study_label"), ("population", "population_label")):
        pairs = {(row[code], row[label]) for row in table}
        assert len(pairs) == len({row[code] for row in table})


@pytest.mark.parametrize(
    ("table", "count"),
    [("portrait", 66), ("survival_published", 49), ("gdp", 5), ("cpi", 25), ("cpi_months", 6)],
)
def test_no_fact_is_left_out(table: str, count: int) -> None:
    assert len(rows(table)) >= count


@each_resource
def test_every_numeric_field_has_a_unit(resource: dict[str, Any]) -> None:
    columns = {field["name"] for field in resource["schema"]["fields"]}
    units = {"CAD", "count", "percent", "year", "years", "days", "index_2002_100"}
    for field in fields(resource, "integer", "number"):
        unit = field.get("unit", "")
        assert unit in units or unit.removeprefix("column:") in columns, field["name"]


@each_resource
def test_every_table_has_a_title_a_source_and_a_licence_or_the_words(
    resource: dict[str, Any],
) -> None:
    assert resource["title"] and resource["description"]
    assert resource["sources"] and all(source["title"] for source in resource["sources"])
    licences = resource.get("licenses", [])
    assert (resource.get("rights") == FACTS) is not bool(licences)
    assert all(licence["name"] and licence["path"] for licence in licences)


@each_resource
def test_every_code_has_a_french_label(resource: dict[str, Any]) -> None:
    for field in fields(resource, "string"):
        codes = field.get("constraints", {}).get("enum", [])
        labels = {category["value"]: category["label"] for category in field.get("categories", [])}
        assert list(labels) == codes and all(labels.values()), field["name"]


def test_the_uk_counts_carry_the_attribution_their_licence_asks_for() -> None:
    resource = next(r for r in RESOURCES if r["name"] == "life_table_uk")
    words = (
        "Contient des renseignements de Co-operatives UK, Open Data (édition de juin 2017), "
        "mis à disposition selon l’ODC Attribution License"
    )
    assert [licence["name"] for licence in resource["licenses"]] == ["ODC-By-1.0"]
    assert resource["sources"][0]["title"] == words
    assert words in resource["description"]
    assert words in " ".join((DATA / "README.md").read_text(encoding="utf-8").split())


@each_resource
def test_tables_are_plain_utf8_with_line_feeds(resource: dict[str, Any]) -> None:
    raw = (DATA / resource["path"]).read_bytes()
    assert not raw.decode("utf-8").startswith("\ufeff")
    assert b"\r" not in raw and raw.endswith(b"\n")


def test_an_independent_validator_finds_no_fault() -> None:
    report = Package(str(DATA / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "message"])
