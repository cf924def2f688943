"""What spreadsheets save is read as it was meant: encodings, separators, numbers, dates."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from random import Random

import pytest

from coopreport.errors import BadCall, BadData
from coopreport.imports.canonical import new_bytes
from coopreport.imports.changes import compare_rows
from coopreport.imports.plain import plain_rows
from coopreport.imports.present import read_present
from coopreport.imports.sheet import read_sheet
from coopreport.imports.take_back import take_back
from coopreport.tables import open_package
from coopreport.tables.journal import Journal
from tests.conftest import ROOT
from tests.spreadsheets import SHOWN, Desk, french, rows_of, saved, with_cells
from tests.tables_fixtures import COLUMNS, plain

CHANGED = with_cells(
    ("R1", "amount", "8\u202f800\u00a0000"),
    ("R1", "rate", "13,75"),
    ("R1", "decided", "31/03/2024"),
    ("R1", "recurrent", "FAUX"),
    ("R2", "subject", "Numérique « élargi » à 5\u00a0%"),
)
EXPECTED = {
    ("R1", "amount"): "8800000",
    ("R1", "rate"): "13.75",
    ("R1", "decided"): "2024-03-31",
    ("R1", "recurrent"): "false",
    ("R2", "subject"): "Numérique « élargi » à 5\u00a0%",
}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def changed_cells(desk: Desk, before: list[list[str]]) -> dict[tuple[str, str], str]:
    """Return the cells of the table that are no longer what they were, by row and column."""
    return {
        (new[0], COLUMNS[i]): new[i]
        for old, new in zip(before, rows_of(desk.asks), strict=True)
        for i in range(len(COLUMNS))
        if old[i] != new[i]
    }


# Excel does not write U+202F in Windows-1252.
WITHOUT_NARROW = [[cell.replace("\u202f", "\u00a0") for cell in row] for row in CHANGED]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(saved(WITHOUT_NARROW).encode("cp1252"), id="Excel, CSV"),
        pytest.param(saved(CHANGED).encode("utf-8-sig"), id="Excel, CSV UTF-8"),
        pytest.param(
            saved(CHANGED, delimiter="\t").encode("utf-16"), id="Excel, texte Unicode (UTF-16 LE)"
        ),
        pytest.param(b"\xfe\xff" + saved(CHANGED, delimiter="\t").encode("utf-16-be"), id="BE"),
        pytest.param(saved(CHANGED, delimiter=",", end="\n").encode(), id="LibreOffice"),
        pytest.param(saved(CHANGED, delimiter="\t", end="\n").encode(), id="LibreOffice, TSV"),
        pytest.param(
            saved(CHANGED, delimiter=",", end="\n", quote_all=True).encode(),
            id="LibreOffice, every cell quoted",
        ),
        pytest.param(saved(CHANGED, end="\r").encode("utf-8"), id="old Macintosh line ends"),
    ],
)
def test_every_way_of_saving_is_read(desk: Desk, content: bytes) -> None:
    before = rows_of(desk.asks)
    assert desk.take_back(content) == 0
    assert changed_cells(desk, before) == EXPECTED


def test_bytes_of_french_excel(desk: Desk) -> None:
    """The file as Excel for Windows in French writes it, byte for byte."""
    before = rows_of(desk.asks)
    header = ";".join(COLUMNS).encode("ascii")
    content = (
        header + b"\r\n"
        b"R0;;Demande globale;800;;;;;;;per_year;;\r\n"
        b'R1;R0;"Entente; r\xe9vis\xe9e \x93\xe0 l\x92essai\x94";1\xa0500;13,5;27/01/2023;'
        b"2023-2024;2024-2025;01;VRAI;per_year;2023;https://exemple.org/a\r\n"
        b"R2;R0;Num\xe9rique, phase 2;300;0,5;28/01/2023;2023-2024;;06;FAUX;per_year;2022;\r\n"
        b"R10;;Rel\xe8ve;0;;;;;12;;unstated;;\r\n"
    )
    assert desk.take_back(content) == 0
    assert changed_cells(desk, before) == {
        ("R1", "subject"): "Entente; révisée “à l’essai”",
        ("R1", "amount"): "1500",
    }


REAL = open_package(ROOT / "data")


def bytes_after(file: Path, name: str) -> bytes:
    """Return the bytes of a real table once a file is imported into it, unchecked."""
    resource, journal = REAL.resources[name], Journal(file.name)
    imported, _ = plain_rows(read_sheet(file, resource, journal).raw, journal)
    assert journal.faults == ()
    present = read_present((REAL.data_dir / resource.path).read_bytes(), resource)
    return new_bytes(present, compare_rows(present, imported))


@pytest.mark.parametrize("name", list(REAL.resources))
@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("cp1252", ";"), ("utf-8-sig", ";"), ("utf-16", "\t"), ("utf-8", ",")],
)
def test_a_table_of_the_project_comes_back_as_it_was(
    tmp_path: Path, name: str, encoding: str, delimiter: str
) -> None:
    resource = REAL.resources[name]
    table = REAL.data_dir / resource.path
    header, *rows = french(rows_of(table), resource)
    file = tmp_path / "du tableur.csv"
    file.write_bytes(saved(rows, header, delimiter).encode(encoding))
    assert bytes_after(file, name) == table.read_bytes()


@pytest.mark.parametrize("name", list(REAL.resources))
def test_whatever_changes_in_a_table_arrives_and_nothing_else(tmp_path: Path, name: str) -> None:
    """Rows removed, cells changed, columns and rows in another order: the file says it all."""
    resource, random = REAL.resources[name], Random(name)
    header, *rows = rows_of(REAL.data_dir / resource.path)
    keys = [header.index(column) for column in resource.primary_key]
    for row in random.sample(rows, min(8, len(rows))):
        at = random.randrange(len(row))
        kind = resource.field[header[at]].type
        if at not in keys:
            texts = {"number": "1234.5", "integer": "98765", "boolean": "", "date": "2019-02-01"}
            row[at] = texts.get(kind, 'Neuf; "cité", œuvre\nà deux lignes')
    if len(rows) > 9:
        del rows[random.randrange(len(rows))]
    order = random.sample(range(len(header)), len(header))
    shown = french([header, *random.sample(rows, len(rows))], resource)
    first, *body = [[row[i] for i in order] for row in shown]
    file = tmp_path / "du tableur.csv"
    file.write_bytes(saved(body, first).encode("cp1252"))
    assert list(csv.reader(io.StringIO(bytes_after(file, name).decode(), newline=""))) == [
        header,
        *rows,
    ]


def test_columns_in_another_order(desk: Desk) -> None:
    before = desk.asks.read_bytes()
    order = [3, 0, *range(12, 3, -1), 2, 1]
    rows = [[row[i] for i in order] for row in SHOWN]
    desk.take_back(saved(rows, [COLUMNS[i] for i in order]))
    assert desk.asks.read_bytes() == before


def test_empty_columns_and_rows_at_the_end_are_left_out(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    before = desk.asks.read_bytes()
    rows = [*SHOWN, ("",) * 13, ("",) * 13]
    desk.take_back("".join(line + ";;\r\n" for line in saved(rows).split("\r\n")[:-1]))
    assert desk.asks.read_bytes() == before
    said = plain(capsys.readouterr().out)
    assert "colonnes vides à droite, ignorées : 2" in said
    assert "lignes vides à la fin, ignorées : 2" in said


def test_separators_that_excel_left_out_at_the_end_of_rows(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    before = desk.asks.read_bytes()
    desk.take_back("".join(line.rstrip(";") + "\r\n" for line in saved().split("\r\n")[:-1]))
    assert desk.asks.read_bytes() == before
    assert "remises : 3 lignes" in plain(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("shown", "meant"),
    [
        ("2024-03-31", "2024-03-31"),
        ("2024/3/31", "2024-03-31"),
        ("31/03/2024", "2024-03-31"),
        ("31-03-2024", "2024-03-31"),
        ("31.03.2024", "2024-03-31"),
        ("03/31/2024", "2024-03-31"),
        ("03/03/2024", "2024-03-03"),
        ("31-mars-24", "2024-03-31"),
        ("01-févr-95", "1995-02-01"),
        ("1er avril 2024", "2024-04-01"),
        ("dimanche 31 mars 2024", "2024-03-31"),
        ("2024-03-31 00:00:00", "2024-03-31"),
    ],
)
def test_dates_that_can_mean_one_day_only(desk: Desk, shown: str, meant: str) -> None:
    rows = with_cells(("R1", "decided", shown), ("R2", "decided", ""))
    desk.take_back(saved(rows))
    assert rows_of(desk.asks)[2][COLUMNS.index("decided")] == meant


@pytest.mark.parametrize(
    ("other", "meant"), [("28/01/2023", "2024-02-01"), ("01/28/2023", "2024-01-02")]
)
def test_another_date_of_the_column_decides_the_order(desk: Desk, other: str, meant: str) -> None:
    desk.take_back(saved(with_cells(("R1", "decided", "01/02/2024"), ("R2", "decided", other))))
    assert rows_of(desk.asks)[2][COLUMNS.index("decided")] == meant


@pytest.mark.parametrize(
    ("shown", "column", "meant"),
    [
        ("1 234", "amount", "1234"),
        ("8\u00a0800\u00a0000", "amount", "8800000"),
        ("8\u00a0800\u00a0000,00\u00a0$", "amount", "8800000"),
        ("1234,00", "amount", "1234"),
        ("13,5 %", "rate", "13.5"),
        ("\u22125,25", "rate", "-5.25"),
        ("1 234,567", "rate", "1234.567"),
        ("0,125", "rate", "0.125"),
        ("1.234,5", "rate", "1234.5"),
    ],
)
def test_numbers_that_can_mean_one_value_only(
    desk: Desk, shown: str, column: str, meant: str
) -> None:
    content = saved(with_cells(("R1", column, shown))).encode("utf-8-sig")
    desk.take_back(content)
    assert rows_of(desk.asks)[2][COLUMNS.index(column)] == meant


def test_another_number_of_the_file_decides_the_mark(desk: Desk) -> None:
    desk.take_back(saved(with_cells(("R1", "rate", "1,234"))))
    assert rows_of(desk.asks)[2][COLUMNS.index("rate")] == "1.234"


def test_another_number_of_the_file_decides_the_thousands(desk: Desk) -> None:
    changes = ("R1", "amount", "1,234"), ("R1", "rate", "1,234.5"), ("R2", "rate", "0.5")
    desk.take_back(saved(with_cells(*changes)))
    row = rows_of(desk.asks)[2]
    assert (row[COLUMNS.index("amount")], row[COLUMNS.index("rate")]) == ("1234", "1234.5")


@pytest.mark.parametrize("codepage", ["cp850", "mac_roman"])
def test_an_encoding_that_nothing_tells_is_refused(desk: Desk, codepage: str) -> None:
    with pytest.raises(BadData) as refused:
        desk.take_back(saved().encode(codepage))
    (fault,) = refused.value.faults
    assert (fault.file, fault.line) == ("Mes demandes é.csv", 4)
    assert "encodage indéterminé" in fault.rule and "CSV UTF-8" in plain(fault.remedy)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 classeur", "XLSX"),
        (b"", "fichier vide"),
        (b"\xff\xfea", "UTF-16 tronqué"),
        (b"\xef\xbb\xbfask_id;\xe9", "malgré la marque"),
        (
            "\n".join(f'"{line}"' for line in saved(delimiter=",").split("\r\n")),
            "une seule cellule",
        ),
        ("sep=;\r\n" + saved(), "supprimer cette première ligne"),
        ('"ask_id;', "guillemet ouvert et jamais refermé"),
        ("Titre\r\n" + saved(), "il se trouve à la ligne 2"),
    ],
)
def test_what_cannot_be_read_is_named(desk: Desk, content: str | bytes, said: str) -> None:
    before = desk.asks.read_bytes()
    with pytest.raises(BadData) as refused:
        desk.take_back(content)
    assert plain(said) in plain(refused.value)
    assert desk.asks.read_bytes() == before


def test_a_column_that_is_missing_or_unknown_is_named_with_the_nearest(desk: Desk) -> None:
    columns = ["amout" if name == "amount" else name for name in COLUMNS]
    with pytest.raises(
        BadData, match="renommer la colonne «\u00a0amout\u00a0» en «\u00a0amount\u00a0»"
    ):
        desk.take_back(saved(columns=columns))


def test_a_wrong_table_or_file_is_told_with_the_nearest(desk: Desk) -> None:
    path = str(desk.save(saved()))
    for file, table, said in (
        (path, "ask", "vouliez-vous dire « asks »?"),
        (path, "", "Tables : asks, readings"),
        (path[:-5] + ".csv", "asks", "vouliez-vous dire « Mes demandes é.csv »?"),
    ):
        with pytest.raises(BadCall) as refused:
            take_back(desk.project, file, table, True, desk.said.append, None)
        assert said in plain(refused.value)


def test_a_table_opened_by_a_double_click_in_a_french_excel(desk: Desk) -> None:
    """Each line was one cell: Excel quotes those that hold quotes, and leaves the others bare."""
    before = desk.asks.read_text()
    lines = before.splitlines()
    doubled = (line.replace('"', '""') for line in lines)
    written = [f'"{new}"' if '"' in old else old for old, new in zip(lines, doubled, strict=True)]
    with pytest.raises(BadData) as refused:
        desk.take_back("\r\n".join(written))
    (fault,) = refused.value.faults
    assert fault.line == 4 and "une seule cellule" in fault.rule
