"""A chapter that does not run to its end stops the build with code 4, and says where and why.

Each test runs a real kernel, a real process forked from a warm one, or both.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest

from coopreport.errors import ChapterFailed
from coopreport.pipeline.limits import Limits
from tests.builds import TABLE
from tests.chapters import write_chapter
from tests.conftest import Command
from tests.engines import ENGINES, failure, run, running_in


def test_a_good_chapter_is_published(project: Path, coopreport: Command) -> None:
    write_chapter(
        project, '## Montant\n\nOn demande {eval}`indicator["financement.annonce"]`.', TABLE
    )
    done = coopreport("report")
    assert done.returncode == 0, done.stderr
    page = (project / "build" / "2023-2024" / "latest" / "rapport.html").read_text(encoding="utf-8")
    assert "8,8\u00a0M$" in page
    assert (project / "build" / "2023-2024" / "latest" / "notebooks" / "01-essai.ipynb").exists()


def test_a_failure_exits_with_code_4_and_no_trace(project: Path, coopreport: Command) -> None:
    write_chapter(project, "1 / 0")
    done = coopreport("report")
    assert done.returncode == ChapterFailed.exit_code == 4
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("1 / 0", "ZeroDivisionError : division by zero"),
        ("f(", "SyntaxError"),
        ("raise BaseException('fin')", "BaseException : fin"),
        ("import sys\n\nsys.exit(0)", "s’arrête avant sa fin"),
        ("import sys\n\nsys.exit('fin')", "s’arrête avant sa fin"),
        ("import os\n\nos._exit(0)", "le noyau s’est arrêté"),
        ("import os\n\nos.kill(os.getpid(), 9)", "le noyau s’est arrêté"),
        ("print('x' * 6_000_000)", "ses sorties dépassent 5"),
        ("input('Nom?')", "StdinNotImplementedError"),
        ("import getpass\n\ngetpass.getpass()", "StdinNotImplementedError"),
        ("%magie", "magie"),
        ("class Bad:\n    def _repr_html_(self):\n        return 1 / 0\n\n\nBad()", "division"),
        ("open('../data/cpi.csv')", "ReadOutsideTables"),
        ('## Sous-titre\n\n{eval}`indicator["financement.anonce"]`', "financement.annonce"),
        ("## Sous-titre\n\n{eval}`1 + 1`", "n’est pas un indicateur"),
        ("## Sous-titre\n\n{eval}`1 / 0`", "division by zero"),
        ("report.frame('financement.calendier')", "financement.calendrier"),
        ("report.labels('recommendations', 'amount_bases')", "amount_basis"),
    ],
)
def test_a_failure_names_the_notebook_the_cell_and_its_heading_whatever_the_engine(
    project: Path, cell: str, words: str
) -> None:
    write_chapter(project, "# Avant\n\n## Le titre au-dessus", cell, "1")
    kernel, warm = (failure(project, engine) for engine in ENGINES)
    assert "01-essai.ipynb, cellule 5" in kernel
    assert "Remède" in kernel
    assert words in kernel
    if not cell.startswith("#"):
        assert "Le titre au-dessus" in kernel
    assert warm == kernel


@pytest.mark.parametrize("engine", ENGINES)
def test_leaving_a_chapter_is_no_way_to_end_it(project: Path, engine: str) -> None:
    write_chapter(project, "exit()", "import time\n\ntime.sleep(2)")
    assert "le noyau s’est arrêté" in failure(project, engine)


def test_the_report_published_before_is_untouched_by_a_failure(
    project: Path, coopreport: Command
) -> None:
    write_chapter(project, TABLE)
    assert coopreport("report").returncode == 0
    shelf = project / "build" / "2023-2024"
    before = {path: path.read_bytes() for path in shelf.rglob("*") if path.is_file()}
    write_chapter(project, "1 / 0")
    assert coopreport("report").returncode == 4
    assert {path: path.read_bytes() for path in shelf.rglob("*") if path.is_file()} == before
    assert not list((project / "build").glob(".work-*"))


@pytest.mark.parametrize("engine", ENGINES)
def test_an_endless_cell_stops_at_its_limit_and_its_process_is_gone(
    project: Path, engine: str
) -> None:
    write_chapter(project, "while True:\n    pass")
    started = time.monotonic()
    said = failure(project, engine, Limits(cell_seconds=3))
    assert "dépasse la limite (3 s par cellule" in said
    assert "« while True: pass »" in said
    assert time.monotonic() - started < 30
    assert not running_in(project)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_whole_build_has_a_limit_too(project: Path, engine: str) -> None:
    write_chapter(project, *["import time\n\ntime.sleep(3)"] * 4)
    assert "5 s en tout" in failure(project, engine, Limits(build_seconds=5))


def test_a_chapter_of_its_own_needs_no_list_but_the_cycle(
    project: Path, coopreport: Command
) -> None:
    write_chapter(project, TABLE, name="06-nouveau")
    done = coopreport("report")
    assert done.returncode == 0, done.stderr
    assert "chapitre « Essai »" in done.stderr


@pytest.mark.parametrize("engine", ENGINES)
def test_outputs_saved_in_a_notebook_are_never_published(project: Path, engine: str) -> None:
    path = write_chapter(project, TABLE)
    text = path.read_text(encoding="utf-8")
    stale = '{"output_type": "stream", "name": "stdout", "text": "PÉRIMÉ"}'
    path.write_text(text.replace('"outputs": []', f'"outputs": [{stale}]'), encoding="utf-8")
    (executed,) = run(project, engine)
    assert "PÉRIMÉ" not in str(executed.notebook)


def unsteady_kernel(folder: Path, good_starts: str) -> None:
    """Write a kernel that dies at each start but those of the given numbers."""
    kernel = folder / "kernels" / "python3"
    kernel.mkdir(parents=True)
    program = f"""
import os, pathlib, runpy, sys
starts = pathlib.Path({str(folder)!r}, "starts")
number = len(starts.read_text()) if starts.exists() else 0
starts.write_text("x" * (number + 1))
if str(number) not in {good_starts!r}:
    os._exit(1)
runpy.run_module("ipykernel_launcher", run_name="__main__")
"""
    argv = [sys.executable, "-c", program, "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Python 3", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")


def test_a_kernel_that_does_not_start_is_started_once_more(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsteady_kernel(tmp_path / "jupyter", good_starts="1")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    write_chapter(project, "print('fin')")
    (executed,) = run(project, "noyaux")
    assert "fin" in str(executed.notebook)
    assert (tmp_path / "jupyter" / "starts").read_text() == "xx"


def test_a_kernel_that_never_starts_is_said_with_a_remedy(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsteady_kernel(tmp_path / "jupyter", good_starts="")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    write_chapter(project, "print('fin')")
    message = failure(project, "noyaux")
    assert "01-essai.ipynb : son noyau ne démarre pas" in message.replace("\u00a0", " ")
    assert "Remède" in message
