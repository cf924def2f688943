"""papermill's engine for chapters: real kernels, numbers in prose, and a deadline.

papermill executes the code cells. At each Markdown cell this engine asks the kernel for the
cell's {eval} expressions, at that point of the document, and stores the results in the cell's
`user_expressions` metadata, as jupyterlab-myst does in JupyterLab.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines

from coopreport.pipeline.prose import expressions

ENGINE = "coopreport"


class CellFailed(Exception):
    """A cell did not complete: `index` is its place in the notebook, `kind` the failure's name."""

    def __init__(self, index: int, kind: str, last_line: str) -> None:
        super().__init__(f"{kind}: {last_line}")
        self.index = index
        self.kind = kind
        self.last_line = last_line


class ChapterClient(PapermillNotebookClient):  # type: ignore[misc]
    """Runs one chapter: code cells as papermill does, Markdown cells for their expressions."""

    def execute_cell(self, cell: NotebookNode, cell_index: int, **kwargs: Any) -> NotebookNode:
        """Run a code cell, or evaluate a Markdown cell's expressions.

        Raises:
            CellFailed: the cell passed its time limit, the kernel died, or an expression failed.
            CellExecutionError: the cell raised; papermill reports it.
        """
        try:
            if cell.cell_type == "markdown":
                self._evaluate(cell, cell_index)
                return cell
            executed: NotebookNode = super().execute_cell(cell, cell_index, **kwargs)
            return executed
        except CellTimeoutError:
            raise CellFailed(cell_index, "Timeout", "") from None
        except DeadKernelError:
            raise CellFailed(cell_index, "DeadKernel", "") from None

    def _evaluate(self, cell: NotebookNode, index: int) -> None:
        asked = expressions(cell.source)
        if not asked:
            return
        assert self.kc is not None
        message = self.kc.execute(
            "", silent=True, user_expressions={str(i): asked[i] for i in range(len(asked))}
        )
        reply = self.wait_for_reply(message, cell)
        if reply is None or reply["content"]["status"] != "ok":
            raise CellFailed(index, "Expression", ", ".join(asked))
        results = reply["content"]["user_expressions"]
        for i, expression in enumerate(asked):
            result = results[str(i)]
            if result["status"] != "ok":
                raise CellFailed(index, "Expression", f"{expression} : {result['evalue']}")
            if "text/html" not in result["data"]:
                raise CellFailed(index, "NotIndicator", expression)
        cell.metadata["user_expressions"] = [
            {"expression": asked[i], "result": results[str(i)]} for i in range(len(asked))
        ]


class ChapterEngine(NBClientEngine):  # type: ignore[misc]
    """The engine papermill calls by name; `deadline` is a `time.monotonic()` instant."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        cell_limit: float,
        deadline: float,
        environment: Mapping[str, str],
        folder: str,
        start_timeout: int = 60,
        **_: Any,
    ) -> None:
        """Execute the notebook in a kernel of its own, which is gone when this returns."""
        client = ChapterClient(
            nb_man,
            kernel_name=kernel_name,
            startup_timeout=start_timeout,
            timeout_func=lambda _cell: max(1, round(min(cell_limit, deadline - time.monotonic()))),
            record_timing=False,
            shutdown_kernel="immediate",
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
        )
        client.execute(env=dict(environment), cwd=folder)


papermill_engines.register(ENGINE, ChapterEngine)
