"""New words in a chapter run nothing, and give the bytes that running all of it gives."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from coopreport.cycles import read_cycle
from coopreport.pipeline.options import Options
from coopreport.project import Project
from tests.chapters import CYCLE, plan_of
from tests.conftest import runner
from tests.releases import done
from tests.shared import copy

CHAPTER = "03-financement"
WORDS = " Des mots ajoutés."


@pytest.fixture
def project(built: Path, tmp_path: Path) -> Path:
    """A copy of the project with its report, to change."""
    return copy(built.parents[2], tmp_path / "rapport")


def edit(project: Path, change: Callable[[NotebookNode], None], chapter: str = CHAPTER) -> None:
    """Change a chapter's notebook."""
    path = project / "notebooks" / f"{chapter}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)


def prose(notebook: NotebookNode, holding: str = "") -> NotebookNode:
    """Return the first French prose cell, under a title, that holds a text."""
    found: NotebookNode = next(
        cell
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        and "en" not in cell.metadata.get("tags", [])
        and not cell.source.startswith("#")
        and holding in cell.source
    )
    return found


def reword(notebook: NotebookNode) -> None:
    prose(notebook).source += WORDS


def change_expression(notebook: NotebookNode) -> None:
    cell = prose(notebook, "{eval}")
    before, after = cell.source.split("{eval}`", 1)
    cell.source = f"{before}{{eval}}` {after}"


def change_code(notebook: NotebookNode) -> None:
    next(cell for cell in notebook.cells if cell.cell_type == "code").source += "\n# autre"


def change_tags(notebook: NotebookNode) -> None:
    prose(notebook).metadata["tags"] = ["autre"]


def add_cell(notebook: NotebookNode) -> None:
    notebook.cells.append(nbformat.v4.new_markdown_cell("Une fin."))


def move_cell(notebook: NotebookNode) -> None:
    notebook.cells.append(notebook.cells.pop(-2))


def files(folder: Path) -> dict[str, bytes]:
    """Return the bytes of each file of a folder."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.mark.parametrize(("language", "pointer"), [("fr", "latest"), ("en", "latest-en")])
def test_new_words_everywhere_give_the_bytes_of_a_run_of_all(
    language: str, pointer: str, english_page: Path, tmp_path: Path
) -> None:
    project = copy(english_page.parents[3], tmp_path / "rapport")
    for chapter in read_cycle(Project(project), CYCLE).chapters:
        edit(project, reword, chapter.name)
    assert plan_of(project, Options(language=language)).stale == ()
    report = ("report", "--pdf=non", f"--language={language}")
    latest = project / "build" / CYCLE / pointer
    told = runner(project)(*report).stderr
    assert told.count("(texte changé)") == 8
    without_run = files(latest.resolve())
    assert WORDS.strip().encode() in without_run["rapport.html"]
    shutil.rmtree(project / "build")
    done(project, *report)
    assert files(latest.resolve()) == without_run


@pytest.mark.parametrize(
    "change", [change_expression, change_code, change_tags, add_cell, move_cell]
)
def test_whatever_else_changes_in_a_chapter_makes_it_run(
    change: Callable[[NotebookNode], None], project: Path
) -> None:
    edit(project, change)
    assert [chapter.name for chapter in plan_of(project).stale] == [CHAPTER]


def test_new_words_over_a_changed_table_make_the_chapter_run(project: Path) -> None:
    edit(project, reword)
    with (project / "data" / "recommendations.csv").open("ab") as file:
        file.write(b"\n")
    assert CHAPTER in [chapter.name for chapter in plan_of(project).stale]


def test_why_says_that_new_words_run_nothing(project: Path) -> None:
    edit(project, reword)
    told = runner(project)("why").stdout
    assert "texte changé, rien à exécuter" in told
    assert "à exécuter\n" not in told.replace("rien à exécuter\n", "")
