"""Keys, references and the named rules: faults of rows taken together, in one run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from coopreport.errors import BadData
from tests.tables_fixtures import (
    ASKS,
    READINGS,
    check,
    descriptor,
    field,
    only_fault,
    plain,
    rows_text,
    with_cell,
)

PARTS = {
    "rule": "parts_sum_to_parent",
    "parent": "parent_id",
    "id": "ask_id",
    "group": "basis",
    "amount": "amount",
}


def with_rule(rule: dict[str, Any]) -> dict[str, Any]:
    described = descriptor()
    described["resources"][0]["rules"] = [rule]
    return described


def test_the_same_row_twice_names_both_lines(tmp_path: Path) -> None:
    fault = only_fault(check(tmp_path, readings=READINGS + "r1_end,R1,true\n"))
    assert (fault.line, fault.column, fault.value) == (5, "reading_id", "r1_end")
    assert plain(fault.rule) == "clé en double, lignes identiques : lignes 2 et 5"


def test_two_rows_of_one_key_in_conflict_name_the_fields(tmp_path: Path) -> None:
    fault = only_fault(check(tmp_path, readings=READINGS + "r1_end,R2,true\n"))
    assert plain(fault.rule) == (
        "clé en double, lignes en conflit : lignes 2 et 5, qui diffèrent par"
        " ask_id (« R1 » et « R2 »)"
    )


def test_a_value_twice_in_a_unique_column(tmp_path: Path) -> None:
    described = descriptor()
    described["resources"][0]["schema"]["fields"][2] = field("subject", "string", unique=True)
    fault = only_fault(check(tmp_path, with_cell("subject", "Relève"), described=described))
    assert (fault.line, fault.column) == (5, "subject")
    assert "déjà à la ligne 3" in plain(fault.rule)


def test_a_key_left_blank(tmp_path: Path) -> None:
    fault = only_fault(check(tmp_path, readings=READINGS + ",R1,true\n"))
    assert (fault.line, fault.column) == (5, "reading_id")
    assert "cellule vide" in fault.rule


def test_a_reference_to_an_ask_that_does_not_exist(tmp_path: Path) -> None:
    fault = only_fault(check(tmp_path, readings=READINGS + "r3,R9,true\n"))
    assert (fault.file, fault.line, fault.column) == ("data/readings.csv", 5, "ask_id")
    assert plain(fault.rule) == "valeur absente de « ask_id » de data/asks.csv"
    assert "valeurs connues : R0, R1, R10, R2" in plain(fault.remedy)


def test_a_reference_inside_one_table(tmp_path: Path) -> None:
    fault = only_fault(check(tmp_path, with_cell("parent_id", "R7")))
    assert (fault.line, fault.column, fault.value) == (3, "parent_id", "R7")


def test_a_reference_to_a_row_that_could_not_be_read_is_not_a_fault(tmp_path: Path) -> None:
    text = rows_text().replace("R2,R0,", "R2,R0,trop,", 1)
    fault = only_fault(check(tmp_path, text))
    assert (fault.file, fault.line) == ("data/asks.csv", 4)


def test_the_first_year_after_the_last(tmp_path: Path) -> None:
    fault = only_fault(check(tmp_path, with_cell("last_fiscal_year", "2022-2023")))
    assert (fault.line, fault.column) == (3, "last_fiscal_year")
    assert "2022-2023 avant 2023-2024, clé R1" in plain(fault.rule)


def test_a_death_before_a_birth_gives_the_id_and_both_dates(tmp_path: Path) -> None:
    described = with_rule({"rule": "ordered", "columns": ["decided", "ended"]})
    fields = described["resources"][0]["schema"]["fields"]
    fields[:] = [field("ask_id", "string"), field("decided", "date"), field("ended", "date")]
    described["resources"][0]["schema"]["foreignKeys"] = []
    text = "ask_id,decided,ended\nR1,2020-01-02,2020-01-01\nR2,2020-01-01,2020-01-01\n"
    fault = only_fault(check(tmp_path, text, described=described))
    assert (fault.line, fault.column) == (2, "ended")
    assert "2020-01-01 avant 2020-01-02, clé R1" in plain(fault.rule)


def test_a_headline_that_is_not_the_sum_of_its_asks(tmp_path: Path) -> None:
    fault = only_fault(check(tmp_path, with_cell("amount", "600"), described=with_rule(PARTS)))
    assert (fault.line, fault.column) == (2, "amount")
    assert "total 800 $, somme 900 $, écart \u2212100 $" in plain(fault.rule)


def test_a_headline_equal_to_the_sum_and_one_of_which_a_part_is_at_fault(tmp_path: Path) -> None:
    described = with_rule(PARTS)
    assert not check(tmp_path, described=described).faults
    fault = only_fault(check(tmp_path, with_cell("amount", "5,0"), described=described))
    assert (fault.line, fault.column) == (3, "amount")


def test_a_cell_required_by_another(tmp_path: Path) -> None:
    rule = {"rule": "required_when", "column": "rate", "when": {"recurrent": [True]}}
    described = with_rule(rule)
    assert not check(tmp_path, described=described).faults
    fault = only_fault(check(tmp_path, with_cell("rate", ""), described=described))
    assert (fault.line, fault.column) == (3, "rate")
    assert plain(fault.rule) == "cellule vide, obligatoire quand recurrent vaut « true »"


def test_an_oddity_must_be_flagged(tmp_path: Path) -> None:
    rule = {"rule": "flag_required", "flag": "recurrent", "when": {"basis": ["unstated"]}}
    described = with_rule(rule)
    fault = only_fault(check(tmp_path, described=described))
    assert (fault.line, fault.column) == (5, "recurrent")
    flagged = check(tmp_path, with_cell("recurrent", "true", line=5), described=described)
    assert not flagged.faults


@pytest.mark.parametrize(
    ("bases", "line", "said"),
    [(("true", "true"), 3, "2 (lignes 2, 3) pour R1"), (("false", "false"), 2, "aucune pour R1")],
)
def test_one_true_row_a_group(tmp_path: Path, bases: tuple[str, str], line: int, said: str) -> None:
    described = descriptor()
    described["resources"][1]["rules"] = [
        {"rule": "unique_true", "flag": "base", "within": ["ask_id"]}
    ]
    assert not check(tmp_path, described=described).faults
    text = f"reading_id,ask_id,base\na,R1,{bases[0]}\nb,R1,{bases[1]}\nc,R2,true\n"
    fault = only_fault(check(tmp_path, readings=text, described=described))
    assert (fault.line, fault.column) == (line, "base")
    assert said in plain(fault.rule)


def test_a_number_that_must_be_whole_in_some_rows(tmp_path: Path) -> None:
    rule = {"rule": "whole_when", "column": "rate", "when": {"region": ["06"]}}
    fault = only_fault(check(tmp_path, described=with_rule(rule)))
    assert (fault.line, fault.column, fault.value) == (4, "rate", "0.5")


def test_a_table_broken_in_ten_ways_gives_ten_messages_in_one_run(tmp_path: Path) -> None:
    rows = [list(row) for row in ASKS]
    rows[0][3] = "9000"  # 1. the headline is not the sum
    rows[1][5] = "01/02/2023"  # 2. an ambiguous date
    rows[1][8] = "1"  # 3. a lost zero
    rows[2][2] = "NumÃ©rique"  # 4. mojibake
    rows[2][9] = "oui"  # 5. not a boolean
    rows[3][3] = "8,8 M$"  # 6. not whole dollars
    rows[3][1] = "R9"  # 7. a reference to nothing
    rows += [
        list(rows[0]),  # 8. the same key, the same row
        ["R11", "", "Trop courte"],  # 9. a short row
        ["Total", "", "", "1600", *[""] * 9],  # 10. a total
    ]
    text = rows_text(tuple(tuple(row) for row in rows))
    faults = check(tmp_path, text, described=with_rule(PARTS)).faults
    assert [(fault.line, fault.column) for fault in faults] == [
        (2, "amount"),
        (3, "decided"),
        (3, "region"),
        (4, "recurrent"),
        (4, "subject"),
        (5, "amount"),
        (5, "parent_id"),
        (6, "ask_id"),
        (7, ""),
        (8, ""),
    ]
    message = plain(BadData(faults))
    assert message.startswith("10 fautes dans les données") and message.count("Remède :") == 10
