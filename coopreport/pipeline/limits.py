"""The limits of a build, beyond which a chapter is stopped."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Limits of a build: seconds for a cell and for all chapters, bytes for a cell's outputs."""

    cell_seconds: float = 300
    build_seconds: float = 900
    output_bytes: int = 5_000_000
