"""Units observed under rules and counted by group and day of age: what `aggregation` runs.

A loader puts the units in `units` and the few groups that they belong to in `groups`, so that a
unit carries one number instead of five texts. DuckDB gives each unit its ages and its fate or the
reason why it is left out; NumPy counts. `life_table.observe` and `count_by_age` say the same in
Python, and the tests hold the two equal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from coopreport.analysis.survival import COUNTS
from coopreport.registers.csv_source import literal
from coopreport.registers.life_table import (
    BORN_TOO_EARLY,
    BORN_TOO_LATE,
    DEATH_BEFORE_BIRTH,
    NEVER_AT_RISK,
    OBSERVED_TOO_LATE,
)
from coopreport.registers.schema import UNKNOWN, Rules

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NOT_ASKED = "hors de la population demandée"
REASONS = (
    DEATH_BEFORE_BIRTH,
    BORN_TOO_EARLY,
    BORN_TOO_LATE,
    OBSERVED_TOO_LATE,
    NEVER_AT_RISK,
    NOT_ASKED,
)
DENSE = 1 << 24
"""The most (group, age) pairs that are counted in one array of that length; beyond, by sorting."""

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Observed:
    """The units used, in arrays of one length: group number, ages in days, birth year, died or not.

    `groups` has the texts of each group by its number. `rejected` counts the other units by reason.
    """

    groups: pd.DataFrame
    group: Array
    entry_age: Array
    exit_age: Array
    cohort: Array
    died: Array
    rejected: Mapping[str, int]

    def unknown(self, column: str) -> int:
        """Return how many units have no known text in a column."""
        held = np.bincount(self.group, minlength=len(self.groups))
        return int(held[(self.groups[column] == UNKNOWN).to_numpy()].sum())


def observe(
    connection: DuckDBPyConnection, rules: Rules, only: Mapping[str, Sequence[str]]
) -> Observed:
    """Observe the units under the rules: `life_table.observe`, in SQL."""
    # DuckDB fills a table on every core, and hands over a query's rows on one.
    connection.execute(f"CREATE TEMP TABLE observed AS {_observe_query(rules)}")
    found = connection.execute("FROM observed").fetchnumpy()
    connection.execute("DROP TABLE observed")
    groups = connection.execute("FROM groups ORDER BY number").df()
    columns = {name: np.asarray(found.pop(name)) for name in [*found]}
    reason = columns.pop("reason")
    unwanted = np.zeros(len(groups), dtype=bool)
    for name, values in only.items():
        unwanted |= ~groups[name].isin(values).to_numpy()
    if unwanted.any():
        reason[(reason == 0) & unwanted[columns["group"]]] = REASONS.index(NOT_ASKED) + 1
    held = np.bincount(reason, minlength=len(REASONS) + 1)
    rejected = {name: int(n) for name, n in zip(REASONS, held[1:], strict=True) if n}
    if rejected:
        used = reason == 0
        for name in columns:  # one after the other: two of each would be the peak of memory
            columns[name] = columns[name][used]
    return Observed(groups, **columns, rejected=rejected)


def _observe_query(rules: Rules) -> str:
    deaths = ", ".join(map(literal, rules.deaths)) or "''"
    return f"""
        SELECT number::INTEGER AS "group", entry_age::INTEGER AS entry_age,
            (stop - birth)::INTEGER AS exit_age, year(birth)::SMALLINT AS cohort,
            ended AND coalesce(end_kind IN ({deaths}), FALSE) AS died,
            CASE WHEN "end" < birth THEN 1
                WHEN birth < DATE '{rules.first_birth}' THEN 2
                WHEN birth > DATE '{rules.births_end}' THEN 3
                WHEN observed_from > birth AND observed_from > DATE '{rules.cut_off}' THEN 4
                WHEN entry_age > 0 AND stop - birth <= entry_age THEN 5
                ELSE 0 END::UTINYINT AS reason
        FROM (
            SELECT *, coalesce("end" <= DATE '{rules.cut_off}', FALSE) AS ended,
                CASE WHEN "end" <= DATE '{rules.cut_off}' THEN "end"
                    ELSE DATE '{rules.cut_off}' END AS stop,
                greatest(DATE '{rules.opening}' - birth, coalesce(observed_from - birth, 0), 0)
                    AS entry_age
            FROM units
        )
    """


def count(observed: Observed, grouping: Sequence[str], synthetic: bool) -> pd.DataFrame:
    """Count the observed units by group and age; only the ages at which something happens."""
    numbering = _Numbering.of(observed, [name for name in grouping if name != "synthetic"])
    number = numbering.number(observed)
    span = max(int(observed.exit_age.max(initial=0)), int(observed.entry_age.max(initial=0))) + 1
    size = numbering.size * span
    number *= span
    entered, entries = _tally(number + observed.entry_age, size)
    number += observed.exit_age
    number *= 2
    number += ~observed.died
    left, gone = _tally(number, 2 * size)
    keys = _distinct(np.concatenate([entered, left >> 1]))[0]
    counts = {name: np.zeros(len(keys), dtype="int64") for name in COUNTS}
    counts["entries"][np.searchsorted(keys, entered)] = entries
    for fate, name in enumerate(("deaths", "exits")):
        one = left % 2 == fate
        counts[name][np.searchsorted(keys, left[one] >> 1)] = gone[one]
    numbers, ages = np.divmod(keys, span)
    labels = numbering.labels(numbers)
    if "synthetic" in grouping:
        labels["synthetic"] = np.full(len(keys), synthetic)
    columns = {**{name: labels[name] for name in grouping}, "age_days": ages, **counts}
    return pd.DataFrame(columns, copy=False)


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
        if place < len(columns) and len(observed.cohort):
            cohorts = range(int(observed.cohort.min()), int(observed.cohort.max()) + 1)
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
        numbers: Array = (before * len(self.cohorts) * width + after)[observed.group]
        if len(self.cohorts) > 1:
            numbers += (observed.cohort.astype("int64") - self.cohorts.start) * width
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


def _ranked(groups: pd.DataFrame, columns: Sequence[str]) -> tuple[Array, pd.DataFrame]:
    """Return the rank of each group by its labels in some columns, and the labels of each rank."""
    if not columns:
        return np.zeros(len(groups), dtype="int64"), pd.DataFrame(index=range(1))
    together = groups.groupby([*columns], sort=True)
    return together.ngroup().to_numpy(dtype="int64"), together.size().reset_index()[[*columns]]


def _tally(keys: Array, size: int) -> tuple[Array, Array]:
    """Return the keys that are there, ascending, and how many times each."""
    if size > DENSE:
        return _distinct(keys)
    counts = np.bincount(keys)
    found = np.flatnonzero(counts)
    return found, counts[found]


def _distinct(keys: Array) -> tuple[Array, Array]:
    """Return what `numpy.unique` does, several times faster on millions of integers."""
    ordered = np.sort(keys)
    first = np.flatnonzero(np.diff(ordered, prepend=-1))
    return ordered[first], np.diff(first, append=len(ordered))
