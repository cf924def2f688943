"""Levers and axes, on small cases worked by hand: the matrix, the crosswalk, the spread."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
import pytest

from coopreport.analysis import roadmap


def cells() -> pd.DataFrame:
    pairs = [("L2", "X1"), ("L1", "X1"), ("L1", "X2"), ("L2", "X2")]
    statements = ["named", "absent", "named", "absent"]
    return pd.DataFrame(pairs, columns=["lever_id", "axis_id"]).assign(statement=statements)


def test_the_matrix_has_a_row_per_lever_and_a_column_per_axis_in_their_order() -> None:
    table = roadmap.matrix(cells(), ["L1", "L2"], ["X1", "X2"])
    assert list(table.index) == ["L1", "L2"]
    assert table.to_numpy().tolist() == [["absent", "named"], ["named", "absent"]]


def test_a_matrix_without_one_of_its_pairs_is_refused() -> None:
    with pytest.raises(KeyError):
        roadmap.matrix(cells(), ["L1", "L2", "L3"], ["X1", "X2"])


def test_a_later_lever_has_the_axes_of_the_one_that_it_takes_up() -> None:
    axes = roadmap.axes_of_levers([("A", "X1"), ("A", "X2")], {"B": "A", "C": None})
    assert axes == {"A": {"X1", "X2"}, "B": {"X1", "X2"}, "C": set()}


def test_an_ask_stands_in_one_part_and_is_never_divided() -> None:
    amounts = {"one": 5, "two": 3, "both": 2, "free": 10}
    targets = {"one": {"L1"}, "two": {"L2"}, "both": {"L1", "L2"}}
    table = roadmap.spread(amounts, targets, ["L1", "L2", "L3"])
    assert table["part"].tolist() == ["L1", "L2", "L3", "several", "none"]
    assert table["amount"].tolist() == [5, 3, 0, 2, 10]
    assert table["asks"].tolist() == [1, 1, 0, 1, 1]
    assert table["share"].tolist() == [
        Fraction(1, 4),
        Fraction(3, 20),
        Fraction(0),
        Fraction(1, 10),
        Fraction(1, 2),
    ]
    assert table["share"].sum() == 1


def test_a_share_of_no_ask_has_no_value() -> None:
    table = roadmap.spread({}, {}, ["L1"])
    assert table["amount"].tolist() == [0, 0, 0]
    assert table["share"].tolist() == [None, None, None]
