"""The commands that add a program to a machine: by apt, Homebrew or conda."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass

from coopreport.errors import NBSP


@dataclass(frozen=True)
class Program:
    """A program that pip cannot add: its packages, as each installer names them, "" for none."""

    apt: str
    brew: str
    conda: str = ""

    def command(self) -> str:
        """Return the command that adds it to this machine, or the name to look for."""
        installer = this_installer()
        packages: str = getattr(self, installer, "")
        if packages:
            return f"{_COMMANDS[installer]} {packages}"
        return f"à installer, par le moyen habituel de la machine{NBSP}: {self.conda or self.apt}"


PYTHON = Program("python3 python3-venv", "python@3.12", "python=3.12")
MAKE = Program("make", "make", "make")
GIT = Program("git", "git", "git")
# On Debian and Ubuntu, these two packages depend on the others that the press opens.
PANGO = Program("libpangoft2-1.0-0 libharfbuzz-subset0", "pango", "pango")
SSH = Program("openssh-client", "openssh", "openssh")
CHROMIUM = Program("chromium", "--cask chromium")
R = Program("r-base-core r-cran-survival", "r", "r-base r-survival")
POPPLER = Program("poppler-utils", "poppler", "poppler")
UV = Program("pipx && pipx install uv", "uv", "uv")

_COMMANDS = {
    "apt": "sudo apt-get install",
    "brew": "brew install",
    "conda": "conda install -c conda-forge",
}


def this_installer() -> str:
    """Return `conda` where its environment is activated, else `brew`, `apt`, or "" for neither."""
    if in_conda():
        return "conda"
    if sys.platform == "darwin":
        return "brew"
    return "apt" if shutil.which("apt-get") else ""


def in_conda() -> bool:
    """Tell whether make uses a conda environment, as `requirements/python.sh` decides it."""
    return bool(os.environ.get("CONDA_PREFIX")) and (
        os.environ.get("CONDA_DEFAULT_ENV", "base") != "base"
    )
