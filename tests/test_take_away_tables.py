"""The CSV of each table and their Data Package: the report's numbers, found again by others."""

from __future__ import annotations

import csv
import json
import math
import re
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from frictionless import Package

from coopreport.exhibits import CHART_MIME, ID_PATTERN, TABLE_MIME, Table
from coopreport.takeaway.csv_files import write_tables
from coopreport.takeaway.csv_text import csv_text
from coopreport.takeaway.tables import safe_name, taken_tables
from tests.payloads import PAYLOADS
from tests.sample_page import EDITION
from tests.taken import document, hostile_table, statuses_table, whole_document

ALONE = {".", "..", "...", "x", "F"}


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder `tableaux/` of a document with every kind of table."""
    folder = tmp_path_factory.mktemp("édition")
    write_tables(folder, taken_tables(whole_document()), EDITION, {"tables": {}})
    return folder / "tableaux"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def shown_tables(built: Path) -> Iterator[Table]:
    """Yield the tables that the executed notebooks of a build show."""
    for path in sorted((built / "notebooks").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", ()):
                bundle = output.get("data", {})
                if TABLE_MIME in bundle:
                    yield Table.from_json(bundle[TABLE_MIME])
                elif CHART_MIME in bundle:
                    yield Table.from_json(bundle[CHART_MIME]["table"])


def numbers_shown(table: Table) -> dict[str, list[str]]:
    """Return the exact values of the columns where every cell is a number or a symbol."""
    rows = [row.cells for row in table.rows if row.kind != "group"]
    found = {}
    for position, column in enumerate(table.columns):
        cells = [row[position] for row in rows]
        values = [cell.value for cell in cells]
        if any(values) and all(cell.value or cell.status in ALONE for cell in cells):
            found[column.key] = values
    return found


def test_every_table_and_chart_of_the_report_has_its_csv(built: Path) -> None:
    expected = {f"{table.id}.csv" for table in shown_tables(built)}
    found = {path.name for path in (built / "tableaux").iterdir()}
    assert found == expected | {"datapackage.json"}
    assert len(expected) > 30


def test_pandas_finds_the_numbers_of_the_report(built: Path) -> None:
    compared = 0
    for table in shown_tables(built):
        frame = pd.read_csv(
            built / "tableaux" / f"{table.id}.csv", keep_default_na=False, dtype=str
        )
        for key, values in numbers_shown(table).items():
            assert list(frame[key]) == values
            compared += len(values)
    assert compared > 500


def test_r_finds_the_numbers_of_the_report(built: Path, tmp_path: Path) -> None:
    script = """
    files <- list.files(commandArgs(TRUE)[1], pattern = "[.]csv$", full.names = TRUE)
    for (file in files) {
      table <- read.csv(file, check.names = FALSE, na.strings = "", encoding = "UTF-8")
      for (name in names(table)) if (is.numeric(table[[name]]))
        cat(basename(file), name, nrow(table),
            sprintf("%.17g", sum(table[[name]], na.rm = TRUE)), sep = "\\t", "\\n")
    }
    """
    (tmp_path / "read.R").write_text(script, encoding="utf-8")
    command = ["Rscript", "--vanilla", str(tmp_path / "read.R"), str(built / "tableaux")]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    sums = {}
    for line in told.splitlines():
        name, column, count, total, _ = line.split("\t")
        sums[name, column] = (int(count), float(total))
    checked = 0
    for table in shown_tables(built):
        for key, values in numbers_shown(table).items():
            exact = sum((Fraction(Decimal(value)) for value in values if value), Fraction(0))
            found, read = sums[f"{table.id}.csv", key]
            assert found == len(values)
            assert math.isclose(read, float(exact), rel_tol=1e-12, abs_tol=1e-9)
            checked += 1
    assert checked > 60


def test_the_package_of_the_report_is_valid_for_frictionless(built: Path) -> None:
    report = Package(str(built / "tableaux" / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "type", "note"])[:5]


def test_the_package_of_hostile_tables_is_valid_for_frictionless(taken: Path) -> None:
    report = Package(str(taken / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "type", "note"])[:5]


def test_a_value_and_its_sign_are_two_columns(taken: Path) -> None:
    rows = rows_of(taken / "essai.signes.csv")
    assert [(row["value"], row["value_status"], row["value_unit"]) for row in rows] == [
        ("12345678900", "p", "dollars"),
        ("63.9", "E", "pour cent"),
        ("", "x", ""),
        ("1", "", "nombre"),
    ]


def test_a_number_is_its_exact_value_in_plain_decimals(taken: Path) -> None:
    assert [row["plain"] for row in rows_of(taken / "essai.signes.csv")] == ["-1.5", "", "0", "7"]


def test_a_text_that_is_absent_has_its_sign(taken: Path) -> None:
    rows = rows_of(taken / "essai.signes.csv")
    assert [(row["word"], row["word_status"]) for row in rows][1] == ("", ".")


def test_the_kind_of_a_row_is_told_when_one_is_a_total(taken: Path) -> None:
    kinds = [row["row_kind"] for row in rows_of(taken / "essai.signes.csv")]
    assert kinds == ["body", "body", "body", "total"]
    assert "row_kind" not in rows_of(taken / "survie.publies.csv")[0]


def test_the_heading_of_a_group_is_a_column(taken: Path) -> None:
    groups = [row["group"] for row in rows_of(taken / "survie.publies.csv")]
    assert groups == ["Coopératives du Québec"] * 2 + ["Comparateurs"] * 2


def test_a_status_says_what_its_signs_mean(taken: Path) -> None:
    package = json.loads((taken / "datapackage.json").read_text(encoding="utf-8"))
    signs = next(each for each in package["resources"] if each["name"] == "essai.signes")
    fields = {field["name"]: field for field in signs["schema"]["fields"]}
    assert "x : confidentiel" in fields["value_status"]["description"]
    assert fields["plain"] == {
        "name": "plain",
        "type": "number",
        "title": "Depuis 2020, Écart",
        "unit": "points",
        "description": "En points de pourcentage.",
    }


def test_each_raw_table_is_named_with_its_hash_and_its_rights(built: Path) -> None:
    package = json.loads((built / "tableaux" / "datapackage.json").read_text(encoding="utf-8"))
    manifest = json.loads((built / "manifest.json").read_text(encoding="utf-8"))
    sources = [source for each in package["resources"] for source in each["sources"]]
    assert sources
    for source in sources:
        assert source["hash"] == f"sha256:{manifest['inputs'][source['path']]}"
        assert source["rights"]


def test_the_package_says_that_it_is_the_machine_s_edition(taken: Path) -> None:
    package = json.loads((taken / "datapackage.json").read_text(encoding="utf-8"))
    assert package["description"].startswith("Édition pour la machine")
    assert package["version"] == f"production {EDITION.build}"


@pytest.mark.parametrize("name", PAYLOADS)
def test_a_hostile_text_comes_back_from_its_csv(taken: Path, name: str) -> None:
    row = rows_of(taken / "essai.hostile.csv")[list(PAYLOADS).index(name)]
    assert row["name"] == row["note"] == PAYLOADS[name]


def test_pandas_reads_every_hostile_row(taken: Path) -> None:
    frame = pd.read_csv(taken / "essai.hostile.csv", keep_default_na=False)
    assert len(frame) == len(PAYLOADS)
    assert list(frame["count"]) == [12] * len(PAYLOADS)


def test_lines_end_with_a_line_feed_alone() -> None:
    (table,) = taken_tables(document(statuses_table()))
    assert "\r" not in csv_text(table)
    assert csv_text(table).endswith("\n")


@pytest.mark.parametrize("id", ["con.x", "nul.a.b", "com1.table", "a." + "b" * 300])
def test_the_name_of_a_file_is_one_on_any_system(id: str) -> None:
    assert ID_PATTERN.fullmatch(id)
    name = safe_name(id)
    assert len(f"{name}.csv".encode()) < 255
    assert not re.match(r"(con|nul|com1)\.", name)


def test_no_hostile_text_is_in_the_name_of_a_file() -> None:
    (table,) = taken_tables(document(hostile_table()))
    assert table.file == "essai.hostile.csv"
