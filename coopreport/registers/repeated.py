"""Rows of one unit on several lines: repeats to leave out, contradictions to refuse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from coopreport.registers.pieces import rows_among

Array = np.ndarray[Any, Any]


def there_twice(numbers: Array) -> Array:
    """Return the numbers that are there more than once, ascending, each once."""
    ordered = np.sort(numbers)
    return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])


def repeats(
    identities: Array, twice: Array, content: Mapping[str, Array]
) -> tuple[Array, list[int]]:
    """Find the rows that say again what another row says, in arrays of one length.

    Args:
        identities: of 64 bits; 0 is that of a row that has none.
        twice: `there_twice` of the identities.
        content: the columns in which two rows of one unit must agree.

    Returns:
        The rows that say again what a former one says, ascending; the identities whose rows do not
        agree, ascending.
    """
    if not twice.any():
        return np.zeros(0, dtype="int64"), []

    import pandas as pd

    rows = rows_among(identities, twice[twice != 0])
    columns = {name: column[rows] for name, column in content.items()}
    lines = pd.DataFrame({"identity": identities[rows], **columns}, index=rows)
    again = lines.duplicated().to_numpy()
    alone = lines["identity"][~again]
    return rows[again], sorted(alone[alone.duplicated()].unique().tolist())
