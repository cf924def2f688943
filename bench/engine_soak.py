"""The warm engine, again and again: does it hang, fall back on kernels, or give other bytes?

    python bench/engine_soak.py [--builds 300] [--per-process 2]

Runs the real chapters of the cycle in kernels once, then `--builds` times with the warm engine; a
warm process serves `--per-process` builds. A hang is a cell or a fork that does not answer: the
limits here are far above what the chapters need. Exits with 1 when anything was counted.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from coopreport.cycles import Cycle, read_cycle
from coopreport.errors import ChapterFailed
from coopreport.pipeline.limits import Limits
from coopreport.pipeline.run import run_chapters
from coopreport.pipeline.warm import Warm
from coopreport.project import Project, find_project

LIMITS = Limits(cell_seconds=120, build_seconds=300)


def chapters_of(project: Project, cycle: Cycle, warm: Warm | None) -> list[tuple[str, object]]:
    """Return the executed notebooks and the ledgers of one build."""
    with tempfile.TemporaryDirectory() as work:
        done = run_chapters(
            project, cycle, cycle.chapters, Path(work), LIMITS, lambda _: None, warm
        )
    return [(nbformat.writes(run.notebook), run.ledger) for run in done]


def main() -> int:
    """Run the builds and print what was counted."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--builds", type=int, default=300)
    parser.add_argument("--per-process", type=int, default=2)
    parser.add_argument("--cycle", default="2023-2024")
    asked = parser.parse_args()
    project = find_project()
    cycle = read_cycle(project, asked.cycle)
    reference = chapters_of(project, cycle, None)
    fallen: list[str] = []
    failed: list[str] = []
    seconds: list[float] = []
    differences = processes = 0
    while len(seconds) < asked.builds:
        processes += 1
        with Warm(project, fallen.append) as warm:
            for _ in range(min(asked.per_process, asked.builds - len(seconds))):
                started = time.monotonic()
                try:
                    differences += chapters_of(project, cycle, warm) != reference
                except ChapterFailed as error:
                    failed.append(str(error))
                seconds.append(time.monotonic() - started)
        if len(seconds) % 20 < asked.per_process:
            print(len(seconds), len(fallen), len(failed), differences, file=sys.stderr, flush=True)
    chapters = len(cycle.chapters)
    print(
        f"{asked.builds} builds of {chapters} chapters, {processes} warm processes: "
        f"{len(failed)} failed or hung, {len(fallen)} fell back, {differences} with other bytes; "
        f"seconds: median {statistics.median(seconds):.1f}, "
        f"least {min(seconds):.1f}, most {max(seconds):.1f}"
    )
    for line in [*fallen, *failed]:
        print(line)
    return bool(failed or fallen or differences)


if __name__ == "__main__":
    sys.exit(main())
