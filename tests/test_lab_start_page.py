"""The page that the lab opens on, and what a save writes: made from the cycle, without results."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from coopreport.cycles import read_cycle
from coopreport.errors import BadCall
from coopreport.lab.saving import keep_source
from coopreport.lab.start_page import start_page, write_start_page
from coopreport.project import Project
from tests.conftest import ROOT

LINK = re.compile(r"^[0-9]+\. \[(.+)\]\((.+\.ipynb)\)$", flags=re.MULTILINE)


@pytest.mark.parametrize("cycle", ["2023-2024", "2019-2020"])
def test_it_lists_the_chapters_of_the_cycle_in_order(cycle: str) -> None:
    read = read_cycle(Project(ROOT), cycle)
    listed = LINK.findall(start_page(Project(ROOT), cycle))
    assert listed == [(chapter.title, f"{chapter.name}.ipynb") for chapter in read.chapters]
    assert all((ROOT / "notebooks" / name).is_file() for _, name in listed)


def test_every_command_that_it_names_is_a_target() -> None:
    named = set(re.findall(r"`make ([a-z]+)`", start_page(Project(ROOT), "2023-2024")))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert named <= set(re.findall(r"^([a-z-]+):.*##", makefile, flags=re.MULTILINE))


def test_a_chapter_that_cannot_be_read_is_told_where_it_is_mended(project: Path) -> None:
    chapter = project / "notebooks" / "03-financement.ipynb"
    chapter.write_text("<<<<<<< HEAD\n" + chapter.read_text(encoding="utf-8"), encoding="utf-8")
    page = write_start_page(Project(project), "2023-2024").read_text(encoding="utf-8")
    assert "il contient des marques de fusion" in page
    assert ("03-financement.ipynb",) * 2 in LINK.findall(page)


def test_a_cycle_that_is_not_there_is_a_bad_call(project: Path) -> None:
    with pytest.raises(BadCall, match="n’existe pas encore"):
        write_start_page(Project(project), "2001-2002")


def test_a_chapter_that_was_run_is_saved_as_it_was_before() -> None:
    source = (ROOT / "notebooks" / "03-financement.ipynb").read_text(encoding="utf-8")
    run: dict[str, Any] = json.loads(source)
    run["metadata"]["kernelspec"]["display_name"] = "Python (coopreport)"
    run["metadata"]["language_info"] = {"name": "python", "version": "3.12.1", "mimetype": "x"}
    for number, cell in enumerate(run["cells"], 1):
        cell["metadata"]["user_expressions"] = [{"expression": "1", "result": {}}]
        shown = {"editable": True, "deletable": True, "slideshow": {"slide_type": ""}}
        cell["metadata"].update(shown, tags=cell["metadata"].get("tags", []))
        if cell["cell_type"] == "code":
            cell["execution_count"] = number
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "8,8 M$"}]
            cell["metadata"]["execution"] = {"iopub.status.busy": "2026-01-01T00:00:00Z"}
    model = {"type": "notebook", "content": run}
    keep_source(model, path="03-financement.ipynb")
    assert model["content"] == json.loads(source)


def test_other_files_are_saved_as_they_are() -> None:
    model: dict[str, Any] = {"type": "file", "content": "a,b\n1,2\n"}
    keep_source(model)
    assert model == {"type": "file", "content": "a,b\n1,2\n"}
