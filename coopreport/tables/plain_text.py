"""Codes, fiscal years, addresses and yes-or-no as the tables must write them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coopreport.errors import nearest
from coopreport.fiscal import fiscal_year, is_fiscal_year
from coopreport.tables.model import Field, Wrong

MOST_LISTED = 20
"""Allowed codes that a message lists."""

_ADDRESS = re.compile(r"https?://[^\s/?#]+\.[^\s]+")
_YES = {"true", "1", "vrai", "oui", "o", "yes", "y", "x", "t", "v", "✓"}
_NO = {"false", "0", "faux", "non", "n", "no", "f"}


def read_text(text: str, field: Field) -> str | Wrong:
    """Return `text` when its column allows it, or what is wrong with it."""
    if field.is_fiscal_year and not is_fiscal_year(text):
        return _not_a_fiscal_year(text)
    if field.format == "uri" and not _ADDRESS.fullmatch(text):
        return Wrong(
            "adresse web attendue",
            "donner l'adresse complète, de « https:// » à la fin, sans espace",
        )
    if field.pattern and not field.pattern.fullmatch(text):
        padded = next((z for n in range(1, 4) if field.pattern.fullmatch(z := "0" * n + text)), "")
        if padded and text.isdecimal():
            return _lost_zero(padded)
        return Wrong(
            "texte qui n'a pas la forme attendue", f"forme attendue : {field.pattern.pattern}"
        )
    return text


def check_allowed(text: str, allowed: Sequence[str]) -> Wrong | None:
    """Return what is wrong when `text` is not one of the `allowed` codes."""
    if text in allowed:
        return None
    if text.isdecimal():
        for code in allowed:
            if code.isdecimal() and code.lstrip("0") == text.lstrip("0"):
                return _lost_zero(code)
    listed = ", ".join(allowed[:MOST_LISTED])
    if len(allowed) > MOST_LISTED:
        listed += f"… ({len(allowed)} codes)"
    same = next((code for code in allowed if code.casefold() == text.casefold()), "")
    hint = f"écrire « {same} »" if same else nearest(text, allowed)
    remedy = f"codes permis : {listed}"
    return Wrong("code inconnu", f"{hint} ({remedy})" if hint else remedy)


def read_boolean(text: str) -> bool | Wrong:
    """Return the truth that `true` or `false` writes, or what is wrong with `text`."""
    if text in ("true", "false"):
        return text == "true"
    known = text.casefold()
    if known in _YES or known in _NO:
        remedy = f"écrire « {'true' if known in _YES else 'false'} »"
    else:
        remedy = "écrire « true » (vrai) ou « false » (faux)"
    return Wrong("« true » ou « false » attendu", remedy)


def _lost_zero(code: str) -> Wrong:
    return Wrong(
        "zéro de tête perdu, sans doute par un tableur",
        f"écrire « {code} »; dans le tableur, mettre la colonne en format Texte",
    )


def _not_a_fiscal_year(text: str) -> Wrong:
    """Return the fault of a text that is not two consecutive years, with the year it may mean."""
    match = re.fullmatch(r"(20[0-9]{2})(?:\s*[-/\u2010-\u2015\u2212]\s*([0-9]{2}|[0-9]{4}))?", text)
    remedy = "écrire deux années qui se suivent, comme 2023-2024"
    if match and match[2] and int(match[2]) % 100 == (int(match[1]) + 1) % 100:
        remedy = f"écrire « {fiscal_year(int(match[1]))} »"
    elif match and match[2]:
        return Wrong("exercice dont les deux années ne se suivent pas", remedy)
    elif match:
        year = int(match[1])
        remedy += f" (« {fiscal_year(year - 1)} » ou « {fiscal_year(year)} » pour {year})"
    return Wrong("exercice attendu, sous la forme 2023-2024", remedy)
