"""What moved, between the page on which a remark was written and the latest build."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coopreport.errors import NBSP
from coopreport.locale import keep_together
from coopreport.pipeline.digests import exhibit_digest
from coopreport.pipeline.layout import LATEST, LEDGER, NOTEBOOKS, REPORT
from coopreport.pipeline.publish import read_manifest
from coopreport.project import Project
from coopreport.remarks.remark import Remark, Target

EXHIBIT = re.compile(r"application/vnd\.coopreport\.(table|chart|figures)\.v1\+json")
CONTROLS = re.compile(r"[\u0000-\u0008\u000b-\u001f\u007f-\u009f]")
LONGEST = 300
"""Characters of a text that a remark quotes, as the page cuts it."""


@dataclass(frozen=True)
class Shown:
    """What a build shows: its numbers, its exhibits (as JSON) by id, and its page."""

    numbers: Mapping[str, str]
    exhibits: Mapping[str, Mapping[str, Any]]
    page: str

    def has(self, id: str) -> bool:
        """Tell whether the page has a place of this id."""
        return f'id="{id}"' in self.page


def latest_shown(project: Project, cycle: str) -> Shown | None:
    """Return what the latest build of a cycle shows; None when there is none that can be read."""
    try:
        return _read(project.build / cycle / LATEST)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _read(build: Path) -> Shown:
    page = (build / REPORT).read_text(encoding="utf-8")
    ledger = json.loads((build / LEDGER).read_text(encoding="utf-8"))
    exhibits = {}
    for path in sorted((build / NOTEBOOKS).glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", ()):
                for mime, data in output.get("data", {}).items():
                    if EXHIBIT.fullmatch(mime):
                        exhibits[data["id"]] = data
    numbers = {item["id"]: one_line(item["shown"]) for item in ledger["indicators"]}
    return Shown(numbers, exhibits, page)


def changes_since(remark: Remark, shown: Shown) -> list[str]:
    """Return what moved of what a remark is about, each in words; nothing when nothing did."""
    return list(_changes(remark.target, shown))


def _changes(target: Target, shown: Shown) -> Iterator[str]:
    for number in target.numbers:
        now = shown.numbers.get(number.id)
        if now is None:
            yield f"{number.id}{NBSP}: n’est plus dans le rapport"
        elif now != number.shown:
            yield f"{number.id}{NBSP}: {number.shown} → {now}"
    if target.kind == "passage" and not shown.has(target.id):
        yield "le passage a été modifié ou retiré"
    if target.kind in ("tableau", "graphique", "chiffres"):
        yield from _exhibit_changes(target, shown.exhibits.get(target.id))


def _exhibit_changes(target: Target, exhibit: Mapping[str, Any] | None) -> Iterator[str]:
    what = "les chiffres clés" if target.kind == "chiffres" else f"le {target.kind}"
    plural = target.kind == "chiffres"
    if exhibit is None:
        yield f"{what} {'ne sont' if plural else 'n’est'} plus dans le rapport"
    elif target.row and target.column:
        now = _cell(exhibit, target.row, target.column)
        if now is None:
            yield "la cellule n’est plus dans le tableau"
        elif now != target.shown:
            yield f"{target.row}, {target.column}{NBSP}: {target.shown} → {now}"
    elif target.digest and exhibit_digest(exhibit) != target.digest:
        yield f"{what} {'ont' if plural else 'a'} changé"


def _cell(table: Mapping[str, Any], row: str, column: str) -> str | None:
    """Return the text of a cell, by the headings as the page's script reads them; None if lost."""
    columns = [one_line(each["label"]) for each in table["columns"]][1:]
    group = ""
    for each in table["rows"]:
        texts = [one_line(keep_together(cell["text"])) for cell in each["cells"]]
        if each["kind"] == "group":
            group = texts[0]
        elif one_line(f"{group} › {texts[0]}" if group else texts[0]) == row:
            return texts[columns.index(column) + 1] if column in columns else None
    return None


def one_line(text: str) -> str:
    """Return a text as a remark quotes it: on one line, without control characters, cut."""
    line = re.sub(r"[\s\ufeff]+", " ", CONTROLS.sub("", text.replace("\r", "\n"))).strip()
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def known_ledgers(project: Project, cycle: str) -> dict[str, str]:
    """Return the builds and versions of a cycle by the hash of their numbers."""
    manifests = sorted((project.build / cycle).glob("*/manifest.json"))
    found = {path.parent.name: read_manifest(path.parent) for path in manifests}
    return {
        str(manifest["outputs"][LEDGER]): name
        for name, manifest in found.items()
        if LEDGER in manifest.get("outputs", {})
    }
