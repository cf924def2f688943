"""A reviewer's remark as it is kept: what it says of what, and what was answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from coopreport.remarks.rules import FORMAT


@dataclass(frozen=True)
class Number:
    """An indicator, and how the page displayed it."""

    id: str
    shown: str


@dataclass(frozen=True)
class Target:
    """What a remark is about; each field is described in `schemas/remarques.schema.json`."""

    kind: str
    id: str
    within: str
    occurrence: int
    chapter: str
    section: str
    row: str
    column: str
    excerpt: str
    shown: str
    digest: str
    numbers: tuple[Number, ...]

    @property
    def places(self) -> tuple[str, ...]:
        """The ids of the page beside which the remark may stand, the best first."""
        first = self.within if self.kind == "nombre" else self.id
        return tuple(id for id in (first, self.section, self.chapter) if id)

    @property
    def name(self) -> str:
        """What the remark is about, in words; a table's and a chart's excerpt says its kind."""
        numbered = self.kind in ("tableau", "graphique")
        what = self.excerpt if numbered else f"{self.kind} {self.excerpt}"
        return ", ".join(filter(None, [what, self.row, self.column]))


@dataclass(frozen=True)
class Page:
    """The page on which a remark was written; `ledger` is the SHA-256 of its numbers."""

    build: str
    version: str
    ledger: str


@dataclass(frozen=True)
class Former:
    """What a remark said before its author changed it."""

    modified: str
    text: str


@dataclass(frozen=True)
class Answer:
    """An answer to a remark; `closes` tells that it closed it."""

    author: str
    date: str
    text: str
    closes: bool


@dataclass(frozen=True)
class Remark:
    """A remark, what was answered, and whether it still waits (`open`). Dates are UTC."""

    id: str
    cycle: str
    page: Page
    author: str
    created: str
    modified: str
    text: str
    target: Target
    earlier: tuple[Former, ...] = ()
    answers: tuple[Answer, ...] = ()
    open: bool = True

    def to_json(self) -> dict[str, Any]:
        """Return the remark as its file holds it."""
        return {"format": FORMAT, **asdict(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Remark:
        """Rebuild a remark from `to_json`, whose rules were checked."""
        given = {name: value for name, value in data.items() if name != "format"}
        target = dict(given["target"])
        target["numbers"] = tuple(Number(**number) for number in target["numbers"])
        return cls(
            **{
                **given,
                "page": Page(**given["page"]),
                "target": Target(**target),
                "earlier": tuple(Former(**each) for each in given.get("earlier", ())),
                "answers": tuple(Answer(**each) for each in given.get("answers", ())),
            }
        )

    def answered(self, author: str, text: str, closes: bool | None) -> Remark:
        """Return the remark with an answer more; `closes` closes it, or opens it again."""
        answer = Answer(author, now(), text, bool(closes))
        is_open = self.open if closes is None else not closes
        return replace(self, answers=(*self.answers, answer), open=is_open)

    def updated(self, other: Remark) -> Remark:
        """Return the remark as its author last wrote it; the former text is kept.

        A new text opens a closed remark again. `other` is the same remark, as it comes in.
        """
        if other.modified < self.modified or _said(other) == _said(self):
            return self
        changed = other.text != self.text
        return replace(
            other,
            earlier=(*self.earlier, Former(self.modified, self.text)) if changed else self.earlier,
            answers=self.answers,
            open=self.open or changed,
        )


def _said(remark: Remark) -> tuple[Any, ...]:
    return remark.author, remark.modified, remark.text, remark.target, remark.page


def now() -> str:
    """Return the present moment, UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day_of(moment: str) -> str:
    """Return the day of a moment where the reader is: `2026-11-22`."""
    return datetime.fromisoformat(moment).astimezone().date().isoformat()
