"""papermill's engines for chapters: numbers in prose, a deadline, and two ways to run a cell.

papermill prepares a notebook and calls an engine by name. Both engines walk through the cells as
papermill does and, at each Markdown cell, evaluate its {eval} expressions at that point of the
document; the results go to the cell's `user_expressions` metadata, as jupyterlab-myst does in
JupyterLab. `KERNEL` asks a Jupyter kernel, started for the chapter; `WARM` asks a process forked
from one that is warm (`warm.py`). Both must give the same notebook.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from typing import Any

from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines

from coopreport.pipeline.prose import expressions
from coopreport.pipeline.warm import Child, Warm
from coopreport.surroundings import COLLECT_EVERY

KERNEL = "coopreport-noyaux"
WARM = "coopreport-souche"


class CellFailed(Exception):
    """A cell did not complete: `index` is its place in the notebook, `kind` the failure's name."""

    def __init__(self, index: int, kind: str, last_line: str) -> None:
        super().__init__(f"{kind}: {last_line}")
        self.index = index
        self.kind = kind
        self.last_line = last_line


class KernelNotStarted(Exception):
    """A kernel did not answer before its first cell, nor did the one after it."""


class Stopped(Exception):
    """The build was interrupted while a chapter ran."""


class Running:
    """The chapters that run now, so that an interruption can end them all."""

    def __init__(self) -> None:
        self._clients: set[ChapterClient] = set()
        self._lock = threading.Lock()
        self.stopped = False

    @contextmanager
    def one(self, client: ChapterClient) -> Iterator[None]:
        """Count `client` in while the block runs.

        Raises:
            Stopped: the chapters were ended, whatever the block raised for it.
        """
        with self._lock:
            self._clients.add(client)
        try:
            self.check()
            yield
        except Exception:
            self.check()
            raise
        finally:
            with self._lock:
                self._clients.discard(client)

    def check(self) -> None:
        """Raise Stopped after `stop`."""
        if self.stopped:
            raise Stopped

    def stop(self) -> None:
        """End every chapter at once, and let none begin."""
        self.stopped = True
        with self._lock:
            for client in self._clients:
                client.kill()


class ChapterClient(PapermillNotebookClient):  # type: ignore[misc]
    """Runs a chapter in a kernel: code cells as papermill does, Markdown cells for their numbers.

    `seconds` gives the time that a cell has left; `running` may end the chapter from outside.
    """

    running: Running

    def execute_cell(self, cell: NotebookNode, cell_index: int, **kwargs: Any) -> NotebookNode:
        """Run a code cell, or evaluate a Markdown cell's expressions.

        Raises:
            CellFailed: the cell passed its time limit, the kernel died, or an expression failed.
            CellExecutionError: the cell raised; papermill reports it.
        """
        self.running.check()
        try:
            if cell.cell_type == "markdown":
                self._evaluate(cell, cell_index)
            elif cell.cell_type == "code":
                self._run(cell, cell_index, **kwargs)
                cell.outputs = joined_streams(cell.outputs)
            return cell
        except (CellTimeoutError, TimeoutError):
            raise CellFailed(cell_index, "Timeout", "") from None
        except (DeadKernelError, EOFError):
            raise CellFailed(cell_index, "DeadKernel", "") from None

    def kill(self) -> None:
        """Kill the kernel: whoever waits for it sees it dead."""
        process = getattr(getattr(self.km, "provisioner", None), "process", None)
        if process is not None:
            process.kill()

    def _run(self, cell: NotebookNode, index: int, **kwargs: Any) -> None:
        super().execute_cell(cell, index, **kwargs)

    def _ask(self, asked: Mapping[str, str], cell: NotebookNode) -> Mapping[str, Any] | None:
        """Return the content of a kernel's reply to user expressions."""
        assert self.kc is not None
        message = self.kc.execute("", silent=True, user_expressions=dict(asked))
        reply = self.wait_for_reply(message, cell)
        return reply and dict(reply["content"])

    def _evaluate(self, cell: NotebookNode, index: int) -> None:
        asked = expressions(cell.source)
        if not asked:
            return
        reply = self._ask({str(i): asked[i] for i in range(len(asked))}, cell)
        if reply is None or reply["status"] != "ok":
            raise CellFailed(index, "Expression", ", ".join(asked))
        results = reply["user_expressions"]
        for i, expression in enumerate(asked):
            result = results[str(i)]
            if result["status"] != "ok":
                raise CellFailed(index, "Expression", f"{expression} : {result['evalue']}")
            if "text/html" not in result["data"]:
                raise CellFailed(index, "NotIndicator", expression)
        cell.metadata["user_expressions"] = [
            {"expression": asked[i], "result": results[str(i)]} for i in range(len(asked))
        ]


