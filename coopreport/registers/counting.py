"""Units observed under rules and counted by group and day of age: what `aggregation` runs.

The units come in arrays, with the few groups that they belong to (`units.Units`); `fates` says what
becomes of each, and NumPy counts. The tests hold the counts equal to those of the same rules
written in SQL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from coopreport.analysis.survival import COUNTS
from coopreport.registers.life_table import REASONS as OBSERVED_REASONS
from coopreport.registers.life_table import fates, left_out
from coopreport.registers.schema import END_KINDS, UNKNOWN, Rules
from coopreport.registers.units import Units

if TYPE_CHECKING:
    import pandas as pd

NOT_ASKED = "hors de la population demandée"
REASONS = (*OBSERVED_REASONS, NOT_ASKED)
CELLS, BLOCKS = 1 << 16, 512
"""How many (group, age) to count at once, so that they stay in the processor's cache, and how many
times at most; more are sorted."""
GROUPS_SORTED = 1 << 16
"""Groups whose numbers take 16 bits: they are sorted in the time of reading them."""
ROWS = 1 << 18
"""Units to count at once, where all are counted in the same cells."""

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Observed:
    """The units used, in arrays of one length: row of `groups`, day of birth, ages, died or not.

    `groups` has the texts of each group. `rejected` counts the other units by reason.
    """

    groups: pd.DataFrame
    group: Array
    birth: Array
    entry_age: Array
    exit_age: Array
    died: Array
    rejected: Mapping[str, int]

    @cached_property
    def events(self) -> Array:
        """What happens, three times the age plus 0 for an entry, 1 for a death, 2 for an exit.

        The ends of all units, in their order, then the entries of those that enter `late`; the
        others, most of them, enter at birth.
        """
        ends = 3 * self.exit_age + 1 + ~self.died
        return np.concatenate([ends, 3 * self.entry_age[self.late]])

    @cached_property
    def late(self) -> Array:
        """The places of the units that enter after their birth."""
        return np.flatnonzero(self.entry_age)

    def events_in(self, number: Array, size: int) -> tuple[Array, Array]:
        """Return the groups of the events from those of the units, and who enters each at birth."""
        late = number[self.late]
        born = np.bincount(number, minlength=size) - np.bincount(late, minlength=size)
        return np.concatenate([number, late]), born

    def unknown(self, column: str) -> int:
        """Return how many units have no known text in a column."""
        held = np.bincount(self.group, minlength=len(self.groups))
        return int(held[(self.groups[column] == UNKNOWN).to_numpy()].sum())


def observe(units: Units, rules: Rules, only: Mapping[str, Sequence[str]]) -> Observed:
    """Observe the units under the rules; `only` names the texts to keep in some columns."""
    deadly = np.array([*(kind in rules.deaths for kind in END_KINDS), False])[units.end_kind]
    found = fates(units.birth, units.end, units.observed_from, deadly, rules)
    unwanted = np.zeros(len(units.groups), dtype=bool)
    for name, values in only.items():
        unwanted |= ~units.groups[name].isin(values).to_numpy()
    if unwanted.any():
        found.reason[(found.reason == 0) & unwanted[units.group]] = len(REASONS)
    rejected = left_out(found.reason, REASONS)
    columns = {
        "group": units.group,
        "birth": units.birth,
        "entry_age": found.entry_age,
        "exit_age": found.exit_age,
        "died": found.died,
    }
    if rejected:
        used = found.reason == 0
        columns = {name: column[used] for name, column in columns.items()}
    return Observed(units.groups, **columns, rejected=rejected)


def count(observed: Observed, grouping: Sequence[str], synthetic: bool) -> pd.DataFrame:
    """Count the observed units by group and age; only the ages at which something happens."""
    import pandas as pd

    numbering = _Numbering.of(observed, [name for name in grouping if name != "synthetic"])
    span = max(int(observed.exit_age.max(initial=0)), int(observed.entry_age.max(initial=0))) + 1
    number = numbering.number(observed)
    if numbering.size * span <= 8 * CELLS:  # up to there, sorting costs more than the cache gives
        keys, *columns = _at_once(observed, number, numbering.size, span)
    elif numbering.size <= min(GROUPS_SORTED, BLOCKS * max(1, CELLS // span)):
        keys, *columns = _in_blocks(observed, number, numbering.size, span)
    else:
        keys, *columns = _by_sorting(observed, number, span)
    numbers, ages = np.divmod(keys, span)
    labels = numbering.labels(numbers)
    if "synthetic" in grouping:
        labels["synthetic"] = np.full(len(keys), synthetic)
    counts = dict(zip(COUNTS, columns, strict=True))
    return pd.DataFrame(
        {**{name: labels[name] for name in grouping}, "age_days": ages, **counts}, copy=False
    )


def _at_once(observed: Observed, number: Array, size: int, span: int) -> tuple[Array, ...]:
    """Count all groups in an array that holds every age of each.

    Returns:
        The keys that are there, ascending (a key is the number of a group times the span, plus an
        age), their entries, deaths and exits.
    """
    number, born = observed.events_in(number, size)
    counts = np.zeros(size * span * 3, dtype="int64")
    # Few rows at a time: memory that has just been used costs less than memory never touched.
    for start in range(0, len(number), ROWS):
        rows = slice(start, start + ROWS)
        key = number[rows] * np.int64(span * 3)
        counts += np.bincount(key + observed.events[rows], minlength=len(counts))
    return _taken(counts, born, span)


def _in_blocks(observed: Observed, number: Array, size: int, span: int) -> tuple[Array, ...]:
    """Count a few groups at a time, as `_at_once` does all of them: the events are sorted first."""
    number, born = observed.events_in(number, size)
    order = np.argsort(number.astype("uint16"), kind="stable")
    events, held = observed.events.take(order), np.bincount(number, minlength=size)
    bounds = np.concatenate([[0], np.cumsum(held)])
    block = max(1, CELLS // span)
    parts = []
    for first in range(0, size, block):
        groups = slice(first, first + block)
        key = np.repeat(np.arange(len(held[groups])) * span * 3, held[groups])
        key += events[bounds[first] : bounds[first] + len(key)]
        counts = np.bincount(key, minlength=len(held[groups]) * span * 3)
        keys, *found = _taken(counts, born[groups], span)
        parts.append((keys + first * span, *found))
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))


def _taken(counts: Array, born: Array, span: int) -> tuple[Array, ...]:
    """Return the cells where something happens, and what: see `_at_once`."""
    entries, deaths, exits = counts[::3], counts[1::3], counts[2::3]
    entries[::span] += born
    keys = np.flatnonzero(entries + deaths + exits)
    return keys, entries[keys], deaths[keys], exits[keys]


def _by_sorting(observed: Observed, number: Array, span: int) -> tuple[Array, ...]:
    """Count groups too many for arrays: as `_in_array`, for all of them."""
    key = number.astype("int64") * span
    entered, entries = _distinct(key + observed.entry_age)
    left, gone = _distinct(2 * (key + observed.exit_age) + ~observed.died)
    keys, _ = _distinct(np.concatenate([entered, left >> 1]))
    counts = np.zeros((3, len(keys)), dtype="int64")
    counts[0, np.searchsorted(keys, entered)] = entries
    for fate in (0, 1):
        one = left % 2 == fate
        counts[1 + fate, np.searchsorted(keys, left[one] >> 1)] = gone[one]
    return keys, *counts


@dataclass(frozen=True)
class _Numbering:
    """Numbers for the groups of a grouping, in the order of its labels.

    The columns before `cohort`, the cohort, then those after it are the three digits of a number.
    `digits` gives, for the columns before and after, the digit of each row of `Observed.groups`;
    `names`, the labels of each digit.
    """

    digits: tuple[Array, Array]
    names: tuple[pd.DataFrame, pd.DataFrame]
    cohorts: range

    @classmethod
    def of(cls, observed: Observed, columns: Sequence[str]) -> _Numbering:
        place = columns.index("cohort") if "cohort" in columns else len(columns)
        sides = [_ranked(observed.groups, side) for side in (columns[:place], columns[place + 1 :])]
        cohorts = range(1)
        if place < len(columns) and len(observed.birth):
            first_year, last_year = _years(
                np.array([observed.birth.min(), observed.birth.max()])
            ).tolist()
            cohorts = range(first_year, last_year + 1)
        (before, first), (after, last) = sides
        return cls((before, after), (first, last), cohorts)

    @property
    def size(self) -> int:
        first, last = self.names
        return len(first) * len(self.cohorts) * len(last)

    def number(self, observed: Observed) -> Array:
        """Return the number of each unit."""
        before, after = self.digits
        width = len(self.names[1])
        whole = "int32" if self.size <= np.iinfo("int32").max else "int64"
        table = (before * len(self.cohorts) * width + after).astype(whole)
        numbers: Array = table[observed.group]
        if len(self.cohorts) > 1:
            # A calendar for all: a year is looked up many times faster than it is worked out.
            start = observed.birth.min()
            calendar = _years(np.arange(start, observed.birth.max() + 1)) - self.cohorts.start
            numbers += (calendar * width).astype(whole)[observed.birth - start]
        return numbers

    def labels(self, numbers: Array) -> dict[str, Any]:
        """Return the labels of numbers, by column; `cohort` among them."""
        width = max(len(self.names[1]), 1)
        rest, after = np.divmod(numbers, width)
        before, cohort = np.divmod(rest, len(self.cohorts))
        found: dict[str, Any] = {"cohort": cohort + self.cohorts.start}
        for frame, digits in zip(self.names, (before, after), strict=True):
            for name in frame:
                found[str(name)] = frame[name].array.take(digits)
        return found


def _years(days: Array) -> Array:
    """Return the years (int64) of days since 1970-01-01."""
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype("int64") + 1970


def _ranked(groups: pd.DataFrame, columns: Sequence[str]) -> tuple[Array, pd.DataFrame]:
    """Return the rank of each group by its labels in some columns, and the labels of each rank."""
    import pandas as pd

    if not columns:
        return np.zeros(len(groups), dtype="int64"), pd.DataFrame(index=range(1))
    together = groups.groupby([*columns], sort=True)
    return together.ngroup().to_numpy(dtype="int64"), together.size().reset_index()[[*columns]]


def _distinct(keys: Array) -> tuple[Array, Array]:
    """Return what `numpy.unique` does, several times faster on millions of integers."""
    ordered = np.sort(keys)
    first = np.flatnonzero(np.diff(ordered, prepend=-1))
    return ordered[first], np.diff(first, append=len(ordered))
