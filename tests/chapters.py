"""Small chapters for tests: a project that has only the notebook a test writes."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat

from coopreport.cycles import read_cycle
from coopreport.pipeline.inputs import input_files
from coopreport.pipeline.options import PLAIN, Options
from coopreport.pipeline.plan import Plan, make_plan
from coopreport.project import Project

CYCLE = "2023-2024"
START = """from coopreport.notebook import Column, start

report = start(cycle)
indicator = report.indicator"""


def write_chapter(project: Path, *cells: str, name: str = "01-essai", parameters: str = "") -> Path:
    """Write a chapter and make it the cycle's only one; a cell that begins with `#` is Markdown.

    The title, the parameters and the start of the report come first: a cell given here is the
    notebook's fourth and up, as an analyst counts.
    """
    first = nbformat.v4.new_code_cell(
        f'cycle = "{CYCLE}"\n{parameters}'.strip(), metadata={"tags": ["parameters"]}
    )
    title = nbformat.v4.new_markdown_cell("# Essai")
    made = [title, first, nbformat.v4.new_code_cell(START)]
    for text in cells:
        if text.startswith("#"):
            made.append(nbformat.v4.new_markdown_cell(text))
        else:
            made.append(nbformat.v4.new_code_cell(text))
    path = project / "notebooks" / f"{name}.ipynb"
    notebook = nbformat.v4.new_notebook(cells=made)
    nbformat.write(notebook, path)
    list_chapters(project, name)
    return path


def list_chapters(project: Path, *names: str) -> None:
    """Make `names` the only chapters of the cycle, without parameters."""
    path = project / "data" / "cycles" / f"{CYCLE}.yaml"
    text = path.read_text(encoding="utf-8")
    head = re.split(r"^chapters:$", text, flags=re.MULTILINE)[0]
    listed = "".join(f"  {name}: {{}}\n" for name in names)
    path.write_text(f"{head}chapters:\n{listed}", encoding="utf-8")


def plan_of(project: Path, options: Options = PLAIN) -> Plan:
    """Return the plan as `make report` would make it now."""
    read = Project(project)
    cycle = read_cycle(read, CYCLE)
    return make_plan(read, cycle, input_files(read, cycle), options)
