"""From a path of the descriptor to bytes: regular files inside data/, of a sane size, of text."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from coopreport.errors import nearest
from coopreport.locale import format_number
from coopreport.tables.journal import Journal

MAX_BYTES = 50_000_000
"""Largest raw table, in bytes; bigger registers go through `coopreport.registers`."""

SAVE_AS_CSV = "dans le tableur, enregistrer sous « CSV UTF-8 (délimité par des virgules) »"

SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"\x1f\x8b", "fichier compressé (gzip), et non CSV", "décompresser le fichier"),
    (b"BZh", "fichier compressé (bzip2), et non CSV", "décompresser le fichier"),
    (b"\xfd7zXZ", "fichier compressé (xz), et non CSV", "décompresser le fichier"),
    (b"\x28\xb5\x2f\xfd", "fichier compressé (zstd), et non CSV", "décompresser le fichier"),
    (b"PK\x03\x04", "classeur ou archive (XLSX, ODS ou ZIP), et non CSV", SAVE_AS_CSV),
    (b"\xd0\xcf\x11\xe0", "ancien classeur Excel (XLS), et non CSV", SAVE_AS_CSV),
    (b"PAR1", "fichier Parquet, et non CSV", "exporter la table en CSV UTF-8"),
    (b"%PDF", "document PDF, et non CSV", "transcrire la table en CSV UTF-8"),
    (b"\xff\xfe", "texte en UTF-16, et non en UTF-8", SAVE_AS_CSV),
    (b"\xfe\xff", "texte en UTF-16, et non en UTF-8", SAVE_AS_CSV),
    (b"version https://git-lfs", "pointeur Git LFS, et non la table", "lancer « git lfs pull »"),
)
"""First bytes of what is often saved under a name in .csv: what it is, what to do."""


def read_bytes(data_dir: Path, path: str, journal: Journal, limit: int = MAX_BYTES) -> bytes:
    """Return the bytes of the file `path` of `data_dir`.

    Nothing but a regular file is ever opened for reading, so that a pipe or a device cannot hang
    the run, and no link is followed, so that nothing outside data/ is read.

    Raises:
        BadData: missing, empty, too big, unreadable, reached by a link, or not a regular file.
    """
    _refuse_links(data_dir, path, journal)
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    flags |= getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(data_dir / path, flags)
        with open(descriptor, "rb") as file:
            size = os.fstat(descriptor).st_size
            data = file.read(limit + 1)
    except OSError as error:
        reason = f"lecture refusée par le système ({error.strerror})"
        raise journal.stop(reason, "vérifier les droits de lecture du fichier") from None
    if len(data) > limit:
        raise journal.stop(
            f"fichier de {format_number(size)} octets : la limite est {format_number(limit)}",
            "vérifier qu'il s'agit de la bonne table; sinon, la réduire ou la diviser",
        )
    if not data.strip(b"\xef\xbb\xbf\r\n\t "):
        raise journal.stop(
            "fichier vide", "y remettre l'en-tête et les lignes de la table (git peut les rendre)"
        )
    return data


def refuse_binary(data: bytes, journal: Journal) -> None:
    """Raise BadData when the bytes are plainly not those of a text table."""
    for signature, rule, remedy in SIGNATURES:
        if data.startswith(signature):
            raise journal.stop(rule, remedy)
    start = data[:2000].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise journal.stop(
            "page web (HTML), et non CSV",
            "le téléchargement a rendu une page : télécharger de nouveau la table elle-même",
        )
    if data[:2000].count(0) * 4 > len(data[:2000]):
        raise journal.stop("texte en UTF-16 ou fichier binaire, et non CSV UTF-8", SAVE_AS_CSV)


def _refuse_links(data_dir: Path, path: str, journal: Journal) -> None:
    """Raise BadData unless every step below `data_dir` is a folder, and the last a plain file."""
    parts = Path(path).parts
    for depth in range(1, len(parts) + 1):
        step = data_dir.joinpath(*parts[:depth])
        try:
            mode = step.lstat().st_mode
        except OSError:
            raise _missing(data_dir, path, journal) from None
        if stat.S_ISLNK(mode):
            raise journal.stop(
                "lien symbolique : les tables sont lues sans suivre de lien",
                "remplacer le lien par le fichier lui-même",
            )
        if depth == len(parts) and not stat.S_ISREG(mode):
            raise journal.stop(
                f"{_kind(mode)} à la place d'un fichier ordinaire",
                "mettre la table elle-même à cet endroit",
            )


def _missing(data_dir: Path, path: str, journal: Journal) -> Exception:
    present = sorted(f.relative_to(data_dir).as_posix() for f in data_dir.rglob("*.csv"))
    hint = nearest(path, present)
    others = f"fichiers présents : {', '.join(present)}" if present else "aucun CSV dans ce dossier"
    remedy = "remettre le fichier, ou corriger « path » dans datapackage.json"
    return journal.stop(
        f"fichier introuvable dans {data_dir.name}/", f"{hint} {remedy} ({others})".strip()
    )


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "dossier"
    if stat.S_ISFIFO(mode):
        return "tube nommé (FIFO)"
    return "périphérique ou prise"
