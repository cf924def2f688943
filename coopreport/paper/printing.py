"""Starting the press, waiting for it, and keeping what it made.

A PDF is kept under the hash of its HTML and of the versions of what prints it.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import coopreport
from coopreport import kept
from coopreport.errors import NBSP, CannotPublish, shorten
from coopreport.paper.libraries import press_versions
from coopreport.pipeline.cache import CACHE
from coopreport.project import Project

PAPERS = "papers"
MOST_KEPT = 12
TOLD = "press.txt"
PATIENCE = 300.0
"""Seconds that the press may take."""


class CannotPrint(CannotPublish):
    """The press did not make the PDF."""


class Printer(Protocol):
    """What gives the PDF of a paper edition: `start` it, then `finish` with its bytes."""

    versions: Mapping[str, str]

    def start(self, html: str) -> None:
        """Begin to print."""

    def finish(self) -> bytes:
        """Return the PDF."""


class Press:
    """Prints one paper edition; `work` is a folder of its own to make, `cache` the kept files'."""

    def __init__(self, work: Path, cache: Path) -> None:
        self.versions: Mapping[str, str] = press_versions()
        self._work = work
        self._cache = cache / PAPERS
        self._kept = self._cache
        self._body: bytes | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Press:
        return self

    def __exit__(self, *error: object) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()

    def start(self, html: str) -> None:
        """Begin to print an HTML document, unless its PDF is kept."""
        asked = json.dumps([html, sorted(self.versions.items())])
        self._kept = self._cache / f"{hashlib.sha256(asked.encode()).hexdigest()}.pdf"
        if (body := kept.read_kept(self._kept)) is not None:
            kept.used(self._kept)
            self._body = body
            return
        self._work.mkdir()
        (self._work / "paper.html").write_text(html, encoding="utf-8")
        package = str(Path(coopreport.__file__).parent.parent)
        with (self._work / TOLD).open("wb") as told:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "coopreport.paper.press", "paper.html", "paper.pdf"],
                cwd=self._work,
                env={**os.environ, "PYTHONPATH": package},
                stdin=subprocess.PIPE,  # it ends when we do
                stdout=subprocess.DEVNULL,
                stderr=told,
            )

    def finish(self) -> bytes:
        """Wait for the PDF and return it.

        Raises:
            CannotPrint: the press failed, or took too long.
        """
        if self._body is not None:
            return self._body
        assert self._process
        try:
            code = self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise _cannot_print(f"plus de {PATIENCE:.0f}{NBSP}s") from None
        if code:
            told = (self._work / TOLD).read_text(encoding="utf-8", errors="replace").split("\n")
            last = next((line for line in reversed(told) if line.strip()), f"code {code}")
            raise _cannot_print(shorten(last, 160))
        body = (self._work / "paper.pdf").read_bytes()
        kept.keep(self._kept, body)
        kept.forget(kept.last_used_first(self._cache.glob("*.pdf"))[MOST_KEPT:])
        return body


def press_of(project: Project, work: Path) -> Press:
    """Return the press of a build or a release that is being made in the folder `work`."""
    return Press(work / "press", project.build / CACHE)


class Reprint:
    """Gives a PDF that was made before, by a press whose versions are known."""

    def __init__(self, path: Path, versions: Mapping[str, str]) -> None:
        self.versions = versions
        self._path = path

    def start(self, html: str) -> None:
        """Do nothing: it is printed."""

    def finish(self) -> bytes:
        """Return the PDF."""
        return self._path.read_bytes()


def _cannot_print(why: str) -> CannotPrint:
    return CannotPrint(
        f"Le PDF n’a pas pu être imprimé ({why}).",
        "avec PDF=non, le rapport se fait sans lui; signalez ce message aux développeurs.",
    )
