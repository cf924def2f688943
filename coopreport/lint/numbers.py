"""Numbers as French text writes them: found in a text, with their value and what they measure.

Found: numerals (`8,8 M$`, `64 %`, `3 000`, `2021`, `½`), dates, fiscal years, and number words
used as counts (`deux`, `quatre-vingts`, `trois millions et demi`, `un sur deux`, `la moitié`,
`une douzaine`). Not found: the article `un`, ordinals (`premier`, `troisième`), Roman numerals
written with letters, `neuf` where it means new.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Kind = Literal["amount", "rate", "points", "year", "date", "count"]

_SPACES = str.maketrans(dict.fromkeys("\u00a0\u202f\u2009\u2007\t\n", " ") | {"’": "'"})

_UNITS = {
    **{"deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9},
    **{"dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15},
    **{"seize": 16, "vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60},
    **{"septante": 70, "huitante": 80, "octante": 80, "nonante": 90, "zéro": 0},
}
_SCALES = {"cent": 100, "mille": 10**3, "million": 10**6, "milliard": 10**9, "billion": 10**12}
_GROUPS = {
    **{"dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30},
    **{"quarantaine": 40, "cinquantaine": 50, "soixantaine": 60, "centaine": 100, "millier": 1000},
}
_SUFFIXES = {"k": 10**3, "m": 10**6, "g": 10**9, "": 1}
_PARTS = {"moitié": Fraction(1, 2), "tiers": Fraction(1, 3), "quart": Fraction(1, 4)}
_TIMES = {"double": 2, "triple": 3, "quadruple": 4}

_MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_ONE = "(?:" + "|".join([*_UNITS, *_SCALES]) + ")s?"
_SEQUENCE = (
    rf"(?:un (?=(?:million|milliard)\b))?{_ONE}"
    rf"(?:[ -]{_ONE}(?!\w)|[ -]et[ -](?:une?|onze|demie?)\b)*"
)
_UNIT = (
    r"(?P<unit> ?(?:(?P<money>[kMG]?)\$|%|pour cent\b|points?\b"
    r"|(?P<scale>mille|millions?|milliards?)\b(?: (?:de |d')dollars)?))?"
)

_FORMS: tuple[tuple[str, str], ...] = (
    ("date", rf"\b\d{{1,2}}(?:er)? (?:{_MONTHS})\b(?: \d{{4}}\b)?"),
    ("date", r"\b\d{4}-\d{2}-\d{2}\b"),
    ("fiscal", r"\b(?:19|20)\d{2}-(?:19|20)\d{2}\b"),
    (
        "numeral",
        r"(?P<sign>(?<![\w%$])[−+-])?(?P<name>(?<!\w)[^\W\d_]+)?"
        rf"(?P<digits>(?:\d{{1,3}}(?: \d{{3}})+(?!\d)|\d+)(?:[.,]\d+)?){_UNIT}",
    ),
    ("symbol", r"[\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u209c\u2150-\u218b\u2460-\u249b]+"),
    ("part", r"\b(?:la |une )?moitié\b"),
    ("part", r"\b(?:un|le|au|les|des|deux|trois) (?:tiers|quarts?|double|triple|quadruple)\b"),
    ("part", r"\bun \w+ième(?= (?:des?|du|d'))"),
    (
        "words",
        rf"\b(?P<over>une? sur )?(?P<words>{_SEQUENCE})(?![\w-])"
        r"(?: (?P<percent>pour cent)\b| (?P<dollars>(?:de |d')?dollars)\b)?",
    ),
    ("group", rf"\b(?:une )?(?P<group>{'|'.join(_GROUPS)})s?\b"),
)
_PATTERNS = [(name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _FORMS]

# « neuf » counts something when a plural follows it, unless it qualifies what is before it.
_NEW = re.compile(r"(?:argent|montant|comme|à|de|du|sang|ensemble) neuf$", re.IGNORECASE)
_PLURAL = re.compile(
    r" (?:(?!dans|sans|mais|plus|moins|puis|pas|les|des|ses|sous|vers|dès|très|depuis|après)"
    r"\w+[sx]\b|ans\b|sur\b)"
)


@dataclass(frozen=True)
class TypedNumber:
    """A number found in a text at `start:end`.

    `value` is exact in base units (dollars, a percentage as `64`), or None when the text says no
    value (`½`, a date, a name as `R1`); `step` is what the last printed place is worth, `signed`
    whether a sign is typed.
    """

    start: int
    end: int
    text: str
    kind: Kind
    value: Fraction | None
    step: Fraction = Fraction(1)
    signed: bool = False


def plain(text: str) -> str:
    """Return `text` with ordinary spaces and apostrophes, every character at its place."""
    return text.translate(_SPACES)


def find_numbers(text: str) -> list[TypedNumber]:
    """Return the numbers of `text`, in order, none inside another."""
    flat = plain(text)
    found: list[TypedNumber] = []
    for form, pattern in _PATTERNS:
        for match in pattern.finditer(flat):
            inside = any(match.start() < n.end and n.start < match.end() for n in found)
            if not inside and not (form == "words" and _is_new(flat, match)):
                found.append(_number(form, match))
    return sorted(found, key=lambda number: number.start)


def _is_new(text: str, match: re.Match[str]) -> bool:
    """Tell whether a match is the adjective « neuf »."""
    if match["words"].lower() != "neuf" or match["over"] or match["percent"]:
        return False
    before, after = text[: match.start("words") + 4], text[match.end("words") :]
    return bool(_NEW.search(before)) or not _PLURAL.match(after)


def _number(form: str, match: re.Match[str]) -> TypedNumber:
    start, end, text = match.start(), match.end(), match[0]
    if form == "numeral":
        return _numeral(match, start, end, text)
    if form in ("date", "fiscal"):
        return TypedNumber(start, end, text, "date" if form == "date" else "year", None)
    if form == "words":
        value = words_value(match["words"])
        if match["over"]:
            return TypedNumber(start, end, text, "rate", 100 / value if value else None)
        kind: Kind = "rate" if match["percent"] else "amount" if match["dollars"] else "count"
        return TypedNumber(start, end, text, kind, value)
    if form == "group":
        return TypedNumber(start, end, text, "count", Fraction(_GROUPS[match["group"].lower()]))
    return TypedNumber(start, end, text, "rate", _part(text))


def _part(text: str) -> Fraction | None:
    """Return a part or a multiple named in words as a percentage or a factor."""
    *before, noun = text.lower().split()
    if noun in _TIMES:
        return Fraction(_TIMES[noun])
    part = _PARTS.get(noun if noun in _PARTS else noun.removesuffix("s"))
    return part * 100 * _UNITS.get("".join(before), 1) if part else None


def _numeral(match: re.Match[str], start: int, end: int, text: str) -> TypedNumber:
    digits = match["digits"].replace(" ", "").replace(",", ".")
    digits = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in digits)
    unit = (match["unit"] or "").strip()
    scale = Fraction(1)
    kind: Kind = "count"
    if match["money"] is not None:
        kind, scale = "amount", Fraction(_SUFFIXES[match["money"].lower()])
    elif match["scale"]:
        scale = Fraction(_SCALES[match["scale"].lower().removesuffix("s")])
        kind = "amount" if "dollars" in unit else "count"
    elif unit in ("%", "pour cent"):
        kind = "rate"
    elif unit.startswith("point"):
        kind = "points"
    elif re.fullmatch(r"(?:19|20)[0-9]{2}", digits):
        kind = "year"
    if match["name"]:
        return TypedNumber(start, end, text, "count", None)
    decimals = len(digits.partition(".")[2])
    sign = -1 if match["sign"] in ("−", "-") else 1
    value = sign * Fraction(digits) * scale
    step = scale / 10**decimals
    return TypedNumber(start, end, text, kind, value, step, bool(match["sign"]))


def words_value(words: str) -> Fraction:
    """Return the value of a French number in words: `quatre-vingt-dix-neuf` is 99."""
    total, group, last = Fraction(0), Fraction(0), 1
    for word in re.split(r"[ -]", words.lower()):
        stem = word.removesuffix("s") if word not in ("trois", "six") else word
        if word in ("et", "le"):
            continue
        if stem in ("demi", "demie"):
            total += Fraction(last, 2)
        elif stem == "vingt" and group % 100 == 4:
            group += 76
        elif stem in _UNITS:
            group += _UNITS[stem]
        elif stem in ("un", "une"):
            group += 1
        elif stem == "cent":
            group = max(group, Fraction(1)) * 100
        elif stem == "mille":
            total, group, last = total + max(group, Fraction(1)) * 1000, Fraction(0), 1000
        else:
            last = _SCALES[stem]
            total, group = (total + group or Fraction(1)) * last, Fraction(0)
    return total + group
