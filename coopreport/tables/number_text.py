"""Numbers as the tables must write them, and a precise word for every other way of writing one."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from coopreport.tables.model import Wrong

INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
YEAR = re.compile(r"[0-9]{4}")
MOST_DIGITS = 18
"""Significant digits a number may have: what Int64 holds and decimal sums keep exactly."""

LONGEST_NUMBER = 60
"""Characters beyond which a text is no attempt at a number, and is not examined as one."""

EXPECTED = {
    "CAD": "montant en dollars entiers attendu",
    "integer": "nombre entier attendu",
    "number": "nombre attendu, avec un point décimal",
    "year": "année de quatre chiffres attendue",
}
"""What a message says was expected, by unit or type."""

_SPACE = r"[\s\u00a0\u202f\u2009]"
_MINUS = "-\u2010-\u2015\u2212"
_SCALE = {"k": 3, "mille": 3, "m": 6, "mm": 6, "million": 6, "millions": 6, "g": 9, "md": 9}
_SCALE |= {"mrd": 9, "milliard": 9, "milliards": 9, "bn": 9}
_DOLLARS = r"(?:de\s+|d’|d')?(?:\$\s?cad|\$\s?ca|\$\s?can|ca\$|can\$|cad|dollars?|\$)"


@dataclass(frozen=True)
class Notation:
    """A way of writing a number that the tables refuse: how to know it, its name, advice."""

    pattern: re.Pattern[str]
    name: str
    advice: str
    suggests: bool = True


def _notation(pattern: str, name: str, advice: str = "", suggests: bool = True) -> Notation:
    return Notation(re.compile(pattern, re.IGNORECASE), name, advice, suggests)


NOTATIONS: tuple[Notation, ...] = (
    _notation(
        r"[+-]?(inf|infinity|infini|nan|∞|[+-]∞)",
        "« infini » ou « pas un nombre »",
        "laisser la cellule vide si la donnée manque, et dire pourquoi dans la note",
        suggests=False,
    ),
    _notation(
        r"n\.?/?[adc]\.?|null|nul|none|nil|s\.?/?o\.?|inconnue?|vide|x|\?+|\.{1,3}|…|[-\u2010-\u2015]+",
        "mot ou signe pour une donnée absente",
        "laisser la cellule vide quand la donnée manque; écrire « 0 » pour un vrai zéro",
        suggests=False,
    ),
    _notation(
        r".*(us\s?\$|\$\s?us|usd|€|eur\b|euros?|£|gbp|¥|jpy|chf|mxn).*",
        "autre monnaie que le dollar canadien",
        "convertir en dollars canadiens, et donner le taux et sa date dans la note",
        suggests=False,
    ),
    _notation(
        r"=.*",
        "formule de tableur",
        "exporter la valeur plutôt que la formule",
        suggests=False,
    ),
    _notation(r"['’‘].*", "apostrophe de tableur au début", "retirer l’apostrophe"),
    _notation(r"[+-]?0[xob][0-9a-f]+", "notation hexadécimale, octale ou binaire", suggests=False),
    _notation(
        r"[+-]?[0-9]+([.,][0-9]+)?e[+-]?[0-9]+",
        "notation scientifique",
        "vérifier à la source que le tableur n’a pas perdu de chiffres",
    ),
    _notation(r"\(.*\)", "parenthèses comptables", "mettre un tiret-moins si c’est négatif"),
    _notation(rf".*[0-9$]{_SPACE}*[{_MINUS}]", "signe moins après le nombre"),
    _notation(
        r"[\u2010-\u2015\u2212].*", "signe moins typographique", "employer le tiret-moins (-)"
    ),
    _notation(r"\+.*", "signe plus devant le nombre"),
    _notation(
        rf".*[0-9]{_SPACE}*\$?{_SPACE}*({'|'.join(sorted(_SCALE, key=len, reverse=True))})\b.*",
        "abrégé en milliers, millions ou milliards",
    ),
    _notation(rf".*({_DOLLARS}).*", "symbole ou nom de la monnaie", "ne garder que les chiffres"),
    _notation(r".*[%‰].*", "signe de pourcentage", "ne garder que le nombre"),
    _notation(
        r"([~≈<>≤≥±]|env|environ|près|plus|moins|au moins|about).*",
        "nombre approché",
        "écrire le nombre seul; l’approximation va dans une autre colonne ou dans la note",
        suggests=False,
    ),
    _notation(
        r"[0-9]{4}[-/–][0-9]{1,4}([-/][0-9]{1,2})?|[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}",
        "date ou exercice",
        "vérifier que les cellules n’ont pas glissé d’une colonne",
        suggests=False,
    ),
    _notation(
        r"-?[0-9]+\s*([-–/à:]|\bet\b|\bou\b)\s*[0-9]+",
        "deux nombres",
        "n’écrire qu’un nombre par cellule",
        suggests=False,
    ),
    _notation(
        r"-?[1-9][0-9]{0,2}[,.][0-9]{3}",
        "ambigu, décimales ou milliers",
    ),
    _notation(
        rf"-?[0-9]{{1,3}}([.,'’_]|{_SPACE})[0-9]{{3}}(([.,'’_]|{_SPACE})[0-9]{{3}})*([.,][0-9]+)?",
        "séparateur de milliers",
    ),
    _notation(rf"-?[0-9]+({_SPACE}+[0-9]+)+([.,][0-9]+)?", "espace dans le nombre"),
    _notation(r"-?[0-9]*,[0-9]*", "virgule décimale"),
    _notation(r"-?0[0-9]+(\.[0-9]+)?", "zéros en tête", "écrire le nombre sans zéro en tête"),
    _notation(r"-?(\.[0-9]+|[0-9]+\.)", "point sans chiffre de chaque côté"),
    _notation(r"-?[0-9]+\.[0-9]+", "décimales"),
    _notation(
        rf"-?[0-9]+([.,][0-9]+)?{_SPACE}*[^\W\d].*",
        "unité ou mot après le nombre",
        "ne garder que le nombre",
    ),
)
"""Tried in this order; the first that matches the whole text names the fault."""


def read_number(text: str, kind: str) -> int | Decimal | Wrong:
    """Return the exact value of `text`, or what is wrong with it.

    `kind` is a key of `EXPECTED`: "CAD", "integer" and "year" give an int, "number" a Decimal.
    """
    pattern = {"number": NUMBER, "year": YEAR}.get(kind, INTEGER)
    if not pattern.fullmatch(text):
        return _diagnose(text, kind)
    if sum(c.isdigit() for c in text) > MOST_DIGITS:
        return Wrong(f"nombre de plus de {MOST_DIGITS} chiffres", "vérifier le nombre à la source")
    return (Decimal(text) or Decimal(0)) if kind == "number" else int(text)


def _diagnose(text: str, kind: str) -> Wrong:
    """Return the precise fault of a text that is not written as `kind` asks."""
    expected = EXPECTED[kind]
    plain = _western_digits(text)
    if plain != text:
        name, advice, suggests = "chiffres autres que 0 à 9", "employer les chiffres 0 à 9", True
    else:
        short = len(text) <= LONGEST_NUMBER
        found = next((n for n in NOTATIONS if short and n.pattern.fullmatch(text)), None)
        if found is None:
            found_text = "" if text.isdigit() else ", texte trouvé"
            return Wrong(expected + found_text, "écrire le nombre seul, en chiffres")
        name, advice, suggests = found.name, found.advice, found.suggests
    if kind == "CAD" and name in ("décimales", "virgule décimale"):
        name = "cents ou décimales"
    remedies = [advice, _suggestion(plain, kind) if suggests else ""]
    return Wrong(f"{expected} ({name})", "; ".join(filter(None, remedies)) or _DEFAULT_REMEDY)


_DEFAULT_REMEDY = "écrire le nombre à la source, en chiffres seulement"


def _suggestion(text: str, kind: str) -> str:
    """Return « écrire … » with every number `text` can stand for and `kind` allows."""
    readings = sorted({v for v in interpret(text) if abs(v) < 10**MOST_DIGITS})
    if not readings or (kind == "year" and not 1000 <= readings[-1] <= 9999):
        return ""
    if len(readings) == 1 and kind != "number" and readings[0] != readings[0].to_integral_value():
        return "arrondir à l’unité et le dire dans la note"
    written = " ou ".join(f"« {format(value.normalize() + 0, 'f')} »" for value in readings)
    return f"écrire {written}" + (", selon la source" if len(readings) > 1 else "")


def interpret(text: str) -> tuple[Decimal, ...]:
    """Return every number that `text` can mean: none, one, or two when it is ambiguous.

    >>> interpret("8,8 M$"), interpret("(600)"), interpret("5,000")
    ((Decimal('8800000.0'),), (Decimal('-600'),), (Decimal('5.000'), Decimal('5000')))
    """
    bare = re.sub(rf"^['’‘]|{_DOLLARS}|[%‰]", "", text.casefold())
    bare = re.sub(f"[{_MINUS}]", "-", re.sub(rf"{_SPACE}+", "", bare))
    negative = bool(re.search(r"^\(.*\)|^-|-$", bare))
    match = re.fullmatch(
        rf"[(+-]*([0-9.,'’_]+?)(?:e([+-]?[0-9]{{1,2}})|({'|'.join(_SCALE)})|[^\W\d].*)?[)-]*", bare
    )
    if not match:
        return ()
    digits, exponent, scale = match.groups()
    power = int(exponent) if exponent else _SCALE.get(scale or "", 0)
    sign = -1 if negative else 1
    return tuple(sign * value.scaleb(power) for value in _readings(digits))


def _readings(digits: str) -> tuple[Decimal, ...]:
    """Return the values of digits with decimal or thousands separators."""
    if re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{3}", digits):
        return Decimal(digits.replace(",", ".")), Decimal(re.sub("[.,]", "", digits))
    plain = re.sub("['’_]", "", digits)
    marks = re.findall("[.,]", plain)
    if len(marks) > 1 and (len(set(marks)) == 1 or marks[-1] != marks[0]):
        decimal = marks[-1] if len(set(marks)) == 2 else ""
        thousands = marks[0]
        plain = plain.replace(thousands, "")
        plain = plain.replace(decimal, ".") if decimal else plain
    try:
        return (Decimal(plain.replace(",", ".")),)
    except InvalidOperation:
        return ()


def _western_digits(text: str) -> str:
    """Return `text` with the digits of other scripts (Arabic, full width, exponents) as 0 to 9."""
    return "".join(c if c.isascii() or not c.isdigit() else str(unicodedata.digit(c)) for c in text)
