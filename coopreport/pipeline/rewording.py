"""A chapter whose prose alone changed: what it ran still holds, and is put under the new prose.

The words of a Markdown cell run nothing: as long as the code, the {eval} expressions of the prose
and the cells' places are the same (`inputs.what_runs`), so is all that a run gives. An analyst who
changes a sentence waits for the page alone.
"""

from __future__ import annotations

import nbformat
from nbformat import NotebookNode

from coopreport.pipeline.prose import expressions


def reworded(source: NotebookNode, executed: NotebookNode) -> NotebookNode | None:
    """Return an executed notebook with the prose of another text of it; None when more differs.

    Args:
        source: the new text, as it would be run (`good_run.prepare`).
        executed: a good run of the former text; it is left as it is.
    """
    made = nbformat.from_dict({**executed, "cells": []})
    waiting = iter(source.cells)
    for cell in executed.cells:
        if "injected-parameters" in cell.metadata.get("tags", []):
            made.cells.append(cell)
            continue
        new = next(waiting, None)
        if new is None or new.cell_type != cell.cell_type:
            return None
        asked = cell.metadata.get("user_expressions", [])
        if new.cell_type == "markdown":
            if expressions(new.source) != [each["expression"] for each in asked]:
                return None
            answers = {"user_expressions": asked} if asked else {}
            metadata = {"tags": [], **new.metadata, **answers}
            made.cells.append(nbformat.from_dict({**new, "metadata": metadata}))
        elif (new.id, new.source, {"tags": [], **new.metadata}) != (
            cell.id,
            cell.source,
            cell.metadata,
        ):
            return None
        else:
            made.cells.append(cell)
    return made if next(waiting, None) is None else None
