"""A report with its PDF, without it, and what is said of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from coopreport.doctor.packages import PANGO as PROGRAM
from coopreport.pipeline.publish import read_manifest
from tests.builds import assert_whole, latest, small_project

PANGO = "libpango-1.0.so.0"
INSTALL = PROGRAM.command()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of one short chapter."""
    return small_project(tmp_path_factory.mktemp("pdf"))


def report(project: Path, *arguments: str, libraries: Path | None = None) -> str:
    """Make the report, with these libraries before the system's; return what it said."""
    surroundings = {**os.environ, "PYTHONPATH": str(project), "COOPREPORT_PDF": ""}
    if libraries:
        surroundings["LD_LIBRARY_PATH"] = str(libraries)
    done = subprocess.run(
        [sys.executable, "-m", "coopreport", "report", *arguments],
        cwd=project,
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def links_to_pdf(project: Path) -> bool:
    page = (latest(project) / "rapport.html").read_text(encoding="utf-8")
    return 'href="rapport.pdf"' in page


@pytest.fixture
def unreadable(tmp_path: Path) -> Path:
    """A folder of libraries where Pango cannot be opened, as when it is not installed."""
    (tmp_path / PANGO).write_bytes(b"")
    return tmp_path


def test_without_pango_the_report_is_made_and_the_command_that_adds_the_pdf_is_said(
    project: Path, unreadable: Path
) -> None:
    told = report(project, libraries=unreadable)
    assert f"il manque {PANGO}" in told and INSTALL in told
    assert not (latest(project) / "rapport.pdf").exists()
    assert not links_to_pdf(project)
    assert (latest(project) / "tableaux.xlsx").exists()
    assert_whole(latest(project))
    again = report(project, libraries=unreadable)
    assert INSTALL in again and "Rien n’a changé" in again


def test_when_pango_comes_a_plain_report_adds_the_pdf(project: Path, unreadable: Path) -> None:
    report(project, libraries=unreadable)
    before = latest(project).name
    told = report(project)
    assert INSTALL not in told
    assert (latest(project) / "rapport.pdf").read_bytes().startswith(b"%PDF")
    assert latest(project).name == before, "the same inputs have the same name"
    assert links_to_pdf(project)
    assert_whole(latest(project))
    assert read_manifest(latest(project))["pdf"]["weasyprint"]
    assert "Rien n’a changé" in report(project)


def test_a_report_without_its_pdf_can_be_asked_for(project: Path) -> None:
    (project / "data" / "note.txt").write_text("autre", encoding="utf-8")
    told = report(project, "--pdf=non")
    assert "PDF" not in told
    assert not (latest(project) / "rapport.pdf").exists()
    assert read_manifest(latest(project))["pdf"] is None
    report(project)
    assert (latest(project) / "rapport.pdf").exists()
    assert "Rien n’a changé" in report(project, "--pdf=non"), "what is there is kept"


def test_a_press_that_fails_costs_the_report_its_pdf_alone(project: Path) -> None:
    (project / "data" / "note.txt").write_text("encore", encoding="utf-8")
    broken = project / "weasyprint.py"  # found before the library
    broken.write_text("raise RuntimeError('panne')", encoding="utf-8")
    told = report(project)
    assert "Le PDF n’a pas pu être imprimé (RuntimeError: panne)" in told and "PDF=non" in told
    assert not (latest(project) / "rapport.pdf").exists()
    assert not links_to_pdf(project)
    assert_whole(latest(project))
    broken.unlink()
    report(project)
    assert (latest(project) / "rapport.pdf").exists()


def test_nothing_is_left_of_the_press(project: Path) -> None:
    assert not list((project / "build").glob(".work-*"))
