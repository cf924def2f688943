"""Every error a user can meet: a French message, its remedy and an exit code.

Exit codes: 0 done, 2 bad call, 3 bad data, 4 notebook failed, 5 cannot write or publish,
6 locked, 7 verification failed. `cli.main` prints the error and returns the code; nothing
else in the package prints a traceback or exits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

NBSP = "\u00a0"


class CoopreportError(Exception):
    """An error to show to the user: what is wrong, where, and what to do about it."""

    exit_code = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}\n  Remède{NBSP}: {self.remedy}" if self.remedy else self.message


class BadCall(CoopreportError):
    """A wrong argument, cycle or parameter: nothing was read or written."""

    exit_code = 2


class ChapterFailed(CoopreportError):
    """A chapter did not run to its end under the conditions of a good run."""

    exit_code = 4


class CannotPublish(CoopreportError):
    """A file could not be written, or the build could not be put in its place."""

    exit_code = 5


class Locked(CoopreportError):
    """Another process makes the same cycle."""

    exit_code = 6


@dataclass(frozen=True, order=True)
class Fault:
    """One fault of a raw file, placed so that an analyst finds it in an editor or a spreadsheet.

    `line` counts the lines of the file from 1 (the header is line 1); 0 means the whole file.
    `column` is the column's name, or "" for a whole line. `value` is the offending text, shortened.
    """

    file: str
    line: int
    column: str
    value: str
    rule: str
    remedy: str

    def __str__(self) -> str:
        place = self.file
        if self.line:
            place += f", ligne {self.line}"
        if self.column:
            place += f", colonne {quoted(self.column)}"
        found = f" (trouvé{NBSP}: {quoted(shorten(self.value))})" if self.value else ""
        return f"{place}{NBSP}: {self.rule}{found}\n    Remède{NBSP}: {self.remedy}"


class BadData(CoopreportError):
    """Faults in the raw tables or in a cycle file: all of them, in one error."""

    exit_code = 3

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        count = len(self.faults)
        heading = f"{count} faute{'s' if count > 1 else ''} dans les données; rien n’a été produit."
        super().__init__(
            "\n".join([heading, *(f"  {i}. {f}" for i, f in enumerate(self.faults, 1))])
        )


def quoted(text: str) -> str:
    """Return `text` between French quotation marks, which hold no-break spaces."""
    return f"«{NBSP}{text}{NBSP}»"


def shorten(text: str, limit: int = 60) -> str:
    """Return `text` on one line, cut to `limit` characters with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def nearest(name: str, known: Sequence[str]) -> str:
    """Return a French hint naming the known name closest to `name`, or "" when none is close."""
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=1, cutoff=0.6)
    return f"vouliez-vous dire {quoted(close[0])}?" if close else ""
