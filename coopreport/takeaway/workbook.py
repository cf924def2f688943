"""The tables as one accessible spreadsheet: a cover, the notes, the signs, then a table a sheet.

The rules are those of the UK Government Analysis Function, “Releasing statistics in spreadsheets”
and its checklist: a title in A1, one marked table a sheet at its left edge, one row of headings, no
merged cell, no blank row or column, notes in a sheet of their own, no frozen pane and no filter.
Numbers are exact, in a format that shows them as the report does. No cell is a formula: a text that
a program might take for one is marked as text (its quote prefix).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from coopreport.locale import MINUS, NBSP, SYMBOLS, UNITS, current, format_date, typographic
from coopreport.pipeline.edition import Edition
from coopreport.takeaway.citation import citation, day_of, name_of
from coopreport.takeaway.tables import Taken, TakenTable

FORMULA = re.compile("[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""How a text begins that some program would compute, full-width signs included."""
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What XML 1.0 cannot hold."""
LONGEST_CELL = 32_767
LONGEST_HEADING = 255
WIDEST, NARROWEST = 48, 9
"""Characters across the widest and the narrowest column; a longer text takes more lines."""
EPOCH = (1980, 1, 1, 0, 0, 0)
PROPERTIES = "docProps/core.xml"
NAMING = (PROPERTIES, "xl/sharedStrings.xml")
"""The files of a spreadsheet's ZIP that name the build of a draft."""
ANY_BUILD = "\ue000production\ue000"
"""Stands there for the name of the build, which changes at each save. No keyboard types it."""
NEUTRAL = (
    "Aucune cellule n’est une formule : un texte qui commence par =, +, - ou @ est marqué comme "
    "texte et se lit tel quel. Les mêmes tableaux, pour la machine, sont dans tableaux/ (CSV)."
)


def workbook_bytes(tables: Sequence[TakenTable], edition: Edition) -> bytes:
    """Return the spreadsheet of an edition's tables; the same tables give the same bytes.

    The ZIP is uncompressed, since compression libraries differ in their bytes.
    """
    made = io.BytesIO()
    unnamed = replace(edition, build=ANY_BUILD)
    with ZipFile(made, "w", ZIP_STORED) as book:
        for name, part in _parts(tuple(tables), unnamed, current().tag).items():
            if name in NAMING:
                part = part.replace(ANY_BUILD.encode(), edition.build.encode())
            book.writestr(ZipInfo(name, EPOCH), part)
    return made.getvalue()


@lru_cache(maxsize=2)
def _parts(tables: tuple[TakenTable, ...], edition: Edition, language: str) -> dict[str, bytes]:
    """Return the files in a spreadsheet's ZIP, by name.

    They are kept for the next build of the process: the tables seldom change between two saves of
    `make watch`. The language, which xlsxwriter cannot say, is added to the properties.
    """
    import xlsxwriter

    made = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(made, options) as book:
        book.set_properties(
            {
                "title": typographic(f"{edition.title}, cycle {edition.cycle}"),
                "subject": name_of(edition),
                "author": edition.author,
                "language": language,
                "created": datetime.combine(day_of(edition), datetime.min.time()),
            }
        )
        _Book(book, tables, edition).write()
    with ZipFile(made) as given:
        parts = {name: given.read(name) for name in given.namelist()}
    properties, end = parts[PROPERTIES], b"</cp:coreProperties>"
    said = f"<dc:language>{language}</dc:language>".encode()
    return parts | {PROPERTIES: properties.replace(end, said + end)}


Shown = tuple[str | float, str]
"""What a cell shows: a number with its format, or a text (`link`: the name of a sheet)."""


class _Exact(float):
    """A number that the file has whole: xlsxwriter writes 16 digits of a float, which has 17."""

    def __format__(self, spec: str) -> str:
        return float.__repr__(self)


@dataclass(frozen=True)
class _Grid:
    """A table as a sheet shows it: headings, then rows of cells, each a value and its format."""

    headings: Sequence[str]
    rows: Sequence[Sequence[Shown]]


