"""The error of a chapter that did not run well: its cell, its heading, why, what to do."""

from __future__ import annotations

import os
import re
from tempfile import gettempdir

import nbformat
from nbformat import NotebookNode

from coopreport.chapters import Chapter, heading_above
from coopreport.errors import ChapterFailed, shorten
from coopreport.pipeline.limits import Limits

CELL_FILE = re.compile(
    rf"({re.escape(os.path.join(gettempdir(), 'ipykernel_'))}[0-9]+/)?\b[0-9]{{5,}}\.py"
    r"|<ipython-input-[0-9]+-\w+>"
)
"""The name that a warning or an error gives to its cell: a kernel's holds its process number."""


def failure(
    chapter: Chapter, source: NotebookNode, index: int, kind: str, last_line: str, limits: Limits
) -> ChapterFailed:
    """Return the error of a chapter whose cell `index` failed.

    `index` counts from 0 in the executed notebook, where papermill puts one cell after the
    parameters; the message gives the analyst's number, in `source`, from 1. `kind` is the
    exception's name or one of the failures below.
    """
    tagged = [i for i, c in enumerate(source.cells) if "parameters" in c.metadata.get("tags", [])]
    index -= index > tagged[0]
    cell = source.cells[index]
    last_line = CELL_FILE.sub("<cellule>", last_line)
    heading = heading_above(source.cells, index)
    place = f"{chapter.path.name}, cellule {_number_in_file(chapter, source, index)}"
    if heading:
        place += f", sous « {heading} »"
    first_line = shorten(cell.source)
    messages = {
        "Timeout": (
            f"elle dépasse la limite ({limits.cell_seconds:g} s par cellule, "
            f"{limits.build_seconds:g} s en tout).",
            "cherchez une boucle sans fin, ou relevez la limite : make report CELL_LIMIT=600.",
        ),
        "DeadKernel": (
            "le noyau s’est arrêté (mémoire épuisée, exit() ou arrêt forcé).",
            "enlevez l’appel qui arrête le noyau, ou réduisez la mémoire demandée.",
        ),
        "SystemExit": (
            "le chapitre s’arrête avant sa fin (sys.exit ou exit).",
            "enlevez cet appel : un chapitre s’exécute jusqu’à sa dernière cellule.",
        ),
        "NotCompleted": ("la cellule n’a pas été exécutée.", "relancez make report."),
        "TooLarge": (
            f"ses sorties dépassent {limits.output_bytes // 1_000_000} Mo.",
            "montrez un tableau résumé plutôt que toutes les données.",
        ),
        "Expression": (
            f"un nombre du texte ne peut pas être calculé : {last_line}",
            "corrigez le nom entre {eval} et l’accent grave.",
        ),
        "NotIndicator": (
            f"l’expression {last_line} n’est pas un indicateur.",
            'écrivez {eval}`indicator["nom"]`, ou ajoutez l’indicateur au catalogue.',
        ),
    }
    message, remedy = messages.get(
        kind,
        (
            f"{kind} : {shorten(last_line, 300)}",
            "ouvrez le notebook avec « make lab », exécutez-le jusqu’à cette cellule et corrigez.",
        ),
    )
    return ChapterFailed(f"{place} (« {first_line} ») : {message}", remedy)


def _number_in_file(chapter: Chapter, source: NotebookNode, index: int) -> int:
    """Return the number, from 1, that the analyst sees on a cell of the notebook as it is run.

    An edition leaves out the cells of the other language; those that it runs keep their order.
    """
    cells = iter(enumerate(nbformat.read(chapter.path, as_version=4).cells, 1))
    number = 0
    for cell in source.cells[: index + 1]:
        own = (cell.cell_type, cell.source)
        same = (n for n, each in cells if (each.cell_type, each.source) == own)
        number = next(same, number + 1)
    return number
