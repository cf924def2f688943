"""Open remarks in the analyst's notebook, in a real kernel, as JupyterLab runs it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from coopreport.project import Project
from tests.chapters import CYCLE, START, list_chapters
from tests.conftest import ROOT
from tests.payloads import PAYLOADS
from tests.remarks_fixtures import exported, remark, target, write_file
from tests.test_remarks_files import run_in

OPEN = START.replace("start(cycle)", 'start("2023-2024", "essai")')


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with one chapter and remarks on it and on another; nothing is built."""
    root = tmp_path_factory.mktemp("labo") / "mémoire"
    shutil.copytree(ROOT / "data", root / "data")
    (root / "notebooks").mkdir()
    source = ROOT / "notebooks" / "08-methode.ipynb"
    shutil.copyfile(source, root / "notebooks" / "08-methode.ipynb")
    list_chapters(root, "08-methode")
    path = write_file(
        root,
        exported(
            remark(text=PAYLOADS["script"]),
            remark("b" * 16, "Sur un autre chapitre.", target=target(chapter="autre")),
        ),
    )
    run_in(Project(root), "remarks", f"--file={path}")
    return root


def run_cells(
    project: Path, monkeypatch: pytest.MonkeyPatch, *cells: str, build: bool = False
) -> list[list[dict[str, Any]]]:
    """Run cells in one kernel; return the outputs of each."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    if build:
        monkeypatch.setenv("COOPREPORT_BUILD", "1")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    context = {"metadata": {"path": str(project)}}
    NotebookClient(notebook, timeout=60, kernel_name="python3", resources=context).execute()
    assert os.environ["PYTHONPATH"] == str(ROOT)
    return [list(cell.outputs) for cell in notebook.cells]


def test_opening_a_chapter_shows_its_open_remarks_as_text(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = run_cells(project, monkeypatch, OPEN, OPEN, "report.remarks()")
    for outputs in (first, second, third):
        (output,) = outputs  # nothing on the error stream: the guard lets it read
        html = output["data"]["text/html"]
        assert "1\u00a0remarque ouverte" in html
        assert "&lt;script&gt;" in html
        assert "<script" not in html
        assert "autre chapitre" not in html


def test_in_a_build_nothing_is_shown_nor_read(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = (OPEN, "report.remarks()", 'import sys; print("coopreport.remarks.lab" in sys.modules)')
    first, second, third = run_cells(project, monkeypatch, *cells, build=True)
    assert (first, second) == ([], [])
    assert third[0]["text"] == "False\n"


def test_a_damaged_remark_is_told_and_the_chapter_opens(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = project / "reviews" / CYCLE / f"{'c' * 16}.json"
    damaged.write_text("{", encoding="utf-8")
    try:
        (outputs,) = run_cells(project, monkeypatch, OPEN)
    finally:
        damaged.unlink()
    assert "reviews/2023-2024" in outputs[0]["data"]["text/html"]


def test_a_chapter_does_not_depend_on_what_shows_remarks() -> None:
    from coopreport.pipeline.imports import modules_of

    modules = modules_of(["from coopreport.notebook import start"], ROOT)
    assert not [path for path in modules if "remarks" in path.relative_to(ROOT).parts]
