"""A real kernel that runs in a project's notebooks/, as JupyterLab starts it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from tests.conftest import ROOT

SECONDS = 60


class Kernel:
    """A kernel that a test talks to: it runs cells, completes and explains names."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self._client = client

    def run(self, code: str) -> list[dict[str, Any]]:
        """Run a cell; return its outputs, each with its `output_type`."""
        outputs: list[dict[str, Any]] = []

        def keep(message: dict[str, Any]) -> None:
            kind = message["msg_type"]
            if kind in ("stream", "error", "display_data", "execute_result"):
                outputs.append({"output_type": kind, **message["content"]})

        self._client.execute_interactive(code, output_hook=keep, timeout=SECONDS)
        return outputs

    def said(self, code: str) -> str:
        """Run a cell; return what its streams and its error say, with plain spaces."""
        texts = [
            output.get("text", "") or "\n".join(output.get("traceback", ()))
            for output in self.run(code)
        ]
        return "".join(texts).replace("\u00a0", " ")

    def value(self, expression: str) -> str:
        """Return the text of an expression."""
        (output,) = self.run(expression)
        return str(output["data"]["text/plain"])

    def completed(self, code: str) -> dict[str, Any]:
        """Return the reply to a completion asked at the end of the code."""
        return self._reply(self._client.complete(code))

    def explained(self, code: str) -> dict[str, Any]:
        """Return the reply to an inspection asked at the end of the code."""
        return self._reply(self._client.inspect(code))

    def _reply(self, request: str) -> dict[str, Any]:
        while True:
            message = self._client.get_shell_msg(timeout=SECONDS)
            if message["parent_header"].get("msg_id") == request:
                return dict(message["content"])


@contextmanager
def kernel_in(project: Path, **environment: str) -> Iterator[Kernel]:
    """Start a kernel in a project's notebooks/; it is gone at the end of the block."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    manager, client = start_new_kernel(cwd=str(project / "notebooks"), env=env)
    try:
        yield Kernel(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
