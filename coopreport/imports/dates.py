"""Dates as a spreadsheet shows them, brought to AAAA-MM-JJ: `31/03/2024`, `31-mars-24`.

`01/02/2024` is in January or in February: another date of the column says which, or nobody does.
What this module does not understand it gives back as it is, for the tables' own reader to refuse.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum

from coopreport.tables.date_text import MONTHS, iso_date
from coopreport.tables.model import Field, Wrong

_MIDNIGHT = r"(?:\s00:00(?::00)?)?"
_YEAR_FIRST = re.compile(rf"([0-9]{{4}})[-/. ]([0-9]{{1,2}})[-/. ]([0-9]{{1,2}}){_MIDNIGHT}")
_YEAR_LAST = re.compile(rf"([0-9]{{1,2}})[-/. ]([0-9]{{1,2}})[-/. ]([0-9]{{4}}){_MIDNIGHT}")
_LETTERS = re.compile(
    r"(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\s|le\s)*"
    r"([0-9]{1,2})(?:er)?[-\s]([^\W\d]+)\.?[-\s]([0-9]{4}|[0-9]{2})",
    re.IGNORECASE,
)
_LAST_OF_2000S, _FIRST_OF_1900S = 29, 50
"""Excel takes the years 00 to 29 for the 2000s and 30 to 99 for the 1900s (Microsoft, « Change the
date system, format, or two-digit year interpretation »). The system may move the limit: between
these two bounds nothing is taken for sure."""


class Order(Enum):
    """Which comes first in the dates of a column; the value is how a message says it."""

    DAY = "jour/mois/année"
    MONTH = "mois/jour/année"


def holds_dates(field: Field) -> bool:
    """Tell whether a column holds dates: by its type, or by a pattern made for AAAA-MM-JJ."""
    if field.type == "date":
        return True
    pattern = field.pattern
    return bool(pattern and pattern.fullmatch("2000-01-31") and not pattern.fullmatch("2000-1-x"))


def read_order(texts: Iterable[str]) -> tuple[Order | None, str]:
    """Return the order that a column's dates show, and a text that shows it.

    (None, "") when none shows it, or when they disagree.
    """
    shown: dict[Order, str] = {}
    for text in texts:
        if match := _YEAR_LAST.fullmatch(text):
            if int(match[1]) > 12:
                shown.setdefault(Order.DAY, text)
            elif int(match[2]) > 12:
                shown.setdefault(Order.MONTH, text)
    return next(iter(shown.items())) if len(shown) == 1 else (None, "")


def plain_date(text: str, order: Order | None) -> str | Wrong:
    """Return a date as AAAA-MM-JJ, `text` itself when it is none, or what is unsure."""
    if match := _YEAR_FIRST.fullmatch(text):
        return iso_date(int(match[1]), int(match[2]), int(match[3])) or text
    if match := _LETTERS.fullmatch(text):
        month = MONTHS.get(match[2].casefold(), 0)
        year = _four_digits(match[3])
        if not year and month:
            return _unsure_year(match[3])
        return iso_date(year, month, int(match[1])) or text
    if match := _YEAR_LAST.fullmatch(text):
        first, second, year = (int(part) for part in match.groups())
        readings = {
            Order.DAY: iso_date(year, second, first),
            Order.MONTH: iso_date(year, first, second),
        }
        possible = {reading for reading in readings.values() if reading}
        if len(possible) == 1:
            return possible.pop()
        if order and readings[order]:
            return readings[order]
        if possible:
            return _unsure(possible)
    return text


def two_digit_year(text: str) -> bool:
    """Tell whether a text is a date whose year has two digits, of those this module reads."""
    match = _LETTERS.fullmatch(text)
    return bool(match and len(match[3]) == 2 and match[2].casefold() in MONTHS)


def _unsure(readings: set[str]) -> Wrong:
    both = " ou ".join(f"« {reading} »" for reading in sorted(readings))
    return Wrong(
        "date ambiguë : aucune autre date de la colonne ne dit si le jour vient avant le mois",
        "dans le tableur, donner à la colonne le format de cellule aaaa-mm-jj, puis enregistrer de"
        f" nouveau; c'est {both}",
    )


def _unsure_year(year: str) -> Wrong:
    return Wrong(
        f"année de deux chiffres : 19{year} ou 20{year}",
        "dans le tableur, donner à la colonne le format de cellule aaaa-mm-jj, puis enregistrer de"
        " nouveau",
    )


def _four_digits(year: str) -> int:
    """Return a year of two or four digits, 0 when its century is unsure."""
    number = int(year)
    if len(year) == 4:
        return number
    if _LAST_OF_2000S < number < _FIRST_OF_1900S:
        return 0
    return number + (2000 if number <= _LAST_OF_2000S else 1900)
