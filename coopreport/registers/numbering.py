"""Numbers for the groups of a grouping, so that a unit is counted at a place in an array."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Numbering:
    """Numbers for the groups of a grouping, in the order of its labels.

    The columns before `cohort`, the cohort, then those after it are the three digits of a number.
    `names` has, for the columns before and after, the labels of each digit; `base`, the number of
    each place of the groups in the first cohort (int64); `calendar`, what the day of birth adds to
    it, from `first_day` on.
    """

    names: tuple[_Names, _Names]
    cohorts: range
    base: Array
    calendar: Array
    first_day: int

    @classmethod
    def of(cls, groups: Mapping[str, Array], columns: Sequence[str], births: range) -> Numbering:
        """Number the groups by some columns, for units born on these days since 1970-01-01."""
        place = columns.index("cohort") if "cohort" in columns else len(columns)
        sides = [_ranked(groups, side) for side in (columns[:place], columns[place + 1 :])]
        first, last = sides
        # A year is looked up in a calendar many times faster than it is worked out.
        cohorts, years = range(1), np.zeros(0, dtype="int64")
        if place < len(columns) and births:
            days = np.arange(births.start, births.stop)
            years = days.astype("datetime64[D]").astype("datetime64[Y]").astype("int64") + 1970
            cohorts = range(int(years[0]), int(years[-1]) + 1)
        base = (first.rank * len(cohorts)) * last.size + last.rank
        calendar = (years - cohorts.start) * last.size
        return cls((first, last), cohorts, base, calendar, births.start)

    @property
    def size(self) -> int:
        """How many numbers there are."""
        first, last = self.names
        return first.size * len(self.cohorts) * last.size

    def number(self, group: Array, birth: Array) -> Array:
        """Return the number (int64) of units from their places in the groups and days of birth."""
        number: Array = self.base.take(group)
        if len(self.cohorts) > 1:
            number += self.calendar.take(birth - self.first_day)
        return number

    def labels(self, numbers: Array) -> dict[str, Any]:
        """Return the labels of numbers, by column; `cohort` among them."""
        first, last = self.names
        rest, after = np.divmod(numbers, max(last.size, 1))
        before, cohort = np.divmod(rest, len(self.cohorts))
        found: dict[str, Any] = {"cohort": cohort + self.cohorts.start}
        for names, digits in ((first, before), (last, after)):
            found |= {name: texts[digits] for name, texts in names.texts.items()}
        return found


@dataclass(frozen=True)
class _Names:
    """The labels of some columns in order: `size` of them, `texts` by column.

    `rank` is that of each place of the groups (int64).
    """

    size: int
    texts: Mapping[str, Array]
    rank: Array


def _ranked(groups: Mapping[str, Array], columns: Sequence[str]) -> _Names:
    """Put in order the labels of the groups in some columns: one, empty, of no column."""
    (length,) = {len(texts) for texts in groups.values()}
    rows = [*zip(*(groups[name].tolist() for name in columns), strict=True)] or [()] * length
    labels = sorted({*rows}) if columns else [()]
    places = {label: place for place, label in enumerate(labels)}
    texts = np.array(labels, dtype="object").reshape(len(labels), len(columns))
    rank = np.array([places[row] for row in rows], dtype="int64")
    return _Names(len(labels), dict(zip(columns, texts.T, strict=True)), rank)
