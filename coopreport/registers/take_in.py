"""The verb `register`: what the user typed, the progress line, and what to do next."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from coopreport.errors import NBSP, BadCall
from coopreport.locale import format_number
from coopreport.project import Project
from coopreport.registers.download import Progress
from coopreport.registers.fetch import fetch_url, take_file

FOLDER = "registers"


def take_in(project: Project, url: str, file: str, sha256: str, say: Callable[[str], None]) -> int:
    """Fetch `url` or take in `file`, one of them, and say how a cycle names it; return 0.

    Raises:
        BadCall: none or both are given; and as `fetch`.
    """
    if bool(url) == bool(file):
        raise BadCall(
            "Donnez une adresse ou un fichier, l’un des deux.",
            "make register URL=https://…  ou  make register FILE=chemin/du/registre.zip",
        )
    shown = sys.stderr.isatty()

    def line(text: str) -> None:
        if shown:
            print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)

    def after_line(text: str) -> None:
        if shown:
            print("\r\033[K", end="", file=sys.stderr)
        say(text)

    progress = Progress(after_line, line)
    folder = project.root / FOLDER
    if url:
        taken = fetch_url(url, folder, progress, sha256)
    else:
        taken = take_file(Path(file).expanduser(), folder, progress, sha256)
    path = project.relative(taken.path)
    print(f"Registre{NBSP}: {path} ({format_number(taken.size / 1e6, 1)}{NBSP}Mo)")
    print(f"SHA-256{NBSP}: {taken.sha256}")
    say(
        "  Pour s’en servir, nommez-le dans data/cycles/<cycle>.yaml :\n"
        f"    register: {{kind: quebec, path: {path}}}"
    )
    return 0
