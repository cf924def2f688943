"""The ways to run chapters, by name."""

from __future__ import annotations

import sys

FORKED = "souche"
"""Each chapter in a child forked from a process that has the libraries imported."""

KERNELS = "noyaux"
"""Each chapter in a Jupyter kernel of its own: papermill's way, and the reference."""

ENGINES = (FORKED, KERNELS)

DEFAULT = FORKED if sys.platform == "linux" else KERNELS
"""Only Linux was tried: elsewhere, forking after a system library was loaded may fail."""
