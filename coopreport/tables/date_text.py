"""Dates as the tables must write them, AAAA-MM-JJ, and a precise word for every other way."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from coopreport.tables.model import Wrong

ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
EARLIEST, LATEST = date(1800, 1, 1), date(2100, 12, 31)
"""Dates outside these are slips of the pen, unless the schema gives bounds of its own."""

MONTHS = {
    **dict.fromkeys(("janv", "janvier", "jan", "january"), 1),
    **dict.fromkeys(("févr", "fév", "fevr", "fev", "février", "fevrier", "feb", "february"), 2),
    **dict.fromkeys(("mars", "mar", "march"), 3),
    **dict.fromkeys(("avr", "avril", "apr", "april"), 4),
    **dict.fromkeys(("mai", "may"), 5),
    **dict.fromkeys(("juin", "jun", "june"), 6),
    **dict.fromkeys(("juil", "juill", "juillet", "jul", "july"), 7),
    **dict.fromkeys(("août", "aout", "aug", "august"), 8),
    **dict.fromkeys(("sept", "septembre", "sep", "september"), 9),
    **dict.fromkeys(("oct", "octobre", "october"), 10),
    **dict.fromkeys(("nov", "novembre", "november"), 11),
    **dict.fromkeys(("déc", "dec", "décembre", "decembre", "december"), 12),
}

_EXPECTED = "date AAAA-MM-JJ attendue"


def read_date(text: str) -> date | Wrong:
    """Return the date that `text` writes as AAAA-MM-JJ, or what is wrong with it."""
    if not ISO.fullmatch(text):
        return _diagnose(text)
    year, month, day = (int(part) for part in text.split("-"))
    try:
        return date(year, month, day)
    except ValueError:
        return Wrong(f"date impossible : {_why_impossible(year, month)}", _AT_THE_SOURCE)


_AT_THE_SOURCE = "vérifier la date à la source et l'écrire AAAA-MM-JJ"


def _why_impossible(year: int, month: int) -> str:
    if not year:
        return "l'année 0000 n'existe pas"
    if not 1 <= month <= 12:
        return f"il n'y a pas de mois {month:02d}"
    return f"ce mois compte {monthrange(year, month)[1]} jours"


def _diagnose(text: str) -> Wrong:
    """Return the precise fault of a text that is not AAAA-MM-JJ."""
    if not text.isascii() and any(c.isdigit() and not c.isascii() for c in text):
        return Wrong(f"{_EXPECTED} (chiffres autres que 0 à 9)", "employer les chiffres 0 à 9")
    if match := re.fullmatch(
        r"([0-9]{4})[\u2010-\u2015\u2212]([0-9]{2})[\u2010-\u2015\u2212]([0-9]{2})", text
    ):
        return _as(match[1], match[2], match[3], "tiret typographique", "employer le trait d'union")
    if match := re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T\s].*", text, re.IGNORECASE):
        return _with_time(text, match[1])
    if match := re.fullmatch(r"([0-9]{4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,2})", text):
        return _as(match[1], match[2], match[3], "autre séparateur, ou zéro absent")
    if match := re.fullmatch(r"((?:18|19|20)[0-9]{2})([0-9]{2})([0-9]{2})", text):
        return _as(match[1], match[2], match[3], "sans trait d'union")
    if match := re.fullmatch(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4}|[0-9]{2})", text):
        return _day_and_month(int(match[1]), int(match[2]), match[3])
    if match := re.fullmatch(
        r"(?:le\s)?([0-9]{1,2})(?:er)?[-\s]([^\W\d]+)\.?,?[-\s]([0-9]{4})", text, re.I
    ):
        return _as(match[3], match[2], match[1], "mois en lettres")
    if match := re.fullmatch(
        r"([^\W\d]+)\.?\s([0-9]{1,2})(?:st|nd|rd|th)?,?\s([0-9]{4})", text, re.I
    ):
        return _as(match[3], match[1], match[2], "mois en lettres")
    if re.fullmatch(r"[0-9]{4}|[0-9]{4}-[0-9]{2}|[^\W\d]+\.?\s[0-9]{4}", text):
        return Wrong(f"{_EXPECTED} (date incomplète)", "donner l'année, le mois et le jour")
    if re.fullmatch(r"[3-5][0-9]{4}(\.[0-9]+)?", text):
        day = date(1899, 12, 30) + timedelta(days=int(text[:5]))
        remedy = f"écrire « {day.isoformat()} », après vérification à la source"
        return Wrong(f"{_EXPECTED} (numéro de jour d'un tableur)", remedy)
    return Wrong(f"{_EXPECTED}, texte trouvé", "écrire la date seule, comme 2023-01-27")


def _with_time(text: str, day: str) -> Wrong:
    zone = re.search(r"(Z|[+-][0-9]{2}:?[0-9]{2}|\b[A-Z]{2,4})$", text[10:])
    if zone:
        remedy = "écrire la date du jour au Québec, sans heure ni fuseau"
        return Wrong(f"{_EXPECTED} (heure et fuseau horaire)", remedy)
    return Wrong(f"{_EXPECTED} (heure en trop)", f"écrire « {day} »")


def _day_and_month(first: int, second: int, year: str) -> Wrong:
    """Return the fault of `first/second/year`, where the day may come first or second."""
    if len(year) == 2:
        return Wrong(f"{_EXPECTED} (année de deux chiffres)", _AT_THE_SOURCE)
    readings = {iso_date(int(year), second, first), iso_date(int(year), first, second)} - {""}
    if len(readings) == 2:
        both = " ou ".join(f"« {reading} »" for reading in sorted(readings))
        return Wrong(
            "date ambiguë, jour et mois interchangeables", f"écrire {both}, selon la source"
        )
    if len(readings) == 1:
        return Wrong(f"{_EXPECTED} (ordre inversé)", f"écrire « {readings.pop()} »")
    return Wrong("date impossible : ni jour/mois ni mois/jour", _AT_THE_SOURCE)


def _as(year: str, month: str, day: str, name: str, advice: str = "") -> Wrong:
    """Return the fault `name`, with the ISO date as its remedy when there is one."""
    number = MONTHS.get(month.casefold(), 0) if not month.isdigit() else int(month)
    iso = iso_date(int(year), number, int(day))
    remedy = f"écrire « {iso} »" if iso else _AT_THE_SOURCE
    return Wrong(f"{_EXPECTED} ({name})", f"{advice} : {remedy}" if advice else remedy)


def iso_date(year: int, month: int, day: int) -> str:
    """Return the date as AAAA-MM-JJ, or "" when there is no such day."""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""
