"""Charts drawn once: a drawing is kept under the hash of its chart and of what draws it.

vl-convert takes most of a second for the first chart of a process: a build that changes a
sentence draws nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coopreport import kept
from coopreport.charts.svg import IN_FRENCH, Langs, to_svg
from coopreport.pipeline.inputs import LOCK

DRAWINGS = "drawings"
MOST_KEPT = 400
DRAWN_WITH = ("coopreport/charts/svg.py", "coopreport/fonts/", LOCK)
"""The inputs of a build that a drawing depends on, beside its chart."""


class Drawings:
    """The drawings of a project; `inputs` are the hashes of a build's inputs."""

    def __init__(self, cache: Path, inputs: Mapping[str, str]) -> None:
        self._folder = cache / DRAWINGS
        self._tools = {path: inputs[path] for path in inputs if path.startswith(DRAWN_WITH)}

    def __call__(
        self, spec: Mapping[str, Any], *, id: str, title: str, alt: str, langs: Langs = IN_FRENCH
    ) -> str:
        """Return the SVG text of a chart: see `charts.svg.to_svg`."""
        asked = json.dumps([spec, id, title, alt, langs, self._tools], sort_keys=True)
        path = self._folder / f"{hashlib.sha256(asked.encode()).hexdigest()}.svg"
        if (body := kept.read_kept(path)) is not None:
            kept.used(path)
            return body.decode()
        svg = to_svg(spec, id=id, title=title, alt=alt, langs=langs)
        kept.keep(path, svg.encode())
        return svg

    def forget_old(self) -> None:
        """Remove the drawings used longest ago, beyond `MOST_KEPT`."""
        kept.forget(kept.last_used_first(self._folder.glob("*.svg"))[MOST_KEPT:])
