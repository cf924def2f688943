"""What is found in one file: faults that stop, notices that do not, both placed and in French."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace

from coopreport.errors import BadData, Fault, quoted
from coopreport.locale import NBSP, count_of

MOST_SHOWN = 20
"""Faults shown of one kind in one column; the rest is counted, with its lines."""


@dataclass(frozen=True, order=True)
class Notice:
    """Something put right while reading, which the analyst should know (line 0: the whole file)."""

    file: str
    line: int
    column: str
    message: str

    def __str__(self) -> str:
        place = f", ligne {self.line}" if self.line else ""
        place += f", colonne {quoted(self.column)}" if self.column else ""
        return f"{self.file}{place}{NBSP}: {self.message}"


class Journal:
    """Collects the faults and notices of one file.

    Messages are written with ordinary spaces: the journal sets the non-breaking ones, and shows
    what cannot be printed (`\\x00`) instead of printing it. A rule reads `kind` or
    `kind : detail`; faults of one kind in one column are shown up to `MOST_SHOWN`.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self._faults: list[Fault] = []
        self._notices: list[Notice] = []

    def fault(
        self, rule: str, remedy: str, *, line: int = 0, column: str = "", value: str = ""
    ) -> None:
        """Record one fault."""
        self._faults.append(Fault(self.file, line, column, value, rule, remedy))

    def stop(
        self, rule: str, remedy: str, *, line: int = 0, column: str = "", value: str = ""
    ) -> BadData:
        """Record a fault after which the file cannot be read further; return the error to raise."""
        self.fault(rule, remedy, line=line, column=column, value=value)
        return BadData(self.faults)

    def notice(self, message: str, *, line: int = 0, column: str = "") -> None:
        """Record something put right."""
        notice = Notice(self.file, line, visible(column), typeset(visible(message)))
        self._notices.append(notice)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Return the faults, sorted, with the surplus of each kind counted in one last fault."""
        kinds: defaultdict[tuple[str, str], list[Fault]] = defaultdict(list)
        for fault in sorted(self._faults):
            kinds[fault.column, fault.rule.split(" : ")[0]].append(fault)
        shown: list[Fault] = []
        for (_, kind), faults in kinds.items():
            shown += faults[:MOST_SHOWN]
            if rest := faults[MOST_SHOWN:]:
                shown.append(_surplus(kind, rest))
        return tuple(sorted(_printable(fault) for fault in shown))

    @property
    def notices(self) -> tuple[Notice, ...]:
        return tuple(sorted(self._notices))


def _surplus(kind: str, rest: list[Fault]) -> Fault:
    """Return one fault that stands for the faults of a kind beyond those shown."""
    others = count_of(len(rest), "autre cas", "autres cas")
    where = f" (lignes {rest[0].line} à {rest[-1].line})" if len(rest) > 1 else ""
    return replace(rest[0], value="", rule=f"{kind} : … et {others}{where}")


def _printable(fault: Fault) -> Fault:
    return replace(
        fault,
        column=visible(fault.column),
        value=visible(fault.value),
        rule=typeset(visible(fault.rule)),
        remedy=typeset(visible(fault.remedy)),
    )


def typeset(message: str) -> str:
    """Return a French message with the OQLF's non-breaking spaces and apostrophes."""
    message = re.sub(r" (?=[:%$»])|(?<=«) ", NBSP, message)
    return re.sub(r"(?<=\w)'(?=\w)", "’", message)


def visible(text: str) -> str:
    """Return `text` with what cannot be printed written out, so that it can be shown anywhere.

    A byte that could not be decoded shows as `\\xE9`, a control character as `\\x1B`, an invisible
    one as `\\u200B`; spaces of all widths stay.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or (c.isspace() and c > "\x85") else _code(c) for c in text)


def _code(character: str) -> str:
    point = ord(character)
    if 0xDC80 <= point <= 0xDCFF:  # Python's surrogate for a byte that could not be decoded
        point -= 0xDC00
    return f"\\x{point:02X}" if point < 0x100 else f"\\u{point:04X}"
