"""The sheets of a cycle: one notebook, read as a chapter of its own for each region.

The cycle's file does not list it. A sheet is the chapter `06-region`, whose parameter `region` is
its code: so the sheets of one build never share a name, a kept run or a chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

from coopreport.chapters import Chapter, read_chapter
from coopreport.cycles import Cycle
from coopreport.errors import NBSP, BadCall, nearest, quoted, shorten
from coopreport.project import Project

NOTEBOOK = "fiche-region.ipynb"
PARAMETER = "region"
CODES = tuple(f"{number:02}" for number in range(1, 18))
"""The codes of the 17 administrative regions."""


def check_codes(text: str) -> tuple[str, ...]:
    """Return the codes of regions in `text`, separated by commas, in order; all when it is empty.

    Raises:
        BadCall: one of them is no region's code.
    """
    asked = [part.strip() for part in text.split(",")] if text.strip() else list(CODES)
    for code in asked:
        if code not in CODES:
            hint = nearest(code.zfill(2), CODES) if code.isdigit() else ""
            raise BadCall(
                f"{quoted(shorten(code))} n’est pas le code d’une région administrative.",
                hint or f"codes connus{NBSP}: {', '.join(CODES)}.",
            )
    return tuple(code for code in CODES if code in asked)


def with_sheets(project: Project, cycle: Cycle, codes: Sequence[str]) -> Cycle:
    """Return a cycle whose chapters are the sheets of these regions, and no other.

    The parameters of its own chapters stay: a sheet uses those of the survival chapter.

    Raises:
        ChapterFailed: the notebook of the sheets cannot be read as a chapter.
    """
    notebook = read_chapter(project.notebooks / NOTEBOOK)
    chapters = tuple(replace(notebook, name=f"{code}-{PARAMETER}") for code in codes)
    given = {f"{code}-{PARAMETER}": MappingProxyType({PARAMETER: code}) for code in codes}
    parameters = MappingProxyType({**cycle.parameters, **given})
    return replace(cycle, chapters=chapters, parameters=parameters)


def code_of(chapter: Chapter) -> str:
    """Return the code of the region that a sheet is of."""
    return chapter.name.partition("-")[0]
