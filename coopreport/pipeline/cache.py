"""Chapters kept after a good run, with all that they read, under `build/.cache/<cycle>`.

One file per run (see `coopreport.kept`): a line of JSON for the record of what the run read, then
the executed notebook, as it is published.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from coopreport import kept
from coopreport.pipeline.options import FRENCH
from coopreport.project import Project

CACHE = ".cache"
MOST_KEPT = 8
"""Runs kept per chapter: an analyst who goes back to a former text finds it done."""


@dataclass(frozen=True)
class Record:
    """What one run of a chapter depended on.

    `parameters` are values of the cycle as JSON, by name; `inputs` the SHA-256 of files, by path;
    `runs` that of what its notebook runs (`inputs.what_runs`).
    """

    parameters: Mapping[str, Any]
    inputs: Mapping[str, str]
    runs: str = ""


class ChapterCache:
    """The kept runs of the chapters of one cycle, in one language: each edition has its own."""

    def __init__(self, project: Project, cycle: str, language: str = FRENCH) -> None:
        folder = cycle if language == FRENCH else f"{cycle}.{language}"
        self.folder = project.build / CACHE / folder

    def records(self, chapter: str) -> Iterator[tuple[Path, Record]]:
        """Yield the runs of a chapter that are whole, the last used first."""
        for path in self._entries(chapter):
            if (body := kept.read_kept(path)) is not None:
                yield path, Record(**json.loads(body.partition(b"\n")[0]))

    def load(self, path: Path) -> tuple[Record, str] | None:
        """Return the record and the notebook of a kept run, or None when it is damaged or gone."""
        if (body := kept.read_kept(path)) is None:
            return None
        kept.used(path)
        record, _, notebook = body.partition(b"\n")
        return Record(**json.loads(record)), notebook.decode()

    def keep(self, chapter: str, record: Record, notebook: str) -> None:
        """Keep a run; those used longest ago, beyond `MOST_KEPT`, go."""
        body = f"{json.dumps(asdict(record), ensure_ascii=False)}\n{notebook}".encode()
        name = f"{chapter}.{hashlib.sha256(body).hexdigest()[:16]}.json"
        kept.keep(self.folder / name, body)
        kept.forget(self._entries(chapter)[MOST_KEPT:])

    def _entries(self, chapter: str) -> list[Path]:
        return kept.last_used_first(self.folder.glob(f"{chapter}.*.json"))
