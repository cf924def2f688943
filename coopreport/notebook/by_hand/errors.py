"""An error of the project in a cell: its message and remedy, instead of forty lines of trace."""

# mypy: allow-untyped-calls
# IPython's methods have no types.

from __future__ import annotations

import traceback
from types import TracebackType
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from coopreport.errors import NBSP, CoopreportError


def show_errors_short(shell: InteractiveShell) -> None:
    """Make the shell show the errors of the project as messages; the cell fails all the same."""
    shell.set_custom_exc((CoopreportError,), _show)


def _show(
    shell: Any, kind: type[BaseException], error: BaseException, trace: TracebackType, **_: Any
) -> list[str]:
    lines = [f"Erreur{NBSP}: {error}"]
    if at := _line_of_cell(shell, trace):
        lines.append(f"  Ligne {at.lineno} de la cellule{NBSP}: {at.line}")
    shell._showtraceback(kind, error, ["\n".join(lines)])
    return lines


def _line_of_cell(shell: Any, trace: TracebackType) -> traceback.FrameSummary | None:
    """Return the last place of the trace that is in a cell."""
    frames = [frame for frame, _ in traceback.walk_tb(trace)]
    places = traceback.extract_tb(trace)
    of_cells = [
        place
        for frame, place in zip(frames, places, strict=True)
        if frame.f_globals is shell.user_ns
    ]
    return of_cells[-1] if of_cells else None
