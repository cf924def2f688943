"""`make clean`: remove what can be made again; a released version, its history and its ZIP stay."""

from __future__ import annotations

import re

from coopreport.pipeline.cache import CACHE
from coopreport.pipeline.layout import COMPARISONS, INDEX, LATEST, REGIONS, REVIEW
from coopreport.pipeline.lock import hold
from coopreport.pipeline.work import remove, sweep
from coopreport.project import Project

MADE_AGAIN = re.compile(rf"[0-9a-f]{{12}}|{LATEST}|{COMPARISONS}|{re.escape(REVIEW)}|{REGIONS}")
"""What lies in `build/<cycle>` and a command makes again: builds, pointer, comparisons, sheets …"""


def clean(project: Project) -> int:
    """Remove every build that is not a release, the comparisons and what is kept to spare time.

    Raises:
        Locked: a cycle is being made; nothing of it is removed.
        CannotPublish: build/ cannot be written.
    """
    shelves = [path for path in project.build.glob("20*") if path.is_dir()]
    for shelf in sorted(shelves):
        with hold(project, shelf.name, "clean"):
            sweep(project, shelf.name)
            for path in sorted(shelf.iterdir()):
                if path.is_symlink() or path.name == REVIEW:
                    path.unlink()
                elif MADE_AGAIN.fullmatch(path.name):
                    remove(path)
            remove(project.build / CACHE / shelf.name)
            if not any(shelf.iterdir()):
                shelf.rmdir()
    remove(project.build / CACHE)
    (project.build / INDEX).unlink(missing_ok=True)
    return 0
