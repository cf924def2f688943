"""Damage done to a text before it reached the table: bytes, encoding, invisible characters."""

from __future__ import annotations

import re

from coopreport.tables.model import Wrong

MAX_CELL = 10_000
"""Longest cell, in characters."""

_SAVE_AS_UTF8 = "enregistrer le fichier en CSV UTF-8, puis vérifier les accents"
_RETYPE = "retaper la cellule, sans copier ce caractère"

_AFTER_A_TILDE = "[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
MOJIBAKE = re.compile(f"Ã{_AFTER_A_TILDE}|Â[\u0080-\u00bf]|â€|â„¢|ï»¿|Å[“’¡]")
"""UTF-8 read as Windows-1252: `QuÃ©bec`, `lâ€™an`, `Â«`, `Å“uvre`."""

INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(1, 17))
    + "]"
)
"""What shows nothing: controls, marks of direction, private and non-characters of Unicode."""

SPREADSHEET_ERROR = re.compile(
    r"#(REF|DIV/0|N/A|VALUE|VALEUR|NAME|NOM|NUM|NOMBRE|NULL|NUL|SPILL|CALC)\s?[!?]?|Err\s?:\s?[0-9]{3}",
    re.IGNORECASE,
)
"""As Excel writes them, and LibreOffice, which puts a space in `#REF !` and has `Err :502`."""


def damage(text: str) -> Wrong | None:
    """Return what is damaged in a cell or a column's name, or None."""
    if len(text) > MAX_CELL:
        return Wrong(
            f"cellule de plus de {MAX_CELL} caractères : {len(text)}",
            "raccourcir le texte, ou chercher un guillemet mal fermé",
        )
    if text.startswith(("#", "Err")) and SPREADSHEET_ERROR.fullmatch(text):
        return Wrong(
            "erreur de tableur à la place de la valeur",
            "corriger la formule dans le tableur, puis exporter de nouveau la valeur",
        )
    if len(text) > 1 and not text.strip("#"):
        return Wrong(
            "dièses à la place de la valeur, que le tableur n'avait pas la place de montrer",
            "élargir la colonne dans le tableur, puis enregistrer de nouveau",
        )
    if text.isascii() and text.isprintable():
        return None
    if byte := re.search("[\udc80-\udcff]", text):
        return Wrong(
            f"octet 0x{ord(byte[0]) - 0xDC00:02X} étranger à l'encodage du fichier",
            _SAVE_AS_UTF8 + " (le fichier est sans doute en Windows-1252)",
        )
    if "\0" in text:
        return Wrong(f"octet nul dans la cellule : à la position {text.index(chr(0)) + 1}", _RETYPE)
    if "\ufffd" in text:
        return Wrong(
            "caractère perdu (\ufffd) lors d'un enregistrement antérieur",
            "retrouver le texte à la source et le retaper",
        )
    if MOJIBAKE.search(text):
        return Wrong("UTF-8 lu comme du Windows-1252", _mended(text))
    if found := INVISIBLE.search(text):
        return Wrong(f"caractère invisible ou de commande (U+{ord(found[0]):04X})", _RETYPE)
    return None


def _mended(text: str) -> str:
    """Return the remedy for mojibake: the text as it was, when it can be worked out."""
    try:
        return f"écrire « {text.encode('cp1252').decode('utf-8')} »; {_SAVE_AS_UTF8}"
    except UnicodeError:
        return _SAVE_AS_UTF8
