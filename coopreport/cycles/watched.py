"""What a computation asks of the cycle, noted as it asks: a part of its trail, and of its key."""

from __future__ import annotations

from typing import Any

from coopreport.cycles.cycle import Cycle


class WatchedCycle:
    """A cycle that notes, by name and as JSON, every value that is asked of it.

    A value that the cycle does not give is noted as None: its absence was seen too.
    """

    def __init__(self, cycle: Cycle, *notes: dict[str, Any]) -> None:
        self._cycle = cycle
        self._notes = notes

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._cycle, name)
        self._note(name)
        return value

    def parameter(self, chapter: str, name: str) -> Any:
        """See `Cycle.parameter`."""
        self._note(f"{chapter}.{name}")
        return self._cycle.parameter(chapter, name)

    def _note(self, name: str) -> None:
        for notes in self._notes:
            notes[name] = self._cycle.value(name)
