"""A prose cell and its English: the Markdown cell right after it, tagged `en`.

The English cell's metadata, `translates`, hold one fingerprint per line of the French that it
translates: the first 12 hexadecimal digits of the line's SHA-256. A change of the French is
noticed, and its lines can be named. Notebooks are read as JSON here: nothing runs.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from coopreport.chapters import heading_above, is_english, source_of
from coopreport.errors import shorten
from coopreport.pipeline.options import FRENCH

TRANSLATES = "translates"
"""Metadata of an English cell: the fingerprints of the French lines that it translates."""
FRENCH_TEXT = "french"
"""Metadata of an English cell as the English edition runs it: the French that it stands for."""
UNTRANSLATED = "untranslated"
"""Metadata of a French cell as the English edition runs it."""

_HEADING = re.compile(r"^(#{1,6})\s", flags=re.MULTILINE)
_EVAL = re.compile(r"\{eval\}(`+)(.+?)\1(?!`)")
_WORDING = re.compile(r"\.(words|short)$")

Cell = Mapping[str, Any]


@dataclass(frozen=True)
class Pair:
    """A prose cell with its English. `french` and `english` are places in the notebook, from 0.

    `english` is None when there is none. `faults` say, in French, why the English cannot be shown.
    """

    french: int
    english: int | None
    id: str
    heading: str
    faults: tuple[str, ...]

    @property
    def is_missing(self) -> bool:
        """Tell whether there is no English at all."""
        return self.english is None


def fingerprints(source: str) -> list[str]:
    """Return the fingerprint of each line of a prose cell that is not blank."""
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    return [hashlib.sha256(line.encode()).hexdigest()[:12] for line in lines]


def pairs(cells: Sequence[Cell]) -> list[Pair]:
    """Return every prose cell of a notebook with its English, in order."""
    found = []
    for index, cell in enumerate(cells):
        if cell["cell_type"] != "markdown" or is_english(cell) or not source_of(cell).strip():
            continue
        after = cells[index + 1] if index + 1 < len(cells) else None
        english = index + 1 if after is not None and is_english(after) else None
        faults = ("sans anglais",) if english is None else tuple(_faults(cell, cells[english]))
        heading = heading_above(cells, index)
        found.append(Pair(index, english, cell.get("id", ""), heading, faults))
    return found


def orphans(cells: Sequence[Cell]) -> list[int]:
    """Return the places, from 0, of the English cells that follow no prose cell."""
    taken = {pair.english for pair in pairs(cells)}
    return [i for i, cell in enumerate(cells) if is_english(cell) and i not in taken]


def cells_of_edition(cells: Sequence[Cell], language: str) -> list[tuple[int, dict[str, Any]]]:
    """Return the cells that an edition runs, each with its place in the notebook, from 0.

    French has no English cell. English has one in the place of each prose cell that it translates
    well; a prose cell that has none, or whose French changed since, stays, marked untranslated.
    """
    if language == FRENCH:
        return [(i, deepcopy(dict(cell))) for i, cell in enumerate(cells) if not is_english(cell)]
    by_place = {pair.french: pair for pair in pairs(cells)}
    shown: list[tuple[int, dict[str, Any]]] = []
    for index, cell in enumerate(cells):
        if is_english(cell):
            continue
        pair = by_place.get(index)
        if pair and not pair.faults and pair.english is not None:
            english = deepcopy(dict(cells[pair.english]))
            english["metadata"][FRENCH_TEXT] = source_of(cell)
            shown.append((pair.english, english))
            continue
        kept = deepcopy(dict(cell))
        if pair:
            kept["metadata"][UNTRANSLATED] = True
        shown.append((index, kept))
    return shown


def _faults(french: Cell, english: Cell) -> Iterator[str]:
    """Yield why the English of a cell cannot stand for its French."""
    ours, theirs = source_of(french), source_of(english)
    known = english["metadata"].get(TRANSLATES, [])
    if known != fingerprints(ours):
        yield _what_changed(ours, known)
    if _HEADING.findall(ours) != _HEADING.findall(theirs):
        yield "ses intertitres ne sont pas de même nombre et de même niveau que ceux du français"
    if different := _indicators(ours) ^ _indicators(theirs):
        yield f"ses nombres ne sont pas ceux du français ({', '.join(sorted(different))})"


def _what_changed(source: str, known: Sequence[str]) -> str:
    """Say which lines of the French are not those that were translated."""
    if not known:
        return "aucune traduction confirmée"
    left = Counter(known)
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    new = []
    for number, (line, print_) in enumerate(zip(lines, fingerprints(source), strict=True), 1):
        if left[print_]:
            left[print_] -= 1
        else:
            new.append(f"ligne {number} : {shorten(line)}")
    gone = max(0, left.total() - len(new))
    said = "; ".join(new) or ("des lignes enlevées" if gone else "des lignes déplacées")
    return f"le français a changé depuis ({said})"


def _indicators(source: str) -> set[str]:
    """Return the expressions of a prose cell, whichever way they write their number."""
    return {_WORDING.sub("", match[1].strip()) for match in _EVAL.findall(source)}
