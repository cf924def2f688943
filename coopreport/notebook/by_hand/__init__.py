"""What an analyst's notebook has and a build has not: `start` attends to it when run by hand."""

from __future__ import annotations

from typing import Any

from IPython.core.getipython import get_ipython

from coopreport.notebook.by_hand.completion import complete_names
from coopreport.notebook.by_hand.errors import show_errors_short
from coopreport.notebook.by_hand.explanation import explain_objects
from coopreport.notebook.by_hand.parameters import as_in_build
from coopreport.project import find_project


def attend(cycle: str, chapter: str, parameters: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Prepare the shell, and return the cycle and the parameters that a build would give.

    Raises:
        BadCall: no project is here, or the lab was opened with a cycle that does not exist.
    """
    shell = get_ipython()
    assert shell is not None
    show_errors_short(shell)
    complete_names(shell)
    explain_objects(shell)
    return as_in_build(shell.user_ns, find_project(), cycle, chapter, parameters)
