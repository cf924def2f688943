"""A finished build is put on the disk whole before it gets its name."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from coopreport.pipeline.publish import flush


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A folder of forty files, in two folders."""
    folder = tmp_path / "production"
    (folder / "tableaux").mkdir(parents=True)
    for number in range(40):
        (folder / ("tableaux" if number % 2 else "") / f"{number}.csv").write_text("a\n")
    return folder


def test_every_file_and_every_folder_is_put_on_the_disk(
    build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: set[int] = set()
    genuine = os.fsync

    def fsync(handle: int) -> None:
        seen.add(os.fstat(handle).st_ino)
        genuine(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    flush(build)
    assert seen == {path.stat().st_ino for path in (build, *build.rglob("*"))}


def test_a_file_that_the_disk_refuses_stops_the_publication(
    build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = (build / "tableaux" / "39.csv").stat().st_ino

    def fsync(handle: int) -> None:
        if os.fstat(handle).st_ino == refused:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        flush(build)
