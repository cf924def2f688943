"""What the page says of itself: its cycle, its build and, for a release, its record.

A record is frozen and lies in the release's manifest, so that the page can be rendered again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from coopreport.pipeline.options import FRENCH

AUTHOR = "Conseil québécois de la coopération et de la mutualité"


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


@dataclass(frozen=True)
class Edition:
    """What the title block says. `build` is the build's short name; no release: a draft.

    `static`: the page runs no script. `pdf`: rapport.pdf stands beside the page. `unconfirmed`
    names the rows carried from another cycle that nobody has confirmed. `scenario` is the title of
    the scenario built, "" for the base. `language`: `fr` or `en`.
    """

    title: str
    author: str
    cycle: str
    cut_off: date
    build: str
    release: Record | None = None
    static: bool = False
    pdf: bool = False
    unconfirmed: tuple[str, ...] = ()
    scenario: str = ""
    language: str = FRENCH

    @property
    def revised(self) -> tuple[Revised, ...]:
        """The indicators that moved since the former version."""
        return self.release.revised if self.release else ()

    @property
    def revised_cells(self) -> tuple[RevisedCell, ...]:
        """The numbers of tables that moved since the former version."""
        return self.release.cells if self.release else ()
