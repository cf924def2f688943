"""A version of a report, by its name: a build, or a release, as it lies under `build/<cycle>/`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from coopreport.compare.documents import Document, read_documents
from coopreport.compare.rows import RowChanges, named, row_changes
from coopreport.cycles import check_cycle_name
from coopreport.errors import (
    BadCall,
    BadData,
    ChapterFailed,
    CoopreportError,
    nearest,
    quoted,
    shorten,
)
from coopreport.pipeline.inputs import sha256_of
from coopreport.pipeline.layout import (
    BUILD,
    CLAIMS,
    INPUTS,
    LATEST,
    LEDGER,
    MANIFEST,
    RELEASE,
    release_number,
)
from coopreport.project import Project
from coopreport.tables import Package, open_package, read_table

UNREADABLE = (
    *(OSError, ValueError, KeyError, TypeError, AttributeError),
    *(nbformat.ValidationError, ChapterFailed),
)
"""What reading a file that no build wrote may raise."""
MOST_NAMED = 8
"""An error names this many versions, and counts the others."""


class DamagedVersion(CoopreportError):
    """A version that cannot be read any more."""

    exit_code = 7


@dataclass(frozen=True)
class Version:
    """A version as its files tell it; `claims` is None when no chapter checked any."""

    cycle: str
    name: str
    folder: Path
    manifest: Mapping[str, Any]
    ledger: Mapping[str, Any]
    claims: tuple[Mapping[str, Any], ...] | None
    documents: tuple[Document, ...]

    @property
    def release(self) -> Mapping[str, Any]:
        """The record of a release (version, kind, reason, date), empty for another build."""
        found: Mapping[str, Any] = self.manifest.get("release") or {}
        return found


def find_version(project: Project, cycle: str, name: str) -> Path:
    """Return the folder of a version: `v1`, `latest`, a build's name, or `2022-2023/v1`.

    Raises:
        BadCall: no such cycle or version; the nearest, or the known ones, are given.
    """
    *other, short = name.split("/")
    of = check_cycle_name("/".join(other)) if other else check_cycle_name(cycle)
    shelf = project.build / of
    known = known_versions(shelf)
    if short == LATEST and (shelf / LATEST / MANIFEST).is_file():
        return (shelf / LATEST).resolve()
    if short not in known:
        made = f"versions : {named(known, MOST_NAMED)}."
        listed = made if known else f"make report CYCLE={of} en fait une."
        raise BadCall(
            f"Le cycle {of} n’a pas de version {quoted(shorten(short))}.",
            f"{nearest(short, known)} {listed}".strip(),
        )
    return shelf / short


def known_versions(shelf: Path) -> list[str]:
    """Return the versions of a cycle: releases by number, then builds, the latest made first."""
    found = [path for path in shelf.glob("*") if (path / MANIFEST).is_file()]
    releases = [path.name for path in found if RELEASE.fullmatch(path.name)]
    builds = [path for path in found if BUILD.fullmatch(path.name) and not path.is_symlink()]
    builds.sort(key=lambda path: (-(path / MANIFEST).stat().st_mtime_ns, path.name))
    return [*sorted(releases, key=release_number), *(path.name for path in builds)]


def version_before(project: Project, folder: Path) -> str:
    """Return what a version is compared with by default.

    For a release, the one before it; for another build, the last release, else the build before.

    Raises:
        BadCall: there is none.
    """
    cycle = folder.parent.name
    known = known_versions(project.build / cycle)
    releases = [name for name in known if RELEASE.fullmatch(name)]
    if folder.name in releases:
        before = releases[: releases.index(folder.name)][-1:]
    else:
        builds = [name for name in known if name not in releases]
        made = builds.index(folder.name) if folder.name in builds else len(builds)
        before = releases[-1:] or builds[made + 1 : made + 2]
    if not before:
        raise BadCall(
            f"Le cycle {cycle} n’a aucune version avant {quoted(folder.name)}.",
            "nommez l’autre version : FROM=v1, FROM=2022-2023/v1 ou le nom d’une production.",
        )
    return before[0]


def load_version(folder: Path) -> Version:
    """Return the version of a folder that `find_version` gave.

    Raises:
        DamagedVersion: a file is missing, or is not what a build writes.
    """
    try:
        manifest = _json(folder / MANIFEST)
        claims = _json(folder / CLAIMS)["claims"] if (folder / CLAIMS).exists() else None
        paths = sorted((folder / "notebooks").glob("*.ipynb"))
        notebooks = [(path.stem, nbformat.read(path, as_version=4)) for path in paths]
        return Version(
            manifest["cycle"],
            folder.name,
            folder,
            manifest,
            _json(folder / LEDGER),
            None if claims is None else tuple(claims),
            read_documents(_in_order(notebooks, list(manifest.get("chapters", {})))),
        )
    except UNREADABLE as error:
        raise DamagedVersion(
            f"La version {quoted(folder.name)} ne peut pas être lue "
            f"({shorten(f'{type(error).__name__} : {error}', 160)}).",
            "voyez ce qui lui manque (make verify), ou comparez une autre version.",
        ) from error


def _json(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def _in_order(notebooks: list[tuple[str, Any]], chapters: list[str]) -> list[tuple[str, Any]]:
    """Return the notebooks in the order of the cycle, where the manifest gives it."""
    order = {name: position for position, name in enumerate(chapters)}
    return sorted(notebooks, key=lambda pair: (order.get(pair[0], len(order)), pair[0]))


def changed_rows(project: Project, old: Version, new: Version) -> dict[str, RowChanges]:
    """Return the rows that changed of the raw tables that both versions have a copy of, by path.

    A release keeps copies of its inputs; for another build, a file of the project that still has
    the hash that the build recorded is as good. Other tables are left out.
    """
    packages = [_package(project, version) for version in (old, new)]
    before, after = packages
    if before is None or after is None:
        return {}
    found = {}
    for name, resource in after.resources.items():
        path = f"data/{resource.path}"
        hashes = [version.manifest["inputs"].get(path) for version in (old, new)]
        if None in hashes or hashes[0] == hashes[1] or name not in before.resources:
            continue
        if not all(map(_is_copy, packages, (path, path), hashes)):
            continue
        try:
            found[path] = row_changes(read_table(before, name), read_table(after, name))
        except BadData:
            continue  # written under rules that have changed since: the table is named, no row
    return found


def _package(project: Project, version: Version) -> Package | None:
    """Return the tables of a version, from its copies or from the project where it is the same."""
    for root in (version.folder / INPUTS, project.root):
        descriptor = root / "data" / "datapackage.json"
        recorded = version.manifest["inputs"].get("data/datapackage.json")
        if descriptor.is_file() and sha256_of(descriptor) == recorded:
            try:
                return open_package(root / "data")
            except BadData:
                return None
    return None


def _is_copy(package: Package | None, path: str, sha256: str | None) -> bool:
    assert package is not None
    file = package.data_dir.parent / path
    return file.is_file() and sha256_of(file) == sha256
