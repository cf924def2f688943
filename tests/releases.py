"""A project in git with three real versions, for the tests that break them.

v1 is the first publication; v2, signed, a revision of Québec's 2022 GDP and of one published rate;
v3 a correction that goes back to the content of v1.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from coopreport.project import Project
from tests.chapters import CYCLE

ROOT = Path(__file__).parents[1]
SOURCES = ("coopreport", "data", "notebooks", "requirements", "pyproject.toml", "Makefile")
SIGNER = "marie.tremblay@exemple.ca"
REVISION = "PIB de 2022 révisé par l'Institut de la statistique"
CORRECTION = "retour aux valeurs de v1: la révision était fautive"
CAUSES = f"""\
v2:
  - indicators: [portrait.part_pib_recalculee.2022, portrait.pib.2022]
    cause: "L'Institut de la statistique du Québec a révisé le PIB de 2022."
    accepted_by: "M. Tremblay"
    date: 2026-11-03
  - indicators: ["survie.*", enonces.taux_publies]
    cause: "Le taux à 3 ans a été relu dans l'étude."
    accepted_by: "M. Tremblay"
    date: 2026-11-03
v3:
  - indicators: ["*"]
    cause: "{CORRECTION}"
    accepted_by: "M. Tremblay"
    date: 2026-11-04
"""


def run(
    project: Path, *arguments: str, environment: dict[str, str] | None = None, timeout: float = 300
) -> subprocess.CompletedProcess[str]:
    """Run a verb in a project, with that project's own code."""
    return subprocess.run(
        [sys.executable, "-m", "coopreport", *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project), **(environment or {})},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def done(project: Path, *arguments: str) -> str:
    """Run a verb that succeeds; return what it prints, progress included."""
    result = run(project, *arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout + result.stderr


def git(project: Path, *arguments: str) -> str:
    """Run git in a project; return what it prints."""
    names = ["-c", "user.name=Essai", "-c", "user.email=essai@exemple.ca"]
    return subprocess.run(
        ["git", "-C", str(project), *names, *arguments], check=True, capture_output=True, text=True
    ).stdout


def commit(project: Path, message: str = "un changement") -> None:
    """Commit everything in a project."""
    git(project, "add", "-A")
    git(project, "commit", "-qm", message)


def edit(project: Path, name: str, old: str, new: str) -> None:
    """Replace a text that a file of the project has."""
    path = project / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def make_key(path: Path) -> str:
    """Make an OpenSSH key without a passphrase; return its public half, without its comment."""
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)]
    subprocess.run(command, check=True)
    return " ".join(path.with_name(f"{path.name}.pub").read_text(encoding="utf-8").split()[:2])


def new_repository(folder: Path) -> Path:
    """Return a copy of the project's sources, committed in a git repository of its own."""
    folder.mkdir()
    for name in SOURCES:
        source = ROOT / name
        copy = shutil.copyfile if source.is_file() else shutil.copytree
        copy(source, folder / name)
    shutil.copyfile(ROOT / ".gitignore", folder / ".gitignore")
    git(folder, "init", "-q")
    commit(folder, "Le projet")
    return folder


def revise(project: Path) -> None:
    """Change what v2 revises: one GDP, and one published rate with its claim."""
    edit(project, "data/gdp.csv", "2022,nominal,market,555", "2022,nominal,market,561")
    for name in ("survival_published", "claims"):
        path = project / "data" / f"{name}.csv"
        lines = path.read_text(encoding="utf-8").split("\n")
        chosen = "cqcm_mei_2022-coops_quebec-03"
        changed = [
            line.replace("79.9", "80.4").replace("79,9", "80,4")
            if line.startswith(chosen)
            else line
            for line in lines
        ]
        assert changed != lines
        path.write_text("\n".join(changed), encoding="utf-8")


def make_releases(folder: Path) -> Path:
    """Make the project and its three versions in a new folder; the key is beside it, `clé`."""
    project = new_repository(folder)
    key = folder.with_name("clé")
    (project / "data" / "signataires").write_text(f"{SIGNER} {make_key(key)}\n", encoding="utf-8")
    commit(project, "Qui signe")
    done(project, "report")
    done(project, "release", "--date=2026-11-02", "--reason=Mémoire déposé", "--pdf=oui")
    revise(project)
    (project / "data" / "revisions").mkdir()
    (project / "data" / "revisions" / f"{CYCLE}.yaml").write_text(CAUSES, encoding="utf-8")
    commit(project, "Le PIB de 2022")
    done(project, "report")
    done(
        project,
        "release",
        "--kind=revision",
        f"--reason={REVISION}",
        "--date=2026-11-03",
        f"--key={key}",
    )
    git(project, "checkout", "-q", "HEAD~1", "--", "data/gdp.csv")
    git(project, "checkout", "-q", "HEAD~1", "--", "data/survival_published.csv", "data/claims.csv")
    commit(project, "Retour en arrière")
    done(project, "report")
    done(project, "release", "--kind=CORRECTION", f"--reason={CORRECTION}", "--date=2026-11-01")
    return project


def shelf(project: Path) -> Path:
    """Return the folder of the cycle's builds and versions."""
    return project / "build" / CYCLE


def copied(project: Path, folder: Path, *, writable: bool = False) -> Project:
    """Return a copy of a project with its versions, to break; `writable`: it can be edited."""
    shutil.copytree(project, folder, symlinks=True)
    if writable:
        for path in sorted(shelf(Project(folder).root).rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() else 0o644)
    return Project(folder)
