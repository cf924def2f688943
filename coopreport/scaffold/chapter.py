"""`make chapter`: a new chapter ready to edit, declared in the cycle, and never over another.

The notebook and the cycle's file are made and read in a copy first. The cycle's file comes last:
until it names the notebook, no report has it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from coopreport.chapters import read_chapter
from coopreport.cycles import read_cycle
from coopreport.errors import NBSP, BadCall, quoted, shorten
from coopreport.pipeline.lock import hold
from coopreport.pipeline.work import cannot_write, sweep, work_folder
from coopreport.project import Project
from coopreport.scaffold.cycle_file import with_chapter

TEMPLATE = Path(__file__).parent.parent / "templates" / "chapter" / "chapitre.ipynb"
WORD, TITLE = "chapitre", "Titre du chapitre"
"""What stands in the template for the chapter's own word and title."""

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
MOST = 40


def make_chapter(
    project: Project, cycle: str, name: str, title: str, say: Callable[[str], None]
) -> int:
    """Write `notebooks/NN-name.ipynb` from the template and declare it in the cycle.

    Raises:
        BadCall: a name that is not one, or that a notebook has already; no such cycle.
        BadCycle: the cycle's file breaks a rule, or lists its chapters on one line.
        Locked: the cycle is being made.
        CannotPublish: the project cannot be written; it is as it was.
    """
    _check_name(name)
    read_cycle(project, cycle)
    with hold(project, cycle, "chapter"):
        file = _next_file(project, name)
        target, listed = project.notebooks / file, project.cycle_file(cycle)
        sweep(project, cycle)
        with work_folder(project, cycle) as work:
            copy = Project(work / "project")
            shutil.copytree(project.data / "cycles", copy.data / "cycles")
            shutil.copytree(project.notebooks, copy.notebooks)
            (copy.root / "registers").symlink_to(project.root / "registers")
            made = copy.notebooks / file
            made.write_text(_notebook(name, _title(name, title), cycle), encoding="utf-8")
            text = listed.read_text(encoding="utf-8")
            with_it = with_chapter(text, read_chapter(made))
            copy.cycle_file(cycle).write_text(with_it, encoding="utf-8")
            read_cycle(copy, cycle)
            try:
                os.replace(made, target)
                os.replace(copy.cycle_file(cycle), listed)
            except OSError as error:
                if not made.exists():
                    target.unlink()
                raise cannot_write(error, target) from None
    _say_next(cycle, file, say)
    print(f"Chapitre{NBSP}: {project.relative(target)}")
    return 0


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name) or len(name) > MOST:
        raise BadCall(
            f"{quoted(shorten(name))} n’est pas un nom de chapitre."
            if name
            else "Comment se nomme le chapitre?",
            f"au plus {MOST} lettres minuscules sans accent, chiffres et tirets"
            f"{NBSP}: make chapter NAME=habitation-rurale.",
        )


def _next_file(project: Project, name: str) -> str:
    """Return the file of a new chapter: the next number, its name.

    Raises:
        BadCall: a notebook has this name already, or there are too many.
    """
    numbers = [0]
    for path in project.notebooks.glob("*.ipynb"):
        number, _, word = path.stem.partition("-")
        if name in (word, path.stem):
            raise BadCall(
                f"Le chapitre {quoted(name)} existe déjà dans {project.relative(path)}; "
                "rien n’a été écrit.",
                "modifiez-le, ou choisissez un autre nom.",
            )
        if re.fullmatch("[0-9]{2}", number):
            numbers.append(int(number))
    if max(numbers) >= 99:
        raise BadCall(
            "Les numéros de chapitre vont de 01 à 99, et 99 est pris; rien n’a été écrit.",
            "renommez un notebook de notebooks/, et sa ligne dans chaque cycle.",
        )
    return f"{max(numbers) + 1:02}-{name}.ipynb"


def _title(name: str, title: str) -> str:
    """Return the title on one line; without one, the name in words."""
    return " ".join(title.split()) or name.replace("-", " ").capitalize()


def _notebook(name: str, title: str, cycle: str) -> str:
    """Return the template with the chapter's own word, title and cycle."""
    notebook = json.loads(TEMPLATE.read_text(encoding="utf-8"))
    exhibits = name.replace("-", "_")
    for cell in notebook["cells"]:
        cell["id"] = cell["id"].replace(WORD, name, 1)
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            source = source.replace(f"# {TITLE}", f"# {title}", 1)
        elif "parameters" in cell["metadata"].get("tags", ()):
            source = re.sub(r'^cycle = ".*"', f'cycle = "{cycle}"', source)
        else:
            source = source.replace(f'"{WORD}"', f'"{name}"')
            source = source.replace(f'"{WORD}.', f'"{exhibits}.')
        cell["source"] = source.splitlines(keepends=True)
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _say_next(cycle: str, file: str, say: Callable[[str], None]) -> None:
    """Say the next three things to do."""
    say(f"Le chapitre est prêt à modifier. Ensuite{NBSP}:")
    say(f"  1. make lab, puis notebooks/{file}{NBSP}: remplacez le texte, le tableau et le")
    say("     graphique par les vôtres.")
    say(f"  2. data/cycles/{cycle}.yaml{NBSP}: son rang dans « chapters » est celui du rapport;")
    say("     ses paramètres sont sous son nom.")
    say(f"  3. make lint, puis make report CYCLE={cycle}.")
