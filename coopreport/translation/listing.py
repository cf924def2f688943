"""What the English edition lacks: cells without English, cells whose French changed, page texts.

`make translation` prints it; `CONFIRM=` records that an English cell is up to date.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coopreport.chapters import is_english, source_of
from coopreport.cycles import read_cycle
from coopreport.errors import NBSP, BadCall, nearest, quoted
from coopreport.locale import count_of
from coopreport.pipeline.layout import REPORT
from coopreport.pipeline.options import ENGLISH, latest_of
from coopreport.pipeline.publish import json_text, write_whole
from coopreport.pipeline.work import cannot_write
from coopreport.project import Project
from coopreport.translation.cells import TRANSLATES, Pair, fingerprints, orphans, pairs
from coopreport.translation.words import IN_FRENCH

MOST_LISTED = 20
ORPHAN = "étiquetée « en », elle ne suit aucune cellule de texte"


@dataclass(frozen=True)
class Lack:
    """A cell that the English edition cannot show in English; `cell` counts from 1."""

    notebook: str
    cell: int
    id: str
    heading: str
    why: str

    def __str__(self) -> str:
        place = f"{self.notebook}, cellule {self.cell}"
        place += f" ({self.id})" if self.id else ""
        place += f", sous {quoted(self.heading)}" if self.heading else ""
        return f"{place}{NBSP}: {self.why}"


def lacks(paths: Sequence[Path]) -> Iterator[Lack]:
    """Yield what notebooks lack for their English edition, in order. They are read as files."""
    for path in paths:
        cells = _read(path)["cells"]
        for pair in pairs(cells):
            if pair.faults:
                why = "; ".join(pair.faults)
                yield Lack(path.name, pair.french + 1, pair.id, pair.heading, why)
        for index in orphans(cells):
            yield Lack(path.name, index + 1, cells[index].get("id", ""), "", ORPHAN)


def print_translation(project: Project, name: str, confirm: str) -> int:
    """Print the state of a cycle's English edition, or confirm translations; return 0.

    Args:
        confirm: the id of a prose cell, the name of a chapter for all its cells, or "".

    Raises:
        BadCall: no such cycle, cell or chapter, or it has no English cell.
        CannotPublish: a notebook cannot be written.
    """
    cycle = read_cycle(project, name)
    paths = [chapter.path for chapter in cycle.chapters]
    if confirm:
        _confirm(paths, confirm)
        return 0
    found = list(lacks(paths))
    for path in paths:
        all_pairs = pairs(_read(path)["cells"])
        good = sum(not pair.faults for pair in all_pairs)
        missing = sum(pair.is_missing for pair in all_pairs)
        print(
            f"{path.name}{NBSP}: {count_of(len(all_pairs), 'cellule')} de texte, {good} en anglais"
            f", {missing} sans anglais, {len(all_pairs) - good - missing} à revoir"
        )
    print("".join(f"  {lack}\n" for lack in found), end="")
    _print_page(project, cycle.id)
    return 0


def page_passages(page: str) -> list[str]:
    """Return the texts that an English page marks as French, each once, prose left aside."""
    marked = re.findall(rf"<span {IN_FRENCH}>(.*?)</span>", page, flags=re.DOTALL)
    return list(dict.fromkeys(html.unescape(text) for text in marked))


def _print_page(project: Project, cycle: str) -> None:
    page = project.build / cycle / latest_of(ENGLISH) / REPORT
    if not page.is_file():
        print(f"Textes de la page{NBSP}: faites l’édition anglaise (make report LANGUAGE=en).")
        return
    passages = page_passages(page.read_text(encoding="utf-8"))
    print(
        f"Textes de la page{NBSP}: {count_of(len(passages), 'passage')} en français dans la "
        "dernière édition anglaise; leur anglais s’écrit dans coopreport/translation/en.po"
    )
    print("".join(f"  {text}\n" for text in passages[:MOST_LISTED]), end="")


def _confirm(paths: Sequence[Path], which: str) -> None:
    known: list[str] = []
    for path in paths:
        notebook = _read(path)
        all_pairs = pairs(notebook["cells"])
        known += [path.stem, *(pair.id for pair in all_pairs)]
        if asked := [pair for pair in all_pairs if which in (path.stem, pair.id)]:
            _stamp(path, notebook, asked, which)
            return
    raise BadCall(
        f"{quoted(which)} n’est ni une cellule de texte ni un chapitre du cycle.",
        nearest(which, known) or "« make translation » donne le nom des cellules.",
    )


def _stamp(path: Path, notebook: dict[str, Any], asked: Sequence[Pair], which: str) -> None:
    """Write into English cells that they translate the French as it is now."""
    translated = [pair for pair in asked if pair.english is not None]
    if not translated:
        raise BadCall(
            f"{path.name}{NBSP}: {quoted(which)} n’a pas d’anglais.",
            "ajoutez sous elle une cellule Markdown étiquetée « en ».",
        )
    cells = notebook["cells"]
    changed = 0
    for pair in translated:
        english = cells[pair.english]
        assert is_english(english)
        now = fingerprints(source_of(cells[pair.french]))
        changed += english["metadata"].get(TRANSLATES) != now
        english["metadata"][TRANSLATES] = now
    if changed:
        try:
            write_whole(path, json_text(notebook))
        except OSError as error:
            raise cannot_write(error, path.parent) from None
    print(
        f"{path.name}{NBSP}: {count_of(changed, 'traduction confirmée', 'traductions confirmées')}."
    )


def _read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))
