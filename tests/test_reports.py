"""`make reports`: every cycle, one line each; a failure stops no other, an interruption all."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.builds import assert_nobody_in, assert_whole, leftovers, small_project, start
from tests.chapters import CYCLE, write_chapter
from tests.conftest import runner

CYCLES = ("2021-2022", "2022-2023", CYCLE)


def three_cycles(folder: Path) -> Path:
    """Make a small project of three cycles with the same short chapter."""
    project = small_project(folder)
    cycles = project / "data" / "cycles"
    head = (cycles / f"{CYCLE}.yaml").read_text(encoding="utf-8")
    chapters = head.split("chapters:\n")[1]
    for path in cycles.glob("*.yaml"):
        text = path.read_text(encoding="utf-8").split("chapters:\n")[0]
        text = re.sub(r"(?m)^former:.*\n", "", text)
        path.write_text(f"{text}chapters:\n{chapters}", encoding="utf-8")
        if path.stem not in CYCLES:
            path.unlink()
    write_chapter(project, "## Texte\n\nUne phrase.")
    return project


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The reports of three cycles, the second of which cannot be read."""
    project = three_cycles(tmp_path_factory.mktemp("reports"))
    broken = project / "data" / "cycles" / "2022-2023.yaml"
    text = broken.read_text(encoding="utf-8")
    broken.write_text(text.replace("horizon: 1", "horizon: un"), encoding="utf-8")
    return project, runner(project)("reports", "--jobs=2")


def test_a_cycle_that_fails_stops_no_other(
    made: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    project, done = made
    assert done.returncode == 2
    for cycle in ("2021-2022", CYCLE):
        assert_whole((project / "build" / cycle / "latest").resolve())
    assert not (project / "build" / "2022-2023").exists()


def test_each_cycle_has_one_line_with_its_result(
    made: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    lines = made[1].stderr.splitlines()
    assert len(lines) == 1 + len(CYCLES)
    of_cycle = {cycle: next(line for line in lines if f" {cycle} " in line) for cycle in CYCLES}
    assert "échec (2)" in of_cycle["2022-2023"]
    assert "Le cycle ne peut pas être lu" in of_cycle["2022-2023"]
    assert f"build/{CYCLE}/latest/rapport.html" in of_cycle[CYCLE]
    assert all(line.endswith("s)") for line in of_cycle.values())


def test_nothing_is_made_again(made: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    again = runner(made[0])("reports")
    assert again.stderr.count("inchangé") == 2


def test_two_cycles_are_compared_by_their_latest(
    made: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    done = runner(made[0])("diff", f"--cycle={CYCLE}", "--from=2021-2022/latest")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("De 2021-2022")


@pytest.mark.parametrize("jobs", ["0", "deux", "-1"])
def test_a_number_of_jobs_that_is_none_is_a_bad_call(project: Path, jobs: str) -> None:
    assert runner(project)("reports", f"--jobs={jobs}").returncode == 2


def test_an_interruption_leaves_nobody_and_nothing_behind(tmp_path: Path) -> None:
    project = three_cycles(tmp_path)
    write_chapter(project, "import time\n\ntime.sleep(300)")
    process = start(project, "reports", "--jobs=2")
    deadline = time.monotonic() + 120
    while len(at_work := list(project.glob("build/.work-*/kernels"))) < 2:
        assert time.monotonic() < deadline, at_work
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert_nobody_in(project)
    assert leftovers(project) == []
