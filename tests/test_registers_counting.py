"""A register's life tables equal those that SQL and Python count, and add up over its parts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from types import ModuleType

import duckdb
import pandas as pd
import pytest

from coopreport.analysis.pooled import COUNTS
from coopreport.analysis.rates import survival_at
from coopreport.analysis.survival import kaplan_meier
from coopreport.errors import BadCall, BadData
from coopreport.registers import (
    RegisterFile,
    Rules,
    add_tables,
    counting,
    life_table,
    life_tables,
    plain_csv,
    read_units,
)
from coopreport.registers.life_table import REASONS, count_by_age, observe
from coopreport.registers.uk import DEFINITION
from tests.conftest import ROOT
from tests.registers_fixtures import (
    GROUPINGS,
    NOT_EX_OFFICIO,
    RULES,
    generated_register,
    plain,
    real_uk,
)

VARIANTS = [
    RULES,
    Rules(date(1990, 1, 1), date(2023, 1, 31), deaths=("dissolution", "merger")),
    Rules(date(1990, 1, 1), date(2023, 1, 31), deaths=NOT_EX_OFFICIO),
    Rules(date(2002, 1, 1), date(2015, 6, 30), date(2010, 12, 31), date(2005, 2, 28)),
]


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> RegisterFile:
    return generated_register(tmp_path_factory.mktemp("registre"))


def in_python(units: pd.DataFrame, rules: Rules, by: Sequence[str]) -> pd.DataFrame:
    cohorts = [day.year for day in units["birth"]]
    return count_by_age(observe(units.assign(cohort=cohorts), rules).units, by)


def assert_same(table: pd.DataFrame, expected: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(in_text(table), in_text(expected), check_dtype=False)


def in_text(table: pd.DataFrame) -> pd.DataFrame:
    texts = [name for name in table if isinstance(table[name].dtype, pd.CategoricalDtype)]
    return table.astype(dict.fromkeys(texts, "object"))


def in_sql(units: pd.DataFrame, rules: Rules) -> duckdb.DuckDBPyConnection:
    """Return a database with the units (`observed`), observed under the rules as SQL says them.

    A reason is a place in the list of reasons to leave a unit out, from 1; 0 for none.
    """
    connection = duckdb.connect()
    connection.register("units", units)
    deaths = ", ".join(f"'{kind}'" for kind in rules.deaths)
    connection.execute(
        f"""
        CREATE TABLE observed AS SELECT *, stop - birth AS exit_age, year(birth) AS cohort,
            ended AND coalesce(end_kind IN ({deaths}), FALSE) AS died,
            CASE WHEN "end" < birth THEN 1
                WHEN birth < DATE '{rules.first_birth}' THEN 2
                WHEN birth > DATE '{rules.births_end}' THEN 3
                WHEN observed_from > birth AND observed_from > DATE '{rules.cut_off}' THEN 4
                WHEN entry_age > 0 AND stop - birth <= entry_age THEN 5
                ELSE 0 END AS reason
        FROM (
            SELECT *, coalesce("end" <= DATE '{rules.cut_off}', FALSE) AS ended,
                CASE WHEN "end" <= DATE '{rules.cut_off}' THEN "end"
                    ELSE DATE '{rules.cut_off}' END AS stop,
                greatest(DATE '{rules.opening}' - birth, coalesce(observed_from - birth, 0), 0)
                    AS entry_age
            FROM (SELECT * REPLACE (birth::DATE AS birth, "end"::DATE AS "end",
                observed_from::DATE AS observed_from) FROM units)
        )
        """
    )
    return connection


@pytest.mark.parametrize("rules", VARIANTS)
def test_the_tables_equal_those_that_sql_counts(generated: RegisterFile, rules: Rules) -> None:
    found = life_tables(generated, rules, GROUPINGS)
    connection = in_sql(read_units(generated)[0], rules)
    for by, table in found.tables.items():
        keys = "".join(f"{name}, " for name in by)
        expected = connection.execute(
            f"""
            SELECT {keys}age_days, sum(entry) AS entries, sum(death) AS deaths, sum(left_) AS exits
            FROM (
                SELECT *, entry_age AS age_days, 1 AS entry, 0 AS death, 0 AS left_ FROM observed
                UNION ALL SELECT *, exit_age, 0, died::INT, (NOT died)::INT FROM observed
            ) WHERE reason = 0 GROUP BY ALL ORDER BY ALL
            """
        ).df()
        assert_same(table, expected)
    counted = "SELECT reason, count(*) FROM observed WHERE reason > 0 GROUP BY ALL"
    left_out = {REASONS[place - 1]: n for place, n in connection.execute(counted).fetchall()}
    rejected = found.account.rejected
    assert {why: rejected[why] for why in REASONS if why in rejected} == left_out


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
    renamed = table.rename(columns={"type": "coop_type"}).astype({"coop_type": "object"})
    renamed = renamed.replace({"inconnue": "unknown"})
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


def test_a_row_repeated_to_the_letter_counts_once(tmp_path: Path) -> None:
    rows = (
        "a,2000-01-01,2001-01-01,other\n" * 3 + "b,2000-01-01,,other\n" + ",2000-01-01,,other\n" * 2
    )
    register = plain(tmp_path / "p.csv", "unit_id,birth,end,legal_form\n" + rows)
    table, account = life_table(register, RULES)
    assert int(table["entries"].sum()) == 2
    assert account.rejected == {"sans identifiant": 2, "répétées à l’identique": 2}


@pytest.mark.parametrize(
    "second", ["2000-01-02,,other,", "2000-01-01,2001-01-01,other,", "2000-01-01,,other,06"]
)
def test_rows_of_one_unit_that_differ_are_refused_with_their_lines(
    tmp_path: Path, second: str
) -> None:
    rows = f"a,2000-01-01,,other,\nb,2000-01-01,,other,\na,{second}\n"
    register = plain(tmp_path / "p.csv", "unit_id,birth,end,legal_form,region\n" + rows)
    with pytest.raises(BadData) as caught:
        life_table(register, RULES)
    assert [fault.line for fault in caught.value.faults] == [2, 4]


@pytest.mark.parametrize("day", ["infinity", "-infinity", "1599-12-31", "2101-01-01"])
@pytest.mark.parametrize("row", ["a,{day},,other", "a,2000-01-01,{day},other"])
def test_a_day_outside_the_calendar_is_a_fault(tmp_path: Path, row: str, day: str) -> None:
    register = plain(tmp_path / "p.csv", f"unit_id,birth,end,legal_form\n{row.format(day=day)}\n")
    with pytest.raises(BadData, match="la date n’est pas de la forme"):
        life_table(register, RULES)


@pytest.mark.parametrize(("module", "name"), [(plain_csv, "load"), (counting, "count")])
def test_a_register_that_changes_before_its_hash_is_taken_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str
) -> None:
    text = "unit_id,birth,end,legal_form\na,2000-01-01,,other\n"
    register = plain(tmp_path / "p.csv", text)
    work = getattr(module, name)

    def while_someone_writes(*given: object, **named: object) -> object:
        register.path.write_text(f"{text}b,2000-01-01,,other\n", encoding="utf-8")
        return work(*given, **named)

    monkeypatch.setattr(module, name, while_someone_writes)
    with pytest.raises(BadData, match="a changé pendant sa lecture"):
        life_table(register, RULES)


def test_a_register_whose_units_are_all_born_after_the_cut_off_gives_an_empty_table(
    tmp_path: Path,
) -> None:
    register = plain(tmp_path / "p.csv", "unit_id,birth,end,legal_form\na,2024-01-01,,other\n")
    table, account = life_table(register, RULES, ["cohort", "legal_form"])
    assert table.columns.tolist() == ["cohort", "legal_form", "age_days", *COUNTS]
    assert (len(table), account.used, account.rejected) == (
        0,
        0,
        {"constituées après la dernière cohorte": 1},
    )
