"""Units observed under rules and counted by group and day of age: what `aggregation` runs.

The units come in arrays, with the few groups that they belong to (`units.Units`); `fates` says what
becomes of each, and NumPy counts. The tests hold the counts equal to those of the same rules
written in SQL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
CELLS, BLOCKS = 1 << 19, 64
"""How many (group, age) to count at once in arrays, and how many times; more are sorted."""
ROWS = 1 << 18

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
    block = max(1, CELLS // span)
    if numbering.size <= BLOCKS * block:
        parts = [
            _in_array(observed, number, range(first, min(first + block, numbering.size)), span)
            for first in range(0, max(numbering.size, 1), block)
        ]
        keys, *columns = (np.concatenate(column) for column in zip(*parts, strict=True))
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


def _in_array(observed: Observed, number: Array, groups: range, span: int) -> tuple[Array, ...]:
    """Count some groups in arrays that hold every age of each.

    Returns:
        The keys that are there, ascending (a key is the number of a group times the span, plus an
        age), their entries, deaths and exits.
    """
    cells = len(groups) * span
    rows: Array | None = None
    if len(groups) <= number.max(initial=0):
        rows = np.flatnonzero((number >= groups.start) & (number < groups.stop))
    entries, ends = np.zeros(cells, dtype="int64"), np.zeros(2 * cells, dtype="int64")
    # Few rows at a time: memory that has just been used costs less than memory never touched.
    for start in range(0, len(number) if rows is None else len(rows), ROWS):
        part = slice(start, start + ROWS) if rows is None else rows[start : start + ROWS]
        key = (number[part] - groups.start).astype("int64") * span
        entries += np.bincount(key + observed.entry_age[part], minlength=cells)
        key += observed.exit_age[part]
        ends += np.bincount(2 * key + ~observed.died[part], minlength=2 * cells)
    deaths, exits = ends[::2], ends[1::2]
    keys = np.flatnonzero(entries + deaths + exits)
    return keys + groups.start * span, entries[keys], deaths[keys], exits[keys]


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
