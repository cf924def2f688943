"""Rates group by group, the comparator, blanks, and the life table by age: worked by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from coopreport.analysis.breakdown import (
    Reading,
    blank_readings,
    compare_groups,
    rates_by,
    spread_blanks,
)
from coopreport.analysis.pooled import COUNTS, pool
from coopreport.analysis.rates import life_table_by_age, survival_at
from coopreport.analysis.survival import kaplan_meier
from coopreport.errors import BadCall, BadData
from tests.test_survival_r import life_table as committed_table

FIVE = Reading([5], caution=3, unreliable=2)
BLANK = "inconnue"


def table(*rows: tuple[str, int, int, int, int]) -> pd.DataFrame:
    """Counts by group and age: (group, age_days, entries, deaths, exits)."""
    return pd.DataFrame(rows, columns=["type", "age_days", *COUNTS])


# Of ten in a, two die; of ten in b, six; of ten unknown, eight.
THREE = table(
    ("a", 0, 10, 0, 0),
    ("a", 500, 0, 2, 0),
    ("a", 4000, 0, 0, 8),
    ("b", 0, 10, 0, 0),
    ("b", 500, 0, 6, 0),
    ("b", 4000, 0, 0, 4),
    (BLANK, 0, 10, 0, 0),
    (BLANK, 600, 0, 8, 0),
    (BLANK, 4000, 0, 0, 2),
)


def survival_of(frame: pd.DataFrame, **where: str) -> float:
    for column, value in where.items():
        frame = frame[frame[column] == value]
    (found,) = frame["survival"]
    return float(found)


def test_each_group_has_its_rate_the_largest_first() -> None:
    more = pd.concat([THREE, table(("big", 0, 11, 0, 0), ("big", 4000, 0, 0, 11))])
    found = rates_by(more, "type", FIVE)
    assert found["group"].tolist() == ["big", "a", "b", BLANK]
    assert found["survival"].tolist() == pytest.approx([1, 0.8, 0.4, 0.2])
    assert found["deaths"].tolist() == [0, 2, 6, 8]


@pytest.mark.parametrize(("left", "flag"), [(1, "F"), (2, "E"), (3, "")])
def test_the_smallest_number_behind_a_rate_gives_its_flag(left: int, flag: str) -> None:
    counts = table(("a", 0, left + 5, 0, 0), ("a", 100, 0, 5, 0), ("a", 4000, 0, 0, left))
    (row,) = rates_by(counts, "type", FIVE).to_dict("records")
    assert (row["flag"], row["status"]) == (flag, flag)


def test_a_group_too_young_for_a_rate_has_none_and_is_not_called_unreliable() -> None:
    young = table(("2022", 0, 50, 0, 0), ("2022", 300, 0, 0, 50))
    (row,) = rates_by(young, "type", FIVE).to_dict("records")
    assert (row["survival"], row["status"]) == (None, "")


def test_an_absent_grouping_is_refused() -> None:
    with pytest.raises(BadCall, match="region"):
        rates_by(THREE, "region", FIVE)


def test_the_comparator_is_read_as_the_co_operatives_are() -> None:
    (row,) = compare_groups(THREE, "type", "a", "b", FIVE).to_dict("records")
    assert (row["first_survival"], row["second_survival"]) == pytest.approx((0.8, 0.4))
    assert row["gap"] == pytest.approx(0.4)
    assert (row["first_births"], row["second_births"]) == (10, 10)


def test_a_comparator_without_a_rate_or_withheld_has_no_gap() -> None:
    few = pd.concat([THREE, table(("c", 0, 1, 0, 0), ("c", 4000, 0, 0, 1))])
    for other in ("absent", "c"):
        (row,) = compare_groups(few, "type", "a", other, FIVE).to_dict("records")
        assert pd.isna(row["gap"])


def test_blanks_are_spread_over_the_groups_given_their_fate() -> None:
    """8 unknown deaths go 2 : 6 as the known ones, 2 unknown exits 8 : 4.

    a: 2 + 2 deaths, 8 + 4/3 exits, so 4/(40/3) = 3/10 die; b: 6 + 6 and 4 + 2/3, 12/(50/3).
    """
    spread = spread_blanks(THREE, "type", BLANK)
    assert set(spread["type"]) == {"a", "b"}
    totals = spread.groupby("type")[COUNTS].sum()
    assert list(totals.loc["a"]) == pytest.approx([40 / 3, 4, 28 / 3])
    assert list(totals.loc["b"]) == pytest.approx([50 / 3, 12, 14 / 3])
    assert totals.sum().tolist() == pytest.approx(THREE[COUNTS].sum().tolist())
    curve = kaplan_meier(spread[spread["type"] == "a"], fractional=True)
    assert survival_at(curve, 5).survival == pytest.approx(0.7)


def test_the_three_readings_of_the_blanks_side_by_side() -> None:
    found = blank_readings(THREE, "type", BLANK, FIVE)
    assert survival_of(found, reading="excluded", group="all") == pytest.approx(0.6)
    assert survival_of(found, reading="own_group", group="all") == pytest.approx(14 / 30)
    assert survival_of(found, reading="spread", group="all") == pytest.approx(14 / 30)
    assert survival_of(found, reading="own_group", group="a") == pytest.approx(0.8)
    assert survival_of(found, reading="own_group", group=BLANK) == pytest.approx(0.2)
    assert survival_of(found, reading="spread", group="a") == pytest.approx(0.7)
    assert found[found["reading"] != "own_group"]["group"].isin(["all", "a", "b"]).all()


def test_without_blanks_the_spread_changes_nothing() -> None:
    known = THREE[THREE["type"] != BLANK]
    assert spread_blanks(known, "type", BLANK).equals(known)
    assert spread_blanks(THREE[THREE["type"] == BLANK], "type", BLANK).empty


def test_blanks_without_a_known_death_are_spread_as_the_units_are() -> None:
    counts = table(
        ("a", 0, 3, 0, 0),
        ("a", 4000, 0, 0, 3),
        ("b", 0, 1, 0, 0),
        ("b", 4000, 0, 0, 1),
        (BLANK, 0, 4, 0, 0),
        (BLANK, 10, 0, 4, 0),
    )
    totals = spread_blanks(counts, "type", BLANK).groupby("type")[COUNTS].sum()
    assert totals["deaths"].tolist() == pytest.approx([3, 1])


def test_in_the_real_table_the_missing_types_hide_deaths_of_every_type() -> None:
    counts = committed_table()
    found = blank_readings(counts, "coop_type", "unknown", Reading([5]))
    for group in ("consumers", "workers", "enterprises"):
        apart = survival_of(found, reading="own_group", group=group)
        assert survival_of(found, reading="spread", group=group) < apart
    whole = survival_at(kaplan_meier(counts), 5).survival
    assert survival_of(found, reading="spread", group="all") == pytest.approx(whole)


def test_fractional_counts_are_refused_unless_they_are_meant() -> None:
    half = table(("a", 0, 1, 0, 0), ("a", 5, 0, 0, 1)).astype({"entries": float})
    half.loc[0, "entries"] = 0.5
    with pytest.raises(BadData, match="entiers"):
        pool(half)
    with pytest.raises(BadData, match="0,500\u00a0entrée pour 0\u00a0mort et 1\u00a0sortie"):
        pool(half, fractional=True)


def test_the_life_table_by_year_of_age() -> None:
    """Ten births; one dies on day 300, one on day 366; two leave on day 400; two enter on day 500.

    The first year ends at 365.25 days: 9/10. In the second, 1 of 9 dies: S(2) = 9/10 × 8/9 = 0.8.
    """
    counts = table(
        ("a", 0, 10, 0, 0),
        ("a", 300, 0, 1, 0),
        ("a", 366, 0, 1, 0),
        ("a", 400, 0, 0, 2),
        ("a", 500, 2, 0, 0),
        ("a", 900, 0, 0, 8),
    )
    found = life_table_by_age(kaplan_meier(counts), 3).set_index("age")
    assert found["at_risk"].tolist() == [10, 9, 8]
    assert found["deaths"].tolist() == [1, 1, 0]
    assert found["entries"].tolist() == [10, 2, 0]
    assert found["exits"].tolist() == [0, 2, 8]
    assert found["survival"].tolist() == pytest.approx([1, 0.9, 0.8])
    assert found["dying"].tolist()[:2] == pytest.approx([0.1, 1 / 9])
    assert pd.isna(found["dying"].iloc[2])


def test_the_life_table_by_age_adds_up_to_the_counts_and_to_the_curve() -> None:
    curve = kaplan_meier(committed_table())
    found = life_table_by_age(curve, 60)
    assert found[COUNTS].sum().tolist() == pool(committed_table())[COUNTS].sum().tolist()
    assert found.set_index("age").loc[5, "survival"] == survival_at(curve, 5).survival
    kept = (1 - found["dying"][:10]).prod()
    assert kept == pytest.approx(survival_at(curve, 10).survival)


def test_a_blank_that_enters_late_has_the_fate_of_those_then_at_risk() -> None:
    """Known deaths are of a, known exits of b; the first blank dies, the second enters after.

    Half of each blank in each group would have one leave b where one half is at risk.
    """
    counts = table(
        ("a", 0, 1, 0, 0),
        ("a", 10, 0, 1, 0),
        ("b", 0, 1, 0, 0),
        ("b", 20, 0, 0, 1),
        (BLANK, 0, 1, 0, 0),
        (BLANK, 50, 0, 1, 0),
        (BLANK, 100, 1, 0, 0),
        (BLANK, 200, 0, 0, 1),
    )
    spread = spread_blanks(counts, "type", BLANK)
    entered = spread[spread["entries"] > 0].groupby("type")["age_days"].apply(list)
    assert entered.to_dict() == {"a": [0], "b": [0, 100]}
    curve = kaplan_meier(spread[spread["type"] == "b"], fractional=True)
    assert curve.loc[curve["age_days"] == 200, "at_risk"].tolist() == [1]
