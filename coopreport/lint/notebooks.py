"""`make lint` for the notebooks: every typed number, stored output and unreadable file, at once.

A file of data/ that a merge left unfinished is told with them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from coopreport.chapters import heading_above, read_chapter, source_of
from coopreport.errors import NBSP, ChapterFailed, CoopreportError, Fault, quoted, shorten
from coopreport.lint.allowed import NAME, Allowance, read_allowances, stale, subject_of
from coopreport.lint.finding import Finding
from coopreport.lint.merges import merge_marks
from coopreport.lint.numbers import Kind, TypedNumber, find_numbers
from coopreport.lint.passages import NAMED, Passage, code_passages, prose_passage
from coopreport.lint.proposals import Known, known_numbers, proposals, say
from coopreport.lint.stored import stored
from coopreport.locale import count_of, keep_together
from coopreport.project import Project
from coopreport.translation.listing import lacks

_WHAT = {
    "amount": "montant tapé",
    "rate": "taux tapé",
    "points": "écart tapé",
    "year": "année tapée",
    "date": "date tapée",
    "count": "nombre tapé",
}
_AROUND = 30

HELP = f"""
Un nombre s’écrit par son nom, pour que le lecteur en voie l’origine et qu’il suive les tables :
  - dans le texte : {{eval}}`indicator["financement.annonce"]`;
  - dans un titre, une note ou une description : f"… {{indicator['financement.annonce'].short}}";
  - sans indicateur de cette valeur : ajoutez-en un au catalogue (voyez docs/developer.md).
Si ce n’est pas un nombre mais un nom (R1, « étude de 2022 »), déclarez-le avec une raison dans
notebooks/{NAME}."""


class LintFailed(CoopreportError):
    """Typed numbers, stored outputs, merge marks: bad data, all of it in one error."""

    exit_code = 3


@dataclass(frozen=True)
class Hit:
    """A number typed in a cell, where it stands and in which text."""

    notebook: str
    cell: int
    heading: str
    passage: Passage
    number: TypedNumber

    def finding(self, known: list[Known]) -> Finding:
        """Say where the number is, what it is and how to name it."""
        number, passage = self.number, self.passage
        subject = subject_of(self.notebook)
        named = proposals(number, known, subject, passage.in_code)
        unnamed = "aucun indicateur ne le vaut; ajoutez-en un, ou permettez-le si c’est un nom."
        return Finding(
            f"{self.notebook}.ipynb",
            f"{_WHAT[number.kind]} {quoted(' '.join(number.text.split()))}",
            say(named, passage.in_code) if named else unnamed,
            self.cell,
            self.heading,
            passage.line_of(number.start),
            _excerpt(passage.text, number),
        )


def print_lint(project: Project, cycle: str) -> int:
    """Check every notebook of the project, print the count and return 0.

    What the English edition lacks is a warning, not a fault.

    Raises:
        LintFailed: with every finding of every notebook and every fault of the allowances.
    """
    paths = sorted(project.notebooks.glob("*.ipynb"))
    findings, hits = list(merge_marks(project)), []
    for path in paths:
        for item in read_notebook(path):
            if isinstance(item, Finding):
                findings.append(item)
            else:
                hits.append(item)
    file = project.relative(project.notebooks / NAME)
    allowances, faults = read_allowances(
        project.notebooks / NAME, file, [path.stem for path in paths]
    )
    refused, used = _sort_out(hits, allowances)
    faults += stale(file, allowances, used)
    if refused:
        known = known_numbers(project, cycle)
        findings += [hit.finding(known) for hit in refused]
    if findings or faults:
        raise LintFailed(_message(findings, faults, HELP if refused else ""))
    print(
        f"{count_of(len(paths), 'notebook')}{NBSP}: aucun nombre tapé, "
        f"{count_of(len(hits), 'nom permis', 'noms permis')}."
    )
    for lack in lacks(paths):
        print(f"Avertissement{NBSP}: {lack}")
    return 0


def _message(findings: list[Finding], faults: list[Fault], help_text: str) -> str:
    lines = [str(item) for item in (*findings, *sorted(faults))]
    count = count_of(len(lines), "faute")
    listed = [f"  {i}. {line}" for i, line in enumerate(lines, 1)]
    return keep_together("\n".join([f"{count} dans les notebooks.", *listed, help_text]).rstrip())


def _sort_out(hits: list[Hit], allowances: list[Allowance]) -> tuple[list[Hit], set[Allowance]]:
    """Return the hits that nothing allows, and the entries that allowed one."""
    refused: list[Hit] = []
    used: set[Allowance] = set()
    for hit in hits:
        covering = [a for a in allowances if a.covers(hit.notebook, hit.passage.text, hit.number)]
        used.update(covering)
        if not covering:
            refused.append(hit)
    return refused, used


def read_notebook(path: Path) -> Iterator[Finding | Hit]:
    """Yield what is wrong with one notebook, and every number typed in it, in order."""
    try:
        read_chapter(path)
    except ChapterFailed as error:
        yield Finding(path.name, error.message, error.remedy)
        return
    cells: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"]
    yield from stored(path.name, cells)
    for index, cell in enumerate(cells):
        yield from _read_cell(path, cells, index, cell)


def _read_cell(
    path: Path, cells: list[dict[str, Any]], index: int, cell: dict[str, Any]
) -> Iterator[Finding | Hit]:
    heading, source = heading_above(cells, index), source_of(cell)
    if cell["cell_type"] == "markdown":
        passages = [prose_passage(source)]
    elif cell["cell_type"] != "code":
        return
    else:
        if "parameters" in cell["metadata"].get("tags", []):
            return  # its numbers have names, and the cycle's file gives their values
        try:
            passages = list(code_passages(source))
        except SyntaxError as error:
            rule, remedy = f"ce n’est pas du Python ({error.msg})", "corrigez cette ligne."
            yield Finding(path.name, rule, remedy, index + 1, heading, error.lineno or 0)
            return
    for passage in passages:
        for number in numbers_of(passage):
            if cell["cell_type"] == "markdown":
                line_end = source.find("\n", number.end)
                above = {**cell, "source": source if line_end < 0 else source[:line_end]}
                heading = heading_above([*cells[:index], above], index)
            yield Hit(path.stem, index + 1, heading, passage, number)


def numbers_of(passage: Passage) -> list[TypedNumber]:
    """Return the numbers of a passage: those of its text, or the one its line of code holds."""
    if passage.literal is None:
        return find_numbers(passage.text)
    start, end, value = passage.literal
    kind: Kind = "year" if isinstance(value, int) and 1900 <= value <= 2099 else "count"
    return [TypedNumber(start, end, passage.text[start:end], kind, Fraction(str(value)))]


def _excerpt(text: str, number: TypedNumber) -> str:
    """Return the words around a number, on one line."""
    start, end = max(0, number.start - _AROUND), number.end + _AROUND
    around = ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
    return shorten(re.sub(f"{NAMED}+", "▢", around), 2 * _AROUND + len(number.text) + 2)
