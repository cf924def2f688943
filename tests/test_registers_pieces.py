"""Arrays worked through in pieces give what NumPy gives of them whole."""

from __future__ import annotations

import numpy as np
import pytest

from coopreport.registers.pieces import ROWS, SUSPECTS, looked_up, rows_among, tally

LENGTHS = (0, 1, ROWS, 3 * ROWS + 5)


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("kind", ["int64", "uint64"])
def test_rows_among_are_those_whose_number_is_wanted(length: int, kind: str) -> None:
    draw = np.random.default_rng(length)
    numbers = draw.integers(0, 4 * SUSPECTS, length).astype(kind)
    wanted = draw.integers(0, 4 * SUSPECTS, 20_000).astype(kind)
    expected = np.flatnonzero(np.isin(numbers, wanted))
    assert np.array_equal(rows_among(numbers, wanted), expected)
    assert len(rows_among(numbers, wanted[:0])) == 0


@pytest.mark.parametrize("length", LENGTHS)
def test_a_table_looked_up_and_a_tally_are_those_of_numpy(length: int) -> None:
    places = np.random.default_rng(length).integers(0, 300, length).astype("int32")
    table = np.arange(300, dtype="uint16")[::-1]
    assert np.array_equal(looked_up(table, places), table[places])
    assert np.array_equal(tally(places, 300), np.bincount(places, minlength=300))
