"""`make cycle`: a new cycle ready to edit, all of it or nothing, and never over another.

Everything is made and checked in a copy of data/ first. The cycle's file comes last: without it
the cycle does not exist, and the same command finishes what a killed one began.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

from coopreport.cycles import check_cycle_name, read_cycle
from coopreport.errors import NBSP, BadCall, BadData, shorten
from coopreport.locale import count_of
from coopreport.pipeline.lock import hold
from coopreport.pipeline.work import cannot_write, sweep, work_folder
from coopreport.project import Project
from coopreport.scaffold.cycle_file import new_cycle_text
from coopreport.scaffold.rows import is_carried, with_carried
from coopreport.tables import check_package, open_package

LINKED = ("notebooks", "registers")


def make_cycle(project: Project, new: str, former: str, say: Callable[[str], None]) -> int:
    """Make the cycle `new` from `former`: its file, and the former's rows, to be confirmed.

    Raises:
        BadCall: a wrong name, no such former cycle, one that is not before, or a cycle that is
            there already.
        BadData: the tables break a rule, before or with the new rows.
        Locked: the new cycle is being made.
        CannotPublish: data/ cannot be written; it is as it was.
    """
    check_cycle_name(new)
    if not former:
        raise BadCall(
            "De quel cycle partir?", f"nommez-le{NBSP}: make cycle CYCLE={new} FROM=2023-2024."
        )
    read_cycle(project, former)
    if former >= new:
        raise BadCall(
            f"{shorten(former)} n’est pas avant {new}.",
            "un cycle se prépare d’après un cycle qui le précède.",
        )
    target = project.cycle_file(new)
    if target.exists():
        raise _there_already(new, project.relative(target))
    with hold(project, new, "cycle"):
        sweep(project, new)
        with work_folder(project, new) as work:
            copy = Project(work / "project")
            shutil.copytree(project.data, copy.data)
            for name in LINKED:
                (copy.root / name).symlink_to(project.root / name)
            names = _write(copy, new, former)
            checked = check_package(open_package(copy.data))
            if checked.faults:
                raise BadData(checked.faults)
            read_cycle(copy, new)
            _put_in_place(project, copy, new)
    _say_next(new, names, say)
    print(f"Cycle{NBSP}: {project.relative(target)}")
    return 0


def _there_already(new: str, where: str) -> BadCall:
    return BadCall(
        f"Le cycle {new} existe déjà dans {where}; rien n’a été écrit.",
        "modifiez-le, ou choisissez un autre cycle.",
    )


def _write(copy: Project, new: str, former: str) -> dict[str, list[str]]:
    """Write the new cycle into a copy; return the names of the carried rows, by file."""
    package = open_package(copy.data)
    names: dict[str, list[str]] = {}
    for resource in package.resources.values():
        if is_carried(resource):
            path = copy.data / resource.path
            text = path.read_bytes().decode(resource.encoding)
            try:
                text, names[resource.file] = with_carried(resource, text, former, new)
            except ValueError:
                raise _there_already(new, resource.file) from None
            path.write_bytes(text.encode(resource.encoding))
    text = copy.cycle_file(former).read_text(encoding="utf-8")
    made = new_cycle_text(text, former, new, date.today())
    copy.cycle_file(new).write_text(made, encoding="utf-8")
    return names


def _put_in_place(project: Project, copy: Project, new: str) -> None:
    """Replace each table that changed, the cycle's file last; put all back when one fails."""
    package = open_package(copy.data)
    paths = [resource.path for resource in package.resources.values() if is_carried(resource)]
    paths.append(copy.cycle_file(new).relative_to(copy.data).as_posix())
    before: dict[Path, bytes | None] = {}
    try:
        for path in paths:
            staged, target = copy.data / path, project.data / path
            old = target.read_bytes() if target.exists() else None
            if old == staged.read_bytes():
                continue
            before[target] = old
            os.replace(staged, target)
    except BaseException as error:
        for target, old in before.items():
            if old is None:
                target.unlink(missing_ok=True)
            elif target.read_bytes() != old:
                target.write_bytes(old)
        if isinstance(error, OSError):
            raise cannot_write(error, project.data) from None
        raise


def _say_next(new: str, names: dict[str, list[str]], say: Callable[[str], None]) -> None:
    """Say the next three things to do."""
    counts = [
        f"{file} ({count_of(len(rows), 'ligne reprise', 'lignes reprises')})"
        for file, rows in names.items()
        if rows
    ]
    say(f"Le cycle {new} est prêt à modifier. Ensuite{NBSP}:")
    say(f"  1. data/cycles/{new}.yaml{NBSP}: relisez le titre, la date de coupure et l’horizon.")
    say(f"  2. {', '.join(counts) or 'data/'}{NBSP}: corrigez chaque ligne, puis inscrivez")
    say("     « true » dans sa colonne confirmed.")
    say(f"  3. make check CYCLE={new}, puis make report CYCLE={new}.")
