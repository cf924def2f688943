"""`make diff` in the terminal: what changed between two versions, in a few lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from coopreport.claims import STATUSES
from coopreport.compare.causes import KINDS, Cause
from coopreport.compare.changes import ClaimChange, Comparison, Kind
from coopreport.compare.compare import read, write
from coopreport.compare.page import version_name
from coopreport.errors import NBSP
from coopreport.locale import count_of, format_number
from coopreport.project import Project


def print_comparison(
    project: Project, cycle: str, from_: str, to: str, say: Callable[[str], None]
) -> int:
    """Compare two versions, write the page, print the summary; return 0.

    Args: see `compare.compare`; `say` prints a line of the summary.

    Raises:
        BadCall: no such version.
        DamagedVersion: one of them cannot be read.
        CannotPublish: the page cannot be written.
    """
    comparison = read(project, cycle, from_, to)
    page = write(project, cycle, comparison)
    for line in summary(comparison):
        say(line)
    print(f"Comparaison{NBSP}: {project.relative(page)}\n{page.as_uri()}")
    return 0


def summary(comparison: Comparison) -> Iterator[str]:
    """Yield the lines of the summary."""
    old, new = comparison.old, comparison.new
    yield f"De {version_name(old, new)} à {version_name(new, old)}"
    if not comparison.is_changed:
        yield "  rien n’a changé dans ce que les deux versions disent et montrent"
    yield _counts("indicateurs", comparison.indicators)
    for change in comparison.indicators.changed:
        if change.is_shown:
            move = change.move
            yield (
                f"    {move.id}{NBSP}: {move.old} → {move.new} "
                f"({move.difference}; {move.relative}); {_causes(move.causes)}"
            )
    hidden = sum(not change.is_shown for change in comparison.indicators.changed)
    if hidden:
        told = count_of(hidden, "valeur exacte a bougé", "valeurs exactes ont bougé")
        yield f"    {told} sans que l’affichage change"
    if comparison.claims is None:
        yield f"  énoncés{NBSP}: une des deux versions ne les a pas enregistrés"
    else:
        yield _counts("énoncés", comparison.claims)
        yield from map(_claim, filter(lambda each: each.is_status, comparison.claims.changed))
    yield _counts("tableaux", comparison.tables)
    yield _counts("graphiques", comparison.charts)
    yield _counts("chapitres, par leur texte", comparison.texts)
    yield _counts("fichiers d’entrée", comparison.inputs)
    if comparison.unexplained:
        names = ", ".join(each.move.id for each in comparison.unexplained)
        yield f"  SANS CAUSE CONNUE{NBSP}: {names}"


def _counts(name: str, kind: Kind) -> str:
    parts = [
        f"{format_number(number)} {word}{'s' if number >= 2 else ''}"
        for number, word in (
            (len(kind.changed), "changé"),
            (len(kind.added), "ajouté"),
            (len(kind.gone), "retiré"),
            (kind.unchanged, "inchangé"),
        )
        if number
    ]
    return f"  {name}{NBSP}: {', '.join(parts) or 'aucun'}"


def _causes(causes: Sequence[Cause]) -> str:
    """Return the causes: the first with its detail, the kinds of the others.

    Of two cycles, every number has the cycle among its causes: the next one says more.
    """
    first = next((cause for cause in causes if cause.kind != "cycle"), causes[0])
    others = [kind for kind in dict.fromkeys(cause.kind for cause in causes) if kind != first.kind]
    told = f"{KINDS[first.kind]}{NBSP}: {first.detail}"
    return f"{told}; aussi {', '.join(KINDS[kind] for kind in others)}" if others else told


def _claim(change: ClaimChange) -> str:
    assert change.old and change.new
    old, new = (STATUSES[side["status"]] for side in (change.old, change.new))
    return f"    {change.id}{NBSP}: {old} → {new}"
