"""The versions of a cycle on disk: `build/<cycle>/v1`, `v2`, … Their order is their number."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from coopreport.errors import NBSP, BadCall, CoopreportError, nearest, quoted, shorten
from coopreport.pipeline.layout import LATEST, MANIFEST, RELEASE, release_number
from coopreport.project import Project


class NotIntact(CoopreportError):
    """A version is not as it was published, or cannot be verified."""

    exit_code = 7


def versions_of(project: Project, cycle: str) -> list[Path]:
    """Return the folders of a cycle's versions, from the first to the last."""
    shelf = project.build / cycle
    found = [path for path in shelf.glob("v*") if RELEASE.fullmatch(path.name) and path.is_dir()]
    return sorted(found, key=lambda path: release_number(path.name))


def next_version(project: Project, cycle: str) -> str:
    """Return the name of a cycle's next version: one more than the highest."""
    last = versions_of(project, cycle)
    return f"v{release_number(last[-1].name) + 1}" if last else "v1"


def version_folder(project: Project, cycle: str, version: str) -> Path:
    """Return the folder of a version of a cycle.

    Raises:
        BadCall: no version, or none of that name; the known ones are listed.
    """
    known = [path.name for path in versions_of(project, cycle)]
    if version in known:
        return project.build / cycle / version
    if not known:
        raise BadCall(
            f"Le cycle {cycle} n’a aucune version publiée.",
            'publiez-en une : make release REASON="…".',
        )
    raise BadCall(
        f"Version inconnue{NBSP}: {quoted(shorten(version))}.",
        nearest(version, known) or f"versions du cycle {cycle}{NBSP}: {', '.join(known)}.",
    )


def latest_build(project: Project, cycle: str, latest: str = LATEST) -> Path | None:
    """Return the folder of a cycle's latest build, None when there is none."""
    folder = project.build / cycle / latest
    return folder.resolve() if (folder / MANIFEST).is_file() else None


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a build or of a version.

    Raises:
        NotIntact: it is absent, not readable, or not a manifest.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if isinstance(manifest["inputs"], dict) and isinstance(manifest["outputs"], dict):
            return dict(manifest)
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise NotIntact(
        f"{folder.name}/{MANIFEST} est absent ou illisible.",
        "reprenez cette version d’une copie (le ZIP de make bundle), ou produisez de nouveau.",
    )
