"""What git holds of a file of the project, so that nothing that it does not hold is ever lost."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

from coopreport.pipeline.publish import write_whole
from coopreport.project import Project

FORMER = "avant-import"
"""The folder of build/ that keeps what imports replaced; `make clean` leaves it."""


def recorded_bytes(project: Project, path: Path) -> bytes | None:
    """Return a file as the last commit has it; None without git, commit or such a file."""
    command = ["git", "-C", str(project.root), "show", f"HEAD:./{project.relative(path)}"]
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
    try:
        done = subprocess.run(command, capture_output=True, check=False, env=environment)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def keep_former(project: Project, table: str, data: bytes) -> Path:
    """Keep what an import replaces, under a name made of its content; return the file."""
    folder = project.build / FORMER
    kept = folder / f"{table}-{hashlib.sha256(data).hexdigest()[:12]}.csv"
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(kept, data)
    return kept
