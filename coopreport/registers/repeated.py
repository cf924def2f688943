"""Rows of one unit on several lines: repeats to leave out, contradictions to refuse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Array = np.ndarray[Any, Any]


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
    import pandas as pd

    query = f"SELECT {identity} AS identity FROM {table} WHERE {identity} IS NOT NULL"
    found = np.asarray(connection.execute(query).fetchnumpy()["identity"])
    connection.register("twice", pd.DataFrame({"identity": there_twice(found)}))
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


def there_twice(numbers: Array) -> Array:
    """Return the numbers that are there more than once, ascending, each once."""
    ordered = np.sort(numbers)
    return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])


def repeats(
    identities: Array, twice: Array, content: Mapping[str, Array]
) -> tuple[Array, list[int]]:
    """Do as `mark_repeated` on arrays of one length: 0 is the identity of a row that has none.

    Args:
        twice: `there_twice` of the identities.

    Returns:
        The rows that say again what a former one says, ascending; the identities whose rows do not
        agree, ascending.
    """
    if not twice.any():
        return np.zeros(0, dtype="int64"), []

    import pandas as pd

    rows = np.flatnonzero(np.isin(identities, twice[twice != 0]))
    columns = {name: column[rows] for name, column in content.items()}
    lines = pd.DataFrame({"identity": identities[rows], **columns}, index=rows)
    again = lines.duplicated().to_numpy()
    alone = lines["identity"][~again]
    return rows[again], sorted(alone[alone.duplicated()].unique().tolist())
