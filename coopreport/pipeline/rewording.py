"""A chapter whose prose alone changed: what it ran still holds, and is put under the new prose.

The words of a Markdown cell run nothing: as long as the code, the {eval} expressions of the prose
and the cells' places are the same (`inputs.what_runs`), so is all that a run gives. An analyst who
changes a sentence waits for the page alone.
"""

from __future__ import annotations

import json
from typing import Any

import nbformat
from nbformat import NotebookNode

from coopreport.pipeline.prose import expressions

Json = dict[str, Any]


def reworded(source: NotebookNode, executed: str) -> str | None:
    """Return the text of an executed notebook under the prose of another; None when more differs.

    Args:
        source: the new notebook, as it would be run (`good_run.prepare`).
        executed: the text of a good run of the former one, as nbformat writes it.
    """
    made = json.loads(executed)
    waiting = iter(json.loads(nbformat.v4.writes(source))["cells"])
    cells: list[Json] = []
    for cell in made["cells"]:
        if "injected-parameters" in cell["metadata"].get("tags", []):
            cells.append(cell)
            continue
        new = next(waiting, None)
        under = _under(new, cell) if new else None
        if under is None:
            return None
        cells.append(under)
    if next(waiting, None) is not None:
        return None
    made["cells"] = cells  # written as nbformat does, which copies all of it first
    return json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True, separators=(",", ": "))


def _under(new: Json, cell: Json) -> Json | None:
    """Return a cell that ran under its new prose, or as it is; None when it would run otherwise."""
    metadata = {"tags": [], **new["metadata"]}
    if new["cell_type"] != cell["cell_type"]:
        return None
    if new["cell_type"] == "markdown":
        asked = cell["metadata"].get("user_expressions", [])
        if expressions("".join(new["source"])) != [each["expression"] for each in asked]:
            return None
        return {**new, "metadata": metadata | ({"user_expressions": asked} if asked else {})}
    same = (new["id"], new["source"], metadata) == (cell["id"], cell["source"], cell["metadata"])
    return cell if same else None
