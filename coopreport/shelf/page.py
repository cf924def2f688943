"""`build/index.html`: the shelf as one page, without a script, that works from a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from coopreport.locale import format_date, typographic
from coopreport.pipeline.edition import AUTHOR
from coopreport.pipeline.layout import INDEX
from coopreport.pipeline.lock import wait_turn
from coopreport.pipeline.publish import write_whole
from coopreport.pipeline.work import cannot_write
from coopreport.project import Project
from coopreport.shelf.contents import CycleShelf, read_shelf

TEMPLATE = "shelf"
STATUSES = {
    "conforme": ("conforme", "conformes"),
    "ecart_connu": ("écart connu", "écarts connus"),
    "ecart": ("écart inexpliqué", "écarts inexpliqués"),
    "non_calculable": ("non calculable", "non calculables"),
}
"""The statuses of claims as they are counted, in the order of the count."""


def write_shelf(project: Project) -> None:
    """Write the shelf from what is in `build/`, by one rename, unless it says so already.

    Raises:
        CannotPublish: it cannot be written.
    """
    index = project.build / INDEX
    try:
        project.build.mkdir(exist_ok=True)
        with wait_turn(project.build):  # two builds that end together: the last one lists both
            page = shelf_html(read_shelf(project))
            if not (index.is_file() and index.read_text(encoding="utf-8") == page):
                write_whole(index, page)
    except OSError as error:
        raise cannot_write(error, project.build) from None


def shelf_html(cycles: Sequence[CycleShelf]) -> str:
    """Return the page of the shelf, as HTML text ending with a newline."""
    from coopreport.pipeline.templates import page_html

    filters = {"typographic": typographic, "day": _day}
    return page_html(TEMPLATE, filters, cycles=cycles, author=AUTHOR, statuses=STATUSES)


def _day(text: Any) -> str:
    """Return a date in words; what is no date, as it is."""
    try:
        return format_date(date.fromisoformat(str(text)), "article")
    except ValueError:
        return str(text)
