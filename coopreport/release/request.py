"""What the analyst asks of a release, checked: its kind, its reason, its date.

Only the date comes from a clock, and may be given instead.
"""

from __future__ import annotations

import unicodedata
from datetime import date

from coopreport.errors import BadCall, quoted, shorten

FIRST = "première publication"
REVISION = "révision"
CORRECTION = "correction"


def kind_of_release(text: str, first: bool) -> str:
    """Return the kind of a release from what was typed; accents and capitals may be left out.

    The first version is a first publication, and nothing else; a later one is a revision (better
    data or method) or a correction (a mistake): the reader is told which.

    Raises:
        BadCall: another word, or none where one is needed.
    """
    plain = _plain(text)
    if first:
        if plain not in ("", _plain(FIRST)):
            raise BadCall(
                f"{quoted(shorten(text))} ne convient pas à v1, qui est une {FIRST}.",
                'publiez la première version sans KIND : make release CYCLE=… REASON="…".',
            )
        return FIRST
    for kind in (REVISION, CORRECTION):
        if plain == _plain(kind):
            return kind
    what = (
        f"{quoted(shorten(text))} n’est pas une nature de version."
        if text.strip()
        else "Une nouvelle version dit sa nature."
    )
    raise BadCall(
        what,
        f"donnez KIND={REVISION} (de meilleures données ou une meilleure méthode) ou "
        f"KIND={CORRECTION} (une erreur).",
    )


def reason_of_release(text: str, first: bool) -> str:
    """Return the reason of a release on one line; only the first version may leave it out.

    Raises:
        BadCall: no reason.
    """
    reason = " ".join(text.split())
    if not reason and not first:
        raise BadCall(
            "Une nouvelle version dit son motif.", 'ajoutez REASON="ce qui change, et pourquoi".'
        )
    return reason or "Première publication du rapport."


def date_of_release(text: str) -> str:
    """Return the date of a release, AAAA-MM-JJ; today when none is given.

    Raises:
        BadCall: no such date, or a date to come.
    """
    if not text:
        return date.today().isoformat()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text or day > date.today():
        raise BadCall(
            f"{quoted(shorten(text))} n’est pas une date de publication.",
            "donnez une date AAAA-MM-JJ, d’aujourd’hui ou d’avant.",
        )
    return text


def _plain(text: str) -> str:
    """Return text in lower case, without accents or doubled spaces."""
    letters = unicodedata.normalize("NFD", " ".join(text.split()).casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
