"""Numbers as a spreadsheet shows them, brought to the tables' way: `1 234,50 $` → `1234.50`.

`1,234` is a thousand and some, or one and some: the other cells of the file say which, or nobody
does. What this module does not understand it gives back as it is, for the tables' own reader to
refuse with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from coopreport.tables.model import Field, Wrong

NUMERIC = ("integer", "number", "year")
_SPACE = "[ \u00a0\u202f\u2009]"
_GROUPED = re.compile(rf"-?[0-9]{{1,3}}({_SPACE}[0-9]{{3}})+([.,][0-9]+)?")
_PLAIN = re.compile(r"-?[0-9]+[.,][0-9]+")
_AMBIGUOUS = re.compile(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}")
_THOUSANDS = re.compile(r"-?[0-9]{1,3}(?:(,[0-9]{3})+(\.[0-9]+)?|(\.[0-9]{3})+(,[0-9]+)?)")
_MARK = re.compile("[.,]")
_OTHER = {",": ".", ".": ","}
_SIGN = {"CAD": re.compile(rf"{_SPACE}*\$$"), "percent": re.compile(rf"{_SPACE}*%$")}


@dataclass(frozen=True)
class Marks:
    """What the numbers of a file show: their decimal mark, and the mark of their thousands.

    "" is for nothing shown, or for both signs shown in the same part; `example` is a text that
    decided the decimal mark.
    """

    decimal: str = ""
    thousands: str = ""
    example: str = ""


def read_marks(texts: Iterable[tuple[Field, str]]) -> Marks:
    """Return the marks that the numbers of a file show, each with its field."""
    decimals: dict[str, str] = {}
    thousands: set[str] = set()
    for field, text in texts:
        bare = _bare(text, field)
        if mark := _shown_decimal(bare):
            decimals.setdefault(mark, text)
            if _THOUSANDS.fullmatch(bare) and not _PLAIN.fullmatch(bare):
                thousands.add(_OTHER[mark])
    decimal = next(iter(decimals)) if len(decimals) == 1 else ""
    group = next(iter(thousands)) if len(thousands) == 1 else ""
    return Marks(decimal, group, decimals.get(decimal, ""))


def plain_number(text: str, field: Field, marks: Marks) -> str | Wrong:
    """Return a number as the tables write it, `text` itself when it is none, or what is unsure."""
    bare = _bare(text, field)
    if _AMBIGUOUS.fullmatch(bare):
        decimal = _mark(bare)
        if decimal == marks.thousands:
            return bare.replace(decimal, "")
        if decimal != marks.decimal:
            return _unsure(bare, decimal)
    else:
        decimal = _shown_decimal(bare)
    if decimal:
        bare = "".join(bare.split()).replace(_OTHER[decimal], "").replace(decimal, ".")
    elif _GROUPED.fullmatch(bare):
        bare = "".join(bare.split())
    if field.type != "number" and (match := re.fullmatch(r"(-?[0-9]+)\.0+", bare)):
        return match[1]
    if field.type != "number" and "." in bare:
        return text
    return bare if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", bare) else text


def _bare(text: str, field: Field) -> str:
    """Return the text without the sign of its unit, with a plain minus."""
    if sign := _SIGN.get(field.unit):
        text = sign.sub("", text)
    return re.sub("^\u2212(?=[0-9])", "-", text)


def _shown_decimal(bare: str) -> str:
    """Return the decimal mark that a number shows by itself, or ""."""
    if _AMBIGUOUS.fullmatch(bare):
        return ""
    if _GROUPED.fullmatch(bare) or _PLAIN.fullmatch(bare):
        return _mark(bare)
    if match := _THOUSANDS.fullmatch(bare):
        return "." if match[1] else ","
    return ""


def _mark(bare: str) -> str:
    """Return the first `,` or `.` of a number, or ""."""
    found = _MARK.search(bare)
    return found[0] if found else ""


def _unsure(bare: str, mark: str) -> Wrong:
    decimal, whole = bare.replace(mark, ","), bare.replace(mark, "")
    return Wrong(
        f"nombre ambigu : {'la virgule' if mark == ',' else 'le point'} sépare des décimales ou"
        " des milliers, et les autres cellules du fichier ne le disent pas",
        "dans le tableur, retirer le séparateur de milliers, ou montrer plus de décimales;"
        f" c'est {decimal} ou {whole}",
    )
