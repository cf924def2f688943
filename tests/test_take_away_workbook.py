"""The spreadsheet: the rules of an accessible one, the numbers of the report, nothing computed."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZIP_STORED, ZipFile

import openpyxl  # type: ignore[import-untyped]
import pandas as pd
import pytest

from coopreport.takeaway.tables import taken_tables
from coopreport.takeaway.workbook import number_format, workbook_bytes
from tests.conftest import ROOT
from tests.payloads import PAYLOADS
from tests.sample_page import EDITION
from tests.taken import document, statuses_table, whole_document

NBSP = "\u00a0"


@pytest.fixture(scope="module")
def content() -> bytes:
    """The spreadsheet of a document with every kind of table."""
    return workbook_bytes(taken_tables(whole_document()), EDITION)


@pytest.fixture(scope="module")
def book(content: bytes) -> Any:
    """The same, as openpyxl reads it."""
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.fixture(scope="module")
def of_report(built: Path) -> Any:
    """The spreadsheet of the real report."""
    return openpyxl.load_workbook(built / "tableaux.xlsx")


def table_of(sheet: Any) -> list[dict[str, Any]]:
    """Return the rows of the one marked table of a sheet, by heading."""
    (table,) = sheet.tables.values()
    head, *rows = [[cell.value for cell in row] for row in sheet[table.ref]]
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_the_numbers_are_those_of_the_csv(built: Path, of_report: Any) -> None:
    cover = {row["Tableau"]: row["Feuille"] for row in table_of(of_report["Couverture"])}
    compared = 0
    package = pd.read_json(built / "tableaux" / "datapackage.json", typ="series")
    for resource in package["resources"]:
        sheet = of_report[resource["title"].split(" : ")[0]]
        assert sheet.title in cover.values()
        frame = pd.read_csv(built / "tableaux" / resource["path"], dtype=str, keep_default_na=False)
        rows = table_of(sheet)
        for field in resource["schema"]["fields"]:
            if field["type"] == "string":
                continue
            taken = [row[" ".join(field["title"].split())] for row in rows]
            for value, exact in zip(taken, frame[field["name"]], strict=True):
                assert value == (float(exact) if exact else value)
                assert exact or isinstance(value, str)
                compared += 1
    assert compared > 500


def test_pandas_opens_a_sheet_as_a_table(built: Path, of_report: Any) -> None:
    (table,) = of_report["Tableau 1"].tables.values()
    first = int(re.sub(r"\D", "", table.ref.split(":")[0]))
    frame = pd.read_excel(built / "tableaux.xlsx", sheet_name="Tableau 1", header=first - 1)
    assert list(frame["Montant annuel"])[-1] == 8_800_000


@pytest.mark.parametrize("which", ["book", "of_report"])
def test_each_sheet_has_a_title_in_a1_and_one_marked_table_at_its_left_edge(
    which: str, request: pytest.FixtureRequest
) -> None:
    book = request.getfixturevalue(which)
    names = [name for sheet in book for name in sheet.tables]
    assert len(names) == len(set(names)) == len(book.sheetnames)
    for sheet in book:
        assert sheet["A1"].value and len(sheet["A1"].value) > 5
        (table,) = sheet.tables.values()
        assert table.ref.startswith("A")
        last = table.ref.split(":")[1]
        assert last == sheet.dimensions.split(":")[1], "nothing stands below or beside the table"
        assert table.autoFilter is None


@pytest.mark.parametrize("which", ["book", "of_report"])
def test_nothing_is_merged_frozen_hidden_blank_or_computed(
    which: str, request: pytest.FixtureRequest
) -> None:
    for sheet in request.getfixturevalue(which):
        assert not sheet.merged_cells.ranges
        assert sheet.freeze_panes is None
        assert sheet.sheet_state == "visible"
        for row in sheet.iter_rows():
            assert any(cell.value is not None for cell in row), f"{sheet.title}, {row[0].row}"
            assert all(cell.data_type != "f" for cell in row)
        for column in sheet.iter_cols():
            assert any(cell.value is not None for cell in column)


@pytest.mark.parametrize("which", ["book", "of_report"])
def test_a_note_is_marked_in_a_title_and_told_in_the_sheet_of_notes(
    which: str, request: pytest.FixtureRequest
) -> None:
    book = request.getfixturevalue(which)
    notes = {row["Note"]: row["Où"] for row in table_of(book["Notes"])}
    marks = {
        sheet.title: re.findall(r"\[(note \d+)\]", sheet["A1"].value)
        for sheet in book
        if sheet.title not in ("Couverture", "Notes", "Signes")
    }
    assert {note for found in marks.values() for note in found} == set(notes)
    for sheet, found in marks.items():
        assert all(sheet in notes[note] for note in found)


def test_every_sign_used_is_explained(book: Any) -> None:
    signs = {row["Signe"]: row["Sens"] for row in table_of(book["Signes"])}
    assert {"x", "E", "p", ".", "..", "..."} >= set(signs) >= {"x", "E", "p"}
    assert signs["x"] == "confidentiel"


def test_a_number_keeps_its_value_and_shows_the_report_s_rounding(book: Any) -> None:
    sheet = book["Tableau 1"]
    rows = table_of(sheet)
    assert [row["Valeur"] for row in rows] == [12_345_678_900, 63.9, "x", 1]
    assert [row["Valeur, signe"] for row in rows] == ["p", "E", "x", None]
    first = next(cell for row in sheet.iter_rows() for cell in row if cell.value == 12_345_678_900)
    assert first.number_format == f'#,##0.0,,,"{NBSP}G$"'


@pytest.mark.parametrize(
    ("unit", "text", "expected"),
    [
        ("CAD", f"5{NBSP}000{NBSP}000", "#,##0"),
        ("CAD_M", f"8,8{NBSP}M$", f'#,##0.0,,"{NBSP}M$"'),
        ("ratio", f"13,5{NBSP}%", f'#,##0.0"{NBSP}"%'),
        ("percent", "63,9", "#,##0.0"),
        ("year", "2023", "0"),
        ("points", f"\u22127,25{NBSP}points", f'#,##0.00"{NBSP}points"'),
        ("", "12", "#,##0"),
    ],
)
def test_a_format_shows_what_the_report_shows(unit: str, text: str, expected: str) -> None:
    assert number_format(unit, text) == expected


@pytest.mark.parametrize("name", PAYLOADS)
def test_a_hostile_text_is_a_text(book: Any, name: str) -> None:
    sheet = book["Tableau 3"]
    (table,) = sheet.tables.values()
    cells = list(sheet[table.ref])[1 + list(PAYLOADS).index(name)][1:3]
    lines = PAYLOADS[name].replace("\r\n", "\n").replace("\r", "\n")
    expected = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\ufffd", lines)
    for cell in cells:
        assert cell.data_type == "s"
        assert cell.hyperlink is None
        assert cell.value == expected


@pytest.mark.parametrize("name", [name for name in PAYLOADS if name.startswith("formula")])
def test_a_text_that_looks_computed_is_marked_as_text(book: Any, name: str) -> None:
    if name == "formula_array":
        return  # no program takes a brace for the beginning of a formula
    sheet = book["Tableau 3"]
    (table,) = sheet.tables.values()
    cell = list(sheet[table.ref])[1 + list(PAYLOADS).index(name)][1]
    assert cell.quotePrefix


def test_no_part_of_the_file_holds_a_formula_or_a_link_outside(content: bytes) -> None:
    with ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            part = archive.read(name)
            root = ElementTree.fromstring(part)  # every part is well formed
            assert not [e for e in root.iter() if str(e.tag).endswith("}f")]
            assert b'TargetMode="External"' not in part


def test_the_names_of_sheets_are_short_and_ours(book: Any) -> None:
    for name in book.sheetnames:
        assert re.fullmatch(r"Couverture|Notes|Signes|(Tableau|Graphique) [0-9]+", name)
        assert len(name) <= 31


def test_the_file_says_its_title_its_author_its_language_and_a_date_of_its_own(book: Any) -> None:
    about = book.properties
    assert about.language == "fr-CA"
    assert about.creator == EDITION.author
    assert EDITION.title in about.title
    assert about.created.date() == EDITION.cut_off


def test_the_cover_leads_to_every_table(of_report: Any) -> None:
    sheet = of_report["Couverture"]
    (table,) = sheet.tables.values()
    links = [row[0].hyperlink.location for row in list(sheet[table.ref])[1:]]
    tables = [
        name for name in of_report.sheetnames if name not in ("Couverture", "Notes", "Signes")
    ]
    assert links == [f"'{name}'!A1" for name in tables]


def test_the_same_tables_give_the_same_bytes_without_compression(content: bytes) -> None:
    anew = (
        "import sys; from tests.test_take_away_workbook import *; "
        "sys.stdout.buffer.write(workbook_bytes(taken_tables(whole_document()), EDITION))"
    )
    made = subprocess.run([sys.executable, "-c", anew], cwd=ROOT, capture_output=True, check=True)
    assert made.stdout == content
    with ZipFile(io.BytesIO(content)) as archive:
        assert {entry.compress_type for entry in archive.infolist()} == {ZIP_STORED}
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_next_build_of_a_process_has_its_own_name_in_the_same_tables(content: bytes) -> None:
    tables = taken_tables(whole_document())
    book = openpyxl.load_workbook(
        io.BytesIO(workbook_bytes(tables, replace(EDITION, build="abcdef012345")))
    )
    cover = [cell.value for cell in book["Couverture"]["A"] if cell.value]
    assert sum("production abcdef012345" in str(text) for text in cover) == 2
    assert book.properties.subject == "production abcdef012345"
    assert not any(EDITION.build in str(text) for text in cover)
    assert workbook_bytes(tables, EDITION) == content


def test_a_table_that_changed_is_in_the_next_build_of_a_process() -> None:
    for text in ("avant", "après"):
        table = replace(statuses_table(), title=text)
        book = openpyxl.load_workbook(
            io.BytesIO(workbook_bytes(taken_tables(document(table)), EDITION))
        )
        assert text in str(book["Tableau 1"]["A1"].value)
