"""`HISTORIQUE.md`: the versions of a cycle, the last first, written again from their manifests."""

from __future__ import annotations

from itertools import groupby

from coopreport.errors import NBSP
from coopreport.locale import count_of, typographic
from coopreport.pipeline.edition import Record
from coopreport.pipeline.publish import flush_one
from coopreport.project import Project
from coopreport.release.versions import read_manifest, versions_of

HISTORY = "HISTORIQUE.md"


def write_history(project: Project, cycle: str) -> None:
    """Write the history of a cycle's versions, whole or not at all, unless it is there already.

    Raises:
        NotIntact: a version has no readable manifest.
        OSError: it cannot be written.
    """
    folders = reversed(versions_of(project, cycle))
    records = [Record.from_json(read_manifest(folder)["release"]) for folder in folders]
    text = history(cycle, records)
    path = project.build / cycle / HISTORY
    if not records or (path.is_file() and path.read_text(encoding="utf-8") == text):
        return
    part = path.with_name(f".{HISTORY}.part")
    part.write_text(text, encoding="utf-8")
    flush_one(part)
    part.replace(path)
    flush_one(path.parent)


def history(cycle: str, records: list[Record]) -> str:
    """Return the history of a cycle in Markdown, from the records of its versions, last first."""
    parts = [f"# Versions du rapport, cycle {cycle}"]
    for record in records:
        parts.append(f"## {record.version}, {record.date}{NBSP}: {record.kind}")
        parts.append(_plain(record.reason))
        parts += [f"Signée par {_plain(record.signer)}."] if record.signer else []
        if record.former:
            parts.append(_moves(record))
    return "\n\n".join(parts) + "\n"


def _moves(record: Record) -> str:
    """Return the list of what moved since the former version."""
    if not record.revised and not record.cells:
        return f"Aucune valeur affichée n’a changé depuis {record.former}."
    lines = [f"Valeurs révisées depuis {record.former}{NBSP}:", ""]
    for each in record.revised:
        move = f"{each.old} → {each.new} ({each.difference})"
        name = f"{_plain(each.label)} (`{each.indicator}`)"
        lines.append(f"- {name}{NBSP}: {move}. {_plain(each.cause)}")
    for exhibit, cells in groupby(record.cells, key=lambda cell: cell.exhibit):
        found = list(cells)
        many = count_of(len(found), "valeur", "valeurs")
        lines.append(
            f"- {_plain(found[0].title)} (`{exhibit}`){NBSP}: {many}. {_plain(found[0].cause)}"
        )
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Return a text that Markdown shows as it is written."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>#|" else c for c in typographic(text))
