"""What makes a Québec register unfit to count: codes, dates and numbers of another format, ids.

Faults are told with the lines of the file.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from coopreport.errors import BadData, Fault
from coopreport.registers.csv_source import CsvSource, code_list, literal, locate, one
from coopreport.registers.pieces import pieces
from coopreport.registers.quebec_rows import CALENDAR, DATES, NO_NUMBER, UNREADABLE, Rows

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FAULTY_SHARE = 0.01
"""Of the rows: with more of them at fault the file is of another format."""


def check_statuses(source: CsvSource, statuses: Sequence[str], known: Collection[str]) -> None:
    """Raise for statuses that nobody knows."""
    strange = sorted({*statuses} - {*known})
    if strange:
        rule, remedy = "statut inconnu", f"Statuts connus\u00a0: {', '.join(sorted(known))}."

        def faulty(row: Mapping[str, str]) -> tuple[str, str, str] | None:
            wrong = row["COD_STAT_IMMAT"].upper() in strange
            return ("COD_STAT_IMMAT", rule, remedy) if wrong else None

        whole = Fault(source.name, 0, "COD_STAT_IMMAT", code_list(strange), rule, remedy)
        raise BadData(locate(source, faulty) or [whole])


def check_cells(connection: DuckDBPyConnection, source: CsvSource, rows: Rows) -> None:
    """Raise for dates or numbers of another format."""
    dates = numbers = 0
    for some in pieces(len(rows)):
        days = (rows.immat[some], rows.consti[some], rows.stat[some])
        dates += int(np.any([day == UNREADABLE for day in days], axis=0).sum())
        numbers += int((rows.neq[some] == NO_NUMBER).sum())
    if dates > FAULTY_SHARE * len(rows):
        raise BadData(_unreadable_dates(connection, source))
    if numbers > FAULTY_SHARE * len(rows):
        rule, remedy = "NEQ absent ou illisible", "Donner le numéro, en dix chiffres."

        def faulty(row: Mapping[str, str]) -> tuple[str, str, str] | None:
            return None if row["NEQ"].isdigit() else ("NEQ", rule, remedy)

        raise BadData(locate(source, faulty))


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


def refuse_conflicts(source: CsvSource, conflicts: Collection[int]) -> None:
    """Raise when firms have rows that contradict each other; `conflicts` are their numbers."""
    if conflicts:
        conflicting = {f"{number}" for number in conflicts}
        rule = "le même NEQ est sur plusieurs lignes qui se contredisent"

        def faulty(row: Mapping[str, str]) -> tuple[str, str, str] | None:
            same = row["NEQ"].lstrip("0") in conflicting
            return ("NEQ", rule, "Ne garder qu’une des lignes.") if same else None

        raise BadData(locate(source, faulty))
