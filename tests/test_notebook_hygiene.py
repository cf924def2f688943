"""Git keeps the notebooks of a clone without what running them leaves, and shows how they changed.

Each test is a real clone, with the filter that `requirements/git.sh` installs.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.conftest import ROOT, copy_sources

Git = Callable[..., subprocess.CompletedProcess[str]]
NOTEBOOK = "notebooks/02-portrait.ipynb"
IDENTITY = ("-c", "user.name=Essai", "-c", "user.email=essai@example.org")


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, where git knows no user's nor system's configuration."""
    nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_PAGER": "cat"}
    env = {**os.environ, **nobody, "CONDA_DEFAULT_ENV": "base"}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the project's sources, as they are now."""
    folder = copy_sources(tmp_path_factory.mktemp("origine") / "mémoire")
    for name in (".gitattributes", ".gitignore"):
        shutil.copyfile(ROOT / name, folder / name)
    run(folder, "git", "init", "--quiet")
    run(folder, "git", "add", "--all")
    run(folder, "git", *IDENTITY, "commit", "--quiet", "--message=Sources")
    return folder


@pytest.fixture
def clone(origin: Path, tmp_path: Path) -> Path:
    """A clone whose git was told how to keep notebooks, with this environment as its own."""
    folder = tmp_path / "clone du mémoire"
    run(tmp_path, "git", "clone", "--quiet", str(origin), str(folder))
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / ".git" / "info" / "exclude").write_text(".venv\n", encoding="utf-8")
    assert run(folder, "sh", "requirements/git.sh").stderr == ""
    return folder


def as_run(path: Path) -> str:
    """Write a notebook as JupyterLab leaves it after a run; return its text before."""
    before = path.read_text(encoding="utf-8")
    notebook: dict[str, Any] = json.loads(before)
    notebook["metadata"]["language_info"] |= {"version": "3.12.1", "file_extension": ".py"}
    notebook["metadata"]["widgets"] = {"state": {}}
    for count, cell in enumerate(notebook["cells"], 1):
        cell["metadata"] |= {"editable": True, "slideshow": {"slide_type": ""}}
        if cell["cell_type"] == "code":
            cell["execution_count"] = count
            cell["metadata"]["execution"] = {"iopub.execute_input": "2026-01-01T00:00:00Z"}
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "périmé\n"}]
        else:
            cell["metadata"]["user_expressions"] = [{"expression": "x", "result": {}}]
    path.write_text(json.dumps(notebook, indent=1, sort_keys=True), encoding="utf-8")
    return before


def add(clone: Path) -> str:
    """Add what changed; return the names of what would be committed."""
    run(clone, "git", "add", "--all")
    return run(clone, "git", "diff", "--cached", "--name-only").stdout


def test_a_fresh_clone_stays_clean_when_its_notebooks_are_written_again(clone: Path) -> None:
    for path in (clone / "notebooks").glob("*.ipynb"):
        path.write_bytes(path.read_bytes())
        os.utime(path, (1, 1))
    assert run(clone, "git", "status", "--porcelain").stdout == ""


def test_saving_a_notebook_as_jupyterlab_does_changes_nothing(clone: Path) -> None:
    for path in (clone / "notebooks").glob("*.ipynb"):
        nbformat.write(nbformat.read(path, as_version=4), path)
    assert run(clone, "git", "status", "--porcelain").stdout == ""


def test_a_run_notebook_has_nothing_to_commit(clone: Path) -> None:
    as_run(clone / NOTEBOOK)
    assert add(clone) == ""


def test_what_was_edited_is_committed_and_what_was_run_is_not(clone: Path) -> None:
    path = clone / NOTEBOOK
    before = as_run(path)
    changed = path.read_text(encoding="utf-8").replace("# Portrait du mouvement", "# Le portrait")
    path.write_text(changed, encoding="utf-8")
    assert add(clone) == f"{NOTEBOOK}\n"
    kept = run(clone, "git", "show", f":{NOTEBOOK}").stdout
    assert kept == before.replace("# Portrait du mouvement", "# Le portrait")


