"""Cohort rates: one toy register under five definitions, each rate worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from coopreport.analysis.cohorts import (
    anniversary_of,
    cohort_counts,
    cohort_rates,
    fully_observed,
    join_reactivations,
    provisional,
)
from coopreport.analysis.definition import Definition
from coopreport.analysis.rates import survival_at
from coopreport.analysis.survival import kaplan_meier
from coopreport.errors import BadCall
from coopreport.registers import Account, RegisterFile, Rules, read_units
from coopreport.registers.cohort_counts import cohort_counts as counted_by_duckdb
from coopreport.registers.life_table import count_by_age, observe
from tests.registers_fixtures import firm, folder

EXACT = Definition(
    population="coopératives d’essai",
    unit="coopérative",
    birth_event="constitution",
    death_event="fin inscrite",
    takeover_rule="une fusion n’est pas une mort",
    reactivation_rule="non suivie",
    first_birth=date(2010, 1, 1),
    cut_off=date(2019, 12, 31),
    n_year_rule="exact_anniversary",
)
CALENDAR = replace(EXACT, n_year_rule="calendar_year")

# Ten units. At five years, with a cut-off on 31 December 2019, births of 2010 to 2014 (u1 to u8)
# were all observed for five years; those of 2016 and 2017 were not.
#   u2 ends on its fifth anniversary, u7 (born on 29 February) on 28 February: both lived 5 years.
#   u3 dies in 2015, half a year before its anniversary, but was active in 2015 = 2010 + 5.
#   u4 dies young. u5 is merged. u6 is struck off ex officio on the last day of 2015.
LATE: list[Any] = [date(2014, 1, 1), *[None] * 9]

TOY = pd.DataFrame(
    [
        ("u1", date(2010, 3, 1), None, None),
        ("u2", date(2010, 6, 15), date(2015, 6, 15), "dissolution"),
        ("u3", date(2010, 9, 1), date(2015, 3, 1), "dissolution"),
        ("u4", date(2011, 1, 10), date(2013, 5, 5), "dissolution"),
        ("u5", date(2011, 5, 20), date(2014, 2, 2), "merger"),
        ("u6", date(2011, 11, 11), date(2015, 12, 31), "striking_ex_officio"),
        ("u7", date(2012, 2, 29), date(2017, 2, 28), "dissolution"),
        ("u8", date(2012, 8, 8), None, None),
        ("u9", date(2016, 4, 4), date(2018, 1, 1), "dissolution"),
        ("u10", date(2017, 7, 7), None, None),
    ],
    columns=["unit_id", "birth", "end", "end_kind"],
)


def rate(units: pd.DataFrame, definition: Definition, years: int = 5) -> pd.Series:
    table = cohort_rates(cohort_counts(units, definition, [years]), definition)
    (row,) = (row for _, row in table.iterrows())
    return row


@pytest.mark.parametrize(
    ("definition", "survivors", "expected"),
    [
        # u3, u4 and u6 died before their anniversary: 5 of 8.
        (EXACT, 5, 0.625),
        # u4 and u6 were dead before the first of January of year t: 6 of 8.
        (CALENDAR, 6, 0.75),
        # u5 is dead too: 4 of 8.
        (EXACT.with_takeover("death"), 4, 0.5),
        # u6 is not dead; under the calendar rule only u4 is: 7 of 8.
        (CALENDAR.without_ex_officio(), 7, 0.875),
    ],
)
def test_one_toy_register_has_a_rate_for_each_definition(
    definition: Definition, survivors: int, expected: float
) -> None:
    row = rate(TOY, definition)
    assert (row["births"], row["survivors"], row["rate"]) == (8, survivors, expected)
    assert (row["first_cohort"], row["last_cohort"], row["left_out"]) == (2010, 2012, 2)


def test_the_same_toy_register_under_kaplan_meier() -> None:
    """All ten units count. 5 years are 1826.25 days; u2 and u7 die on day 1826, just before.

    day 637: u9, of 10 at risk · day 846: u4, of 9 · days 907 and 989: u10 and u5 leave alive
    day 1511: u6, of 6 · day 1642: u3, of 5 · day 1826: u2 and u7, of 4
    9/10 × 8/9 × 5/6 × 4/5 × 2/4 = 4/15
    """
    definition = replace(EXACT, n_year_rule="kaplan_meier")
    units = observe(TOY, definition).units.assign(coop_type="all")
    found = survival_at(kaplan_meier(count_by_age(units)), 5)
    assert found.survival == pytest.approx(4 / 15)
    assert (found.births, found.deaths, found.fewest_at_risk) == (10, 6, 4)


@pytest.mark.parametrize(
    ("end", "alive"), [(date(2015, 6, 14), 0), (date(2015, 6, 15), 1), (date(2015, 6, 16), 1)]
)
def test_an_end_on_the_anniversary_itself_is_a_survival(end: date, alive: int) -> None:
    unit = pd.DataFrame({"birth": [date(2010, 6, 15)], "end": [end]})
    assert rate(unit, EXACT)["survivors"] == alive


@pytest.mark.parametrize(
    ("end", "active"), [(date(2014, 12, 31), 0), (date(2015, 1, 1), 1), (date(2015, 12, 31), 1)]
)
def test_a_day_of_activity_in_the_year_is_a_survival_for_eurostat(end: date, active: int) -> None:
    unit = pd.DataFrame({"birth": [date(2010, 6, 15)], "end": [end]})
    assert rate(unit, CALENDAR)["survivors"] == active


@pytest.mark.parametrize(
    ("day", "years", "expected"),
    [
        (date(2012, 2, 29), 5, date(2017, 2, 28)),
        (date(2012, 2, 29), 4, date(2016, 2, 29)),
        (date(2011, 3, 1), 1, date(2012, 3, 1)),
        (date(2012, 12, 31), 10, date(2022, 12, 31)),
        (date(2022, 2, 28), -2, date(2020, 2, 28)),
    ],
)
def test_anniversaries(day: date, years: int, expected: date) -> None:
    assert anniversary_of(day, years) == expected


@pytest.mark.parametrize(
    ("cohort", "cut_off", "expected"),
    [
        (2015, date(2020, 12, 31), True),
        (2015, date(2020, 12, 30), False),
        (2016, date(2020, 12, 31), False),
    ],
)
@pytest.mark.parametrize("definition", [EXACT, CALENDAR])
def test_a_cohort_is_fully_observed_when_its_last_birth_has_n_years(
    definition: Definition, cohort: int, cut_off: date, expected: bool
) -> None:
    assert fully_observed(cohort, 5, replace(definition, cut_off=cut_off)) is expected


def test_a_cohort_that_ends_early_is_observed_earlier_under_the_exact_rule_only() -> None:
    short = replace(EXACT, last_birth=date(2015, 6, 30), cut_off=date(2020, 7, 1))
    assert fully_observed(2015, 5, short)
    assert not fully_observed(2015, 5, replace(short, n_year_rule="calendar_year"))


def test_a_cohort_born_before_observation_began_is_left_out() -> None:
    late = replace(EXACT, observation_start=date(2011, 2, 1))
    assert not fully_observed(2011, 5, late)
    assert fully_observed(2012, 5, late)
    row = rate(TOY, late)
    assert (row["births"], row["first_cohort"], row["left_out"]) == (2, 2012, 8)


def test_a_unit_observed_only_after_its_birth_is_left_out_and_counted() -> None:
    units = TOY.assign(observed_from=LATE)
    counts = cohort_counts(units, EXACT, [5])
    assert counts.loc[counts["cohort"] == 2010, ["births", "late"]].to_numpy().tolist() == [[2, 1]]
    assert rate(units, EXACT)["rate"] == 4 / 7


def test_a_rate_is_provisional_when_it_rests_on_the_last_two_years_of_deaths() -> None:
    """Cut-off at the end of 2019: deaths of 2018 and 2019 may still be undone."""
    assert not provisional(2012, 5, EXACT)
    assert provisional(2013, 5, EXACT)
    assert not provisional(2013, 5, CALENDAR)
    assert provisional(2014, 5, CALENDAR)
    table = cohort_rates(cohort_counts(TOY, EXACT, [5, 7]), EXACT).set_index("years")
    assert table["provisional"].tolist() == [False, True]


def test_no_birth_and_no_fully_observed_cohort_give_no_rate() -> None:
    row = rate(TOY, EXACT, years=20)
    assert (row["births"], row["left_out"]) == (0, 10)
    assert pd.isna(row["rate"]) and pd.isna(row["last_cohort"])
    empty = cohort_counts(TOY.iloc[:0], EXACT, [5])
    assert empty.empty


@pytest.mark.parametrize(("alive", "expected"), [(0, 0.0), (1, 1.0)])
def test_a_cohort_of_one_has_a_rate_and_no_interval(alive: int, expected: float) -> None:
    end = None if alive else date(2011, 1, 1)
    row = rate(pd.DataFrame({"birth": [date(2010, 6, 15)], "end": [end]}), EXACT)
    assert row["rate"] == expected
    assert pd.isna(row["lower"]) and pd.isna(row["upper"])


def test_the_interval_is_the_one_of_kaplan_meier_over_the_same_units() -> None:
    units = TOY.iloc[:8]
    row = rate(units, EXACT)
    counts = pd.DataFrame({"age_days": [0, 100, 5000], "entries": [8, 0, 0]})
    curve = kaplan_meier(counts.assign(deaths=[0, 3, 0], exits=[0, 0, 5]))
    last = curve.iloc[-1]
    assert [row["rate"], row["lower"], row["upper"]] == pytest.approx(
        [last["survival"], last["lower"], last["upper"]]
    )


def test_a_death_before_birth_or_an_unwanted_birth_is_no_birth() -> None:
    units = pd.DataFrame(
        {
            "birth": [date(2011, 1, 1), date(2009, 12, 31), None, date(2020, 1, 1)],
            "end": [date(2010, 1, 1), None, None, None],
        }
    )
    assert cohort_counts(units, EXACT, [5]).empty


def test_a_death_after_the_cut_off_was_not_known() -> None:
    early = replace(EXACT, cut_off=date(2017, 12, 31))
    unit = pd.DataFrame({"birth": [date(2012, 6, 1)], "end": [date(2018, 1, 1)]})
    assert rate(unit, early)["rate"] == 1


def test_counts_of_parts_add_up_to_those_of_the_whole() -> None:
    whole = cohort_counts(TOY, EXACT, [1, 5])
    parts = pd.concat([cohort_counts(part, EXACT, [1, 5]) for part in (TOY[::2], TOY[1::2])])
    added = parts.groupby(["cohort", "years"]).sum().reset_index()
    pd.testing.assert_frame_equal(added, whole)


def test_kaplan_meier_is_no_rule_of_a_cohort_rate() -> None:
    definition = replace(EXACT, n_year_rule="kaplan_meier")
    with pytest.raises(BadCall, match="anniversaire exact"):
        cohort_rates(cohort_counts(TOY, definition, [5]), definition)


def test_duckdb_counts_the_same_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "toy.csv"
    units = TOY.assign(legal_form=["cooperative", "other"] * 5, observed_from=LATE)
    units.to_csv(path, index=False)
    account = Account("csv", "toy.csv", "0" * 64, False, 10, 10, {})
    for definition in (EXACT, EXACT.with_takeover("death"), CALENDAR.without_ex_officio()):
        for _ in range(2):  # computed, then from the cache
            found = counted_by_duckdb(
                RegisterFile("csv", path),
                Rules.of(definition),
                [1, 5],
                ["legal_form"],
                account=account,
                cache=tmp_path / "cache",
            )
            expected = cohort_counts(units, definition, [1, 5], ["legal_form"])
            pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def test_duckdb_counts_the_same_from_a_register_of_quebec(tmp_path: Path) -> None:
    end = {"end": "2014-05-01"}
    firms = [firm(1, "2012-02-01"), firm(2, "2012-03-01", **end), firm(3, "2013-03-01", **end)]
    register = folder(tmp_path / "r", [*firms, firm(4, "2011-06-01", DAT_IMMAT="2012-01-01")])
    units, account = read_units(register)
    found = counted_by_duckdb(register, Rules.of(EXACT), [1, 5], ["legal_form"], account=account)
    expected = cohort_counts(units, EXACT, [1, 5], ["legal_form"])
    pd.testing.assert_frame_equal(found, expected, check_dtype=False)


def spells(*rows: tuple[str, date, Any]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["unit_id", "birth", "end"])


@pytest.mark.parametrize(
    ("again", "lives"), [(date(2014, 3, 1), 1), (date(2014, 3, 2), 2), (date(2012, 3, 1), 1)]
)
def test_starting_again_within_two_years_is_no_death_and_later_is_a_birth(
    again: date, lives: int
) -> None:
    found = join_reactivations(
        spells(("a", date(2010, 1, 1), date(2012, 3, 1)), ("a", again, date(2018, 1, 1)))
    )
    assert len(found) == lives
    assert found["birth"].iloc[0] == date(2010, 1, 1)
    assert found["end"].iloc[-1] == date(2018, 1, 1)
    assert found["life"].tolist() == list(range(1, lives + 1))


def test_spells_of_other_units_and_several_pauses_are_kept_apart() -> None:
    found = join_reactivations(
        spells(
            ("b", date(2011, 1, 1), None),
            ("a", date(2013, 1, 1), date(2013, 6, 1)),
            ("a", date(2010, 1, 1), date(2012, 3, 1)),
            ("a", date(2014, 1, 1), None),
        )
    )
    assert found["unit_id"].tolist() == ["a", "b"]
    assert found["birth"].tolist() == [date(2010, 1, 1), date(2011, 1, 1)]
    assert found["end"].isna().all()


def test_spells_that_overlap_are_refused() -> None:
    with pytest.raises(BadCall, match="avant la fin"):
        join_reactivations(spells(("a", date(2010, 1, 1), None), ("a", date(2012, 1, 1), None)))


def test_no_birth_at_all_gives_no_rate() -> None:
    assert cohort_rates(cohort_counts(TOY.iloc[:0], EXACT, [5]), EXACT).empty
