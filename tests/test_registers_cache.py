"""A second use of a register is answered from what was kept, and a damaged entry is redone."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from coopreport.registers import RegisterFile, RegisterTables, life_tables
from tests.registers_fixtures import RULES, firm, folder, zipped

GROUPINGS: list[tuple[str, ...]] = [("legal_form",), ("region", "sector"), ("cohort", "synthetic")]


@pytest.fixture
def register(tmp_path: Path) -> RegisterFile:
    firms = [firm(order, end="2010-01-01" if order % 2 else "") for order in range(1, 50)]
    return zipped(folder(tmp_path / "r", firms), tmp_path / "r.zip")


def ask(register: RegisterFile, tmp_path: Path) -> RegisterTables:
    return life_tables(register, RULES, GROUPINGS, cache=tmp_path / "cache")


def assert_same(one: RegisterTables, other: RegisterTables) -> None:
    assert one.account == other.account
    assert one.tables.keys() == other.tables.keys()
    for by, table in one.tables.items():
        pd.testing.assert_frame_equal(table, other.tables[by])


def test_a_second_use_gives_the_same_from_the_cache_in_under_a_second(
    register: RegisterFile, tmp_path: Path
) -> None:
    first = ask(register, tmp_path)
    start = time.process_time()
    second = ask(register, tmp_path)
    assert time.process_time() - start < 1
    assert (first.from_cache, second.from_cache) == (False, True)
    assert_same(second, first)
    assert_same(second, life_tables(register, RULES, GROUPINGS))


@pytest.mark.parametrize("damage", ["byte", "truncated", "empty", "text"])
def test_a_damaged_entry_is_noticed_and_redone(
    register: RegisterFile, tmp_path: Path, damage: str
) -> None:
    first = ask(register, tmp_path)
    for path in (tmp_path / "cache").glob("*.table"):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        damaged = {
            "byte": bytes(content),
            "truncated": path.read_bytes()[:-10],
            "empty": b"",
            "text": b"0" * 64 + b"\nrien",
        }
        path.write_bytes(damaged[damage])
    again = ask(register, tmp_path)
    assert not again.from_cache
    assert_same(again, first)
    assert ask(register, tmp_path).from_cache


def test_a_register_that_changed_is_read_again(register: RegisterFile, tmp_path: Path) -> None:
    ask(register, tmp_path)
    zipped(folder(tmp_path / "r", [firm(1)]), register.path)
    again = ask(register, tmp_path)
    assert (again.from_cache, again.account.rows) == (False, 2)


def test_a_table_of_towns_that_changed_makes_other_tables(
    register: RegisterFile, tmp_path: Path
) -> None:
    ask(register, tmp_path)
    assert register.municipalities
    text = register.municipalities.read_text(encoding="utf-8")
    register.municipalities.write_text(text.replace("Lévis", "Ailleurs"), encoding="utf-8")
    again = ask(register, tmp_path)
    assert not again.from_cache
    assert set(again.tables["region", "sector"]["region"]) == {"inconnue"}


def test_other_rules_are_another_entry(register: RegisterFile, tmp_path: Path) -> None:
    ask(register, tmp_path)
    rules = replace(RULES, last_birth=date(1999, 12, 31))
    other = life_tables(register, rules, GROUPINGS, cache=tmp_path / "cache")
    assert (other.from_cache, other.account.used) == (False, 0)


def test_the_copy_of_a_register_is_known_by_its_content(
    register: RegisterFile, tmp_path: Path
) -> None:
    ask(register, tmp_path)
    copy = tmp_path / "copie.zip"
    copy.write_bytes(register.path.read_bytes())
    found = ask(replace(register, path=copy), tmp_path)
    assert (found.from_cache, found.account.name) == (True, "copie.zip")


def test_a_cache_that_cannot_be_written_spoils_nothing(
    register: RegisterFile, tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("un fichier, pas un dossier", encoding="utf-8")
    assert_same(ask(register, tmp_path), life_tables(register, RULES, GROUPINGS))
