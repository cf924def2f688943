"""The open remarks of a chapter, for the analyst who has it open in JupyterLab.

`coopreport.notebook` asks for them outside a build only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from coopreport.errors import NBSP, CoopreportError
from coopreport.locale import count_of
from coopreport.project import Project
from coopreport.remarks.changes import changes_since, latest_shown
from coopreport.remarks.remark import Remark, day_of
from coopreport.remarks.store import read_remarks, reviews_of

ITEM = Markup(
    "<li><p><b>{}</b>, {} ({}), <i>{}</i></p><p style='white-space:pre-wrap'>{}</p>{}</li>"
)
MOVED = Markup("<p><b>A changé depuis{}:</b> {}</p>")


@dataclass(frozen=True)
class OpenRemarks:
    """Remarks to show in a notebook, each with what moved since; `fault` is why there are none."""

    items: Sequence[tuple[Remark, Sequence[str]]]
    fault: str = ""

    def __bool__(self) -> bool:
        return bool(self.items or self.fault)

    def _repr_html_(self) -> str:
        if self.fault:
            return str(Markup("<p>{}</p>").format(self.fault))
        items = Markup("").join(
            ITEM.format(
                remark.author,
                day_of(remark.modified),
                remark.id[:8],
                remark.target.name,
                remark.text,
                MOVED.format(NBSP, "; ".join(changes)) if changes else "",
            )
            for remark, changes in self.items
        )
        return str(Markup("<p><b>{}</b></p><ul>{}</ul>").format(self._heading(), items))

    def __repr__(self) -> str:
        lines = [
            f"  {remark.id[:8]} {remark.author}{NBSP}: {remark.text}" for remark, _ in self.items
        ]
        return "\n".join([self.fault or self._heading(), *lines])

    def _heading(self) -> str:
        count = count_of(len(self.items), "remarque ouverte", "remarques ouvertes")
        return f"{count} (make remarks)" if self.items else "Aucune remarque ouverte."


def open_remarks(project: Project, cycle: str, chapter: str = "") -> OpenRemarks:
    """Return the open remarks of a chapter, of all when it is "".

    Remarks that cannot be read are told, not raised: they are no reason to stop an analysis.
    """
    if not reviews_of(project, cycle).is_dir():
        return OpenRemarks(())
    try:
        kept = read_remarks(project, cycle)
    except CoopreportError as error:
        return OpenRemarks((), str(error))
    shown = latest_shown(project, cycle)
    return OpenRemarks(
        [
            (remark, changes_since(remark, shown) if shown else ())
            for remark in kept
            if remark.open and chapter in ("", remark.target.chapter)
        ]
    )
