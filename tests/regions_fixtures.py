"""A copy of the project that names a generated Québec register with towns in every region."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopreport.regions.sheet import CODES
from tests.registers_fixtures import generated_project
from tests.releases import done
from tests.shared import copy, made_once

TOWNS = (
    ("Rimouski", "01", 150_000),
    ("Saguenay", "02", 290_000),
    ("Québec", "03", 550_000),
    ("Trois-Rivières", "04", 140_000),
    ("Sherbrooke", "05", 170_000),
    ("Montréal", "06", 1_760_000),
    ("Gatineau", "07", 290_000),
    ("Rouyn-Noranda", "08", 42_000),
    ("Sept-Îles", "09", 25_000),
    ("Chibougamau", "10", 7_000),
    ("Gaspé", "11", 15_000),
    ("Lévis", "12", 150_000),
    ("Laval", "13", 440_000),
    ("Terrebonne", "14", 120_000),
    ("Saint-Jérôme", "15", 80_000),
    ("Longueuil", "16", 250_000),
    ("Drummondville", "17", 80_000),
)


def register_project(folder: Path, rows: int = 40_000) -> Path:
    """Copy the project, with a generated register of `rows` firms, one in a hundred a co-op."""
    lines = [f"{name},{code},{people}\n" for name, code, people in TOWNS]
    return generated_project(
        folder, rows, 7, "municipalite,region_code,population\n" + "".join(lines)
    )


def sheets_project(factory: pytest.TempPathFactory, folder: Path) -> Path:
    """Copy to a new folder a `register_project` with its 17 sheets, made once for all tests."""

    def make(base: Path) -> None:
        said = done(register_project(base / "projet"), "regions")
        lines = [line.split()[0] for line in said.splitlines() if line.startswith("  ")]
        assert sorted(lines) == list(CODES)

    return copy(made_once(factory, "fiches", make) / "projet", folder)
