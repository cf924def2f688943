"""`make claims`: every published number beside what is computed, in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from coopreport.catalogue import CATALOGUE
from coopreport.catalogue.claims import check_all
from coopreport.claims import STATUSES, Checked, count_by_status, unexplained
from coopreport.cycles import read_cycle
from coopreport.data import Data
from coopreport.errors import NBSP, CoopreportError
from coopreport.ledger import Ledger
from coopreport.locale import count_of, format_number
from coopreport.project import Project
from coopreport.tables import open_package

HEADINGS = ("statut", "imprimé", "calculé", "écart", "grandeur", "énoncé", "raison")
RIGHT = (1, 2, 3)
"""The columns of numbers, aligned on the right."""


class UnexplainedGaps(CoopreportError):
    """A claim differs from what is computed, and nobody accepted the gap."""

    exit_code = 7

    def __init__(self, gaps: Sequence[Checked]) -> None:
        listed = "\n".join(
            f"  {gap.claim.id} ({gap.claim.label}){NBSP}: imprimé {gap.claim.printed}, "
            f"calculé {gap.shown}. {gap.reason}"
            for gap in gaps
        )
        super().__init__(
            f"{count_of(len(gaps), 'écart inexpliqué', 'écarts inexpliqués')}.\n{listed}",
            "corrigez la table ou le calcul; si l’écart est réel, inscrivez dans data/claims.csv "
            "le statut ecart_connu, la raison, la valeur acceptée, par qui et quand.",
        )


def checked_claims(project: Project, cycle: str) -> tuple[Checked, ...]:
    """Return every claim of a cycle beside what is computed, in the table's order.

    Raises:
        BadCall: no such cycle.
        BadData: a table breaks a rule, or a claim names a wrong indicator.
    """
    ledger = Ledger(read_cycle(project, cycle), open_package(project.data), CATALOGUE)
    return check_all(Data(ledger))


def require_explained(checked: Sequence[Checked]) -> None:
    """Stop when a claim has an unexplained gap: what a release calls first.

    Raises:
        UnexplainedGaps: with all of them.
    """
    if gaps := unexplained(checked):
        raise UnexplainedGaps(gaps)


def print_claims(project: Project, cycle: str) -> int:
    """Print the counts by status, the claims by document and what is not as expected.

    Raises:
        UnexplainedGaps: after the print, when a gap is unexplained.
    """
    checked = checked_claims(project, cycle)
    counts = count_by_status(checked)
    width = max(map(len, STATUSES.values()))
    print(f"{count_of(len(checked), 'énoncé')} du cycle {cycle}")
    for status, count in counts.items():
        print(f"  {STATUSES[status]:<{width}}  {format_number(count):>5}")
    print_table(checked)
    for each in checked:
        if each.surprise and each.status != "ecart":
            print(f"À revoir{NBSP}: {each.claim.id}{NBSP}: {each.surprise}")
    require_explained(checked)
    return 0


def print_table(checked: Sequence[Checked]) -> None:
    """Print one aligned line per claim under its document; the reason comes last, in full."""
    lines = [_cells(each) for each in checked]
    widths = [max(map(len, column)) for column in zip(HEADINGS, *lines, strict=True)]
    print(f"\n{_line(HEADINGS, widths)}")
    for document, group in groupby(
        zip(checked, lines, strict=True), key=lambda pair: pair[0].claim.document_label
    ):
        print(f"\n{document}")
        for _, cells in group:
            print(_line(cells, widths))


def _cells(each: Checked) -> tuple[str, ...]:
    claim = each.claim
    status = STATUSES[each.status]
    shown = status.upper() if each.status == "ecart" else status
    return (shown, claim.printed, each.shown, each.gap, claim.label, claim.id, each.reason)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [
        cell.rjust(width) if position in RIGHT else cell.ljust(width)
        for position, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(padded).rstrip()
