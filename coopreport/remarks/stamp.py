"""Whether the review edition of a cycle is to be made again, found out with next to no import."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from coopreport.pipeline.layout import REVIEW
from coopreport.pipeline.publish import latest_name
from coopreport.project import Project

OPEN = re.compile(rb'"open"\s*:\s*true')
"""What a kept remark that waits holds, and no text of one: there a quotation mark is escaped."""
HEAD_SIZE = 300
"""Characters at the start of the edition where its stamp is."""


def is_stale(project: Project, cycle: str) -> bool:
    """Tell whether the edition is not that of the latest build and of the remarks as they are.

    With no open remark there should be none.
    """
    page = project.build / cycle / REVIEW
    bodies = [path.read_bytes() for path in _files(project, cycle)]
    if not any(OPEN.search(body) for body in bodies):
        return page.is_file()
    try:
        with page.open(encoding="utf-8") as file:
            return attribute(project, cycle) not in file.read(HEAD_SIZE)
    except OSError:
        return True


def attribute(project: Project, cycle: str) -> str:
    """Return the attribute that the edition bears: the hash of what it is made from.

    That is the latest build, by its name, and the file of every remark.
    """
    made = hashlib.sha256(latest_name(project.build / cycle).encode())
    for path in _files(project, cycle):
        made.update(hashlib.sha256(path.read_bytes()).digest())
    return f'data-reviews="{made.hexdigest()}"'


def _files(project: Project, cycle: str) -> list[Path]:
    found = sorted((project.reviews / cycle).glob("*.json"))
    return [path for path in found if path.is_file()]
