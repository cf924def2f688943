"""What a spreadsheet damaged, and what could mean two things, is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopreport.errors import BadData, Fault
from tests.spreadsheets import SHOWN, Desk, rows_of, saved, with_cells
from tests.tables_fixtures import plain


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def faults(desk: Desk, content: str | bytes) -> tuple[Fault, ...]:
    """Return the faults of a file that is refused, and see that the table is untouched."""
    before = desk.asks.read_bytes()
    with pytest.raises(BadData) as refused:
        desk.take_back(content)
    assert desk.asks.read_bytes() == before
    assert refused.value.exit_code == 3
    return refused.value.faults


@pytest.mark.parametrize(
    ("column", "text", "rule", "remedy"),
    [
        ("amount", "1,2E+07", "notation scientifique", "12000000"),
        ("amount", "########", "dièses", "élargir la colonne"),
        ("amount", "#REF!", "erreur de tableur", "corriger la formule"),
        ("amount", "#REF\u00a0!", "erreur de tableur", "corriger la formule"),
        ("rate", "#N/A", "erreur de tableur", "corriger la formule"),
        ("rate", "#VALEUR!", "erreur de tableur", "corriger la formule"),
        ("rate", "Err :502", "erreur de tableur", "corriger la formule"),
        ("subject", "#NOM?", "erreur de tableur", "corriger la formule"),
        ("subject", "01-févr", "changé en date", "écrire « Entente »"),
        ("subject", "févr-01", "changé en date", "écrire « Entente »"),
        ("subject", "01/02/2024", "changé en date", "écrire « Entente »"),
        ("subject", "1,2E+07", "changé en nombre", "écrire « Entente »"),
        ("subject", "QuÃ©bec", "UTF-8 lu comme", "écrire « Québec »"),
        ("subject", "Qu\ufffdbec", "caractère perdu", "à la source"),
        ("subject", "Prot?ger l?essai", "« ? » devant une lettre", "CSV UTF-8"),
        ("region", "1", "zéro de tête perdu", "écrire « 01 »"),
        ("recurrent", "1", "« true » ou « false »", "écrire « true »"),
        ("decided", "45382", "numéro de jour", "2024-03-31"),
        ("decided", "31/03/24", "année de deux chiffres", "à la source"),
        ("decided", "31-mars-35", "1935 ou 2035", "aaaa-mm-jj"),
        ("decided", "30/02/2024", "date impossible", "à la source"),
        ("amount", "1234,50", "cents ou décimales", "arrondir"),
    ],
)
def test_damage_is_named_with_its_place_and_remedy(
    desk: Desk, column: str, text: str, rule: str, remedy: str
) -> None:
    (fault,) = faults(desk, saved(with_cells(("R1", column, text))).encode("utf-8-sig"))
    assert (fault.file, fault.line, fault.column) == ("Mes demandes é.csv", 3, column)
    assert fault.value == text
    assert rule in plain(fault.rule) and remedy in plain(fault.remedy)


def test_signs_that_windows_1252_lost_are_known_from_the_table(desk: Desk) -> None:
    (fault,) = faults(desk, saved().replace("Numérique", "Num?rique"))
    assert (fault.line, fault.column) == (4, "subject")
    assert "écrire « Numérique, phase 2 »" in plain(fault.remedy)


def test_a_question_or_an_address_is_no_damage(desk: Desk) -> None:
    address = "https://exemple.org/a?id=5&suite=?b"
    cells = ("R1", "subject", "Combien? On ne sait."), ("R1", "source", address)
    assert desk.take_back(saved(with_cells(*cells))) == 0


def test_a_date_that_nothing_orders(desk: Desk) -> None:
    rows = with_cells(("R1", "decided", "01/02/2024"), ("R2", "decided", ""))
    (fault,) = faults(desk, saved(rows))
    assert (fault.line, fault.column, fault.value) == (3, "decided", "01/02/2024")
    assert "date ambiguë" in fault.rule
    assert "« 2024-01-02 » ou « 2024-02-01 »" in plain(fault.remedy)


def test_dates_that_disagree_order_nothing(desk: Desk) -> None:
    dates = ("R1", "decided", "01/02/2024"), ("R2", "decided", "28/01/2023")
    rows = with_cells(*dates, ("R10", "decided", "01/28/2023"))
    assert [fault.line for fault in faults(desk, saved(rows))] == [3]


@pytest.mark.parametrize(
    ("column", "text"), [("amount", "1,234"), ("rate", "1,234"), ("rate", "1.234")]
)
def test_a_number_that_nothing_decides(desk: Desk, column: str, text: str) -> None:
    rows = with_cells(("R1", "rate", ""), ("R2", "rate", ""), ("R1", column, text))
    (fault,) = faults(desk, saved(rows))
    assert (fault.line, fault.column, fault.value) == (3, column, text)
    assert "nombre ambigu" in fault.rule and "1,234 ou 1234" in plain(fault.remedy)


def test_a_point_among_commas_is_not_taken_for_thousands(desk: Desk) -> None:
    (fault,) = faults(desk, saved(with_cells(("R1", "rate", "1.234"))))
    assert "nombre ambigu" in fault.rule


def test_all_faults_are_told_at_once_each_cell_once(desk: Desk) -> None:
    rows = with_cells(
        ("R1", "decided", "01/02/2024"),
        ("R2", "decided", ""),
        ("R1", "amount", "########"),
        ("R2", "parent_id", "R9"),
        ("R2", "last_fiscal_year", "2021-2022"),
        ("R10", "basis", ""),
        ("R10", "region", "6"),
    )
    told = [(fault.line, fault.column) for fault in faults(desk, saved(rows))]
    assert told == [
        (3, "amount"),
        (3, "decided"),
        (4, "last_fiscal_year"),
        (4, "parent_id"),
        (5, "basis"),
        (5, "region"),
    ]


def test_two_rows_of_one_key(desk: Desk) -> None:
    (fault,) = faults(desk, saved([*SHOWN, SHOWN[3]]))
    assert "clé en double" in fault.rule and "lignes 5 et 6" in fault.rule


def test_a_row_emptied_but_not_deleted(desk: Desk) -> None:
    (fault,) = faults(desk, saved([*SHOWN[:2], ("",) * 13, *SHOWN[2:]]))
    assert (fault.line, fault.rule) == (4, "ligne vide dans la table")


def test_a_column_without_a_name_that_holds_something(desk: Desk) -> None:
    rows = [[*row, "note" if row[0] == "R2" else ""] for row in SHOWN]
    (fault,) = faults(desk, saved(rows))
    assert fault.line == 4 and "ligne trop longue" in fault.rule


def test_lost_zeros_in_a_key_are_known_from_the_table(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    readings = "reading_id,ask_id,base\n01,R1,true\n02,R2,false\n"
    (tmp_path / "data" / "readings.csv").write_text(readings)
    with pytest.raises(BadData) as refused:
        desk.take_back("reading_id;ask_id;base\r\n1;R1;VRAI\r\n2;R2;FAUX\r\n", table="readings")
    rules = {(fault.line, plain(fault.remedy)[:13]) for fault in refused.value.faults}
    assert rules == {(2, "écrire « 01 »"), (3, "écrire « 02 »")}


def test_what_another_table_refers_to_is_not_removed(desk: Desk) -> None:
    (first, *_) = faults(desk, saved([SHOWN[0], *SHOWN[2:]]))
    assert (first.file, first.line, first.value) == ("data/readings.csv", 2, "R1")


def test_faults_of_another_table_do_not_keep_this_one_from_being_mended(desk: Desk) -> None:
    readings = desk.folder / "data" / "readings.csv"
    readings.write_text(readings.read_text().replace("true", "peut-être", 1))
    assert desk.take_back(saved(with_cells(("R1", "amount", "501")))) == 0
    assert rows_of(desk.asks)[2][3] == "501"
    assert any("make check" in said for said in desk.said)


def test_a_faulty_table_is_mended_by_an_import(desk: Desk) -> None:
    desk.asks.write_text(desk.asks.read_text().replace("500", "cinq cents"))
    assert desk.take_back(saved()) == 0
    assert rows_of(desk.asks)[2][3] == "500"
