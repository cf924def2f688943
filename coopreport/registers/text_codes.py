"""The texts of a row as one number: their hash, and a small table of what each hash stands for.

A register has few combinations of legal form, sector, region…, and storing five texts for each of
millions of rows takes longer than reading them. A row keeps the hash; the table `codes` has the
texts. It is filled from the first rows, with every combination of the values that they show; the
few that come later are fetched by a second reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SAMPLE = 100_000
COMBINATIONS = 1 << 17
"""The most combinations to foresee; beyond, only those of the first rows are."""


def code(columns: Sequence[str]) -> str:
    """Return the SQL of a row's code: 64 bits, the same for the same texts."""
    return f"hash({', '.join(columns)})"


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
        f"CREATE OR REPLACE TEMP TABLE codes AS SELECT {code(columns)} AS code, {names} "
        f"FROM {known}"
    )
    connection.execute("DROP TABLE first_rows")


def complete(connection: DuckDBPyConnection, read: str, columns: Sequence[str]) -> None:
    """Keep in `codes` those that the table `raw` has, all of them."""
    connection.execute("DELETE FROM codes WHERE code NOT IN (SELECT DISTINCT code FROM raw)")
    connection.execute(
        "CREATE TEMP TABLE unseen AS SELECT DISTINCT code FROM raw ANTI JOIN codes USING (code)"
    )
    if connection.execute("SELECT count(*) FROM unseen").fetchall()[0][0]:
        names = ", ".join(columns)
        connection.execute(
            f"INSERT INTO codes SELECT DISTINCT {code(columns)} AS code, {names} FROM {read} "
            f"WHERE {code(columns)} IN (SELECT code FROM unseen)"
        )
    connection.execute("DROP TABLE unseen")
