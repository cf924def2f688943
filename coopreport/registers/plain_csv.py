"""A register in our own schema: CSV (UTF-8, comma) or Parquet, one row per unit.

Columns `unit_id`, `birth` (AAAA-MM-JJ), `end` and `legal_form` are required; the other columns of
`schema.UNIT_COLUMNS` may be left out. A blank type, sector or region is `inconnue`; a blank
`end_kind` of an ended unit is `unknown`; `form_code` is the legal form when left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from coopreport.errors import BadCall, BadData, Fault, nearest
from coopreport.registers import text_codes
from coopreport.registers.csv_source import CsvSource, literal, locate, one, open_csv, refusals
from coopreport.registers.repeated import mark_repeated
from coopreport.registers.schema import (
    END_KINDS,
    LEGAL_FORMS,
    TEXT_GROUPS,
    UNIT_COLUMNS,
    UNKNOWN,
    Loaded,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

REQUIRED = ("unit_id", "birth", "end", "legal_form")
DATES = ("birth", "end", "observed_from")
BOOLEANS = {"true": True, "false": False, "": False}

NO_ID = "sans identifiant"
REPEATED = "répétées à l’identique"
NO_BIRTH = "sans date de naissance"

FIRST, LAST = date(1600, 1, 1), date(2100, 12, 31)
CODES = ("end_kind", "legal_form", "form_code", "type", "sector", "region", "synthetic")
FAULTY = 'unreadable OR faulty OR (end_kind IS NOT NULL AND "end" IS NULL) ' + " ".join(
    f"OR \"{name}\" NOT BETWEEN DATE '{FIRST}' AND DATE '{LAST}'" for name in DATES
)
"""The rows of `typed` at fault, in SQL; `_fault` says which column and why."""


def load(connection: DuckDBPyConnection, staged: Path, name: str, ids: bool = False) -> Loaded:
    """Fill `units` and `groups` (see `schema.Loaded`) from a CSV or Parquet file.

    Args:
        staged: the file, under a path without special characters.
        name: its name, to show; a Parquet one ends in `.parquet`.
        ids: give the units' own numbers; otherwise `unit_id` is the hash of each.

    Raises:
        BadData: every fault of form, columns, dates, codes and identity.
    """
    if name.endswith(".parquet"):
        source = _open_parquet(connection, staged, name)
        read = _relation(source, f"read_parquet({literal(str(staged))})")
        _read(connection, read, ids)
    else:
        source = open_csv(staged, name, REQUIRED)
        read = _read_csv(connection, source, ids)
    _decode(connection)
    connection.execute(
        "CREATE TEMP VIEW typed AS SELECT raw.rowid AS row_id, * FROM raw JOIN decoded USING (code)"
    )
    rows, faulty, synthetic, last_event = one(
        connection,
        f"SELECT count(*), count(*) FILTER ({FAULTY}), bool_or(synthetic), "
        'max(greatest(birth, "end")) FROM typed',
    )
    if not rows:
        rule = "fichier vide ou réduit à son en-tête"
        raise BadData([Fault(name, 0, "", "", rule, "Le remplir.")])
    if faulty:
        faults = [] if name.endswith(".parquet") else locate(source, _fault)
        rule = "une date, une forme juridique, une sorte de fin ou un booléen ne se lit pas"
        remedy = f"Formes\u00a0: {', '.join(LEGAL_FORMS)}; fins\u00a0: {', '.join(END_KINDS)}."
        raise BadData(faults or [Fault(name, 0, "", "", rule, remedy)])
    _refuse_conflicts(connection, source, read)
    again = one(connection, "SELECT count(*) FROM repeated")[0]
    repeated = "row_id IN (SELECT row_id FROM repeated)" if again else "FALSE"
    no_id, again, no_birth = one(
        connection,
        f"SELECT count(*) FILTER (id IS NULL), count(*) FILTER (id IS NOT NULL AND {repeated}), "
        f"count(*) FILTER (id IS NOT NULL AND NOT {repeated} AND birth IS NULL) FROM typed",
    )
    connection.execute(
        f"CREATE TEMP VIEW units AS SELECT {'unit_id' if ids else 'id AS unit_id'}, birth, "
        '"end", observed_from, number, '
        "CASE WHEN \"end\" IS NOT NULL THEN coalesce(end_kind, 'unknown') END AS end_kind "
        f"FROM typed WHERE id IS NOT NULL AND birth IS NOT NULL AND NOT {repeated}"
    )
    rejected = {NO_ID: no_id, REPEATED: again, NO_BIRTH: no_birth}
    return Loaded(
        rows, {why: count for why, count in rejected.items() if count}, {}, synthetic, last_event
    )


def _read_csv(connection: DuckDBPyConnection, source: CsvSource, ids: bool) -> str:
    """Fill `raw` and `codes` from a CSV file; return the SQL of its rows.

    DuckDB reads dates faster than text, but stops at one that it cannot read. The file is then read
    as text, so that a blank of spaces is a blank, and a fault has its line.
    """
    import duckdb

    dates = tuple(name for name in DATES if name in source.columns)
    read = _relation(source, replace(source, dates=dates).sql)
    try:
        _read(connection, read, ids)
    except duckdb.Error:
        read = _relation(source, source.sql)
        with refusals(source):
            _read(connection, read, ids)
    return read


def _read(connection: DuckDBPyConnection, read: str, ids: bool) -> None:
    text_codes.learn(connection, read, CODES)
    connection.execute(_raw_query(read, ids))
    text_codes.complete(connection, CODES)


def _relation(source: CsvSource, read: str) -> str:
    """Return the SQL of the file's columns, all of the schema, those that it lacks NULL."""
    cells = []
    for name in UNIT_COLUMNS:
        cell = f'source."{name}"' if name in source.columns else "NULL"
        cells.append(f'{cell}{"" if name in DATES else "::VARCHAR"} AS "{name}"')
    return f"(SELECT {', '.join(cells)} FROM {read} AS source)"


