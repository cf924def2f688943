"""The generated register: its layout, its seed, its mark, and the published rates it follows."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import pytest

from coopreport.analysis.rates import survival_at
from coopreport.analysis.survival import kaplan_meier
from coopreport.errors import BadCall
from coopreport.registers import RegisterFile, life_table, read_units
from coopreport.registers import quebec_layout as layout
from coopreport.registers.generator import COOPERATIVE_RATES, OTHER_RATES, write_quebec
from tests.registers_fixtures import RULES, towns


def generate(target: Path, rows: int = 300, seed: int = 1, *, zipped: bool = False) -> RegisterFile:
    places = towns(target.parent)
    path = write_quebec(target, rows, seed, municipalities=places, zipped=zipped)
    return RegisterFile("quebec", path, places)


def test_the_six_files_have_the_exact_columns_and_a_byte_order_mark(tmp_path: Path) -> None:
    register = generate(tmp_path / "r")
    for name, columns in layout.COLUMNS.items():
        raw = (register.path / name).read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(raw.decode("utf-8-sig").splitlines()))
        assert tuple(rows[0]) == columns
        assert {len(row) for row in rows} == {len(columns)}
    assert len(layout.COLUMNS[layout.ENTERPRISES]) == 37


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for target, seed in (("a.zip", 1), ("b.zip", 1), ("c.zip", 2)):
        generate(tmp_path / target, seed=seed, zipped=True)
    a, b, c = ((tmp_path / f"{name}.zip").read_bytes() for name in "abc")
    assert a == b != c


def test_the_zip_and_the_folder_hold_the_same_files(tmp_path: Path) -> None:
    register = generate(tmp_path / "r")
    packed = generate(tmp_path / "r.zip", zipped=True)
    with zipfile.ZipFile(packed.path) as archive:
        assert set(archive.namelist()) == {path.name for path in register.path.iterdir()}
        for name in archive.namelist():
            assert archive.read(name) == (register.path / name).read_bytes()


def test_every_row_of_a_generated_register_is_accounted_for(tmp_path: Path) -> None:
    account = read_units(generate(tmp_path / "r"))[1]
    assert account.rows == 300
    assert set(account.rejected) <= {
        "sans date de constitution, ni immatriculation qui en tienne lieu"
    }


@pytest.mark.parametrize("kept", ["domain", "file", "numbers"])
def test_one_mark_is_enough_to_know_a_generated_register(tmp_path: Path, kept: str) -> None:
    register = generate(tmp_path / "r")
    domains = register.path / layout.DOMAINS
    if kept != "domain":
        text = domains.read_text(encoding="utf-8")
        domains.write_text(text.replace(layout.SYNTHETIC_DOMAIN, "AUTRE"), encoding="utf-8")
    if kept != "file":
        (register.path / layout.SYNTHETIC_FILE).unlink()
    if kept != "numbers":
        enterprises = register.path / layout.ENTERPRISES
        text = enterprises.read_text(encoding="utf-8")
        enterprises.write_text(text.replace("\n99", "\n11"), encoding="utf-8")
    units, account = read_units(register)
    assert account.synthetic and units["synthetic"].all()


def test_the_account_of_a_generated_register_says_so(tmp_path: Path) -> None:
    lines = read_units(generate(tmp_path / "r"))[1].lines()
    assert lines[1] == "Données de démonstration\u00a0: registre généré, aucune unité réelle"


def test_lives_follow_the_published_rates(tmp_path: Path) -> None:
    """60,000 firms, 600 of them co-operatives: within four standard errors at every age."""
    table, _ = life_table(generate(tmp_path / "r", 60_000), RULES, ["legal_form"])
    for form, rates in (("cooperative", COOPERATIVE_RATES), ("other", OTHER_RATES)):
        curve = kaplan_meier(table[table["legal_form"] == form])
        for years, published in rates.items():
            rate = survival_at(curve, years)
            assert rate.survival == pytest.approx(published, abs=4 * (rate.std_error or 0))


def test_a_register_is_not_written_over_another(tmp_path: Path) -> None:
    generate(tmp_path / "r")
    with pytest.raises(BadCall, match="existe déjà"):
        generate(tmp_path / "r")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
