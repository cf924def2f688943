"""What running a notebook left in it, and unfinished merges, are refused by `make lint`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coopreport.errors import NBSP
from coopreport.lint.notebooks import LintFailed, print_lint
from coopreport.project import Project
from tests.conftest import ROOT

NOTEBOOK = "02-portrait.ipynb"


@pytest.fixture
def sources(tmp_path: Path) -> Project:
    """A project with its data and notebooks."""
    for name in ("data", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return Project(tmp_path)


def refused(project: Project) -> str:
    """Return what lint refuses, with plain spaces."""
    with pytest.raises(LintFailed) as failed:
        print_lint(project, "2023-2024")
    return failed.value.message.replace(NBSP, " ")


def change(project: Project, do: Callable[[list[dict[str, Any]]], None]) -> None:
    """Change the cells of a notebook."""
    path = project.notebooks / NOTEBOOK
    notebook = json.loads(path.read_text(encoding="utf-8"))
    do(notebook["cells"])
    path.write_text(json.dumps(notebook), encoding="utf-8")


def count(cells: list[dict[str, Any]], *counts: int) -> None:
    """Number the first code cells as they were run."""
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    for cell, number in zip(code, counts, strict=False):
        cell["execution_count"] = number


def test_an_output_is_refused_with_the_command_that_takes_it_out(sources: Project) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": ["x"]}
    change(sources, lambda cells: cells[2].update(outputs=[output]))
    said = refused(sources)
    assert f"{NOTEBOOK}, cellule 3" in said
    assert "Remède : lancez make format" in said


def test_the_numbers_of_the_prose_are_refused(sources: Project) -> None:
    change(sources, lambda cells: cells[4]["metadata"].update(user_expressions=[]))
    assert "cellule 5, sous « Les chiffres du mémoire" in refused(sources)
    assert "user_expressions" in refused(sources)


def test_cells_run_out_of_order_are_refused_once(sources: Project) -> None:
    change(sources, lambda cells: count(cells, 1, 3, 2, 1))
    said = refused(sources)
    assert said.count("avant une cellule qui la précède (3)") == 1
    assert "Redémarrer le noyau et exécuter toutes les cellules" in said


def test_cells_run_in_order_are_not_said_to_be_out_of_it(sources: Project) -> None:
    change(sources, lambda cells: count(cells, 4, 7))
    assert "qui la précède" not in refused(sources)


@pytest.mark.parametrize(
    ("file", "line"),
    [("data/cpi.csv", 3), ("data/cycles/2023-2024.yaml", 2), ("data/datapackage.json", 4)],
)
def test_a_merge_left_unfinished_in_data_is_refused_with_its_line(
    sources: Project, file: str, line: int
) -> None:
    path = sources.root / file
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[line - 1 : line - 1] = ["<<<<<<< HEAD\n", "=======\n", ">>>>>>> autre\n"]
    path.write_text("".join(lines), encoding="utf-8")
    assert f"{file}, ligne {line} : marque d’une fusion inachevée" in refused(sources)


def test_a_notebook_cut_short_is_refused(sources: Project) -> None:
    path = sources.notebooks / NOTEBOOK
    path.write_text(path.read_text(encoding="utf-8")[:500], encoding="utf-8")
    assert f"{NOTEBOOK} ne peut pas être lu : JSON interrompu" in refused(sources)
