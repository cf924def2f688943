"""The cells of a spreadsheet in the tables' own way of writing, and what was understood of them.

Each kind of cell is read by what its whole file or column shows: the decimal mark, the order of
days and months. What is unsure is a fault of its cell; what is not understood stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from coopreport.imports.dates import Order, holds_dates, plain_date, read_order, two_digit_year
from coopreport.imports.numbers import NUMERIC, Marks, plain_number, read_marks
from coopreport.tables.journal import Journal
from coopreport.tables.model import Field, RawTable, Wrong

_TRUTH = {"vrai": "true", "true": "true", "faux": "false", "false": "false"}


@dataclass(frozen=True)
class Understood:
    """What the cells show: the marks of numbers, each column's order of dates with an example.

    `short_years` are the columns where a year of two digits was read.
    """

    marks: Marks
    orders: Mapping[str, tuple[Order, str]]
    short_years: tuple[str, ...]


def plain_rows(raw: RawTable, journal: Journal) -> tuple[RawTable, Understood]:
    """Return the rows with numbers, dates and truths as the tables write them.

    Each cell that could mean two things is a fault, and stays as it is.
    """
    fields = raw.resource.field
    numeric = [name for name in raw.texts if fields[name].type in NUMERIC]
    marks = read_marks((fields[name], text) for name in numeric for text in raw.texts[name])
    dated = [name for name in raw.texts if holds_dates(fields[name])]
    shown = {name: read_order(raw.texts[name]) for name in dated}
    texts = {
        name: tuple(_plain_column(raw, name, marks, shown.get(name, (None, ""))[0], journal))
        for name in raw.texts
    }
    return replace(raw, texts=texts), Understood(
        marks,
        {name: (order, example) for name, (order, example) in shown.items() if order},
        tuple(name for name in dated if any(map(two_digit_year, raw.texts[name]))),
    )


def _plain_column(
    raw: RawTable, name: str, marks: Marks, order: Order | None, journal: Journal
) -> Iterator[str]:
    field = raw.resource.field[name]
    for line, text in zip(raw.lines, raw.texts[name], strict=True):
        plain = _plain(text, field, marks, order)
        if isinstance(plain, Wrong):
            journal.fault(plain.rule, plain.remedy, line=line, column=name, value=text)
            plain = text
        yield plain


def _plain(text: str, field: Field, marks: Marks, order: Order | None) -> str | Wrong:
    if not text:
        return text
    if field.type in NUMERIC:
        return plain_number(text, field, marks)
    if holds_dates(field):
        return plain_date(text, order)
    if field.type == "boolean":
        return _TRUTH.get(text.casefold(), text)
    return text
