"""A register in a ZIP: unsafe or damaged it is refused, and it is read as its folder is."""

from __future__ import annotations

import errno
import os
import resource
import signal
import struct
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

from coopreport.errors import BadData
from coopreport.registers import RegisterFile, members, read_units
from coopreport.registers import quebec_layout as layout
from coopreport.registers.archive import members_of
from coopreport.registers.members import Packed, RegisterMember
from tests.conftest import ROOT
from tests.registers_fixtures import firm, folder, zipped

FIRMS = [firm(order, end="2010-01-01") for order in range(1, 30)]
FEW = "Nulle-Part (Québec)"
"""A town that the first rows do not have."""


def registre(tmp_path: Path) -> RegisterFile:
    return folder(tmp_path / "r", FIRMS)


def refusal(register: RegisterFile) -> str:
    with pytest.raises(BadData) as caught:
        read_units(register)
    return str(caught.value)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_a_truncated_zip_is_told(tmp_path: Path, share: float) -> None:
    packed = zipped(registre(tmp_path), tmp_path / "r.zip")
    content = packed.path.read_bytes()
    packed.path.write_bytes(content[: int(len(content) * share)])
    assert "tronquée" in refusal(packed)


def test_a_zip_with_a_wrong_byte_is_told(tmp_path: Path) -> None:
    packed = zipped(registre(tmp_path), tmp_path / "r.zip")
    content = bytearray(packed.path.read_bytes())
    with zipfile.ZipFile(packed.path) as archive:
        start = archive.getinfo(layout.ENTERPRISES).header_offset
    content[start + 300] ^= 0xFF
    packed.path.write_bytes(content)
    assert "abîmée" in refusal(packed)


@pytest.mark.parametrize("name", ["../Nom.csv", "/tmp/Nom.csv", "a/../../Nom.csv", "..\\Nom.csv"])
def test_a_zip_that_writes_outside_its_folder_is_refused(tmp_path: Path, name: str) -> None:
    packed = zipped(registre(tmp_path), tmp_path / "r.zip")
    with zipfile.ZipFile(packed.path, "a") as archive:
        archive.writestr(name, "dehors")
    assert "sort de son dossier" in refusal(packed)
    assert not (tmp_path.parent / "Nom.csv").exists()


def test_a_zip_with_a_file_twice_is_refused(tmp_path: Path) -> None:
    packed = zipped(registre(tmp_path), tmp_path / "r.zip")
    with zipfile.ZipFile(packed.path, "a") as archive:
        archive.writestr("autre/" + layout.ENTERPRISES, "NEQ\n")
    assert "plus d’une fois" in refusal(packed)


def bomb(register: RegisterFile, target: Path, size: int) -> RegisterFile:
    """Pack a register whose large file unpacks a thousandfold."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in register.path.iterdir():
            if path.name != layout.ENTERPRISES:
                archive.write(path, path.name)
        with archive.open(layout.ENTERPRISES, "w", force_zip64=True) as sink:
            for _ in range(size >> 20):
                sink.write(b"0" * (1 << 20))
    return RegisterFile("quebec", target, register.municipalities)


def test_a_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    packed = bomb(registre(tmp_path), tmp_path / "r.zip", 400 << 20)
    start, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "fois sa taille" in refusal(packed)
    assert time.process_time() - start < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_a_bomb_that_lies_about_its_size_is_refused_too(tmp_path: Path) -> None:
    packed = bomb(registre(tmp_path), tmp_path / "r.zip", 100 << 20)
    content = packed.path.read_bytes()
    truth, lie = struct.pack("<L", 100 << 20), struct.pack("<L", 1000)
    assert truth in content
    packed.path.write_bytes(content.replace(truth, lie))
    assert "abîmée" in refusal(packed)


@pytest.fixture
def in_small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first rows, from which towns and codes are learnt, be the first 4,000 bytes."""
    monkeypatch.setattr(members, "BLOCK", 4000)
    monkeypatch.setattr(members, "HEAD", 1)


def long(tmp_path: Path) -> RegisterFile:
    """Write 3,000 firms; beyond the first rows, another town, other codes, cells of two lines."""
    rows = [firm(number) for number in range(1, 3001)]
    rows[2000] |= {"ADR_DOMCL_LIGN2_ADR": FEW, "COD_FORME_JURI": "ZZZ"}
    rows[2500] |= {"ADR_DOMCL_LIGN2_ADR": "Montréal", "COD_STAT_IMMAT": " rd "}
    for row in rows[::3]:
        row["OBJET_SOC"] = 'deux\nlignes, "entre guillemets"'
    return folder(tmp_path / "r", rows)


