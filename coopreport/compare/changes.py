"""All that differs between two versions of a report, as one frozen object. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coopreport.compare.causes import Cause, causes_of_presence
from coopreport.compare.documents import Document, Drawing
from coopreport.compare.evidence import Change, Evidence, Json
from coopreport.compare.grids import Grid, WordsChange, changed_words, compare_tables
from coopreport.compare.moved import Moved, move_of
from coopreport.compare.rows import RowChanges
from coopreport.compare.texts import compare_text
from coopreport.compare.versions import Version
from coopreport.indicators import flag_mark

NAMED = re.compile(r"<(title|desc)\b.*?</\1>", re.DOTALL)
"""The words that name a drawing: they are compared as words."""


@dataclass(frozen=True)
class Entry:
    """Something that only one version has: a chapter, a table, a chart."""

    id: str
    title: str


@dataclass(frozen=True)
class IndicatorChange:
    """An indicator that is not the same; `is_shown` is False when only its exact value moved."""

    move: Moved
    exact_old: str
    exact_new: str
    is_shown: bool


@dataclass(frozen=True)
class Presence:
    """An indicator that only one version has, and why."""

    id: str
    label: str
    shown: str
    causes: tuple[Cause, ...]


@dataclass(frozen=True)
class ClaimChange:
    """A claim whose status or printed number changed; a side without it has None."""

    id: str
    label: str
    document: str
    old: Json | None
    new: Json | None

    @property
    def is_status(self) -> bool:
        """Whether both versions have it, with another status."""
        return bool(self.old and self.new and self.old["status"] != self.new["status"])


@dataclass(frozen=True)
class ChartChange:
    """A chart that is not the same: its words, its drawings when they differ, its data table."""

    id: str
    title: str
    words: tuple[WordsChange, ...]
    old: Drawing | None
    new: Drawing | None
    data: Grid | None


@dataclass(frozen=True)
class InputChange:
    """A file that a version depends on; `change` is changed, added or gone."""

    path: str
    change: str
    rows: RowChanges | None

    @property
    def is_table(self) -> bool:
        """Whether it is a raw table, whose rows may be told."""
        return self.path.startswith("data/") and self.path.endswith(".csv")


@dataclass(frozen=True)
class Kind:
    """Everything of one kind: what changed, came and went, and how many are the same."""

    changed: tuple[Any, ...]
    added: tuple[Any, ...]
    gone: tuple[Any, ...]
    unchanged: int

    def __bool__(self) -> bool:
        return bool(self.changed or self.added or self.gone)


@dataclass(frozen=True)
class Comparison:
    """Two versions side by side. `claims` is None when one of them has none on record."""

    old: Version
    new: Version
    indicators: Kind
    claims: Kind | None
    tables: Kind
    charts: Kind
    texts: Kind
    inputs: Kind
    parameters: tuple[Change, ...]
    has_parameters: bool

    @property
    def is_changed(self) -> bool:
        """Whether a reader of the two versions could tell one from the other."""
        kinds = (self.indicators, self.claims, self.tables, self.charts, self.texts)
        return any(kinds)

    @property
    def unexplained(self) -> tuple[IndicatorChange, ...]:
        """The displayed values that moved with no cause on record."""
        return tuple(
            each for each in self.indicators.changed if each.is_shown and not each.move.is_explained
        )


def compare_versions(
    old: Version, new: Version, rows: Mapping[str, RowChanges] | None = None
) -> Comparison:
    """Return all that differs; `rows` holds the changed rows of raw tables, by path."""
    evidence = Evidence(old.ledger, new.ledger, old.manifest, new.manifest, rows or {})
    before, after = ({doc.id: doc for doc in version.documents} for version in (old, new))
    texts = [compare_text(before[id], after[id]) for id in after if id in before]
    return Comparison(
        old,
        new,
        _indicators(evidence),
        _claims(old.claims, new.claims),
        _tables(old.documents, new.documents),
        _charts(old.documents, new.documents),
        Kind(
            tuple(filter(None, texts)),
            *_came_and_went(
                {id: doc.title for id, doc in before.items()},
                {id: doc.title for id, doc in after.items()},
            ),
            texts.count(None),
        ),
        _inputs(evidence),
        tuple(evidence.parameters.values()),
        "parameters" in old.ledger and "parameters" in new.ledger,
    )


def _came_and_went(
    old: Mapping[str, str], new: Mapping[str, str]
) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Return what only the new side has, then what only the old one has, from titles by id."""
    added = tuple(Entry(id, title) for id, title in new.items() if id not in old)
    gone = tuple(Entry(id, title) for id, title in old.items() if id not in new)
    return added, gone


