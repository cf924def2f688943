"""A chapter that does not run to its end stops the build with code 4, and says where and why.

Each test runs a real kernel.
"""

from __future__ import annotations

import time
from pathlib import Path

import psutil
import pytest

from tests.chapters import write_chapter
from tests.conftest import Command

TABLE = """
report.table(
    "financement.recommandations",
    "Les demandes",
    [Column("ask_id", "Rec.", "header"), Column("annual_amount", "Montant", "number", "CAD")],
)
"""


def kernels_of(project: Path) -> list[psutil.Process]:
    """Return the kernels that work in a project's notebooks."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        command = " ".join(process.info["cmdline"] or [])
        try:
            if "ipykernel" in command and Path(process.cwd()) == project / "notebooks":
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def test_a_good_chapter_is_published(project: Path, coopreport: Command) -> None:
    write_chapter(
        project, '## Montant\n\nOn demande {eval}`indicator["financement.annonce"]`.', TABLE
    )
    done = coopreport("report")
    assert done.returncode == 0, done.stderr
    page = (project / "build" / "2023-2024" / "latest" / "rapport.html").read_text(encoding="utf-8")
    assert "8,8\u00a0M$" in page
    assert (project / "build" / "2023-2024" / "latest" / "notebooks" / "01-essai.ipynb").exists()


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("1 / 0", "ZeroDivisionError : division by zero"),
        ("import sys\n\nsys.exit(0)", "s’arrête avant sa fin"),
        ("import os\n\nos._exit(0)", "le noyau s’est arrêté"),
        ("print('x' * 6_000_000)", "ses sorties dépassent 5"),
        ('## Sous-titre\n\n{eval}`indicator["financement.anonce"]`', "financement.annonce"),
        ("## Sous-titre\n\n{eval}`1 + 1`", "n’est pas un indicateur"),
        ("report.frame('financement.calendier')", "financement.calendrier"),
        ("report.labels('recommendations', 'amount_bases')", "amount_basis"),
    ],
)
def test_a_failure_names_the_notebook_the_cell_and_its_heading(
    project: Path, coopreport: Command, cell: str, words: str
) -> None:
    write_chapter(project, "# Avant\n\n## Le titre au-dessus", cell, "1")
    done = coopreport("report")
    assert done.returncode == 4, done.stderr
    assert "01-essai.ipynb, cellule 5" in done.stderr
    assert "Remède" in done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    if not cell.startswith("#"):
        assert "Le titre au-dessus" in done.stderr


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


def test_an_endless_cell_stops_at_its_limit_and_its_kernel_is_gone(
    project: Path, coopreport: Command
) -> None:
    write_chapter(project, "while True:\n    pass")
    started = time.monotonic()
    done = coopreport("report", "--cell-limit", "3")
    assert done.returncode == 4
    assert "dépasse la limite (3 s par cellule" in done.stderr
    assert time.monotonic() - started < 30
    assert not kernels_of(project)


def test_the_whole_build_has_a_limit_too(project: Path, coopreport: Command) -> None:
    write_chapter(project, *["import time\n\ntime.sleep(3)"] * 4)
    done = coopreport("report", "--build-limit", "5")
    assert done.returncode == 4
    assert "5 s en tout" in done.stderr


def test_a_chapter_of_its_own_needs_no_list_but_the_cycle(
    project: Path, coopreport: Command
) -> None:
    write_chapter(project, TABLE, name="06-nouveau")
    done = coopreport("report")
    assert done.returncode == 0, done.stderr
    assert "chapitre « Essai »" in done.stderr


def test_outputs_saved_in_a_notebook_are_never_published(
    project: Path, coopreport: Command
) -> None:
    path = write_chapter(project, TABLE)
    text = path.read_text(encoding="utf-8")
    stale = '{"output_type": "stream", "name": "stdout", "text": "PÉRIMÉ"}'
    path.write_text(text.replace('"outputs": []', f'"outputs": [{stale}]'), encoding="utf-8")
    assert coopreport("report").returncode == 0
    latest = project / "build" / "2023-2024" / "latest"
    assert not [p for p in latest.rglob("*") if p.is_file() and "PÉRIMÉ" in p.read_text("utf-8")]
