"""Claims for tests: one by hand, and the real ones of a project that a test may break."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from coopreport.catalogue import CATALOGUE
from coopreport.claims import Claim
from coopreport.cycles import read_cycle
from coopreport.definitions import Catalogue
from coopreport.indicators import Indicator, Method
from coopreport.ledger import Ledger
from coopreport.project import Project
from coopreport.tables import open_package
from tests.chapters import CYCLE

METHOD = Method("essai.un", "essai", "", "One.", "", "un")


def claim(value: str, step: str, **given: Any) -> Claim:
    """Return a claim of a percentage, or of what `given` says."""
    texts = {"id": "essai-01", "document": "d", "document_label": "Document", "place": "Ici"}
    texts |= {"quantity": "q", "label": "Grandeur", "printed": value, "unit": "percent"}
    fields: dict[str, Any] = {**texts, "expected": "conforme", **given}
    return Claim(value=Decimal(value), step=Decimal(step), **fields)


def indicator(value: Any, unit: str = "percent", **given: Any) -> Indicator:
    """Return an indicator that no function made."""
    return Indicator("essai.un", "Un", value, unit, 1, METHOD, (), "2023-2024", **given)


def ledger_of(root: Path, cycle: str = CYCLE, catalogue: Catalogue = CATALOGUE) -> Ledger:
    """Return the ledger of the project at `root`, nothing computed yet."""
    project = Project(root)
    return Ledger(read_cycle(project, cycle), open_package(project.data), catalogue.copy())


def edit(root: Path, table: str, key: Mapping[str, str], **cells: str) -> None:
    """Change cells of the one row of `data/<table>.csv` whose columns equal `key`."""
    path = root / "data" / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    (row,) = [row for row in rows if all(row[column] == text for column, text in key.items())]
    row.update(cells)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
