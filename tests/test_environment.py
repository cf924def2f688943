"""environment.yml, pyproject.toml, the locks and the Makefile say the same thing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]
PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONDA: dict[str, Any] = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
GIVEN = {"jupyterlab", "papermill", "pandas", "altair", "nbconvert"}


def locked(name: str) -> dict[str, str]:
    """Return the versions that a lock pins for this Python, by normalised name."""
    text = (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")
    pins: dict[str, str] = {}
    for line in text.splitlines():
        if match := re.match(r"([a-z0-9._-]+)==([^ ;\\]+)(?: ; (.+?))? ?\\?$", line):
            requirement = Requirement(
                f"{match[1]}=={match[2]}" + (f" ; {match[3]}" if match[3] else "")
            )
            if requirement.marker is None or requirement.marker.evaluate():
                pins[match[1].replace("_", "-")] = match[2]
    return pins


def asked(group: str) -> list[Requirement]:
    listed = PYPROJECT["project"]["dependencies"] + PYPROJECT["dependency-groups"].get(group, [])
    return [Requirement(text) for text in listed]


@pytest.mark.parametrize("group", ["report", "test", "lab"])
def test_the_lock_holds_a_version_that_pyproject_allows(group: str) -> None:
    pins = locked(group)
    for requirement in asked(group):
        assert requirement.specifier.contains(pins[requirement.name.lower()]), requirement


@pytest.mark.parametrize("group", ["test", "lab", "dask"])
def test_a_larger_environment_has_the_report_s_versions(group: str) -> None:
    larger = locked(group)
    assert {name: larger.get(name) for name in locked("report")} == locked("report")


@pytest.mark.parametrize("group", ["report", "test", "lab", "dask", "uv"])
def test_every_locked_version_has_hashes_and_no_address(group: str) -> None:
    text = (ROOT / "requirements" / f"{group}.lock").read_text(encoding="utf-8")
    assert "://" not in text
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert all("--hash=sha256:" in block for block in blocks)


def test_conda_installs_the_lab_lock() -> None:
    pip = next(item["pip"] for item in CONDA["dependencies"] if isinstance(item, dict))
    assert pip == ["-r requirements/lab.lock"]
    assert set(locked("lab")) >= GIVEN


def test_conda_and_pyproject_take_the_same_pythons() -> None:
    python = next(text for text in CONDA["dependencies"] if str(text).startswith("python"))
    wanted = SpecifierSet(PYPROJECT["project"]["requires-python"])
    assert SpecifierSet(python.removeprefix("python")) == wanted


def test_the_report_s_environment_has_no_jupyterlab() -> None:
    assert not {"jupyterlab", "jupyter-server", "rfc3987-syntax"} & set(locked("report"))


def test_this_environment_is_the_locked_one() -> None:
    here = {name: metadata.version(name) for name in locked("test")}
    assert here == locked("test")


def test_make_alone_prints_every_documented_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.+)$", makefile, flags=re.MULTILINE)
    assert targets is not None
    shown = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in targets[1].split():
        assert f"make {target} " in shown, target


def test_an_activated_conda_environment_is_used_and_no_other_is_made(project: Path) -> None:
    shutil.copy(ROOT / "Makefile", project)
    conda = {"CONDA_PREFIX": sys.prefix, "CONDA_DEFAULT_ENV": "coopreport"}
    done = subprocess.run(
        ["make", "-s", "check"],
        cwd=project,
        env={**os.environ, **conda},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "en règle" in done.stdout
    assert not (project / ".venv").exists()


def test_make_passes_a_cycle_to_the_command_as_it_was_typed(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    done = subprocess.run(
        ["make", "-s", "report", f"CYCLE=$(shell touch '{trap}');touch '{trap}'"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "n’est pas un cycle budgétaire" in done.stderr
    assert not trap.exists()


def test_an_installation_that_fails_says_so_and_is_tried_again(tmp_path: Path) -> None:
    project = tmp_path / "projet"
    shutil.copytree(ROOT / "requirements", project / "requirements")
    lock = project / "requirements" / "report.lock"
    lock.write_text("pandas==0.0.0 --hash=sha256:" + "0" * 64 + "\n", encoding="utf-8")
    done = subprocess.run(
        ["sh", "requirements/python.sh", "report", "-c", "print('ici')"],
        cwd=project,
        env={**os.environ, "CONDA_PREFIX": "", "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 5, done.stderr
    assert "les bibliothèques n’ont pas pu être installées" in done.stderr
    assert "ici" not in done.stdout
    assert not list((project / ".venv").glob(".coopreport-*"))
