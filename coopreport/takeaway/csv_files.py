"""The machine edition of the tables: one CSV each, and a Data Package that describes them.

UTF-8 without mark, LF, quoted as RFC 4180 says. Nothing is neutralised: a text is as it stands in
the report. Source of the descriptor: Data Package v2, https://datapackage.org/.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from coopreport.locale import UNITS
from coopreport.pipeline.edition import Edition
from coopreport.pipeline.layout import PACKAGE, TABLES
from coopreport.pipeline.publish import write_json
from coopreport.takeaway.citation import citation, day_of, name_of
from coopreport.takeaway.csv_text import csv_text
from coopreport.takeaway.tables import KINDS, Taken, TakenTable

Json = dict[str, Any]
RAW = (
    "Édition pour la machine : chaque texte est tel quel, même s’il commence par =, +, - ou @. "
    "Pour un tableur, prenez tableaux.xlsx. Une valeur vide a son signe dans la colonne _status."
)
ROLES = {
    "status": "Signes conventionnels de la colonne précédente, séparés par une espace.",
    "unit": "L’unité de la valeur de la même ligne.",
    "group": "L’intertitre sous lequel la ligne se trouve dans le rapport.",
    "kind": "Un total ne s’additionne pas aux autres lignes.",
}


def write_tables(
    folder: Path, tables: Sequence[TakenTable], edition: Edition, ledger: Mapping[str, Any]
) -> None:
    """Write `tableaux/` in the folder of an edition: the CSV of each table, and their package.

    `ledger` is the build's, which knows the raw tables.
    """
    target = folder / TABLES
    target.mkdir()
    resources = []
    for table in tables:
        content = csv_text(table).encode()
        (target / table.file).write_bytes(content)
        resources.append(_resource(table, content, ledger["tables"]))
    write_json(target / PACKAGE, _package(edition, resources))


def _package(edition: Edition, resources: list[Json]) -> Json:
    cycle = edition.cycle
    release = edition.release
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"tableaux-{cycle}-{release.version if release else edition.build}",
        "title": f"Tableaux du rapport « {edition.title} », cycle {cycle}",
        "description": f"{RAW} {citation(edition)}",
        "version": name_of(edition),
        "created": f"{day_of(edition).isoformat()}T00:00:00Z",
        "contributors": [{"title": edition.author, "roles": ["creator"]}],
        "resources": resources,
    }


def _resource(table: TakenTable, content: bytes, raw: Mapping[str, Json]) -> Json:
    return {
        "name": table.id,
        "type": "table",
        "title": f"{table.name} : {table.title}",
        "description": " ".join([table.unit_line, *table.notes]).strip() or RAW,
        "path": table.file,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "sources": [_source(each.table, each.title, raw) for each in table.sources],
        "schema": {
            "fields": [_field_of(column, dict(table.symbols)) for column in table.columns],
            "missingValues": [""],
        },
    }


def _source(name: str, title: str, raw: Mapping[str, Json]) -> Json:
    """Return a raw table as a source: its file in data/, its hash, its licence or rights."""
    known = raw.get(name)
    if known is None:
        return {"title": title}
    return {
        "title": title,
        "path": known["path"],
        "hash": f"sha256:{known['sha256']}",
        "rights": known["rights"],
    }


def _field_of(column: Taken, symbols: Mapping[str, str]) -> Json:
    field: Json = {"name": column.name, "type": column.type, "title": column.title}
    if column.role in ROLES:
        field["description"] = ROLES[column.role]
    if column.unit:
        field |= {"unit": column.unit, "description": f"En {UNITS[column.unit].title}."}
    if column.role == "status":
        used = sorted({status for value in column.values for status in value.split()})
        words = "; ".join(f"{status} : {symbols.get(status, '')}" for status in used)
        field["description"] = f"{ROLES['status']} {words}"
    if column.role == "kind":
        used = [kind for kind in KINDS if kind in column.values]
        field["categories"] = [{"value": kind, "label": KINDS[kind]} for kind in used]
    return field
