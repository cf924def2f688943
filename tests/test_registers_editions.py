"""Units that vanish between two editions of a register, and what they do to a rate."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from coopreport.analysis.rates import survival_at
from coopreport.analysis.survival import kaplan_meier
from coopreport.errors import BadCall
from coopreport.registers import RegisterFile, Rules, life_table, life_tables
from coopreport.registers.editions import TREATMENTS, Editions, vanished_tables
from coopreport.registers.generator import write_quebec
from coopreport.registers.life_table import add_tables
from tests.registers_fixtures import firm, folder, plain, towns

SEEN = date(2014, 1, 1)
RULES = Rules(date(2010, 1, 1), date(2018, 1, 1))
HEADER = "unit_id,birth,end,end_kind,legal_form,synthetic\n"
EARLIER = (
    HEADER
    + "".join(f"{name},2010-01-01,,,cooperative,\n" for name in "abcd")
    + "e,2010-01-01,2013-01-01,dissolution,cooperative,\n"
)
LATER = f"""{HEADER}a,2010-01-01,,,cooperative,
c,2010-01-01,2014-06-01,dissolution,cooperative,
d,2010-02-01,,,cooperative,
f,2015-01-01,,,cooperative,
"""
"""b and e are gone; c died since; f is new."""


def editions(tmp_path: Path, earlier: str = EARLIER, seen: date = SEEN) -> Editions:
    return Editions(plain(tmp_path / "1.csv", earlier), plain(tmp_path / "2.csv", LATER), seen)


def counted(given: Editions, cache: Path | None = None, rules: Rules = RULES) -> list[pd.DataFrame]:
    """Return the table of the later edition, then with the vanished under each treatment."""
    table, account = life_table(given.later, rules)
    found = vanished_tables(given, rules, account=account, cache=cache)
    return [table, *(add_tables([table, found[treatment]]) for treatment in TREATMENTS)]


def test_each_treatment_of_the_vanished_gives_its_own_rate(tmp_path: Path) -> None:
    """Left out: a, c, d, f, and c dies at 4.4 years: 2/3, f being gone by then at 3 years.

    Leaves: e dies at 3 years, of 6; b leaves at 4 years; then c, of 3: 5/6 × 2/3. Dies: b too, of
    4: 5/6 × 3/4 × 2/3.
    """
    rates = [survival_at(kaplan_meier(table), 5).survival for table in counted(editions(tmp_path))]
    assert rates == pytest.approx([2 / 3, 5 / 9, 5 / 12])


def test_a_vanished_unit_keeps_its_known_end_and_its_kind(tmp_path: Path) -> None:
    merged = EARLIER.replace("2013-01-01,dissolution", "2013-01-01,merger")
    _, leaves, dies = counted(editions(tmp_path, merged))
    for table in (leaves, dies):
        assert table.loc[table["age_days"] == 1096, "exits"].tolist() == [2]  # e, and f at the end
    assert [int(table["deaths"].sum()) for table in (leaves, dies)] == [1, 2]


def test_the_vanished_of_a_quebec_register_are_known_by_their_number(tmp_path: Path) -> None:
    firms = [firm(1144000000 + n, f"201{n}-03-01") for n in range(5)]
    earlier, later = (
        folder(tmp_path / name, rows) for name, rows in (("1", firms), ("2", firms[2:]))
    )
    rules = Rules(date(2010, 1, 1), date(2023, 1, 31))
    _, account = life_table(later, rules)
    given = Editions(earlier, later, date(2020, 1, 1))
    found = vanished_tables(given, rules, ["legal_form"], account=account)
    for treatment, deaths in zip(TREATMENTS, (0, 2), strict=True):
        table = found[treatment]
        assert table["legal_form"].unique().tolist() == ["cooperative"]
        assert table[["entries", "deaths"]].sum().tolist() == [2, deaths]


def test_the_second_use_of_two_editions_reads_neither(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = editions(tmp_path)
    first = counted(given, tmp_path / "cache")
    monkeypatch.setattr("coopreport.registers.editions.vanished_units", None)
    for one, other in zip(first, counted(given, tmp_path / "cache"), strict=True):
        pd.testing.assert_frame_equal(one, other)
    with pytest.raises(TypeError):
        counted(replace(given, seen=date(2014, 1, 2)), tmp_path / "cache")


@pytest.mark.parametrize("seen", [date(2010, 1, 1), date(2018, 1, 2)])
def test_an_earlier_edition_of_a_day_outside_the_observation_is_refused(
    tmp_path: Path, seen: date
) -> None:
    with pytest.raises(BadCall, match="n’est pas d’un jour de l’observation"):
        counted(editions(tmp_path, seen=seen))


def test_a_vanished_unit_born_after_the_earlier_edition_is_refused(tmp_path: Path) -> None:
    late = EARLIER.replace("b,2010-01-01", "b,2014-01-02")
    with pytest.raises(BadCall, match="née le 2.janvier 2014, après"):
        counted(editions(tmp_path, late))


def test_a_generated_edition_is_not_mixed_with_a_real_one(tmp_path: Path) -> None:
    places = towns(tmp_path)
    earlier = RegisterFile("quebec", write_quebec(tmp_path / "r", 100, 1, municipalities=places))
    later = folder(tmp_path / "réel", [firm(1144000001)])
    rules = Rules(date(2002, 1, 1), date(2023, 1, 31))
    account = life_tables(later, rules, [()]).account
    with pytest.raises(BadCall, match="générée"):
        vanished_tables(Editions(earlier, later, date(2020, 1, 1)), rules, account=account)
