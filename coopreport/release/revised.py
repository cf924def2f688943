"""What moved since the former version, with the cause that people stated for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat

from coopreport.compare.moved import Moved, moved
from coopreport.errors import NBSP
from coopreport.locale import count_of
from coopreport.pipeline.edition import Revised, RevisedCell
from coopreport.pipeline.layout import LEDGER
from coopreport.release.causes import Cause, cause_of, lines_to_add
from coopreport.release.cells import moved_cells, tables_of
from coopreport.release.folder import causes_file
from coopreport.release.refusals import Refusal
from coopreport.release.versions import read_manifest

MOST_LISTED = 30
"""A refusal lists this many values; the lines to add name them all."""


@dataclass(frozen=True)
class Revisions:
    """The displayed values that moved; a blank cause is one that nobody stated."""

    indicators: tuple[Revised, ...] = ()
    cells: tuple[RevisedCell, ...] = ()
    found: tuple[Moved, ...] = ()

    def unexplained(self) -> Iterator[tuple[str, str]]:
        """Yield what moved with no stated cause: its name, and how it moved in words."""
        causes = {move.id: "; ".join(cause.detail for cause in move.causes) for move in self.found}
        for each in self.indicators:
            if not each.cause:
                hint = f" ({causes[each.indicator]})" if causes.get(each.indicator) else ""
                yield each.indicator, f"{each.label}{NBSP}: {each.old} → {each.new}{hint}"
        for cell in self.cells:
            if not cell.cause:
                place = f"{cell.title}, {cell.row}, {cell.column}"
                yield cell.exhibit, f"{place}{NBSP}: {cell.old} → {cell.new}"


def revisions_since(former: Path, build: Path, causes: Sequence[Cause]) -> Revisions:
    """Return what a build shows otherwise than a former version, with its stated causes."""
    old, new = (json.loads((each / LEDGER).read_text("utf-8")) for each in (former, build))
    found = moved(old, new, read_manifest(former), read_manifest(build))
    indicators = tuple(
        Revised(m.id, m.label, m.old, m.new, m.difference, cause_of(m.id, causes)) for m in found
    )
    cells = moved_cells(*(tables_of(_notebooks(each)) for each in (former, build)))
    with_cause = tuple(replace(each, cause=cause_of(each.exhibit, causes)) for each in cells)
    return Revisions(indicators, with_cause, tuple(found))


def refusals_of(revisions: Revisions, cycle: str, version: str, day: str) -> list[Refusal]:
    """Return the reason against a release whose values moved with no stated cause, if they did."""
    waiting = list(revisions.unexplained())
    if not waiting:
        return []
    listed = "".join(f"\n      {text}" for _, text in waiting[:MOST_LISTED])
    if len(waiting) > MOST_LISTED:
        listed += f"\n      … et {count_of(len(waiting) - MOST_LISTED, 'autre')}"
    names = list(dict.fromkeys(name for name, _ in waiting))
    lines = lines_to_add(version, names, day).replace("\n", "\n      ")
    what = count_of(len(waiting), "valeur affichée a changé", "valeurs affichées ont changé")
    return [
        Refusal(
            f"{what} sans cause donnée{NBSP}:{listed}",
            f"ajoutez ces lignes à {causes_file(cycle)}, remplissez-les et versez-les{NBSP}:"
            f"\n      {lines}",
            verification=True,
        )
    ]


def _notebooks(folder: Path) -> Iterator[nbformat.NotebookNode]:
    for path in sorted((folder / "notebooks").glob("*.ipynb")):
        yield nbformat.read(path, as_version=4)
