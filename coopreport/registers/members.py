"""A file of a register as its loader reads it: on disk, or packed in a ZIP.

A packed file that is read once, from its start to its end, is decompressed as it is read: into a
pipe, while DuckDB reads the other end. The whole of it is put on disk only for who must read it
again, to tell the lines of its faults.
"""

from __future__ import annotations

import os
import threading
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from itertools import islice, takewhile
from pathlib import Path
from typing import Protocol

from coopreport.errors import BadData, CannotPublish, Fault

MAX_BYTES = 16 << 30
"""The most that one file may hold once decompressed: some 70 million enterprises."""
MAX_RATIO = 60
"""The most that a file may grow when decompressed. The register's is about 6, ours about 13; a
bomb's is 1,000."""
RATIO_FLOOR = 1 << 20
"""Under a decompressed mebibyte the ratio says nothing."""
BLOCK = 1 << 20
HEAD = 16
"""Blocks of the start of a packed file: some 60,000 enterprises."""
SOURCE = "Télécharger de nouveau le registre à sa source."


class RegisterMember(Protocol):
    """What a loader asks of a file of a register, under paths without special characters."""

    def head(self) -> Path:
        """Return a file with the first lines; its last line may be cut."""

    def whole(self) -> Path:
        """Return a file with all of it."""

    def flowing(self) -> AbstractContextManager[Path]:
        """Give a path to read once, from start to end, inside the block."""


@dataclass(frozen=True)
class OnDisk:
    """A file that is there, whole."""

    path: Path

    def head(self) -> Path:
        return self.path

    def whole(self) -> Path:
        return self.path

    def flowing(self) -> AbstractContextManager[Path]:
        return nullcontext(self.path)


@dataclass(frozen=True)
class Packed:
    """A member of the ZIP `archive`; `place`, a path of ours without suffix, is where it goes.

    Every method raises BadData when what the archive holds is not what it says, and CannotPublish
    when there is no room to decompress it.
    """

    archive: Path
    member: zipfile.ZipInfo
    place: Path

    def head(self) -> Path:
        return self._written(".head.csv", HEAD)

    def whole(self) -> Path:
        return self._written(".csv", None)

    @contextmanager
    def flowing(self) -> Iterator[Path]:
        pipe = self.place.with_suffix(".pipe")
        try:
            os.mkfifo(pipe)
        except OSError:  # some file systems have no pipes
            yield self.whole()
            return
        failed: list[Exception] = []
        stopped = threading.Event()

        def feed() -> None:
            try:
                # The pipe breaks when the reader has stopped: it says why.
                with unpacking(self.archive), suppress(BrokenPipeError), pipe.open("wb") as sink:
                    sink.writelines(takewhile(lambda _: not stopped.is_set(), self._blocks()))
            except Exception as error:
                failed.append(error)

        feeder = threading.Thread(target=feed, daemon=True)
        feeder.start()
        try:
            yield pipe
        finally:
            stopped.set()
            # A reader that stopped before the end, or that never began, is waited for no more: it
            # may have left the pipe open, and full.
            while feeder.is_alive() and pipe.exists():
                with open(pipe, "rb", opener=_without_waiting) as rest:
                    rest.read()
                feeder.join(0.01)
            pipe.unlink(missing_ok=True)
            if failed:
                raise failed[0]

    def _written(self, suffix: str, blocks: int | None) -> Path:
        target = self.place.with_suffix(suffix)
        if not target.exists():
            with unpacking(self.archive), target.open("wb") as sink:
                sink.writelines(islice(self._blocks(), blocks))
        return target

    def _blocks(self) -> Iterator[bytes]:
        """Yield what the member holds; what the archive says of itself is not believed."""
        cap = min(MAX_BYTES, max(RATIO_FLOOR, MAX_RATIO * self.member.compress_size))
        written = 0
        with zipfile.ZipFile(self.archive) as archive, archive.open(self.member) as source:
            while block := source.read(BLOCK):
                written += len(block)
                if written > cap:
                    raise BadData([_bomb(self.archive.name, self.member)])
                yield block
            if written != self.member.file_size:
                raise zipfile.BadZipFile


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


@contextmanager
def unpacking(archive: Path) -> Iterator[None]:
    """Tell what Python's zipfile says of an archive.

    Raises:
        BadData: it is truncated, damaged or no ZIP.
        CannotPublish: there is no room for what it holds.
    """
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
        rule = "l’archive est tronquée, abîmée, ou n’est pas un ZIP"
        raise BadData([Fault(archive.name, 0, "", "", rule, SOURCE)]) from None
    except OSError as error:
        raise CannotPublish(
            f"{archive.name} ne peut pas être décompressé\u00a0: {error.strerror}.",
            "Vérifier la place libre du dossier temporaire.",
        ) from None


def announced_faults(archive: str, member: zipfile.ZipInfo) -> list[Fault]:
    """Return what is wrong with a member before it is opened; `archive` is the name to show."""
    if member.flag_bits & 0x1:
        rule = "le fichier est chiffré"
        remedy = "Donner une archive sans mot de passe."
        return [Fault(archive, 0, "", member.filename, rule, remedy)]
    ratio = member.file_size > RATIO_FLOOR and member.file_size > MAX_RATIO * member.compress_size
    return [_bomb(archive, member)] if ratio or member.file_size > MAX_BYTES else []


def _bomb(archive: str, member: zipfile.ZipInfo) -> Fault:
    rule = (
        f"une fois décompressé, le fichier dépasserait {MAX_RATIO} fois sa taille "
        f"ou {MAX_BYTES >> 30}\u00a0Gio"
    )
    return Fault(archive, 0, "", member.filename, rule, SOURCE)
