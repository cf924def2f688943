"""Kaplan–Meier with delayed entry from counts: answers by hand or from a textbook."""

from __future__ import annotations

import pandas as pd
import pytest

from coopreport.analysis.pooled import COUNTS, pool
from coopreport.analysis.rates import Rate, rates_at, reliability, survival_at
from coopreport.analysis.survival import kaplan_meier, kaplan_meier_by, never_censored
from coopreport.errors import BadCall, BadData
from coopreport.registers.life_table import count_by_age

FIVE_YEARS = 1826.25


def table(*rows: tuple[int, int, int, int]) -> pd.DataFrame:
    """Counts by age: (age_days, entries, deaths, exits)."""
    return pd.DataFrame(rows, columns=["age_days", *COUNTS])


def of_units(*units: tuple[int, int, bool]) -> pd.DataFrame:
    """The life table of units given by (start, stop, died)."""
    frame = pd.DataFrame(units, columns=["entry_age", "exit_age", "died"])
    return count_by_age(frame.assign(coop_type="all"))


def at(curve: pd.DataFrame, age: int) -> pd.Series:
    (row,) = (row for _, row in curve[curve["age_days"] == age].iterrows())
    return row


def test_the_remission_trial_of_the_textbooks() -> None:
    """6-MP arm of Freireich et al. (1963): Klein and Moeschberger (2003), table 4.1."""
    died = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    curve = kaplan_meier(
        of_units(*[(0, t, True) for t in died], *[(0, t, False) for t in censored])
    )
    steps = curve[curve["deaths"] > 0]
    assert steps["at_risk"].tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert steps["survival"].round(3).tolist() == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    errors = [0.076, 0.087, 0.096, 0.107, 0.114, 0.128, 0.135]
    assert steps["std_error"].round(3).tolist() == errors


def test_a_late_entrant_is_at_risk_only_after_its_start() -> None:
    """]start, stop]: at 5 the one who enters at 5 is out and the one who leaves at 5 is in."""
    curve = kaplan_meier(
        of_units((0, 5, True), (0, 8, False), (3, 7, True), (5, 9, True), (6, 9, False))
    )
    assert [at(curve, age)["at_risk"] for age in (5, 7, 9)] == [3, 4, 2]
    assert [at(curve, age)["survival"] for age in (5, 7, 9)] == pytest.approx([2 / 3, 1 / 2, 1 / 4])


def test_the_naive_estimate_puts_everybody_at_risk_from_birth_with_the_same_deaths() -> None:
    units = ((0, 5, True), (0, 8, False), (3, 7, True), (5, 9, True), (6, 9, False))
    curve = kaplan_meier(of_units(*units), delayed_entry=False)
    assert [at(curve, age)["at_risk"] for age in (5, 7, 9)] == [5, 4, 2]
    assert [at(curve, age)["survival"] for age in (5, 7, 9)] == pytest.approx([0.8, 0.6, 0.3])


def test_without_censoring_the_estimate_is_the_share_of_births_without_a_known_death() -> None:
    """Of five births two die by 7: 3/5, with the binomial error; a young one counts as alive."""
    units = of_units((0, 5, True), (0, 1, False), (3, 7, True), (5, 9, True), (6, 12, False))
    curve = kaplan_meier(never_censored(units), delayed_entry=False)
    assert [at(curve, age)["survival"] for age in (5, 7, 9)] == pytest.approx([0.8, 0.6, 0.4])
    assert at(curve, 7)["std_error"] == pytest.approx((0.6 * 0.4 / 5) ** 0.5)
    assert curve[["deaths", "exits"]].sum().tolist() == [3, 2]


def test_the_log_log_interval_by_hand() -> None:
    """One death of two: S = 1/2, σ² = 1/2; exp(−exp(log(log 2) ± 1.959964 × √½ / log 2))."""
    step = at(kaplan_meier(of_units((0, 4, True), (0, 6, False))), 4)
    assert step["std_error"] == pytest.approx(0.5 * 0.5**0.5)
    assert step["lower"] == pytest.approx(0.005983, abs=1e-6)
    assert step["upper"] == pytest.approx(0.910410, abs=1e-6)


def test_a_wider_confidence_gives_a_wider_interval() -> None:
    units = of_units((0, 4, True), (0, 6, False))
    usual, wide = at(kaplan_meier(units), 4), at(kaplan_meier(units, confidence=0.99), 4)
    assert wide["lower"] < usual["lower"] < usual["upper"] < wide["upper"]


