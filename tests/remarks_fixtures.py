"""What the tests of remarks look at: a small real build with numbers, and a reviewer's file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.builds import CHART, TABLE, latest, small_project
from tests.chapters import CYCLE, write_chapter
from tests.releases import done
from tests.shared import made_once

TOTAL = "financement.total_annuel"
PROSE = f"""## Texte

Le mouvement demande {{eval}}`indicator["{TOTAL}"]` par année,
soit {{eval}}`indicator["{TOTAL}"].words`.

Une phrase sans nombre.

- Un point.
- Un autre point."""
FIGURES = (
    f'report.figures("essai.chiffres", "Chiffres clés", [("Demande", "{TOTAL}", "par année")])'
)


def annotated_project(factory: pytest.TempPathFactory) -> Path:
    """Return a small project with its build: one chapter with numbers, a table, a chart, a list.

    It is made once for all tests: one that changes it takes a copy.
    """

    def make(base: Path) -> None:
        project = small_project(base)
        write_prose(project, PROSE)
        done(project, "report")

    (made,) = made_once(factory, "annoté", make).iterdir()
    return made


def write_prose(project: Path, prose: str) -> None:
    """Write the one chapter of the project with this text."""
    chart = CHART.format(sentence="Une phrase.")
    write_chapter(project, prose, FIGURES, TABLE, chart)


def ledger_hash(project: Path) -> str:
    """Return the hash that the manifest of the latest build has for its numbers."""
    manifest = json.loads((latest(project) / "manifest.json").read_text(encoding="utf-8"))
    return str(manifest["outputs"]["indicateurs.json"])


def target(**more: Any) -> dict[str, Any]:
    """Return the target of a remark: the table of the small build, unless told otherwise."""
    return {
        "kind": "tableau",
        "id": "financement.recommandations",
        "within": "",
        "occurrence": 1,
        "chapter": "essai",
        "section": "essai-texte",
        "row": "",
        "column": "",
        "excerpt": "Tableau 1 Les demandes",
        "shown": "",
        "digest": "",
        "numbers": [],
        **more,
    }


def remark(
    id: str = "00112233aabbccdd", text: str = "Une remarque.", **more: Any
) -> dict[str, Any]:
    """Return a remark as the page exports it."""
    moment = "2026-11-22T15:00:00.000Z"
    return {
        "id": id,
        "created": moment,
        "modified": moment,
        "text": text,
        "target": target(),
        **more,
    }


def exported(*remarks: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a reviewer's file as the page exports it."""
    return {
        "format": 1,
        "cycle": CYCLE,
        "page": {"build": "0123456789ab", "version": "", "ledger": "ab" * 32},
        "author": "Marie Tremblay",
        "exported": "2026-11-22T15:05:00.000Z",
        "remarks": list(remarks) or [remark()],
        **more,
    }


def write_file(folder: Path, content: object, name: str = "remarques.json") -> Path:
    """Write a reviewer's file and return its path."""
    path = folder / name
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")
    return path


def add_remark(page: Page, block: str, text: str, name: str = "Marie Tremblay") -> None:
    """Add a remark to a block of the open page, with the mouse."""
    page.locator(block).hover()
    page.locator(f"{block} > .remark-add").click()
    fill_editor(page, text, name)


def fill_editor(page: Page, text: str, name: str = "Marie Tremblay") -> None:
    """Fill the open editor and save."""
    page.get_by_label("Votre remarque").fill(text)
    author = page.locator("dialog.editor").get_by_label("Votre nom")
    if author.is_visible():
        author.fill(name)
    page.get_by_role("button", name="Enregistrer").click()
    page.locator("dialog.editor").wait_for(state="hidden")


def export(page: Page) -> dict[str, Any]:
    """Export the remarks of the open page, from its list, and return the file's content."""
    page.locator(".remarks-bar .list").click()
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Exporter").click()
    content: dict[str, Any] = json.loads(Path(downloading.value.path()).read_text(encoding="utf-8"))
    page.keyboard.press("Escape")
    return content
