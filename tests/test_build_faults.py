"""A disk that is full, has no room for one more file or is read-only: code 5, and all stays whole.

Each disk is a small tmpfs of the test's own, mounted where only the test sees it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.builds import (
    assert_nobody_in,
    assert_whole,
    latest,
    leftovers,
    small_build,
    write_sentence,
)
from tests.conftest import runner

ON_A_DISK = """
set -e
cd "$PROJECT"
mkdir -p build
mount -t tmpfs -o "$DISK" tmpfs build
cp -a kept/. build/
"""


def on_a_disk(project: Path, disk: str, *steps: str) -> subprocess.CompletedProcess[str]:
    """Run shell steps in a project whose build/ is a tmpfs with mount options `disk`.

    What lay in build/ is put on it first; what lies on it afterwards is in `after/`.
    """
    build = project / "build"
    if build.exists():
        build.rename(project / "kept")
    (project / "kept").mkdir(exist_ok=True)
    script = "\n".join([ON_A_DISK, *steps])
    wrap = [] if os.geteuid() == 0 else ["--map-root-user"]
    return subprocess.run(
        ["unshare", "--mount", *wrap, "sh", "-c", script],
        env={
            **os.environ,
            "PROJECT": str(project),
            "DISK": disk,
            "PYTHONPATH": str(project),
            "REPORT": f"{sys.executable} -m coopreport report --engine=souche",
        },
        capture_output=True,
        text=True,
        check=False,
    )


TELL = 'code=0; $REPORT || code=$?; echo "code $code"'
KEEP = 'cp -a build/. "$PROJECT/after/"'


@pytest.fixture
def published(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project with a published build, and a sentence changed since."""
    project = small_build(tmp_path_factory, tmp_path)
    (project / "after").mkdir()
    write_sentence(project, "Une autre phrase.")
    return project


def after(project: Path) -> Path:
    """Return the project as the failed build left it, on a disk that works again."""
    shutil.rmtree(project / "kept")
    (project / "after").rename(project / "build")
    return project


@pytest.mark.parametrize(
    ("fill", "reason"),
    [
        ("head -c 100M /dev/zero > build/plein || true", "espace"),
        ("i=0; while touch build/f$i 2>/dev/null; do i=$((i+1)); done", "nombre de fichiers"),
        ("mount -o remount,ro build", "lecture seule"),
    ],
    ids=["full", "no inode", "read-only"],
)
def test_a_disk_that_takes_nothing_stops_the_build_and_leaves_the_last_one(
    published: Path, fill: str, reason: str
) -> None:
    before = latest(published).name
    free = "mount -o remount,rw build; rm -f build/plein build/f[0-9]*"
    done = on_a_disk(published, "size=8m,nr_inodes=400", fill, TELL, free, KEEP)
    assert "code 5" in done.stdout, done.stderr + done.stdout
    assert reason in done.stderr
    assert "Le dernier rapport est intact" in done.stderr
    assert "Traceback" not in done.stderr
    project = after(published)
    assert latest(project).name == before
    assert_whole(latest(project))
    assert not leftovers(project)
    again = runner(project)("report", "--engine=souche")
    assert again.returncode == 0, again.stderr
    assert_nobody_in(project)


@pytest.mark.parametrize("room", [40, 100, 180])
def test_a_disk_that_fills_up_on_the_way_leaves_the_last_build(published: Path, room: int) -> None:
    before = latest(published).name
    fill = f"head -c $(( $(stat -f -c '%a*%S' build) - {room} * 1024 )) /dev/zero > build/plein"
    done = on_a_disk(published, "size=8m", fill, TELL, "rm build/plein", KEEP)
    assert "code 5" in done.stdout, done.stderr + done.stdout
    assert "espace" in done.stderr
    project = after(published)
    assert latest(project).name == before
    assert_whole(latest(project))
    assert runner(project)("report", "--engine=souche").returncode == 0


def test_a_folder_that_may_not_be_written_is_named(published: Path) -> None:
    done = on_a_disk(published, "size=8m", "mount -o remount,ro build", TELL)
    assert "Impossible d’écrire dans build/" in done.stderr


def test_a_file_in_the_place_of_the_folder_is_told(published: Path) -> None:
    shutil.rmtree(published / "build")
    (published / "build").write_text("")
    done = runner(published)("report")
    assert done.returncode == 5
    assert "un fichier occupe la place du dossier" in done.stderr
