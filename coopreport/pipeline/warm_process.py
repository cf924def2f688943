"""The warm process: it imports the libraries once, then forks a child for each chapter.

    python -m coopreport.pipeline.warm_process DESCRIPTOR

`DESCRIPTOR` is a socket on which the builder sends, for each chapter, a byte and one end of a
channel. When the builder is gone, so are this process and its children. It never opens a database,
a thread or an event loop: they would not survive the fork in the child.
"""

from __future__ import annotations

import ctypes
import gc
import os
import select
import signal
import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from coopreport.surroundings import COLLECT_EVERY

if TYPE_CHECKING:
    from coopreport.pipeline.warm_shell import ChapterShell

REAP_EVERY = 0.1
"""Seconds between two looks at the children that may have ended."""
_SET_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of Linux's prctl."""


def main() -> None:
    """Import, then fork on request until the builder is gone."""
    builder = os.getppid()
    die_with(builder)
    control = socket.socket(fileno=int(sys.argv[1]))
    shell = warm_up()
    children: set[int] = set()
    try:
        while True:
            ready, _, _ = select.select([control], [], [], REAP_EVERY if children else None)
            reap(children)
            if not ready:
                continue
            asked, ends, _, _ = socket.recv_fds(control, 1, 1)
            if not asked:
                return
            with socket.socket(fileno=ends[0]) as end:
                if threads() == 1:  # else the end closes, and the builder does without this process
                    children.add(fork(shell, control, end))
    finally:
        for child in children:
            kill_group(child)


def warm_up() -> ChapterShell:
    """Import what chapters use and make the shell; read nothing of the project's data."""
    gc.disable()  # what is imported stays: looking for garbage in it takes a tenth of the time
    import altair
    import pandas as pd

    from coopreport.locale import format_value
    from coopreport.notebook import charts
    from coopreport.pipeline.warm_shell import make_shell

    shell = make_shell()
    for name in charts.__all__:
        getattr(charts, name)
    # What altair and Babel import and read at their first use.
    dot = altair.Chart(pd.DataFrame({"x": [1]})).mark_point().encode(x="x:Q")
    charts.to_spec(altair.layer(dot))
    format_value(1, "CAD")
    gc.freeze()  # a child that collects does not copy these pages
    gc.set_threshold(COLLECT_EVERY)
    gc.enable()
    return shell


def fork(shell: ChapterShell, control: socket.socket, end: socket.socket) -> int:
    """Fork the process of a chapter, which speaks through `end`; return its number."""
    parent = os.getpid()
    child = os.fork()
    if child:
        return child
    try:
        os.setsid()  # killing its group kills what it started
        die_with(parent)
        control.close()

        from coopreport.pipeline.warm_channel import Channel
        from coopreport.pipeline.warm_shell import serve

        channel = Channel(end)
        channel.send({"type": "ready", "process": os.getpid()})
        serve(shell, channel)
    finally:
        os._exit(0)


def reap(children: set[int]) -> None:
    """Forget the children that ended, and kill what they left behind."""
    for child in list(children):
        # The group keeps its number as long as its leader is not waited for.
        if os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT | os.WNOHANG):
            kill_group(child)
            os.waitpid(child, 0)
            children.discard(child)


def kill_group(leader: int) -> None:
    """Kill a child and what it started; nothing when they are gone."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def threads() -> int:
    """Return how many threads this process has, those of C libraries included where we can tell."""
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.exists() else threading.active_count()


def die_with(parent: int) -> None:
    """Have Linux kill this process when its parent dies; elsewhere the sockets alone tell."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


if __name__ == "__main__":
    main()
