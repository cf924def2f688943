"""From bytes to records: lists of cells of text, each with the line of the file where it begins."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from coopreport.tables.journal import Journal

MAX_ROWS = 1_000_000

ENCODINGS = {"utf-8": "utf-8", "windows-1252": "cp1252"}
"""Encodings a descriptor may declare, and Python's names for them."""

BOM = "\ufeff"

Record = tuple[int, list[str]]
"""A line number, from 1, and the cells of the record that begins there."""


@dataclass(frozen=True)
class Records:
    """The records of a file; `lost` holds the cells of the lines that could not be read."""

    rows: list[Record]
    lost: frozenset[str]


class _QuoteError(Exception):
    """A quote is open and never closes properly."""


def decode(data: bytes, encoding: str, journal: Journal) -> list[str]:
    """Return the lines of the text, without their ends, in NFC.

    A byte-order mark, old Macintosh or mixed line ends and decomposed accents are put right and
    noticed. A byte that is not of the encoding is kept as Python's surrogate: it becomes a fault
    of its own cell, so that the rest of the file is still checked.
    """
    text = data.decode(ENCODINGS[encoding], errors="surrogateescape")
    if text.startswith(BOM):
        text = text[1:]
        journal.notice("marque d'ordre des octets (BOM) au début du fichier, ignorée")
    returns, pairs, feeds = text.count("\r"), text.count("\r\n"), text.count("\n")
    if returns:
        if returns > pairs or feeds > pairs:
            journal.notice("fins de ligne CR ou mélangées, lues comme des fins de ligne ordinaires")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not unicodedata.is_normalized("NFC", text):
        lines = text.split("\n")
        first = next(i for i, s in enumerate(lines, 1) if not unicodedata.is_normalized("NFC", s))
        journal.notice("accents décomposés (NFD), recomposés en NFC", line=first)
        text = unicodedata.normalize("NFC", text)
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def split_records(lines: list[str], delimiter: str, journal: Journal) -> Records:
    """Return the records of the lines, as RFC 4180 splits them.

    A line whose quote opens and never closes properly is a fault at that line; reading goes on
    with the line after it. So does a quote that closes lines later and swallows whole rows.
    """
    rows: list[Record] = []
    lost: set[str] = set()
    width = 0
    at = 0
    while at < len(lines):
        line = lines[at]
        if '"' not in line:
            cells, following = line.split(delimiter), at + 1
        else:
            try:
                cells, following = _quoted(lines, at, delimiter)
                _refuse_swallowed_rows(cells, delimiter, width)
            except _QuoteError as error:
                journal.fault(str(error), _QUOTE_REMEDY, line=at + 1, value=line)
                lost.update(cell.strip(' "') for cell in line.split(delimiter))
                at += 1
                continue
        rows.append((at + 1, cells))
        width = width or len(cells)
        at = following
        if len(rows) > MAX_ROWS:
            raise journal.stop(f"plus de {MAX_ROWS} lignes", "réduire ou diviser la table")
    return Records(rows, frozenset(lost))


_QUOTE_REMEDY = (
    'fermer le guillemet (") sur cette ligne; un guillemet qui fait partie du texte se double ("")'
)


def _quoted(lines: list[str], at: int, delimiter: str) -> tuple[list[str], int]:
    """Return the cells of the record that begins at `lines[at]` and the index after its last line.

    Raises:
        _QuoteError: a quoted cell does not close, or something follows its closing quote.
    """
    line, position = lines[at], 0
    cells: list[str] = []
    while True:
        if not line.startswith('"', position):
            end = line.find(delimiter, position)
            if end < 0:
                return [*cells, line[position:]], at + 1
            cells.append(line[position:end])
            position = end + 1
            continue
        parts: list[str] = []
        position += 1
        while True:
            end = line.find('"', position)
            if end < 0:
                parts += [line[position:], "\n"]
                at, position = at + 1, 0
                if at == len(lines):
                    raise _QuoteError("guillemet ouvert et jamais refermé")
                line = lines[at]
            elif line.startswith('""', end):
                parts.append(line[position : end + 1])
                position = end + 2
            else:
                parts.append(line[position:end])
                position = end + 1
                break
        cells.append("".join(parts))
        if position == len(line):
            return cells, at + 1
        if line[position] != delimiter:
            raise _QuoteError("guillemet mal fermé, du texte suit sa fermeture")
        position += 1


def _refuse_swallowed_rows(cells: list[str], delimiter: str, width: int) -> None:
    """Raise _QuoteError when a cell of several lines holds whole rows.

    A stray quote in one row and another in the same column of a later row give a record of the
    right width. The cell between them then holds `width - 1` delimiters for each line it crosses,
    which a real text of several lines practically never does.
    """
    for cell in cells:
        crossed = cell.count("\n")
        if crossed and width and cell.count(delimiter) >= (width - 1) * crossed:
            raise _QuoteError("guillemet mal fermé, la cellule avale les lignes qui suivent")
