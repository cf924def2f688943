"""The examples of docs/messages.md: something is broken in a copy of the project, a command is run.

Each example is a real command with its real answer. What differs from one machine or one minute to
the next (a path, a process, an hour, an address in memory) is replaced by a fixed value.
"""

from __future__ import annotations

import csv
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from coopreport.errors import NBSP
from coopreport.pipeline.lock import hold
from coopreport.project import Project
from coopreport.registers.fetch import _part
from docs.reference import ROOT, read_makefile
from tests.chapters import CYCLE, write_chapter
from tests.releases import commit, edit, new_repository

Context = AbstractContextManager[object]
Break = Callable[[Path], Context | None]

RECOMMENDATIONS = "data/recommendations.csv"
UNSAID = (
    (re.compile(r"processus \d+, \d\d:\d\d"), "processus 4721, 10:15"),
    (re.compile(r"\b[0-9a-f]{12}\b"), "3f9c2a71d05e"),
    (re.compile(r"\b(?!0{64})[0-9a-f]{64}\b"), "9f86d081884c7d659a2feaa0c55ad015…"),
)
"""What no two runs share, and what stands in its place."""


@dataclass(frozen=True)
class Example:
    """A command that fails. `call`: as typed. `break_it`: what is done to the copy before it.

    `built`: the copy has a report; `git`: it is a repository. `command`: what is run, when it is no
    target of the Makefile. `first`: the text from which the answer is shown; `lines`: how many
    lines of it, 0 for all.
    """

    call: str
    break_it: Break = lambda project: None
    built: bool = False
    git: bool = False
    command: tuple[str, ...] = ()
    first: str = "Erreur"
    lines: int = 0


def run(example: Example, project: Path) -> str:
    """Return the answer of an example in a copy of the project, its exit code on the last line."""
    with example.break_it(project) or nullcontext():
        done = subprocess.run(
            example.command or [sys.executable, "-m", "coopreport", *arguments(example.call)],
            cwd=project,
            env={**os.environ, "PYTHONPATH": f"{project}{os.pathsep}{project.parent}"},
            capture_output=True,
            text=True,
            check=False,
        )
    said = done.stdout + done.stderr
    assert example.first in said, f"{example.call}: {said}"
    shown = said[said.index(example.first) :].rstrip().replace(str(project), "/home/moi/rapport")
    if example.lines:
        shown = "\n".join(shown.split("\n")[: example.lines])
    for pattern, fixed in UNSAID:
        shown = pattern.sub(fixed, shown)
    return f"$ {example.call}\n{shown}\n(code {done.returncode})"


def arguments(call: str) -> list[str]:
    """Return the verb and the options that `make target VARIABLE=value…` gives to the command."""
    _, name, *given = shlex.split(call)
    makefile = read_makefile((ROOT / "Makefile").read_text(encoding="utf-8"))
    (target,) = [each for each in makefile.targets if each.name == name]
    options = {variable: option for option, variable in target.passed.items()}
    pairs = [each.partition("=") for each in given]
    return [target.verbs[-1], *(f"{options[name]}={value}" for name, _, value in pairs)]


@contextmanager
def projects() -> Iterator[Callable[[Example], Path]]:
    """Give what makes a fresh copy of a small project, as an example wants it."""
    with tempfile.TemporaryDirectory() as folder:
        bare = new_repository(Path(folder) / "rapport")
        write_chapter(bare, "## Texte\n\nUne phrase.")
        commit(bare, "Un chapitre")
        made = Path(folder) / "produit"
        number = 0

        def fresh(example: Example) -> Path:
            nonlocal number
            number += 1
            if example.built and not made.exists():
                shutil.copytree(bare, made, symlinks=True)
                call = [sys.executable, "-m", "coopreport", "report", "--pdf=non"]
                subprocess.run(call, cwd=made, check=True, capture_output=True)
            copy = Path(folder) / str(number) / "rapport"
            source = made if example.built else bare
            if example.git:
                shutil.copytree(source, copy, symlinks=True)
            else:  # a lighter one
                shutil.copytree(source, copy, symlinks=True, ignore=_heavy)
                (copy / "coopreport").symlink_to(bare / "coopreport")
            return copy

        yield fresh