def test_a_death_on_the_day_of_birth_counts_among_those_born_under_observation() -> None:
    curve = kaplan_meier(of_units((0, 0, True), (0, 4, False), (2, 4, False)))
    assert at(curve, 0)["at_risk"] == 2
    assert survival_at(curve, 0.005).survival == pytest.approx(0.5)


@pytest.mark.parametrize(("day", "expected"), [(1826, 0.75), (1827, 1.0)])
def test_a_death_around_the_fifth_anniversary(day: int, expected: float) -> None:
    curve = kaplan_meier(of_units((0, day, True), *[(0, 4000, False)] * 3))
    assert survival_at(curve, 5).survival == pytest.approx(expected)


def test_the_number_at_risk_at_n_years_has_those_who_entered_before_and_leave_after() -> None:
    units = of_units((0, 1826, False), (0, 1827, False), (1826, 3000, False), (1827, 3000, False))
    assert survival_at(kaplan_meier(units), 5).at_risk == 2


def test_at_a_whole_number_of_days_who_leaves_that_day_is_at_risk_and_who_enters_is_not() -> None:
    units = of_units(*[(0, 1461, False)] * 3, (0, 1462, False), (1461, 3000, False))
    assert survival_at(kaplan_meier(units), 4).at_risk == 4


def test_a_death_on_the_very_day_that_makes_n_years_counts_before_them() -> None:
    rate = survival_at(kaplan_meier(of_units((0, 1461, True), (0, 3000, False))), 4)
    assert (rate.deaths, rate.at_risk, rate.survival) == (1, 2, 0.5)


def test_no_birth_gives_no_rate_rather_than_zero_or_one_hundred_percent() -> None:
    rate = survival_at(kaplan_meier(table()), 5)
    assert (rate.births, rate.at_risk, rate.survival, rate.lower) == (0, 0, None, None)


def test_one_survivor_is_one_hundred_percent_without_interval() -> None:
    rate = survival_at(kaplan_meier(of_units((0, 4000, False))), 5)
    assert rate == Rate(5, 1, 1, 0, 1, 0, 1.0, 0.0, None, None)


def test_one_death_is_zero_percent_without_error_nor_interval() -> None:
    rate = survival_at(kaplan_meier(of_units((0, 100, True))), 5)
    assert rate == Rate(5, 1, 0, 1, 1, 0, 0.0, None, None, None)


def test_when_all_died_the_rate_is_zero_though_nobody_is_at_risk() -> None:
    rate = survival_at(kaplan_meier(of_units(*[(0, day, True) for day in range(1, 51)])), 5)
    assert (rate.births, rate.at_risk, rate.deaths, rate.survival) == (50, 0, 50, 0.0)


def test_when_the_last_ones_were_censored_earlier_the_rate_is_unknown() -> None:
    curve = kaplan_meier(of_units((0, 100, True), (0, 1000, False)))
    assert survival_at(curve, 2).survival == pytest.approx(0.5)
    assert survival_at(curve, 5).survival is None


def test_a_cohort_watched_only_from_a_late_age_has_no_rate_from_birth() -> None:
    """Births all observed from their 2000th day on: R's curve says 1 at five and 1/2 at ten."""
    curve = kaplan_meier(of_units((2000, 3000, True), (2000, 5000, False)))
    rate = survival_at(curve, 10)
    assert (rate.survival, rate.at_risk, rate.blind_days) == (None, 1, 2000)
    assert survival_at(curve, 5).blind_days == 1826


def test_a_day_without_anybody_at_risk_makes_later_rates_unknown() -> None:
    curve = kaplan_meier(of_units((0, 400, False), (401, 4000, False)))
    assert survival_at(curve, 1).survival == 1
    assert (survival_at(curve, 5).survival, survival_at(curve, 5).blind_days) == (None, 1)


def test_leaving_on_the_day_another_enters_leaves_no_day_without_anybody_at_risk() -> None:
    curve = kaplan_meier(of_units((0, 400, False), (400, 4000, False)))
    assert survival_at(curve, 5).survival == 1


def test_the_smallest_risk_set_met_by_a_death_is_told() -> None:
    units = of_units((0, 100, True), (0, 4000, False), *[(200, 4000, False)] * 98)
    rate = survival_at(kaplan_meier(units), 5)
    assert (rate.at_risk, rate.fewest_at_risk) == (99, 2)
    assert rate.survival == pytest.approx(0.5)


def test_groups_are_summed() -> None:
    both = pd.concat([table((0, 2, 0, 0), (9, 0, 1, 1)), table((0, 1, 0, 0), (9, 0, 0, 1))])
    assert pool(both).to_numpy().tolist() == [[0, 3, 0, 0], [9, 0, 1, 2]]


