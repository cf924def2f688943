"""The environment of the processes that run chapters, the same for both engines."""

from __future__ import annotations

import os

from coopreport.pipeline.options import FRENCH
from coopreport.project import Project
from coopreport.surroundings import BUILD, EDITION, SAME_NUMBERS


def chapter_environment(project: Project, language: str = FRENCH) -> dict[str, str]:
    """Return the environment of a process that runs chapters: nothing is left to chance.

    It has the package of a project that has its own, and a fixed hash seed. Linear algebra has one
    thread: a process that forks must have no other. `language` is the edition's, in which the
    chapter writes its numbers.
    """
    own = [str(project.root)] if project.code == project.root else []
    paths = [*own, os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        "PYTHONHASHSEED": "0",
        **SAME_NUMBERS,
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        BUILD: "1",
        EDITION: language,
    }
