"""Units observed under rules and counted by group and day of age: what `aggregation` runs.

The units come in arrays, with the few groups that they belong to (`units.Units`); `fates` says what
becomes of each, and NumPy counts. The tests hold the counts equal to those of the same rules
written in SQL.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from coopreport.analysis.pooled import COUNTS
from coopreport.registers.life_table import REASONS as OBSERVED_REASONS
from coopreport.registers.life_table import by_reason, fates
from coopreport.registers.pieces import pieces, tally
from coopreport.registers.schema import END_KINDS, UNKNOWN, Rules
from coopreport.registers.units import Units

if TYPE_CHECKING:
    import pandas as pd

NOT_ASKED = "hors de la population demandée"
REASONS = (*OBSERVED_REASONS, NOT_ASKED)
USED = {**dict.fromkeys(("group", "birth", "entry_age", "exit_age"), "int32"), "died": "bool"}
"""The arrays of `Observed`, and what they hold."""
CELLS = 1 << 24
"""The most counts (of a group, an age, an event) in an array, of 64 MiB; for more, it is sorted."""

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

    def unknown(self, column: str) -> int:
        """Return how many units have no known text in a column."""
        held = tally(self.group, len(self.groups))
        return int(held[(self.groups[column] == UNKNOWN).to_numpy()].sum())


def observe(units: Units, rules: Rules, only: Mapping[str, Sequence[str]]) -> Observed:
    """Observe the units under the rules; `only` names the texts to keep in some columns."""
    deadly = np.array([*(kind in rules.deaths for kind in END_KINDS), False])
    unwanted = np.zeros(len(units.groups), dtype=bool)
    for name, values in only.items():
        unwanted |= ~units.groups[name].isin(values).to_numpy()
    used = {name: np.empty(len(units), kind) for name, kind in USED.items()}
    reasons, held = np.zeros(1 + len(REASONS), dtype="int64"), 0
    for rows in pieces(len(units)):
        group, birth = units.group[rows], units.birth[rows]
        kinds, since = deadly[units.end_kind[rows]], units.observed_from[rows]
        found = fates(birth, units.end[rows], since, kinds, rules)
        if only:
            found.reason[(found.reason == 0) & unwanted[group]] = len(REASONS)
        reasons += np.bincount(found.reason, minlength=len(reasons))
        kept = np.flatnonzero(found.reason == 0)
        columns = (group, birth, found.entry_age, found.exit_age, found.died)
        for name, column in zip(USED, columns, strict=True):
            used[name][held : held + len(kept)] = column[kept]
        held += len(kept)
    columns_used = {name: column[:held] for name, column in used.items()}
    return Observed(units.groups, **columns_used, rejected=by_reason(reasons, REASONS))


def count(observed: Observed, grouping: Sequence[str], synthetic: bool) -> pd.DataFrame:
    """Count the observed units by group and age; only the ages at which something happens."""
    import pandas as pd

    numbering = _Numbering.of(observed, [name for name in grouping if name != "synthetic"])
    span = int(max(observed.exit_age.max(initial=0), observed.entry_age.max(initial=0))) + 1
    counted = _in_array if 3 * numbering.size * span <= CELLS else _by_sorting
    keys, *columns = counted(observed, numbering, span)
    numbers, ages = np.divmod(keys, span)
    labels = numbering.labels(numbers)
    if "synthetic" in grouping:
        labels["synthetic"] = np.full(len(keys), synthetic)
    counts = dict(zip(COUNTS, columns, strict=True))
    return pd.DataFrame(
        {**{name: labels[name] for name in grouping}, "age_days": ages, **counts}, copy=False
    )


def _in_array(observed: Observed, numbering: _Numbering, span: int) -> tuple[Array, ...]:
    """Count in an array that has a place for every key.

    Returns:
        The keys that are there, ascending (a key is the number of a group times the span, plus an
        age), their entries, deaths and exits.
    """
    size, one = numbering.size * span, np.uint32(1)
    counts = np.zeros((3, size), dtype="uint32")
    ends = counts[1:].reshape(-1)
    for entered, left, died in _keys(observed, numbering, span):
        np.add.at(counts[0], entered, one)
        np.add.at(ends, left + ~died * np.int64(size), one)
    found = [
        rows.start + np.flatnonzero(counts[0, rows] | counts[1, rows] | counts[2, rows])
        for rows in pieces(size)
    ]
    keys = np.concatenate(found)
    return keys, *(event[keys].astype("int64") for event in counts)


def _by_sorting(observed: Observed, numbering: _Numbering, span: int) -> tuple[Array, ...]:
    """Count groups too many for an array: as `_in_array`."""
    events: list[Array] = []  # three times the key, plus the event
    for entered, left, died in _keys(observed, numbering, span):
        events += [3 * entered, 3 * left + 2 - died]
    ordered = np.sort(np.concatenate(events))
    first = np.flatnonzero(np.diff(ordered, prepend=-1))
    keys, event = np.divmod(ordered[first], 3)
    new = np.diff(keys, prepend=-1) > 0
    counts = np.zeros((3, np.count_nonzero(new)), dtype="int64")
    counts[event, np.cumsum(new) - 1] = np.diff(first, append=len(ordered))
    return keys[new], *counts


def _keys(
    observed: Observed, numbering: _Numbering, span: int
) -> Iterator[tuple[Array, Array, Array]]:
    """Yield the keys (int64) at which units enter and leave, and who died, piece by piece."""
    for rows in pieces(len(observed.group)):
        number = numbering.number(observed.group[rows], observed.birth[rows])
        start = number * np.int64(span)
        yield start + observed.entry_age[rows], start + observed.exit_age[rows], observed.died[rows]


@dataclass(frozen=True)
class _Numbering:
    """Numbers for the groups of a grouping, in the order of its labels.

    The columns before `cohort`, the cohort, then those after it are the three digits of a number.
    `names` has, for the columns before and after, the labels of each digit; `base`, the number of
    each row of `Observed.groups` in the first cohort; `calendar`, what the day of birth adds to it,
    from the first day on.
    """

    names: tuple[pd.DataFrame, pd.DataFrame]
    cohorts: range
    base: Array
    calendar: Array
    first_day: int

    @classmethod
    def of(cls, observed: Observed, columns: Sequence[str]) -> _Numbering:
        place = columns.index("cohort") if "cohort" in columns else len(columns)
        sides = [_ranked(observed.groups, side) for side in (columns[:place], columns[place + 1 :])]
        (before, first), (after, last) = sides
        # A year is looked up in a calendar many times faster than it is worked out.
        cohorts, years, first_day = range(1), np.zeros(0, dtype="int64"), 0
        if place < len(columns) and len(observed.birth):
            first_day = int(observed.birth.min())
            days = np.arange(first_day, int(observed.birth.max()) + 1)
            years = days.astype("datetime64[D]").astype("datetime64[Y]").astype("int64") + 1970
            cohorts = range(int(years[0]), int(years[-1]) + 1)
        base = (before * len(cohorts)) * len(last) + after
        return cls((first, last), cohorts, base, (years - cohorts.start) * len(last), first_day)

    @property
    def size(self) -> int:
        first, last = self.names
        return len(first) * len(self.cohorts) * len(last)

    def number(self, group: Array, birth: Array) -> Array:
        """Return the number (int64) of units from their rows of groups and days of birth."""
        number: Array = self.base[group]
        if len(self.cohorts) > 1:
            number += self.calendar[birth - self.first_day]
        return number

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


def _ranked(groups: pd.DataFrame, columns: Sequence[str]) -> tuple[Array, pd.DataFrame]:
    """Return the rank of each group by its labels in some columns, and the labels of each rank."""
    import pandas as pd

    if not columns:
        return np.zeros(len(groups), dtype="int64"), pd.DataFrame(index=range(1))
    together = groups[[*columns]].astype("category").groupby([*columns], observed=True)
    return together.ngroup().to_numpy(dtype="int64"), together.size().reset_index()[[*columns]]
