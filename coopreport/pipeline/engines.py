"""The ways to run chapters, by name."""

from __future__ import annotations

import re
import sys

FORKED = "souche"
"""Each chapter in a child forked from a process that has the libraries imported."""

KERNELS = "noyaux"
"""Each chapter in a Jupyter kernel of its own: papermill's way, and the reference."""

ENGINES = (FORKED, KERNELS)

DEFAULT = FORKED if sys.platform == "linux" else KERNELS
"""Only Linux was tried: elsewhere, forking after a system library was loaded may fail."""

SCHEDULER = re.compile(r"dask://((?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):[0-9]{1,5})")
"""The address of a Dask scheduler, whose workers run the sheets of regions."""


def scheduler_of(engine: str) -> str:
    """Return `host:port` of an engine that is a Dask scheduler, "" for another."""
    match = SCHEDULER.fullmatch(engine)
    return match.group(1) if match else ""
