"""The state of the project's git repository: a release is made from what is committed, only."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable

from coopreport.compare.rows import named
from coopreport.errors import shorten
from coopreport.project import Project
from coopreport.release.refusals import Refusal

ROOMS = ("data", "notebooks", "coopreport", "requirements", "pyproject.toml", "Makefile")
"""What a release is made from, beside the registers, which git ignores."""
MOST_LISTED = 8
COMMIT = "git add -A && git commit, puis make release; ou git restore pour y renoncer."


def committed_state(project: Project, inputs: Iterable[str]) -> tuple[str, list[Refusal]]:
    """Return the commit that the project's files are those of, and what stands against a release.

    `inputs` are the paths of the build's inputs, from the project's root. A shallow clone will do.
    """
    try:
        commit = _git(project, "rev-parse", "--verify", "HEAD").strip()
        changed = _changed(_git(project, "status", "--porcelain", "-z", "-uall", "--", *ROOMS))
        tracked = set(_git(project, "ls-files", "-z", "--", *ROOMS).split("\0"))
    except FileNotFoundError:
        return "", [
            Refusal(
                "git est introuvable : on ne peut pas savoir si l’arbre est modifié.",
                "installez git, puis relancez.",
            )
        ]
    except subprocess.CalledProcessError as error:
        why = shorten(error.stderr.strip().removeprefix("fatal: "), 200)
        return "", [
            Refusal(
                f"Le projet n’est pas dans un dépôt git qui ait un commit ({why}).",
                "git init, git add -A, git commit, puis make release.",
            )
        ]
    ignored = {name for name in inputs if name.split("/")[0] in ROOMS} - tracked
    if names := sorted({*changed, *ignored}):
        listed = named(names, MOST_LISTED)
        return commit, [
            Refusal(f"L’arbre est modifié, ces fichiers ne sont pas versés : {listed}.", COMMIT)
        ]
    return commit, []


def _git(project: Project, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(project.root), *arguments],
        capture_output=True,
        check=True,
        env={**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"},
        encoding="utf-8",
    )
    return done.stdout


def _changed(status: str) -> list[str]:
    """Return the paths of `git status --porcelain -z`, from the repository's root."""
    fields = iter(status.split("\0"))
    names = []
    for field in fields:
        if field:
            names.append(field[3:])
            if field[0] in "RC":
                next(fields)  # the former name
    return [name for name in names if not name.endswith(".md")]
