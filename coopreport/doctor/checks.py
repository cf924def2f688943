"""What is looked at: each check says what it found, and how to add what is missing.

Nothing is installed, and no environment is made; a file is written to `build/`, and removed.
"""

from __future__ import annotations

import fcntl
import filecmp
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coopreport.doctor import packages
from coopreport.doctor.packages import Program, in_conda
from coopreport.errors import NBSP, quoted
from coopreport.paper.libraries import missing_libraries
from coopreport.pipeline.work import REASONS
from coopreport.project import Project

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ENVIRONMENT_BYTES = 1_500_000_000
"""What an environment takes, with the libraries' archives while they are installed."""
BUILD_BYTES = 300_000_000
"""What a few builds take."""
LOCAL = "déplacez le projet sur un disque de l’ordinateur, hors d’un partage réseau."


@dataclass(frozen=True)
class Found:
    """What one check found: `good`, or what is missing, in `detail`, and its `remedy`.

    `needed` tells that no report is made without it.
    """

    name: str
    serves: str
    good: bool
    detail: str
    remedy: str = ""
    needed: bool = False


def look(project: Project) -> Iterator[Found]:
    """Yield what every check finds, what a report needs first."""
    yield from report_checks(project)
    yield from other_checks(project)
    yield from test_checks(project)


def report_checks(project: Project) -> Iterator[Found]:
    """Yield what `make report` needs."""
    yield _python(project)
    yield _program("make", "toutes les commandes", "make", packages.MAKE, needed=True)
    yield _program("git", "l’historique, les versions", "git", packages.GIT, needed=True)
    yield _disk(project)
    yield _folder(project)
    yield _environment(project, "report", "le rapport", "make report")


def other_checks(project: Project) -> Iterator[Found]:
    """Yield what other targets use, and the report does without."""
    yield _pango(project)
    yield _environment(project, "lab", "JupyterLab", "make lab")
    yield _identity(project)
    yield _filter(project)
    yield _program("ssh-keygen", "la signature d’une version", "ssh-keygen", packages.SSH)
    yield _program("uv", "make lock, rien d’autre", "uv", packages.UV)


def test_checks(project: Project) -> Iterator[Found]:
    """Yield what `make test` uses; it adds by itself what it can."""
    yield _environment(project, "test", "les essais", "make test")
    yield _browser(project)
    yield _r()
    yield _program("pdftotext", "les essais du PDF", "pdftotext", packages.POPPLER)


def _program(
    name: str, serves: str, command: str, program: Program, *, needed: bool = False
) -> Found:
    if shutil.which(command):
        return Found(name, serves, True, "présent", needed=needed)
    return Found(name, serves, False, "introuvable", program.command(), needed)


def _python(project: Project) -> Found:
    version = ".".join(map(str, sys.version_info[:3]))
    serves = "toutes les commandes"
    # Debian's Python has both only with python3-venv
    makes = importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")
    if not (makes or in_conda() or _home(project).exists()):
        detail = f"{version}, sans de quoi faire un environnement (venv, ensurepip)"
        return Found("Python", serves, False, detail, packages.PYTHON.command(), True)
    return Found("Python", serves, True, version, needed=True)


def _home(project: Project) -> Path:
    """Return the folder of the project's environment, as `requirements/python.sh` decides it."""
    return Path(os.environ["CONDA_PREFIX"]) if in_conda() else project.root / ".venv"


def _environment(project: Project, group: str, serves: str, target: str) -> Found:
    """Find the libraries of a group; those of `test` and `lab` serve the report too."""
    name = f"bibliothèques {quoted(group)}"
    groups = ("report", "test", "lab", "dask") if group == "report" else (group,)
    if any(_holds(project, each) for each in groups):
        return Found(name, serves, True, "à jour")
    there = any((_home(project) / f".coopreport-{each}.lock").exists() for each in groups)
    detail = "à renouveler" if there else "absentes"
    return Found(name, serves, False, detail, f"{target} (les installe)")


def _holds(project: Project, group: str) -> bool:
    try:
        return filecmp.cmp(
            project.root / "requirements" / f"{group}.lock",
            _home(project) / f".coopreport-{group}.lock",
            shallow=False,
        )
    except OSError:
        return False


def _disk(project: Project) -> Found:
    free = shutil.disk_usage(project.root).free
    asked = BUILD_BYTES if _home(project).exists() else ENVIRONMENT_BYTES
    detail = f"{_gigabytes(free)} libres, {_gigabytes(asked)} demandés"
    remedy = "" if free >= asked else "libérez de l’espace; make clean enlève les productions."
    return Found("espace du disque", "le rapport", free >= asked, detail, remedy, True)


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f}{NBSP}Go".replace(".", ",")


