"""What the tests of builds look at: the published build, the processes, a small project."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from coopreport.pipeline.publish import is_intact, read_manifest
from tests.chapters import CYCLE, write_chapter
from tests.conftest import ROOT, SOURCES
from tests.releases import done
from tests.shared import copy, made_once

TABLE = """
report.table(
    "financement.recommandations",
    "Les demandes",
    [Column("ask_id", "Rec.", "header"), Column("annual_amount", "Montant", "number", "CAD")],
)
"""
CHART = """
report.chart(
    "financement.essai",
    "Un graphique",
    alt="{sentence} Les demandes du cycle, une barre chacune, dans l’ordre du mémoire.",
    spec={{
        "data": {{"values": [{{"a": 1, "b": 2}}]}},
        "mark": "bar",
        "encoding": {{"x": {{"field": "a"}}, "y": {{"field": "b"}}}},
    }},
    table=report.table(
        "financement.recommandations",
        "Données",
        [Column("ask_id", "Rec.", "header")],
        name="financement.essai_donnees",
    ),
)
"""


def small_project(folder: Path) -> Path:
    """Make a copy of the project with one short chapter, in a folder with a space and an accent."""
    project = folder / "mémoire prébudgétaire"
    project.mkdir(parents=True)
    for name in SOURCES:
        ignored = shutil.ignore_patterns("__pycache__", "[0-9]*.ipynb", "fiche-*.ipynb")
        shutil.copytree(ROOT / name, project / name, ignore=ignored)
    write_sentence(project, "Une phrase.")
    return project


def small_build(factory: pytest.TempPathFactory, folder: Path) -> Path:
    """Copy to a folder the small project with its report, which is made once for all tests."""
    made = made_once(
        factory, "court", lambda base: done(small_project(base), "report", "--pdf=non")
    )
    (project,) = made.iterdir()
    return copy(project, folder / project.name)


def write_sentence(project: Path, sentence: str) -> None:
    """Write the one chapter of a small project with this sentence."""
    write_chapter(project, f"## Texte\n\n{sentence}", TABLE, CHART.format(sentence=sentence))


def latest(project: Path) -> Path:
    """Return the published build of a project, by its real folder."""
    return (project / "build" / CYCLE / "latest").resolve()


def assert_whole(build: Path) -> None:
    """Fail unless a build has all the files of its manifest, and no other, byte for byte."""
    manifest = read_manifest(build)
    assert manifest, build
    assert is_intact(build, manifest["inputs"])


def leftovers(project: Path) -> list[Path]:
    """Return the work folders that lie in build/."""
    return list((project / "build").glob(".work-*"))


def start(project: Path, *arguments: str, module: str = "coopreport") -> subprocess.Popen[str]:
    """Start the command in a project, without waiting for it."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": f"{project}{os.pathsep}{ROOT}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def processes_in(folder: Path) -> list[psutil.Process]:
    """Return the processes that work in a folder or below: kernels, the warm one, its children."""
    found = []
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()).is_relative_to(folder) and process.status() != "zombie":
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def assert_nobody_in(folder: Path, seconds: float = 10) -> None:
    """Fail when a process still works in a folder after some seconds."""
    deadline = time.monotonic() + seconds
    while (left := processes_in(folder)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not left, [process.cmdline() for process in left]


def wait_for(path: Path, seconds: float = 60) -> None:
    """Wait until a file is there; fail when it does not come."""
    deadline = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} did not come"
        time.sleep(0.05)


def indicators(build: Path) -> dict[str, str]:
    """Return the exact value of each indicator of a build, by name."""
    ledger = json.loads((build / "indicateurs.json").read_text(encoding="utf-8"))
    return {item["id"]: item["value"] for item in ledger["indicators"]}
