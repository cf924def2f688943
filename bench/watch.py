"""From a saved sentence to the open page: `make watch`, beside papermill and nbconvert.

    python bench/watch.py [--turns 10] [--references 3] [--chapter 03-financement]

A real chapter, in a copy of the project; a headless Chromium has the page open. Each turn writes a
sentence into the chapter's file and waits until its words are in the page. The parts of the time
are read from the dates of the files that a build writes. The reference, papermill's and nbconvert's
commands on the same chapter, falls between the turns; read the ratio.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from builds import CYCLE, copied, parameters
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
REST = 1.0
"""Seconds between two saves, for the browser to finish."""
PARTS = ("vu", "chapitre", "page", "publication", "navigateur")


class Project:
    """A copy of the project under watch, and the chapter that is edited."""

    def __init__(self, work: Path, chapter: str) -> None:
        self.root, self.environment = copied(ROOT, work)
        self.work = work
        self.chapter = chapter
        self.notebook = self.root / "notebooks" / f"{chapter}.ipynb"
        self.original = json.loads(self.notebook.read_text(encoding="utf-8"))

    def watch(self) -> subprocess.Popen[str]:
        """Start the watch."""
        return subprocess.Popen(
            [sys.executable, "-m", "coopreport", "watch", f"--cycle={CYCLE}"],
            cwd=self.root,
            env=self.environment,
            stderr=subprocess.PIPE,
            text=True,
        )

    def save(self, sentence: str) -> float:
        """Write the sentence at the end of the chapter's first paragraph; return the instant."""
        cells = json.loads(json.dumps(self.original))["cells"]
        texts = [cell for cell in cells if cell["cell_type"] == "markdown"]
        texts[2]["source"] = [*texts[2]["source"], f" {sentence}"]
        body = json.dumps({**self.original, "cells": cells}, ensure_ascii=False, indent=1)
        saved = time.time()
        self.notebook.write_text(f"{body}\n", encoding="utf-8")
        return saved

    def instants(self) -> list[float]:
        """Return when the last build began, kept its chapter, wrote its page and was published."""
        build = self.root / "build"
        kept = (build / ".cache" / CYCLE).glob(f"{self.chapter}.*")
        latest = build / CYCLE / "latest"
        return [
            (build / ".locks" / CYCLE).stat().st_mtime,
            max(path.stat().st_mtime for path in kept),
            (latest / "manifest.json").stat().st_mtime,
            latest.lstat().st_mtime,
        ]

    def by_hand(self) -> float:
        """Run papermill, then nbconvert, on the chapter; return the wall seconds."""
        made = str(self.work / self.notebook.name)
        given = json.dumps(parameters(self.root, self.chapter))
        options = ["--no-progress-bar", "--cwd", str(self.notebook.parent), "-y", given]
        started = time.monotonic()
        for command in (
            ["papermill", str(self.notebook), made, *options],
            ["nbconvert", "--to", "html", made],
        ):
            subprocess.run(
                [sys.executable, "-m", *command],
                cwd=self.root,
                env=self.environment,
                capture_output=True,
                check=True,
            )
        return time.monotonic() - started


def turn(project: Project, page: Page, number: int) -> list[float]:
    """Save a sentence and wait for it; return the seconds of each part."""
    word = "".join(chr(ord("a") + int(digit)) for digit in f"{number:03d}")
    words = f"Essai {word} de la page vivante."
    saved = project.save(words)
    page.wait_for_function("words => document.body?.textContent.includes(words)", arg=words)
    shown = time.time()
    marks = [saved, *project.instants(), shown]
    return [after - before for before, after in pairwise(marks)]


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=int, default=10)
    parser.add_argument("--references", type=int, default=3)
    parser.add_argument("--chapter", default="03-financement", help="the one that changes")
    asked = parser.parse_args()
    found: list[list[float]] = []
    by_hand: list[float] = []
    with tempfile.TemporaryDirectory() as work, sync_playwright() as playwright:
        project = Project(Path(work), asked.chapter)
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        process = project.watch()
        try:
            assert process.stderr
            address = next(word for word in process.stderr.readline().split() if "://" in word)
            process.stderr.readline()  # the first build is there
            page = browser.new_page()
            page.goto(address)
            for number in range(asked.turns + 1):  # the first one only fills the caches
                seconds = turn(project, page, number)
                process.stderr.readline()  # it is done, the shelf included
                time.sleep(REST)
                if number:
                    found.append(seconds)
                if number and number * asked.references // asked.turns > len(by_hand):
                    by_hand.append(project.by_hand())
        finally:
            process.kill()
            process.wait()
            browser.close()
    print("| | médiane s | min s |\n|---|---|---|")
    for name, values in zip(PARTS, zip(*found, strict=True), strict=True):
        print(f"| {name} | {statistics.median(values):.2f} | {min(values):.2f} |")
    wholes = [sum(parts) for parts in found]
    for name, values in (("en tout", wholes), ("papermill et nbconvert", by_hand)):
        if values:
            print(f"| {name} | {statistics.median(values):.2f} | {min(values):.2f} |")
    if by_hand:
        middle = statistics.median(by_hand) / statistics.median(wholes)
        print(f"| rapport | {middle:.1f} | {min(by_hand) / min(wholes):.1f} |")


if __name__ == "__main__":
    main()