def _heavy(folder: str, names: list[str]) -> set[str]:
    return {".git", "coopreport"} & set(names)


def _data(project: Path) -> None:
    edit(project, RECOMMENDATIONS, ",600000,", ",600 000 $,")
    edit(project, "data/gdp.csv", "2022,nominal,market,", "2022,nominale,market,")


def _spreadsheet(project: Path) -> None:
    """Save the grants as a French Excel does: amounts in its way, and two cells that it spoiled."""
    with (project / "data" / "grants.csv").open(encoding="utf-8", newline="") as table:
        header, *rows = list(csv.reader(table))
    amount, announced = header.index("amount"), header.index("announced")
    for row in rows:
        row[amount] = f"{int(row[amount]):,}".replace(",", NBSP) + ",00 $"
        row[announced] = "/".join(reversed(row[announced].split("-")))
    rows[1][amount], rows[2][announced] = "4,1E+06", "########"
    with (project.parent / "aides.csv").open("w", encoding="cp1252", newline="") as saved:
        csv.writer(saved, delimiter=";").writerows([header, *rows])


def _cycle(project: Path) -> None:
    edit(project, f"data/cycles/{CYCLE}.yaml", "cut_off:", "cutoff:")


def _cell(source: str) -> Break:
    def write(project: Path) -> None:
        write_chapter(project, "## Les demandes", source)

    return write


def _prose(project: Path) -> None:
    write_chapter(
        project, "## Les demandes\n\nLe mémoire demande 8,8 millions de dollars par année."
    )


def _claim(project: Path) -> None:
    edit(project, "data/claims.csv", f'"8,8{NBSP}M$",8800000', f'"9,9{NBSP}M$",9900000')


def _file_for_build(project: Path) -> None:
    (project / "build").write_text("", encoding="utf-8")


def _press(project: Path) -> None:
    (project / "weasyprint.py").write_text("raise OSError('police illisible')\n", encoding="utf-8")


def _register(text: str) -> Break:
    def write(project: Path) -> None:
        (project.parent / "registre.csv").write_text(text, encoding="utf-8")

    return write


def _register_held(project: Path) -> Context:
    _register("unit_id,birth,end,legal_form\n")(project)
    return _part(project / "registers", "registre.csv")


def _damaged(name: str) -> Break:
    def write(project: Path) -> None:
        path = (project / "build" / CYCLE / "latest" / name).resolve()
        path.chmod(0o644)
        path.write_text("{", encoding="utf-8")

    return write


def _uncommitted(project: Path) -> None:
    (project / "data" / "note.txt").write_text("À vérifier.\n", encoding="utf-8")


def _tells_where(project: Path) -> None:
    write_chapter(project, f"## Sources\n\nVoir `{project}/data`.")
    commit(project, "Une adresse")
    call = [sys.executable, "-m", "coopreport", "report", "--pdf=non"]
    subprocess.run(call, cwd=project, check=True, capture_output=True)


def _no_python(project: Path) -> None:
    programs = project.parent / "bin"
    programs.mkdir()
    for name in ("dirname", "cmp", "sh"):
        (programs / name).symlink_to(str(shutil.which(name)))


BROKEN_PROGRAM = """
from coopreport import cli, verbs

def check(call):
    return {}["exercice"]

verbs.check = check
raise SystemExit(cli.main(["check"]))
"""

