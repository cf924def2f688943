"""Sheets on Dask workers: the same bytes, whoever dies; nothing is run where versions differ."""

# mypy: allow-untyped-calls
# Dask's cluster has no types.

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from distributed import LocalCluster

from coopreport.cycles import read_cycle
from coopreport.errors import BadCall
from coopreport.project import Project
from coopreport.regions.bundle import pack, unpack
from coopreport.regions.engines import fan_out
from coopreport.regions.sheet import with_sheets
from tests.builds import assert_nobody_in, leftovers, processes_in, start, wait_for
from tests.chapters import CYCLE
from tests.conftest import ROOT, copy_sources, runner
from tests.regions_fixtures import sheets_project
from tests.test_regions import break_sheet

FEW = "--region=03,06,16"
FREE_PORT = "127.0.0.1:0"
"""Where a scheduler serves its own page: without it, both ask for 8787, and the second warns."""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    """A scheduler and two worker processes, which share no folder with the projects."""
    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=FREE_PORT,
        local_directory=str(tmp_path_factory.mktemp("ouvriers")),
        silence_logs=50,
    ) as made:
        yield made


@pytest.fixture(scope="module")
def scheduler() -> Iterator[LocalCluster]:
    """A scheduler without any worker."""
    with LocalCluster(
        n_workers=0, host="127.0.0.1", dashboard_address=FREE_PORT, silence_logs=50
    ) as made:
        yield made


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project on a generated register, with its sheets."""
    return sheets_project(tmp_path_factory, tmp_path_factory.mktemp("dask") / "mémoire")


@pytest.fixture(scope="module")
def here(project: Path) -> dict[str, bytes]:
    """The bytes of the whole set, made on this machine without Dask."""
    return bytes_of(project)


def engine_of(cluster: LocalCluster) -> str:
    return f"--engine=dask://{cluster.scheduler_address.removeprefix('tcp://')}"


def bytes_of(project: Path) -> dict[str, bytes]:
    """Return the files of the published set, by name, and forget that it was made."""
    latest = project / "build" / CYCLE / "regions" / "latest"
    paths = sorted(path for path in latest.rglob("*") if path.is_file())
    found = {path.relative_to(latest).as_posix(): path.read_bytes() for path in paths}
    shutil.rmtree(project / "build")
    return found


def test_workers_give_the_same_bytes_as_this_machine(
    project: Path, here: dict[str, bytes], cluster: LocalCluster
) -> None:
    done = runner(project)("regions", engine_of(cluster))
    assert done.returncode == 0, done.stderr
    assert bytes_of(project) == here


def test_a_killed_worker_costs_only_time(
    project: Path, here: dict[str, bytes], cluster: LocalCluster
) -> None:
    running = start(project, "regions", engine_of(cluster))
    assert running.stderr
    while not running.stderr.readline().startswith("  0"):
        assert running.poll() is None
    victim = next(iter(cluster.workers.values()))
    folder = Path(victim.worker_dir)
    while not processes_in(folder):  # until it runs a sheet
        assert running.poll() is None
        time.sleep(0.05)
    os.kill(victim.pid, signal.SIGKILL)
    _, said = running.communicate(timeout=300)
    assert running.returncode == 0, said
    assert bytes_of(project) == here
    assert_nobody_in(folder)  # its warm process and its sheets died with it


def test_a_sheet_that_fails_on_a_worker_is_told_as_here(
    cluster: LocalCluster, tmp_path: Path
) -> None:
    small = copy_sources(tmp_path / "mémoire")
    break_sheet(small, "16")
    told = []
    for arguments in ((engine_of(cluster),), ()):
        shutil.rmtree(small / "build", ignore_errors=True)
        failed = runner(small)("regions", FEW, *arguments)
        assert failed.returncode == 4
        told.append(failed.stderr.split("Erreur")[1])
    assert "panne" in told[0]
    assert told[0] == told[1]


def workers_of(cluster: LocalCluster) -> list[Any]:
    """Return the workers that a scheduler knows."""
    known: Any = cluster.scheduler
    return list(known.workers)


def start_worker(scheduler: LocalCluster, package: Path, folder: Path) -> subprocess.Popen[bytes]:
    """Start a worker that imports the package from a folder, and wait until it is known."""
    address = scheduler.scheduler_address
    worker = subprocess.Popen(
        [
            *(sys.executable, "-P", "-m", "distributed.cli.dask_worker", address),
            *("--no-nanny", "--no-dashboard", "--nthreads=1", f"--local-directory={folder}"),
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(package)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while not workers_of(scheduler):
        assert time.monotonic() < deadline
        assert worker.poll() is None
        time.sleep(0.1)
    return worker


@pytest.mark.parametrize(
    ("has_package", "words"),
    [
        (True, "le code de coopreport n’est pas le même"),
        (False, "coopreport y est absent ou trop ancien"),
    ],
)
def test_a_worker_with_other_code_is_refused_before_anything_runs(
    scheduler: LocalCluster, tmp_path: Path, has_package: bool, words: str
) -> None:
    other = tmp_path / "autre"
    other.mkdir()
    if has_package:
        shutil.copytree(ROOT / "coopreport", other / "coopreport")
        with (other / "coopreport" / "fiscal.py").open("a", encoding="utf-8") as file:
            file.write("# changed\n")
    worker = start_worker(scheduler, other, tmp_path)
    try:
        small = copy_sources(tmp_path / "mémoire")
        refused = runner(small)("regions", FEW, engine_of(scheduler))
    finally:
        worker.kill()
        worker.wait()
        while workers_of(scheduler):
            time.sleep(0.1)
    assert refused.returncode == 2, refused.stderr
    assert words in refused.stderr
    assert "rien n’a été exécuté" in refused.stderr
    assert not (small / "build" / CYCLE).exists()


def test_a_scheduler_without_workers_is_told(
    scheduler: LocalCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coopreport.regions.cluster.PATIENCE", 1.0)
    with (
        pytest.raises(Exception, match="n’a aucun ouvrier") as caught,
        fan_out(engine_of(scheduler).removeprefix("--engine="), Project(tmp_path), 0, print),
    ):
        pass
    assert getattr(caught.value, "exit_code", 0) == 5


def test_a_scheduler_that_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coopreport.regions.cluster.PATIENCE", 1.0)
    with (
        pytest.raises(Exception, match="ne répond pas") as caught,
        fan_out("dask://127.0.0.1:9", Project(tmp_path), 0, print),
    ):
        pass
    assert getattr(caught.value, "exit_code", 0) == 5


def test_a_scheduler_that_dies_stops_the_command_and_leaves_what_was_published(
    tmp_path: Path,
) -> None:
    known = tmp_path / "ordonnanceur.json"
    given = ("--host=127.0.0.1", "--port=0", "--no-dashboard", f"--scheduler-file={known}")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    small = copy_sources(tmp_path / "mémoire")
    with subprocess.Popen(
        [sys.executable, "-m", "dask", "scheduler", *given], env=environment, cwd=tmp_path, **quiet
    ) as scheduler:
        wait_for(known)
        address = json.loads(known.read_text(encoding="utf-8"))["address"]
        asked = [sys.executable, "-m", "dask", "worker", address, "--nthreads=1", "--no-dashboard"]
        with subprocess.Popen(asked, env=environment, cwd=tmp_path, **quiet) as worker:
            running = start(small, "regions", f"--engine=dask://{address.removeprefix('tcp://')}")
            assert running.stderr
            while not running.stderr.readline().startswith("  0"):
                assert running.poll() is None
            scheduler.kill()
            _, said = running.communicate(timeout=300)
            worker.terminate()
    assert running.returncode == 5, said
    assert "ne répond pas" in said
    assert not (small / "build" / CYCLE / "regions").exists()
    assert not leftovers(small)


def test_without_dask_the_message_has_the_command_that_adds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("coopreport.regions.cluster", "coopreport.regions.worker"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(BadCall, match="sh requirements/python.sh dask"),
        fan_out("dask://127.0.0.1:9", Project(tmp_path), 0, print),
    ):
        pass


def test_a_bundle_is_what_its_hash_says(tmp_path: Path) -> None:
    project = Project(ROOT)
    sheets = with_sheets(project, read_cycle(project, CYCLE), ["06"])
    bundle, digest = pack(project, sheets)
    assert pack(project, sheets) == (bundle, digest)
    unpacked = unpack(bundle, digest, tmp_path)
    assert pack(unpacked, with_sheets(unpacked, read_cycle(unpacked, CYCLE), ["06"]))[1] == digest
    with pytest.raises(ValueError, match="hash"):
        unpack(bundle[:-1], digest, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [digest]
