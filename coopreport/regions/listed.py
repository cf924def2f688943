"""The sheets of a cycle as another page lists them: what the manifest of the latest set says.

The contract: `build/<cycle>/regions/latest/` has `index.html`, and a `manifest.json` whose
`regions` gives, by code, `name`, `page` (a file of the set), and `coops` and `survival_5_years`,
each with its displayed text (`shown`) and its `flags`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from coopreport.pipeline.layout import INDEX, LATEST
from coopreport.pipeline.publish import read_manifest
from coopreport.project import Project
from coopreport.regions.make import shelf_of


@dataclass(frozen=True)
class Listed:
    """The latest whole set of a cycle: its index, and each sheet as (code, name, page)."""

    build: str
    index: Path
    sheets: tuple[tuple[str, str, Path], ...]


def listed(project: Project, cycle: str) -> Listed | None:
    """Return the latest whole set of sheets of a cycle, None when there is none.

    Its paths go through `latest`: a link to them stays good when the next set is published.
    """
    folder = project.build / shelf_of(cycle) / LATEST
    manifest = read_manifest(folder)
    if "regions" not in manifest:
        return None
    sheets = tuple(
        (code, entry["name"], folder / entry["page"]) for code, entry in manifest["regions"].items()
    )
    return Listed(manifest["build"], folder / INDEX, sheets)
