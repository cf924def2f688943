"""`make doctor`: what the machine has and lacks, with the command that adds each thing."""

from __future__ import annotations

from collections.abc import Sequence

from coopreport.doctor.checks import Found, look
from coopreport.errors import NBSP, BadCall
from coopreport.project import Project


def print_doctor(project: Project) -> int:
    """Print what every check found; return 0 when `make report` has all that it needs, else 2."""
    found = list(look(project))
    print("\n".join(lines(found)))
    lacks = [each.name for each in found if each.needed and not each.good]
    if any(not each.good and not each.needed for each in found):
        print("\nCe qui est marqué – ne manque qu’à ce que dit la parenthèse.")
    if not lacks:
        print("make report a tout ce qu’il lui faut.")
        return 0
    print(f"make report ne peut pas aller{NBSP}: {', '.join(lacks)}.")
    return BadCall.exit_code


def lines(found: Sequence[Found]) -> list[str]:
    """Return the table, a line for each check, and under it the remedy of what is missing.

    ✓ is there, ✗ is missing and needed, – is missing and the report does without.
    """
    width = max(len(each.name) for each in found)
    detail = max(len(each.detail) for each in found if each.good)
    made = []
    for each in found:
        mark = "✓" if each.good else "✗" if each.needed else "–"
        made.append(f"{mark} {each.name:{width}}  {each.detail:{detail}}  ({each.serves})")
        if each.remedy:
            made.append(f"    → {each.remedy}")
    return made
