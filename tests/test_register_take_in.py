"""Taking in a register: addresses, names, a user's own file, the verb."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from coopreport.errors import BadCall
from coopreport.registers.download import FetchFailed
from coopreport.registers.fetch import WrongChecksum, fetch_url, file_name, take_file
from tests.conftest import Command
from tests.register_server import BODY, QUICK, QUIET, SHA


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "registers"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/r.zip",
        "registre.zip",
        "http://",
        "http://a b/r.zip",
        "http://example.org:99999/r.zip",
        "http://moi:secret@example.org/r.zip",
        "http://example.org/",
        "http://example.org/../..",
        "",
    ],
)
def test_an_address_that_is_not_a_plain_http_file_is_refused(folder: Path, url: str) -> None:
    with pytest.raises(BadCall) as caught:
        fetch_url(url, folder, QUIET, limits=QUICK)
    assert "secret" not in str(caught.value)
    assert not folder.exists()


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("JeuxDonnées 2026.zip", "JeuxDonn-es-2026.zip"),
        ("../../etc/passwd", "etc-passwd"),
        (".bashrc", "bashrc"),
    ],
)
def test_the_name_of_a_register_stays_in_its_folder(given: str, name: str) -> None:
    assert file_name(given) == name


def test_a_file_of_the_user_is_copied_with_the_same_care(tmp_path: Path, folder: Path) -> None:
    source = tmp_path / "ma liste.csv"
    source.write_bytes(BODY)
    taken = take_file(source, folder, QUIET, SHA)
    assert (taken.path.name, taken.path.read_bytes()) == ("ma-liste.csv", BODY)
    with pytest.raises(WrongChecksum):
        take_file(source, folder, QUIET, "1" * 64)
    assert taken.path.read_bytes() == BODY


def test_what_is_not_a_regular_file_is_refused_at_once(tmp_path: Path, folder: Path) -> None:
    os.mkfifo(tmp_path / "tube.csv")
    for source in (tmp_path, tmp_path / "tube.csv", tmp_path / "absent.csv", Path("/dev/zero")):
        with pytest.raises(BadCall):
            take_file(source, folder, QUIET)


def test_a_folder_that_cannot_be_written_is_an_error_in_french(tmp_path: Path) -> None:
    (tmp_path / "registers").write_text("un fichier à la place du dossier")
    source = tmp_path / "r.csv"
    source.write_bytes(b"x")
    with pytest.raises(FetchFailed, match="Impossible d’écrire"):
        take_file(source, tmp_path / "registers", QUIET)


def test_the_command_takes_a_register_in_and_says_how_to_name_it(
    coopreport: Command, project: Path, tmp_path: Path
) -> None:
    source = tmp_path / "liste.csv"
    source.write_bytes(BODY)
    done = coopreport("register", "--file", str(source), "--sha256", SHA)
    assert done.returncode == 0, done.stderr
    assert (project / "registers" / "liste.csv").read_bytes() == BODY
    assert SHA in done.stdout
    assert "register: {kind: quebec, path: registers/liste.csv}" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--url", "http://a/r.csv", "--file", "r.csv"),
        ("--sha256", "xyz", "--url", "http://a/r"),
    ],
)
def test_the_command_wants_one_source_and_a_true_checksum(
    coopreport: Command, project: Path, arguments: tuple[str, ...]
) -> None:
    assert coopreport("register", *arguments).returncode == 2
    assert not (project / "registers").exists()
