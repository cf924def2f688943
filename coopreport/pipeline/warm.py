"""The warm process as the builder sees it: started early, kept as long as wanted, given up at need.

    with Warm(project, say) as warm:
        run_chapters(project, cycle, chapters, work, limits, progress, warm)

It imports while the builder imports: start it first. It has the code of the package as it was when
it started: after a change of code, close it and make another. This module is light to import.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from coopreport.errors import NBSP
from coopreport.pipeline.environment import chapter_environment
from coopreport.pipeline.inputs import code_now
from coopreport.pipeline.options import FRENCH
from coopreport.pipeline.warm_channel import Channel
from coopreport.project import Project

PATIENCE = 20.0
"""Seconds without a sign of life, at the start of a chapter, before real kernels take over."""

LAST_BREATH = 0.5
"""Seconds that a dying process may take to be seen dead after its children."""


class WarmLost(Exception):
    """The warm process did not start, died or hangs: the chapter must run in a real kernel."""


@dataclass(frozen=True)
class Child:
    """The process of one chapter; its first message told its number."""

    channel: Channel
    process: int

    def kill(self) -> None:
        """Kill the process and what it started; nothing when it is gone."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process, signal.SIGKILL)


class Warm:
    """A warm process of a project, and the children it forks. Several threads may use it.

    Start it from the thread that lives as long as it: Linux kills it when that thread ends.
    `say` receives one line when it is given up; `patience` is in seconds. `code` has the hashes of
    the package's files before the process imports them. `language` is the edition's.
    """

    def __init__(
        self,
        project: Project,
        say: Callable[[str], None],
        patience: float = PATIENCE,
        language: str = FRENCH,
    ) -> None:
        self.language = language
        self.code = code_now(project)
        self._say = say
        self._patience = patience
        self._lock = threading.Lock()
        self._children: set[Child] = set()
        self._control, theirs = socket.socketpair()
        self.lost = False
        with theirs, suppress(OSError):  # no folder notebooks/: nobody answers
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-P", "-m", "coopreport.pipeline.warm_process"),
                    str(theirs.fileno()),
                ],
                cwd=project.notebooks,
                env=chapter_environment(project, language),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

    def __enter__(self) -> Warm:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @contextmanager
    def child(self, deadline: float) -> Iterator[Child]:
        """Give the process of a chapter, which is gone afterwards.

        `deadline` is an instant of `time.monotonic()`.

        Raises:
            WarmLost: no sign of life in time; the warm process is given up.
        """
        ours, theirs = socket.socketpair()
        channel = Channel(ours)
        started = time.monotonic()
        try:
            with theirs:
                socket.send_fds(self._control, [b"f"], [theirs.fileno()])
            hello, _ = channel.receive(min(started + self._patience, deadline))
        except TimeoutError:
            channel.close()
            seconds = f"{time.monotonic() - started:.0f}{NBSP}s"
            raise self.give_up(f"ne répond pas depuis {seconds}") from None
        except (OSError, EOFError):
            channel.close()
            raise self.give_up("s’est arrêtée") from None
        child = Child(channel, hello["process"])
        self._children.add(child)
        try:
            yield child
        finally:
            child.kill()
            channel.close()
            self._children.discard(child)

    def check(self) -> None:
        """Look whether the process lives, after one of its children died.

        Raises:
            WarmLost: it died too, or was closed.
        """
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(LAST_BREATH)
            raise self.give_up("s’est arrêtée")

    def give_up(self, what: str) -> WarmLost:
        """Kill the process, say once what happened to it, and return the error to raise."""
        with self._lock:
            first, self.lost = not self.lost, True
        if first:
            self._say(
                f"  Avertissement{NBSP}: la souche {what}; de vrais noyaux exécutent les chapitres."
            )
            self.close()
        return WarmLost(what)

    def close(self) -> None:
        """Kill the process and every child; chapters that still run end at once."""
        self.lost = True
        self._control.close()
        for child in list(self._children):
            child.kill()
        if hasattr(self, "_process"):
            self._process.kill()
            self._process.wait()
