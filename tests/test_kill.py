"""A build that is killed, interrupted or starved leaves the last one, and nothing to clean.

Each stage is killed before and after it (SIGKILL). Then: the published build is whole, a release
is untouched, no process is left, and a plain `make report` works.
"""

from __future__ import annotations

import os
import shutil
import signal
import time
from contextlib import suppress
from itertools import count
from pathlib import Path

import psutil
import pytest

from tests.builds import (
    assert_nobody_in,
    assert_whole,
    latest,
    leftovers,
    processes_in,
    small_build,
    start,
    write_sentence,
)
from tests.chapters import CYCLE, write_chapter
from tests.conftest import runner

PIPELINE = "coopreport.pipeline"
STAGES = {
    "verrou": f"{PIPELINE}.build:hold",
    "dossier de travail": f"{PIPELINE}.work:tempfile.mkdtemp",
    "vérification des tables": f"{PIPELINE}.produce:check_package",
    "exécution": f"{PIPELINE}.produce:run_chapters",
    "réserve": "coopreport.kept:os.replace",
    "dessin": f"{PIPELINE}.drawings:to_svg",
    "assemblage": f"{PIPELINE}.handouts:assemble",
    "rendu": f"{PIPELINE}.handouts:render",
    "impression": "coopreport.paper.printing:Press.finish",
    "tableaux": f"{PIPELINE}.handouts:write_tables",
    "manifeste": f"{PIPELINE}.compose:write_manifest",
    "mise sur le disque": f"{PIPELINE}.publish:flush",
    "publication": f"{PIPELINE}.produce:publish",
    "dernière production": f"{PIPELINE}.publish:point_latest",
    "ménage": f"{PIPELINE}.work:remove",
}
SENTENCE = count(1)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project with a published build, and a folder that stands for a release."""
    project = small_build(tmp_path_factory, tmp_path_factory.mktemp("projet"))
    release = project / "build" / CYCLE / "v1"
    shutil.copytree(latest(project), release)
    for path in release.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    return project


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("stage", STAGES)
def test_a_build_killed_at_a_stage_leaves_the_last_one(
    published: Path, stage: str, when: str
) -> None:
    before = latest(published)
    sentence = f"Phrase numéro {next(SENTENCE)} de {os.getpid()}."
    write_sentence(published, sentence)
    with (published / "data" / "claims.csv").open("ab") as table:
        table.write(b"\n")  # so that the tables are checked again
    pdf = "--pdf=oui" if stage == "impression" else "--pdf=non"
    killed = start(
        published, when, STAGES[stage], "report", "--engine=souche", pdf, module="tests.killed"
    )
    assert killed.wait(120) == -signal.SIGKILL, killed.communicate()
    assert_nobody_in(published)
    assert_whole(before)
    assert_whole(latest(published))
    assert_whole(published / "build" / CYCLE / "v1")
    done = runner(published)("report", "--engine=souche")
    assert done.returncode == 0, done.stderr
    assert sentence in (latest(published) / "rapport.html").read_text(encoding="utf-8")
    assert_whole(latest(published))
    assert not leftovers(published)


@pytest.fixture
def endless(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project whose chapter never ends, once published before that."""
    project = small_build(tmp_path_factory, tmp_path)
    write_chapter(project, "while True:\n    pass")
    return project


def wait_for_a_chapter(project: Path) -> psutil.Process:
    """Return the process of a chapter, once it works hard: a kernel, or the warm one's child."""
    notebooks = project / "notebooks"
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        there = {process.pid: process for process in processes_in(notebooks)}
        for process in there.values():
            with suppress(psutil.Error):
                is_chapter = process.ppid() in there or "ipykernel" in " ".join(process.cmdline())
                if is_chapter and process.cpu_times().user > 1 and process.cpu_percent(0.3) > 20:
                    return process
    raise AssertionError("no chapter runs")


@pytest.mark.parametrize("engine", ["souche", "noyaux"])
@pytest.mark.parametrize(
    ("blow", "code"),
    [(signal.SIGKILL, -9), (signal.SIGINT, 130), (signal.SIGTERM, 130)],
)
def test_a_build_stopped_in_a_chapter_leaves_no_process(
    endless: Path, engine: str, blow: signal.Signals, code: int
) -> None:
    before = latest(endless)
    build = start(endless, "report", f"--engine={engine}")
    wait_for_a_chapter(endless)
    build.send_signal(blow)
    assert build.wait(30) == code, build.communicate()
    assert_nobody_in(endless)
    assert latest(endless) == before
    assert_whole(before)
    write_sentence(endless, "Une autre phrase.")
    done = runner(endless)("report", "--engine=souche")
    assert done.returncode == 0, done.stderr
    assert not leftovers(endless)


@pytest.mark.parametrize("engine", ["souche", "noyaux"])
def test_a_killed_chapter_is_told_and_the_last_build_stays(endless: Path, engine: str) -> None:
    before = latest(endless)
    build = start(endless, "report", f"--engine={engine}")
    wait_for_a_chapter(endless).kill()
    _, told = build.communicate(timeout=60)
    assert build.returncode == 4, told
    assert "le noyau s’est arrêté" in told
    assert latest(endless) == before
    assert_nobody_in(endless)
