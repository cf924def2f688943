"""How a table fits on paper: its sheet, the size of its letters, the widths of its columns.

The widths are found here from the texts, because a layout program measures every word of every
cell at all its possible breaks to find them, which takes most of its time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coopreport.exhibits import Table

MM_OF_POINT = 25.4 / 72
LETTER_WIDTH = 0.53
"""Width of a letter, on average, as a part of its size; digits are as wide as each other."""
PADDING = 3.2
"""Millimetres of a cell that hold no text."""
UPRIGHT, SIDEWAYS = 177.0, 246.0
"""Millimetres between the margins of a letter sheet, upright and on its side."""
SIZES = (
    ("upright", UPRIGHT, 8.5),
    ("upright", UPRIGHT, 7.5),
    ("sideways", SIDEWAYS, 8.0),
    ("sideways", SIDEWAYS, 7.0),
    ("sideways", SIDEWAYS, 6.0),
)
"""What is tried in turn: the sheet, its width, the size of the letters in points."""
LONGEST_WORD = 18
"""Characters of a word that may ask for room; what is longer is cut at the end of its line."""
LINES = (40, 400)
"""Characters of a text that ask for room: at first, then with what is left. The rest wraps."""
NARROWEST = 0.55
"""The least part of the sheet that a table takes."""


@dataclass(frozen=True)
class Fit:
    """The sheet (`upright` or `sideways`), the letters' size in points, the columns in percent.

    `width` is the table's own, in percent of the room between the margins.
    """

    sheet: str
    size: float
    width: float
    columns: tuple[float, ...]


def fit(table: Table) -> Fit:
    """Return the first way in `SIZES` that leaves every column room for its longest word."""
    texts = list(_texts(table))
    words = [max(map(_longest_word, column)) for column in texts]
    lines = [max(map(len, column)) for column in texts]
    for sheet, room, size in SIZES:
        widths = _widths(words, lines, room, size)
        if widths or (sheet, room, size) == SIZES[-1]:
            break
    widths = widths or [1.0 + word for word in words]
    total = sum(widths)
    return Fit(
        sheet,
        size,
        min(100.0, max(100 * total / room, 100 * NARROWEST)),
        tuple(100 * width / total for width in widths),
    )


def _widths(
    words: Sequence[int], lines: Sequence[int], room: float, size: float
) -> list[float] | None:
    """Return widths in millimetres: what the words need, then what the lines ask for.

    `words` and `lines` are the characters of the longest of each column. None: words do not fit.
    """
    letter = LETTER_WIDTH * size * MM_OF_POINT
    widths = [PADDING + letter * count for count in words]
    if sum(widths) > room:
        return None
    for most in LINES:
        asked = [PADDING + letter * min(most, count) for count in lines]
        gaps = [max(0.0, ask - width) for ask, width in zip(asked, widths, strict=True)]
        part = min(1.0, (room - sum(widths)) / (sum(gaps) or 1.0))
        widths = [width + part * gap for width, gap in zip(widths, gaps, strict=True)]
    return widths


def _texts(table: Table) -> Iterator[list[str]]:
    """Yield the texts of each column, its heading's first; what spans several is left out."""
    rows = [row.cells for row in table.rows if row.kind != "group"]
    for position, column in enumerate(table.columns):
        cells = [row[position] for row in rows]
        marked = [cell.text + (" r" if cell.status or cell.revised else "") for cell in cells]
        yield [column.label, *marked]


def _longest_word(text: str) -> int:
    """Return the characters of the longest piece that a line cannot break."""
    pieces = re.split(r"(?<=[-/–])| ", text)
    if re.fullmatch(r"\d{4}-\d{4}", text):
        pieces = [text]
    return min(LONGEST_WORD, max(map(len, pieces)))
