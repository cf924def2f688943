"""The catalogue that the files of this folder fill, and what their functions share."""

from typing import Any

import pandas as pd

from coopreport.definitions import Catalogue

CATALOGUE = Catalogue()


def column_by(frame: pd.DataFrame, key: str, column: str) -> dict[str, Any]:
    """Return one column of a frame by the values of another, which are unique."""
    return dict(zip(frame[key], frame[column], strict=True))
