"""An input is hashed once in a process, and again when anybody may have written to it."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

from coopreport.pipeline import inputs
from coopreport.pipeline.inputs import hash_of


@pytest.fixture(autouse=True)
def fine_dates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait as a disk with fine dates asks, and no longer."""
    monkeypatch.setattr(inputs, "OLD_ENOUGH", 200_000_000)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were read to be hashed, in order."""
    read: list[Path] = []
    whole = inputs.sha256_of

    def noted(path: Path) -> str:
        read.append(path)
        return whole(path)

    monkeypatch.setattr(inputs, "sha256_of", noted)
    return read


def settled(path: Path, text: str) -> Path:
    """Write a file, and wait until a later change would have another date."""
    path.write_text(text, encoding="utf-8")
    time.sleep(1.5 * inputs.OLD_ENOUGH / 1e9)
    return path


def test_a_file_that_nobody_writes_to_is_read_once(tmp_path: Path, hashed: list[Path]) -> None:
    path = settled(tmp_path / "a.csv", "un")
    assert [hash_of(path), hash_of(path)] == [digest("un")] * 2
    assert hashed == [path]


def test_a_change_that_keeps_the_size_and_the_date_is_seen(tmp_path: Path) -> None:
    path = settled(tmp_path / "a.csv", "un")
    hash_of(path)
    before = path.stat()
    path.write_text("nu", encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert hash_of(path) == digest("nu")


def test_a_file_put_in_the_place_of_another_is_seen(tmp_path: Path) -> None:
    path = settled(tmp_path / "a.csv", "un")
    other = settled(tmp_path / "b.csv", "nu")
    hash_of(path)
    other.replace(path)
    assert hash_of(path) == digest("nu")


def test_a_file_written_a_moment_ago_is_read_again(tmp_path: Path, hashed: list[Path]) -> None:
    path = tmp_path / "a.csv"
    path.write_text("un", encoding="utf-8")
    assert [hash_of(path), hash_of(path)] == [digest("un")] * 2
    assert hashed == [path, path]
