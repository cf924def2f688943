"""The Co-operatives UK register to its life table: each row used, or rejected and counted."""

from __future__ import annotations

import csv
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from coopreport.analysis.pooled import COUNTS
from coopreport.analysis.rates import survival_at
from coopreport.analysis.survival import kaplan_meier
from coopreport.errors import BadCall, BadData
from coopreport.registers import RegisterFile, Rules, life_table, uk
from coopreport.registers.life_table import add_tables, count_by_age, observe
from tests.conftest import ROOT
from tests.registers_fixtures import real_uk, uk_edition

TABLE = ROOT / "data" / "life_table_uk.csv"
HEADER = [uk.ID, "Registered Street", uk.TYPE, uk.STATUS, uk.BIRTH, uk.END]
Row = tuple[str, str, str, str, str, str]


def organisation(
    unit: str, birth: str, end: str = "", kind: str = "Workers", status: str | None = None
) -> Row:
    return (unit, "1 Mill Lane\nLeeds", kind, status or ("Dead" if end else "Live"), birth, end)


def edition(path: Path, *rows: Row, header: list[str] = HEADER) -> Path:
    """Write an edition as Co-operatives UK does: all quoted, CRLF, cells over several lines."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows([header, *rows])
    return path


def observed(register: uk.Register) -> pd.DataFrame:
    return observe(register.records, uk.DEFINITION).units


def test_an_edition_made_from_the_committed_table_gives_it_back(tmp_path: Path) -> None:
    uk_edition(tmp_path / "o.csv", TABLE)
    found = count_by_age(observed(uk.read_organisations(tmp_path / "o.csv")))
    pd.testing.assert_frame_equal(found, pd.read_csv(TABLE), check_dtype=False)


def real_register() -> uk.Register:
    return uk.read_organisations(real_uk())


def run(*arguments: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "coopreport.registers.life_table_uk", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)


def test_a_blank_nation_is_told_as_a_nation(tmp_path: Path) -> None:
    rows = [
        (*organisation("R1", "3/2/2012"), "", ""),
        (*organisation("R2", "3/2/2012"), "", "Wales"),
    ]
    path = edition(tmp_path / "o.csv", *rows, header=[*HEADER, uk.SECTOR, uk.NATION])  # type: ignore[arg-type]
    _, account = life_table(RegisterFile("uk", path), Rules.of(uk.DEFINITION))
    assert account.unknown == {"de secteur inconnu": 2, "de nation inconnue": 1}


def test_dates_are_day_month_year_and_records_span_lines(tmp_path: Path) -> None:
    path = edition(tmp_path / "o.csv", organisation("R1", "3/2/2012", "1/12/2013"))
    register = uk.read_organisations(path)
    assert register.records.to_dict("records") == [
        {
            "unit_id": "R1",
            "birth": date(2012, 2, 3),
            "end": date(2013, 12, 1),
            "coop_type": "workers",
        }
    ]


def test_ages_are_days_from_birth_or_from_the_opening_of_the_observation(tmp_path: Path) -> None:
    path = edition(
        tmp_path / "o.csv",
        organisation("R1", "1/2/2010", "1/3/2012"),
        organisation("R2", "29/2/2012", "28/2/2013"),
        organisation("R3", "8/6/2017"),
    )
    units = observed(uk.read_organisations(path))
    ages = units[["entry_age", "exit_age", "died"]].to_numpy().tolist()
    assert ages == [[365, 759, True], [0, 365, True], [0, 1, False]]


def test_each_row_left_out_is_counted_under_its_reason(tmp_path: Path) -> None:
    path = edition(
        tmp_path / "o.csv",
        organisation("R1", "1/2/2012"),
        organisation("R2", "", ""),
        organisation("R3", "1/2/2012", "", status="Dead"),
        organisation("R4", "1/2/2012", "1/3/2012", status="Live"),
        organisation("R5", "1/2/2012", "31/1/2012"),
        organisation("R6", "31/12/1959"),
        organisation("R7", "10/6/2017"),
        organisation("R8", "1/1/2010", "1/2/2011"),
        organisation("R1", "1/2/2012"),
    )
    register = uk.read_organisations(path)
    observation = observe(register.records, uk.DEFINITION)
    assert register.rejected == {
        "sans date de constitution": 1,
        "dissoutes, sans date de dissolution": 1,
        "actives, mais avec une date de dissolution": 1,
        "répétées à l’identique": 1,
    }
    assert observation.rejected == {
        "dissoutes avant leur constitution": 1,
        "constituées avant la première cohorte": 1,
        "constituées après la dernière cohorte": 1,
        "dissoutes au plus tard le jour où l’observation commence": 1,
    }
    assert observation.units["unit_id"].tolist() == ["R1"]
    assert (register.rows, len(register.records)) == (9, 5)


def test_a_death_after_the_cut_off_is_a_unit_alive_at_the_cut_off(tmp_path: Path) -> None:
    path = edition(tmp_path / "o.csv", organisation("R1", "9/6/2016", "10/6/2017"))
    units = observed(uk.read_organisations(path))
    assert units[["exit_age", "died"]].to_numpy().tolist() == [[365, False]]


def test_a_death_on_the_day_of_birth_or_of_the_cut_off_is_a_death(tmp_path: Path) -> None:
    path = edition(
        tmp_path / "o.csv",
        organisation("R1", "1/2/2011", "1/2/2011"),
        organisation("R2", "9/6/2016", "9/6/2017"),
    )
    units = observed(uk.read_organisations(path))
    assert units[["exit_age", "died"]].to_numpy().tolist() == [[0, True], [365, True]]


def test_a_blank_type_is_kept_as_unknown(tmp_path: Path) -> None:
    path = edition(tmp_path / "o.csv", organisation("R1", "1/2/2012", kind=""))
    assert uk.read_organisations(path).records["coop_type"].tolist() == ["unknown"]


def test_every_fault_of_the_file_comes_in_one_error(tmp_path: Path) -> None:
    path = edition(
        tmp_path / "o.csv",
        organisation("R1", "2012-02-01"),
        organisation("R2", "30/2/2012"),
        organisation("R3", "1/2/2012", kind="Worker"),
        organisation("R4", "1/2/2012", status="Dormant"),
        organisation("", "1/2/2012"),
        organisation("R6", "1/2/2012", "٣/2/2013"),
        organisation("R7", "1/2/2012"),
        organisation("R7", "1/3/2012"),
    )
    with pytest.raises(BadData) as caught:
        uk.read_organisations(path)
    places = [(fault.line, fault.column) for fault in caught.value.faults]
    assert places == [
        (2, uk.BIRTH),
        (4, uk.BIRTH),
        (6, uk.TYPE),
        (8, uk.STATUS),
        (10, uk.ID),
        (12, uk.END),
        (16, uk.BIRTH),
    ]
    assert "R7 est déjà à la ligne 14, avec «\u00a01/2/2012\u00a0»" in str(caught.value)


def test_a_renamed_column_is_named_with_the_nearest_one(tmp_path: Path) -> None:
    header = [*HEADER[:-1], "Dissolution Date"]
    path = edition(tmp_path / "o.csv", organisation("R1", "1/2/2012"), header=header)
    with pytest.raises(BadData, match=r"«.Dissolved Date.».*\n.*«.Dissolution Date.»"):
        uk.read_organisations(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "fichier vide"),
        (b'"a","b"\r\n', "fichier vide"),
        (b'"a"\r\n"b"\r\n"open,1\r\n2\r\n', "ligne 3.: guillemets mal fermés"),
        (b'"a"\r\n"b"\r\n"caf\xe9"\r\n', "ligne 3.: le texte n’est pas en UTF-8"),
        (b'"a"\r\n"b\0"\r\n', "ligne 2.: octet nul"),
    ],
)
def test_a_damaged_file_is_told_with_its_line(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "o.csv"
    path.write_bytes(content)
    with pytest.raises(BadData, match=words):
        uk.read_organisations(path)


def test_a_row_that_lost_a_cell_is_told_with_its_line(tmp_path: Path) -> None:
    path = edition(tmp_path / "o.csv", organisation("R1", "1/2/2012"))
    path.write_bytes(path.read_bytes() + b'"R2","street","Workers","Live","1/2/2012"\r\n')
    with pytest.raises(BadData, match=r"ligne 4.: 5 cellules au lieu de 6"):
        uk.read_organisations(path)


@pytest.mark.parametrize("name", ["absent.csv", "."])
def test_a_register_that_is_no_file_is_a_bad_call(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadCall):
        uk.read_organisations(tmp_path / name)


def test_the_table_of_the_whole_is_the_sum_of_the_tables_of_its_parts(tmp_path: Path) -> None:
    rows = [
        organisation(f"R{i}", f"{1 + i % 28}/3/{2005 + i % 12}", kind=("Workers", "")[i % 2])
        for i in range(40)
    ]
    rows += [organisation(f"D{i}", "1/2/2012", f"{1 + i}/3/2014") for i in range(20)]
    units = observed(uk.read_organisations(edition(tmp_path / "o.csv", *rows)))
    parts = [count_by_age(units.iloc[start::3]) for start in range(3)]
    assert add_tables(parts).equals(count_by_age(units))


def test_the_command_writes_the_table_and_accounts_for_every_row(tmp_path: Path) -> None:
    rows = [organisation("R2", "8/6/2017"), organisation("R1", "1/2/2012", "3/2/2012", "Tenants")]
    path = edition(tmp_path / "o.csv", *rows, organisation("R3", ""))
    done = run(path, tmp_path / "table.csv")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "table.csv").read_bytes() == (
        b"coop_type,age_days,entries,deaths,exits\n"
        b"tenants,0,1,0,0\ntenants,2,0,1,0\nworkers,0,1,0,0\nworkers,1,0,0,1\n"
    )
    assert [line for line in done.stdout.splitlines()[2:] if "\u00a0:" not in line] == [
        "3\u00a0organisations lues",
        "2\u00a0retenues",
        "1\u00a0écartée",
        "  1 sans date de constitution",
    ]


def test_the_order_of_the_register_does_not_change_a_byte(tmp_path: Path) -> None:
    rows = [organisation(f"R{i}", f"{1 + i}/3/2012", kind=("Workers", "")[i % 2]) for i in range(9)]
    run(edition(tmp_path / "a.csv", *rows), tmp_path / "1.csv")
    run(edition(tmp_path / "b.csv", *reversed(rows)), tmp_path / "2.csv")
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()


def test_a_faulty_register_leaves_the_former_table_alone(tmp_path: Path) -> None:
    target = tmp_path / "table.csv"
    target.write_text("ancienne\n", encoding="utf-8")
    done = run(edition(tmp_path / "o.csv", organisation("R1", "32/1/2012")), target)
    assert (done.returncode, target.read_text(encoding="utf-8")) == (3, "ancienne\n")
    assert "j/m/aaaa" in done.stderr


def test_the_command_called_badly_tells_its_usage(tmp_path: Path) -> None:
    done = run(tmp_path / "o.csv")
    assert done.returncode == 2
    assert "ORGANISATIONS.csv SORTIE.csv" in done.stderr


def test_a_table_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    path = edition(tmp_path / "o.csv", organisation("R1", "1/2/2012"))
    done = run(path, tmp_path / "absent" / "table.csv")
    assert done.returncode == 5
    assert "Traceback" not in done.stderr


def test_the_committed_table_gives_the_rates_of_the_register() -> None:
    """Births since 1960, deaths seen from 2011-02-01, cut-off 2017-06-09: 80.2 and 64.0 %."""
    curve = kaplan_meier(pd.read_csv(TABLE))
    five, ten = survival_at(curve, 5), survival_at(curve, 10)
    assert (five.births, five.at_risk, ten.at_risk) == (6324, 1196, 839)
    assert (round(five.survival or 0, 3), round(ten.survival or 0, 3)) == (0.802, 0.640)


def test_the_committed_table_balances_for_every_type() -> None:
    totals = pd.read_csv(TABLE).groupby("coop_type")[COUNTS].sum()
    assert set(totals.index) == set(uk.TYPES.values())
    assert (totals["entries"] == totals["deaths"] + totals["exits"]).all()


def test_the_committed_table_is_the_one_the_command_makes(tmp_path: Path) -> None:
    run(real_uk(), tmp_path / "table.csv")
    assert (tmp_path / "table.csv").read_bytes() == TABLE.read_bytes()


def test_every_row_of_the_real_register_is_used_or_rejected_with_a_reason() -> None:
    register = real_register()
    observation = observe(register.records, uk.DEFINITION)
    assert (register.rows, len(observation.units)) == (8371, 6324)
    assert {**register.rejected, **observation.rejected} == {
        "sans date de constitution": 217,
        "dissoutes, sans date de dissolution": 3,
        "constituées avant la première cohorte": 1824,
        "dissoutes au plus tard le jour où l’observation commence": 3,
    }


def test_births_of_2000_to_2005_all_survive_five_years_in_the_naive_estimate_alone() -> None:
    """All were past their fifth birthday when deaths began to be recorded: nothing is known."""
    cohorts = replace(uk.DEFINITION, first_birth=date(2000, 1, 1), last_birth=date(2005, 12, 31))
    table = count_by_age(observe(real_register().records, cohorts).units)
    naive = survival_at(kaplan_meier(table, delayed_entry=False), 5)
    assert (naive.births, naive.survival) == (937, 1.0)
    assert survival_at(kaplan_meier(table), 5).survival is None
