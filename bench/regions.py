"""The sheets of the regions, measured side by side: one at a time, side by side, on Dask.

    python bench/regions.py [--runs 3] [--rows 40000] [--region 01,02,03]

The sheets, all 17 or some, on a generated register, in a copy of the project. Each run goes once
through every way, so that a busy moment of the machine falls on all alike; read the ratios. The
Dask workers are two processes of this machine, started before: on two processors they can win
nothing over the others but what starting costs. Every way has to give the same bytes.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CYCLE = "2023-2024"


def command(project: Path, *arguments: str) -> float:
    """Make the sheets with these arguments from nothing; return the wall seconds."""
    shutil.rmtree(project / "build", ignore_errors=True)
    return again(project, *arguments)


def again(project: Path, *arguments: str) -> float:
    """Make the sheets with what is kept; return the wall seconds."""
    environment = {**os.environ, "PYTHONPATH": str(project)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "coopreport", "regions", *arguments],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"échec : {' '.join(arguments)}\n{done.stderr[-3000:]}")
    return time.monotonic() - started


def made(project: Path) -> dict[str, bytes]:
    """Return the files of the set, by name."""
    shelf = project / "build" / CYCLE / "regions"
    paths = (path for path in shelf.rglob("*") if path.is_file())
    return {path.relative_to(shelf).as_posix(): path.read_bytes() for path in paths}


def main() -> None:
    """Measure and print the table."""
    from distributed import LocalCluster

    from tests.regions_fixtures import register_project

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--rows", type=int, default=40_000)
    parser.add_argument("--region", default="", help="the sheets to make (all)")
    asked = parser.parse_args()
    region = f"--region={asked.region}"
    with tempfile.TemporaryDirectory() as work:
        project = register_project(Path(work) / "projet", asked.rows)
        with LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address=None,
            local_directory=work,
        ) as cluster:
            address = cluster.scheduler_address.removeprefix("tcp://")
            ways = {
                "noyaux, une à la fois": ("--engine=noyaux", "--jobs=1"),
                "noyaux, deux à la fois": ("--engine=noyaux", "--jobs=2"),
                "souche, une à la fois": ("--engine=souche", "--jobs=1"),
                "souche, deux à la fois": ("--engine=souche", "--jobs=2"),
                "Dask, deux ouvriers": (f"--engine=dask://{address}",),
            }
            found: dict[str, list[float]] = {name: [] for name in (*ways, "rien de changé")}
            expected: dict[str, bytes] = {}
            for number in range(asked.runs + 1):  # the first one only fills the caches
                for name, arguments in ways.items():
                    seconds = command(project, region, *arguments)
                    expected = expected or made(project)
                    if made(project) != expected:
                        raise SystemExit(f"d’autres octets : {name}")
                    if number:
                        found[name].append(seconds)
                seconds = again(project, region)
                if number:
                    found["rien de changé"].append(seconds)
                print(f"{number}/{asked.runs}", file=sys.stderr, flush=True)
    first = next(iter(found.values()))
    print("| façon | médiane s | min s | ÷ médiane | ÷ min |\n|---|---|---|---|---|")
    for name, seconds in found.items():
        middle, least = statistics.median(seconds), min(seconds)
        ratios = f"{statistics.median(first) / middle:.1f} | {min(first) / least:.1f}"
        print(f"| {name} | {middle:.1f} | {least:.1f} | {ratios} |")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
