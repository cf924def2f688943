"""Units counted in arrays, piece by piece: how they are worked through changes nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coopreport.analysis.rates import rates_at, rates_of
from coopreport.analysis.survival import kaplan_meier_by
from coopreport.registers import (
    RegisterFile,
    counting,
    life_table,
    life_tables,
    life_tables_in_arrays,
)
from coopreport.registers.pieces import ROWS, SUSPECTS, looked_up, rows_among, tally
from coopreport.registers.place_tally import InArray, Sorted
from coopreport.registers.text_codes import POINTER_BITS, SAMPLE, places_of
from tests.registers_fixtures import GROUPINGS, RULES, generated_register, plain

LENGTHS = (0, 1, ROWS, 3 * ROWS + 5)


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> RegisterFile:
    return generated_register(tmp_path_factory.mktemp("registre"))


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


def test_a_text_that_the_first_rows_do_not_show_is_counted_as_any_other(tmp_path: Path) -> None:
    """The texts of a combination are learnt from the first rows: here, all but the last two."""
    rows = "".join(f"u{n},2000-01-01,,other,06\n" for n in range(SAMPLE))
    late = "v,2000-01-01,,cooperative, 99\nw,2000-01-01,,cooperative,99\n"
    header = "unit_id,birth,end,legal_form,region\n"
    register = plain(tmp_path / "p.csv", header + rows + late)
    table, account = life_table(register, RULES, ["legal_form", "region"])
    entered = table.groupby(["legal_form", "region"])["entries"].sum().to_dict()
    assert entered == {("other", "06"): SAMPLE, ("cooperative", "99"): 2}
    assert account.used == SAMPLE + 2


def test_codes_that_begin_alike_keep_each_its_place() -> None:
    known = np.array([5, 6, 1 << (64 - POINTER_BITS)], dtype="uint64")
    codes = np.array([6, 5, 7, 1 << (64 - POINTER_BITS), 0, 2**64 - 1], dtype="uint64")
    assert places_of(codes, known).tolist() == [1, 0, -1, 2, -1, -1]


def test_groups_too_many_for_arrays_are_counted_as_the_others(
    generated: RegisterFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = life_tables(generated, RULES, GROUPINGS)
    for counts in (1, 100_000):
        monkeypatch.setattr("coopreport.registers.place_tally.COUNTS", counts)
        found = life_tables(generated, RULES, GROUPINGS)
        for by in GROUPINGS:
            pd.testing.assert_frame_equal(found.tables[by], expected.tables[by])


@pytest.mark.parametrize("rows", [1, 7, 1000])
def test_the_size_of_the_pieces_changes_nothing(
    generated: RegisterFile, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    expected = life_tables(generated, RULES, GROUPINGS)
    monkeypatch.setattr("coopreport.registers.pieces.ROWS", rows)
    found = life_tables(generated, RULES, GROUPINGS)
    assert found.account == expected.account
    for by in GROUPINGS:
        pd.testing.assert_frame_equal(found.tables[by], expected.tables[by])


def test_groupings_counted_in_several_readings_give_the_same_tables(
    generated: RegisterFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = life_tables(generated, RULES, GROUPINGS)
    monkeypatch.setattr(counting, "AT_ONCE", 2)
    found = life_tables(generated, RULES, GROUPINGS)
    assert found.account == expected.account
    for by in GROUPINGS:
        pd.testing.assert_frame_equal(found.tables[by], expected.tables[by])


@pytest.mark.parametrize("kinds", [1, 2])
def test_numbers_are_tallied_alike_in_an_array_and_sorted(kinds: int) -> None:
    given = [np.array([4, 5, 4, 9]), np.array([4, 0], dtype="int64")]
    in_array, in_order = InArray(np.zeros((10, kinds), dtype="uint32")), Sorted(kinds)
    for numbers in given:
        in_array.add(numbers)
        in_order.add(numbers)
    also = np.array([2, 3])
    for one, other in zip(in_array.found(also), in_order.found(also), strict=True):
        assert one.tolist() == other.tolist()
    expected = {1: [[0, 2, 3, 4, 5, 9], [[1, 0, 0, 3, 1, 1]]]}
    expected[2] = [[0, 2, 3, 4], [[1, 3, 0, 0], [0, 1, 0, 1]]]
    assert [column.tolist() for column in in_array.found(also)] == expected[kinds]


def test_rates_read_on_counts_are_those_read_on_their_curves(generated: RegisterFile) -> None:
    counted = life_tables_in_arrays(generated, RULES, GROUPINGS)
    tables = life_tables(generated, RULES, GROUPINGS)
    assert counted.account == tables.account
    for by in GROUPINGS:
        curves = kaplan_meier_by(tables.tables[by], by)
        read = [(label, tuple(rates)) for label, rates in rates_of(counted.counts[by], [1, 5])]
        on_curves = (rates_at(curves, by, years) for years in (1, 5))
        expected = [(one[0], (one[1], five[1])) for one, five in zip(*on_curves, strict=True)]
        assert read == expected


def test_rates_of_a_plain_register_are_read_without_pandas(tmp_path: Path) -> None:
    """Importing it takes as long as counting a million units."""
    register = plain(tmp_path / "p.csv", "unit_id,birth,end,legal_form\na,2000-01-01,,other\n")
    code = f"""
import sys
from datetime import date
from pathlib import Path
from coopreport.analysis.rates import rates_of
from coopreport.registers import RegisterFile, Rules, life_tables_in_arrays
rules = Rules(date(1990, 1, 1), date(2023, 1, 31))
register = RegisterFile("csv", Path({str(register.path)!r}))
found = life_tables_in_arrays(register, rules, [("legal_form", "cohort")])
((_, (rate,)),) = rates_of(found.counts["legal_form", "cohort"], [5])
print(rate.survival, "pandas" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1.0", "False"]
