"""Two versions of the report for tests: a release, then one change of each kind."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import nbformat

from tests.chapters import START
from tests.claims_fixtures import edit

HOSTILE = "</th><script>alert(1)</script><img src=x onerror=alert(2)>"
REASON = "Première <b onclick='alert(3)'>version</b>"


def release(project: Path, name: str) -> Path:
    """Make a release of the latest build: its files, its record, and copies of its tables."""
    shelf = project / "build" / "2023-2024"
    folder = shelf / name
    shutil.copytree((shelf / "latest").resolve(), folder)
    shutil.copytree(project / "data", folder / "intrants" / "data")
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    record = {"version": name, "kind": "révision", "reason": REASON, "date": "2023-02-01"}
    path.write_text(json.dumps({**manifest, "release": record}), encoding="utf-8")
    return folder


def replace(path: Path, old: str, new: str) -> None:
    """Replace the one place of a file that holds `old`."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (path, old)
    path.write_text(text.replace(old, new), encoding="utf-8")


def change_everything(project: Path) -> None:
    """Change a row, a parameter, a function, a format, a sentence, a text of data, the chapters."""
    key = {"cycle": "2023-2024"}
    edit(
        project,
        "recommendations",
        {**key, "ask_id": "R2"},
        amount="700000",
        annual_amount="700000",
    )
    edit(
        project,
        "recommendations",
        {**key, "ask_id": "R0"},
        amount="8900000",
        annual_amount="8900000",
    )
    edit(project, "recommendations", {**key, "ask_id": "R3"}, subject=HOSTILE)
    cycle = project / "data" / "cycles" / "2023-2024.yaml"
    replace(cycle, "confidence: 0.95", "confidence: 0.9")
    replace(cycle, "  08-methode: {}", "  09-annexe: {}")
    funding = project / "coopreport" / "catalogue" / "funding.py"
    replace(funding, "return data.cycle.horizon\n", "return data.cycle.horizon + 1\n")
    portrait = project / "coopreport" / "catalogue" / "portrait.py"
    text = portrait.read_text(encoding="utf-8")
    place = text.index('"portrait.ecart_part_pib"')
    rest = text[place:].replace("decimals=1", "decimals=2", 1)
    portrait.write_text(text[:place] + rest, encoding="utf-8")
    replace(
        project / "notebooks" / "01-sommaire.ipynb",
        "demande au gouvernement du Québec",
        "réclame au gouvernement du Québec",
    )
    write_annex(project)


def write_annex(project: Path) -> None:
    """Write a chapter with an indicator of its own."""
    cells: list[Any] = [
        nbformat.v4.new_markdown_cell("# Annexe"),
        nbformat.v4.new_code_cell('cycle = "2023-2024"', metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(START),
        nbformat.v4.new_code_cell(
            '@report.define("annexe.un", "Un", unit="count", decimals=0, formula="un")\n'
            'def one(data):\n    """One."""\n    return 1'
        ),
        nbformat.v4.new_markdown_cell('Il y en a {eval}`indicator["annexe.un"]`.'),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbformat.write(notebook, project / "notebooks" / "09-annexe.ipynb")
