"""`make import`: a table edited in a spreadsheet taken back into data/. This file tells the story.

Nothing is written before the whole table passes the checks of `make check` and somebody says yes.
What git does not hold is kept before it is replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from coopreport.errors import NBSP, BadCall, BadData, CannotPublish, Fault, nearest, quoted, shorten
from coopreport.imports import terminal
from coopreport.imports.canonical import new_bytes
from coopreport.imports.changes import Changes, compare_rows
from coopreport.imports.damage import find_damage
from coopreport.imports.plain import plain_rows
from coopreport.imports.present import Present, read_present
from coopreport.imports.recorded import keep_former, recorded_bytes
from coopreport.imports.sheet import read_sheet
from coopreport.imports.staged import check_staged
from coopreport.pipeline.lock import wait_turn
from coopreport.pipeline.publish import flush_one, write_whole
from coopreport.pipeline.work import cannot_write
from coopreport.project import Project
from coopreport.tables import Package, Resource, open_package
from coopreport.tables.files import read_bytes
from coopreport.tables.journal import Journal
from coopreport.tables.model import RawTable
from coopreport.tables.table import check_candidate


@dataclass(frozen=True)
class _Target:
    """The table that an import replaces: its file, the bytes there now, the rows to compare with.

    `recorded` is what git's last commit holds of the file, None for nothing.
    """

    path: Path
    data: bytes
    recorded: bytes | None
    present: Present

    @property
    def is_unrecorded(self) -> bool:
        """Tell whether the file has something that git does not hold."""
        return self.data != self.recorded


def take_back(
    project: Project,
    file: str,
    table: str,
    write: bool | None,
    say: Callable[[str], None],
    ask: Callable[[str], bool] | None,
) -> int:
    """Show what the file `file` would change in a table, ask, and write it; return 0.

    Args:
        write: the answer given beforehand; None to ask.
        ask: asks a question of whoever is there; None when nobody is, and nothing is written.

    Raises:
        BadCall: no such file or table, or none is given.
        BadData: every fault of the file, or of what the tables would be.
        CannotPublish: the table cannot be written, or has changed meanwhile.
    """
    package = open_package(project.data)
    resource = _resource(package, file, table)
    path = _existing(file)
    target = _target(project, resource, path)
    name = resource.file if path.resolve() == target.path else path.name
    imported = _imported(package, target.present, path, name)
    changes = compare_rows(target.present, imported)
    data = new_bytes(target.present, changes)
    terminal.print_changes(changes, resource)
    left = check_staged(package, resource, data)
    if data == target.data:
        print(f"Rien à écrire{NBSP}: {resource.file} est déjà ainsi.")
        return 0
    for warning in _warnings(target, changes, resource, left):
        say(warning)
    if write is None and ask:
        write = ask(f"Écrire {resource.file}? (oui/non) ")
    if not write:
        say("Rien n’a été écrit." if ask or write is False else terminal.HOW_TO_WRITE)
        return 0
    if kept := _write(project, target, resource, data):
        say(f"Ce que {resource.file} disait est gardé{NBSP}: {project.relative(kept)}")
    print(f"Écrit{NBSP}: {resource.file}")
    say(f"  Ensuite{NBSP}: git diff {resource.file}, puis make report.")
    return 0


def _resource(package: Package, file: str, table: str) -> Resource:
    """Return the table of that name."""
    known = ", ".join(package.resources)
    if not file or not table:
        guess = Path(file).stem if Path(file).stem in package.resources else "grants"
        raise BadCall(
            "Donnez un fichier et la table qu’il remplace.",
            f'make import FILE="{file or "chemin du fichier.csv"}" TABLE={table or guess}'
            f"\n  Tables{NBSP}: {known}.",
        )
    if table not in package.resources:
        raise BadCall(
            f"Table inconnue{NBSP}: {quoted(shorten(table))}.",
            f"{nearest(table, list(package.resources))} (tables{NBSP}: {known})".strip(),
        )
    return package.resources[table]


def _existing(file: str) -> Path:
    path = Path(file).expanduser()
    try:
        if path.exists():
            return path
        there = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
    except (OSError, ValueError):
        there = []
    raise BadCall(
        f"Fichier introuvable{NBSP}: {shorten(file, 200)}.",
        f"{nearest(path.name, there)} Vérifiez le chemin; s’il a des espaces, mettez-le entre "
        f'guillemets{NBSP}: FILE="Mes aides.csv".'.strip(),
    )


def _target(project: Project, resource: Resource, path: Path) -> _Target:
    """Return the table as it is; as git holds it, when the spreadsheet was saved over it."""
    target = (project.data / resource.path).resolve()
    data = read_bytes(project.data, resource.path, Journal(resource.file))
    recorded = recorded_bytes(project, target)
    if path.resolve() != target:
        return _Target(target, data, recorded, read_present(data, resource))
    if recorded is None:
        raise BadCall(
            f"FILE est {resource.file} elle-même, et git n’en garde pas d’autre version"
            " à laquelle la comparer.",
            "enregistrez le tableur sous un autre nom, remettez la table d’avant, puis relancez.",
        )
    return _Target(target, data, recorded, read_present(recorded, resource))


def _imported(package: Package, present: Present, path: Path, name: str) -> RawTable:
    """Return the rows of the file in the tables' way of writing, after saying what they show.

    Raises:
        BadData: every fault of the file, at its own lines.
    """
    resource = present.raw.resource
    journal = Journal(name)
    sheet = read_sheet(path, resource, journal)
    imported, understood = plain_rows(sheet.raw, journal)
    terminal.print_understood(name, sheet, understood, journal.notices)
    find_damage(present, imported, journal)
    checks = Journal(name)
    check_candidate(package, imported, checks)
    told = {(fault.line, fault.column) for fault in journal.faults}
    others = [fault for fault in checks.faults if (fault.line, fault.column) not in told]
    if faults := [*journal.faults, *others]:
        raise BadData(faults)
    return imported


def _warnings(
    target: _Target, changes: Changes, resource: Resource, left: tuple[Fault, ...]
) -> Iterator[str]:
    if not changes.rows:
        yield f"Aucune valeur ne change; {resource.file} retrouverait sa forme de table."
    if changes.drops_half:
        yield (
            f"Avertissement{NBSP}: la moitié des lignes ou plus seraient retirées; le tableur"
            " a-t-il un filtre, le fichier est-il une partie de la table?"
        )
    if left:
        yield (
            f"Avertissement{NBSP}: d’autres tables ont déjà des fautes, que l’import ne change"
            f" pas ({len(left)}); make check les liste."
        )
    if target.is_unrecorded:
        yield (
            f"Avertissement{NBSP}: git ne garde pas {resource.file} tel qu’il est; si vous"
            " écrivez, une copie en sera gardée dans build/."
        )


def _write(project: Project, target: _Target, resource: Resource, data: bytes) -> Path | None:
    """Replace the table by one rename; return where its former bytes are kept, if git lacks them.

    Raises:
        CannotPublish: the table has changed since it was compared, or cannot be written.
    """
    kept = None
    try:
        with wait_turn(project.data):
            if target.path.read_bytes() != target.data:
                raise CannotPublish(
                    f"{resource.file} a changé pendant l’import; rien n’a été écrit.",
                    "relancez la même commande, qui montrera ce qui changerait maintenant.",
                )
            if target.is_unrecorded:
                kept = keep_former(project, resource.name, target.data)
            write_whole(target.path, data)
            flush_one(target.path.parent)
    except OSError as error:
        raise cannot_write(error, project.data) from None
    return kept
