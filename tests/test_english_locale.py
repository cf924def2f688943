"""Numbers, money, percent and dates of the English edition, as Canada writes them (· is U+00A0)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from coopreport import locale
from coopreport.locale import (
    chart_locale,
    format_date,
    format_number,
    format_partial_date,
    format_value,
    machine_value,
    speaking,
)
from tests.test_locale import dots


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "style", "expected"),
    [
        (600_000, "CAD", None, "short", "$600,000"),
        (600_000, "CAD", None, "words", "$600,000"),
        (-600_000, "CAD", None, "short", "−$600,000"),
        (8_800_000, "CAD_M", None, "short", "$8.8M"),
        (-8_800_000, "CAD_M", None, "short", "−$8.8M"),
        (8_800_000, "CAD_M", None, "words", "$8.8·million"),
        (5_000_000, "CAD_M", None, "words", "$5·million"),
        (8_800_000, "CAD_M", None, "bare", "8.8"),
        (460_000_000_000, "CAD_G", 0, "short", "$460B"),
        (460_000_000_000, "CAD_G", None, "words", "$460·billion"),
        (Decimal("63.9"), "percent", None, "short", "63.9%"),
        (Decimal("0.135"), "ratio", None, "short", "13.5%"),
        (Decimal("28.9"), "points", None, "short", "+28.9·points"),
        (Decimal("-2.5"), "points", None, "words", "−2.5·percentage points"),
        (1, "points", 0, "short", "+1·point"),
        (Decimal("0.9"), "points", None, "short", "+0.9·points"),
        (11_000_000, "count", None, "short", "11,000,000"),
        (2023, "year", None, "short", "2023"),
        (0, "years", None, "short", "0·years"),
        (1, "years", None, "short", "1·year"),
        (Decimal("1.5"), "years", 1, "short", "1.5·years"),
        (1826, "days", None, "short", "1,826·days"),
        (Decimal("125.6"), "index", None, "short", "125.6"),
        (Fraction(-1, 1000), "CAD_M", None, "short", "$0.0M"),
    ],
)
def test_a_value_is_written_as_in_canadian_english(
    value: object, unit: str, decimals: int | None, style: locale.Style, expected: str
) -> None:
    with speaking("en"):
        assert dots(format_value(value, unit, decimals, style)) == expected


@pytest.mark.parametrize("unit", locale.UNITS)
def test_every_unit_is_written_in_english(unit: str) -> None:
    with speaking("en"):
        shown = dots(format_value(2, unit, style="words"))
    assert "million·de" not in shown.replace(" ", "·")
    assert not shown.endswith(("·%", "·$", "ans", "jours", "pourcentage"))


def test_a_number_has_commas_and_a_point() -> None:
    with speaking("en"):
        assert format_number(Decimal("-1234567.25"), 1) == "−1,234,567.3"


def test_dates_have_the_month_first() -> None:
    day = date(2023, 1, 27)
    with speaking("en"):
        assert dots(format_date(day)) == "January·27, 2023"
        assert dots(format_date(day, "article")) == "January·27, 2023"
        assert format_date(day, "iso") == "2023-01-27"
        assert dots(format_date(date(2020, 9, 1))) == "September·1, 2020"


def test_a_date_known_to_the_month_keeps_to_it() -> None:
    with speaking("en"):
        assert format_partial_date("2010-01") == "January 2010"
        assert format_partial_date("2010") == "2010"


def test_charts_are_told_the_same_separators() -> None:
    with speaking("en"):
        told = chart_locale()
    assert (told["number"]["decimal"], told["number"]["thousands"]) == (".", ",")
    assert told["number"]["currency"] == ["$", ""]
    assert told["time"]["months"][0] == "January"
    assert told["time"]["days"][0] == "Sunday"


def test_machine_values_have_no_language() -> None:
    with speaking("en"):
        assert machine_value(Decimal("8800000.5")) == "8800000.5"


def test_french_comes_back_after_a_page_in_english() -> None:
    with pytest.raises(ZeroDivisionError), speaking("en"):
        _ = 1 / 0
    assert dots(format_value(8_800_000, "CAD_M")) == "8,8·M$"


def test_there_is_no_third_language() -> None:
    with pytest.raises(KeyError):
        locale.use("es")
