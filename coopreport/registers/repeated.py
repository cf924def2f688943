"""Rows of one unit on several lines: repeats to leave out, contradictions to refuse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def mark_repeated(
    connection: DuckDBPyConnection, table: str, identity: str, content: Sequence[str]
) -> list[int]:
    """Fill the table `repeated` (`row_id`) with the rows that say again what another row says.

    Args:
        table: a table or a view with `row_id`, the identity and the content.
        identity: a column of integers of 64 bits, NULL for a row without identity. Sorting them in
            NumPy takes a third of the time of grouping them in DuckDB.
        content: the columns in which two rows of one unit must agree.

    Returns:
        The identities whose rows do not agree, ascending.
    """
    query = f"SELECT {identity} AS identity FROM {table} WHERE {identity} IS NOT NULL"
    found = np.sort(np.asarray(connection.execute(query).fetchnumpy()["identity"]))
    twice = pd.DataFrame({"identity": np.unique(found[1:][found[1:] == found[:-1]])})
    connection.register("twice", twice)
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE repeated AS
        SELECT row_id, {identity} AS identity, hash({", ".join(content)}) AS content,
            row_number() OVER (PARTITION BY identity, content) AS rank
        FROM {table} WHERE {identity} IN (SELECT identity FROM twice)
        """
    )
    connection.unregister("twice")
    conflicts = connection.execute(
        "SELECT identity FROM repeated GROUP BY 1 HAVING count(DISTINCT content) > 1 ORDER BY 1"
    ).fetchall()
    connection.execute("DELETE FROM repeated WHERE rank = 1")
    return [number for (number,) in conflicts]
