"""DuckDB's life tables equal those counted in Python, and add up over the parts of a register."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from coopreport.analysis.rates import survival_at
from coopreport.analysis.survival import COUNTS, kaplan_meier
from coopreport.errors import BadCall
from coopreport.registers import (
    RegisterFile,
    Rules,
    add_tables,
    life_table,
    life_tables,
    read_units,
)
from coopreport.registers.generator import write_quebec
from coopreport.registers.life_table import count_by_age, observe
from coopreport.registers.text_codes import SAMPLE
from coopreport.registers.uk import DEFINITION
from tests.conftest import ROOT
from tests.registers_fixtures import NOT_EX_OFFICIO, RULES, plain, real_uk, towns

GROUPINGS: list[tuple[str, ...]] = [
    (),
    ("legal_form",),
    ("region", "sector"),
    ("cohort",),
    ("form_code", "cohort"),
]
VARIANTS = [
    RULES,
    Rules(date(1990, 1, 1), date(2023, 1, 31), deaths=("dissolution", "merger")),
    Rules(date(1990, 1, 1), date(2023, 1, 31), deaths=NOT_EX_OFFICIO),
    Rules(date(2002, 1, 1), date(2015, 6, 30), date(2010, 12, 31), date(2005, 2, 28)),
]


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> RegisterFile:
    parent = tmp_path_factory.mktemp("registre")
    places = towns(parent)
    return RegisterFile(
        "quebec", write_quebec(parent / "r", 4000, 7, municipalities=places), places
    )


def in_python(units: pd.DataFrame, rules: Rules, by: Sequence[str]) -> pd.DataFrame:
    cohorts = [day.year for day in units["birth"]]
    return count_by_age(observe(units.assign(cohort=cohorts), rules).units, by)


def assert_same(table: pd.DataFrame, expected: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(table, expected, check_dtype=False)


@pytest.mark.parametrize("rules", VARIANTS)
def test_the_tables_equal_those_counted_in_python(generated: RegisterFile, rules: Rules) -> None:
    units, whole = read_units(generated)
    found = life_tables(generated, rules, GROUPINGS)
    for by, table in found.tables.items():
        assert_same(table, in_python(units, rules, by))
    expected = {**whole.rejected, **observe(units, rules).rejected}
    assert dict(found.account.rejected) == expected
    assert set(found.account.notes) >= {"radiées par fusion ou scission, sorties sans être mortes"}


def test_the_tables_of_the_real_register_equal_those_counted_in_python() -> None:
    register, rules = RegisterFile("uk", real_uk()), Rules.of(DEFINITION)
    units, _ = read_units(register)
    found = life_tables(register, rules, [(), ("type",), ("region", "sector")])
    for by, table in found.tables.items():
        assert_same(table, in_python(units, rules, by))
    assert (found.account.rows, found.account.used) == (8371, 6324)
    assert found.account.unknown == {"de type inconnu": 1274, "de secteur inconnu": 217}
    five = survival_at(kaplan_meier(found.tables[()]), 5)
    assert round(five.survival or 0, 3) == 0.802


def test_the_real_register_gives_the_committed_life_table() -> None:
    committed = pd.read_csv(ROOT / "data" / "life_table_uk.csv")
    table, _ = life_table(RegisterFile("uk", real_uk()), Rules.of(DEFINITION), ["type"])
    renamed = table.rename(columns={"type": "coop_type"}).replace({"inconnue": "unknown"})
    renamed = renamed.sort_values(["coop_type", "age_days"]).reset_index(drop=True)
    assert_same(renamed, committed)


@pytest.mark.parametrize("parts", [2, 5])
def test_the_table_of_the_whole_is_the_sum_of_the_tables_of_its_parts(
    generated: RegisterFile, tmp_path: Path, parts: int
) -> None:
    """Only the large file is split: each part keeps the small ones, as a worker would."""
    lines = (generated.path / "Entreprise.csv").read_text(encoding="utf-8").splitlines(True)
    whole = life_tables(generated, RULES, GROUPINGS)
    pieces = []
    for part in range(parts):
        piece = tmp_path / str(part)
        piece.mkdir()
        for path in generated.path.iterdir():
            (piece / path.name).write_bytes(path.read_bytes())
        kept = [lines[0], *lines[1 + part :: parts]]
        (piece / "Entreprise.csv").write_text("".join(kept), encoding="utf-8")
        register = RegisterFile("quebec", piece, generated.municipalities)
        pieces.append(life_tables(register, RULES, GROUPINGS))
    for by in GROUPINGS:
        assert_same(add_tables([piece.tables[by] for piece in pieces]), whole.tables[by])
    assert sum(piece.account.rows for piece in pieces) == whole.account.rows == 4000
    assert sum(piece.account.used for piece in pieces) == whole.account.used


def ages(
    tmp_path: Path, row: str, rules: Rules, header: str = "unit_id,birth,end,legal_form"
) -> list[list[int]]:
    register = plain(tmp_path / "p.csv", f"{header}\n{row}\n")
    table, _ = life_table(register, rules)
    columns = table[["age_days", *COUNTS]]
    return [[int(cell) for cell in line] for line in columns.to_numpy()]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("a,2000-01-01,2000-01-01,other", [[0, 1, 1, 0]]),
        ("a,2000-02-29,2001-02-28,other", [[0, 1, 0, 0], [365, 0, 1, 0]]),
        ("a,2000-01-01,2005-01-01,other", [[0, 1, 0, 0], [1827, 0, 1, 0]]),
        ("a,2023-01-30,2023-01-31,other", [[0, 1, 0, 0], [1, 0, 1, 0]]),
        ("a,2023-01-30,2023-02-01,other", [[0, 1, 0, 0], [1, 0, 0, 1]]),
        ("a,2023-01-31,,other", [[0, 1, 0, 1]]),
        ("a,1989-12-31,,other", []),
        ("a,2000-01-02,2000-01-01,other", []),
    ],
)
def test_the_edges_of_life_are_counted_by_the_stated_rules(
    tmp_path: Path, row: str, expected: list[list[int]]
) -> None:
    assert ages(tmp_path, row, RULES) == expected


@pytest.mark.parametrize(
    ("observed_from", "end", "expected"),
    [
        ("2000-01-11", "2000-01-12", [[10, 1, 0, 0], [11, 0, 1, 0]]),
        ("2000-01-11", "2000-01-11", []),
        ("1999-01-01", "2000-01-11", [[0, 1, 0, 0], [10, 0, 1, 0]]),
        ("2023-02-01", "", []),
    ],
)
def test_a_unit_is_at_risk_from_the_day_it_is_observed(
    tmp_path: Path, observed_from: str, end: str, expected: list[list[int]]
) -> None:
    header = "unit_id,birth,end,legal_form,observed_from"
    assert ages(tmp_path, f"a,2000-01-01,{end},other,{observed_from}", RULES, header) == expected


def test_groups_nobody_belongs_to_give_an_empty_table(tmp_path: Path) -> None:
    register = plain(tmp_path / "p.csv", "unit_id,birth,end,legal_form\na,2000-01-01,,other\n")
    table, account = life_table(register, RULES, ["region"], only={"legal_form": ["cooperative"]})
    assert table.columns.tolist() == ["region", "age_days", *COUNTS]
    assert (len(table), account.used, account.rejected) == (
        0,
        0,
        {"hors de la population demandée": 1},
    )


def test_a_cohort_of_one_is_counted_alone(tmp_path: Path) -> None:
    rows = "a,2000-01-01,,other\nb,2001-01-01,2002-01-01,other\n"
    register = plain(tmp_path / "p.csv", "unit_id,birth,end,legal_form\n" + rows)
    table, _ = life_table(register, RULES, ["cohort"])
    assert table.groupby("cohort")["entries"].sum().to_dict() == {2000: 1, 2001: 1}


def test_an_unknown_group_is_a_bad_call_with_the_nearest(tmp_path: Path) -> None:
    register = plain(tmp_path / "p.csv", "unit_id,birth,end,legal_form\na,2000-01-01,,other\n")
    with pytest.raises(BadCall, match="«.region.»"):
        life_table(register, RULES, ["regions"])


@pytest.mark.parametrize(
    "dates",
    [
        (date(2001, 1, 1), date(2000, 1, 1)),
        (date(2000, 1, 1), date(2010, 1, 1), date(2011, 1, 1)),
        (date(2000, 1, 1), date(2010, 1, 1), None, date(2010, 1, 1)),
    ],
)
def test_dates_out_of_order_are_a_bad_call(dates: tuple[date, ...]) -> None:
    first, cut_off, last, start = (*dates, None, None)[:4]
    assert first and cut_off
    with pytest.raises(BadCall, match="pas dans l’ordre"):
        Rules(first, cut_off, last, start)


def test_a_text_that_the_first_rows_do_not_show_is_counted_as_any_other(tmp_path: Path) -> None:
    """The texts of a combination are learnt from the first rows: here, all but the last two."""
    rows = "".join(f"u{n},2000-01-01,,other,06\n" for n in range(SAMPLE))
    late = "v,2000-01-01,,cooperative, 99\nw,2000-01-01,,cooperative,99\n"
    header = "unit_id,birth,end,legal_form,region\n"
    register = plain(tmp_path / "p.csv", header + rows + late)
    table, account = life_table(register, RULES, ["legal_form", "region"])
    entered = table.groupby(["legal_form", "region"])["entries"].sum().to_dict()
    assert entered == {("other", "06"): SAMPLE, ("cooperative", "99"): 2}
    assert account.used == SAMPLE + 2
