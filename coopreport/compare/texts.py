"""What changed in the text of the chapters, under each heading, with the words marked. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from coopreport.compare.documents import Document, Passage
from coopreport.compare.words import Piece, align, compare_words


@dataclass(frozen=True)
class PassageChange:
    """A passage that changed; `kind` is its element (`p`, `li`, `h3` …)."""

    kind: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class SectionChange:
    """The passages that changed under one heading."""

    heading: str
    passages: tuple[PassageChange, ...]


@dataclass(frozen=True)
class ChapterChange:
    """The sections of a chapter whose text changed; `unchanged` counts its other passages."""

    id: str
    title: str
    sections: tuple[SectionChange, ...]
    unchanged: int


def compare_text(old: Document, new: Document) -> ChapterChange | None:
    """Return what changed in the text of a chapter, None when every passage is the same."""
    changes: list[tuple[str, PassageChange]] = []
    unchanged = 0
    pairs = align([each.text for each in old.passages], [each.text for each in new.passages])
    for i, j in pairs:
        before = old.passages[i] if i is not None else None
        after = new.passages[j] if j is not None else None
        if before and after and before.text == after.text:
            unchanged += 1
            continue
        changes.append(_change(before, after))
    if not changes:
        return None
    return ChapterChange(new.id, new.title, _sections(changes), unchanged)


def _change(before: Passage | None, after: Passage | None) -> tuple[str, PassageChange]:
    """Return a changed passage and the heading that it stands under."""
    place = after or before
    assert place is not None
    pieces = compare_words(before.text if before else "", after.text if after else "")
    return place.heading, PassageChange(place.kind, pieces)


def _sections(changes: Sequence[tuple[str, PassageChange]]) -> tuple[SectionChange, ...]:
    return tuple(
        SectionChange(heading, tuple(change for _, change in group))
        for heading, group in groupby(changes, key=lambda pair: pair[0])
    )
