"""Portrait: the size of the movement through time, scope by scope, never joined across a break.

Pure functions over the `portrait` table: one row per published value, with its scope, its measure
and what the source says of it. Amounts are whole dollars.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

WHOLE_MOVEMENT = ("all", "coops_and_mutuals")
"""Scopes that cover the whole movement; every other scope is a part of it."""

MEASURES = (
    "number",
    "members",
    "members_and_clients",
    "assets",
    "revenue",
    "jobs",
    "gdp_share",
    "share",
)
"""The measures of the brief and the ones they follow, in the order of the tables."""

BREAKS = {"members_and_clients": "members", "gdp_share": "share"}
"""A measure of the brief whose earlier values count something else: a break in the series."""


def whole_movement(points: pd.DataFrame) -> pd.DataFrame:
    """Return the points that cover the whole movement."""
    return points[points["scope"].isin(WHOLE_MOVEMENT)]


def series(points: pd.DataFrame, first_year: int) -> pd.DataFrame:
    """Return the points of the brief's measures since `first_year`, by measure, scope and date.

    Undated points come last in their scope. Shares of a part of the movement are left out.
    """
    kept = points[points["measure"].isin(MEASURES)]
    kept = kept[(kept["measure"] != "share") | kept["scope"].isin(WHOLE_MOVEMENT)]
    kept = kept[kept["year"].isna() | (kept["year"] >= first_year)]
    rank = kept["measure"].map({name: i for i, name in enumerate(MEASURES)})
    whole = ~kept["scope"].isin(WHOLE_MOVEMENT)
    return (
        kept.assign(rank=rank, part=whole)
        .sort_values(["rank", "part", "scope", "as_of"], kind="stable", na_position="last")
        .drop(columns=["rank", "part"])
        .reset_index(drop=True)
    )


def last_values(points: pd.DataFrame, day: str) -> pd.DataFrame:
    """Return the last dated point of each measure of the whole movement, up to a day.

    Of two points of one date the first of the table is kept.

    Returns:
        The points, one a measure, in the order of `MEASURES`.
    """
    whole = whole_movement(points[points["measure"].isin(MEASURES)]).dropna(subset=["as_of"])
    dated = whole[whole["as_of"] <= day].sort_values("as_of", ascending=False, kind="stable")
    rank = {name: i for i, name in enumerate(MEASURES)}
    last = dated.drop_duplicates("measure").sort_values("measure", key=lambda m: m.map(rank))
    return last.reset_index(drop=True)


def beside_previous(points: pd.DataFrame, as_of: str, measure: str) -> dict[str, Any]:
    """Set the value of `measure` at `as_of` beside the last one published before.

    Returns:
        `value`, `previous`, `previous_as_of`, `previous_document`, `change` (value minus previous;
        missing across a break) and `break_in_series` (the earlier measure counts something else).
    """
    now = points[(points["as_of"] == as_of) & (points["measure"] == measure)].iloc[0]
    earlier_measure = BREAKS.get(measure, measure)
    dated = whole_movement(points[points["measure"] == earlier_measure]).dropna(subset=["year"])
    earlier = dated[dated["as_of"] < as_of].sort_values("as_of", kind="stable")
    broken = measure in BREAKS
    if earlier.empty:
        return {
            "value": now["value"],
            "previous": None,
            "previous_as_of": None,
            "previous_document": None,
            "change": None,
            "break_in_series": broken,
        }
    before = earlier.iloc[-1]
    return {
        "value": now["value"],
        "previous": before["value"],
        "previous_as_of": before["as_of"],
        "previous_document": before["document"],
        "change": None if broken else now["value"] - before["value"],
        "break_in_series": broken,
    }
