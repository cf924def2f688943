"""What is known of a cycle before its chapters run: kept, true to its tables, and light to ask."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from coopreport.cycles import read_cycle
from coopreport.pipeline.inputs import input_files
from coopreport.pipeline.preliminaries import FOLDER, Preliminaries
from coopreport.project import Project
from tests.builds import small_build, write_sentence
from tests.chapters import CYCLE
from tests.conftest import ROOT

REPORT = """
import sys
from coopreport.cli import main
assert main(["report", "--pdf=non"]) == 0
print("loaded:", *sorted({"pandas", "altair", "coopreport.catalogue"} & {*sys.modules}))
"""
"""Make a report, then name in a last line the heavy modules that this took."""


def known(project: Path) -> Preliminaries:
    """Return what is known of the cycle of a project, as its files are now."""
    cycle = read_cycle(Project(project), CYCLE)
    return Preliminaries(Project(project), cycle, input_files(Project(project), cycle))


def kept(project: Path, name: str) -> Path:
    """Return the one kept file of a kind."""
    (found,) = (project / "build" / ".cache" / FOLDER).glob(f"{name}.*.json")
    return found


def test_a_changed_sentence_is_published_without_pandas_in_this_process(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    project = small_build(tmp_path_factory, tmp_path)
    write_sentence(project, "Une autre phrase.")
    done = subprocess.run(
        [sys.executable, "-c", REPORT],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    page = (project / "build" / CYCLE / "latest" / "rapport.html").read_text(encoding="utf-8")
    assert "Une autre phrase." in page
    assert done.stdout.splitlines()[-1] == "loaded:"


def test_a_damaged_kept_file_is_noticed_and_made_again(project: Path) -> None:
    before = known(project).defined
    kept(project, "defined").write_bytes(kept(project, "defined").read_bytes()[:-9])
    assert known(project).defined == before


def test_a_row_that_waits_again_is_known_at_once(project: Path) -> None:
    assert known(project).unconfirmed == ()
    table = project / "data" / "readings.csv"
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(at for at, line in enumerate(lines) if line.startswith(f"{CYCLE},"))
    lines[place] = lines[place].replace(",true\n", ",false\n")
    table.write_text("".join(lines), encoding="utf-8")
    assert len(known(project).unconfirmed) == 1


def test_a_parameter_of_a_chapter_changes_the_names_that_are_given(project: Path) -> None:
    before = known(project).defined
    path = project / "data" / "cycles" / f"{CYCLE}.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("years: [1, 3, 5, 10]", "years: [1, 3, 5]"),
        encoding="utf-8",
    )
    assert known(project).defined != before
