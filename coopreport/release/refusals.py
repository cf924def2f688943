"""What stands against a release: every reason at once, each with its remedy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coopreport.errors import NBSP, CannotPublish


@dataclass(frozen=True)
class Refusal:
    """One reason not to publish. `verification` tells that a number, or a file, is in doubt."""

    message: str
    remedy: str
    verification: bool = False

    def __str__(self) -> str:
        return f"{self.message}\n    Remède{NBSP}: {self.remedy}"


class ReleaseRefused(CannotPublish):
    """The release is not made, nothing was written: exit 5, or 7 when all reasons are doubts."""

    def __init__(self, version: str, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(refusals)
        listed = "\n".join(f"  {i}. {refusal}" for i, refusal in enumerate(refusals, 1))
        super().__init__(f"{version} n’est pas publiée; rien n’a été écrit.\n{listed}")
        if all(refusal.verification for refusal in refusals):
            self.exit_code = 7
