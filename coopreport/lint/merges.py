"""The marks that an unfinished merge leaves in the files of data/ and in the lists of notebooks/.

Those of a notebook are told when it is read (`chapters.read_chapter`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from coopreport.lint.finding import Finding
from coopreport.project import Project

MARKS = re.compile(rb"^(<{7} .*|={7}|>{7} .*|\|{7} .*)\r?$", flags=re.MULTILINE)
KINDS = ("*.csv", "*.yaml", "*.json")
REMEDY = "gardez l’une des deux lectures, et enlevez les lignes <<<<<<<, ======= et >>>>>>>."


def merge_marks(project: Project) -> Iterator[Finding]:
    """Yield the first mark of each file, with its line."""
    for kind in KINDS:
        files = [*project.data.rglob(kind), *project.notebooks.glob(kind)]
        for path in sorted(files):
            content = path.read_bytes()
            if found := MARKS.search(content):
                line = content.count(b"\n", 0, found.start()) + 1
                rule = "marque d’une fusion inachevée"
                yield Finding(project.relative(path), rule, REMEDY, line=line)
