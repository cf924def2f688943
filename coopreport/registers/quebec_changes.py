"""What the small files of a Québec register say of a firm: mergers, break-ups, continuations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from coopreport.registers.csv_source import CsvSource, refusals
from coopreport.registers.pieces import rows_among
from coopreport.registers.units import days_query, fetched

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BEFORE, AFTER = 31, 366
"""Days around a merger or a break-up in which it explains that a firm was struck off."""

Array = np.ndarray[Any, Any]


def continued(connection: DuckDBPyConnection, source: CsvSource) -> Array:
    """Return the numbers (int64) of the firms that were continued or transformed."""
    with refusals(source):
        found = fetched(
            connection,
            f"SELECT DISTINCT neq FROM (SELECT TRY_CAST(NEQ AS BIGINT) AS neq FROM {source.sql}) "
            "WHERE neq IS NOT NULL",
        )
    return found["neq"]


def mergers(connection: DuckDBPyConnection, source: CsvSource) -> tuple[Array, Array]:
    """Return the number (int64) of each firm that a merger or a break-up names, and its day.

    On either side; numbers are ascending, days since 1970-01-01 (int32).
    """
    with refusals(source):
        found = fetched(
            connection,
            f"""
            WITH events AS (
                SELECT TRY_CAST(NEQ AS BIGINT) AS one, TRY_CAST(NEQ_ASSUJ_REL AS BIGINT) AS other,
                    TRY_CAST(DAT_EFCTVT AS DATE) AS day FROM {source.sql}
            ), sides AS (
                SELECT one AS neq, day FROM events UNION SELECT other, day FROM events
            )
            SELECT neq, {days_query("day")} FROM sides
            WHERE neq IS NOT NULL AND isfinite(day) ORDER BY neq
            """,
        )
    return found["neq"], found["day"]


def rows_merged(neq: Array, stat: Array, struck: Array, events: tuple[Array, Array]) -> Array:
    """Return the rows of firms struck off (`struck`) around the day of a merger that names them.

    Args:
        neq, stat: as in `quebec_rows.Rows`.
        events: what `mergers` returns.
    """
    numbers, days = events
    rows = rows_among(neq, numbers)
    rows = rows[struck[rows]]
    first, last = (np.searchsorted(numbers, neq[rows], side) for side in ("left", "right"))
    several = last - first
    row = np.repeat(rows, several)
    event = np.arange(len(row)) - np.repeat(np.cumsum(several) - several - first, several)
    apart = stat[row].astype("int64") - days[event]
    return np.unique(row[(apart >= -BEFORE) & (apart <= AFTER)])
