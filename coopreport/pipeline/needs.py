"""What cells need and a cycle does not know: the page says so in their place.

A cell tagged `needs:asks` needs the fact `asks` (`catalogue/facts.py`). Where the cycle lacks it,
the cell becomes a note that says what is not known, under the heading that the cell began with.
A chapter says each lack once: the next cells with the same lack are left blank, headings included,
and so are those whose lack has no sentence. Cells keep their places, hence their numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import nbformat
from nbformat import NotebookNode

NEEDS = "needs:"
NOTE = ":::{{note}}\n{sentences}\n:::"


def needed(notebook: NotebookNode) -> list[str]:
    """Return the facts that the cells of a notebook need, sorted."""
    return sorted({fact for cell in notebook.cells for fact in _needs(cell)})


def say_lacks(notebook: NotebookNode, lacks: Mapping[str, str]) -> None:
    """Put a note, or nothing, in the place of the cells that need what a cycle lacks, in place."""
    said: set[str] = set()
    for index, cell in enumerate(notebook.cells):
        missing = [fact for fact in _needs(cell) if fact in lacks]
        if missing:
            new = [lacks[fact] for fact in missing if lacks[fact]]
            text = _in_place_of(cell, new) if new and said.isdisjoint(missing) else ""
            said.update(missing)
            notebook.cells[index] = nbformat.v4.new_markdown_cell(
                text, id=cell.id, metadata={"tags": list(cell.metadata.tags)}
            )


def _needs(cell: NotebookNode) -> list[str]:
    tags = cell.metadata.get("tags", ())
    return [tag.removeprefix(NEEDS) for tag in tags if tag.startswith(NEEDS)]


def _in_place_of(cell: NotebookNode, sentences: Sequence[str]) -> str:
    """Return the note, under the heading that the cell began with."""
    note = NOTE.format(sentences="\n\n".join(sentences))
    first = cell.source.strip().partition("\n")[0]
    if cell.cell_type == "markdown" and first.startswith("#"):
        return f"{first}\n\n{note}"
    return note
