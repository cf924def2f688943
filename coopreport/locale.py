"""The one place that formats: numbers, money, percent, points and dates, in Québec French.

Pure functions over exact values (int, Decimal, Fraction; a float is taken through its shortest
decimal text). Separators come from Babel's `fr_CA`; the rules are the OQLF's: U+00A0 before `$`,
`%` and `M$` and between thousands, U+2212 for minus, `1er` for the first of a month. The process
locale is never read nor set. A missing or infinite value is an error: a table shows a symbol.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from numbers import Integral
from typing import Any, Literal

from babel import Locale
from babel.dates import get_day_names, get_month_names
from babel.numbers import format_decimal

Style = Literal["short", "words", "bare"]

LOCALE = Locale.parse("fr_CA")
LANG = "fr-CA"
NBSP = "\u00a0"
MINUS = "\u2212"

ROUNDING_RULE = (
    "Chaque nombre est arrondi une seule fois, au moment de l’affichage, à partir de sa valeur "
    f"exacte; à mi-chemin, il s’éloigne de zéro (2,5 devient 3 et {MINUS}2,5 devient {MINUS}3). "
    "La somme de parties arrondies peut donc différer d’un total arrondi."
)
"""The rounding rule of every displayed number, for the notes of the report."""

SYMBOLS: dict[str, str] = {
    ".": "indisponible pour toute période de référence",
    "..": "indisponible pour une période de référence précise",
    "...": "n’ayant pas lieu de figurer",
    "p": "provisoire",
    "r": "révisé",
    "x": "confidentiel",
    "E": "à utiliser avec prudence",
    "F": "trop peu fiable pour être publié",
}
"""Statistics Canada's standard table symbols and their French meanings (a true zero is `0`)."""

REVISED = "r"

STAND_ALONE = frozenset({".", "..", "...", "x", "F"})
"""Symbols that replace a value; the others (`p`, `r`, `E`) stand beside one."""


@dataclass(frozen=True)
class Unit:
    """How a unit is shown: `scale` divides (or multiplies) the value for display only.

    `title` says in what an unrounded value is.
    """

    title: str
    decimals: int
    suffix: str = ""
    singular: str = ""
    plural: str = ""
    scale: Fraction = Fraction(1)
    signed: bool = False
    grouped: bool = True


UNITS: dict[str, Unit] = {
    "CAD": Unit("dollars", 0, "$", "dollar", "dollars"),
    "CAD_M": Unit(
        "dollars", 1, "M$", "million de dollars", "millions de dollars", Fraction(1, 10**6)
    ),
    "CAD_G": Unit(
        "dollars", 1, "G$", "milliard de dollars", "milliards de dollars", Fraction(1, 10**9)
    ),
    "percent": Unit("pour cent", 1, "%", "%", "%"),
    "ratio": Unit("proportion de 1", 1, "%", "%", "%", Fraction(100)),
    "points": Unit(
        "points de pourcentage",
        1,
        "points",
        "point de pourcentage",
        "points de pourcentage",
        signed=True,
    ),
    "count": Unit("nombre", 0),
    "years": Unit("années", 0, "ans", "an", "ans"),
    "days": Unit("jours", 0, "jours", "jour", "jours"),
    "year": Unit("année", 0, grouped=False),
    "index": Unit("indice", 1),
    "number": Unit("nombre", 0),
}
"""The units of indicators and columns. Amounts stay in whole dollars: the scale is display."""


def exact(value: Any) -> Fraction:
    """Return a number (int, Decimal, Fraction, float, numpy) exactly; a float by its `repr`.

    Raises ValueError for a missing, infinite or non-numeric value.
    """
    if isinstance(value, bool) or value is None:
        raise ValueError(f"un nombre était attendu, trouvé : {value!r}")
    try:
        if isinstance(value, Fraction):
            return value
        if isinstance(value, Integral):
            return Fraction(int(value))
        if isinstance(value, Decimal):
            return Fraction(value)
        return Fraction(str(value))
    except (ValueError, OverflowError, TypeError, ZeroDivisionError):
        raise ValueError(f"un nombre était attendu, trouvé : {value!r}") from None


def round_half_away(value: Any, decimals: int = 0) -> Decimal:
    """Round `value` to `decimals` places, half away from zero, exactly (`0,135` gives `0,14`)."""
    number = exact(value)
    units = (abs(number) * 10**decimals + Fraction(1, 2)).__floor__()
    digits = Decimal(units).scaleb(-decimals) if decimals else Decimal(units)
    return -digits if number < 0 and units else digits


def format_number(
    value: Any, decimals: int = 0, *, signed: bool = False, grouped: bool = True
) -> str:
    """Return `value` rounded half away from zero with `decimals` places: `600 000`, `−2,5`.

    `signed` writes `+` before a positive number; a number that rounds to zero has no sign.
    """
    rounded = round_half_away(value, decimals)
    pattern = ("#,##0" if grouped else "0") + ("." + "0" * decimals if decimals else "")
    text = format_decimal(abs(rounded), format=pattern, locale=LOCALE)
    text = text.replace("\u202f", NBSP)
    if rounded < 0:
        return MINUS + text
    return "+" + text if signed and rounded > 0 else text


