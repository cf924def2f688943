"""Asks through time, on small cases worked by hand: dates, statuses, chains, delays, amounts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from coopreport.analysis import asks


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2013", date(2013, 1, 1), date(2013, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023-04-17", date(2023, 4, 17), date(2023, 4, 17)),
    ],
)
def test_a_date_covers_the_days_that_it_can_be(text: str, first: date, last: date) -> None:
    assert asks.day_bounds(text) == (first, last)


@pytest.mark.parametrize("text", ["", "2023-13", "le 17 avril"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        asks.day_bounds(text)


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ([], "unknown"),
        (["granted", "granted"], "granted"),
        (["refused"], "refused"),
        (["granted", "refused"], "partly"),
        (["granted", "partly"], "partly"),
        (["granted", "conflicting"], "conflicting"),
    ],
)
def test_the_status_of_an_ask_follows_from_its_evidence(evidence: list[str], expected: str) -> None:
    assert asks.status(evidence) == expected


def test_a_total_has_the_status_of_its_parts_when_they_agree() -> None:
    assert asks.status_of_total(["unknown", "unknown"]) == "unknown"
    assert asks.status_of_total(["conflicting", "unknown"]) == "partly"
    with pytest.raises(ValueError, match="parts"):
        asks.status_of_total([])


def test_a_chain_reaches_back_to_its_first_ask() -> None:
    found = asks.chains({"a": None, "b": "a", "c": "b", "d": "a", "e": None})
    assert found["root"].tolist() == ["a", "a", "a", "a", "e"]
    assert found["depth"].tolist() == [0, 1, 2, 1, 0]
    assert found["size"].tolist() == [4, 4, 4, 4, 1]


@pytest.mark.parametrize("continues", [{"a": "a"}, {"a": "b", "b": "a"}, {"a": "z"}])
def test_a_chain_that_turns_or_leads_nowhere_is_refused(continues: dict[str, str | None]) -> None:
    with pytest.raises(ValueError, match="cannot be what"):
        asks.chains(continues)


def test_a_delay_has_two_bounds_when_its_dates_are_vague() -> None:
    asked = asks.day_bounds("2023-01")
    # 31 January to 17 April, and 1 January to 31 May of the other source of the same decision.
    answer = asks.hull([asks.day_bounds("2023-04-17"), asks.day_bounds("2023-05")])
    assert asks.delay(asked, [answer]) == (76, 150)


def test_the_first_answer_ends_the_delay() -> None:
    asked = asks.day_bounds("2023-01-01")
    later, first = asks.day_bounds("2024-01-01"), asks.day_bounds("2023-01-11")
    assert asks.delay(asked, [later, first]) == (10, 10)


def test_dates_that_overlap_give_a_delay_from_zero() -> None:
    assert asks.delay(asks.day_bounds("2023"), [asks.day_bounds("2023-03")]) == (0, 89)


def test_a_delay_is_unknown_without_both_dates() -> None:
    assert asks.delay(None, [asks.day_bounds("2023")]) is None
    assert asks.delay(asks.day_bounds("2023"), []) is None


def test_the_sources_of_one_decision_are_alternatives_and_decisions_add_up() -> None:
    evidence: list[dict[str, Any]] = [
        {"decision": "G1", "amount": 98},
        {"decision": "G1", "amount": 100},
        {"decision": "G2", "amount": 17},
        {"decision": "E3", "amount": None},
    ]
    assert asks.granted_bounds(evidence) == (115, 117)
    assert asks.granted_bounds(evidence[3:]) is None
