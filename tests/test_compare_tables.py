"""Two states of a table of the report, cell by cell."""

from __future__ import annotations

from collections.abc import Sequence

from coopreport.compare.grids import Grid, compare_tables
from coopreport.exhibits import Cell, Column, Row, Table

HEAD = (Column("name", "Nom", "header"), Column("a", "A", "number"), Column("b", "B", "number"))


def table(
    *rows: Sequence[str], columns: Sequence[Column] = HEAD, title: str = "Essai", unit: str = ""
) -> Table:
    """Return a table of texts; a row of one text is a group row."""
    made = tuple(
        Row(tuple(Cell(text) for text in row), "group" if len(row) == 1 else "body") for row in rows
    )
    return Table("essai.un", title, tuple(columns), made, unit_line=unit)


def grid(old: Table, new: Table) -> Grid:
    found = compare_tables(old, new)
    assert found is not None
    return found


def test_two_equal_tables_have_nothing_to_show() -> None:
    assert compare_tables(table(("x", "1", "2")), table(("x", "1", "2"))) is None


def test_only_the_row_and_the_column_that_changed_are_shown() -> None:
    old, new = (table(("x", "1", "2"), ("y", "3", last)) for last in ("4", "5"))
    found = grid(old, new)
    assert [column.heading.new for column in found.columns] == ["Nom", "B"]
    (row,) = found.rows
    assert [(cell.old, cell.new) for cell in row.cells] == [("y", "y"), ("4", "5")]
    assert found.unchanged == 1


def test_rows_are_matched_by_their_header_whatever_their_order() -> None:
    old = table(("x", "1", "2"), ("y", "3", "4"))
    assert compare_tables(old, table(("y", "3", "4"), ("x", "1", "2"))) is None


def test_a_row_that_went_stands_where_it_was() -> None:
    old = table(("x", "1", "2"), ("gone", "9", "9"), ("y", "3", "4"))
    found = grid(old, table(("x", "1", "3"), ("y", "3", "5")))
    assert [(row.cells[0].old, row.change) for row in found.rows] == [
        ("x", "changed"),
        ("gone", "gone"),
        ("y", "changed"),
    ]
    assert [cell.new for cell in found.rows[1].cells] == [None, None, None]


def test_an_added_row_is_shown_whole() -> None:
    found = grid(table(("x", "1", "2")), table(("x", "1", "2"), ("new", "3", "4")))
    (row,) = found.rows
    assert row.change == "added"
    assert [(cell.old, cell.new) for cell in row.cells] == [(None, "new"), (None, "3"), (None, "4")]


def test_rows_of_one_name_are_matched_in_their_group_and_in_their_order() -> None:
    rows = (("North",), ("x", "1", "1"), ("x", "2", "2"), ("South",), ("x", "3", "3"))
    changed = (("North",), ("x", "1", "1"), ("x", "2", "5"), ("South",), ("x", "3", "3"))
    (row,) = grid(table(*rows), table(*changed)).rows
    assert (row.group, row.cells[-1].old, row.cells[-1].new) == ("North", "2", "5")


def test_columns_are_matched_by_key_and_a_new_one_shows_on_every_row() -> None:
    more = (*HEAD, Column("c", "C", "number"))
    found = grid(table(("x", "1", "2")), table(("x", "1", "2", "7"), columns=more))
    assert [(c.heading.old, c.heading.new, c.change) for c in found.columns] == [
        ("Nom", "Nom", "same"),
        (None, "C", "added"),
    ]
    assert [(cell.old, cell.new) for cell in found.rows[0].cells] == [("x", "x"), (None, "7")]


def test_a_title_and_a_unit_are_compared_as_words() -> None:
    found = grid(table(("x", "1", "2"), unit="en dollars"), table(("x", "1", "2"), unit="en euros"))
    (change,) = found.words
    assert change.name == "Unité"
    assert [piece.text for piece in change.pieces if piece.kind != "same"] == ["dollars", "euros"]
    assert found.rows == ()


def test_a_value_that_moved_under_the_display_is_counted() -> None:
    old, new = (
        Table("e.e", "Essai", HEAD, (Row((Cell("x"), Cell("1", value), Cell("2"))),))
        for value in ("1.1", "1.2")
    )
    found = grid(old, new)
    assert (found.rows, found.under_display) == ((), 1)


def test_a_sign_beside_a_number_is_part_of_what_is_read() -> None:
    old, new = (
        Table("e.e", "Essai", HEAD, (Row((Cell("x"), Cell("1", "1", sign), Cell("2"))),))
        for sign in ("", "E")
    )
    (row,) = grid(old, new).rows
    assert (row.cells[1].old, row.cells[1].new) == ("1", "1 E")


def test_headings_of_one_name_are_told_apart_by_the_label_over_them() -> None:
    columns = (
        HEAD[0],
        Column("a", "2023", "number", "Asked"),
        Column("b", "2023", "number", "Got"),
    )
    old, new = (table(("x", "1", last), columns=columns) for last in ("2", "3"))
    assert grid(old, new).columns[1].heading.new == "Got, 2023"