@pytest.mark.usefixtures("in_small_blocks")
def test_a_zip_read_as_it_is_decompressed_gives_the_units_of_its_folder(tmp_path: Path) -> None:
    register = long(tmp_path)
    units, account = read_units(zipped(register, tmp_path / "r.zip"))
    assert units.equals(read_units(register)[0])
    assert [count for rule, count in account.notes.items() if "région inconnue" in rule] == [1]
    assert set(units["form_code"]) == {"COP", "ZZZ", "CIE"}
    assert (units["region"] == "06").sum() == 1


def test_the_large_file_of_a_zip_is_never_whole_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    whole = Packed.whole

    def noted(packed: Packed) -> Path:
        written.append(packed.member.filename)
        return whole(packed)

    monkeypatch.setattr(Packed, "whole", noted)
    read_units(zipped(registre(tmp_path), tmp_path / "r.zip"))
    assert set(written) == {*layout.READ} - {layout.ENTERPRISES}


def test_without_pipes_the_large_file_of_a_zip_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted", path)

    register = registre(tmp_path)
    monkeypatch.setattr(os, "mkfifo", refused)
    units, _ = read_units(zipped(register, tmp_path / "r.zip"))
    assert units.equals(read_units(register)[0])


@pytest.mark.usefixtures("in_small_blocks")
@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("Lévis".encode("cp1252"), "ligne 2502.: le texte n’est pas en UTF-8"),
        ("Lévis,".encode(), "ligne 2502.: 38 cellules au lieu de 37"),
        (b'"L', "guillemets mal fermés|cellule de plus de"),
    ],
)
def test_a_fault_far_in_a_zip_is_told_with_its_line(tmp_path: Path, bad: bytes, words: str) -> None:
    register = folder(tmp_path / "r", [firm(number) for number in range(1, 3001)])
    path = register.path / layout.ENTERPRISES
    lines = path.read_bytes().split(b"\n")
    lines[2501] = lines[2501].replace("Lévis".encode(), bad)
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(BadData, match=words):
        read_units(zipped(register, tmp_path / "r.zip"))


@pytest.mark.usefixtures("in_small_blocks")
@pytest.mark.parametrize("share", [0.3, 0.6, 0.98])
def test_a_zip_damaged_after_its_first_rows_is_told(tmp_path: Path, share: float) -> None:
    packed = zipped(long(tmp_path), tmp_path / "r.zip")
    with zipfile.ZipFile(packed.path) as archive:
        member = archive.getinfo(layout.ENTERPRISES)
    content = bytearray(packed.path.read_bytes())
    content[member.header_offset + 60 + int(share * (member.compress_size - 60))] ^= 0xFF
    packed.path.write_bytes(content)
    assert "abîmée" in refusal(packed)


def large_file(register: RegisterFile, work: Path) -> RegisterMember:
    work.mkdir()
    return members_of(register.path, [layout.ENTERPRISES], work)[layout.ENTERPRISES]


@pytest.mark.parametrize("read", [0, 10, 70_000])
def test_a_reader_that_stops_leaves_neither_thread_nor_pipe(tmp_path: Path, read: int) -> None:
    packed = zipped(long(tmp_path), tmp_path / "r.zip")
    before = threading.active_count()
    with large_file(packed, tmp_path / "w").flowing() as path:
        if read:
            with path.open("rb") as file:
                assert len(file.read(read)) == read
    assert threading.active_count() == before
    assert not os.listdir(tmp_path / "w")


SLOWLY = """
import sys, time
from pathlib import Path
from coopreport.registers import RegisterFile, members, read_units
members.BLOCK = 4000
blocks = members.Packed._blocks
def slowly(packed):
    for block in blocks(packed):
        time.sleep(0.05)
        yield block
members.Packed._blocks = slowly
read_units(RegisterFile("quebec", Path(sys.argv[1])))
"""


@pytest.mark.parametrize("after", [0.0, 0.5])
def test_a_reading_that_is_interrupted_ends_at_once_and_leaves_nothing(
    tmp_path: Path, after: float
) -> None:
    packed = zipped(long(tmp_path), tmp_path / "r.zip")
    work = tmp_path / "travail"
    work.mkdir()
    environment = {**os.environ, "TMPDIR": str(work), "PYTHONPATH": str(ROOT)}
    reader = subprocess.Popen(
        [sys.executable, "-c", SLOWLY, str(packed.path)],
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
    )
    while not [*work.glob("*/*.pipe")]:
        assert reader.poll() is None
        time.sleep(0.01)
    time.sleep(after)
    reader.send_signal(signal.SIGINT)
    _, said = reader.communicate(timeout=20)
    assert said.splitlines()[-1] == "KeyboardInterrupt"
    assert not [*work.iterdir()]


def test_an_archive_that_vanishes_under_its_reader_is_told(tmp_path: Path) -> None:
    packed = zipped(registre(tmp_path), tmp_path / "r.zip")
    member = large_file(packed, tmp_path / "w")
    packed.path.write_bytes(b"PK")
    with pytest.raises(BadData, match="tronquée"), member.flowing() as path:
        assert path.read_bytes() == b""
