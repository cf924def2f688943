"""A claim against a computed value: the printed precision decides, and nothing else."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest

from coopreport.claims import check, count_by_status, holds, read_claims, rounded, unexplained
from coopreport.errors import BadData
from coopreport.locale import MINUS, NBSP
from tests.claims_fixtures import claim, indicator


@pytest.mark.parametrize(
    ("value", "step", "nearest"),
    [
        ("19.5", "1", 20),
        ("-19.5", "1", -20),
        ("19.49", "1", 19),
        ("8750000", "100000", 8_800_000),
        ("8749999.99", "100000", 8_700_000),
        ("3499", "1000", 3000),
        ("3500", "1000", 4000),
        ("0.05", "0.1", Fraction(1, 10)),
        ("62.5", "25", 75),
    ],
)
def test_half_a_step_rounds_away_from_zero(value: str, step: str, nearest: Any) -> None:
    assert rounded(Decimal(value), Decimal(step)) == nearest


@pytest.mark.parametrize(
    ("printed", "step", "qualifier", "computed", "expected"),
    [
        ("20", "1", "", "19.5", True),
        ("20", "1", "", "19.4999", False),
        ("20", "1", "", "20.5", False),
        ("13.5", "0.1", "", "13.45", True),
        ("13.5", "0.1", "", "13.55", False),
        ("3000", "1000", "about", "2500", True),
        ("3000", "1000", "about", "2499", False),
        ("3000", "1000", "about", "3500", False),
        ("5000", "1", "minimum", "5000", True),
        ("5000", "1", "minimum", "9000", True),
        ("5000", "1", "minimum", "4999.5", True),
        ("5000", "1", "minimum", "4999.4", False),
    ],
)
def test_a_claim_holds_when_the_value_rounds_to_what_is_printed(
    printed: str, step: str, qualifier: str, computed: str, expected: bool
) -> None:
    assert holds(claim(printed, step, qualifier=qualifier), Fraction(computed)) is expected


def test_a_float_is_taken_as_it_is_written() -> None:
    assert check(claim("0.3", "0.1"), indicator(0.1 + 0.2)).status == "conforme"
    assert rounded(0.15, Decimal("0.1")) == Fraction(1, 5)


def test_a_ratio_is_compared_in_percent() -> None:
    found = check(claim("64", "1"), indicator(Fraction(639, 1000), "ratio"))
    assert (found.status, found.computed) == ("conforme", Fraction(639, 10))
    assert found.gap == f"{MINUS}0,1{NBSP}point"


def test_millions_of_dollars_are_dollars() -> None:
    printed = claim("8800000", "100000", unit="CAD")
    assert check(printed, indicator(8_750_000, "CAD_M")).status == "conforme"
    assert check(printed, indicator(8_749_999, "CAD_M")).status == "ecart"


def test_another_unit_is_an_error_that_names_the_claim() -> None:
    with pytest.raises(BadData, match="essai-01.*percent.*CAD_M"):
        check(claim("64", "1"), indicator(64, "CAD_M"))


def test_a_gap_that_nobody_expected_is_a_gap() -> None:
    found = check(claim("13.5", "0.1"), indicator(Fraction("10.11")))
    assert (found.status, found.difference) == ("ecart", Fraction("-3.39"))
    assert unexplained([found]) == (found,)
    assert f"10,1{NBSP}%" in found.reason


KNOWN = {"expected": "ecart_connu", "reason": "Pas de méthode.", "accepted_value": Decimal("10.1")}


def test_a_known_gap_is_explained_by_its_reason() -> None:
    found = check(claim("13.5", "0.1", **KNOWN), indicator(Fraction("10.11")))
    assert (found.status, found.reason, found.surprise) == ("ecart_connu", "Pas de méthode.", "")
    assert unexplained([found]) == ()


def test_an_acceptance_ends_when_the_gap_changes() -> None:
    found = check(claim("13.5", "0.1", **KNOWN), indicator(Fraction("9.2")))
    assert found.status == "ecart"
    assert f"9,2{NBSP}%" in found.reason


def test_a_known_gap_that_closes_is_said() -> None:
    found = check(claim("13.5", "0.1", **KNOWN), indicator(Fraction("13.5")))
    assert found.status == "conforme"
    assert "disparu" in found.surprise


def test_a_claim_without_an_indicator_says_what_is_missing() -> None:
    found = check(claim("76", "1", expected="non_calculable", reason="Il manque la liste."), None)
    assert (found.status, found.reason, found.surprise) == (
        "non_calculable",
        "Il manque la liste.",
        "",
    )


def test_a_claim_that_can_be_computed_now_is_said() -> None:
    found = check(claim("76", "1", expected="non_calculable", reason="x"), indicator(76))
    assert found.status == "conforme"
    assert "calculable" in found.surprise


@pytest.mark.parametrize("given", [{"value": None, "flags": ("F",)}, {"value": None}])
def test_a_withheld_value_matches_nothing_and_is_said(given: dict[str, Any]) -> None:
    found = check(claim("64", "1"), indicator(**given))
    assert found.status == "non_calculable"
    assert "conforme" in found.surprise


def test_a_synthetic_indicator_never_matches() -> None:
    found = check(claim("64", "1"), indicator(64, flags=("synthetic",)))
    assert (found.status, found.computed) == ("non_calculable", None)
    assert "démonstration" in found.reason


def test_two_entries_of_one_printed_number_that_differ_are_a_gap() -> None:
    lone = claim("64", "1", expected="non_calculable", reason="x")
    found = check(lone, None, read_back=Fraction(46))
    assert found.status == "ecart"
    assert f"46{NBSP}%" in found.reason
    assert check(lone, None, read_back=Fraction(64)).status == "non_calculable"


def test_every_status_is_counted() -> None:
    checked = [check(claim("64", "1"), indicator(value)) for value in (64, 63, None)]
    assert count_by_status(checked) == {
        "conforme": 1,
        "ecart_connu": 0,
        "ecart": 1,
        "non_calculable": 1,
    }


def test_a_value_that_its_step_cannot_print_is_a_fault_of_the_table() -> None:
    row: dict[str, Any] = {name: None for name in ("period_years", "qualifier", "accepted_on")}
    row |= {"claim_id": "essai-01", "document": "d", "place": "Ici", "quantity": "q"}
    row |= {"label": "x", "printed": "8,8", "unit": "percent", "expected": "conforme"}
    row |= {"value": Decimal("8.8"), "step": Decimal(1)}
    with pytest.raises(BadData, match="essai-01.*8.8 ne peut pas être imprimée"):
        read_claims(pd.DataFrame([row]), {"d": "Document"})
