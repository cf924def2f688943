"""`make doctor`: what it says of machines that lack something, without library or environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from coopreport.doctor import checks, packages
from coopreport.doctor.missing import PROGRAMS, missing_packages
from coopreport.project import Project
from tests.conftest import ROOT

SHELL = ("sh", "dirname", "env", "cmp", "id")
"""What every system has."""
BARE = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
"""A Python without our libraries: the one that the environment was made from."""


def machine(folder: Path, *programs: str) -> dict[str, str]:
    """Return the surroundings of a machine that has these programs, and no other but the shell."""
    folder.mkdir()
    for name in (*SHELL, *programs):
        found = shutil.which(name)
        assert found, name
        (folder / name).symlink_to(found)
    return {"PATH": str(folder), "HOME": str(folder), "LANG": "C.UTF-8"}


def doctor(project: Path, surroundings: dict[str, str]) -> tuple[int, str]:
    """Run what `make doctor` runs; return its exit code and what it printed."""
    done = subprocess.run(
        ["sh", "requirements/doctor.sh"],
        cwd=project,
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def said_of(name: str, told: str) -> tuple[str, str]:
    """Return the mark of a check and its remedy, "" when none is given."""
    lines = told.splitlines()
    (at,) = [i for i, line in enumerate(lines) if line[2:].startswith(name)]
    below = lines[at + 1].strip()
    return lines[at][0], below.removeprefix("→ ") if below.startswith("→ ") else ""


def test_a_machine_with_all_that_a_report_needs_is_told_so(project: Path) -> None:
    code, told = doctor(project, {**os.environ, "PYTHON": str(BARE)})
    assert code == 0
    assert "make report a tout ce qu’il lui faut." in told
    assert "✗" not in told
    assert not (project / ".venv").exists()


def test_without_git_the_command_that_adds_it_is_said(project: Path, tmp_path: Path) -> None:
    surroundings = machine(tmp_path / "bin", "make", "apt-get")
    code, told = doctor(project, {**surroundings, "PYTHON": str(BARE)})
    assert code == 2
    assert said_of("git", told) == ("✗", "sudo apt-get install git")
    assert said_of("make", told) == ("✓", "")
    assert "make report ne peut pas aller\u00a0: git." in told


def test_without_any_python_that_is_said_first(project: Path, tmp_path: Path) -> None:
    code, told = doctor(project, machine(tmp_path / "bin", "apt-get"))
    assert code == 2
    assert said_of("Python", told) == ("✗", "sudo apt-get install python3 python3-venv")


def test_what_a_report_does_without_is_no_fault(project: Path, tmp_path: Path) -> None:
    surroundings = machine(tmp_path / "bin", "make", "git", "apt-get")
    (tmp_path / "libpango-1.0.so.0").write_bytes(b"")
    lost = {"PYTHON": str(BARE), "LD_LIBRARY_PATH": str(tmp_path)}
    code, told = doctor(project, {**surroundings, **lost})
    assert code == 0
    assert said_of("Pango", told) == (
        "–",
        "sudo apt-get install libpangoft2-1.0-0 libharfbuzz-subset0",
    )
    assert said_of("Chromium", told) == ("–", "sudo apt-get install chromium")
    assert said_of("R et survival", told)[0] == "–"
    assert said_of("ssh-keygen", told) == ("–", "sudo apt-get install openssh-client")


def test_a_build_folder_that_cannot_be_written_is_a_fault(project: Path) -> None:
    (project / "build").symlink_to("/proc")
    code, told = doctor(project, {**os.environ, "PYTHON": str(BARE)})
    assert code == 2
    assert said_of("dossier build/", told)[0] == "✗"


def test_libraries_are_absent_then_up_to_date_then_to_renew(project: Path) -> None:
    lock = project / "requirements" / "lab.lock"
    found = [checks._environment(Project(project), "lab", "", "make lab")]
    (project / ".venv").mkdir()
    shutil.copy(lock, project / ".venv" / ".coopreport-lab.lock")
    found.append(checks._environment(Project(project), "lab", "", "make lab"))
    assert checks._environment(Project(project), "report", "", "make report").good
    lock.write_text("pandas==99.0\n", encoding="utf-8")
    found.append(checks._environment(Project(project), "lab", "", "make lab"))
    assert [each.detail for each in found] == ["absentes", "à jour", "à renouveler"]


def test_a_disk_that_is_almost_full_is_a_fault(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 200_000_000})
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
    found = next(each for each in checks.look(Project(project)) if "disque" in each.name)
    assert (found.good, found.needed) == (False, True)
    assert "0,2\u00a0Go libres" in found.detail


def test_the_notebooks_filter_is_seen_in_git_s_own_configuration(project: Path) -> None:
    def git(*words: str) -> None:
        subprocess.run(["git", *words], cwd=project, check=True, capture_output=True)

    git("init")
    (project / ".gitattributes").write_text("*.ipynb filter=carnets\n", encoding="utf-8")
    assert not checks._filter(Project(project)).good
    git("config", "filter.carnets.clean", "cat")
    assert checks._filter(Project(project)).good


@pytest.mark.parametrize(
    ("surroundings", "platform", "command"),
    [
        ({"CONDA_PREFIX": "/c", "CONDA_DEFAULT_ENV": "a"}, "linux", "conda install -c conda-forge"),
        ({"CONDA_PREFIX": "/c", "CONDA_DEFAULT_ENV": "base"}, "darwin", "brew install"),
        ({}, "darwin", "brew install"),
    ],
)
def test_the_command_is_that_of_the_platform(
    surroundings: dict[str, str], platform: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    for name, text in surroundings.items():
        monkeypatch.setenv(name, text)
    assert packages.PANGO.command() == f"{command} pango"


def test_what_the_tests_lack_is_given_as_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    assert missing_packages(Project(ROOT)) == ""
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr(checks, "_runs", lambda program, code: False)
    assert missing_packages(Project(ROOT)) == "chromium r-base-core r-cran-survival poppler-utils"
    names = {each.name for each in checks.look(Project(ROOT))}
    assert set(PROGRAMS) <= names
