"""A small package of two tables, written in a folder of the test, to break here and there."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from coopreport.errors import BadData, Fault
from coopreport.tables import CheckResult, check_package, open_package

COLUMNS = (
    "ask_id", "parent_id", "subject", "amount", "rate", "decided", "first_fiscal_year",
    "last_fiscal_year", "region", "recurrent", "basis", "year", "source",
)  # fmt: skip

ASKS: tuple[tuple[str, ...], ...] = (
    ("R0", "", "Demande globale", "800", "", "", "", "", "", "", "per_year", "", ""),
    ("R1", "R0", "Entente", "500", "13.5", "2023-01-27", "2023-2024", "2024-2025", "01", "true",
     "per_year", "2023", "https://exemple.org/a"),
    ("R2", "R0", "Numérique, phase 2", "300", "0.5", "2023-01-28", "2023-2024", "", "06", "false",
     "per_year", "2022", ""),
    ("R10", "", "Relève", "0", "", "", "", "", "12", "", "unstated", "", ""),
)  # fmt: skip

READINGS = "reading_id,ask_id,base\nr1_end,R1,true\nr1_after,R1,false\nr2_end,R2,true\n"


def field(name: str, kind: str, unit: str = "", **constraints: Any) -> dict[str, Any]:
    """Return one field of a schema."""
    described: dict[str, Any] = {"name": name, "type": kind, "title": f"Titre de {name}"}
    if unit:
        described["unit"] = unit
    if constraints:
        described["constraints"] = constraints
    return described


def descriptor() -> dict[str, Any]:
    """Return a fresh descriptor of the tables `asks` and `readings`, free to change."""
    asks = {
        "fields": [
            field("ask_id", "string", required=True, pattern="R[0-9]+"),
            field("parent_id", "string"),
            field("subject", "string", required=True),
            field("amount", "integer", "CAD", required=True, minimum=0),
            field("rate", "number", "percent"),
            field("decided", "date"),
            field("first_fiscal_year", "string"),
            field("last_fiscal_year", "string"),
            field("region", "string", enum=["01", "06", "12"]),
            field("recurrent", "boolean"),
            field("basis", "string", required=True, enum=["per_year", "total", "unstated"]),
            field("year", "year"),
            {**field("source", "string"), "format": "uri"},
        ],
        "fieldsMatch": "equal",
        "primaryKey": ["ask_id"],
        "foreignKeys": [{"fields": ["parent_id"], "reference": {"fields": ["ask_id"]}}],
        "missingValues": [""],
    }
    readings = {
        "fields": [
            field("reading_id", "string", required=True),
            field("ask_id", "string", required=True),
            field("base", "boolean", required=True),
        ],
        "fieldsMatch": "equal",
        "primaryKey": ["reading_id"],
        "foreignKeys": [
            {"fields": ["ask_id"], "reference": {"resource": "asks", "fields": ["ask_id"]}}
        ],
        "missingValues": [""],
    }
    rules = [{"rule": "ordered", "columns": ["first_fiscal_year", "last_fiscal_year"]}]
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "exemple",
        "title": "Exemple",
        "resources": [
            _resource("asks", asks, rules),
            _resource("readings", readings, []),
        ],
    }


def _resource(name: str, schema: dict[str, Any], rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": name,
        "type": "table",
        "title": f"Table {name}",
        "description": "Pour les essais.",
        "path": f"{name}.csv",
        "format": "csv",
        "encoding": "utf-8",
        "sources": [{"title": "Source d’essai", "path": "https://exemple.org"}],
        "rights": "Faits compilés par le projet",
        "schema": schema,
        "rules": rules,
    }


def rows_text(rows: tuple[tuple[str, ...], ...] = ASKS, columns: tuple[str, ...] = COLUMNS) -> str:
    """Return the CSV text of rows."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([columns, *rows])
    return out.getvalue()


def with_cell(column: str, text: str, line: int = 3) -> str:
    """Return the text of `asks` with one cell changed; line 3 is R1's."""
    rows = [list(row) for row in ASKS]
    rows[line - 2][COLUMNS.index(column)] = text
    return rows_text(tuple(tuple(row) for row in rows))


def write_package(
    folder: Path,
    asks: str | bytes | None = None,
    readings: str | bytes = READINGS,
    described: dict[str, Any] | None = None,
) -> Path:
    """Write the package in `folder`/data and return that folder; `asks` is clean if None."""
    data = folder / "data"
    data.mkdir(exist_ok=True)
    text = json.dumps(described or descriptor(), ensure_ascii=False, indent=2)
    (data / "datapackage.json").write_text(text, encoding="utf-8")
    tables = (("asks.csv", rows_text() if asks is None else asks), ("readings.csv", readings))
    for name, content in tables:
        raw = content if isinstance(content, bytes) else content.encode()
        (data / name).write_bytes(raw)
    return data


def check(folder: Path, *args: Any, **kwargs: Any) -> CheckResult:
    """Write a package and check it."""
    return check_package(open_package(write_package(folder, *args, **kwargs)))


def only_fault(result: CheckResult) -> Fault:
    """Return the one fault of a check."""
    assert len(result.faults) == 1, [str(fault) for fault in result.faults]
    return result.faults[0]


def descriptor_faults(folder: Path, described: dict[str, Any]) -> str:
    """Return what `open_package` says of a faulty descriptor."""
    try:
        open_package(write_package(folder, described=described))
    except BadData as error:
        return str(error)
    raise AssertionError("the descriptor is accepted")


def plain(text: object) -> str:
    """Return a message with ordinary spaces and apostrophes, to be compared with ease."""
    return str(text).replace("\u00a0", " ").replace("’", "'")
