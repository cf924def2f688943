"""Two builds of one cycle: one refuses at once and names the other; a dead holder holds nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from coopreport.errors import Locked
from coopreport.pipeline.lock import hold
from coopreport.project import Project
from tests.builds import start, wait_for

HOLDER = """
import sys, time
from pathlib import Path
from coopreport.pipeline.lock import hold
from coopreport.project import Project

with hold(Project(Path.cwd()), "2023-2024"):
    Path("held").touch()
    time.sleep(600)
"""


@pytest.fixture
def holder(project: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process, which holds the lock of the cycle."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER], cwd=project)
    wait_for(project / "held")
    yield process
    process.kill()
    process.wait()


def test_the_second_build_refuses_within_five_seconds_and_names_the_first(
    project: Path, holder: subprocess.Popen[bytes]
) -> None:
    began = time.monotonic()
    second = start(project, "report")
    _, told = second.communicate(timeout=60)
    assert time.monotonic() - began < 5
    assert second.returncode == 6
    assert f"processus {holder.pid}" in told
    assert "Remède" in told


def test_another_cycle_is_free(project: Path, holder: subprocess.Popen[bytes]) -> None:
    with hold(Project(project), "2024-2025"):
        pass


def test_a_killed_holder_frees_the_lock(project: Path, holder: subprocess.Popen[bytes]) -> None:
    with pytest.raises(Locked), hold(Project(project), "2023-2024"):
        pass
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with hold(Project(project), "2023-2024"):
        pass


def test_a_lock_file_without_a_holder_holds_nothing(project: Path) -> None:
    with hold(Project(project), "2023-2024"):
        pass
    assert (project / "build" / ".locks" / "2023-2024").exists()
    with hold(Project(project), "2023-2024"):
        pass
