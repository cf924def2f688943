"""Asks: which come back, what became of them, how long it took, and what was granted in answer.

Pure functions over the movement's record. Amounts are whole dollars. Dates are known to the year,
the month or the day, so that a delay has two bounds.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

UNKNOWN = "unknown"
"""The status of an ask without any evidence of what became of it."""

Days = tuple[date, date]
"""The first and the last day that a date can be."""


def day_bounds(text: str) -> Days:
    """Return the first and last day of a date written `2013`, `2013-04` or `2013-04-17`.

    Raises:
        ValueError: the text is not such a date.
    """
    year, *rest = (int(part) for part in text.split("-"))
    if not rest:
        return date(year, 1, 1), date(year, 12, 31)
    month, *day = rest
    if not day:
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    (only,) = day
    return date(year, month, only), date(year, month, only)


def hull(bounds: Iterable[Days]) -> Days:
    """Return the first and last day among several intervals, of which there is one at least."""
    firsts, lasts = zip(*bounds, strict=True)
    return min(firsts), max(lasts)


def status(evidence: Sequence[str]) -> str:
    """Return the status of an ask from those of its evidence.

    None is `unknown`; sources that disagree make it `conflicting`; only `granted`, or only
    `refused`, make it so; anything else is `partly`.
    """
    found = set(evidence)
    if not found:
        return UNKNOWN
    if "conflicting" in found:
        return "conflicting"
    return found.pop() if len(found) == 1 else "partly"


def status_of_total(parts: Sequence[str]) -> str:
    """Return the status of an ask that is the total of others: theirs when they agree, or partly.

    Raises:
        ValueError: there are no parts.
    """
    if not parts:
        raise ValueError("a total has parts")
    return parts[0] if len(set(parts)) == 1 else "partly"


def chains(continues: Mapping[str, str | None]) -> pd.DataFrame:
    """Group each ask with those that it continues, directly or not.

    Args:
        continues: for each ask, the one that it takes up, or None.

    Returns:
        One row per ask, in the order given: `ask_id`, `root` (the first ask of the chain), `depth`
        (0 for the root) and `size` (the asks that share the root).

    Raises:
        ValueError: an ask continues itself, directly or not, or one that is not there.
    """
    rows = []
    for ask in continues:
        seen = [ask]
        while (former := continues.get(seen[-1])) is not None:
            if former in seen or former not in continues:
                raise ValueError(f"{former} cannot be what {seen[-1]} continues")
            seen.append(former)
        rows.append((ask, seen[-1], len(seen) - 1))
    table = pd.DataFrame(rows, columns=["ask_id", "root", "depth"])
    return table.assign(size=table.groupby("root")["ask_id"].transform("size"))


def delay(asked: Days | None, answers: Iterable[Days]) -> tuple[int, int] | None:
    """Return the least and the most days from an ask to its first answer, or None when unknown.

    Both dates are intervals: the least is from the last day of the ask to the first day of the
    answer (0 when they overlap), the most is between their other ends.
    """
    known = list(answers)
    if asked is None or not known:
        return None
    soonest, latest = min(first for first, _ in known), min(last for _, last in known)
    return max(0, (soonest - asked[1]).days), (latest - asked[0]).days


def granted_bounds(evidence: Iterable[Mapping[str, Any]]) -> tuple[int, int] | None:
    """Return the least and the most dollars granted in answer to an ask, or None when unknown.

    Args:
        evidence: `amount` (dollars or missing) and `decision`, the same for the sources that tell
            of one decision: these are alternatives, and decisions add up.
    """
    amounts: dict[str, list[int]] = {}
    for each in evidence:
        if pd.notna(each["amount"]):
            amounts.setdefault(each["decision"], []).append(int(each["amount"]))
    if not amounts:
        return None
    return sum(map(min, amounts.values())), sum(map(max, amounts.values()))
