"""The files of a register, staged in a working folder: from its ZIP or from its folder.

A ZIP is never unpacked under the names it holds: each file that is needed is copied, byte by
counted byte, under a name of ours. What an archive says of itself is not believed.
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from coopreport.errors import BadCall, BadData, CannotPublish, Fault

MAX_BYTES = 16 << 30
"""The most that one file may hold once decompressed: some 70 million enterprises."""
MAX_RATIO = 60
"""The most that a file may grow when decompressed. The register's is about 6, ours about 13; a
bomb's is 1,000."""
RATIO_FLOOR = 1 << 20
"""Under a decompressed mebibyte the ratio says nothing."""
BLOCK = 1 << 20
SOURCE = "Télécharger de nouveau le registre à sa source."


def stage(path: Path, needed: Sequence[str], folder: Path) -> Mapping[str, Path]:
    """Put the files `needed` of a register (a ZIP or a folder) in `folder`, under safe names.

    Files of a folder are linked, not copied.

    Raises:
        BadCall: neither a ZIP file nor a folder.
        BadData: a file missing or twice, an archive truncated, damaged, encrypted, with unsafe
            names, or a bomb.
        CannotPublish: no room to decompress.
    """
    if path.is_dir():
        return {name: _link(path, name, folder) for name in needed}
    if not path.is_file():
        raise BadCall(
            f"Registre introuvable\u00a0: {path.name}",
            "Donner le ZIP téléchargé, ou le dossier de ses fichiers.",
        )
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(archive, path.name, needed)
            return {
                name: _extract(archive, member, path.name, folder / f"{order}.csv")
                for order, (name, member) in enumerate(members.items())
            }
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
        rule = "l’archive est tronquée, abîmée, ou n’est pas un ZIP"
        raise BadData([Fault(path.name, 0, "", "", rule, SOURCE)]) from None
    except OSError as error:
        raise CannotPublish(
            f"{path.name} ne peut pas être décompressé\u00a0: {error.strerror}.",
            "Vérifier la place libre du dossier temporaire.",
        ) from None


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


def _link(folder: Path, name: str, target: Path) -> Path:
    if not (folder / name).is_file():
        raise BadData([_absent(folder.name, name)])
    link = target / name
    link.symlink_to((folder / name).resolve())
    return link


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
            faults += _member_faults(members[0], shown)
    if faults:
        raise BadData(faults)
    return {name: members[0] for name, members in found.items()}


def _member_faults(member: zipfile.ZipInfo, shown: str) -> list[Fault]:
    if member.flag_bits & 0x1:
        rule = "le fichier est chiffré"
        return [Fault(shown, 0, "", member.filename, rule, "Donner une archive sans mot de passe.")]
    ratio = member.file_size > RATIO_FLOOR and member.file_size > MAX_RATIO * member.compress_size
    if member.file_size > MAX_BYTES or ratio:
        return [_bomb(shown, member)]
    return []


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, shown: str, target: Path) -> Path:
    cap = min(MAX_BYTES, max(RATIO_FLOOR, MAX_RATIO * member.compress_size))
    written = 0
    with archive.open(member) as source, target.open("wb") as sink:
        while block := source.read(BLOCK):
            written += len(block)
            if written > cap:
                raise BadData([_bomb(shown, member)])
            sink.write(block)
    if written != member.file_size:
        raise zipfile.BadZipFile
    return target


def _bomb(shown: str, member: zipfile.ZipInfo) -> Fault:
    rule = (
        f"une fois décompressé, le fichier dépasserait {MAX_RATIO} fois sa taille "
        f"ou {MAX_BYTES >> 30}\u00a0Gio"
    )
    return Fault(shown, 0, "", member.filename, rule, SOURCE)


def _absent(shown: str, name: str) -> Fault:
    return Fault(shown, 0, "", name, "fichier absent du registre", SOURCE)