class _Book:
    """The sheets of one spreadsheet, in their order."""

    def __init__(self, book: Any, tables: Sequence[TakenTable], edition: Edition) -> None:
        self._book = book
        self._tables = tables
        self._edition = edition
        self._notes: dict[str, list[str]] = {}
        for table in tables:
            for note in table.notes:
                self._notes.setdefault(note, []).append(table.name)
        self._formats: dict[tuple[str, bool], Any] = {}
        self._title = book.add_format({"bold": True, "font_size": 14})
        self._head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})

    def write(self) -> None:
        """Write every sheet."""
        names = [table.name for table in self._tables]
        used = {sign: words for table in self._tables for sign, words in table.symbols}
        symbols = {sign: SYMBOLS.get(sign, words) for sign, words in used.items()}
        self._cover(bool(symbols))
        if self._notes:
            where = [", ".join(dict.fromkeys(tables)) for tables in self._notes.values()]
            numbers = [f"note {number}" for number in range(1, len(self._notes) + 1)]
            rows = [
                _texts(number, note, place)
                for number, note, place in zip(numbers, self._notes, where, strict=True)
            ]
            self._sheet("Notes", ["Notes des tableaux"], _Grid(["Note", "Texte", "Où"], rows))
        if symbols:
            rows = [_texts(sign, words) for sign, words in sorted(symbols.items())]
            self._sheet(
                "Signes",
                ["Signes conventionnels (un tableau dit le sens qu’il leur donne)"],
                _Grid(["Signe", "Sens"], rows),
            )
        for table, name in zip(self._tables, names, strict=True):
            self._sheet(name, list(self._lines(table)), _grid(table))

    def _cover(self, symbols: bool) -> None:
        edition = self._edition
        lines = [
            f"{edition.title}, cycle budgétaire {edition.cycle}{NBSP}: tableaux",
            f"{edition.author}, {name_of(edition)}",
            f"Données arrêtées {format_date(edition.cut_off, 'article')}.",
            f"Pour citer{NBSP}: {citation(edition)}",
            f"Langue{NBSP}: français (Canada). Chaque feuille porte un tableau, qui commence par "
            "son titre; les renvois [note 1] mènent à la feuille Notes.",
            "Les nombres sont exacts; leur format les montre comme le rapport les arrondit.",
            "Un signe conventionnel tient la place d’un nombre absent, ou se lit dans la colonne "
            "« signe » à côté du nombre; la feuille Signes les explique."
            if symbols
            else "Aucun signe conventionnel ne sert dans ces tableaux.",
            NEUTRAL,
        ]
        rows: list[list[Shown]] = [
            [(table.name, "link"), (table.title, ""), (float(table.count), "0")]
            for table in self._tables
        ]
        self._sheet("Couverture", lines, _Grid(["Feuille", "Tableau", "Lignes"], rows))

    def _lines(self, table: TakenTable) -> Iterator[str]:
        """Yield what stands above a table: its title with its notes, its unit, its signs."""
        numbers = {note: number for number, note in enumerate(self._notes, 1)}
        marks = " ".join(f"[note {numbers[note]}]" for note in dict.fromkeys(table.notes))
        yield f"{table.name}. {table.title} {marks}".strip()
        yield table.unit_line or "Unités : voir les titres des colonnes."
        if table.symbols:
            signs = "; ".join(f"{sign}{NBSP}: {words}" for sign, words in table.symbols)
            yield f"Signes{NBSP}: {signs}. Une cellule vide d’une colonne « signe » n’en a pas."
        if any(column.role == "group" and "" in column.values for column in table.columns):
            yield "Une cellule vide de la colonne « Groupe » est celle d’une ligne sans groupe."
        if table.sources:
            yield f"Source{NBSP}: {', '.join(source.title for source in table.sources)}"

    def _sheet(self, name: str, lines: Sequence[str], grid: _Grid) -> None:
        """Write one sheet: lines of text down from A1, then its table, marked as one."""
        sheet = self._book.add_worksheet(name)
        for row, line in enumerate(lines):
            text = _clean(typographic(line))
            format = self._title if row == 0 else self._format("line", text)
            sheet.write_string(row, 0, text, format)
        top = len(lines)
        headings = list(_headings(grid.headings))
        sheet.add_table(
            top,
            0,
            top + len(grid.rows),
            len(headings) - 1,
            {
                "name": re.sub(r"\W+", "_", name),
                "autofilter": False,
                "style": None,
                "columns": [{"header": text, "header_format": self._head} for text in headings],
            },
        )
        for row, cells in enumerate(grid.rows, top + 1):
            for column, (value, number_format) in enumerate(cells):
                self._cell(sheet, row, column, value, number_format)
        for column, heading in enumerate(headings):
            shown = [str(cells[column][0]) for cells in grid.rows]
            longest = max(map(len, (*shown, max(heading.split(), key=len, default=""))))
            sheet.set_column(column, column, min(WIDEST, max(NARROWEST, longest + 2)))

    def _cell(self, sheet: Any, row: int, column: int, value: str | float, format: str) -> None:
        if isinstance(value, float):
            sheet.write_number(row, column, _Exact(value), self._format(format))
        elif format == "link":
            sheet.write_url(row, column, f"internal:'{value}'!A1", string=value)
        elif value:
            text = _clean(value)
            sheet.write_string(row, column, text, self._format("", text))

    def _format(self, number_format: str, text: str = "") -> Any:
        """Return the format of a number, or of a text that is marked when it looks computed.

        `number_format` is "" for a text of a table, which wraps, and `line` for one above it.
        """
        marked = bool(FORMULA.match(text.lstrip(" ")))
        if (number_format, marked) not in self._formats:
            given: dict[str, Any] = {"valign": "top", "quote_prefix": marked}
            if number_format != "line":
                given |= {"num_format": number_format} if number_format else {"text_wrap": True}
            self._formats[number_format, marked] = self._book.add_format(given)
        return self._formats[number_format, marked]


