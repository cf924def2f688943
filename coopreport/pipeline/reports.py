"""`make reports`: the report of every cycle, side by side, each made by a command of its own.

One line is said as each cycle ends. A cycle that fails stops no other; the exit code is the worst.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from threading import Lock

from coopreport.errors import NBSP, BadCall, shorten
from coopreport.locale import count_of, format_value
from coopreport.pipeline.layout import LATEST, REPORT
from coopreport.project import Project

UNCHANGED = "Rien n’a changé"
ERROR = "Erreur"
MOST_TOLD = 160
PATIENCE = 10.0
"""Seconds that a build is given to stop by itself, and to clean behind it."""


@dataclass(frozen=True)
class Ended:
    """What became of the report of one cycle: its exit code and the words of its line."""

    cycle: str
    code: int
    seconds: float
    words: str


def cycles_of(project: Project) -> list[str]:
    """Return the name of every cycle that has a file, the oldest first.

    Raises:
        BadCall: there is none.
    """
    found = sorted(path.stem for path in (project.data / "cycles").glob("*.yaml"))
    if not found:
        raise BadCall(
            "Aucun cycle : data/cycles/ est vide.", "ajoutez-en un : make cycle CYCLE=… FROM=…."
        )
    return found


def make_reports(
    project: Project, jobs: int, arguments: Sequence[str], say: Callable[[str], None]
) -> int:
    """Make the report of every cycle, `jobs` at once; return the worst exit code.

    `arguments` are those of `coopreport report`, without the cycle. When it is interrupted, the
    builds at work are stopped and have ended before this returns.
    """
    cycles = cycles_of(project)
    say(f"{count_of(len(cycles), 'cycle')}, {jobs} à la fois")
    running = _Running()
    worst = 0
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        futures = [pool.submit(_one, project, cycle, arguments, running) for cycle in cycles]
        try:
            for done, future in enumerate(as_completed(futures), 1):
                ended = future.result()
                worst = max(worst, ended.code)
                seconds = f"{format_value(ended.seconds, 'number', 1)}{NBSP}s"
                say(f"  {done}/{len(cycles)}  {ended.cycle}  {ended.words}  ({seconds})")
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            running.stop()
            raise
    return worst


def _one(project: Project, cycle: str, arguments: Sequence[str], running: _Running) -> Ended:
    """Make the report of one cycle in a process of its own, and say how it ended."""
    started = time.monotonic()
    process = running.start(
        [sys.executable, "-m", "coopreport", "report", f"--cycle={cycle}", *arguments], project
    )
    _, told = process.communicate()
    code = process.returncode if process.returncode >= 0 else 128 - process.returncode
    page = project.build / cycle / LATEST / REPORT
    if code:
        lines = [line.strip() for line in told.splitlines() if line.strip()]
        error = next((line for line in lines if line.startswith(ERROR)), f"{ERROR} : arrêté")
        words = f"échec ({code})  {shorten(error, MOST_TOLD)}"
    elif UNCHANGED in told:
        words = f"inchangé  {project.relative(page)}"
    else:
        words = f"fait  {project.relative(page)}"
    return Ended(cycle, code, time.monotonic() - started, words)


@dataclass
class _Running:
    """The builds at work. Once stopped, none can start."""

    processes: list[subprocess.Popen[str]] = field(default_factory=list)
    stopped: bool = False
    lock: Lock = field(default_factory=Lock)

    def start(self, command: list[str], project: Project) -> subprocess.Popen[str]:
        """Start a build in a session of its own: a Ctrl-C of the terminal reaches only us."""
        with self.lock:
            if self.stopped:
                raise KeyboardInterrupt
            process = subprocess.Popen(
                command,
                cwd=project.root,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                start_new_session=True,
            )
            self.processes.append(process)
        return process

    def stop(self) -> None:
        """Ask every build to stop as Ctrl-C does, and end those that do not."""
        with self.lock:
            self.stopped = True
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + PATIENCE
        for process in self.processes:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
