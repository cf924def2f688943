"""What `make import` shows: how it read the file, each row that changes, and a question."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence

from coopreport.errors import NBSP, quoted, shorten
from coopreport.imports.changes import CellChange, Changes, Kind
from coopreport.imports.plain import Understood
from coopreport.imports.sheet import Sheet
from coopreport.locale import count_of
from coopreport.tables import Notice, Resource
from coopreport.tables.header import SEPARATORS
from coopreport.tables.journal import visible

HOW_TO_WRITE = "Rien n’a été écrit. Pour l’écrire, ajoutez WRITE=oui à la même commande."
_WIDTH = 60
"""Characters shown of a long cell, around what changes."""
_BEFORE = 15
"""Characters shown before the first that changes in a long cell."""
_SIGNS = {Kind.CHANGED: "~", Kind.ADDED: "+", Kind.REMOVED: "−"}
_COLOURS = {"bold": "1", "dim": "2", "red": "31", "green": "32"}
_MARKS = {",": "virgule", ".": "point"}


def print_understood(
    name: str, sheet: Sheet, understood: Understood, notices: Sequence[Notice]
) -> None:
    """Print how the file was read."""
    resource = sheet.raw.resource
    print(_paint(f"{visible(name)} → table {resource.name} ({resource.file})", "bold"))
    for label, told in _understood(sheet, understood, notices):
        print(f"  {label:<11} {told}")
    print(flush=True)


def _understood(
    sheet: Sheet, understood: Understood, notices: Sequence[Notice]
) -> Iterator[tuple[str, str]]:
    yield "encodage", sheet.encoding
    yield "séparateur", SEPARATORS[sheet.separator]
    if mark := understood.marks.decimal:
        yield "décimales", f"{_MARKS[mark]} ({quoted(visible(understood.marks.example))})"
    for column, (order, example) in understood.orders.items():
        yield "dates", f"{order.value} dans {column} ({quoted(example)})"
    for column in understood.short_years:
        yield "dates", f"années de deux chiffres lues de 1950 à 2029 dans {column}"
    known = sheet.raw.resource.columns
    listed = [column for column in sheet.columns if column in known]
    same = listed == [column for column in known if column in listed]
    otherwise = "" if same else ", dans un autre ordre que la table"
    yield "colonnes", f"{len(listed)} sur {len(known)}{otherwise}"
    yield "lignes", str(len(sheet.raw.lines))
    for notice in notices:
        place = f"ligne {notice.line}{NBSP}: " if notice.line else ""
        yield "remarque", f"{place}{notice.message}"


def print_changes(changes: Changes, resource: Resource) -> None:
    """Print each row that changes, cell by cell, then their count."""
    for row in changes.rows:
        colour = {Kind.ADDED: "green", Kind.REMOVED: "red"}.get(row.kind, "bold")
        of = f" de {resource.file}" if row.kind is Kind.REMOVED else ""
        told = _paint(f"{_SIGNS[row.kind]} {visible(row.label)}", colour)
        print(f"{told}   {_paint(f'{row.kind.value}, ligne {row.line}{of}', 'dim')}")
        width = max(len(cell.column) for cell in row.cells)
        for cell in row.cells:
            for label, text in _cell(row.kind, cell):
                print(f"    {label:<{width}}  {text}")
    if changes.rows:
        print()
    print(_paint(_summary(changes), "bold"), flush=True)


def _cell(kind: Kind, cell: CellChange) -> Iterator[tuple[str, str]]:
    """Yield the lines of a cell: its text, or its two texts, one below the other when long."""
    if kind is not Kind.CHANGED:
        yield cell.column, shorten(visible(cell.new or cell.old), _WIDTH)
        return
    old, new = _shown(cell.old, cell), _shown(cell.new, cell)
    remark = _paint(f"  ({cell.remark})", "dim") if cell.remark else ""
    if len(old) + len(new) <= _WIDTH:
        yield cell.column, f"{_paint(old, 'red')} → {_paint(new, 'green')}{remark}"
    else:
        yield cell.column, f"  {_paint(old, 'red')}"
        yield "", f"→ {_paint(new, 'green')}{remark}"


def _shown(text: str, cell: CellChange) -> str:
    """Return a cell, or the part of a long one where it differs from the other."""
    if not text:
        return "(vide)"
    text = text.replace("\n", "⏎")
    if max(len(cell.old), len(cell.new)) <= _WIDTH:
        return visible(text)
    pairs = enumerate(zip(cell.old, cell.new, strict=False))
    differs = next((i for i, (old, new) in pairs if old != new), min(len(cell.old), len(cell.new)))
    start = max(0, differs - _BEFORE)
    part = text[start : start + _WIDTH]
    before = "…" if start else ""
    after = "…" if start + _WIDTH < len(text) else ""
    return f"{before}{visible(part)}{after}"


def _summary(changes: Changes) -> str:
    counts = [
        count_of(changes.count(kind), f"ligne {kind.value}", f"lignes {kind.value}s")
        for kind in Kind
        if changes.count(kind)
    ]
    unchanged = count_of(changes.same, "ligne inchangée", "lignes inchangées")
    told = f"{', '.join([*counts, unchanged])}."
    if changes.rewritten:
        cells = count_of(changes.rewritten, "cellule a", "cellules ont")
        told += (
            f" {cells} la même valeur, écrite autrement{NBSP}: l’écriture de la table est gardée."
        )
    return told


def ask_on_terminal() -> Callable[[str], bool] | None:
    """Return what asks a question of the person at the terminal; None when nobody is there."""
    return _ask if sys.stdin.isatty() and sys.stderr.isatty() else None


def _ask(question: str) -> bool:
    """Ask until the answer is « oui » or « non »; the end of the input is « non »."""
    while True:
        print(question, end="", file=sys.stderr, flush=True)
        answer = sys.stdin.readline()
        if answer.strip().casefold() in ("oui", "o"):
            return True
        if not answer or answer.strip().casefold() in ("non", "n"):
            return False


def _paint(text: str, colour: str) -> str:
    """Return a text in colour, on a terminal whose user wants colours (https://no-color.org/)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not sys.stdout.isatty():
        return text
    return f"\033[{_COLOURS[colour]}m{text}\033[0m"
