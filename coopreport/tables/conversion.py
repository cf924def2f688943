"""From text to values: each column by its field of the schema, nothing guessed.

Each distinct text of a column is examined once, then put back on every line that holds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from coopreport.tables.date_text import EARLIEST, LATEST, read_date
from coopreport.tables.hygiene import damage
from coopreport.tables.journal import Journal
from coopreport.tables.model import Cell, Field, Gap, RawTable, TypedTable, Value, Wrong
from coopreport.tables.number_text import read_number
from coopreport.tables.plain_text import check_allowed, read_boolean, read_text

TYPES = ("string", "integer", "year", "number", "boolean", "date")
"""Types of the Table Schema that the tables use."""


def convert_table(raw: RawTable, journal: Journal) -> TypedTable:
    """Return the values of every column; each cell that has none, yet should, is a fault."""
    return TypedTable(
        raw,
        {
            name: _convert_column(raw.resource.field[name], texts, raw, journal)
            for name, texts in raw.texts.items()
        },
    )


def _convert_column(
    field: Field, texts: Sequence[str], raw: RawTable, journal: Journal
) -> list[Cell]:
    required = field.required or field.name in raw.resource.primary_key
    examined: dict[str, Value | Wrong | None] = {
        text: convert(field, text) if text else None for text in set(texts)
    }
    if required and "" in examined:
        rule = "cellule vide dans une colonne obligatoire"
        examined[""] = Wrong(rule, f"donner {_what(field)}")
    wrongs = {text for text, value in examined.items() if isinstance(value, Wrong)}
    if wrongs:
        for line, text in zip(raw.lines, texts, strict=True):
            wrong = examined[text]
            if isinstance(wrong, Wrong):
                journal.fault(wrong.rule, wrong.remedy, line=line, column=field.name, value=text)
    cells: dict[str, Cell] = {
        text: Gap.FAULTY if isinstance(value, Wrong) else value for text, value in examined.items()
    }
    return [cells[text] for text in texts]


def _what(field: Field) -> str:
    if field.enum:
        return f"l'un des codes permis : {', '.join(field.enum[:20])}"
    return f"la valeur de « {field.title} »"


def convert(field: Field, text: str) -> Value | Wrong:
    """Return the value of a cell that is not blank, or what is wrong with it."""
    if wrong := damage(text):
        return wrong
    value = parse(field, text)
    if isinstance(value, Wrong):
        return value
    if field.enum and (wrong := check_allowed(text, field.enum)):
        return wrong
    return _out_of_bounds(field, value) or value


def parse(field: Field, text: str) -> Value | Wrong:
    """Return the value that `text` writes in the type of `field`, whatever its bounds and codes."""
    match field.type:
        case "string":
            return read_text(text, field)
        case "boolean":
            return read_boolean(text)
        case "date":
            return read_date(text)
        case "integer" if field.unit == "CAD":
            return read_number(text, "CAD")
        case _:
            return read_number(text, field.type)


def _out_of_bounds(field: Field, value: Value) -> Wrong | None:
    """Return the fault of a value below or above what its field allows."""
    low, high = field.minimum, field.maximum
    if low is None and high is None and not isinstance(value, bool):
        if field.type == "date":
            low, high = EARLIEST, LATEST
        elif field.type == "year":
            low, high = EARLIEST.year, LATEST.year
    if low is not None and below(value, low):
        if low == 0:
            rule = "montant négatif" if field.unit == "CAD" else "nombre négatif"
            return Wrong(rule, "vérifier le signe à la source; zéro est le minimum")
        return Wrong(f"valeur sous le minimum : {low}", "vérifier la valeur à la source")
    if high is not None and below(high, value):
        return Wrong(f"valeur au-dessus du maximum : {high}", "vérifier la valeur à la source")
    return None


def below(left: Value, right: Value) -> bool:
    """Tell whether `left` comes before `right`; both are of one column's type."""
    if isinstance(left, str) and isinstance(right, str):
        return left < right
    if isinstance(left, date) and isinstance(right, date):
        return left < right
    assert not isinstance(left, str | date) and not isinstance(right, str | date)
    return left < right
