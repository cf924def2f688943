"""Which rows of a raw table were known at a date: what came after must not enter a cycle.

A fact is known from the last day of the period that its column writes: a year's figure when the
year is over, a month's when the month is. A row without a date is not known at any date: nothing
says that it came before.
"""

from __future__ import annotations

import calendar
from datetime import date
from typing import Any

import pandas as pd

KNOWN_FROM = {
    "cpi": "year",
    "gdp": "year",
    "grants": "announced",
    "portrait": "published",
    "survival_published": "printed_year",
}
"""The column that dates the rows of a raw table; the other tables hold nothing that is dated."""

UK_EDITION = date(2017, 6, 30)
"""The last day of the month of the edition that `life_table_uk` counts."""


def known_rows(table: str, rows: pd.DataFrame, day: date) -> pd.DataFrame:
    """Return the rows of a raw table that were known on a day; a table without dates is whole."""
    if table not in KNOWN_FROM:
        return rows
    kept = [known_on(value, day) for value in rows[KNOWN_FROM[table]]]
    return rows[pd.Series(kept, index=rows.index, dtype=bool)]


def known_on(dated: Any, day: date) -> bool:
    """Tell whether a fact was known on a day.

    `dated` is a date, a year, or a text `AAAA`, `AAAA-MM` or `AAAA-MM-JJ`; missing: not known.
    """
    if pd.isna(dated):
        return False
    parts = [int(part) for part in str(dated).split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    last = parts[2] if len(parts) > 2 else calendar.monthrange(year, month)[1]
    return date(year, month, last) <= day
