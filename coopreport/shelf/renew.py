"""After each verb that changes `build/`: the review edition of its cycle, then the shelf.

The verb has done its work by then: what fails here is told, and is no failure of the verb.
"""

from __future__ import annotations

from collections.abc import Callable

from coopreport.errors import NBSP, CoopreportError
from coopreport.pipeline.layout import INDEX
from coopreport.project import Project
from coopreport.remarks.stamp import is_stale


def renew(project: Project, cycle: str, say: Callable[[str], None], changed: bool = True) -> None:
    """Make the review edition and the shelf again, where they are not what they should be.

    `changed`: something of `build/` changed; else only what remarks ask for is looked at.
    """
    index = project.build / INDEX
    try:
        if is_stale(project, cycle):
            from coopreport.remarks.edition import write_review

            write_review(project, cycle)
            changed = True
        if changed or not index.is_file():
            from coopreport.shelf.page import write_shelf

            write_shelf(project)
    except (CoopreportError, OSError) as error:
        say(f"Avertissement{NBSP}: {error}")
