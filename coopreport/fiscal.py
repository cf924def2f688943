"""Québec fiscal years: `2023-2024` runs from 1 April 2023 to 31 March 2024."""

from __future__ import annotations

import re
from datetime import date

PATTERN = re.compile(r"20[0-9]{2}-20[0-9]{2}")


def is_fiscal_year(text: str) -> bool:
    """Tell whether `text` is two consecutive four-digit years, as in `2023-2024`."""
    return PATTERN.fullmatch(text) is not None and int(text[5:]) == int(text[:4]) + 1


def fiscal_year(start: int) -> str:
    """Return the fiscal year that begins on 1 April of the year `start`."""
    return f"{start}-{start + 1}"


def start_year(year: str) -> int:
    """Return the calendar year in which the fiscal year begins.

    Raises:
        ValueError: `year` is not a fiscal year.
    """
    if not is_fiscal_year(year):
        raise ValueError(f"not a fiscal year: {year!r}")
    return int(year[:4])


def span(first: str, last: str) -> tuple[str, ...]:
    """Return the fiscal years from `first` to `last`, both included; empty when last < first."""
    return tuple(fiscal_year(y) for y in range(start_year(first), start_year(last) + 1))


def fiscal_year_of(day: date) -> str:
    """Return the fiscal year that holds `day` (1 April to 31 March)."""
    return fiscal_year(day.year if day.month >= 4 else day.year - 1)
