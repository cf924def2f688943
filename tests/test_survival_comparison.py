"""Published rates side by side: exact gaps, and what makes a comparator ill-matched."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from coopreport.analysis.comparison import compare, gap, observable, unobservable
from coopreport.errors import BadCall

COOP = {
    "rate_id": "c5",
    "population": "coops_quebec",
    "population_label": "Coopératives du Québec",
    "role": "coop",
    "study": "study_2022",
    "study_label": "Étude de 2022",
    "study_year": 2022,
    "cohorts": "constituées de 2002 à 2015",
    "cohort_first": 2002,
    "cohort_last": 2015,
    "years": 5,
    "rate": Decimal("63.9"),
    "definition": None,
    "observed_unit": "entreprise",
    "source": "https://example.org/2022",
    "source_status": "primary",
    "doubtful": False,
    "note": None,
}
OTHER = {**COOP, "rate_id": "o5", "role": "comparator", "population": "all", "rate": Decimal(35)}


def published(*rows: dict[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=list(COOP))
    whole = ["study_year", "cohort_first", "cohort_last", "years"]
    return frame.astype({**dict.fromkeys(whole, "Int64"), "doubtful": "boolean"})


def only(frame: pd.DataFrame) -> pd.Series:
    assert len(frame) == 1
    return frame.iloc[0]


def test_a_gap_is_exact_in_points() -> None:
    assert gap(Decimal("44.4"), Decimal("19.5")) == Decimal("24.9")
    assert gap(Decimal("0.3"), Decimal("0.1")) == Decimal("0.2")
    assert gap(Decimal("44.4"), Decimal("50")) == Decimal("-5.6")


@pytest.mark.parametrize("rate", [63.9, None, Decimal("101"), Decimal("-1"), Decimal("NaN")])
def test_a_rate_that_is_no_exact_percentage_has_no_gap(rate: Any) -> None:
    with pytest.raises((TypeError, ArithmeticError)):
        gap(rate, Decimal(35))


def test_births_of_2013_to_2015_have_no_ten_year_rate_in_2022() -> None:
    assert unobservable(2002, 2015, 10, 2022) == (2013, 2015)
    assert not observable(2015, 10, 2022)
    assert observable(2012, 10, 2022)


def test_births_of_2002_to_2015_have_a_five_year_rate_in_2022() -> None:
    assert unobservable(2002, 2015, 5, 2022) is None


def test_a_study_whose_every_birth_is_too_late() -> None:
    assert unobservable(2014, 2015, 10, 2022) == (2014, 2015)


def test_a_matched_comparator_needs_no_caution() -> None:
    row = only(compare(published(COOP, OTHER), "study_2022"))
    assert (row["gap"], row["comparable"], row["caution"]) == (Decimal("28.9"), True, "")


def test_a_comparator_keeps_its_own_cohorts_unit_and_source() -> None:
    own = {"cohorts": "naissances de 2002 à 2014", "observed_unit": "employeur", "source": "s"}
    row = only(compare(published(COOP, {**OTHER, **own}), "study_2022"))
    assert {name: row[name] for name in own} == own


def test_other_cohorts_are_said_with_their_years() -> None:
    row = only(compare(published(COOP, {**OTHER, "cohort_last": 2014}), "study_2022"))
    assert (row["cohort_match"], row["comparable"]) == ("different", False)
    assert row["caution"] == "Cohortes différentes (2002-2015 et 2002-2014)"


@pytest.mark.parametrize(
    ("coop", "other", "whose"),
    [
        (2002, None, "pour le comparateur"),
        (None, 2002, "pour les coopératives"),
        (None, None, "de part et d’autre"),
    ],
)
def test_cohorts_that_were_not_stated_are_said(
    coop: int | None, other: int | None, whose: str
) -> None:
    rows = published({**COOP, "cohort_first": coop}, {**OTHER, "cohort_first": other})
    row = only(compare(rows, "study_2022"))
    assert (row["cohort_match"], row["comparable"]) == ("unstated", False)
    assert row["caution"] == f"Cohortes non énoncées {whose}"


def test_another_unit_is_said() -> None:
    row = only(compare(published(COOP, {**OTHER, "observed_unit": "employeur"}), "study_2022"))
    assert row["caution"] == (
        "Unités observées différentes («\u00a0entreprise\u00a0» et «\u00a0employeur\u00a0»)"
    )
    assert row["unit_match"] == "different"


@pytest.mark.parametrize("unit", [None, "", " "])
def test_a_unit_that_was_not_stated_is_said(unit: str | None) -> None:
    row = only(compare(published(COOP, {**OTHER, "observed_unit": unit}), "study_2022"))
    assert row["caution"] == "Unité observée non énoncée pour le comparateur"


def test_a_doubtful_value_supports_no_comparison() -> None:
    row = only(compare(published(COOP, {**OTHER, "doubtful": True}), "study_2022"))
    assert (row["comparable"], row["caution"]) == (False, "Valeur douteuse")


def test_rates_at_another_age_are_left_out() -> None:
    rows = published(COOP, OTHER, {**OTHER, "rate_id": "o10", "years": 10})
    assert compare(rows, "study_2022")["rate_id"].tolist() == ["o5"]


def test_comparators_of_every_study_come_unless_some_are_named() -> None:
    rows = published(COOP, OTHER, {**OTHER, "rate_id": "x5", "study": "canada"})
    assert compare(rows, "study_2022")["rate_id"].tolist() == ["o5", "x5"]
    assert compare(rows, "study_2022", ["canada"])["rate_id"].tolist() == ["x5"]


def test_ages_come_in_order() -> None:
    ten = {"years": 10, "rate": Decimal("44.4")}
    rows = published({**COOP, **ten, "rate_id": "c10"}, {**OTHER, **ten}, COOP, OTHER)
    assert compare(rows, "study_2022")["years"].tolist() == [5, 10]


def test_an_unknown_study_gets_the_nearest_name() -> None:
    with pytest.raises(BadCall, match="study_2022"):
        compare(published(COOP, OTHER), "study_2202")


def test_two_rates_of_one_study_at_one_age_are_ambiguous() -> None:
    with pytest.raises(BadCall, match="plus d’un taux"):
        compare(published(COOP, {**COOP, "rate_id": "c5bis"}, OTHER), "study_2022")
