"""Where the project's rooms are on disk, and its chapters as files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from coopreport.errors import BadCall


@dataclass(frozen=True)
class Project:
    """The folders of one project; `root` holds data/, notebooks/ and build/."""

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

    def cycle_file(self, cycle: str) -> Path:
        return self.data / "cycles" / f"{cycle}.yaml"

    def relative(self, path: Path) -> str:
        """Return `path` as the user knows it: from the project's root, with forward slashes."""
        return path.relative_to(self.root).as_posix()


def find_project(start: Path | None = None) -> Project:
    """Return the project that holds `start` (the current folder when absent).

    Raises:
        BadCall: no folder from `start` upwards holds `data/datapackage.json`.
    """
    here = (start or Path.cwd()).absolute()
    for folder in (here, *here.parents):
        if (folder / "data" / "datapackage.json").exists():
            return Project(folder)
    raise BadCall(
        "Aucun projet coopreport ici : « data/datapackage.json » est introuvable.",
        "placez-vous dans le dossier du projet, celui qui contient data/ et notebooks/.",
    )