def format_value(
    value: Any,
    unit: str,
    decimals: int | None = None,
    style: Style = "short",
    *,
    signed: bool | None = None,
) -> str:
    """Return `value` in `unit` (a key of `UNITS`), with `decimals` places (the unit's by default).

    Styles: `short` for tables and headlines (`8,8 M$`), `words` for running text
    (`8,8 millions de dollars`, `5 millions de dollars`: no `,0` on a whole number), `bare` for
    a column whose unit is stated in its heading (`8,8`). French takes the plural from 2.
    `signed` writes `+` before a positive number; it is so for points unless said otherwise.
    """
    if unit not in UNITS:
        raise ValueError(f"unité inconnue : {unit!r}; unités : {', '.join(UNITS)}")
    kind = UNITS[unit]
    places = kind.decimals if decimals is None else decimals
    scaled = exact(value) * kind.scale
    if style == "words" and scaled.denominator == 1:
        places = 0
    sign = kind.signed if signed is None else signed
    text = format_number(scaled, places, signed=sign, grouped=kind.grouped)
    if style == "bare" or not (kind.suffix or kind.singular):
        return text
    plural = abs(round_half_away(scaled, places)) >= 2
    if style == "words" and unit != "CAD":
        return text + NBSP + (kind.plural if plural else kind.singular)
    if unit in {"points", "years", "days"} and not plural:
        return text + NBSP + kind.suffix.removesuffix("s")
    return text + NBSP + kind.suffix


def machine_value(value: Any) -> str:
    """Return `value` for a `<data value>` attribute or a CSV: plain decimal text, `.` as separator.

    Exact when the number has a finite decimal expansion, else to a float's 17 digits.
    """
    number = exact(value)
    if number.denominator == 1:
        return str(number.numerator)
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return repr(float(number))
    decimals = 0
    while (number * 10**decimals).denominator != 1:
        decimals += 1
    return f"{round_half_away(number, decimals):f}"


def format_date(day: date, style: Literal["long", "article", "iso"] = "long") -> str:
    """Return `27 janvier 2023`, `le 27 janvier 2023` (article) or `2023-01-27` (iso)."""
    if style == "iso":
        return day.isoformat()
    months = get_month_names("wide", locale=LOCALE)
    number = "1er" if day.day == 1 else str(day.day)
    text = f"{number}{NBSP}{months[day.month]} {day.year:04d}"
    return f"le {text}" if style == "article" else text


def format_partial_date(text: str) -> str:
    """Return a date known to the year, month or day (`2010`, `2010-01`, `2012-12-31`) in words."""
    if not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", text):
        raise ValueError(f"date attendue sous la forme AAAA[-MM[-JJ]], trouvé : {text!r}")
    if len(text) == 4:
        return text
    if len(text) == 7:
        month = date.fromisoformat(f"{text}-01").month
        return f"{get_month_names('wide', locale=LOCALE)[month]} {text[:4]}"
    return format_date(date.fromisoformat(text))


def keep_together(text: str) -> str:
    """Return text with U+00A0 where a line may not break: before `:` `%` `$`, inside « »."""
    text = re.sub(rf"«[ {NBSP}]?", f"«{NBSP}", text)
    text = re.sub(rf"[ {NBSP}]?»", f"{NBSP}»", text)
    text = re.sub(r" (?=:(?:\s|$))", NBSP, text)
    return re.sub(r"(?<=\d) (?=(?:%|\$|[kMG]\$))", NBSP, text)


def typographic(text: str) -> str:
    """Return text typed on a plain keyboard with the OQLF's spaces and the U+2019 apostrophe.

    For the project's own words (prose, titles, notes); text from data keeps its apostrophes.
    """
    return keep_together(re.sub(r"(?<=\w)'(?=\w)", "’", text))


def count_of(number: int, singular: str, plural: str = "") -> str:
    """Return `1 tableau`, `2 tableaux`: French takes the plural from 2 (`plural`: singular + s)."""
    return f"{format_number(number)}{NBSP}{(plural or singular + 's') if number >= 2 else singular}"


def join_list(items: Sequence[str]) -> str:
    """Return `a, b et c`."""
    return " et ".join(filter(None, [", ".join(items[:-1]), items[-1]])) if items else ""


def chart_locale() -> dict[str, Any]:
    """Return vega's `config.locale`: d3's number and time locales, made from the same source."""
    months = [get_month_names("wide", locale=LOCALE)[i] for i in range(1, 13)]
    short_months = [get_month_names("abbreviated", locale=LOCALE)[i] for i in range(1, 13)]
    week = [6, 0, 1, 2, 3, 4, 5]  # d3 begins on Sunday, Babel on Monday
    return {
        "number": {
            "decimal": format_number(Decimal("0.5"), 1)[1],
            "thousands": format_number(1000)[1],
            "grouping": [3],
            "currency": ["", NBSP + UNITS["CAD"].suffix],
            "percent": NBSP + UNITS["percent"].suffix,
            "minus": MINUS,
            "nan": "..",
        },
        "time": {
            "dateTime": f"%A %-d{NBSP}%B %Y, %H{NBSP}h{NBSP}%M",
            "date": "%Y-%m-%d",
            "time": f"%H{NBSP}h{NBSP}%M",
            "periods": ["", ""],
            "days": [get_day_names("wide", locale=LOCALE)[i] for i in week],
            "shortDays": [get_day_names("abbreviated", locale=LOCALE)[i] for i in week],
            "months": months,
            "shortMonths": short_months,
        },
    }
