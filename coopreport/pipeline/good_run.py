"""A chapter's notebook before and after its run: prepared, cleaned, and accepted or not.

A run counts on five conditions: papermill returned, no exception, every code cell completed, no
error output, and the seal at the end.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import nbformat
from nbformat import NotebookNode

from coopreport.chapters import Chapter
from coopreport.indicators import LEDGER_MIME
from coopreport.pipeline.failures import CELL_FILE, failure
from coopreport.pipeline.limits import Limits
from coopreport.pipeline.needs import needed, say_lacks
from coopreport.pipeline.options import FRENCH
from coopreport.translation.cells import cells_of_edition

SEAL = "from coopreport.notebook import seal\n\nseal({facts})"
SEAL_ID = "coopreport-seal"
PARAMETERS_ID = "coopreport-parameters"


def prepare(
    notebook: NotebookNode, lacks: Mapping[str, str], language: str = FRENCH
) -> NotebookNode:
    """Return the notebook as an edition runs it: no stored outputs, the seal as its last cell.

    What the cycle does not know (`lacks`) is said in the place of the cells that need it.
    """
    notebook = nbformat.from_dict(notebook)
    facts = needed(notebook)
    say_lacks(notebook, lacks)  # first: a note has no English, and takes the place of the cell's
    shown = cells_of_edition(notebook.cells, language)
    notebook = nbformat.from_dict({**notebook, "cells": [cell for _, cell in shown]})
    for cell in notebook.cells:
        cell.metadata.pop("user_expressions", None)
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
    asked = SEAL.format(facts=", ".join(f'"{fact}"' for fact in facts))
    seal = nbformat.v4.new_code_cell(asked, id=SEAL_ID, metadata={"tags": ["seal"]})
    notebook.cells.append(seal)
    return notebook


def clean(notebook: NotebookNode) -> None:
    """Remove from an executed notebook what differs between two equal runs."""
    notebook.metadata.pop("papermill", None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", ()):
            if output.output_type == "stream":
                output.text = CELL_FILE.sub("<cellule>", output.text)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = PARAMETERS_ID


def check(chapter: Chapter, source: NotebookNode, notebook: NotebookNode, limits: Limits) -> None:
    """Raise unless every code cell completed without error, under the size cap, to the seal."""
    for position, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        run = cell.metadata.pop("papermill", {})
        kinds = {output.output_type for output in cell.outputs}
        if "error" in kinds or run.get("exception"):
            raise failure(chapter, source, position, "SystemExit", "", limits)
        if run.get("status") != "completed" or (
            cell.execution_count is None and cell.source.strip()
        ):
            raise failure(chapter, source, position, "NotCompleted", "", limits)
        if len(json.dumps(cell.outputs, ensure_ascii=False)) > limits.output_bytes:
            raise failure(chapter, source, position, "TooLarge", "", limits)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
    if seal_output(notebook) is None:
        raise failure(chapter, source, len(source.cells), "SystemExit", "", limits)


def seal_output(notebook: NotebookNode) -> dict[str, Any] | None:
    """Return the ledger that the seal wrote as its last act, or None when it did not."""
    for output in notebook.cells[-1].get("outputs", []):
        if LEDGER_MIME in output.get("data", {}):
            return dict(output["data"][LEDGER_MIME])
    return None