INTERRUPTED = """
import os, signal, subprocess, sys, time
from pathlib import Path

call = [sys.executable, "-m", "coopreport", "report", "--pdf=non"]
made = subprocess.Popen(call, stderr=subprocess.PIPE, text=True, start_new_session=True)
while not list(Path("build").glob(".work-*")):
    time.sleep(0.05)
made.send_signal(signal.SIGINT)
_, said = made.communicate()
print(said)
sys.exit(made.returncode if made.returncode >= 0 else 128 - made.returncode)  # as a shell tells it
"""

EXAMPLES: dict[str, Example] = {
    "BadCall": Example("make report CYCLE=2023"),
    "BadCycle": Example("make report", _cycle),
    "UnknownParameter": Example(
        "make report PDF=non", _cell("report.cycle.parameter('survie', 'year')")
    ),
    "BadData": Example("make check", _data),
    "BadData.import": Example("make import FILE=../aides.csv TABLE=grants", _spreadsheet, first=""),
    "LintFailed": Example("make lint", _prose),
    "ChapterFailed": Example("make report PDF=non", _cell("total = 8_800_000 / 0")),
    "UnknownName": Example("make report PDF=non", _cell('indicator["financement.anonce"]')),
    "UnknownPart": Example("make report PDF=non", _cell("indicator.financement.anonce")),
    "NameTaken": Example(
        "make report PDF=non",
        _cell(
            '@report.define("financement.annonce", "Le total", unit="CAD_M", decimals=1,\n'
            '               formula="celle du mémoire")\n'
            "def total(data):\n"
            "    return 8_800_000"
        ),
    ),
    "ReadOutsideTables": Example(
        "make report PDF=non", _cell('import pandas as pd\n\npd.read_csv("../data/gdp.csv")')
    ),
    "BadExhibit": Example(
        "make report PDF=non",
        _cell(
            "report.table(\n"
            '    "financement.recommandations",\n'
            '    "",\n'
            '    [Column("ask_id", "Rec.", "header")],\n'
            ")"
        ),
    ),
    "CannotPublish": Example("make report", _file_for_build),
    "CannotPrint": Example("make report PDF=oui", _press, first="Le PDF", lines=2),
    "FetchFailed": Example(
        "make register FILE=../registre.csv",
        _register("<!doctype html>\n<title>Registre</title>\n"),
    ),
    "TellsWhere": Example('make release REASON="Mémoire déposé" PDF=non', _tells_where, git=True),
    "ReleaseRefused": Example(
        'make release REASON="Mémoire déposé" PDF=non', _uncommitted, built=True, git=True
    ),
    "Locked": Example("make report", lambda project: hold(Project(project), CYCLE)),
    "Busy": Example("make register FILE=../registre.csv", _register_held),
    "UnexplainedGaps": Example("make claims", _claim),
    "DamagedVersion": Example(
        "make diff FROM=latest TO=latest", _damaged("indicateurs.json"), built=True
    ),
    "WrongChecksum": Example(
        f"make register FILE=../registre.csv SHA256={'0' * 64}",
        _register("unit_id,birth,end,legal_form\n1,2001-05-04,,cooperative\n"),
    ),
    "NotIntact": Example("make verify VERSION=latest", _damaged("rapport.html"), built=True),
    "CannotSign": Example(
        'make release REASON="Mémoire déposé" KEY=~/.ssh/rapport PDF=non', built=True, git=True
    ),
    "NotReproduced": Example("make reproduce", _cell("import os\n\nprint(os.environ['USER'])")),
    "make": Example(
        "make report",
        _no_python,
        command=(
            "env",
            "-u",
            "CONDA_PREFIX",
            "PATH=../bin",
            "sh",
            "requirements/python.sh",
            "report",
        ),
    ),
    "unexpected": Example("make check", command=(sys.executable, "-c", BROKEN_PROGRAM)),
    "interrupted": Example(
        "make report",
        _cell("import time\n\ntime.sleep(300)"),
        command=(sys.executable, "-c", INTERRUPTED),
        first="Interrompu",
    ),
}
"""The examples of each kind of error, by the name of its class, then of what sets one apart."""
