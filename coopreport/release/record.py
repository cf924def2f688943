"""The record of a release: all that its page says beyond the build.

It is frozen and lies in the release's manifest, so that the page can be rendered again from it.
Only the date comes from a clock, and may be given instead.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from coopreport.errors import BadCall, quoted, shorten

FIRST = "première publication"
REVISION = "révision"
CORRECTION = "correction"


@dataclass(frozen=True)
class Version:
    """An earlier version; `manifest` is the SHA-256 of its manifest, which thus cannot change."""

    version: str
    date: str
    kind: str
    reason: str
    manifest: str


@dataclass(frozen=True)
class Revised:
    """A displayed indicator that moved since the former version, and why."""

    indicator: str
    label: str
    old: str
    new: str
    difference: str
    cause: str


@dataclass(frozen=True)
class RevisedCell:
    """A number of a table, or of a chart's data, that moved since the former version, and why.

    `exhibit` is the id of the table or of the chart; `row` and `column` are the cell's headings for
    the reader; `at` is where it stands in this version's table, from 0.
    """

    exhibit: str
    title: str
    row: str
    column: str
    at: tuple[int, int]
    old: str
    new: str
    difference: str
    cause: str


@dataclass(frozen=True)
class Record:
    """What a release is: number, date, kind, reason, and what changed since the former version.

    `date` is AAAA-MM-JJ; `commit` the state of the repository; `signer` who signs, "" for nobody.
    `earlier` goes from the first version to the former one.
    """

    version: str
    date: str
    kind: str
    reason: str
    commit: str
    signer: str = ""
    earlier: tuple[Version, ...] = ()
    revised: tuple[Revised, ...] = ()
    cells: tuple[RevisedCell, ...] = ()

    @property
    def former(self) -> str:
        """The version before this one, "" for the first."""
        return self.earlier[-1].version if self.earlier else ""

    def to_json(self) -> dict[str, Any]:
        """Return the record as the manifest holds it."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Record:
        """Rebuild a record from `to_json`; KeyError or TypeError when malformed."""
        parts = {
            "earlier": tuple(Version(**item) for item in data["earlier"]),
            "revised": tuple(Revised(**item) for item in data["revised"]),
            "cells": tuple(
                RevisedCell(**{**item, "at": tuple(item["at"])}) for item in data["cells"]
            ),
        }
        return cls(**{**data, **parts})


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
        else ("Une nouvelle version dit sa nature.")
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
