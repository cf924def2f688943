"""The catalogue that the files of this folder fill, and what their functions share."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pandas as pd

from coopreport.definitions import Catalogue, Keys
from coopreport.indicators import Result

CATALOGUE = Catalogue()


def column_by(frame: pd.DataFrame, key: str, column: str) -> dict[str, Any]:
    """Return one column of a frame by the values of another, which are unique."""
    return dict(zip(frame[key], frame[column], strict=True))


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame, with None for what is missing."""
    return [
        {str(key): None if pd.isna(value) else value for key, value in row.items()}
        for row in frame.to_dict("records")
    ]


def share_result(share: Fraction | None) -> Result:
    """Return a share, or the symbol of a share of nothing."""
    return Result(share, symbol="" if share is not None else "...")


def record_keys(rows: pd.DataFrame, column: str) -> Iterator[Keys]:
    """Yield the keys of a family named by a column of codes: `part`, `code` and `title`."""
    for row in rows.to_dict("records"):
        yield {"part": row[column].lower(), "code": row[column], "title": row["title"]}
