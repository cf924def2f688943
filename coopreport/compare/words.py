"""What changed between two texts, word by word. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "old", "new"]

NUMBER = r"[+\u2212]?\d(?:[\d\u00a0.,]*\d)?(?:\u00a0(?:%|[kMG]?\$))?"
WORD = re.compile(rf"{NUMBER}|\w+(?:[’'-]\w+)*[’']?|\s+|.")
"""A word, a number with its unit (`8,8 M$`, which holds a no-break space), a space or a mark."""

MOST_MATCHES = 30_000
"""Pairs of equal words in two texts, beyond which to compare them takes seconds."""

ALIKE = 0.4
"""Two passages that share this part of their words are one passage that was changed."""


@dataclass(frozen=True)
class Piece:
    """A part of a text: the same in both, only in the old one, or only in the new one."""

    kind: Kind
    text: str


def compare_words(old: str, new: str) -> tuple[Piece, ...]:
    """Return both texts as one, in pieces; where they differ, the old words come first.

    Texts in which the same words come again and again, by the thousand, are not taken apart.
    A word between two changes, alone or nearly, goes with them: a sentence in shreds reads badly.
    """
    before, after = _words(old), _words(new)
    counts = Counter(before), Counter(after)
    if sum(count * counts[1][word] for word, count in counts[0].items()) > MOST_MATCHES:
        return tuple(_pieces([(old, new)]))
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    pairs = [
        ("".join(before[i:j]), "".join(after[k:m]))
        for i, j, k, m in _runs(matcher.get_opcodes(), before)
    ]
    return tuple(_pieces(pairs))


def _words(text: str) -> list[str]:
    """Return the words of a text, each with the space after it, which never stands alone."""
    words: list[str] = []
    for word in WORD.findall(text):
        if word.isspace() and words:
            words[-1] += word
        else:
            words.append(word)
    return words


Run = tuple[int, int, int, int]


def _runs(
    opcodes: Sequence[tuple[str, int, int, int, int]], before: Sequence[str]
) -> Iterator[Run]:
    """Yield runs of words that are the same or that differ, joined over what is too short."""
    pending: Run | None = None
    for position, (tag, i, j, k, m) in enumerate(opcodes):
        inside = 0 < position < len(opcodes) - 1
        if tag != "equal" or (inside and _is_short(before[i:j])):
            pending = (pending[0], j, pending[2], m) if pending else (i, j, k, m)
            continue
        if pending:
            yield pending
            pending = None
        yield (i, j, k, m)
    if pending:
        yield pending


def _is_short(words: Sequence[str]) -> bool:
    return len(words) <= 2 and sum(len(word.strip()) for word in words) <= 4


def _pieces(pairs: Sequence[tuple[str, str]]) -> Iterator[Piece]:
    for old, new in pairs:
        if old == new:
            yield Piece("same", old)
            continue
        # a space that both end with is no change: `mot ` → `autre `
        end = old[-1:] if old[-1:] == new[-1:] and old[-1:].isspace() else ""
        if old:
            yield Piece("old", old.removesuffix(end))
        if new:
            yield Piece("new", new.removesuffix(end))
        if end:
            yield Piece("same", end)


def likeness(old: Counter[str], new: Counter[str]) -> float:
    """Return which part of their words two texts share, from 0 to 1."""
    total = old.total() + new.total()
    return 2 * (old & new).total() / total if total else 1.0


def align(old: Sequence[str], new: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """Return the passages of two texts in pairs, in order; None where one has no counterpart.

    Equal passages are paired first; between them, those that are most alike in their words.
    """
    pairs: list[tuple[int | None, int | None]] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            pairs += zip(range(i, j), range(k, m), strict=True)
        else:
            pairs += _align_changed(old, new, range(i, j), range(k, m))
    return pairs


def _align_changed(
    old: Sequence[str], new: Sequence[str], olds: range, news: range
) -> list[tuple[int | None, int | None]]:
    """Pair passages in order so that the sum of their likeness is the greatest."""
    before = [Counter(_words(old[i])) for i in olds]
    after = [Counter(_words(new[j])) for j in news]
    best = [[0.0] * (len(news) + 1) for _ in range(len(olds) + 1)]
    alike = [[likeness(one, other) for other in after] for one in before]
    for i in reversed(range(len(olds))):
        for j in reversed(range(len(news))):
            paired = alike[i][j] + best[i + 1][j + 1] if alike[i][j] >= ALIKE else 0.0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    pairs: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < len(olds) and j < len(news):
        if alike[i][j] >= ALIKE and best[i][j] == alike[i][j] + best[i + 1][j + 1]:
            pairs.append((olds[i], news[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            pairs.append((olds[i], None))
            i += 1
        else:
            pairs.append((None, news[j]))
            j += 1
    pairs += [(each, None) for each in olds[i:]]
    pairs += [(None, each) for each in news[j:]]
    return pairs
