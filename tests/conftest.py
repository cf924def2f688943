"""Shared fixtures: a copy of the project to break, and a real browser."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from coopreport.doctor.checks import BROWSERS
from tests.chapters import CYCLE
from tests.releases import done, make_releases, run
from tests.shared import copy, made_once

ROOT = Path(__file__).parents[1]
SOURCES = ("coopreport", "data", "notebooks", "requirements")
"""The folders of the project that a build needs."""

# A test that looks at the PDF asks for it; make exports the variable, blank when nobody set it.
os.environ["COOPREPORT_PDF"] = os.environ.get("COOPREPORT_PDF") or "non"

# A shell makes what it starts in the background deaf to Ctrl-C, and so all that this starts itself:
# a test that interrupts a command would wait in vain.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium, the machine's or Playwright's; none at all fails the test."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A blank page of it, 1280 px wide, that waits six seconds at most."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(6_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project's sources, in a folder whose name has a space and an accent."""
    return copy_sources(tmp_path / "mémoire prébudgétaire")


def copy_sources(folder: Path) -> Path:
    """Copy the sources of the project to a folder, which is made if need be; return it."""
    for name in SOURCES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture
def coopreport(project: Path) -> Command:
    """Run the command on the copied project, as the Makefile does."""
    return runner(project)


def runner(project: Path) -> Command:
    """Return a function that runs a verb in a project: `tests.releases.run`."""
    return partial(run, project)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build of the real 2023-2024 cycle, with its PDF, made once: the folder `latest`."""

    def make(folder: Path) -> None:
        done(copy_sources(folder), "report", "--pdf=oui")

    return made_once(tmp_path_factory, "rapport", make) / "build" / CYCLE / "latest"


@pytest.fixture(scope="session")
def english_page(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the English edition of the project of `built`, made once."""

    def make(folder: Path) -> None:
        done(copy(built.parents[2], folder / "projet"), "report", "--language=en", "--pdf=non")

    made = made_once(tmp_path_factory, "édition anglaise", make)
    return made / "projet" / "build" / CYCLE / "latest-en" / "rapport.html"


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in git with the versions v1, v2 and v3 (`tests/releases.py`), made once."""
    name = "mémoire publié"
    made = made_once(tmp_path_factory, "versions", lambda folder: make_releases(folder / name))
    return copy(made / name, tmp_path_factory.mktemp("versions") / name)