def _indicators(evidence: Evidence) -> Kind:
    before, after = (
        {item["id"]: item for item in ledger["indicators"]}
        for ledger in (evidence.old, evidence.new)
    )
    changed = tuple(
        _indicator_change(before[id], after[id], evidence)
        for id in after
        if id in before and _shown(before[id]) != _shown(after[id])
    )
    added, gone = (
        tuple(
            Presence(id, item["label"], _shown(item)[0], causes_of_presence(id, evidence))
            for id, item in here.items()
            if id not in there
        )
        for here, there in ((after, before), (before, after))
    )
    return Kind(changed, added, gone, len(before.keys() & after.keys()) - len(changed))


def _shown(item: Json) -> tuple[str, str]:
    """Return an indicator as it is read, its signs after it, and its exact value."""
    signs = "".join(
        f" {flag_mark(flag).striptags()}" for flag in item["flags"] if flag not in item["shown"]
    )
    return item["shown"] + signs, item["value"]


def _indicator_change(old: Json, new: Json, evidence: Evidence) -> IndicatorChange:
    (was, exact_old), (now, exact_new) = _shown(old), _shown(new)
    move = move_of({**old, "shown": was}, {**new, "shown": now}, evidence)
    return IndicatorChange(move, exact_old, exact_new, was != now)


def _claims(old: Sequence[Json] | None, new: Sequence[Json] | None) -> Kind | None:
    if old is None or new is None:
        return None
    before, after = ({claim["id"]: claim for claim in side} for side in (old, new))
    changed: list[ClaimChange] = []
    added: list[ClaimChange] = []
    gone: list[ClaimChange] = []
    for id in {**before, **after}:
        was, now = before.get(id), after.get(id)
        one = now or was
        assert one is not None
        change = ClaimChange(id, one["label"], one["document_label"], was, now)
        if was is None or now is None:
            (added if was is None else gone).append(change)
        elif any(was[name] != now[name] for name in ("status", "printed", "value", "precision")):
            changed.append(change)
    same = len(before.keys() & after.keys()) - len(changed)
    return Kind(tuple(changed), tuple(added), tuple(gone), same)


def _tables(old: Sequence[Document], new: Sequence[Document]) -> Kind:
    before, after = (
        {table.id: table for doc in side for table in doc.tables} for side in (old, new)
    )
    grids = [compare_tables(before[id], after[id]) for id in after if id in before]
    added, gone = _came_and_went(
        {id: table.title for id, table in before.items()},
        {id: table.title for id, table in after.items()},
    )
    return Kind(tuple(filter(None, grids)), added, gone, grids.count(None))


def _charts(old: Sequence[Document], new: Sequence[Document]) -> Kind:
    before, after = (
        {drawing.chart.id: drawing for doc in side for drawing in doc.drawings}
        for side in (old, new)
    )
    changes = [_chart_change(before[id], after[id]) for id in after if id in before]
    added, gone = _came_and_went(
        {id: drawing.chart.title for id, drawing in before.items()},
        {id: drawing.chart.title for id, drawing in after.items()},
    )
    return Kind(tuple(filter(None, changes)), added, gone, changes.count(None))


def _chart_change(old: Drawing, new: Drawing) -> ChartChange | None:
    words = changed_words(
        ("Titre", old.chart.title, new.chart.title),
        ("Équivalent textuel", old.chart.alt, new.chart.alt),
        ("Notes", "\n".join(old.chart.notes), "\n".join(new.chart.notes)),
    )
    redrawn = NAMED.sub("", old.svg) != NAMED.sub("", new.svg)
    data = compare_tables(old.chart.table, new.chart.table)
    if not (words or redrawn or data):
        return None
    shown = (old, new) if redrawn else (None, None)
    return ChartChange(new.chart.id, new.chart.title, words, shown[0], shown[1], data)


def _inputs(evidence: Evidence) -> Kind:
    changes = [
        InputChange(
            path,
            "added" if change.old is None else "gone" if change.new is None else "changed",
            evidence.rows.get(path),
        )
        for path, change in evidence.inputs.items()
    ]
    changed, added, gone = (
        tuple(each for each in changes if each.change == kind)
        for kind in ("changed", "added", "gone")
    )
    shared = evidence.old_manifest["inputs"].keys() & evidence.new_manifest["inputs"].keys()
    return Kind(changed, added, gone, len(shared) - len(changed))
