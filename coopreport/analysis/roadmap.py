"""Roadmap: levers and axes, from one document to the next, and how asks spread over them.

Pure functions. Amounts are whole dollars, shares exact fractions. An amount is never divided.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from coopreport.analysis.funding import share

SEVERAL, NONE = "several", "none"
"""The parts of a spread that hold the asks of several targets, and of no target."""


def matrix(cells: pd.DataFrame, levers: Sequence[str], axes: Sequence[str]) -> pd.DataFrame:
    """Return one row per lever and one column per axis of a table that has a row for each pair.

    Args:
        cells: `lever_id`, `axis_id`, `statement`.

    Raises:
        ValueError: a pair comes twice.
        KeyError: a pair is missing.
    """
    wide = cells.pivot(index="lever_id", columns="axis_id", values="statement")
    return wide.loc[list(levers), list(axes)]


def axes_of_levers(
    named: Iterable[tuple[str, str]], former: Mapping[str, str | None]
) -> dict[str, set[str]]:
    """Return the axes that each lever names, a later lever having those of the one it takes up.

    Args:
        named: the pairs (lever, axis) in which the lever's text names the axis's subject.
        former: for each later lever, the one that it takes up, or None.
    """
    axes: dict[str, set[str]] = {}
    for lever, axis in named:
        axes.setdefault(lever, set()).add(axis)
    return axes | {
        lever: axes.get(before, set()) if before else set() for lever, before in former.items()
    }


def spread(
    amounts: Mapping[str, int], targets: Mapping[str, set[str]], order: Sequence[str]
) -> pd.DataFrame:
    """Spread asks over their targets (levers or axes), each ask in one part, undivided.

    Args:
        amounts: the dollars of each ask.
        targets: the targets that each ask names; an ask left out names none.
        order: every target, in the order of the rows.

    Returns:
        One row per target, then `several` and `none`: `part`, `asks` (how many name this target
        alone), `amount` (their dollars), `share` (of all the dollars; None of nothing).
    """
    parts = {part: [0, 0] for part in [*order, SEVERAL, NONE]}
    for ask, amount in amounts.items():
        found = targets.get(ask, set())
        part = SEVERAL if len(found) > 1 else next(iter(found), NONE)
        parts[part][0] += 1
        parts[part][1] += amount
    whole = sum(amounts.values())
    table = pd.DataFrame(
        [(part, asks, amount) for part, (asks, amount) in parts.items()],
        columns=["part", "asks", "amount"],
    )
    shares = [share(int(amount), whole) for amount in table["amount"]]
    return table.assign(share=pd.Series(shares, dtype=object))
