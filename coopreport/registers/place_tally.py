"""How many times each place is there, by kind, of places given a piece at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

COUNTS = 1 << 24
"""The most counts in an array, of 64 MiB; for more, what is given is kept, and sorted."""

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class InArray:
    """A count for each place and kind (uint32, a row a place): for places not too many."""

    counts: Array

    def add(self, numbers: Array) -> None:
        """Count numbers (int64): a place, times the number of kinds, plus a kind."""
        np.add.at(self.counts.reshape(-1), numbers, np.uint32(1))

    def found(self, also: Array) -> tuple[Array, Array]:
        """Return the places that are there, ascending, and their counts (int64), a row a kind.

        `also` are places, each once, to return even when they are not there.
        """
        # One or two counts read as one number tell in one look that the place is there.
        together = self.counts.view(f"uint{32 * self.counts.shape[1]}").reshape(-1)
        self.counts[also, 0] += 1
        places = np.flatnonzero(together)
        self.counts[also, 0] -= 1
        kinds = range(self.counts.shape[1])
        return places, np.array([self.counts[places, kind] for kind in kinds], dtype="int64")


@dataclass(frozen=True)
class Sorted:
    """The numbers themselves: for places that are many, or few times there."""

    kinds: int = 1
    given: list[Array] = field(default_factory=list)

    def add(self, numbers: Array) -> None:
        """Count numbers: as `InArray.add`."""
        if len(numbers):
            self.given.append(numbers)

    def found(self, also: Array) -> tuple[Array, Array]:
        """Return the places that are there, and their counts: as `InArray.found`."""
        numbers = np.concatenate([self.kinds * also, *self.given])
        self.given.clear()
        numbers.sort()
        first = np.flatnonzero(np.diff(numbers, prepend=-1))
        places, kind = np.divmod(numbers[first], self.kinds)
        new = np.diff(places, prepend=-1) > 0
        counts = np.zeros((self.kinds, np.count_nonzero(new)), dtype="int64")
        counts[kind, np.cumsum(new) - 1] = np.diff(first, append=len(numbers))
        places = places[new]
        counts[0, np.searchsorted(places, also)] -= 1
        return places, counts


NOWHERE = np.zeros(0, dtype="int64")
"""No place at all."""


def tally_of(places: int, kinds: int = 1) -> InArray | Sorted:
    """Return what counts so many places, of one or two kinds."""
    if places * kinds > COUNTS:
        return Sorted(kinds)
    return InArray(np.zeros((places, kinds), dtype="uint32"))
