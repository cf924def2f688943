"""A file that is not a plain UTF-8 CSV of data/ is refused at once, by its name and its reason."""

from __future__ import annotations

import gzip
import io
import os
import time
import zipfile
from pathlib import Path

import pytest

from coopreport.tables import CheckResult, check_package, files, open_package
from tests.tables_fixtures import (
    ASKS,
    check,
    descriptor,
    only_fault,
    plain,
    rows_text,
    with_cell,
    write_package,
)


def check_again(data: Path) -> CheckResult:
    return check_package(open_package(data))


def test_a_missing_file_names_its_neighbours(tmp_path: Path) -> None:
    data = write_package(tmp_path)
    (data / "asks.csv").rename(data / "ask.csv")
    fault = only_fault(check_again(data))
    assert (fault.file, fault.line) == ("data/asks.csv", 0)
    assert "introuvable dans data/" in fault.rule
    assert "vouliez-vous dire « ask.csv »?" in plain(fault.remedy)


@pytest.mark.parametrize("content", [b"", b"\n \r\n", b"\xef\xbb\xbf"])
def test_an_empty_file(tmp_path: Path, content: bytes) -> None:
    assert only_fault(check(tmp_path, content)).rule == "fichier vide"


def test_a_header_alone(tmp_path: Path) -> None:
    assert "en-tête seul" in only_fault(check(tmp_path, rows_text(()))).rule


def _workbook() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (gzip.compress(rows_text().encode()), "gzip"),
        (gzip.compress(rows_text().encode()) + b"reste", "gzip"),
        (_workbook(), "XLSX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "XLS"),
        (rows_text().encode("utf-16"), "UTF-16"),
        (rows_text().encode("utf-16-le"), "UTF-16"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "HTML"),
        (b"version https://git-lfs.github.com/spec/v1\n", "LFS"),
    ],
)
def test_what_is_no_csv_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in only_fault(check(tmp_path, content)).rule


def test_a_bomb_is_refused_without_being_opened(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    started = time.process_time()
    fault = only_fault(check(tmp_path, bomb))
    assert "gzip" in fault.rule and time.process_time() - started < 2


def test_a_huge_file_is_refused_by_its_size(tmp_path: Path) -> None:
    data = write_package(tmp_path)
    with open(data / "asks.csv", "r+b") as file:
        file.truncate(2_000_000_000)  # a hole: no disk is used
    started = time.process_time()
    fault = only_fault(check_again(data))
    assert "2\u00a0000\u00a0000\u00a0000 octets" in fault.rule
    assert time.process_time() - started < 2


def test_a_directory_a_pipe_and_a_link_are_refused_at_once(tmp_path: Path) -> None:
    data = write_package(tmp_path)
    table = data / "asks.csv"
    outside = tmp_path / "dehors.csv"
    table.rename(outside)
    table.mkdir()
    assert "dossier" in only_fault(check_again(data)).rule
    table.rmdir()
    os.mkfifo(table)
    assert "FIFO" in only_fault(check_again(data)).rule
    table.unlink()
    table.symlink_to(outside)
    assert "lien symbolique" in only_fault(check_again(data)).rule


def test_a_linked_folder_inside_data_is_refused(tmp_path: Path) -> None:
    described = descriptor()
    described["resources"][0]["path"] = "plus/asks.csv"
    data = write_package(tmp_path, described=described)
    (tmp_path / "dehors").mkdir()
    (data / "asks.csv").rename(tmp_path / "dehors" / "asks.csv")
    (data / "plus").symlink_to(tmp_path / "dehors")
    assert "lien symbolique" in only_fault(check_again(data)).rule


def test_a_cell_of_too_many_characters(tmp_path: Path) -> None:
    fault = only_fault(check(tmp_path, with_cell("subject", "a" * 10_001)))
    assert (fault.line, fault.column) == (3, "subject")
    assert "plus de 10000 caractères" in fault.rule


def test_windows_1252_gives_each_line_and_its_byte(tmp_path: Path) -> None:
    fault = only_fault(check(tmp_path, rows_text(ASKS[:3]).encode("cp1252")))
    assert (fault.line, fault.column) == (4, "subject")
    assert "octet 0xE9" in fault.rule and "CSV UTF-8" in fault.remedy
    assert fault.value == "Num\\xE9rique, phase 2"


def test_two_encodings_in_one_file_give_the_line_of_the_wrong_one(tmp_path: Path) -> None:
    raw = rows_text().encode().replace("Relève".encode(), "Relève".encode("cp1252"))
    fault = only_fault(check(tmp_path, raw))
    assert (fault.line, fault.column) == (5, "subject")


@pytest.mark.parametrize(
    ("text", "said", "mended"),
    [
        ("Coopérative".encode().decode("cp1252"), "Windows-1252", "« Coopérative »"),
        ("été 2022".encode().decode("cp1252"), "Windows-1252", "« été 2022 »"),
        ("perdu \ufffd", "caractère perdu", "retaper"),
        ("zéro\u200blargeur", "U+200B", "retaper"),
        ("\x1b[31mrouge", "U+001B", "retaper"),
        ("a\0b", "octet nul dans la cellule\u00a0: à la position 2", "retaper"),
        ("#REF!", "erreur de tableur", "formule"),
    ],
)
def test_a_damaged_text(tmp_path: Path, text: str, said: str, mended: str) -> None:
    fault = only_fault(check(tmp_path, with_cell("subject", text)))
    assert (fault.line, fault.column) == (3, "subject")
    assert said in fault.rule
    assert mended in plain(fault.remedy)
    assert fault.value.isprintable() or "\u00a0" in fault.value


def test_a_nul_in_a_number_is_one_fault(tmp_path: Path) -> None:
    fault = only_fault(check(tmp_path, with_cell("amount", "5\x0000")))
    assert (fault.line, fault.column) == (3, "amount") and "octet nul" in fault.rule


def test_messages_show_no_path_of_the_machine(tmp_path: Path) -> None:
    data = write_package(tmp_path)
    (data / "asks.csv").unlink()
    assert str(tmp_path) not in str(only_fault(check_again(data)))


def test_an_unreadable_file(tmp_path: Path) -> None:
    data = write_package(tmp_path)
    if os.geteuid() == 0:
        pytest.skip("root lit tout fichier")
    (data / "asks.csv").chmod(0)
    assert "lecture refusée" in only_fault(check_again(data)).rule


def test_the_largest_table_has_room_in_the_limit() -> None:
    data = Path(__file__).parents[1] / "data"
    assert max(path.stat().st_size for path in data.glob("*.csv")) * 10 < files.MAX_BYTES