def test_a_conflict_can_be_added_as_it_is_and_is_told(clone: Path) -> None:
    path = clone / NOTEBOOK
    conflict = f"<<<<<<< HEAD\n{path.read_text(encoding='utf-8')}"
    path.write_text(conflict, encoding="utf-8")
    assert "n’est pas un notebook lisible" in run(clone, "git", "add", "--all").stderr
    assert run(clone, "git", "show", f":{NOTEBOOK}").stdout == conflict


def test_without_its_environment_git_goes_on_and_says_what_it_does_not_do(clone: Path) -> None:
    (clone / ".venv").unlink()
    as_run(clone / NOTEBOOK)
    done = run(clone, "git", "add", "--all")
    assert done.returncode == 0
    assert "Remède : make check" in done.stderr
    assert run(clone, "git", "status", "--porcelain").returncode == 0


def test_a_commit_from_before_the_filter_can_be_checked_out(clone: Path) -> None:
    run(clone, "git", "rm", "--quiet", "-r", "--cached", "requirements", ".gitattributes")
    run(clone, "git", *IDENTITY, "commit", "--quiet", "--message=Avant")
    run(clone, "git", "checkout", "--quiet", "--force", "HEAD~1")
    done = run(clone, "git", "checkout", "--quiet", "--force", "-")
    assert done.returncode == 0, done.stderr
    assert not (clone / "requirements").exists()
    done = run(clone, "git", "checkout", "--quiet", "--force", "HEAD~1")
    assert (done.returncode, done.stderr) == (0, "")
    assert run(clone, "git", "status", "--porcelain").stdout == ""


def test_a_diff_shows_the_words_and_not_the_outputs(clone: Path) -> None:
    path = clone / NOTEBOOK
    as_run(path)
    changed = path.read_text(encoding="utf-8").replace("# Portrait du mouvement", "# Le portrait")
    path.write_text(changed, encoding="utf-8")
    done = run(clone, "git", "diff")
    assert (done.returncode, done.stderr) == (0, "")
    assert "# Portrait du mouvement" in done.stdout
    assert "# Le portrait" in done.stdout
    assert "périmé" not in done.stdout


def test_a_diff_without_environment_is_text(clone: Path) -> None:
    (clone / ".venv").unlink()
    path = clone / NOTEBOOK
    path.write_text(
        path.read_text(encoding="utf-8").replace("# Portrait du", "# Le"), encoding="utf-8"
    )
    done = run(clone, "git", "diff")
    assert done.returncode == 0
    assert '+    "# Le mouvement"' in done.stdout


def test_the_clone_is_told_once(clone: Path) -> None:
    config = clone / ".git" / "config"
    told = config.read_bytes()
    run(clone, "sh", "requirements/git.sh")
    assert config.read_bytes() == told
    assert b"coopreport-notebook" in told


@pytest.mark.parametrize("target", ["report", "watch", "chapter", "test", "format"])
def test_the_targets_of_those_who_edit_tell_git(target: str) -> None:
    done = subprocess.run(
        ["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "sh requirements/git.sh\n" in done.stdout


def test_outside_the_top_of_a_clone_nothing_is_told(clone: Path, tmp_path: Path) -> None:
    linked = tmp_path / "lié"
    run(clone, "git", "worktree", "add", "--quiet", str(linked))
    before = (clone / ".git" / "config").read_bytes()
    (clone / ".git" / "config").write_bytes(before.replace(b"notebooks = 1", b"notebooks = 0"))
    bare = tmp_path / "sans git"
    shutil.copytree(linked / "requirements", bare / "requirements")
    for folder in (linked, bare):
        done = run(folder, "sh", "requirements/git.sh")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert b"notebooks = 0" in (clone / ".git" / "config").read_bytes()


def test_make_format_strips_the_files_themselves(clone: Path) -> None:
    before = as_run(clone / NOTEBOOK)
    run(clone, ".venv/bin/python", "-m", "coopreport.hygiene.strip", "notebooks")
    assert (clone / NOTEBOOK).read_text(encoding="utf-8") == before
