"""Rows and columns that are not those of the table: separator, header, quotes, width, totals."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.tables_fixtures import (
    ASKS,
    COLUMNS,
    READINGS,
    check,
    only_fault,
    plain,
    rows_text,
)


def in_readings(folder: Path, text: str) -> tuple[int, str, str, str]:
    """Return the line, column, rule and remedy of the one fault of a table of readings."""
    fault = only_fault(check(folder, readings=text))
    assert fault.file == "data/readings.csv"
    return fault.line, fault.column, plain(fault.rule), plain(fault.remedy)


@pytest.mark.parametrize(("separator", "shown"), [(";", ";"), ("\t", "tabulation"), ("|", "|")])
@pytest.mark.parametrize("quote", ["", '"'])
def test_another_separator(tmp_path: Path, separator: str, shown: str, quote: str) -> None:
    lines = [[f"{quote}{cell}{quote}" for cell in s.split(",")] for s in READINGS.splitlines()]
    text = "\n".join(separator.join(line) for line in lines)
    line, _, rule, remedy = in_readings(tmp_path, text)
    assert line == 1
    assert f"séparateur {shown} trouvé" in rule and "avec , pour séparateur" in remedy


def test_one_row_with_another_separator(tmp_path: Path) -> None:
    line, _, rule, remedy = in_readings(tmp_path, READINGS + "r3;R1;false\n")
    assert (line, rule) == (5, "ligne trop courte : 1 cellule au lieu de 3")
    assert remedy == "séparer les cellules par , et non ;"


def test_a_sep_line_of_excel(tmp_path: Path) -> None:
    assert "« sep= »" in in_readings(tmp_path, "sep=,\n" + READINGS)[2]


def test_a_title_above_the_header(tmp_path: Path) -> None:
    assert "ligne 3" in in_readings(tmp_path, "Lectures du mémoire\n\n" + READINGS)[2]


def test_no_header(tmp_path: Path) -> None:
    _, _, rule, remedy = in_readings(tmp_path, READINGS.split("\n", 1)[1])
    assert "en-tête absent" in rule and "reading_id,ask_id,base" in remedy


def test_a_missing_column(tmp_path: Path) -> None:
    line, column, rule, _ = in_readings(tmp_path, "reading_id,base\nr1,true\n")
    assert (line, column, rule) == (1, "ask_id", "colonne absente")


@pytest.mark.parametrize("written", ["Base", "bas", "BASE", "ba se"])
def test_a_misspelt_column_is_one_fault_with_its_remedy(tmp_path: Path, written: str) -> None:
    text = READINGS.replace("base", written, 1)
    line, column, _, remedy = in_readings(tmp_path, text)
    assert (line, column) == (1, "base")
    assert remedy == f"renommer la colonne « {written} » en « base »"


def test_an_extra_column(tmp_path: Path) -> None:
    text = "\n".join(f"{line},x" for line in READINGS.splitlines())
    assert in_readings(tmp_path, text)[1:3] == ("x", "colonne inconnue du schéma")


def test_a_column_twice(tmp_path: Path) -> None:
    text = "\n".join(f"{s},{s.split(',')[2]}" for s in READINGS.splitlines())
    assert in_readings(tmp_path, text)[1:3] == ("base", "colonne en double : 2 fois dans l'en-tête")


def test_a_column_without_a_name(tmp_path: Path) -> None:
    text = "\n".join(f"{line}," for line in READINGS.splitlines())
    assert "colonne sans nom" in in_readings(tmp_path, text)[2]


def test_a_short_and_a_long_row(tmp_path: Path) -> None:
    faults = check(tmp_path, readings=READINGS + "r3,R1\nr4,R1,true,5,6\n").faults
    assert [(f.line, plain(f.rule)) for f in faults] == [
        (5, "ligne trop courte : 2 cellules au lieu de 3"),
        (6, "ligne trop longue : 5 cellules au lieu de 3"),
    ]


def test_all_rows_too_long_never_shift_a_column(tmp_path: Path) -> None:
    head, *rows = READINGS.splitlines()
    faults = check(tmp_path, readings="\n".join([head, *(f"x,{row}" for row in rows)])).faults
    assert [f.line for f in faults] == [2, 3, 4]
    assert {plain(f.rule) for f in faults} == {"ligne trop longue : 4 cellules au lieu de 3"}


@pytest.mark.parametrize("blank", ["", ",,", " , , "])
def test_a_blank_row_inside(tmp_path: Path, blank: str) -> None:
    text = READINGS.replace("r1_after", f"{blank}\nr1_after")
    assert in_readings(tmp_path, text)[::2] == (3, "ligne vide dans la table")


@pytest.mark.parametrize(
    "row",
    [
        "Total,,",
        ",Total,3",
        "TOTAL",
        "Sous-total,R1,2",
        "Grand total,,",
        "Total général :,,",
        ",,Total",
    ],
)
def test_a_total_row(tmp_path: Path, row: str) -> None:
    line, _, rule, _ = in_readings(tmp_path, READINGS + row + "\n")
    assert (line, rule) == (5, "ligne de total dans les données")


@pytest.mark.parametrize("row", ["Source : ISQ", "Note: voir l’annexe,,", "Sources :,ISQ,2023"])
def test_a_source_or_note_row(tmp_path: Path, row: str) -> None:
    assert in_readings(tmp_path, READINGS + row)[2] == (
        "ligne de source ou de note dans les données"
    )


def test_the_code_total_and_a_text_that_speaks_of_totals_are_data(tmp_path: Path) -> None:
    rows = [list(row) for row in ASKS]
    rows[1][COLUMNS.index("basis")] = "total"
    rows[1][COLUMNS.index("subject")] = "Total des sommes demandées"
    assert not check(tmp_path, rows_text(tuple(tuple(row) for row in rows))).faults


def test_a_merge_mark_of_git(tmp_path: Path) -> None:
    faults = check(tmp_path, readings=READINGS + "<<<<<<< HEAD\nr3,R1,false\n=======\n").faults
    assert [f.line for f in faults] == [5, 7]
    assert {f.rule for f in faults} == {"marque de fusion de git dans la table"}


@pytest.mark.parametrize(
    "row", ['"r3,R1,false', 'r3,"R1,false', 'r3,R1,"', '"r3"x,R1,false', 'r3,"R1" ,false']
)
def test_a_quote_that_does_not_close_is_told_where_it_opened(tmp_path: Path, row: str) -> None:
    text = READINGS.replace("r1_after", f"{row}\nr1_after")
    line, _, rule, _ = in_readings(tmp_path, text)
    assert line == 3 and "guillemet" in rule


def test_two_stray_quotes_do_not_swallow_the_rows_between(tmp_path: Path) -> None:
    text = READINGS.replace(",R1,true", ',"R1,true').replace(",R2,true", ',R2",true')
    faults = check(tmp_path, readings=text).faults
    assert [fault.line for fault in faults] == [2, 4]
    assert "avale les lignes" in faults[0].rule and faults[1].value == 'R2"'


def test_reading_goes_on_after_a_bad_quote(tmp_path: Path) -> None:
    text = READINGS + '"r3,R1,false\nr4,R1,peut-être\n'
    assert [f.line for f in check(tmp_path, readings=text).faults] == [5, 6]


def test_a_wholly_wrong_column_shows_twenty_faults_and_counts_the_rest(tmp_path: Path) -> None:
    rows = "".join(f"x{i},R1,peut-être\n" for i in range(50))
    faults = check(tmp_path, readings="reading_id,ask_id,base\n" + rows).faults
    assert len(faults) == 21
    assert [f.line for f in faults] == list(range(2, 23))
    assert plain(faults[-1].rule).endswith("… et 30 autres cas (lignes 22 à 51)")


def test_a_hundred_thousand_faults_are_told_in_seconds(tmp_path: Path) -> None:
    rows = "".join(f"x{i},R{i + 50},peut-être\n" for i in range(100_000))
    started = time.process_time()
    faults = check(tmp_path, readings="reading_id,ask_id,base\n" + rows).faults
    assert len(faults) == 2 * 21 and time.process_time() - started < 60
