"""English cells for tests: beside the prose cells of a chapter that a test writes."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat import NotebookNode

from coopreport.translation.cells import fingerprints


def markdown(source: str, id: str = "essai") -> NotebookNode:
    """Return a prose cell."""
    cell: NotebookNode = nbformat.v4.new_markdown_cell(source, id=id)
    return cell


def english(source: str, of: str | None = None) -> NotebookNode:
    """Return an English cell; `of` is the French that it translates, None for nothing confirmed."""
    cell: NotebookNode = nbformat.v4.new_markdown_cell(source, metadata={"tags": ["en"]})
    if of is not None:
        cell.metadata["translates"] = fingerprints(of)
    return cell


def translate(path: Path, **texts: str) -> None:
    """Add to a notebook the English of its prose cells, given by their first words."""
    notebook = nbformat.read(path, as_version=4)
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        for start, text in texts.items():
            if cell.cell_type == "markdown" and cell.source.lstrip("# ").startswith(start):
                cells.append(english(text, cell.source))
    notebook.cells = cells
    nbformat.write(notebook, path)
