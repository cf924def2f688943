"""Verify a version, or a build: every file against the hash in its manifest, and the signature."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from coopreport.cycles import check_cycle_name
from coopreport.errors import NBSP, BadCall
from coopreport.locale import count_of
from coopreport.pipeline.inputs import sha256_of
from coopreport.pipeline.layout import INPUTS, MANIFEST
from coopreport.pipeline.options import LANGUAGES, latest_of
from coopreport.project import Project
from coopreport.release.signature import SIGNATURE, check_signature
from coopreport.release.versions import (
    NotIntact,
    latest_build,
    read_manifest,
    version_folder,
    versions_of,
)

UNTOUCHED = (MANIFEST, SIGNATURE)
"""Files of a version that its manifest cannot name."""
SHA256 = re.compile(r"[0-9a-f]{64}")


def verify(project: Project, cycle: str, version: str, say: Callable[[str], None]) -> int:
    """Verify a version of a cycle (`v2`, `latest`), or every version and the latest builds.

    Raises:
        BadCall: no such version.
        NotIntact: with all that differs, is missing or was added, in every version verified.
    """
    folders = _folders(project, check_cycle_name(cycle), version)
    faults: list[str] = []
    for name, folder in folders:
        found = list(faults_of(project, folder))
        faults += [f"{name}/{fault}" for fault in found]
        if not found:
            manifest = read_manifest(folder)
            signer = manifest.get("release", {}).get("signer")
            words = f", signature de {signer} vérifiée" if signer else ""
            files = count_of(len(manifest["outputs"]) + 1, "fichier intact", "fichiers intacts")
            say(f"{name}{NBSP}: {files}{words}")
    if faults:
        listed = "\n".join(f"  {fault}" for fault in faults)
        raise NotIntact(
            f"{count_of(len(faults), 'fichier n’est pas', 'fichiers ne sont pas')} "
            f"comme à la publication.\n{listed}",
            "reprenez cette version d’une copie (le ZIP de make bundle); une production se refait "
            "par make report. Ne corrigez pas à la main : publiez une nouvelle version.",
        )
    return 0


def _folders(project: Project, cycle: str, version: str) -> list[tuple[str, Path]]:
    builds = {name: latest_build(project, cycle, name) for name in map(latest_of, LANGUAGES)}
    latest = [(name, folder) for name, folder in builds.items() if folder]
    if version in builds:
        asked = [(name, folder) for name, folder in latest if name == version]
        if not asked:
            raise BadCall(f"Le cycle {cycle} n’a aucune production.", "lancez make report.")
        return asked
    if version:
        return [(version, version_folder(project, cycle, version))]
    found = [(path.name, path) for path in versions_of(project, cycle)]
    found += latest
    if not found:
        raise BadCall(f"Le cycle {cycle} n’a rien à vérifier.", "lancez make report.")
    return found


def faults_of(project: Project, folder: Path) -> Iterator[str]:
    """Yield what is not as it was published in a version or a build: a file and what ails it."""
    try:
        manifest = read_manifest(folder)
    except NotIntact:
        yield f"{MANIFEST}{NBSP}: absent ou illisible"
        return
    outputs = manifest["outputs"]
    found = {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or not path.is_dir()
    }
    for name, sha256 in sorted(outputs.items()):
        if name not in found:
            yield f"{name}{NBSP}: absent"
        elif why := _difference(found[name], sha256):
            yield f"{name}{NBSP}: {why}"
    for name in sorted(found.keys() - outputs.keys() - set(UNTOUCHED)):
        yield f"{name}{NBSP}: ajouté"
    if release := manifest.get("release"):
        yield from _release_faults(folder, manifest, release)
    yield from check_signature(project, folder, (manifest.get("release") or {}).get("signer", ""))


def _difference(path: Path, sha256: object) -> str:
    """Return what ails a file that should have a hash, "" when it has it."""
    if path.is_symlink() or not path.is_file():
        return "remplacé par un lien ou autre chose qu’un fichier"
    if not (isinstance(sha256, str) and SHA256.fullmatch(sha256)):
        return "son empreinte, dans le manifeste, n’en est pas une"
    if sha256_of(path) == sha256:
        return ""
    plain = path.read_bytes().replace(b"\r\n", b"\n")
    if hashlib.sha256(plain).hexdigest() == sha256:
        return (
            "fins de ligne converties (CRLF); le contenu est le même. Copiez en mode binaire, "
            "ou dans git : git config core.autocrlf false"
        )
    return "contenu différent"


def _release_faults(
    folder: Path, manifest: dict[str, Any], release: dict[str, Any]
) -> Iterator[str]:
    """Yield where a release's manifest contradicts itself, its folder or the versions before it."""
    if release.get("version") != folder.name:
        yield f"{MANIFEST}{NBSP}: c’est celui de {release.get('version')}"
    copies = {name: manifest["outputs"].get(f"{INPUTS}/{name}") for name in manifest["inputs"]}
    for name, sha256 in sorted(manifest["inputs"].items()):
        if name not in manifest.get("left_out", ()) and copies[name] != sha256:
            yield f"{MANIFEST}{NBSP}: deux empreintes différentes pour {name}"
    for earlier in release.get("earlier", ()):
        path = folder.parent / earlier["version"] / MANIFEST
        if path.is_file() and sha256_of(path) != earlier["manifest"]:
            yield (
                f"{MANIFEST}{NBSP}: celui de {earlier['version']} a été changé depuis la "
                "publication de cette version"
            )
