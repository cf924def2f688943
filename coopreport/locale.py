"""The one place that formats: numbers, money, percent, points and dates.

Functions over exact values (int, Decimal, Fraction; a float is taken through its shortest decimal
text). The language is Québec French unless the build says otherwise (`use`, `speaking`). In French
the rules are the OQLF's: U+00A0 before `$`, `%` and `M$` and between thousands, U+2212 for minus,
`1er` for the first of a month; in Canadian English: `$8.8M`, `13.5%`, `January 27, 2023`. The
system's locale is never read nor set. A missing or infinite value is an error: a table shows a
symbol.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from fractions import Fraction
from numbers import Integral
from typing import Any, Literal

from coopreport.languages import ENGLISH, FRENCH, LANGUAGES, Language
from coopreport.languages import NBSP as NBSP
from coopreport.languages import UNITS as UNITS

Style = Literal["short", "words", "bare"]

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


_current = FRENCH


def current() -> Language:
    """Return the language in which this process formats now."""
    return _current


def use(code: str) -> None:
    """Format in a language (`fr`, `en`) from now on: a chapter's process, told by the build.

    Raises:
        KeyError: no such language.
    """
    global _current
    _current = LANGUAGES[code]


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Format in a language inside the block: the page, between two messages in French."""
    before = _current.code
    use(code)
    try:
        yield
    finally:
        use(before)


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
    from babel.numbers import format_decimal

    rounded = round_half_away(value, decimals)
    pattern = ("#,##0" if grouped else "0") + ("." + "0" * decimals if decimals else "")
    text = format_decimal(abs(rounded), format=pattern, locale=_current.babel)
    return _sign(rounded, signed) + text.replace("\u202f", NBSP)


def _sign(rounded: Decimal, signed: bool) -> str:
    if rounded < 0:
        return MINUS
    return "+" if signed and rounded > 0 else ""


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
    a column whose unit is stated in its heading (`8,8`). The sign comes first, before a `$` too.
    `signed` writes `+` before a positive number; it is so for points unless said otherwise.
    """
    if unit not in UNITS:
        raise ValueError(f"unité inconnue : {unit!r}; unités : {', '.join(UNITS)}")
    kind, forms = UNITS[unit], _current.forms.get(unit)
    places = kind.decimals if decimals is None else decimals
    scaled = exact(value) * kind.scale
    if style == "words" and scaled.denominator == 1:
        places = 0
    rounded = round_half_away(scaled, places)
    digits = format_number(abs(rounded), places, grouped=kind.grouped)
    if style != "bare" and forms:
        one, many = forms.words if style == "words" else forms.short
        digits = (one if _current.is_one(abs(rounded), places) else many).format(digits)
    return _sign(rounded, kind.signed if signed is None else signed) + digits


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
    """Return `27 janvier 2023`, `le 27 janvier 2023` (article) or `2023-01-27` (iso).

    English has no article before a date: `January 27, 2023`.
    """
    if style == "iso":
        return day.isoformat()
    months = _months()
    if _current is ENGLISH:
        return f"{months[day.month]}{NBSP}{day.day}, {day.year:04d}"
    number = "1er" if day.day == 1 else str(day.day)
    text = f"{number}{NBSP}{months[day.month]} {day.year:04d}"
    return f"le {text}" if style == "article" else text


def _months(width: Literal["wide", "abbreviated"] = "wide") -> Mapping[int, str]:
    """Return the names of the months, from 1."""
    from babel.dates import get_month_names

    return get_month_names(width, locale=_current.babel)


def format_partial_date(text: str) -> str:
    """Return a date known to the year, month or day (`2010`, `2010-01`, `2012-12-31`) in words."""
    if not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", text):
        raise ValueError(f"date attendue sous la forme AAAA[-MM[-JJ]], trouvé : {text!r}")
    if len(text) == 4:
        return text
    if len(text) == 7:
        month = date.fromisoformat(f"{text}-01").month
        return f"{_months()[month]} {text[:4]}"
    return format_date(date.fromisoformat(text))


def keep_together(text: str) -> str:
    """Return text with U+00A0 where a line may not break: before `:` `%` `$`, inside « »."""
    # A page passes thousands of cells through here: a search of a sign costs less than a pattern.
    if "«" in text or "»" in text:
        text = re.sub(rf"«[ {NBSP}]?", f"«{NBSP}", text)
        text = re.sub(rf"[ {NBSP}]?»", f"{NBSP}»", text)
    if " :" in text:
        text = re.sub(r" (?=:(?:\s|$))", NBSP, text)
    if "%" in text or "$" in text:
        text = re.sub(r"(?<=\d) (?=(?:%|\$|[kMG]\$))", NBSP, text)
    return text


def typographic(text: str) -> str:
    """Return text typed on a plain keyboard with the OQLF's spaces and the U+2019 apostrophe.

    For the project's own words (prose, titles, notes); text from data keeps its apostrophes.
    """
    return keep_together(re.sub(r"(?<=\w)'(?=\w)", "’", text) if "'" in text else text)


def count_of(number: int, singular: str, plural: str = "") -> str:
    """Return `1 tableau`, `2 tableaux`: French takes the plural from 2 (`plural`: singular + s)."""
    return f"{format_number(number)}{NBSP}{(plural or singular + 's') if number >= 2 else singular}"


def join_list(items: Sequence[str]) -> str:
    """Return `a, b et c`."""
    return " et ".join(filter(None, [", ".join(items[:-1]), items[-1]])) if items else ""


def chart_locale() -> dict[str, Any]:
    """Return vega's `config.locale`: d3's number and time locales, made from the same source."""
    from babel.dates import get_day_names

    months, short_months = (
        [_months(width)[i] for i in range(1, 13)] for width in ("wide", "abbreviated")
    )
    week = [6, 0, 1, 2, 3, 4, 5]  # d3 begins on Sunday, Babel on Monday
    english = _current is ENGLISH
    sign, percent = UNITS["CAD"].suffix, UNITS["percent"].suffix
    clock = "%H:%M" if english else f"%H{NBSP}h{NBSP}%M"
    day = f"%A, %B{NBSP}%-d, %Y" if english else f"%A %-d{NBSP}%B %Y"
    return {
        "number": {
            "decimal": format_number(Decimal("0.5"), 1)[1],
            "thousands": format_number(1000)[1],
            "grouping": [3],
            "currency": [sign, ""] if english else ["", NBSP + sign],
            "percent": percent if english else NBSP + percent,
            "minus": MINUS,
            "nan": "..",
        },
        "time": {
            "dateTime": f"{day}, {clock}",
            "date": "%Y-%m-%d",
            "time": clock,
            "periods": ["", ""],
            "days": [get_day_names("wide", locale=_current.babel)[i] for i in week],
            "shortDays": [get_day_names("abbreviated", locale=_current.babel)[i] for i in week],
            "months": months,
            "shortMonths": short_months,
        },
    }
