"""Whole builds, measured side by side: this package, papermill with nbconvert, jupyter-book.

    python bench/builds.py [--runs 5] [--jupyter-book PYTHON] [--chapter 03-financement]

The real chapters of the cycle, in a copy of the project. Each run goes once through every way, so
that a busy moment of the machine falls on all alike; read the ratios. Wall and processor seconds
are of the whole command, its children included. What others do not do is not asked of them: they
evaluate no number of the prose, check no table, and make no single page.

`--jupyter-book` names a Python that has jupyter-book 1; its kernels are those of this one.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve()
SOURCES = ("coopreport", "data", "notebooks", "requirements")
CYCLE = "2023-2024"
REPORT = [sys.executable, "-m", "coopreport", "report", "--pdf=non"]
BOOK = """title: essai
execute: {execute_notebooks: cache, timeout: 300}
sphinx: {config: {suppress_warnings: ["*"]}}
"""


@dataclass(frozen=True)
class Way:
    """One way to build: what must be so before, then what is measured."""

    name: str
    before: Callable[[], None]
    measured: Callable[[], tuple[float, float]]
    found: list[tuple[float, float]] = field(default_factory=list)


class Bench:
    """A copy of the project, and the ways to build it."""

    def __init__(self, root: Path, work: Path, chapter: str, book: str) -> None:
        self.project, self.environment = copied(root, work)
        self.out = work / "sortie"
        self.book = work / "livre" / "notebooks"  # a project of its own: chapters look for it
        self.chapter = chapter
        self.book_python = book
        self.edits = 0
        if book:
            self._make_book()
        self.resident = subprocess.Popen(
            [sys.executable, str(HERE), "--resident"],
            cwd=self.project,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ways(self) -> list[Way]:
        """Return every way, the reference first."""
        none, kept = self.clean, self.kept
        kernels, forked = [[*REPORT, f"--engine={engine}"] for engine in ("noyaux", "souche")]
        chapters = sorted(path.stem for path in (self.project / "notebooks").glob("[0-9]*.ipynb"))
        serial = [[sys.executable, str(HERE), "--serial", str(self.out)]]
        ways = [
            Way("(a) commandes papermill et nbconvert", none, self.command(self.by_hand(chapters))),
            Way("(b) API papermill en série, nbconvert", none, self.command(serial)),
            Way("coopreport, noyaux", none, self.command([kernels])),
            Way("coopreport, souche à démarrer", none, self.command([forked])),
            Way("coopreport, souche déjà prête", none, self.by_resident),
            Way("rien de changé : coopreport", kept, self.command([forked])),
            Way("un chapitre : (a)", none, self.command(self.by_hand([self.chapter]))),
            Way("un chapitre : coopreport, noyaux", self.edited, self.command([kernels])),
            Way("un chapitre : coopreport, souche", self.edited, self.command([forked])),
            Way("un chapitre : souche déjà prête", self.edited, self.by_resident),
        ]
        if self.book_python:
            program = str(Path(self.book_python).with_name("jupyter-book"))
            book = [[program, "build", "-q", str(self.book)], [*self.succeeded(), str(self.book)]]
            ways[2:2] = [Way("(c) jupyter-book", self.clean_book, self.command(book))]
            ways += [
                Way("rien de changé : (c)", self.kept_book(book), self.command(book)),
                Way("un chapitre : (c)", self.edited_book(book), self.command(book)),
            ]
        return ways

    def clean(self) -> None:
        """Leave nothing built."""
        for path in (self.project / "build", self.out):
            shutil.rmtree(path, ignore_errors=True)
        self.out.mkdir()

    def kept(self) -> None:
        """Leave a build that is up to date, and the shelf's index, as the command does."""
        self.command([[*REPORT, "--engine=souche"]])()

    def edited(self) -> None:
        """Leave a build, then change a line of the chapter."""
        self.by_resident()
        self._edit(self.project / "notebooks" / f"{self.chapter}.ipynb")

    def clean_book(self) -> None:
        """Leave no book built, and no executed notebook kept."""
        shutil.rmtree(self.book / "_build", ignore_errors=True)

    def kept_book(self, build: list[list[str]]) -> Callable[[], None]:
        """Return what leaves a book that is up to date."""
        return lambda: void(self.command(build)())

    def edited_book(self, build: list[list[str]]) -> Callable[[], None]:
        """Return what leaves a book, then changes its chapter."""

        def edit() -> None:
            self.command(build)()
            self._edit(self.book / f"{self.chapter}.ipynb")

        return edit

    def by_hand(self, chapters: list[str]) -> list[list[str]]:
        """Return the commands of papermill, a chapter each, and the one of nbconvert."""
        folder = self.project / "notebooks"
        commands = []
        for name in chapters:
            given = json.dumps(parameters(self.project, name))
            files = [str(folder / f"{name}.ipynb"), str(self.out / f"{name}.ipynb")]
            options = ["--no-progress-bar", "--cwd", str(folder), "-y", given]
            commands.append([sys.executable, "-m", "papermill", *files, *options])
        made = [str(self.out / f"{name}.ipynb") for name in chapters]
        return [*commands, [sys.executable, "-m", "nbconvert", "--to", "html", *made]]

    def command(self, commands: list[list[str]]) -> Callable[[], tuple[float, float]]:
        """Return what runs commands in a row and gives wall and processor seconds."""

        def run() -> tuple[float, float]:
            before, started = processor(), time.monotonic()
            for command in commands:
                done = subprocess.run(
                    command, cwd=self.project, env=self.environment, capture_output=True, text=True
                )
                if done.returncode:
                    raise SystemExit(f"échec : {' '.join(command)}\n{done.stderr[-3000:]}")
            return time.monotonic() - started, processor() - before

        return run

    def succeeded(self) -> list[str]:
        """Return a command that fails when a chapter of the book did: jupyter-book does not."""
        return ["sh", "-c", 'test -z "$(find "$0/_build" -name "*.err.log" -print -quit)"']

    def by_resident(self) -> tuple[float, float]:
        """Have the resident process make the report; return its wall and processor seconds."""
        assert self.resident.stdin
        assert self.resident.stdout
        self.resident.stdin.write("report\n")
        self.resident.stdin.flush()
        wall, used = self.resident.stdout.readline().split()
        return float(wall), float(used)

    def _edit(self, path: Path) -> None:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        self.edits += 1
        word = "".join(chr(ord("a") + int(digit)) for digit in str(self.edits))
        # In a code cell: jupyter-book runs nothing again for a sentence.
        cell = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"][1]
        cell["source"] = [*cell["source"], f"\n# {word}"]
        path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1), encoding="utf-8")

    def _make_book(self) -> None:
        shutil.copytree(self.project / "notebooks", self.book)
        shutil.copytree(self.project / "data", self.book.parent / "data")
        names = sorted(path.stem for path in self.book.glob("[0-9]*.ipynb"))
        chapters = "".join(f"- file: {name}\n" for name in names[1:])
        (self.book / "_config.yml").write_text(BOOK, encoding="utf-8")
        toc = f"format: jb-book\nroot: {names[0]}\nchapters:\n{chapters}"
        (self.book / "_toc.yml").write_text(toc, encoding="utf-8")


