"""What stands on the shelf: cycles, their versions and latest builds, as their files tell it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from coopreport.errors import NBSP, quoted
from coopreport.fiscal import is_fiscal_year
from coopreport.locale import count_of, format_value
from coopreport.pipeline.layout import (
    BIBTEX,
    CLAIMS,
    COMPARISONS,
    LATEST,
    LEDGER,
    PACKAGE,
    PDF,
    REPORT,
    REVIEW,
    SCENARIO,
    TABLES,
    WORKBOOK,
    release_number,
)
from coopreport.pipeline.options import FRENCH, Options
from coopreport.pipeline.publish import latest_name, read_manifest
from coopreport.project import Project
from coopreport.regions.listed import listed
from coopreport.release.bundle import bundle_path
from coopreport.release.versions import versions_of

TABLE_INDEX = f"{TABLES}/{PACKAGE}"
TAKEAWAYS = (
    (REPORT, "Page"),
    (PDF, "PDF"),
    (WORKBOOK, "Tableaux (Excel)"),
    (TABLE_INDEX, "Index des tableaux CSV"),
    (LEDGER, "Nombres (JSON)"),
    (BIBTEX, "Citation"),
)
"""What a build may have to take away, and the words of its link; only what is there is shown."""

RECORD = ("kind", "reason", "date", "signer")
"""What the shelf says of a release."""


@dataclass(frozen=True)
class Link:
    """A link from the shelf to a file of `build/`; `size` in words, "" for a page."""

    address: str
    words: str
    size: str = ""


@dataclass(frozen=True)
class Entry:
    """A version, or the latest build of a cycle (`is_draft`).

    `record` is a release's (kind, reason, date, signer). `claims` counts the published ones by
    status, None when none was checked. `is_damaged`: its manifest cannot be read.
    """

    name: str
    is_draft: bool
    build: str
    record: Mapping[str, str]
    claims: Mapping[str, int] | None
    links: tuple[Link, ...]
    comparisons: tuple[Link, ...] = ()
    is_damaged: bool = False
    is_same_as: str = ""


@dataclass(frozen=True)
class CycleShelf:
    """A cycle: its versions, the last first; its latest build when it is no version; its review.

    `beside` leads to its other pages: the English edition, the scenarios, the regional sheets.
    """

    cycle: str
    draft: Entry | None
    versions: tuple[Entry, ...]
    review: Link | None
    beside: tuple[Link, ...] = ()


def read_shelf(project: Project) -> tuple[CycleShelf, ...]:
    """Return the cycles that have something in `build/`, the last first."""
    names = sorted((path.name for path in project.build.glob("20*")), reverse=True)
    found = [_cycle(project, name) for name in names if is_fiscal_year(name)]
    return tuple(each for each in found if each.draft or each.versions or each.beside)


def _cycle(project: Project, cycle: str) -> CycleShelf:
    shelf = project.build / cycle
    versions = [_entry(project, folder) for folder in reversed(versions_of(project, cycle))]
    review = Link(f"{cycle}/{REVIEW}", "Édition de relecture")
    return CycleShelf(
        cycle,
        _draft(project, cycle),
        tuple(versions),
        review if (shelf / REVIEW).is_file() else None,
        tuple(_beside(project, cycle)),
    )


def _beside(project: Project, cycle: str) -> Iterator[Link]:
    """Yield links to what is made of a cycle beside its report in French."""
    shelf = project.build / cycle
    for pointer in sorted(shelf.glob(f"{LATEST}-*")) + sorted(shelf.glob(f"{SCENARIO}*")):
        if (pointer / REPORT).is_file():
            options = Options.of(read_manifest(pointer))
            name = f"Scénario {quoted(options.scenario)}" if options.scenario else "Édition"
            words = name if options.language == FRENCH else f"{name} en anglais"
            yield Link(f"{cycle}/{pointer.name}/{REPORT}", words)
    if sheets := listed(project, cycle):
        count = count_of(len(sheets.sheets), "fiche régionale", "fiches régionales")
        yield Link(sheets.index.relative_to(project.build).as_posix(), count)


def _draft(project: Project, cycle: str) -> Entry | None:
    """Return the latest build of a cycle, and which version was made from the same inputs."""
    shelf = project.build / cycle
    name = latest_name(shelf)
    if not name or not (shelf / LATEST / REPORT).is_file():
        return None
    entry = _entry(project, shelf / name)
    inputs = read_manifest(shelf / name).get("inputs")
    same = [
        folder.name
        for folder in versions_of(project, cycle)[-1:]
        if read_manifest(folder).get("inputs") == inputs
    ]
    return Entry(**{**vars(entry), "is_draft": True, "is_same_as": "".join(same)})


def _entry(project: Project, folder: Path) -> Entry:
    manifest = read_manifest(folder)
    cycle = folder.parent.name
    links = [
        Link(f"{cycle}/{folder.name}/{name}", words, _size(folder / name, name))
        for name, words in TAKEAWAYS
        if (folder / name).is_file()
    ]
    bundle = bundle_path(project, cycle, folder.name)
    if bundle.is_file():
        links.append(Link(f"{cycle}/{bundle.name}", "Tout, dans un ZIP", _size(bundle)))
    record = manifest.get("release")
    told = record if isinstance(record, dict) else {}
    return Entry(
        name=folder.name,
        is_draft=False,
        build=str(manifest.get("build", "")),
        record={name: str(told.get(name) or "") for name in RECORD},
        claims=_claims(folder),
        links=tuple(links),
        comparisons=_comparisons(folder),
        is_damaged=not manifest,
    )


def _claims(folder: Path) -> Mapping[str, int] | None:
    """Return how many published claims have each status, None when none was checked."""
    try:
        claims = json.loads((folder / CLAIMS).read_text(encoding="utf-8"))["claims"]
        return Counter(str(claim["status"]) for claim in claims)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _comparisons(folder: Path) -> tuple[Link, ...]:
    """Return the pages that compare something to a version: `v1-v2.html` is one of v2's."""
    cycle, name = folder.parent.name, folder.name
    pages = (folder.parent / COMPARISONS).glob(f"*-{name}.html")
    found = [(path.stem.removesuffix(f"-{name}"), path.name) for path in pages]
    found.sort(key=lambda pair: (pair[0][0] != "v", _order(pair[0])))
    return tuple(Link(f"{cycle}/{COMPARISONS}/{file}", f"depuis {old}") for old, file in found)


def _order(name: str) -> tuple[int, str]:
    return (release_number(name), "") if name[1:].isdigit() and name[0] == "v" else (0, name)


def _size(path: Path, name: str = "") -> str:
    """Return the size of a file to download, in words; "" for a page or a folder's index."""
    if name in (REPORT, TABLE_INDEX):
        return ""
    size = path.stat().st_size
    if size < 1_000_000:
        return f"{format_value(max(1, round(size / 1000)), 'number', 0)}{NBSP}ko"
    return f"{format_value(size / 1_000_000, 'number', 1)}{NBSP}Mo"
