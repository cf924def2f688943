"""The shell of a chapter's process: IPython without a kernel, speaking a kernel's messages.

What ipykernel does around IPython's shell is done here without sockets, threads or an event loop:
display and streams become messages, `input()` is refused, a pager shows nothing.
"""

# mypy: allow-untyped-calls
# IPython's methods have no types.

from __future__ import annotations

import builtins
import getpass
import io
import os
import sys
import tempfile
import threading
from collections.abc import Mapping
from typing import Any, NoReturn

from IPython.core import page
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from coopreport.pipeline.warm_channel import Channel

FLUSH_AT = 1 << 16
"""Characters that a stream keeps before it sends them by itself."""

KERNEL_ENVIRONMENT = {
    "TERM": "xterm-color",
    "CLICOLOR": "1",
    "FORCE_COLOR": "1",
    "CLICOLOR_FORCE": "1",
    "PAGER": "cat",
    "GIT_PAGER": "cat",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}
"""What ipykernel sets for the programs and libraries that look at it."""


class Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of a chapter: what is written becomes `stream` messages."""

    encoding = "UTF-8"

    def __init__(self, channel: Channel, name: str) -> None:
        self._channel = channel
        self._text = io.StringIO()
        self._lock = threading.Lock()
        self.name = name

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        with self._lock:
            self._text.write(text)
            full = self._text.tell() > FLUSH_AT
        if full:
            self.flush()
        return len(text)

    def flush(self) -> None:
        with self._lock:
            text = self._text.getvalue()
            self._text = io.StringIO()
        if text:
            self._channel.send({"type": "stream", "content": {"name": self.name, "text": text}})


class Descriptor:
    """A descriptor (1 or 2) that programs and C libraries write to: kept, then shown as a stream.

    Make it before the first cell: opening a file inside one is the notebook's guard's business.
    """

    def __init__(self, number: int, stream: Stream) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (it lives as long as the process)
        self._stream = stream
        self._read = 0
        os.dup2(self._file.fileno(), number)

    def flush(self) -> None:
        """Write to the stream what came since the last time."""
        size = os.fstat(self._file.fileno()).st_size
        if size > self._read:
            text = os.pread(self._file.fileno(), size - self._read, self._read)
            self._stream.write(text.decode("utf-8", "replace"))
            self._read = size


class ChapterDisplayHook(DisplayHook):
    """Sends the value of a cell's last expression."""

    content: dict[str, Any] | None = None

    def start_displayhook(self) -> None:
        self.content = {"data": {}, "metadata": {}}

    def write_output_prompt(self) -> None:
        assert self.content is not None
        self.content["execution_count"] = self.prompt_count

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        assert self.content is not None
        self.content |= {"data": format_dict, "metadata": md_dict}

    def finish_displayhook(self) -> None:
        assert self.shell is not None
        content, self.content = self.content, None
        if content and content["data"]:
            self.shell.tell("execute_result", content)


class ChapterDisplayPublisher(DisplayPublisher):
    """Sends what `display` shows."""

    def publish(  # type: ignore[override]
        self,
        data: Any,
        metadata: Any = None,
        *,
        transient: Any = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        self._validate_data(data, metadata)
        content = {"data": data, "metadata": metadata or {}, "transient": transient or {}}
        self.shell.tell("update_display_data" if update else "display_data", content)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.tell("clear_output", {"wait": wait})


class ChapterShell(InteractiveShell):
    """IPython's shell for one chapter. `serve` gives it its channel, in the chapter's process."""

    displayhook_class = Type(ChapterDisplayHook)
    display_pub_class = Type(ChapterDisplayPublisher)
    channel: Channel
    error: dict[str, Any] | None = None
    leaving = False

    def init_profile_dir(self, profile_dir: Any) -> None:
        """Use no profile: a user's settings must not change the report."""

    def init_hooks(self) -> None:
        super().init_hooks()
        self.set_hook("show_in_pager", page.as_hook(lambda *_, **__: None), 99)

    def enable_gui(self, gui: Any = None) -> None:
        """Start no event loop: nobody looks."""

    def ask_exit(self) -> None:
        """Leave after this cell, as a kernel does when a cell calls `exit()`."""
        self.leaving = True

    def tell(self, kind: str, content: Mapping[str, Any]) -> None:
        """Send a message of a kernel, after what was written before it."""
        sys.stdout.flush()
        sys.stderr.flush()
        self.channel.send({"type": kind, "content": content})

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        self.error = {"traceback": stb, "ename": str(etype.__name__), "evalue": str(evalue)}
        self.tell("error", self.error)

    def run(self, code: str) -> dict[str, Any]:
        """Run a cell; return a kernel's reply. Its outputs were sent before."""
        self.error = None
        count = self.execution_count
        result = self.run_cell(code, store_history=True)
        reply = {"status": "ok", "execution_count": count}
        if result.success and self.error is None:
            return reply
        raised = result.error_before_exec or result.error_in_exec
        return {
            **reply,
            "status": "error",
            "traceback": self.error["traceback"] if self.error else [],
            "ename": type(raised).__name__,
            "evalue": str(raised),
        }

    def evaluate(self, expressions: dict[str, str]) -> dict[str, Any]:
        """Evaluate expressions of the prose; return a kernel's reply."""
        return {"status": "ok", "user_expressions": self.user_expressions(expressions)}


def make_shell() -> ChapterShell:
    """Return the one shell of this process, without history on disk."""
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    shell: ChapterShell = ChapterShell.instance(config=config, user_ns={})
    return shell


def serve(shell: ChapterShell, channel: Channel) -> None:
    """Run the cells that the builder sends, one after another, until it closes its end."""
    os.environ.update(KERNEL_ENVIRONMENT)
    sys.path.insert(0, "")
    shell.channel = channel
    streams = Stream(channel, "stdout"), Stream(channel, "stderr")
    written = Descriptor(1, streams[0]), Descriptor(2, streams[1])
    sys.stdout, sys.stderr = streams
    builtins.input = _refuse_input
    getpass.getpass = _refuse_password
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()  # else every chapter would draw the same numbers
    while not shell.leaving:
        try:
            request, _ = channel.receive()
        except EOFError:
            return
        reply = shell.run(request["code"]) if "code" in request else shell.evaluate(request["ask"])
        for descriptor in written:
            descriptor.flush()
        shell.tell("reply", reply)


def _refuse_input(prompt: object = "") -> NoReturn:
    raise StdinNotImplementedError(
        "raw_input was called, but this frontend does not support input requests."
    )


def _refuse_password(prompt: str = "Password: ", stream: Any = None, **_: Any) -> NoReturn:
    raise StdinNotImplementedError(
        "getpass was called, but this frontend does not support input requests."
    )