def _raw_query(read: str, ids: bool) -> str:
    """One pass over the file, typed; texts are judged later, each distinct one once."""
    days = ", ".join(f'TRY_CAST("{name}" AS DATE) AS "day_{name}"' for name in DATES)
    # CASE: text functions only for the few cells that are not a date.
    unreadable = " OR ".join(
        f'CASE WHEN "day_{name}" IS NULL AND "{name}" IS NOT NULL '
        f"THEN trim(\"{name}\"::VARCHAR) <> '' ELSE FALSE END"
        for name in DATES
    )
    return f"""
        CREATE TEMP TABLE raw AS SELECT {"unit_id, " if ids else ""}
            CASE WHEN unit_id IS NOT NULL THEN hash(unit_id) END AS id,
            {", ".join(f'"day_{name}" AS "{name}"' for name in DATES)},
            {unreadable} AS unreadable, {text_codes.selected(CODES)}
        FROM (SELECT *, {days} FROM {read})
    """


def _decode(connection: DuckDBPyConnection) -> None:
    """Judge each combination of texts once: fill `groups`, and `decoded` by code.

    Texts lose the spaces around; a blank one is as if it were not there.
    """
    numbers: dict[tuple[str | None, ...], int] = {}
    decoded = []
    found = connection.execute(f"SELECT code, {', '.join(CODES)} FROM codes").fetchall()
    for code, *cells in found:
        end_kind, form, *texts, synthetic = (((cell or "").strip() or None) for cell in cells)
        form_code, *others = texts
        group = (form, form_code or form, *(text or UNKNOWN for text in others))
        mark = BOOLEANS.get((synthetic or "").lower())
        faulty = form not in LEGAL_FORMS or end_kind not in (None, *END_KINDS) or mark is None
        number = numbers.setdefault(group, len(numbers))
        decoded.append((code, number, end_kind, faulty, bool(mark)))
    names = ["code", "number", "end_kind", "faulty", "synthetic"]
    frame = pd.DataFrame(decoded, columns=names).astype({"code": "uint64", "end_kind": "object"})
    groups = pd.DataFrame([*numbers], columns=[*TEXT_GROUPS], dtype="object")
    for name, rows, columns in (
        ("decoded", frame, "* REPLACE (end_kind::VARCHAR AS end_kind)"),
        ("groups", groups.assign(number=range(len(groups))), "*"),
    ):
        connection.register("rows", rows)
        connection.execute(f"CREATE TEMP TABLE {name} AS SELECT {columns} FROM rows")
        connection.unregister("rows")


