"""The files of a register found in its ZIP or in its folder, and the SHA-256 of what is read.

A ZIP is never unpacked under the names it holds: each file that is needed is decompressed, byte by
counted byte, under a name of ours (`members`).
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from coopreport.errors import BadCall, BadData, Fault
from coopreport.registers.members import (
    BLOCK,
    SOURCE,
    OnDisk,
    Packed,
    RegisterMember,
    announced_faults,
    unpacking,
)


def members_of(path: Path, needed: Sequence[str], folder: Path) -> Mapping[str, RegisterMember]:
    """Return the files `needed` of a register (a ZIP or a folder), to be read in `folder`.

    Files of a folder are linked there under names of ours; those of a ZIP are decompressed at need.

    Raises:
        BadCall: neither a ZIP file nor a folder.
        BadData: a file missing or twice, an archive truncated, damaged, encrypted, with unsafe
            names, or a bomb.
    """
    if path.is_dir():
        return {name: _linked(path, name, folder) for name in needed}
    if not path.is_file():
        raise BadCall(
            f"Registre introuvable\u00a0: {path.name}",
            "Donner le ZIP téléchargé, ou le dossier de ses fichiers.",
        )
    with unpacking(path), zipfile.ZipFile(path) as archive:
        found = _members(archive, path.name, needed)
    return {
        name: Packed(path, member, folder / str(order))
        for order, (name, member) in enumerate(found.items())
    }


def names(path: Path) -> list[str]:
    """Return the base names of the files of a ZIP or a folder."""
    if path.is_dir():
        return [child.name for child in path.iterdir()]
    with zipfile.ZipFile(path) as archive:
        return [PurePosixPath(name).name for name in archive.namelist()]


def content_hash(path: Path, needed: Sequence[str]) -> str:
    """Return the SHA-256 of a file, or that of the list of a folder's files and their SHA-256."""
    if path.is_dir():
        lines = [f"{name} {_hash(path / name)}\n" for name in sorted(needed)]
        return hashlib.sha256("".join(lines).encode()).hexdigest()
    return _hash(path)


def _hash(path: Path) -> str:
    try:
        digest, piece = hashlib.sha256(), memoryview(bytearray(BLOCK))
        with path.open("rb", buffering=0) as file:
            while size := file.readinto(piece):
                digest.update(piece[:size])
        return digest.hexdigest()
    except OSError as error:
        raise BadCall(
            f"{path.name} ne se lit pas\u00a0: {error.strerror}.", "Vérifier le fichier."
        ) from None


def _linked(folder: Path, name: str, target: Path) -> OnDisk:
    if not (folder / name).is_file():
        raise BadData([_absent(folder.name, name)])
    link = target / name
    link.symlink_to((folder / name).resolve())
    return OnDisk(link)


def _members(
    archive: zipfile.ZipFile, shown: str, needed: Sequence[str]
) -> dict[str, zipfile.ZipInfo]:
    faults: list[Fault] = []
    found: dict[str, list[zipfile.ZipInfo]] = {name: [] for name in needed}
    for member in archive.infolist():
        parts = PurePosixPath(member.filename.replace("\\", "/"))
        if parts.is_absolute() or ".." in parts.parts or ":" in parts.parts[0:1]:
            rule = "l’archive contient un chemin qui sort de son dossier"
            faults.append(Fault(shown, 0, "", member.filename, rule, SOURCE))
        elif parts.name in found and not member.is_dir():
            found[parts.name].append(member)
    for name, members in found.items():
        if not members:
            faults.append(_absent(shown, name))
        elif len(members) > 1:
            faults.append(Fault(shown, 0, "", name, "fichier présent plus d’une fois", SOURCE))
        else:
            faults += announced_faults(shown, members[0])
    if faults:
        raise BadData(faults)
    return {name: members[0] for name, members in found.items()}


def _absent(shown: str, name: str) -> Fault:
    return Fault(shown, 0, "", name, "fichier absent du registre", SOURCE)
