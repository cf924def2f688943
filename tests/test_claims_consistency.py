"""Claims among themselves: contradictions, periods, totals, cohorts and vintages."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from coopreport.analysis.consistency import (
    agree,
    check_claims,
    impossible_rates,
    old_comparators,
    same_quantity,
    totals,
    unstated_periods,
    vintages,
)
from coopreport.claims import Claim
from coopreport.locale import NBSP
from tests.claims_fixtures import claim, ledger_of
from tests.conftest import ROOT


def dollars(value: str, step: str = "100000", **given: Any) -> Claim:
    return claim(value, step, **{"unit": "CAD", **given})


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (claim("44", "1"), claim("44.3", "0.1"), True),
        (claim("20", "1"), claim("19.5", "0.1"), True),
        (claim("62", "1"), claim("65", "1"), False),
        (claim("19.5", "0.1"), claim("19.6", "0.1"), False),
        (claim("5000", "1", qualifier="minimum"), claim("6000", "1"), True),
        (claim("5000", "1", qualifier="minimum"), claim("4000", "1"), False),
        (
            dollars("4000000", "1000000", period_years=2),
            dollars("2000000", "1000000", period_years=1),
            True,
        ),
        (dollars("4000000", "1000000"), dollars("2000000", "1000000", period_years=1), False),
    ],
)
def test_two_printed_numbers_agree_at_the_coarser_precision(
    one: Claim, other: Claim, expected: bool
) -> None:
    assert agree(one, other) is expected
    assert agree(other, one) is expected


def test_one_quantity_printed_twice_with_two_values_is_a_contradiction() -> None:
    (found,) = same_quantity([claim("62", "1", id="a-1"), claim("65", "1", id="b-1")])
    assert (found.verdict, found.claims) == ("contradiction", ("a-1", "b-1"))


def test_one_quantity_printed_with_two_precisions_agrees() -> None:
    (found,) = same_quantity([claim("64", "1"), claim("63.9", "0.1")])
    assert found.verdict == "concordance"


def test_a_number_printed_twice_alike_and_two_quantities_are_not_remarked() -> None:
    assert same_quantity([claim("64", "1"), claim("64", "1")]) == []
    assert same_quantity([claim("64", "1"), claim("35", "1", quantity="other")]) == []


def test_a_period_written_in_one_place_only_is_remarked() -> None:
    silent = dollars("1200000", printed=f"1,2{NBSP}million", place="Texte")
    stated = dollars("1200000", period_years=1, place="Synthèse")
    (found,) = unstated_periods([silent, stated])
    assert "sans période (Texte), mais par année (Synthèse)" in found.sentence
    assert unstated_periods([silent]) == unstated_periods([stated]) == []


def total_and(*parts: Claim) -> list[Claim]:
    return [dollars("3000000", id="t-1", quantity="t", printed=f"3{NBSP}M$"), *parts]


def test_parts_are_added_as_printed_then_over_a_year() -> None:
    one = dollars("1000000", part_of="t-1", period_years=1)
    (exact,) = totals(total_and(one, dollars("2000000", part_of="t-1")))
    assert exact.verdict == "concordance"
    (yearly,) = totals(total_and(one, dollars("4000000", part_of="t-1", period_years=2)))
    assert yearly.verdict == "à préciser"
    assert f"totalisent 5,0{NBSP}M$" in yearly.sentence
    assert f"ramenées à une année, 3,0{NBSP}M$" in yearly.sentence
    (wrong,) = totals(total_and(one))
    assert wrong.verdict == "contradiction"


VALUES = {"r-10": ("44", "1"), "coop-10": ("44.4", "0.1")}
VALUES |= {"now-10": ("19.5", "0.1"), "then-10": ("20", "1")}


def rate(rate_id: str, role: str, year: int, **given: Any) -> dict[str, Any]:
    base = {"rate_id": rate_id, "role": role, "study_year": year, "years": 10}
    base |= {"printed_year": year, "population": role, "study_label": rate_id}
    base["rate"] = Decimal(VALUES[rate_id][0])
    return {**base, "cohort_first": None, "cohort_last": None, "source": "s", **given}


def test_births_too_young_for_a_rate_are_named() -> None:
    young = rate("r-10", "coop", 2022, cohort_first=2002, cohort_last=2015)
    (found,) = impossible_rates([claim("44", "1", rate_id="r-10")], [young])
    assert "de 2013 à 2015" in found.sentence
    assert "à 10\u00a0ans en 2022" in found.sentence
    assert found.assumption
    old_enough = {**young, "cohort_last": 2012}
    assert impossible_rates([claim("44", "1", rate_id="r-10")], [old_enough]) == []


def pair(**comparator: Any) -> tuple[list[Claim], list[dict[str, Any]]]:
    rates = [
        rate("coop-10", "coop", 2022, cohort_first=2002, cohort_last=2012),
        rate("now-10", "comparator", 2022),
        rate("then-10", "comparator", 2009, source="t", **comparator),
    ]
    ids = [each["rate_id"] for each in rates]
    return [claim(*VALUES[id], rate_id=id, quantity=id) for id in ids], rates


def test_a_comparator_in_print_before_the_cohorts_end_is_remarked() -> None:
    claims, rates = pair()
    (old,) = vintages(claims, rates)
    assert (old.year, [r["rate_id"] for r in old.earlier]) == (2009, ["then-10"])
    (found,) = old_comparators(claims, rates)
    assert "imprimé dès 2009 (then-10)" in found.sentence
    assert "nées jusqu’en 2012" in found.sentence


@pytest.mark.parametrize(
    "comparator",
    [{"population": "other"}, {"years": 5}, {"printed_year": 2015}, {"rate": Decimal(21)}],
)
def test_another_population_age_or_a_recent_print_is_no_reprint(comparator: dict[str, Any]) -> None:
    claims, rates = pair(**comparator)
    assert old_comparators(claims, rates) == []


def test_a_borrowed_comparator_under_another_name_is_a_reprint() -> None:
    claims, rates = pair(population="renamed")
    borrowed = [replace(claims[2], quantity=claims[1].quantity)]
    assert len(old_comparators([*claims[:2], *borrowed], rates)) == 1


def test_the_real_claims_have_the_remarks_that_the_facts_call_for() -> None:
    remarks = ledger_of(ROOT).frame("enonces.controles").rows
    told = "\n".join(remarks["sentence"])
    contradictions = remarks[remarks["verdict"] == "contradiction"]["sentence"]
    assert len(contradictions) == 3
    assert contradictions.str.contains("cinq.*quatre|35.*44,3|62.*65").all()
    assert f"totalisent 10,8{NBSP}M$ pour un total imprimé de 8,8{NBSP}M$" in told
    assert f"les naissances de 2013 à 2015 ne peuvent pas entrer dans un taux à 10{NBSP}ans" in told
    assert f"comparateur de 35{NBSP}% à 5{NBSP}ans" in told
    assert set(remarks["assumption"].str.len() > 20) == {True}
    assert check_claims([], []) == []
