"""Budget cycles: a cycle as an object, and reading one from `data/cycles/`."""

from coopreport.cycles.cycle import Cycle, UnknownParameter, under_scenario
from coopreport.cycles.reading import BadCycle, check_cycle_name, read_cycle

__all__ = [
    "BadCycle",
    "Cycle",
    "UnknownParameter",
    "check_cycle_name",
    "read_cycle",
    "under_scenario",
]