def _grid(table: TakenTable) -> _Grid:
    columns = [[_shown(column, at) for at in range(table.count)] for column in table.columns]
    return _Grid([column.title for column in table.columns], list(zip(*columns, strict=True)))


def _shown(column: Taken, at: int) -> Shown:
    """Return the cell of a column's row: an exact number, or the text that the reader sees."""
    value, text = column.values[at], column.texts[at]
    if column.type != "string" and value:
        return float(value), number_format(column.units[at], text)
    return text, ""


def number_format(unit: str, text: str) -> str:
    """Return the format that shows an exact value in `unit` as `text` does: `8,8 M$`, `63,9 %`.

    Formats are written in American in the file; a program shows them in its user's language.
    """
    plain = text.replace(NBSP, " ").replace(MINUS, "-")
    found = re.fullmatch(r"[+-]?[\d ]+(?:,(\d+))?(?: (.+))?", plain)
    decimals = len(found[1] or "") if found else 0
    grouped = not found or unit not in UNITS or UNITS[unit].grouped
    suffix = found[2] or "" if found else ""
    scale = UNITS[unit].scale if unit in UNITS else 1
    digits = ("#,##0" if grouped else "0") + ("." + "0" * decimals if decimals else "")
    if scale == 100:  # a percent sign multiplies by a hundred
        return f'{digits}"{NBSP}"%'
    thousands = {1: "", 10**3: ",", 10**6: ",,", 10**9: ",,,"}.get(int(1 / scale), "")
    words = f'"{NBSP}{suffix}"' if suffix else ""
    return f"{digits}{thousands}{words}"


def _headings(titles: Sequence[str]) -> Iterator[str]:
    """Yield headings that a marked table takes: on one line, not too long, each once."""
    used: set[str] = set()
    for title in titles:
        text = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff]", " ", title).split())
        text = heading = text[: LONGEST_HEADING - 8] or "Sans titre"
        number = 1
        while heading.casefold() in used:
            number += 1
            heading = f"{text} {number}"
        used.add(heading.casefold())
        yield heading


def _texts(*texts: str) -> list[Shown]:
    return [(text, "") for text in texts]


def _clean(text: str) -> str:
    """Return a text that a cell can hold: lines end with LF, what XML cannot write is U+FFFD."""
    lines = re.sub("\r\n?", "\n", text)
    return ILLEGAL.sub("\ufffd", lines)[:LONGEST_CELL]
