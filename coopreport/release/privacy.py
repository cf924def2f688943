"""No released file tells whose machine made it: no absolute path, no user, no host.

A path of this machine is refused in every file. The name of the user or of the host is refused,
as a whole word, in what the build made; a person's name in a source file stands there on purpose.
"""

from __future__ import annotations

import getpass
import os
import re
import socket
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from coopreport.errors import NBSP, CannotPublish, quoted
from coopreport.pipeline.layout import INPUTS
from coopreport.pipeline.publish import files_of
from coopreport.project import Project

SHORTEST_NAME = 4
"""A shorter name of a user or a host is a common word or syllable."""
NO_ONE = frozenset({"root", "admin", "user", "localhost", "runner"})
"""Names that say nothing of anybody."""


class TellsWhere(CannotPublish):
    """A file of the release names the machine or the person that made it."""


def check_privacy(project: Project, folder: Path) -> None:
    """Scan every file of a release.

    Raises:
        TellsWhere: with each file and what it tells.
    """
    sources = b"\n".join(path.read_bytes() for path in files_of(folder / INPUTS))
    paths = {text: _pattern(text) for text in own_paths(project)}
    names = {text: _pattern(text) for text in own_names()}
    names = {text: pattern for text, pattern in names.items() if not pattern.search(sources)}
    found = []
    for path in files_of(folder):
        content = path.read_bytes()
        name = path.relative_to(folder).as_posix()
        wanted = paths if name.startswith(f"{INPUTS}/") else paths | names
        found += [(name, text) for text, pattern in wanted.items() if pattern.search(content)]
    if found:
        listed = "\n".join(f"  {name}{NBSP}: {quoted(text)}" for name, text in found)
        raise TellsWhere(
            f"Des fichiers disent où et par qui ils ont été faits; rien n’est publié.\n{listed}",
            "enlevez ce chemin ou ce nom du notebook ou de la table, puis make report.",
        )


def own_paths(project: Project) -> list[str]:
    """Return the paths of this machine that no released file may hold."""
    places = (Path.home(), project.root, project.root.resolve(), Path(sys.prefix), Path.cwd())
    return sorted({str(place) for place in places if len(place.parts) > 1})


def own_names() -> list[str]:
    """Return the names of the user and of the host that no made file may hold."""
    host = socket.gethostname()
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a user without a name, in some containers
        user = ""
    found = {user, os.environ.get("USER", ""), host, host.partition(".")[0]}
    return sorted(n for n in found if len(n) >= SHORTEST_NAME and n.casefold() not in NO_ONE)


def _pattern(text: str) -> re.Pattern[bytes]:
    """Return what finds a path or a name, however it is written, but not inside a longer word."""
    shapes = [unicodedata.normalize(shape, text) for shape in ("NFC", "NFD")]
    forms = {form for shape in shapes for form in _forms(shape)}
    any_form = b"|".join(re.escape(form.encode()) for form in sorted(forms, key=len, reverse=True))
    return re.compile(rb"(?<![\w+=.-])(?:" + any_form + rb")(?![\w+=-])", re.IGNORECASE)


def _forms(text: str) -> Iterator[str]:
    yield text
    yield quote(text)
    yield text.replace("\\", "\\\\")
    yield text.encode("ascii", "backslashreplace").decode()
