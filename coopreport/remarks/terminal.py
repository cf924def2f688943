"""`make remarks`: take a reviewer's file in, list what is open, show one, answer, close."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from coopreport.cycles import check_cycle_name
from coopreport.errors import NBSP, BadCall, shorten
from coopreport.locale import count_of
from coopreport.project import Project
from coopreport.remarks.changes import Shown, changes_since, known_ledgers, latest_shown
from coopreport.remarks.exchange import read_export
from coopreport.remarks.remark import Remark, day_of
from coopreport.remarks.store import answer, find, merge, read_remarks

HEADINGS = ("numéro", "cible", "auteur", "date", "remarque", "changé depuis")
WIDTHS = (8, 34, 18, 10, 44, 60)
"""Characters up to which a column of the list shows its texts."""


@dataclass(frozen=True)
class Request:
    """What was asked of `make remarks`, as it was typed; "" for what was not given.

    `closes` is True to close, False to open again, None for neither.
    """

    file: str = ""
    id: str = ""
    answer: str = ""
    closes: bool | None = None
    author: str = ""
    all: bool = False


def remarks(project: Project, cycle: str, asked: Request, say: Callable[[str], None]) -> int:
    """Do what was asked with the remarks of a cycle; without anything, list those that are open.

    Raises:
        BadCall: no such cycle or remark, or two things are asked at once.
        BadData: the file, or a kept remark, breaks a rule.
        CannotPublish: a remark cannot be written.
    """
    if not project.cycle_file(check_cycle_name(cycle)).is_file():
        raise BadCall(f"Le cycle {cycle} n’existe pas.", "nommez-en un autre : CYCLE=2023-2024.")
    if asked.file and (asked.id or asked.answer or asked.closes is not None):
        raise BadCall(
            "FILE prend des remarques; ID, ANSWER et CLOSE y répondent.",
            "faites-le en deux fois.",
        )
    if asked.file:
        _take_in(project, cycle, Path(asked.file).expanduser(), say)
    elif asked.answer or asked.closes is not None:
        _answer(project, cycle, asked, say)
    elif asked.id:
        kept = find(read_remarks(project, cycle), asked.id)
        print("\n".join(_whole(kept, latest_shown(project, cycle))))
    else:
        kept_all = read_remarks(project, cycle)
        listed = [each for each in kept_all if each.open or asked.all]
        print("\n".join(_table(listed, latest_shown(project, cycle), len(kept_all))))
    return 0


def _take_in(project: Project, cycle: str, path: Path, say: Callable[[str], None]) -> None:
    found = read_export(path, cycle)
    merged = merge(project, cycle, found)
    told = [
        count_of(merged.new, "remarque nouvelle", "remarques nouvelles"),
        count_of(merged.changed, "modifiée"),
        f"{count_of(merged.same, 'remarque')} déjà là",
    ]
    say(f"{path.name}{NBSP}: {', '.join(told)}.")
    known = known_ledgers(project, cycle)
    if (ledger := found[0].page.ledger) not in known:
        build = found[0].page.version or found[0].page.build
        say(
            f"Avertissement{NBSP}: la page remarquée ({build}, empreinte {ledger[:12]}) n’est "
            "celle d’aucune production de build/; les remarques sont gardées."
        )


def _answer(project: Project, cycle: str, asked: Request, say: Callable[[str], None]) -> None:
    if not asked.id:
        raise BadCall("À quelle remarque répondre?", "ajoutez ID=… (make remarks les liste).")
    text = asked.answer.strip()
    author = asked.author.strip() or _git_name(project)
    if not author:
        raise BadCall("Qui répond?", 'ajoutez AUTHOR="votre nom".')
    told = answer(project, cycle, asked.id, author, text, asked.closes)
    done = {None: "a une réponse de plus", True: "est fermée", False: "est rouverte"}
    say(f"La remarque {told.id[:8]} {done[asked.closes]} ({author}).")


def _git_name(project: Project) -> str:
    """Return the name under which the analyst commits, "" when git has none."""
    command = ["git", "-C", str(project.root), "config", "user.name"]
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    except OSError:
        return ""
    return done.stdout.strip()


def _changes(remark: Remark, shown: Shown | None) -> str:
    """Return what moved since, in a few words."""
    if shown is None:
        return "on ne sait pas : aucune production"
    return "; ".join(changes_since(remark, shown)) or "non"


def _table(remarks: Sequence[Remark], shown: Shown | None, kept: int) -> Iterator[str]:
    if not remarks:
        yield "Aucune remarque ouverte." if kept else "Aucune remarque."
        return
    rows = [
        tuple(
            shorten(printable(text), width)
            for text, width in zip(_cells(remark, shown), WIDTHS, strict=True)
        )
        for remark in remarks
    ]
    widths = [max(map(len, column)) for column in zip(HEADINGS, *rows, strict=True)]
    for row in (HEADINGS, *rows):
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
    yield ""
    yield 'Lire une remarque : make remarks ID=…   Répondre : ANSWER="…"   Fermer : CLOSE=oui'


def _cells(remark: Remark, shown: Shown | None) -> tuple[str, ...]:
    text = remark.text if remark.open else f"(fermée) {remark.text}"
    about = remark.id[:8], remark.target.name, remark.author, day_of(remark.modified), text
    return (*about, _changes(remark, shown))


def _whole(remark: Remark, shown: Shown | None) -> Iterator[str]:
    """Yield a remark and its answers, whole."""
    state = "ouverte" if remark.open else "fermée"
    build = remark.page.version or remark.page.build
    yield f"{remark.id}, {state}, écrite sur {build}"
    who, what = printable(remark.author), printable(remark.target.name)
    yield f"{who}, {day_of(remark.modified)}, sur {what}"
    yield from _indented(remark.text)
    yield f"  changé depuis{NBSP}: {printable(_changes(remark, shown))}"
    for former in remark.earlier:
        yield f"{day_of(former.modified)}, texte antérieur"
        yield from _indented(former.text)
    for each in remark.answers:
        closing = ", qui la ferme" if each.closes else ""
        yield f"{day_of(each.date)}, réponse de {printable(each.author)}{closing}"
        yield from _indented(each.text)


def _indented(text: str) -> Iterator[str]:
    yield from (f"  {printable(line)}" for line in text.split("\n") if line.strip())


def printable(text: str) -> str:
    """Return a text that a terminal shows and does not obey: no control, no change of direction."""
    return "".join(sign if sign.isprintable() else " " if sign.isspace() else "" for sign in text)