def copied(root: Path, work: Path) -> tuple[Path, dict[str, str]]:
    """Copy the project under `work`; return the copy, and the environment of its commands.

    Its kernel is this Python, its package the copy's own.
    """
    project = work / "projet"
    for name in SOURCES:
        leave = shutil.ignore_patterns("__pycache__")
        shutil.copytree(root / name, project / name, ignore=leave)
    kernel = work / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Python 3", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    paths = {"PYTHONPATH": str(project), "JUPYTER_PATH": str(work / "jupyter")}
    environment = {**os.environ, **paths}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return project, environment


def void(_: object) -> None:
    """Forget a result."""


def processor() -> float:
    """Return the processor seconds of the children waited for so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def parameters(project: Path, chapter: str) -> dict[str, object]:
    """Return the parameters of a chapter in the cycle's file."""
    import yaml

    cycle = yaml.safe_load((project / "data" / "cycles" / f"{CYCLE}.yaml").read_text("utf-8"))
    return {"cycle": CYCLE, **(cycle["chapters"][chapter] or {})}


def serial(out: Path) -> None:
    """(b): every chapter by papermill's API, then every page by nbconvert's, in this process."""
    import nbconvert
    import papermill

    project = Path.cwd()
    for path in sorted((project / "notebooks").glob("[0-9]*.ipynb")):
        given = parameters(project, path.stem)
        notebook = papermill.execute_notebook(
            path, out / path.name, given, progress_bar=False, cwd=path.parent
        )
        page, _ = nbconvert.HTMLExporter().from_notebook_node(notebook)
        (out / f"{path.stem}.html").write_text(page, encoding="utf-8")


def resident() -> None:
    """Stay, with a warm process, and make the report at each line read; print the seconds."""
    import psutil

    from coopreport.pipeline.build import make_report
    from coopreport.pipeline.limits import Limits
    from coopreport.pipeline.warm import Warm
    from coopreport.project import find_project

    project = find_project()

    def used() -> float:
        children = psutil.Process().children()
        of_children = [sum(child.cpu_times()[:4]) for child in children]
        return time.process_time() + sum(of_children)

    with Warm(project, lambda line: print(line, file=sys.stderr)) as warm:
        for _ in sys.stdin:
            before, started = used(), time.monotonic()
            make_report(project, CYCLE, Limits(), lambda _: None, warm, pdf=False)
            wall = time.monotonic() - started
            time.sleep(0.3)  # the warm process waits for its children every tenth of a second
            print(wall, used() - before, flush=True)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--chapter", default="03-financement", help="the one that changes")
    parser.add_argument("--jupyter-book", default="", metavar="PYTHON")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        bench = Bench(HERE.parents[1], Path(work), asked.chapter, asked.jupyter_book)
        ways = bench.ways()
        for number in range(asked.runs + 1):  # the first one only fills the caches
            for way in ways:
                way.before()
                result = way.measured()
                if number:
                    way.found.append(result)
            print(f"{number}/{asked.runs}", file=sys.stderr, flush=True)
        bench.resident.communicate()
    walls = {way.name: [wall for wall, _ in way.found] for way in ways}
    whole = next(iter(walls.values()))
    alone = walls["un chapitre : (a)"]
    print(
        "| façon | médiane s | min s | proc. s | (a) ÷ médiane | (a) ÷ min |\n"
        "|---|---|---|---|---|---|"
    )
    for way in ways:
        reference, wall = alone if way.name.startswith("un ") else whole, walls[way.name]
        middle, least = statistics.median(wall), min(wall)
        used = statistics.median(seconds for _, seconds in way.found)
        ratios = f"{statistics.median(reference) / middle:.1f} | {min(reference) / least:.1f}"
        print(f"| {way.name} | {middle:.2f} | {least:.2f} | {used:.2f} | {ratios} |")


if __name__ == "__main__":
    if "--resident" in sys.argv:
        resident()
    elif "--serial" in sys.argv:
        serial(Path(sys.argv[-1]))
    else:
        main()
