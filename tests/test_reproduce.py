"""Making again: two productions compared, a release from its own copy alone, and what differs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import nbformat
import pytest

from coopreport.project import Project
from coopreport.release.bundle import bundle_path
from coopreport.release.differences import first_difference, likely_cause
from coopreport.release.environment import missing_versions
from tests.chapters import CYCLE
from tests.releases import copied, done, edit, new_repository, run, shelf

NBSP = "\u00a0"


@pytest.fixture
def short(tmp_path: Path) -> Path:
    """A project whose cycle has one short chapter."""
    project = new_repository(tmp_path / "court")
    path = project / "data" / "cycles" / f"{CYCLE}.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("chapters:")] + "chapters:\n  08-methode: {}\n", "utf-8")
    return project


def add_cell(project: Path, source: str) -> None:
    """Add a code cell at the end of the short chapter."""
    path = project / "notebooks" / "08-methode.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(source, id="essai"))
    nbformat.write(notebook, path)


def test_two_productions_under_different_surroundings_have_the_same_bytes(short: Path) -> None:
    text = done(short, "reproduce")
    assert "octet pour octet les mêmes" in text
    assert "Etc/GMT+12" in text and "Pacific/Kiritimati" in text
    assert not (short / "build").exists()


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("import uuid; print('essai', uuid.uuid4())", "un identifiant tiré au hasard"),
        ("import datetime; print(datetime.datetime.now())", "une heure de l’horloge"),
        ("import os; print(os.getcwd())", "un chemin absolu"),
        ("import os; print('par', os.environ['USER'])", "le nom de l’utilisateur"),
        ("print(object())", "une adresse en mémoire"),
    ],
)
def test_what_depends_on_the_machine_is_told_with_its_place_and_cause(
    short: Path, source: str, cause: str
) -> None:
    add_cell(short, source)
    result = run(short, "reproduce")
    assert result.returncode == 7, result.stderr
    assert "notebooks/08-methode.ipynb, $.cells[" in result.stderr
    assert f"Cause probable{NBSP}: {cause}" in result.stderr


def test_a_production_that_fails_says_why(short: Path) -> None:
    add_cell(short, "1 / 0")
    result = run(short, "reproduce")
    assert result.returncode == 4
    assert "ZeroDivisionError" in result.stderr


def test_a_release_is_made_again_after_the_project_changed(released: Path, tmp_path: Path) -> None:
    project = copied(released, tmp_path / "copie").root
    shutil.rmtree(project / "notebooks")
    edit(project, "coopreport/catalogue/portrait.py", "def ", "def autre_")
    edit(project, "data/gdp.csv", "504455000000", "1")
    assert f"de v2{NBSP}: octet pour octet les mêmes" in done(project, "reproduce", "--version=v2")


def test_a_release_is_made_again_from_its_bundle_alone(released: Path, tmp_path: Path) -> None:
    done(released, "bundle", "--version=v1")
    project = tmp_path / "ailleurs"
    (project / "data").mkdir(parents=True)
    shutil.copyfile(released / "data" / "datapackage.json", project / "data" / "datapackage.json")
    shelf(project).mkdir(parents=True)
    shutil.copy(bundle_path(Project(released), CYCLE, "v1"), shelf(project))
    text = run(project, "reproduce", "--version=v1", environment={"PYTHONPATH": str(released)})
    assert text.returncode == 0, text.stderr
    assert f"de v1{NBSP}: octet pour octet les mêmes" in text.stderr


def test_a_damaged_release_is_not_made_again(released: Path, tmp_path: Path) -> None:
    project = copied(released, tmp_path / "copie", writable=True).root
    edit(shelf(project), "v1/rapport.html", "8,8", "9,9")
    result = run(project, "reproduce", "--version=v1")
    assert result.returncode == 7
    assert "v1/rapport.html" in result.stderr


def test_other_libraries_are_asked_for_by_one_command(released: Path, tmp_path: Path) -> None:
    project = copied(released, tmp_path / "copie", writable=True).root
    folder = shelf(project) / "v1"
    edit(folder, "intrants/requirements/report.lock", "pandas==", "pandas==99.")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    from coopreport.pipeline.inputs import sha256_of

    sha256 = sha256_of(folder / "intrants" / "requirements" / "report.lock")
    manifest["outputs"]["intrants/requirements/report.lock"] = sha256
    manifest["inputs"]["requirements/report.lock"] = sha256
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    result = run(project, "reproduce", "--version=v1")
    assert result.returncode == 2, result.stderr
    assert "pandas==99." in result.stderr
    lock = f"build/{CYCLE}/v1/intrants/requirements/report.lock"
    assert f"pip install --require-hashes -r {lock}" in result.stderr


def test_a_lock_is_held_against_what_is_installed() -> None:
    lock = (
        "numpy==0.0.1 \\\n    --hash=sha256:00\n"
        "nothing-of-the-kind==1.0 \\\n    --hash=sha256:00\n"
        "colorama==0.0.1 ; sys_platform == 'win32' \\\n    --hash=sha256:00\n"
    )
    assert missing_versions(lock) == ["numpy==0.0.1", "nothing-of-the-kind==1.0"]


@pytest.mark.parametrize(
    ("name", "left", "right", "place"),
    [
        ("a.html", "un\ndeux\n", "un\ndeuX\n", "ligne 2, colonne 4"),
        ("a.html", "un\n", "un\nde plus", "ligne 2, colonne 1"),
        ("a.json", '{"a": [1, {"b": "x"}]}', '{"a": [1, {"b": "y"}]}', "$.a[1].b"),
        ("a.json", '{"a": 1}', '{"a":  1}', "ligne 1, colonne 7"),
        ("a.ipynb", '{"cells": [1]}', '{"cells": [1, 2]}', "$.cells[1]"),
    ],
)
def test_the_first_difference_is_placed(name: str, left: str, right: str, place: str) -> None:
    assert first_difference(name, left.encode(), right.encode(), {}).place == place


def test_a_difference_of_bytes_that_are_no_text_is_placed_by_its_byte() -> None:
    assert first_difference("a.ttf", b"\xff\x00\x01", b"\xff\x00\x02", {}).place == "octet 3"


@pytest.mark.parametrize(
    ("left", "right", "cause"),
    [
        ("fait à 10:02:03", "fait à 10:02:04", "une heure de l’horloge"),
        ("le 2026-11-03", "le 2026-11-04", "une date de l’horloge"),
        ("<a object at 0x7f30c2a1>", "<a object at 0x7f31d2b1>", "une adresse en mémoire"),
        ("id-3f9c2a71d0", "id-88aa0b1c2d", "un identifiant tiré au hasard"),
        ("{'a', 'b', 'c'}", "{'b', 'c', 'a'}", "un ordre qui n’est pas fixe"),
        ("0.30000000000000004", "0.3", "un calcul en virgule flottante"),
        ("0.25", "0.75", "un calcul qui dépend du hasard"),
        ('<text x="10.5">Total</text>', '<text x="11.25">Total</text>', "les polices"),
        ("ligne\r", "ligne", "les fins de ligne"),
        ("un texte", "une phrase", "inconnue"),
    ],
)
def test_the_likely_cause_of_a_difference(left: str, right: str, cause: str) -> None:
    assert likely_cause(left, right, {}).startswith(cause)
