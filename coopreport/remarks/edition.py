"""The review edition: the latest page, each open remark beside what it is about.

`build/<cycle>/relecture.html`, beside the builds and in none of them: no release ever has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from coopreport.locale import NBSP
from coopreport.pipeline.layout import REVIEW
from coopreport.pipeline.publish import latest_name, write_whole
from coopreport.pipeline.work import cannot_write
from coopreport.project import Project
from coopreport.remarks.changes import Shown, changes_since, latest_shown
from coopreport.remarks.remark import Remark, day_of
from coopreport.remarks.stamp import attribute, is_stale
from coopreport.remarks.store import read_remarks

TEMPLATE = "review"


def write_review(project: Project, cycle: str) -> Path | None:
    """Write the review edition of a cycle, unless it is there already; return it.

    None when no remark is open or nothing is built: a former edition then goes.

    Raises:
        BadData: a kept remark is damaged.
        CannotPublish: the edition cannot be written.
    """
    shelf = project.build / cycle
    page = shelf / REVIEW
    try:
        if not is_stale(project, cycle):
            return page if page.is_file() else None
        stamp = attribute(project, cycle)
        remarks = [each for each in read_remarks(project, cycle) if each.open]
        shown = latest_shown(project, cycle) if remarks else None
        if shown is None:
            page.unlink(missing_ok=True)
            return None
        write_whole(page, review_html(shown, remarks, stamp, f"{latest_name(shelf)}/"))
    except OSError as error:
        raise cannot_write(error, shelf) from None
    return page


def review_html(shown: Shown, remarks: Sequence[Remark], stamp: str, folder: str) -> str:
    """Return a build's page with remarks beside what they are about, and their list at its top.

    `stamp` is the attribute that tells what it is made from; `folder` leads from the edition to the
    build, for the links to its files.
    """
    from coopreport.pipeline.templates import environment, style_of
    from coopreport.remarks.insertion import Places, with_pieces

    templates = environment(TEMPLATE, {"day_of": day_of})
    page = shown.page
    places = Places(page)
    entries: list[dict[str, Any]] = []
    pieces: list[tuple[int, str]] = [(at, folder) for at in places.links]
    note = templates.get_template("remark.html.j2")
    for remark in remarks:
        place = next((id for id in remark.target.places if id in places.ends), "")
        entry = {
            "remark": remark,
            "changes": changes_since(remark, shown),
            "placed": bool(place),
        }
        entries.append(entry)
        if place:
            pieces.append((places.ends[place], f"\n{note.render(**entry)}"))
    banner = templates.get_template("banner.html.j2").render(entries=entries)
    pieces += [
        (page.index("<html") + len("<html"), f" {stamp}"),
        (page.index("<title>") + len("<title>"), f"Relecture{NBSP}: "),
        (page.index("</head>"), f"<style>\n{style_of(TEMPLATE)}</style>\n"),
        (places.ends.get("haut", page.index(">", page.index("<body")) + 1), f"\n{banner}"),
    ]
    return with_pieces(page, pieces)
