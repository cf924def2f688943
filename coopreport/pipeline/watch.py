"""`make watch`: what is saved is on the open page in a moment.

A process that has the libraries imported makes the report again at each save, and reloads the
page. When the package's own code changes, or the warm process is lost, it starts again.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NoReturn

from coopreport.cycles import read_cycle
from coopreport.errors import NBSP, CoopreportError
from coopreport.locale import format_value
from coopreport.pipeline.build import CodeChanged, make_report
from coopreport.pipeline.inputs import input_paths
from coopreport.pipeline.layout import LATEST, REPORT
from coopreport.pipeline.limits import Limits
from coopreport.pipeline.live import Live
from coopreport.pipeline.warm import Warm
from coopreport.project import Project
from coopreport.shelf.renew import renew

LOOK_EVERY = 0.05
"""Seconds between two looks at the files, which take one or two thousandths."""
SETTLED = 0.02
"""Seconds between two looks that agree: nothing is being written."""

Stamps = dict[Path, tuple[int, int, int]]


def watch(
    project: Project, name: str, limits: Limits, say: Callable[[str], None], port: int = 0
) -> int:
    """Make the report at each save until Ctrl-C; the page is served on loopback at `port`.

    Raises:
        BadCall: no such cycle.
    """
    read_cycle(project, name)
    page = project.build / name / LATEST / REPORT
    with Live(lambda: page, port) as live:
        say(f"Page vivante{NBSP}: {live.address} (Ctrl-C pour finir)")
        try:
            with Warm(project, say) as warm:
                looked: Stamps = {}
                built: Stamps = {}
                while not warm.lost:
                    if (now := _stamps(looked)) != looked or not looked:
                        looked = _settled(project, name, now)
                        files = {path: looked[path] for path in looked if not path.is_dir()}
                        if files != built:
                            _build(project, name, limits, say, warm, live)
                            if not built:
                                gc.collect()
                                gc.freeze()  # the libraries are not looked through at each build
                            built = files
                    time.sleep(LOOK_EVERY)
        except CodeChanged:
            say("Le code a changé; redémarrage.")
        except KeyboardInterrupt:
            say("")
            return 0
    _start_again(name, live.port)


def _build(
    project: Project,
    name: str,
    limits: Limits,
    say: Callable[[str], None],
    warm: Warm,
    live: Live,
) -> None:
    started = time.monotonic()
    try:
        built = make_report(project, name, limits, lambda text: None, warm, pdf=False)
    except CodeChanged:
        raise
    except CoopreportError as error:
        say(f"\nErreur{NBSP}: {error}")
        live.tell(error=str(error))
        return
    live.tell(build=built.build)
    renew(project, name, say, built.made)
    seconds = format_value(time.monotonic() - started, "number", 2)
    what = ", ".join(chapter.title for chapter in built.ran) or "page"
    say(f"{what}{NBSP}: {seconds}{NBSP}s" if built.made else "à jour")


def _files(project: Project, name: str) -> list[Path]:
    """Return every input of the cycle; when its file cannot be read, what may mend it."""
    try:
        return input_paths(project, read_cycle(project, name))
    except CoopreportError:
        return [project.cycle_file(name), *project.notebooks.glob("*.ipynb")]


def _folders(files: Iterable[Path]) -> set[Path]:
    """Return the folders of files, and those above: one changes when a file comes or goes."""
    folders = {path.parent for path in files}
    return {*folders, *(folder.parent for folder in folders)}


def _stamps(paths: Iterable[Path]) -> Stamps:
    """Return the size and the dates of files and folders; a lost one has none."""
    found: Stamps = {}
    for path in paths:
        try:
            stat = path.stat()
        except OSError:
            continue
        found[path] = (stat.st_size, stat.st_mtime_ns, stat.st_ino)
    return found


def _settled(project: Project, name: str, before: Stamps) -> Stamps:
    """Return the stamps of the inputs and of their folders, once two looks agree; `before` is one.

    A file that comes after the files were listed changes its folder, so the next look differs.
    """
    while True:
        time.sleep(SETTLED)
        files = _files(project, name)
        if (now := _stamps({*files, *_folders(files)})) == before:
            return now
        before = now


def _start_again(name: str, port: int) -> NoReturn:
    """Replace this process by a new one, which imports the code as it is now."""
    command = [sys.executable, "-m", "coopreport", "watch", f"--cycle={name}", f"--port={port}"]
    os.execv(sys.executable, command)
