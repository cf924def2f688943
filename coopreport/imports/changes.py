"""What an import changes in a table, row by row: rows matched by their primary key."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from coopreport.imports.present import Key, Present, keys_of, value_of
from coopreport.tables.model import RawTable
from coopreport.tables.number_text import LONGEST_NUMBER, interpret

_NO_WORD = re.compile(rf"[\W\d_]{{1,{LONGEST_NUMBER}}}")


class Kind(Enum):
    """What happens to a row."""

    CHANGED = "modifiée"
    ADDED = "ajoutée"
    REMOVED = "retirée"


@dataclass(frozen=True)
class CellChange:
    """A cell before and after; "" is a blank one."""

    column: str
    old: str
    new: str

    @property
    def remark(self) -> str:
        """Return what the eye would miss, or "": signs that look alike, one number twice."""
        if _looks(self.old) == _looks(self.new):
            return "seules des espaces, des apostrophes ou des tirets changent"
        numbers = [interpret(text) for text in (self.old, self.new) if _NO_WORD.fullmatch(text)]
        if len(numbers) == 2 and numbers[0] and numbers[0] == numbers[1]:
            return "le même nombre, écrit autrement"
        return ""


@dataclass(frozen=True)
class RowChange:
    """A row that changes: `line` is that of the imported file, of the table for a removed row.

    `label` writes its key; `cells` are those that change, or all that a row added or removed has.
    """

    kind: Kind
    line: int
    key: Key
    label: str
    cells: tuple[CellChange, ...]


@dataclass(frozen=True)
class Changes:
    """The rows that change, in the order of the imported file, then those removed.

    `same` counts the others; `rewritten` the cells of the table whose value the imported file
    writes otherwise (`88` for `88.0`), which stay as they are.
    """

    rows: Sequence[RowChange]
    same: int
    rewritten: int

    def count(self, kind: Kind) -> int:
        return sum(row.kind is kind for row in self.rows)

    @property
    def drops_half(self) -> bool:
        """Tell whether half of the table's rows, or more, are removed."""
        removed = self.count(Kind.REMOVED)
        return removed > 0 and removed >= self.same + self.count(Kind.CHANGED)


def compare_rows(present: Present, imported: RawTable) -> Changes:
    """Return the changes from the table to the imported rows, whose keys are all unlike."""
    rows: list[RowChange] = []
    same = rewritten = 0
    keys = keys_of(imported)
    labels = _labels(imported)
    for i, key in enumerate(keys):
        line = imported.lines[i]
        at = present.at.get(key)
        if at is None:
            added = (CellChange(name, "", column[i]) for name, column in imported.texts.items())
            cells = tuple(cell for cell in added if cell.new)
            rows.append(RowChange(Kind.ADDED, line, key, labels[i], cells))
            continue
        changed = []
        for name, column in imported.texts.items():
            field, old = imported.resource.field[name], present.raw.texts[name][at]
            if old == column[i]:
                continue
            if value_of(field, old) == value_of(field, column[i]):
                rewritten += 1
            else:
                changed.append(CellChange(name, old, column[i]))
        if changed:
            rows.append(RowChange(Kind.CHANGED, line, key, labels[i], tuple(changed)))
        else:
            same += 1
    known = set(keys)
    labels = _labels(present.raw)
    for at, key in enumerate(present.keys):
        if key not in known:
            texts = present.raw.texts
            gone = (CellChange(name, column[at], "") for name, column in texts.items())
            cells = tuple(cell for cell in gone if cell.old)
            line = present.raw.lines[at]
            rows.append(RowChange(Kind.REMOVED, line, key, labels[at], cells))
    return Changes(rows, same, rewritten)


def _labels(raw: RawTable) -> list[str]:
    """Return what a message calls each row: the texts of its primary key."""
    columns = [raw.texts[name] for name in raw.resource.primary_key]
    return [", ".join(texts) for texts in zip(*columns, strict=True)]


def _looks(text: str) -> str:
    """Return a text as the eye sees it: one space, one apostrophe, one hyphen."""
    text = unicodedata.normalize("NFKC", text)
    text = re.sub("[\u2018\u2019\u02bc]", "'", text)
    return re.sub("[\u2010-\u2015\u2212]", "-", " ".join(text.split()))
