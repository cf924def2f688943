"""Where the project's rooms are on disk, and its chapters as files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from coopreport.errors import NBSP, BadCall

PACKAGE = "coopreport"
INSTALLED = Path(__file__).parents[1]
"""The folder that holds the package that is running."""


@dataclass(frozen=True)
class Project:
    """The folders of one project; `root` holds data/, notebooks/, build/, perhaps its code."""

    root: Path

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def notebooks(self) -> Path:
        return self.root / "notebooks"

    @property
    def build(self) -> Path:
        return self.root / "build"

    @property
    def reviews(self) -> Path:
        return self.root / "reviews"

    @cached_property
    def code(self) -> Path:
        """The folder that holds the package: the project's own, else where it is installed."""
        return self.root if (self.root / PACKAGE).is_dir() else INSTALLED

    def cycle_file(self, cycle: str) -> Path:
        return self.data / "cycles" / f"{cycle}.yaml"

    def relative(self, path: Path) -> str:
        """Return `path` as the user knows it: from the project's root, with forward slashes.

        A file of the package is `coopreport/…` wherever the package is.
        """
        installed = self.code != self.root and path.is_relative_to(self.code / PACKAGE)
        return path.relative_to(self.code if installed else self.root).as_posix()

    def file(self, name: str) -> Path:
        """Return the file that `relative` names."""
        return (self.code if name.startswith(f"{PACKAGE}/") else self.root) / name


def find_project() -> Project:
    """Return the project that holds the current folder.

    Raises:
        BadCall: neither it nor one above it holds `data/datapackage.json`, or the project there
            has a package of its own, and another one is running.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "data" / "datapackage.json").exists():
            _require_own_code(folder / PACKAGE)
            return Project(folder)
    raise BadCall(
        "Aucun projet coopreport ici : « data/datapackage.json » est introuvable.",
        "placez-vous dans le dossier du projet, celui qui contient data/ et notebooks/.",
    )


def _require_own_code(own: Path) -> None:
    """Raise when a project has its own package, and what runs is another one that differs.

    Its chapters would run with the one, its page be made by the other.
    """
    running = INSTALLED / PACKAGE
    if own.is_dir() and not own.samefile(running) and _sources(own) != _sources(running):
        raise BadCall(
            f"Le code de ce projet ({PACKAGE}/) n’est pas celui de la commande installée.",
            f"lancez-le par make, ou par «{NBSP}python -m {PACKAGE}{NBSP}» dans son dossier.",
        )


def _sources(package: Path) -> dict[Path, bytes]:
    return {path.relative_to(package): path.read_bytes() for path in package.rglob("*.py")}
