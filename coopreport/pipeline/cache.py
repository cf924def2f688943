"""Chapters kept after a good run, with all that they read, under `build/.cache/<cycle>`.

One file per run (see `coopreport.kept`): a line for the record of what the run read, a line for
the executed notebook, both as JSON.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from coopreport import kept
from coopreport.project import Project

CACHE = ".cache"
MOST_KEPT = 8
"""Runs kept per chapter: an analyst who goes back to a former text finds it done."""


@dataclass(frozen=True)
class Record:
    """What one run of a chapter depended on.

    `parameters` are values of the cycle as JSON, by name; `inputs` the SHA-256 of files, by path.
    """

    parameters: Mapping[str, Any]
    inputs: Mapping[str, str]


class ChapterCache:
    """The kept runs of the chapters of one cycle."""

    def __init__(self, project: Project, cycle: str) -> None:
        self.folder = project.build / CACHE / cycle

    def records(self, chapter: str) -> Iterator[tuple[Path, Record]]:
        """Yield the runs of a chapter that are whole, the last used first."""
        for path in self._entries(chapter):
            if (body := kept.read_kept(path)) is not None:
                yield path, Record(**json.loads(body.partition(b"\n")[0]))

    def notebook(self, path: Path) -> dict[str, Any] | None:
        """Return the executed notebook of a kept run, or None when it is damaged or gone."""
        if (body := kept.read_kept(path)) is None:
            return None
        kept.used(path)
        return dict(json.loads(body.partition(b"\n")[2]))

    def keep(self, chapter: str, record: Record, notebook: Mapping[str, Any]) -> None:
        """Keep a run; those used longest ago, beyond `MOST_KEPT`, go."""
        lines = (json.dumps(part, ensure_ascii=False) for part in (asdict(record), notebook))
        body = "\n".join(lines).encode()
        name = f"{chapter}.{hashlib.sha256(body).hexdigest()[:16]}.json"
        kept.keep(self.folder / name, body)
        kept.forget(self._entries(chapter)[MOST_KEPT:])

    def _entries(self, chapter: str) -> list[Path]:
        return kept.last_used_first(self.folder.glob(f"{chapter}.*.json"))