class WarmClient(ChapterClient):
    """Runs a chapter in a child of the warm process, which sends a kernel's messages."""

    LANGUAGE: Mapping[str, Any] = {
        "codemirror_mode": {"name": "ipython", "version": sys.version_info[0]},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    }
    warm: Warm
    deadline: float
    output_bytes: int
    child: Child | None = None

    def execute(self, **_: Any) -> NotebookNode:
        """Run the chapter in a process of its own, which is gone when this returns.

        Raises:
            WarmLost: the warm process did not answer, or died under the chapter.
        """
        self.reset_execution_trackers()
        with self.warm.child(self.deadline) as self.child:
            self.papermill_execute_cells()
        self.nb.metadata["language_info"] = dict(self.LANGUAGE)
        executed: NotebookNode = self.nb
        return executed

    def kill(self) -> None:
        if self.child is not None:
            self.child.kill()

    def _run(self, cell: NotebookNode, index: int, **_: Any) -> None:
        tags = cell.metadata.get("tags", [])
        if not cell.source.strip() or self.skip_cells_with_tag in tags:
            return
        cell.outputs = []
        self.clear_before_next_output = False
        received = 0
        for message, size in self._conversation({"code": cell.source}, cell):
            received += size
            if received > 2 * self.output_bytes:
                raise CellFailed(index, "TooLarge", "")
            if message["type"] != "reply":
                kind = {"msg_type": message["type"]}
                parent = {"parent_header": {"msg_id": ""}}
                shown = {**kind, "header": kind, **parent, "content": message["content"]}
                self.process_message(shown, cell, index)
        reply = message["content"]
        cell.execution_count = reply["execution_count"]
        if reply["status"] == "error" and "raises-exception" not in tags:
            raise CellExecutionError.from_cell_and_msg(cell, reply)

    def _ask(self, asked: Mapping[str, str], cell: NotebookNode) -> Mapping[str, Any] | None:
        *_, (message, _) = self._conversation({"ask": dict(asked)}, cell)
        return dict(message["content"])

    def _conversation(
        self, request: Mapping[str, Any], cell: NotebookNode
    ) -> Iterator[tuple[dict[str, Any], int]]:
        """Send a request; yield each message that comes, and its length, up to the reply."""
        assert self.child is not None
        until = time.monotonic() + self.timeout_func(cell)
        try:
            self.child.channel.send(request)
            message: dict[str, Any] = {"type": ""}
            while message["type"] != "reply":
                message, size = self.child.channel.receive(until)
                yield message, size
        except (EOFError, OSError) as error:
            if isinstance(error, TimeoutError):
                raise
            self.warm.check()
            raise EOFError from None


class KernelEngine(Engine):  # type: ignore[misc]
    """The engine of real kernels; `deadline` is an instant of `time.monotonic()`."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        cell_limit: float,
        deadline: float,
        running: Running,
        environment: Mapping[str, str],
        folder: str,
        start_timeout: int = 60,
        **_: Any,
    ) -> None:
        """Execute the notebook in a kernel of its own, which is gone when this returns.

        A kernel is told ports that were free a moment before: another process may have taken one,
        so a kernel that does not start is started once more.

        Raises:
            KernelNotStarted: neither did.
        """
        for _attempt in range(2):
            client = ChapterClient(
                nb_man,
                kernel_name=kernel_name,
                startup_timeout=start_timeout,
                timeout_func=lambda _cell: seconds_left(cell_limit, deadline),
                record_timing=False,
                shutdown_kernel="immediate",
                extra_arguments=[
                    "--IPKernelApp.log_level=ERROR",
                    "--HistoryManager.enabled=False",
                    f"--IPKernelApp.exec_lines=__import__('gc').set_threshold({COLLECT_EVERY})",
                ],
            )
            client.running = running
            try:
                with running.one(client):
                    client.execute(env=dict(environment), cwd=folder)
                return
            except RuntimeError:  # jupyter_client's; those of a cell are CellFailed
                if client.code_cells_executed:
                    raise
        raise KernelNotStarted


class WarmEngine(Engine):  # type: ignore[misc]
    """The engine of the warm process; `deadline` is an instant of `time.monotonic()`."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        cell_limit: float,
        deadline: float,
        running: Running,
        warm: Warm,
        output_bytes: int,
        **_: Any,
    ) -> None:
        """Execute the notebook in a forked process, which is gone when this returns."""
        client = WarmClient(nb_man, timeout_func=lambda _cell: seconds_left(cell_limit, deadline))
        client.running, client.warm = running, warm
        client.deadline, client.output_bytes = deadline, output_bytes
        with running.one(client):
            client.execute()


def seconds_left(cell_limit: float, deadline: float) -> int:
    """Return how long a cell may still run, in whole seconds, one at least."""
    return max(1, round(min(cell_limit, deadline - time.monotonic())))


def joined_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return outputs where the streams that follow each other are one per name, stdout first.

    A kernel sends what is written in pieces, five times a second, and its two streams each in its
    own time: pieces and order would differ between two runs.
    """
    joined: list[NotebookNode] = []
    for streams, run in groupby(outputs, key=lambda output: output.output_type == "stream"):
        if not streams:
            joined += run
            continue
        pieces = list(run)
        for name in sorted({piece.name for piece in pieces}, reverse=True):
            same = [piece for piece in pieces if piece.name == name]
            joined.append(NotebookNode({**same[0], "text": "".join(p.text for p in same)}))
    return joined


papermill_engines.register(KERNEL, KernelEngine)
papermill_engines.register(WARM, WarmEngine)
