"""`make why`: for each chapter and for the page, what changed since the last build."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from coopreport.cycles import read_cycle
from coopreport.errors import NBSP, shorten
from coopreport.pipeline.inputs import input_files
from coopreport.pipeline.plan import ABSENT, Change, ChapterPlan, Plan, make_plan
from coopreport.pipeline.publish import has_pdf, is_intact
from coopreport.project import Project

KINDS = {
    "cycle": "cycle",
    "parameter": "paramètre",
    "table": "table",
    "register": "registre",
    "notebook": "notebook",
    "code": "code",
    "environment": "environnement",
}


def print_why(project: Project, name: str) -> int:
    """Print the plan of a cycle's build and the reasons for it; nothing is made.

    Raises:
        BadCall: no such cycle, or its file breaks a rule.
    """
    cycle = read_cycle(project, name)
    plan = make_plan(project, cycle, input_files(project, cycle))
    since = f"depuis la production {plan.previous}" if plan.previous else "aucune production encore"
    print(f"Cycle {cycle.id}, {since}")
    width = max(len(chapter.chapter.title) for chapter in plan.chapters)
    for chapter in plan.chapters:
        print(f"  {chapter.chapter.title:<{width}}  {_state(chapter)}")
        print("".join(f"    {line}\n" for line in _lines(chapter.changes)), end="")
    damaged = bool(plan.previous) and not is_intact(
        project.build / cycle.id / plan.previous, plan.previous_inputs
    )
    changes = page_changes(plan)
    stale = damaged or plan.changes or not plan.previous
    print(f"  {'Page':<{width}}  {'à refaire' if stale else 'à jour'}")
    print("".join(f"    {line}\n" for line in _lines(changes)), end="")
    if any(chapter.changes for chapter in plan.chapters):
        print("    les chapitres ci-dessus ont changé")
    if not stale and not has_pdf(project.build / cycle.id / plan.previous):
        print(f"  {'PDF':<{width}}  absent de la dernière production")
    if damaged:
        print("    ses fichiers ont été modifiés ou enlevés à la main")
    return 0


def page_changes(plan: Plan) -> tuple[Change, ...]:
    """Return the changes that make the page stale and no chapter."""
    of_chapters = {(each.kind, each.name) for plan in plan.chapters for each in plan.changes}
    return tuple(each for each in plan.changes if (each.kind, each.name) not in of_chapters)


def _state(plan: ChapterPlan) -> str:
    if plan.worded:
        return "texte changé, rien à exécuter"
    if plan.kept is None:
        return "à exécuter" if plan.changes else _reason_without_change(plan)
    return "à jour" if not plan.changes else "changé, mais déjà exécuté ainsi"


def _reason_without_change(plan: ChapterPlan) -> str:
    known = "son exécution n’est plus en réserve" if plan.known else "jamais exécuté"
    return f"à exécuter{NBSP}: {known}"


def _lines(changes: Iterable[Change]) -> Iterator[str]:
    for change in changes:
        yield f"{KINDS.get(change.kind, change.kind):<13} {change.name}{NBSP}: {_what(change)}"


def _what(change: Change) -> str:
    if change.kind == "parameter":
        return f"{_shown(change.before)} → {_shown(change.after)}"
    if ABSENT in (change.before, change.after):
        return "ajouté" if change.before == ABSENT else "enlevé"
    return f"modifié ({change.before[:8]} → {change.after[:8]})"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return shorten(f"[{', '.join(map(str, value))}]")
    return "absent" if value is None else shorten(str(value))
