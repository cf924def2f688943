"""`reviews/<cycle>/<id>.json`: one file a remark, so that git merges what several people take in.

Nothing is ever lost: a text that its author changed stays under the new one, answers are added,
each file is written by one rename. A build does not read them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from coopreport.errors import NBSP, BadCall, BadData, Fault, quoted, shorten
from coopreport.pipeline.lock import wait_turn
from coopreport.pipeline.publish import flush_one, json_text, write_whole
from coopreport.pipeline.work import cannot_write
from coopreport.project import Project
from coopreport.remarks.exchange import read_json
from coopreport.remarks.remark import Remark
from coopreport.remarks.rules import faults_of, parse

MEND = "reprenez ce fichier de git, ou prenez de nouveau les remarques de leur auteur."
LEAST_ID = 4
"""The fewest digits by which a remark may be named."""


@dataclass(frozen=True)
class Merged:
    """What became of the remarks of a file: how many are new, changed by their author, the same."""

    new: int
    changed: int
    same: int


def reviews_of(project: Project, cycle: str) -> Path:
    """Return the folder of a cycle's remarks, which may not exist."""
    return project.reviews / cycle


def read_remarks(project: Project, cycle: str) -> list[Remark]:
    """Return the remarks of a cycle, the oldest first.

    Raises:
        BadData: a file is not what this module writes; every fault is listed.
    """
    remarks: list[Remark] = []
    faults: list[Fault] = []
    for path in sorted(reviews_of(project, cycle).glob("*.json")):
        name = project.relative(path)
        try:
            content = read_json(path, name)
        except BadData as error:
            faults += [Fault(f.file, 0, "", "", f.rule, MEND) for f in error.faults]
            continue
        broken = faults_of(content, kept=True)
        faults += [Fault(name, 0, each.where, each.found, each.rule, MEND) for each in broken]
        if not broken:
            remarks.append(Remark.from_json(content))
            if (path.stem, cycle) != (content["id"], content["cycle"]):
                rule = "ce n’est pas le fichier de cette remarque"
                faults.append(Fault(name, 0, "id", content["id"], rule, MEND))
    if faults:
        raise BadData(faults)
    return sorted(remarks, key=lambda remark: (remark.created, remark.id))


def merge(project: Project, cycle: str, remarks: Sequence[Remark]) -> Merged:
    """Add remarks to those of a cycle; the same remark, taken twice, is one.

    Raises:
        BadData: a remark has the id of another one; nothing was written.
        CannotPublish: a file cannot be written.
    """
    with _turn(project, cycle):
        known = {remark.id: remark for remark in read_remarks(project, cycle)}
        faults = [
            Fault(
                f"{each.id}.json", 0, "id", each.id, "cet identifiant est celui d’une autre", MEND
            )
            for each in remarks
            if each.id in known and known[each.id].created != each.created
        ]
        if faults:
            raise BadData(faults)
        updated = {each.id: known[each.id].updated(each) for each in remarks if each.id in known}
        new = [each for each in remarks if each.id not in known]
        changed = [each for each in updated.values() if each != known[each.id]]
        _write(project, cycle, [*new, *changed])
    return Merged(len(new), len(changed), len(updated) - len(changed))


def answer(
    project: Project, cycle: str, id: str, author: str, text: str, closes: bool | None
) -> Remark:
    """Answer a remark, close it (`closes`), or open it again (False); return it.

    Args:
        id: its id, or the first digits that only it has.

    Raises:
        BadCall: no remark, or several, have this id; or the answer breaks a rule.
        BadData: a kept remark is damaged.
        CannotPublish: its file cannot be written.
    """
    with _turn(project, cycle):
        remark = find(read_remarks(project, cycle), id).answered(author, text, closes)
        if broken := faults_of(parse(json_text(remark.to_json())), kept=True):
            what = broken[0].where.rpartition(".")[2]
            raise BadCall(f"{what}{NBSP}: {broken[0].rule}.", "corrigez la réponse, ou AUTHOR.")
        _write(project, cycle, [remark])
    return remark


def find(remarks: Sequence[Remark], id: str) -> Remark:
    """Return the one remark whose id begins so.

    Raises:
        BadCall: none does, or several do, or fewer than four digits are given.
    """
    found = [each for each in remarks if len(id) >= LEAST_ID and each.id.startswith(id)]
    if len(found) == 1:
        return found[0]
    several = "Plusieurs remarques ont un numéro qui commence par"
    raise BadCall(
        f"{several if found else 'Aucune remarque n’a le numéro'} {quoted(shorten(id))}.",
        "make remarks les liste; donnez les premiers chiffres du numéro, quatre ou plus.",
    )


def _write(project: Project, cycle: str, remarks: Sequence[Remark]) -> None:
    folder = reviews_of(project, cycle)
    try:
        for remark in remarks:
            write_whole(folder / f"{remark.id}.json", json_text(remark.to_json()))
        flush_one(folder)
    except OSError as error:
        raise cannot_write(error, folder) from None


@contextmanager
def _turn(project: Project, cycle: str) -> Iterator[None]:
    """Give the folder of a cycle's remarks to one process at a time, made when absent."""
    folder = reviews_of(project, cycle)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(error, project.root) from None
    with wait_turn(folder):
        yield
