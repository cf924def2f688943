"""What running a notebook left in it: outputs, counts, numbers of the prose, another order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from coopreport.chapters import heading_above
from coopreport.lint.finding import Finding

STRIP = "lancez make format, qui les enlève."


def stored(notebook: str, cells: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """Yield what a notebook should not hold, then the first cell that was run out of order."""
    for number, cell in enumerate(cells, 1):
        rule = ""
        if cell.get("outputs") or cell.get("execution_count") is not None:
            rule = "des sorties ou un numéro d’exécution sont enregistrés dans la source"
        elif "user_expressions" in cell["metadata"]:
            rule = "les nombres de son texte (user_expressions) sont enregistrés dans la source"
        if rule:
            yield Finding(notebook, rule, STRIP, number, heading_above(cells, number - 1))
    yield from _out_of_order(notebook, cells)


def _out_of_order(notebook: str, cells: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """Yield the first cell that was run before one above it: what it shows may not be so."""
    last = 0
    for number, cell in enumerate(cells, 1):
        count = cell.get("execution_count")
        if not isinstance(count, int):
            continue
        if count < last:
            yield Finding(
                notebook,
                f"elle a été exécutée ({count}) avant une cellule qui la précède ({last}) : ce "
                "que vous avez vu n’est peut-être pas ce que le rapport dira",
                "dans JupyterLab, « Noyau > Redémarrer le noyau et exécuter toutes les cellules », "
                "relisez, puis make format.",
                number,
                heading_above(cells, number - 1),
            )
            return
        last = count