def _fault(row: Mapping[str, str]) -> tuple[str, str, str] | None:
    """Return the fault of a row of text: column, rule, remedy."""
    for column in DATES:
        if text := row.get(column, ""):
            try:
                readable = FIRST <= date.fromisoformat(text) <= LAST
            except ValueError:
                readable = False
            if not readable:
                rule = "la date n’est pas de la forme AAAA-MM-JJ, de 1600 à 2100"
                return column, rule, "Écrire, par exemple, 2017-06-09."
    if row.get("legal_form", "") not in LEGAL_FORMS:
        return "legal_form", "forme juridique inconnue", f"Formes\u00a0: {', '.join(LEGAL_FORMS)}."
    kind = row.get("end_kind", "")
    if kind and kind not in END_KINDS:
        return "end_kind", "sorte de fin inconnue", f"Sortes\u00a0: {', '.join(END_KINDS)}."
    if kind and not row.get("end", ""):
        return "end_kind", "sorte de fin sans date de fin", "Donner la date de fin, ou la retirer."
    if row.get("synthetic", "").lower() not in BOOLEANS:
        return "synthetic", "ni true, ni false", "Écrire true pour un registre généré."
    return None


def _refuse_conflicts(connection: DuckDBPyConnection, source: CsvSource, read: str) -> None:
    """Mark the rows that repeat another one; raise when two rows of a unit differ."""
    content = ["birth", '"end"', "observed_from", "end_kind", "number", "synthetic"]
    if not (suspects := mark_repeated(connection, "typed", "id", content)):
        return
    # Two units may share a hash: what counts is their own numbers.
    found = connection.execute(
        f"SELECT unit_id FROM {read} WHERE hash(unit_id) IN ({', '.join(map(str, suspects))}) "
        "GROUP BY 1 HAVING count(*) > 1 ORDER BY 1"
    ).fetchall()
    if found:
        conflicting = {unit for (unit,) in found}
        rule = "le même identifiant est sur plusieurs lignes qui se contredisent"
        remedy = "Ne garder qu’une des lignes."

        def faulty(row: Mapping[str, str]) -> tuple[str, str, str] | None:
            return ("unit_id", rule, remedy) if row["unit_id"] in conflicting else None

        whole = Fault(source.name, 0, "unit_id", found[0][0], rule, remedy)
        raise BadData(
            [whole] if source.name.endswith(".parquet") else locate(source, faulty) or [whole]
        )


def _open_parquet(connection: DuckDBPyConnection, staged: Path, name: str) -> CsvSource:
    import duckdb

    try:
        rows = connection.execute(
            f"DESCRIBE SELECT * FROM read_parquet({literal(str(staged))})"
        ).fetchall()
    except duckdb.Error:
        rule = "le fichier n’est pas du Parquet, ou il est tronqué"
        raise BadData([Fault(name, 0, "", "", rule, "Reprendre le fichier.")]) from None
    columns = tuple(row[0] for row in rows)
    faults = [
        Fault(name, 0, column, "", "colonne absente", nearest(column, columns) or "L’ajouter.")
        for column in REQUIRED
        if column not in columns
    ]
    if faults:
        raise BadData(faults)
    return CsvSource(staged, name, columns)


def require_file(path: Path) -> None:
    """Raise BadCall when the path is not a regular file."""
    if not path.is_file():
        raise BadCall(
            f"Registre introuvable\u00a0: {path.name}",
            f"Donner un fichier CSV ou Parquet de colonnes {', '.join(UNIT_COLUMNS)}.",
        )
