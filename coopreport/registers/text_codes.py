"""The texts of a row as one number: their hash, and a small table of what each hash stands for.

A register has few combinations of legal form, sector, region…, and storing five texts for each of
millions of rows takes longer than reading them. A row keeps the hash; the table `codes` has the
texts. It is filled from the first rows, with every combination of the values that they show; a row
of another combination brings its own texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SAMPLE = 50_000
COMBINATIONS = 1 << 16
"""The most combinations to foresee; beyond, only those of the first rows are."""


def learn(connection: DuckDBPyConnection, read: str, columns: Sequence[str]) -> None:
    """Fill `codes` (`code` and the columns) from the first rows of a relation."""
    names = ", ".join(columns)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE first_rows AS SELECT DISTINCT {names} "
        f"FROM (SELECT {names} FROM {read} LIMIT {SAMPLE})"
    )
    values = [f"(SELECT DISTINCT {name} FROM first_rows)" for name in columns]
    sizes = [connection.execute(f"SELECT count(*) FROM {part}").fetchall()[0][0] for part in values]
    known = "first_rows" if prod(sizes) > COMBINATIONS else ", ".join(values)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE codes AS SELECT {_hash(columns)} AS code, {names} "
        f"FROM {known}"
    )
    connection.execute("DROP TABLE first_rows")


def selected(columns: Sequence[str]) -> str:
    """Return the SQL of `code`, 64 bits, and of `texts`, the texts of a code not learnt."""
    code, texts = _hash(columns), ", ".join(columns)
    return (
        f"{code} AS code, CASE WHEN {code} NOT IN (SELECT code FROM codes) THEN [{texts}] END "
        "AS texts"
    )


def complete(connection: DuckDBPyConnection, columns: Sequence[str]) -> None:
    """Keep in `codes` those that the table `raw` has, all of them; `raw` loses `texts`."""
    connection.execute("DELETE FROM codes WHERE code NOT IN (SELECT DISTINCT code FROM raw)")
    cells = ", ".join(f"texts[{order}]" for order in range(1, len(columns) + 1))
    connection.execute(
        f"INSERT INTO codes SELECT DISTINCT code, {cells} FROM raw WHERE texts IS NOT NULL"
    )
    connection.execute("ALTER TABLE raw DROP COLUMN texts")


def _hash(columns: Sequence[str]) -> str:
    return f"hash({', '.join(columns)})"
