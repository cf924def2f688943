"""One thing that `make lint` asks to correct, placed so that it is found."""

from __future__ import annotations

from dataclasses import dataclass

from coopreport.errors import quoted


@dataclass(frozen=True)
class Finding:
    """One thing to correct; `cell` and `line` count from 1, and 0 means the whole file.

    `notebook` is the name of a notebook, or a file of data/ from the project's root.
    """

    notebook: str
    rule: str
    remedy: str
    cell: int = 0
    heading: str = ""
    line: int = 0
    excerpt: str = ""

    def __str__(self) -> str:
        place = self.notebook
        place += f", cellule {self.cell}" if self.cell else ""
        place += f", sous {quoted(self.heading)}" if self.heading else ""
        place += f", ligne {self.line}" if self.line else ""
        around = f"\n    {self.excerpt}" if self.excerpt else ""
        return f"{place} : {self.rule}{around}\n    Remède : {self.remedy}"
