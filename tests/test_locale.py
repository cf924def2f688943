"""Numbers, money, percent and dates are written once, to the OQLF's rules (· is U+00A0 below)."""

from __future__ import annotations

import locale as system_locale
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from coopreport.locale import (
    MINUS,
    SYMBOLS,
    chart_locale,
    count_of,
    format_date,
    format_number,
    format_partial_date,
    format_value,
    join_list,
    machine_value,
    round_half_away,
    typographic,
)

NARROW = "\u202f"


def dots(text: str) -> str:
    """Make U+00A0 visible."""
    return text.replace("\u00a0", "·")


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "style", "expected"),
    [
        (600_000, "CAD", None, "short", "600·000·$"),
        (-600_000, "CAD", None, "short", "−600·000·$"),
        (8_800_000, "CAD_M", None, "short", "8,8·M$"),
        (8_800_000, "CAD_M", None, "words", "8,8·millions de dollars"),
        (5_000_000, "CAD_M", None, "words", "5·millions de dollars"),
        (1_800_000, "CAD_M", None, "words", "1,8·million de dollars"),
        (4_960_000, "CAD_M", None, "words", "5,0·millions de dollars"),
        (8_800_000, "CAD_M", None, "bare", "8,8"),
        (460_000_000_000, "CAD_G", 0, "short", "460·G$"),
        (460_000_000_000, "CAD_G", None, "words", "460·milliards de dollars"),
        (Decimal("63.9"), "percent", None, "short", "63,9·%"),
        (Decimal("0.135"), "ratio", None, "short", "13,5·%"),
        (Decimal("28.9"), "points", None, "short", "+28,9·points"),
        (Decimal("-2.5"), "points", None, "short", "−2,5·points"),
        (Decimal("0.9"), "points", None, "short", "+0,9·point"),
        (Decimal("28.9"), "points", None, "words", "+28,9·points de pourcentage"),
        (11_000_000, "count", None, "short", "11·000·000"),
        (2023, "year", None, "short", "2023"),
        (1, "years", None, "short", "1·an"),
        (10, "years", None, "short", "10·ans"),
        (1826, "days", None, "short", "1·826·jours"),
        (Decimal("125.6"), "index", None, "short", "125,6"),
    ],
)
def test_a_value_is_written_in_its_unit(
    value: int | Decimal, unit: str, decimals: int | None, style: str, expected: str
) -> None:
    assert dots(format_value(value, unit, decimals, style)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (Decimal("2.5"), 0, "3"),
        (Decimal("-2.5"), 0, "-3"),
        (Decimal("0.5"), 0, "1"),
        (2.675, 2, "2.68"),
        (1.005, 2, "1.01"),
        (Fraction(1, 3), 3, "0.333"),
        (Fraction(2, 3), 3, "0.667"),
        (np.float64(0.135), 2, "0.14"),
        (np.int64(7), 1, "7.0"),
        (10**24 + 5, 0, "1000000000000000000000005"),
    ],
)
def test_rounding_is_half_away_from_zero_on_the_exact_value(
    value: object, decimals: int, expected: str
) -> None:
    assert str(round_half_away(value, decimals)) == expected


def test_the_brief_s_parts_add_up_in_dollars_not_in_floats() -> None:
    total = sum([5_000_000, 600_000, 2_000_000, 1_200_000])
    assert dots(format_value(total, "CAD_M")) == "8,8·M$"
    assert 5.0 + 0.6 + 2.0 + 1.2 != 8.8


def test_a_value_that_rounds_to_zero_has_no_sign() -> None:
    assert format_number(Decimal("-0.04"), 1) == "0,0"
    assert format_number(Decimal("0.04"), 1, signed=True) == "0,0"


def test_the_sign_can_be_asked_for_or_left_out() -> None:
    assert dots(format_value(83_000, "CAD", signed=True)) == "+83·000·$"
    assert dots(format_value(Decimal("28.9"), "points", signed=False)) == "28,9·points"


@pytest.mark.parametrize("missing", [None, float("nan"), float("inf"), Decimal("NaN"), "8,8 M$"])
def test_a_missing_or_textual_value_is_an_error_never_a_number(missing: object) -> None:
    with pytest.raises(ValueError, match="un nombre était attendu"):
        format_value(missing, "CAD")


def test_a_boolean_is_not_a_number() -> None:
    with pytest.raises(ValueError, match="un nombre était attendu"):
        format_value(True, "count")


def test_an_unknown_unit_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="CAD_M"):
        format_value(1, "M$")


def test_no_narrow_space_and_no_hyphen_for_a_minus_is_ever_written() -> None:
    text = format_value(-1_234_567, "CAD") + format_number(-9_876_543, 2)
    assert NARROW not in text
    assert "-" not in text
    assert text.count(MINUS) == 2


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (8_800_000, "8800000"),
        (Decimal("63.90"), "63.9"),
        (Fraction(5, 4), "1.25"),
        (Fraction(1, 3), "0.3333333333333333"),
        (0.1, "0.1"),
        (Decimal("-0.5"), "-0.5"),
    ],
)
def test_the_machine_s_value_is_plain_and_exact(value: object, expected: str) -> None:
    assert machine_value(value) == expected


def test_dates_are_french() -> None:
    assert dots(format_date(date(2023, 1, 27), "article")) == "le 27·janvier 2023"
    assert dots(format_date(date(2025, 8, 1))) == "1er·août 2025"
    assert format_date(date(2023, 1, 27), "iso") == "2023-01-27"


def test_a_partial_date_says_no_more_than_it_knows() -> None:
    assert format_partial_date("2010") == "2010"
    assert format_partial_date("2010-01") == "janvier 2010"
    assert dots(format_partial_date("2012-12-31")) == "31·décembre 2012"
    with pytest.raises(ValueError, match="AAAA"):
        format_partial_date("janvier 2010")


def test_counts_take_the_plural_from_two() -> None:
    assert [dots(count_of(n, "tableau", "tableaux")) for n in (0, 1, 2)] == [
        "0·tableau",
        "1·tableau",
        "2·tableaux",
    ]


def test_lists_end_with_et() -> None:
    assert [join_list(items) for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a et b",
        "a, b et c",
    ]


def test_text_typed_on_a_plain_keyboard_gets_its_spaces_and_apostrophes() -> None:
    typed = "Voir : « l'entente », 8,8 M$ ou 44 % à 10:30; fin"
    assert dots(typographic(typed)) == "Voir·: «·l’entente·», 8,8·M$ ou 44·% à 10:30; fin"
    assert typographic(typographic(typed)) == typographic(typed)


def test_charts_take_their_locale_from_here() -> None:
    made = chart_locale()
    assert made["number"]["decimal"] == ","
    assert made["number"]["thousands"] == "\u00a0"
    assert made["number"]["minus"] == MINUS
    assert made["time"]["months"][7] == "août"
    assert made["time"]["days"][0] == "dimanche"


def test_formatting_leaves_the_process_locale_alone() -> None:
    before = system_locale.setlocale(system_locale.LC_ALL)
    format_value(-1234.5, "CAD")
    format_date(date(2023, 1, 27))
    assert system_locale.setlocale(system_locale.LC_ALL) == before


def test_statistics_canada_s_symbols_have_french_meanings() -> None:
    assert set(SYMBOLS) == {".", "..", "...", "p", "r", "x", "E", "F"}