def _folder(project: Project) -> Found:
    """Try in `build/` what a build does: to write, to hold a lock, to point to a folder."""
    name, serves = "dossier build/", "le rapport"
    place = project.build if project.build.exists() else project.root
    what = ""
    try:
        with tempfile.TemporaryDirectory(prefix=".essai-", dir=place) as folder:
            what = "verrous"
            with Path(folder, "a").open("w") as handle:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            what = "liens symboliques"
            Path(folder, "b").symlink_to("a")
    except OSError as error:
        if what:
            detail = f"le système de fichiers est sans {what}"
            return Found(name, serves, False, detail, LOCAL, True)
        reason = REASONS.get(error.errno or 0, str(error.strerror))
        return Found(
            name, serves, False, reason, f"donnez-vous le droit d’écrire dans {place}", True
        )
    kind = _file_system(place)
    if kind in REMOTE:
        return Found(name, serves, False, f"partage réseau ({kind}), plus lent et moins sûr", LOCAL)
    return Found(name, serves, True, "modifiable", needed=True)


REMOTE = ("nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p", "drvfs", "afs", "davfs")
"""File systems that are not of this computer."""


def _file_system(place: Path) -> str:
    """Return the type of the file system of a folder, "" where the system does not tell."""
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8")
    except OSError:
        return ""
    lines = [line.split() for line in mounts.splitlines()]
    real = place.resolve()
    points = [(len(at), kind) for _, at, kind, *_ in lines if real.is_relative_to(at)]
    return max(points, default=(0, ""))[1]


def _pango(project: Project) -> Found:
    name, serves = "Pango", "rapport.pdf; sans lui, le rapport est fait sans PDF"
    if missing := missing_libraries():
        detail = f"il manque {', '.join(missing)}"
        return Found(name, serves, False, detail, packages.PANGO.command())
    if sys.platform == "linux" or _runs(_home(project) / "bin" / "python", "import weasyprint"):
        return Found(name, serves, True, "présent")
    return Found(name, serves, False, "introuvable", packages.PANGO.command())


def _browser(project: Project) -> Found:
    name, serves = "Chromium", "les essais de la page"
    own = (
        "import pathlib, sys; from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p:\n"
        "    sys.exit(not pathlib.Path(p.chromium.executable_path).exists())"
    )
    if any(map(shutil.which, BROWSERS)) or _runs(_home(project) / "bin" / "python", own):
        return Found(name, serves, True, "présent")
    return Found(name, serves, False, "introuvable", packages.CHROMIUM.command())


def _r() -> Found:
    name, serves = "R et survival", "les essais de la survie"
    if _runs("Rscript", "library(survival)"):
        return Found(name, serves, True, "présents")
    return Found(name, serves, False, "introuvables", packages.R.command())


def _identity(project: Project) -> Found:
    name, serves = "nom dans git", "les commits, les réponses aux remarques"
    if _git(project, "user.name") and _git(project, "user.email"):
        return Found(name, serves, True, "présent")
    remedy = 'git config user.name "…" puis git config user.email "…"'
    return Found(name, serves, False, "absent", remedy)


def _filter(project: Project) -> Found:
    """Find whether git strips the results of notebooks when they are committed."""
    name, serves = "filtre des notebooks", "un commit sans résultats de calcul"
    told = _says(project, "git", "check-attr", "filter", "notebooks/01-sommaire.ipynb")
    filter_name = told.rpartition(": ")[2]
    keys = (f"filter.{filter_name}.process", f"filter.{filter_name}.clean")
    if any(_git(project, key) for key in keys):
        return Found(name, serves, True, "présent")
    return Found(name, serves, False, "absent", "make report (le met en place)")


def _git(project: Project, key: str) -> str:
    return _says(project, "git", "config", "--get", key)


def _says(project: Project, *command: str) -> str:
    """Return what a command prints, "" when it fails or is not there."""
    try:
        done = subprocess.run(
            command, cwd=project.root, capture_output=True, text=True, check=False, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _runs(program: Path | str, code: str) -> bool:
    """Tell whether a program runs a line of its language to a good end."""
    try:
        done = subprocess.run(
            [program, "-e" if program == "Rscript" else "-c", code],
            capture_output=True,
            check=False,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
