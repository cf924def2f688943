"""What is run again, and why: each kind of change makes stale the chapters that it touches."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat
import pytest

from tests.builds import assert_whole, latest, start
from tests.chapters import CYCLE, plan_of
from tests.conftest import copy_sources, runner
from tests.shared import copy

ALL = {
    "01-sommaire",
    "02-portrait",
    "03-financement",
    "04-survie",
    "05-suivi-des-demandes",
    "06-feuille-de-route",
    "07-verification",
    "08-methode",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the whole project, with its report made once."""
    project = copy_sources(tmp_path_factory.mktemp("projet") / "rapport")
    done = runner(project)("report", "--engine=souche")
    assert done.returncode == 0, done.stderr
    return project


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    """A copy of it to change."""
    return copy(made, tmp_path / "rapport")


def stale(project: Path) -> set[str]:
    """Return the chapters that would run."""
    return {chapter.name for chapter in plan_of(project).stale}


def replace(path: Path, old: str, new: str) -> None:
    """Change a text in a file that has it."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_nothing_changed_runs_nothing_and_makes_nothing(project: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in latest(project).rglob("*")}
    done = runner(project)("report")
    assert done.returncode == 0
    assert "Rien n’a changé" in done.stderr
    assert {path: path.stat().st_mtime_ns for path in latest(project).rglob("*")} == before


def test_its_code_makes_a_chapter_stale(project: Path) -> None:
    path = project / "notebooks" / "02-portrait.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].source += "\n# autre"
    nbformat.write(notebook, path)
    assert stale(project) == {"02-portrait"}


def test_a_table_makes_stale_the_chapters_that_read_it(project: Path) -> None:
    with (project / "data" / "claims.csv").open("ab") as file:
        file.write(b"\n")
    assert stale(project) == {"07-verification", "08-methode"}


def test_a_parameter_makes_stale_the_chapters_that_asked_for_it(project: Path) -> None:
    replace(project / "data" / "cycles" / f"{CYCLE}.yaml", "first_year: 1999", "first_year: 2001")
    assert stale(project) == {"02-portrait"}


def test_a_date_that_chapters_share_makes_them_all_stale(project: Path) -> None:
    replace(project / "data" / "cycles" / f"{CYCLE}.yaml", "2023-01-31", "2023-01-30")
    assert stale(project) == {
        "01-sommaire",
        "02-portrait",
        "03-financement",
        "05-suivi-des-demandes",
        "07-verification",
        "08-methode",
    }


def test_code_that_chapters_import_makes_them_stale(project: Path) -> None:
    replace(project / "coopreport" / "analysis" / "funding.py", '"""', '"""\\\n')
    assert stale(project) == ALL


def test_code_of_the_page_alone_runs_no_chapter_and_makes_a_new_page(project: Path) -> None:
    style = project / "coopreport" / "templates" / "brief" / "style.css"
    style.write_text(style.read_text(encoding="utf-8") + "/* neuf */\n", encoding="utf-8")
    before = latest(project)
    assert stale(project) == set()
    done = runner(project)("report")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("(inchangé)") == len(ALL)
    assert latest(project) != before
    assert "/* neuf */" in (latest(project) / "rapport.html").read_text(encoding="utf-8")


def test_the_lock_of_the_environment_makes_all_stale(project: Path) -> None:
    with (project / "requirements" / "report.lock").open("a") as file:
        file.write("# neuf\n")
    assert stale(project) == ALL


def test_what_no_build_reads_makes_nothing_stale(project: Path) -> None:
    (project / "data" / "README.md").write_text("Autre texte.\n")
    (project / "data" / "cycles" / "2031-2032.yaml").write_text("brouillon\n")
    plan = plan_of(project)
    assert (plan.stale, plan.changes) == ((), ())


def test_a_change_taken_back_is_found_done(project: Path) -> None:
    path = project / "data" / "portrait.csv"
    before, build = path.read_bytes(), latest(project)
    path.write_bytes(before + b"\n")
    assert stale(project)
    path.write_bytes(before)
    assert stale(project) == set()
    assert runner(project)("report").returncode == 0
    assert latest(project) == build


def test_without_its_cache_the_report_has_the_same_bytes(project: Path) -> None:
    build = latest(project)
    before = {path.name: path.read_bytes() for path in build.rglob("*") if path.is_file()}
    shutil.rmtree(project / "build")
    done = runner(project)("report", "--engine=souche")
    assert done.returncode == 0, done.stderr
    assert latest(project).name == build.name
    after = {path.name: path.read_bytes() for path in latest(project).rglob("*") if path.is_file()}
    assert after == before


def test_a_page_made_from_kept_chapters_has_the_same_bytes(project: Path) -> None:
    before = {path.name: path.read_bytes() for path in latest(project).rglob("*") if path.is_file()}
    shutil.rmtree(project / "build" / CYCLE)
    done = runner(project)("report")
    assert done.stderr.count("(inchangé)") == len(ALL)
    after = {path.name: path.read_bytes() for path in latest(project).rglob("*") if path.is_file()}
    assert after == before


def test_a_damaged_entry_of_the_cache_is_noticed_and_redone(project: Path) -> None:
    (entry,) = (project / "build" / ".cache" / CYCLE).glob("03-financement.*.json")
    damaged = bytearray(entry.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    entry.write_bytes(damaged)
    assert stale(project) == {"03-financement"}
    shutil.rmtree(project / "build" / CYCLE)
    done = runner(project)("report", "--engine=souche")
    assert done.stderr.count("(inchangé)") == len(ALL) - 1
    assert_whole(latest(project))


def test_a_published_file_changed_by_hand_is_made_again(project: Path) -> None:
    page = latest(project) / "rapport.html"
    genuine = page.read_bytes()
    page.write_bytes(genuine.replace(b"8,8", b"9,9"))
    done = runner(project)("report")
    assert done.returncode == 0, done.stderr
    assert (latest(project) / "rapport.html").read_bytes() == genuine


def test_a_table_changed_while_the_chapters_run_publishes_nothing(project: Path) -> None:
    path = project / "notebooks" / "08-methode.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("import time\n\ntime.sleep(6)"))
    nbformat.write(notebook, path)
    before = latest(project)
    build = start(project, "report", "--engine=souche")
    lines = iter(build.stderr or ())
    assert any("Méthode" not in line and "inchangé" in line for line in lines)
    with (project / "data" / "claims.csv").open("ab") as file:
        file.write(b"\n")
    told = "".join(lines)
    assert build.wait(60) == 5, told
    assert "Modifié pendant la production\u00a0: data/claims.csv" in told
    assert latest(project) == before


def test_why_names_each_kind_of_change(project: Path) -> None:
    replace(project / "data" / "cycles" / f"{CYCLE}.yaml", "first_year: 1999", "first_year: 2001")
    replace(project / "coopreport" / "analysis" / "funding.py", '"""', '"""\\\n')
    with (project / "data" / "claims.csv").open("ab") as file:
        file.write(b"\n")
    told = runner(project)("why").stdout
    assert re.search(r"paramètre +portrait\.first_year.: 1999 → 2001", told)
    assert re.search(r"table +data/claims\.csv.: modifié", told)
    assert re.search(r"code +coopreport/analysis/funding\.py.: modifié", told)
    assert told.count("à exécuter") == len(ALL)


def test_why_says_that_nothing_changed(project: Path) -> None:
    told = runner(project)("why").stdout
    assert told.count("à jour") == len(ALL) + 1


def test_a_build_before_any_other_is_said_to_be_the_first(tmp_path: Path, made: Path) -> None:
    fresh = tmp_path / "neuf"
    ignored = shutil.ignore_patterns("build")
    shutil.copytree(made, fresh, symlinks=True, ignore=ignored)
    told = runner(fresh)("why").stdout
    assert "aucune production encore" in told
    assert told.count("jamais exécuté") == len(ALL)
