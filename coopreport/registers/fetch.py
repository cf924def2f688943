"""`make register`: fetch or take in a register, whole or not at all, into registers/ only.

A download goes to `<name>.part`, with what tells that the rest is of the same file (`.part.json`:
address, validator, length), so that the next call goes on where this one stopped. Only a file of
the length announced, under the caps, that opens as what its name says and has the SHA-256 asked
for takes its name, by one rename; its SHA-256 is written beside. `make report` never runs this.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from coopreport.errors import NBSP, BadCall, CoopreportError, quoted, shorten
from coopreport.locale import format_number
from coopreport.registers.download import (
    CHUNK,
    Download,
    FetchFailed,
    Limits,
    Progress,
    cannot_write,
    check_address,
    check_size,
)


class WrongChecksum(CoopreportError):
    """A register whose SHA-256 is not the one asked for."""

    exit_code = 7


class Busy(CoopreportError):
    """Another command is taking in the same register."""

    exit_code = 6


@dataclass(frozen=True)
class Taken:
    """A register in its place."""

    path: Path
    sha256: str
    size: int


def fetch_url(
    url: str, folder: Path, progress: Progress, sha256: str = "", limits: Limits | None = None
) -> Taken:
    """Download a register into `folder`, going on with what a former call left.

    Raises:
        BadCall: an address that is not http(s) or names no file, or a malformed SHA-256.
        FetchFailed: silence, cuts, a refusal, too large, a wrong length, or not what it says.
        WrongChecksum: another SHA-256 than `sha256`.
        Busy: the same register is being taken in by another command.
    """
    check_address(url)
    expected = _checksum(sha256)
    name = file_name(unquote(urlsplit(url).path.rpartition("/")[2]))
    with _part(folder, name) as part:
        download = Download(url, part, limits or Limits(), progress)
        complete = download.run()
        return _put_in_place(part, name, expected, download.limits, complete, progress)


def take_file(
    source: Path, folder: Path, progress: Progress, sha256: str = "", limits: Limits | None = None
) -> Taken:
    """Copy a register that the user already has into `folder`, with the same guarantees.

    Raises:
        BadCall: not a regular file, or a malformed SHA-256.
        FetchFailed, WrongChecksum, Busy: as `fetch_url`.
    """
    limits = limits or Limits()
    expected = _checksum(sha256)
    try:
        kind = source.stat().st_mode
    except OSError as error:
        raise BadCall(
            f"Registre introuvable{NBSP}: {shorten(source.name)} ({error.strerror}).",
            "donnez le chemin du fichier téléchargé : make register FILE=…",
        ) from None
    if not stat.S_ISREG(kind):
        raise BadCall(
            f"{quoted(shorten(source.name))} n’est pas un fichier.",
            "donnez le fichier lui-même, ZIP ou CSV; un dossier se nomme dans le cycle.",
        )
    name = file_name(source.name)
    with _part(folder, name) as part:
        size = source.stat().st_size
        check_size(size, limits, folder)
        try:
            with source.open("rb") as given, part.open("wb") as taken:
                done = 0
                while block := given.read(CHUNK):
                    taken.write(block)
                    done += len(block)
                    progress.step(done, size)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise cannot_write(error, folder) from None
        if done != size:
            part.unlink(missing_ok=True)
            raise FetchFailed(f"{name} a changé pendant la copie.", "relancez la même commande.")
        return _put_in_place(part, name, expected, limits, True, progress)


def file_name(given: str) -> str:
    """Return the name a register gets in its folder.

    Raises:
        BadCall: no letter or digit is left of it, or it is too long.
    """
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", given).strip("-.")
    if not re.search(r"[A-Za-z0-9]", name) or len(name) > 100 or name.endswith(RESERVED):
        raise BadCall(
            f"{quoted(shorten(given))} ne peut pas nommer un registre.",
            "donnez une adresse ou un fichier qui finit par un nom simple, comme registre.zip.",
        )
    return name


RESERVED = (".part", ".json", ".sha256")


@contextmanager
def _part(folder: Path, name: str) -> Iterator[Path]:
    """Give the path of the unfinished file of a register, held by this command alone."""
    try:
        folder.mkdir(exist_ok=True)
        lock = os.open(folder / f".{name}.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    except OSError as error:
        raise cannot_write(error, folder) from None
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Busy(
                f"Une autre commande est en train de prendre {name}.", "attendez qu’elle finisse."
            ) from None
        part = folder / f"{name}.part"
        if part.is_symlink() or (part.exists() and not part.is_file()):
            raise FetchFailed(f"{part.name} n’est pas un fichier.", f"enlevez {part.name}.")
        yield part
    finally:
        (folder / f".{name}.lock").unlink(missing_ok=True)
        os.close(lock)


def _put_in_place(
    part: Path, name: str, expected: str, limits: Limits, complete: bool, progress: Progress
) -> Taken:
    """Check a whole file, then give it its name by one rename and write its SHA-256 beside."""
    target = part.with_name(name)
    state = part.with_name(f"{part.name}.json")
    try:
        with part.open("rb") as handle:
            sha256 = hashlib.file_digest(handle, "sha256").hexdigest()
            handle.seek(0)
            start = handle.read(512)
        size = part.stat().st_size
        try:
            if expected and sha256 != expected:
                raise WrongChecksum(
                    f"Le SHA-256 de {name} est {sha256}, non {expected}; le fichier est refusé.",
                    "reprenez le fichier à sa source et vérifiez l’empreinte que vous demandez.",
                )
            _check_content(part, name, start, size, limits)
            zipped = start.startswith(b"PK\x03\x04")
            if not (complete or expected or zipped):
                raise FetchFailed(
                    "Le serveur n’annonce pas la longueur du fichier : rien ne dit qu’il est "
                    "entier.",
                    "donnez son empreinte : make register URL=… SHA256=…",
                )
        except CoopreportError:
            part.unlink(missing_ok=True)
            state.unlink(missing_ok=True)
            raise
        with part.open("rb") as handle:
            os.fsync(handle.fileno())
        part.replace(target)
        state.unlink(missing_ok=True)
        beside = part.with_name(f"{name}.sha256")
        fresh = part.with_name(f".{name}.sha256")
        fresh.write_text(f"{sha256}  {name}\n", encoding="ascii")
        fresh.replace(beside)
    except OSError as error:
        raise cannot_write(error, part.parent) from None
    progress.say(f"  SHA-256{NBSP}: {sha256}")
    return Taken(target, sha256, size)


def _check_content(part: Path, name: str, start: bytes, size: int, limits: Limits) -> None:
    """Raise FetchFailed for an empty file, a web page, a broken ZIP or one that is a bomb."""
    if not size:
        raise FetchFailed("Le fichier reçu est vide.", "vérifiez l’adresse ou le fichier.")
    if re.match(rb"\s*<(!doctype html|html)", start, flags=re.IGNORECASE):
        raise FetchFailed(
            "Le fichier est une page web, non un registre.",
            "donnez l’adresse du fichier lui-même, non celle de la page qui le présente.",
        )
    if not (name.lower().endswith(".zip") or start.startswith(b"PK\x03\x04")):
        return
    try:
        with zipfile.ZipFile(part) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise FetchFailed(
            f"{name} n’est pas une archive ZIP entière.", "reprenez le fichier à sa source."
        ) from None
    if unpacked > limits.unpacked:
        raise FetchFailed(
            f"{name} se décompresse en plus de {format_number(limits.unpacked / 1e9)}{NBSP}Go.",
            "vérifiez que c’est bien le registre.",
        )


def _checksum(text: str) -> str:
    if text and not re.fullmatch(r"[0-9A-Fa-f]{64}", text):
        raise BadCall(
            f"{quoted(shorten(text))} n’est pas une empreinte SHA-256.",
            "donnez ses 64 chiffres hexadécimaux, ou rien.",
        )
    return text.lower()
