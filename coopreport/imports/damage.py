"""What a spreadsheet did to a text: a code made a date or a number, zeros and signs lost.

The cells of numbers and dates are judged by the tables' own reader. A text may be anything, so that
it is compared with what the table holds now, where it holds the same row.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from coopreport.imports.dates import holds_dates
from coopreport.imports.present import Present, keys_of
from coopreport.tables.date_text import MONTHS
from coopreport.tables.journal import Journal
from coopreport.tables.model import Field, RawTable, Wrong

_MONTH = "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True))
_DAY_MONTH = re.compile(rf"([0-9]{{1,2}})-({_MONTH})\.?", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"({_MONTH})\.?-([0-9]{{1,2}})", re.IGNORECASE)
_FULL_DATE = re.compile(
    rf"[0-9]{{1,2}}[-/]([0-9]{{1,2}}|({_MONTH})\.?)[-/]([0-9]{{4}}|[0-9]{{2}})", re.IGNORECASE
)
_SCIENTIFIC = re.compile(r"[0-9]([.,][0-9]+)?E[+-]?[0-9]+")
_LOST_SIGN = re.compile(r"\?[^\W\d_]")
_AS_TEXT = "dans le tableur, mettre la colonne en format Texte avant d'y écrire"


def find_damage(present: Present, imported: RawTable, journal: Journal) -> None:
    """Fault each cell of text that a spreadsheet damaged, beside the same row of the table."""
    if not all(name in imported.texts for name in imported.resource.primary_key):
        return
    rows = [present.at.get(key) for key in keys_of(imported)]
    for name, column in imported.texts.items():
        field, former = imported.resource.field[name], present.raw.texts[name]
        if field.type != "string":
            continue
        known = set(former)
        for line, text, at in zip(imported.lines, column, rows, strict=True):
            wrong = _damage(text, field, None if at is None else former[at], known)
            if wrong:
                journal.fault(wrong.rule, wrong.remedy, line=line, column=name, value=text)


def _damage(text: str, field: Field, former: str | None, known: Collection[str]) -> Wrong | None:
    """Return what a spreadsheet damaged in a cell of text, or None.

    `former` is the cell of the same row in the table, None for a new row; `known` holds every text
    of its column there.
    """
    if text in ("", former):
        return None
    if former is not None and _signs_lost(former, text):
        return Wrong(
            "signes remplacés par « ? » lors d'un enregistrement",
            f"écrire « {former} », et enregistrer sous « CSV UTF-8 », qui garde tous les signes",
        )
    if _has_lost_sign(text, field) and not (former and _has_lost_sign(former, field)):
        return Wrong(
            "« ? » devant une lettre, sans doute un accent ou un signe perdu",
            "retaper le texte, et enregistrer sous « CSV UTF-8 », qui garde tous les signes",
        )
    if not holds_dates(field) and _FULL_DATE.fullmatch(text):
        return Wrong("texte changé en date par le tableur", _written(former, []))
    if match := _DAY_MONTH.fullmatch(text) or _MONTH_DAY.fullmatch(text):
        return Wrong("texte changé en date par le tableur", _written(former, _codes(match, field)))
    if _SCIENTIFIC.fullmatch(text):
        return Wrong("code changé en nombre par le tableur, chiffres perdus", _written(former, []))
    if text.isdecimal() and text not in known:
        padded = [each for each in known if each.isdecimal() and each.lstrip("0") == text]
        if padded and not field.enum:
            return Wrong(
                "zéro de tête perdu, sans doute par un tableur",
                f"écrire « {min(padded)} »; {_AS_TEXT}",
            )
    return None


def _signs_lost(former: str, text: str) -> bool:
    """Tell whether `text` is the former one with `?` in the place of signs."""
    return len(text) == len(former) and all(
        new == old or (new == "?" and not old.isascii())
        for old, new in zip(former, text, strict=True)
    )


def _has_lost_sign(text: str, field: Field) -> bool:
    """Tell whether `?` stands before a letter, outside an address."""
    if "?" not in text or field.format == "uri":
        return False
    return any(_LOST_SIGN.search(word) for word in text.split() if "/" not in word)


def _codes(match: re.Match[str], field: Field) -> list[str]:
    """Return what may have been typed before the spreadsheet made it a day or a month."""
    number, month = sorted(match.groups(), key=lambda part: not part.isdigit())
    rank = MONTHS[month.casefold()]
    if holds_dates(field):
        return [f"20{int(number):02d}-{rank:02d}"]
    codes = dict.fromkeys([f"{int(number)}-{rank}", f"{rank}-{int(number)}"])
    return [code for code in codes if not field.pattern or field.pattern.fullmatch(code)]


def _written(former: str | None, guesses: list[str]) -> str:
    """Return the remedy: the text that was there, else what was probably typed."""
    if former:
        return f"écrire « {former} »; {_AS_TEXT}"
    if guesses:
        return f"écrire {' ou '.join(f'« {each} »' for each in guesses)}; {_AS_TEXT}"
    return f"le reprendre de la source; {_AS_TEXT}"
