"""A register in our own schema: CSV (UTF-8, comma) or Parquet, one row per unit.

Columns `unit_id`, `birth` (AAAA-MM-JJ), `end` and `legal_form` are required; the other columns of
`schema.UNIT_COLUMNS` may be left out. A blank type, sector or region is `inconnue`; a blank
`end_kind` of an ended unit is `unknown`; `form_code` is the legal form when left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from coopreport.errors import BadCall, BadData, Fault, nearest
from coopreport.registers.csv_source import CsvSource, literal, locate, open_csv, run
from coopreport.registers.schema import END_KINDS, LEGAL_FORMS, UNIT_COLUMNS, UNKNOWN, Loaded

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

REQUIRED = ("unit_id", "birth", "end", "legal_form")
DATES = ("birth", "end", "observed_from")
BOOLEANS = {"true": True, "false": False, "": False}

NO_ID = "sans identifiant"
REPEATED = "répétées à l’identique"
NO_BIRTH = "sans date de naissance"

FIRST, LAST = date(1600, 1, 1), date(2100, 12, 31)
CODES = ("end_kind", "legal_form", "form_code", "type", "sector", "region")
FAULTY = (
    "unreadable OR legal_form IS NULL "
    f"OR legal_form NOT IN ({', '.join(map(literal, LEGAL_FORMS))}) "
    f"OR end_kind NOT IN ({', '.join(map(literal, END_KINDS))}) "
    'OR (end_kind IS NOT NULL AND "end" IS NULL) '
    "OR lower(synthetic) NOT IN ('true', 'false') "
    + " ".join(f"OR \"{name}\" NOT BETWEEN DATE '{FIRST}' AND DATE '{LAST}'" for name in DATES)
)
"""The rows of `raw` at fault, in SQL; `_fault` says which column and why."""


def load(connection: DuckDBPyConnection, staged: Path, name: str) -> Loaded:
    """Fill the table `units` of the connection from a CSV or Parquet file.

    Args:
        staged: the file, under a path without special characters.
        name: its name, to show; a Parquet one ends in `.parquet`.

    Raises:
        BadData: every fault of form, columns, dates, codes and identity.
    """
    if name.endswith(".parquet"):
        source = _open_parquet(connection, staged, name)
        read = f"(SELECT * FROM read_parquet({literal(str(staged))}))"
    else:
        source = open_csv(staged, name, REQUIRED)
        read = source.sql
    run(connection, _raw_query(source, read), [source])
    rows = _count(connection, "TRUE")
    if not rows:
        rule = "fichier vide ou réduit à son en-tête"
        raise BadData([Fault(name, 0, "", "", rule, "Le remplir.")])
    used = _normalise(connection)
    if _count(connection, FAULTY):
        faults = [] if name.endswith(".parquet") else locate(source, _fault)
        rule = "une date, une forme juridique, une sorte de fin ou un booléen ne se lit pas"
        remedy = f"Formes\u00a0: {', '.join(LEGAL_FORMS)}; fins\u00a0: {', '.join(END_KINDS)}."
        raise BadData(faults or [Fault(name, 0, "", "", rule, remedy)])
    _refuse_conflicts(connection, source)
    connection.execute(
        "CREATE TEMP VIEW judged AS SELECT *, CASE WHEN unit_id IS NULL THEN 1 "
        "WHEN rowid IN (SELECT row_id FROM repeated) THEN 2 WHEN birth IS NULL THEN 3 "
        "ELSE 0 END AS reason FROM raw"
    )
    reasons = (NO_ID, REPEATED, NO_BIRTH)
    rejected = {
        reason: count
        for number, reason in enumerate(reasons, 1)
        if (count := _count(connection, f"reason = {number}", "judged"))
    }
    for column in CODES:
        values = {*used[column], UNKNOWN, *(END_KINDS if column == "end_kind" else LEGAL_FORMS)}
        listed = ", ".join(map(literal, sorted(values)))
        connection.execute(f"CREATE TYPE {column}_type AS ENUM ({listed})")
    unknown = {"form_code": "legal_form::VARCHAR"}
    columns = ", ".join(
        f"coalesce({name}, {unknown.get(name, literal(UNKNOWN))})::{name}_type AS {name}"
        for name in ("legal_form", "form_code", "type", "sector", "region")
    )
    connection.execute(
        'CREATE TEMP TABLE units AS SELECT unit_id, birth, "end", observed_from, '
        "CASE WHEN \"end\" IS NOT NULL THEN coalesce(end_kind, 'unknown') END::end_kind_type "
        f"AS end_kind, {columns} FROM judged WHERE reason = 0"
    )
    found = connection.execute(
        "SELECT coalesce(bool_or(lower(synthetic) = 'true'), false), "
        'max(greatest(birth, "end")) FROM raw'
    ).fetchone()
    assert found is not None
    for kind, table in (("VIEW", "judged"), ("TABLE", "raw"), ("TABLE", "repeated")):
        connection.execute(f"DROP {kind} {table}")
    return Loaded(rows, rejected, {}, found[0], found[1])


def _raw_query(source: CsvSource, read: str) -> str:
    """One pass over the file, typed; codes are judged later, each distinct one once."""

    def cell(column: str) -> str:
        return f'{source_name}."{column}"' if column in source.columns else "NULL"

    source_name = "source"
    days = ", ".join(f'TRY_CAST({cell(name)} AS DATE) AS "{name}"' for name in DATES)
    unreadable = " OR ".join(
        f"(TRY_CAST({cell(name)} AS DATE) IS NULL AND {cell(name)} IS NOT NULL "
        f"AND trim({cell(name)}::VARCHAR) <> '')"
        for name in DATES
        if name in source.columns
    )
    codes = ", ".join(f"{cell(name)}::VARCHAR AS {name}" for name in ("unit_id", *CODES))
    return f"""
        CREATE TEMP TABLE raw AS SELECT {days}, coalesce({unreadable}, false) AS unreadable,
            {codes}, {cell("synthetic")}::VARCHAR AS synthetic
        FROM {read} AS source
    """


def _normalise(connection: DuckDBPyConnection) -> dict[str, list[str]]:
    """Trim the codes, where some have spaces around, a blank one is NULL; return those in use."""
    used: dict[str, list[str]] = {}
    for column in (*CODES, "synthetic"):
        rows = connection.execute(f"SELECT DISTINCT {column} FROM raw").fetchall()
        found = [code for (code,) in rows if code is not None]
        if any(code != code.strip() or not code for code in found):
            connection.execute(f"UPDATE raw SET {column} = nullif(trim({column}), '')")
        used[column] = sorted({code.strip() for code in found} - {""})
    return used


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


def _refuse_conflicts(connection: DuckDBPyConnection, source: CsvSource) -> None:
    connection.execute(
        """
        CREATE TEMP TABLE repeated AS
        SELECT rowid AS row_id, unit_id,
            row_number() OVER (PARTITION BY unit_id ORDER BY rowid) AS rank,
            hash(birth, "end", observed_from, end_kind, legal_form, form_code, type, sector,
                region, synthetic) AS content
        FROM raw WHERE unit_id IN (
            SELECT unit_id FROM raw WHERE unit_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1)
        """
    )
    found = connection.execute(
        "SELECT unit_id FROM repeated GROUP BY 1 HAVING count(DISTINCT content) > 1 ORDER BY 1"
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
    connection.execute("DELETE FROM repeated WHERE rank = 1")


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


def _name(column: str) -> str:
    return f'"{column}"'


def _count(connection: DuckDBPyConnection, condition: str, table: str = "raw") -> int:
    row = connection.execute(f"SELECT count(*) FROM {table} WHERE {condition}").fetchone()
    assert row is not None
    return int(row[0])