def test_pooling_the_pooled_parts_is_pooling_the_whole() -> None:
    first = of_units((0, 5, True), (3, 7, True))
    second = of_units((5, 9, True), (0, 8, False))
    assert pool(pd.concat([pool(first), pool(second)])).equals(pool(pd.concat([first, second])))


def test_the_types_of_a_checked_table_are_taken() -> None:
    checked = table((0, 2, 0, 0), (9, 0, 1, 1)).astype("Int64")
    assert survival_at(kaplan_meier(checked), 0.02).survival == 1


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([(0, 2, 0, 0), (9, 0, 1, 0)], "2.entrées pour 1.mort et 0.sortie\\b"),
        ([(0, 2, 0, 0), (9, 0, -1, 3)], "négatif"),
        ([(-1, 1, 0, 0), (9, 0, 1, 0)], "négatif"),
        ([(0, 2, 0, 0), (9, 0, 0.5, 1.5)], "entiers"),
        ([(0, 2, 0, 0), (9, 0, None, 1)], "sans blanc"),
        ([(0, 1, 0, 0), (5, 0, 2, 0), (9, 1, 0, 0)], "à 5.jours d’âge"),
    ],
)
def test_counts_that_cannot_be_are_refused(
    rows: list[tuple[int, int, int, int]], words: str
) -> None:
    with pytest.raises(BadData, match=words):
        kaplan_meier(table(*rows))


def test_an_absent_column_is_named() -> None:
    with pytest.raises(BadData, match="colonne absente\u00a0: exits"):
        pool(table((0, 1, 0, 0)).drop(columns="exits"))


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5, float("nan")])
def test_a_confidence_is_between_zero_and_one(confidence: float) -> None:
    with pytest.raises(BadCall):
        kaplan_meier(table(), confidence=confidence)


@pytest.mark.parametrize("years", [0, -1, float("nan")])
def test_a_number_of_years_is_positive(years: float) -> None:
    with pytest.raises(BadCall):
        survival_at(kaplan_meier(table()), years)


@pytest.mark.parametrize(
    ("counts", "symbol"),
    [((9,), "F"), ((10,), "E"), ((29,), "E"), ((30,), ""), ((500, 12), "E"), ((500, 0), "F")],
)
def test_the_smallest_count_gives_the_reliability_symbol(
    counts: tuple[int, ...], symbol: str
) -> None:
    assert reliability(*counts) == symbol


def test_the_thresholds_are_parameters() -> None:
    assert reliability(40, caution=50, unreliable=20) == "E"
    with pytest.raises(BadCall):
        reliability(40, caution=10, unreliable=20)


def test_each_group_of_a_table_has_its_own_curve_from_birth() -> None:
    """a: one of two dies at 3. b enters at 5 only, and one of its two dies at 9."""
    a = of_units((0, 3, True), (0, 9, False)).assign(group="a")
    b = of_units((5, 9, True), (5, 9, False)).assign(group="b")
    curves = kaplan_meier_by(pd.concat([b, a]).drop(columns="coop_type"), ["group"])
    shown = curves[["group", "age_days", "at_risk", "survival"]].to_numpy().tolist()
    assert shown == [
        ["a", 0, 2, 1.0],
        ["a", 3, 2, 0.5],
        ["a", 9, 1, 0.5],
        ["b", 0, 0, 1.0],
        ["b", 5, 0, 1.0],
        ["b", 9, 2, 0.5],
    ]
    rates = dict(rates_at(curves, ["group"], 8 / 365.25))
    assert (rates["a",].survival, rates["a",].at_risk, rates["a",].blind_days) == (0.5, 1, 0)
    assert (rates["b",].survival, rates["b",].at_risk, rates["b",].blind_days) == (None, 2, 5)


def test_groups_that_do_not_add_up_are_refused_each_on_its_own() -> None:
    """One unit too many in a, one too few in b: together they would pass."""
    counts = table((0, 2, 0, 0), (5, 0, 1, 0), (0, 1, 0, 0), (5, 0, 1, 1))
    with pytest.raises(BadData, match="2.entrées pour 1.mort et 0.sortie\\b"):
        kaplan_meier_by(counts.assign(group=["a", "a", "b", "b"]), ["group"])


def test_a_curve_of_no_such_group_is_a_bad_call() -> None:
    with pytest.raises(BadCall, match="«.region.»"):
        kaplan_meier_by(of_units((0, 1, True)).assign(region="01"), ["regions"])
