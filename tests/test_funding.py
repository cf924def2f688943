"""Funding arithmetic, on small cases worked by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest

from coopreport.analysis import funding

YEARS = ("2023-2024", "2024-2025", "2025-2026")


def asks() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "ask_id": ["T", "A", "B"],
            "annual_amount": [7, 5, 2],
            "first_fiscal_year": ["2023-2024"] * 3,
            "last_fiscal_year": [None, "2024-2025", None],
        }
    )


def test_an_ask_runs_from_its_first_to_its_last_year() -> None:
    spread = funding.schedule(asks().iloc[[1]], YEARS)
    assert spread["amount"].tolist() == [5, 5, 0]


def test_an_ask_without_an_end_runs_to_the_horizon() -> None:
    assert funding.schedule(asks().iloc[[2]], YEARS)["amount"].tolist() == [2, 2, 2]


def test_the_headline_holds_only_in_years_where_the_asks_add_up_to_it() -> None:
    totals = funding.by_year(funding.schedule(asks().iloc[1:], YEARS))
    check = funding.headline_check(7, totals)
    assert check["holds"].tolist() == [True, True, False]
    assert check["difference"].tolist() == [0, 0, -5]


def test_level_is_base_plus_new_money_in_every_year() -> None:
    spread = funding.new_money(funding.schedule(asks().iloc[1:], YEARS), {"A": 4})
    assert (spread["base"] + spread["new"] == spread["amount"]).all()
    assert spread.loc[spread["ask_id"] == "A", "new"].tolist() == [1, 1, 0]


def test_an_ask_with_an_unknown_base_is_all_new() -> None:
    spread = funding.new_money(funding.schedule(asks().iloc[[2]], YEARS), {})
    assert spread["new"].tolist() == [2, 2, 2]


def test_a_base_above_the_ask_makes_no_negative_new_money() -> None:
    spread = funding.new_money(funding.schedule(asks().iloc[[2]], YEARS), {"B": 9})
    assert spread["new"].tolist() == [0, 0, 0]


def alternatives() -> pd.DataFrame:
    return pd.DataFrame(
        [
            ("written", "envelope", "T", None, None, None, True),
            ("every_year", "envelope", "T", None, "2023-2024", "2025-2026", False),
            ("b_once", "b", "B", None, "2023-2024", "2023-2024", False),
            ("a_on", "a", "A", 6, "2023-2024", "2025-2026", False),
        ],
        columns=[
            "reading_id",
            "ambiguity",
            "ask_id",
            "annual_amount",
            "first_fiscal_year",
            "last_fiscal_year",
            "base",
        ],
    )


@pytest.mark.parametrize(
    ("reading", "total", "difference"),
    [("written", 16, 0), ("every_year", 21, 5), ("b_once", 12, -4), ("a_on", 24, 8)],
)
def test_a_reading_replaces_one_ask_and_keeps_the_others(
    reading: str, total: int, difference: int
) -> None:
    table = funding.readings(asks(), alternatives(), "T", YEARS)
    row = table[table["reading_id"] == reading]
    assert (row["total"].item(), row["difference"].item()) == (total, difference)


def test_a_grant_is_spread_to_the_dollar() -> None:
    grants = pd.DataFrame(
        {
            "grant_row": ["G"],
            "announced": [date(2023, 4, 17)],
            "amount": [100],
            "first_fiscal_year": ["2023-2024"],
            "last_fiscal_year": ["2025-2026"],
        }
    )
    assert funding.spread_grants(grants)["amount"].tolist() == [34, 33, 33]


def test_a_share_of_nothing_has_no_value() -> None:
    assert funding.share(0, 0) is None
    assert funding.share(5, 8) == Fraction(5, 8)


def test_real_dollars_equal_nominal_ones_in_the_base_year() -> None:
    index = {2016: Decimal("125.6"), 2020: Decimal("132.8")}
    assert funding.real_dollars(1000, 2020, 2020, index) == 1000
    assert funding.real_dollars(1256, 2016, 2020, index) == 1328


def test_real_dollars_are_missing_where_the_index_is() -> None:
    assert funding.real_dollars(1000, 2018, 2020, {2020: Decimal("132.8")}) is None
