"""What makes a Québec register unfit to count: codes, dates and numbers of another format, ids.

The functions work on the table `raw` of `quebec.load`, and tell faults with the lines of the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from coopreport.errors import BadData, Fault
from coopreport.registers import quebec_layout as layout
from coopreport.registers.csv_source import CsvSource, code_list, literal, locate, one
from coopreport.registers.repeated import mark_repeated

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FAULTY_SHARE = 0.01
DATES = {"DAT_IMMAT": "immat", "DAT_CONSTI": "consti", "DAT_STAT_IMMAT": "stat"}
CALENDAR = "BETWEEN DATE '1600-01-01' AND DATE '2100-12-31'"


def normalise_codes(connection: DuckDBPyConnection) -> None:
    """Write the codes without spaces and in capitals, where some are not; a blank one is NULL."""
    for column in ("status", "form"):
        found = connection.execute(f"SELECT DISTINCT {column} FROM raw").fetchall()
        if any(code is not None and code != (code.strip().upper() or None) for (code,) in found):
            connection.execute(f"UPDATE raw SET {column} = nullif(upper(trim({column})), '')")


def check_codes(
    connection: DuckDBPyConnection, source: CsvSource, domains: Mapping[str, set[str]], rows: int
) -> None:
    """Raise for statuses that nobody knows, and for dates or numbers of another format."""
    known = {layout.REGISTERED, *layout.STRUCK_OFF, *layout.NEVER_REGISTERED}
    for codes in domains.values():
        if layout.REGISTERED in codes:
            known |= codes
    found = connection.execute("SELECT DISTINCT status FROM raw WHERE status IS NOT NULL")
    strange = sorted(status for (status,) in found.fetchall() if status not in known)
    if strange:
        remedy = f"Statuts connus\u00a0: {', '.join(sorted(known))}."

        def faulty_status(row: Mapping[str, str]) -> tuple[str, str, str] | None:
            wrong = row["COD_STAT_IMMAT"].upper() in strange
            return ("COD_STAT_IMMAT", "statut inconnu", remedy) if wrong else None

        whole = Fault(
            source.name, 0, "COD_STAT_IMMAT", code_list(strange), "statut inconnu", remedy
        )
        raise BadData(locate(source, faulty_status) or [whole])
    outside = " OR ".join(f"NOT {day} {CALENDAR}" for day in DATES.values())
    if one(connection, f"SELECT count(*) FROM raw WHERE {outside}")[0]:
        connection.execute(f"UPDATE raw SET unreadable = true WHERE {outside}")
    dates, numbers = one(
        connection, "SELECT count(*) FILTER (unreadable), count(*) FILTER (neq IS NULL) FROM raw"
    )
    if dates > FAULTY_SHARE * rows:
        raise BadData(_unreadable_dates(connection, source))
    if numbers > FAULTY_SHARE * rows:
        rule, remedy = "NEQ absent ou illisible", "Donner le numéro, en dix chiffres."

        def faulty_number(row: Mapping[str, str]) -> tuple[str, str, str] | None:
            return None if row["NEQ"].isdigit() else ("NEQ", rule, remedy)

        raise BadData(locate(source, faulty_number))


def _unreadable_dates(connection: DuckDBPyConnection, source: CsvSource) -> list[Fault]:
    rule = "la date n’est pas de la forme AAAA-MM-JJ, de 1600 à 2100"
    remedy = "Écrire l’année, le mois et le jour, par exemple 2017-06-09."

    def readable(text: str) -> bool:
        query = f"SELECT coalesce(TRY_CAST({literal(text)} AS DATE) {CALENDAR}, false)"
        return not text or one(connection, query)[0]

    def faulty(row: Mapping[str, str]) -> tuple[str, str, str] | None:
        wrong = [name for name in DATES if not readable(row[name])]
        return (wrong[0], rule, remedy) if wrong else None

    return locate(source, faulty)


def refuse_conflicts(connection: DuckDBPyConnection, source: CsvSource) -> None:
    """Mark the rows that repeat another one; raise when two rows of a firm differ."""
    content = ["immat", "consti", "stat", "unreadable", "status", "form", "division", "town"]
    connection.execute("CREATE OR REPLACE TEMP VIEW rows AS SELECT rowid AS row_id, * FROM raw")
    if conflicts := mark_repeated(connection, "rows", "neq", content):
        conflicting = {f"{number}" for number in conflicts}
        rule = "le même NEQ est sur plusieurs lignes qui se contredisent"

        def faulty(row: Mapping[str, str]) -> tuple[str, str, str] | None:
            same = row["NEQ"].lstrip("0") in conflicting
            return ("NEQ", rule, "Ne garder qu’une des lignes.") if same else None

        raise BadData(locate(source, faulty))
