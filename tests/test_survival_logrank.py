"""The log-rank test: R's `survdiff` without delayed entry, `coxph`'s score test with it."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from coopreport.analysis.logrank import LogRank, chi_square_tail, logrank
from coopreport.analysis.pooled import COUNTS
from coopreport.errors import BadCall, BadData
from coopreport.registers import RegisterFile, Rules, life_table, uk
from coopreport.registers.life_table import count_by_age
from tests.registers_fixtures import real_uk
from tests.test_survival_r import HERE, TOLERANCE, as_rows, run_r
from tests.test_survival_r import life_table as committed_table


def golden(by: str) -> pd.DataFrame:
    path = HERE / "golden" / f"logrank_uk_{by}_r.csv"
    return pd.read_csv(path, comment="#").set_index("name")


def assert_same(test: LogRank, expected: Any) -> None:
    assert test.degrees == expected["second"]
    assert test.statistic == pytest.approx(expected["first"], rel=TOLERANCE)
    assert test.p_value == pytest.approx(expected["third"], rel=TOLERANCE)


def assert_same_tests(table: pd.DataFrame, by: str, expected: pd.DataFrame) -> None:
    assert_same(logrank(table, by), expected.loc["delayed"])
    naive = logrank(table, by, delayed_entry=False)
    assert_same(naive, expected.loc["naive"])
    for row in naive.groups.to_dict("records"):
        theirs = expected.loc[row[by]]
        assert (row["units"], row["observed"]) == (theirs["first"], theirs["second"])
        assert row["expected"] == pytest.approx(theirs["third"], rel=TOLERANCE)


def test_the_types_of_the_committed_table_are_compared_as_by_r() -> None:
    assert_same_tests(committed_table(), "coop_type", golden("type"))


def test_the_nations_of_the_real_register_are_compared_as_by_r() -> None:
    table, _ = life_table(RegisterFile("uk", real_uk()), Rules.of(uk.DEFINITION), ["region"])
    names = table["region"].str.lower().str.replace(" ", "_")
    assert_same_tests(table.assign(region=names), "region", golden("nation"))


def test_small_tables_agree_with_r_run_now(tmp_path: Path) -> None:
    """Ties between groups, delayed entries, a death at age 0; then no ties at all."""
    tied = table_of(
        [
            ("a", 0, 5, True),
            ("a", 0, 8, False),
            ("a", 3, 7, True),
            ("a", 0, 0, True),
            ("b", 5, 9, True),
            ("b", 0, 7, True),
            ("b", 0, 9, True),
            ("b", 6, 12, False),
            ("c", 2, 7, True),
            ("c", 0, 4, True),
            ("c", 1, 10, False),
        ]
    )
    single = table_of(
        [
            ("a", 0, 5, True),
            ("a", 0, 8, False),
            ("a", 3, 7, True),
            ("a", 2, 11, True),
            ("b", 5, 9, True),
            ("b", 0, 6, True),
            ("b", 0, 12, True),
            ("b", 6, 13, False),
        ]
    )
    for table in (tied, single):
        rows = tmp_path / "rows.csv"
        as_rows(table.rename(columns={"group": "coop_type"})).to_csv(rows, index=False)
        text = run_r("logrank_reference.R", "rows", str(rows))
        expected = pd.read_csv(io.StringIO(text), comment="#").set_index("name")
        assert_same_tests(table, "group", expected)
        if table is single:
            assert_same(logrank(table, "group"), expected.loc["direct"])


def table_of(units: list[tuple[str, int, int, bool]]) -> pd.DataFrame:
    frame = pd.DataFrame(units, columns=["group", "entry_age", "exit_age", "died"])
    return count_by_age(frame, by=("group",))


def test_two_groups_by_hand() -> None:
    """Deaths at 1 (group a, 2 of 4 at risk) and 2 (group b, 1 of 3 in a).

    E_a = 2/4 + 1/3 = 5/6; V = 1/4 + 2/9 = 17/36; (1 − 5/6)²/V = 1/17.
    """
    table = table_of([("a", 0, 1, True), ("a", 0, 3, False), ("b", 0, 2, True), ("b", 0, 3, False)])
    test = logrank(table, "group")
    assert test.groups["expected"].tolist() == pytest.approx([5 / 6, 7 / 6])
    assert test.statistic == pytest.approx(1 / 17)
    assert test.p_value == pytest.approx(math.erfc(math.sqrt(1 / 34)))


def test_equal_groups_do_not_differ() -> None:
    units = [("a", 0, 5, True), ("a", 2, 9, False), ("a", 0, 7, True)]
    test = logrank(table_of(units + [("b", *unit[1:]) for unit in units]), "group")
    assert test.statistic == pytest.approx(0)
    assert test.p_value == pytest.approx(1)


@pytest.mark.parametrize(
    "units",
    [
        [("a", 0, 5, True), ("a", 0, 7, False)],
        [("a", 0, 5, False), ("b", 0, 7, False)],
        [("a", 0, 5, True), ("b", 6, 9, True)],
    ],
)
def test_nothing_to_compare_gives_no_statistic(units: list[tuple[str, int, int, bool]]) -> None:
    """One group; no death; groups that were never at risk together."""
    test = logrank(table_of(units), "group")
    assert (test.statistic, test.degrees, test.p_value) == (None, 0, None)


def test_a_group_that_never_met_a_death_takes_no_degree_of_freedom() -> None:
    units = [("a", 0, 5, True), ("b", 0, 7, False), ("a", 0, 8, False)]
    assert logrank(table_of([*units, ("late", 20, 30, False)]), "group").degrees == 1


def test_parts_of_a_register_give_the_test_of_the_whole() -> None:
    table = committed_table()
    parts = pd.concat([table[::2], table[1::2]])
    assert logrank(parts, "coop_type").statistic == logrank(table, "coop_type").statistic


def test_an_absent_grouping_and_false_counts_are_refused() -> None:
    table = table_of([("a", 0, 5, True)])
    with pytest.raises(BadCall, match="secteur"):
        logrank(table, "secteur")
    with pytest.raises(BadData):
        logrank(table.assign(**dict.fromkeys(COUNTS, 1)), "group")


def test_a_death_at_an_age_with_nobody_at_risk_is_refused() -> None:
    """Entered and dead on the same day of age: the counts add up, but nobody was at risk."""
    table = pd.DataFrame([("a", 5, 1, 1, 0), ("b", 0, 1, 0, 0), ("b", 3, 0, 1, 0)])
    table.columns = ["group", "age_days", *COUNTS]
    with pytest.raises(BadData, match="à 5.jours d’âge, plus de morts"):
        logrank(table, "group")


@pytest.mark.parametrize(
    ("statistic", "degrees", "expected"),
    [
        (3.841458820694124, 1, 0.05),
        (5.991464547107979, 2, 0.05),
        (7.814727903251179, 3, 0.05),
        (18.307038053275146, 10, 0.05),
        (0.0, 4, 1.0),
        (786.54212482948299, 9, 1.6757061477283053e-163),
    ],
)
def test_the_tail_of_chi_square(statistic: float, degrees: int, expected: float) -> None:
    assert chi_square_tail(statistic, degrees) == pytest.approx(expected, rel=1e-9)


def test_a_tail_of_nothing_is_an_error() -> None:
    for statistic, degrees in ((-1.0, 2), (1.0, 0)):
        with pytest.raises(ValueError, match="chi-square"):
            chi_square_tail(statistic, degrees)
