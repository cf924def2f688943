"""A clean table gives a typed frame, the same whatever the order and the dress of its file."""

from __future__ import annotations

import hashlib
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from coopreport.errors import BadCall, BadData
from coopreport.tables import Table, open_package, read_table
from tests.tables_fixtures import (
    ASKS,
    COLUMNS,
    READINGS,
    check,
    descriptor,
    rows_text,
    with_cell,
    write_package,
)


def asks(folder: Path, text: str | bytes | None = None) -> Table:
    return read_table(open_package(write_package(folder, text)), "asks")


def test_every_column_has_the_type_of_its_schema(tmp_path: Path) -> None:
    frame = asks(tmp_path).frame
    types = {name: str(frame[name].dtype) for name in ("subject", "amount", "recurrent", "year")}
    assert types == {"subject": "str", "amount": "Int64", "recurrent": "boolean", "year": "Int64"}
    assert tuple(frame.columns) == COLUMNS
    row = frame.set_index("ask_id").loc["R1"]
    assert row["rate"] == Decimal("13.5") and isinstance(row["rate"], Decimal)
    assert row["decided"] == date(2023, 1, 27)
    assert row["region"] == "01"


def test_a_blank_is_missing_and_a_zero_is_zero(tmp_path: Path) -> None:
    frame = asks(tmp_path).frame.set_index("ask_id")
    assert frame.loc["R10", "amount"] == 0
    assert frame["year"].isna().tolist() == [True, False, False, True]
    assert frame.loc["R10", "rate"] is None and frame.loc["R10", "decided"] is None
    assert frame["recurrent"].isna().tolist() == [True, False, False, True]
    assert frame["region"].isna().tolist() == [True, False, False, False]


@pytest.mark.parametrize("code", ["NA", "null", "None", "n/a"])
def test_a_text_that_pandas_would_lose_is_kept(tmp_path: Path, code: str) -> None:
    assert asks(tmp_path, with_cell("subject", code)).frame["subject"].tolist()[1] == code


def test_rows_come_in_natural_key_order_whatever_the_file(tmp_path: Path) -> None:
    clean = asks(tmp_path).frame
    shuffled = asks(tmp_path, rows_text(ASKS[::-1])).frame
    assert clean["ask_id"].tolist() == ["R0", "R1", "R2", "R10"]
    pd.testing.assert_frame_equal(clean, shuffled)


def test_columns_may_come_in_another_order(tmp_path: Path) -> None:
    text = rows_text(tuple(row[::-1] for row in ASKS), COLUMNS[::-1])
    pd.testing.assert_frame_equal(asks(tmp_path).frame, asks(tmp_path, text).frame)


def test_decimals_add_up_exactly(tmp_path: Path) -> None:
    rows = tuple(
        (*row[:4], rate, *row[5:])
        for row, rate in zip(ASKS, ("5.0", "0.6", "2.0", "1.2"), strict=True)
    )
    assert sum(asks(tmp_path, rows_text(rows)).frame["rate"]) == Decimal("8.8")


def test_the_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    table = asks(tmp_path)
    assert table.sha256 == hashlib.sha256(rows_text().encode()).hexdigest()


@pytest.mark.parametrize(
    ("dress", "said"),
    [
        (lambda text: "\ufeff" + text, "BOM"),
        (lambda text: text.replace("\n", "\r"), "CR"),
        (lambda text: text.replace("\n", "\r\n", 2), "mélangées"),
        (lambda text: text.replace("é", "e\u0301"), "NFD"),
        (lambda text: text.replace("amount", " amount ", 1), "nom de la colonne"),
        (lambda text: text.replace("Entente", " Entente "), "espaces retirées autour de cellules"),
        (lambda text: text + "\n,,,,\n\n", "lignes vides à la fin"),
    ],
)
def test_what_can_be_put_right_is_read_and_said(tmp_path: Path, dress: object, said: str) -> None:
    assert callable(dress)
    result = check(tmp_path, dress(rows_text()))
    assert not result.faults
    assert [said in str(notice) for notice in result.warnings] == [True]
    pd.testing.assert_frame_equal(result.tables["asks"].frame, asks(tmp_path).frame)


def test_windows_line_ends_and_a_missing_last_one_go_unsaid(tmp_path: Path) -> None:
    result = check(tmp_path, rows_text().replace("\n", "\r\n").rstrip("\r\n"))
    assert not result.faults and not result.warnings


def test_a_quoted_cell_may_hold_the_separator_quotes_and_lines(tmp_path: Path) -> None:
    text = 'Dit « "oui" », puis\n« non »'
    frame = asks(tmp_path, with_cell("subject", text)).frame
    assert frame["subject"].tolist()[1] == text


def test_a_declared_encoding_and_separator_are_followed(tmp_path: Path) -> None:
    described = descriptor()
    described["resources"][0] |= {"encoding": "windows-1252", "dialect": {"delimiter": ";"}}
    text = rows_text().replace("Numérique, phase 2", "Numérique").replace('"', "").replace(",", ";")
    result = check(tmp_path, text.encode("cp1252"), described=described)
    assert not result.faults
    assert result.tables["asks"].frame["subject"].tolist()[2] == "Numérique"


def test_a_table_of_no_row_is_read_where_the_descriptor_allows_it(tmp_path: Path) -> None:
    described = descriptor()
    described["resources"][0]["allowEmpty"] = True
    described["resources"][1]["allowEmpty"] = True
    header = READINGS.splitlines()[0]
    result = check(tmp_path, ",".join(COLUMNS), header, described)
    assert not result.faults
    assert result.tables["asks"].frame.shape == (0, len(COLUMNS))
    assert str(result.tables["asks"].frame["amount"].dtype) == "Int64"


def test_the_check_tells_rows_and_cells_of_each_table(tmp_path: Path) -> None:
    summaries = check(tmp_path).summaries
    assert [(s.name, s.path, s.rows, s.cells, s.warnings) for s in summaries] == [
        ("asks", "data/asks.csv", 4, 4 * len(COLUMNS), ()),
        ("readings", "data/readings.csv", 3, 9, ()),
    ]


def test_a_csv_that_no_table_reads_is_said(tmp_path: Path) -> None:
    data = write_package(tmp_path)
    (data / "autre.csv").write_text("a\n1\n")
    result = check(tmp_path)
    assert ["autre.csv" in str(notice) for notice in result.warnings] == [True]


def test_an_unknown_table_is_a_bad_call_with_the_nearest_name(tmp_path: Path) -> None:
    package = open_package(write_package(tmp_path))
    with pytest.raises(BadCall, match=r"reading.*\n.*«\sreadings\s»"):
        read_table(package, "reading")


def test_reading_a_table_raises_its_faults_and_not_those_of_strangers(tmp_path: Path) -> None:
    package = open_package(write_package(tmp_path, readings="reading_id,ask_id,base\nx,R1,2\n"))
    assert len(read_table(package, "asks").frame) == 4
    with pytest.raises(BadData, match=r"ligne 2, colonne «\sbase\s»"):
        read_table(package, "readings")


def test_a_hundred_thousand_rows_are_read_in_seconds(tmp_path: Path) -> None:
    rows = tuple((f"R{i}", "", f"Objet {i}", str(i), *ASKS[1][4:]) for i in range(100_000))
    text = rows_text(rows)
    package = open_package(write_package(tmp_path, text))
    started = time.process_time()
    table = read_table(package, "asks")
    assert time.process_time() - started < 20
    assert table.frame["amount"].sum() == sum(range(100_000))
