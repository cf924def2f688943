"""Units observed under rules and counted by group and day of age: what `aggregation` runs.

The units come in arrays, with the few groups that they belong to (`units.Units`). They are worked
through once, in pieces: `fates` says what becomes of each unit of a piece, and every grouping
counts it while it is in the processor's cache. The tests hold the counts equal to those of the same
rules written in SQL.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from coopreport.analysis.pooled import COUNTS, Pooled
from coopreport.registers.life_table import EPOCH, by_reason, fates
from coopreport.registers.life_table import REASONS as OBSERVED_REASONS
from coopreport.registers.numbering import Numbering
from coopreport.registers.pieces import pieces
from coopreport.registers.place_tally import NOWHERE, InArray, Sorted, tally_of
from coopreport.registers.schema import END_KINDS, UNKNOWN, Rules
from coopreport.registers.units import Units

NOT_ASKED = "hors de la population demandée"
REASONS = (*OBSERVED_REASONS, NOT_ASKED)
AT_ONCE = 4
"""How many groupings are counted in one reading of the units: what they count is in memory."""

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Counted:
    """Counts by grouping, and what became of the units.

    `held` is the number of units used of each place of `groups`; `rejected` counts the other units
    by reason.
    """

    counts: Mapping[tuple[str, ...], Pooled]
    groups: Mapping[str, Array]
    held: Array
    rejected: Mapping[str, int]

    @property
    def used(self) -> int:
        """The number of units used."""
        return int(self.held.sum())

    def unknown(self, column: str) -> int:
        """Return how many units have no known text in a column."""
        return int(self.held[self.groups[column] == UNKNOWN].sum())


def count(
    units: Units,
    rules: Rules,
    groupings: Sequence[tuple[str, ...]],
    only: Mapping[str, Sequence[str]],
    synthetic: bool,
) -> Counted:
    """Observe the units under the rules, and count those used by each grouping and age.

    Args:
        only: the texts to keep in some columns.
        synthetic: the label of that name, where a grouping has it.
    """
    births = _births(units, rules)
    counters = [_Counter.of(units.groups, by, births, rules) for by in groupings]
    counts: dict[tuple[str, ...], Pooled] = {}
    while True:
        batch, counters = counters[:AT_ONCE], counters[AT_ONCE:]
        held = np.zeros(units.places, dtype="int64")
        reasons = np.zeros(1 + len(REASONS), dtype="int64")
        for reason, *used in _observed(units, rules, only):
            reasons += np.bincount(reason, minlength=len(reasons))
            for some in used:
                held += np.bincount(some.group, minlength=len(held))
                for counter in batch:
                    counter.add(some)
        counts |= {counter.grouping: counter.pooled(synthetic) for counter in batch}
        if not counters:
            return Counted(counts, units.groups, held, by_reason(reasons, REASONS))


@dataclass(frozen=True)
class _Used:
    """Units used, in arrays of one length: their place in the groups, day of birth, ages, died.

    `entry_age` is None for units that all enter at birth.
    """

    group: Array
    birth: Array
    entry_age: Array | None
    exit_age: Array
    died: Array


def _observed(
    units: Units, rules: Rules, only: Mapping[str, Sequence[str]]
) -> Iterator[tuple[Array, _Used, _Used]]:
    """Yield, for each piece of the units, the reason of each unit (see `Fates`) and those used.

    First those that enter at birth, then the others.
    """
    deadly = np.array([*(kind in rules.deaths for kind in END_KINDS), False])
    unwanted = np.zeros(units.places, dtype=bool)
    for name, values in only.items():
        unwanted |= [text not in values for text in units.groups[name]]
    for rows in pieces(len(units)):
        group, birth = units.group[rows], units.birth[rows]
        died = deadly[units.end_kind[rows]]
        found = fates(birth, units.end[rows], units.observed_from[rows], died, rules)
        if only:
            found.reason[(found.reason == 0) & unwanted[group]] = len(REASONS)
        born, late = (
            np.flatnonzero((found.reason == 0) & entered)
            for entered in (found.entry_age == 0, found.entry_age > 0)
        )
        newborn, others = (
            _Used(group[some], birth[some], ages, found.exit_age[some], found.died[some])
            for some, ages in ((born, None), (late, found.entry_age[late]))
        )
        yield found.reason, newborn, others


def _births(units: Units, rules: Rules) -> range:
    """Return the days, since 1970-01-01, on which units that may be used were born."""
    first, last = ((day - EPOCH).days for day in (rules.first_birth, rules.births_end))
    if not len(units):
        return range(first, first)
    return range(max(first, int(units.birth.min())), min(last, int(units.birth.max())) + 1)


@dataclass(frozen=True)
class _Counter:
    """The counts of a grouping. A cell is the number of a group times the span, plus an age.

    `newborn` counts the groups of those who enter at birth; `late`, the cells at which the others
    do; `ends`, twice the cell at which each leaves, plus one where it is alive.
    """

    grouping: tuple[str, ...]
    numbering: Numbering
    span: int
    newborn: InArray | Sorted
    late: Sorted
    ends: InArray | Sorted

    @classmethod
    def of(
        cls, groups: Mapping[str, Array], grouping: tuple[str, ...], births: range, rules: Rules
    ) -> _Counter:
        columns = [name for name in grouping if name != "synthetic"]
        numbering = Numbering.of(groups, columns, births)
        span = max((rules.cut_off - EPOCH).days - births.start, 0) + 1
        newborn, ends = tally_of(numbering.size), tally_of(numbering.size * span, 2)
        return cls(grouping, numbering, span, newborn, Sorted(), ends)

    def add(self, used: _Used) -> None:
        """Count some units."""
        number = self.numbering.number(used.group, used.birth)
        cell = number * self.span
        if used.entry_age is None:
            self.newborn.add(number)
        else:
            self.late.add(cell + used.entry_age)
        self.ends.add(2 * (cell + used.exit_age) + ~used.died)

    def pooled(self, synthetic: bool) -> Pooled:
        """Return the counts: only the ages at which something happens."""
        newborn, born = self.newborn.found(NOWHERE)
        late, arrived = self.late.found(NOWHERE)
        entered = np.append(newborn * self.span, late)
        cells, (deaths, exits) = self.ends.found(entered)
        entries = np.zeros(len(cells), dtype="int64")
        entries[np.searchsorted(cells, entered)] = np.append(born, arrived)
        # Whoever is in a group has entered it.
        present = np.sort(entered // self.span)
        present = present[np.diff(present, prepend=-1) > 0]
        starts = np.searchsorted(cells, present * self.span)
        cells -= np.repeat(present * self.span, np.diff(starts, append=len(cells)))
        labels = self.numbering.labels(present)
        labels["synthetic"] = np.full(len(starts), synthetic)
        groups = {name: labels[name] for name in self.grouping}
        return Pooled(
            groups, starts, cells, dict(zip(COUNTS, (entries, deaths, exits), strict=True))
        )
