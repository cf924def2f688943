"""A register in our own schema: CSV (UTF-8, comma) or Parquet, one row per unit.

Columns `unit_id`, `birth` (AAAA-MM-JJ), `end` and `legal_form` are required; the other columns of
`schema.UNIT_COLUMNS` may be left out. A blank type, sector or region is `inconnue`; a blank
`end_kind` of an ended unit is `unknown`; `form_code` is the legal form when left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from coopreport.errors import BadCall, BadData, Fault, nearest
from coopreport.registers import text_codes
from coopreport.registers.csv_source import CsvSource, literal, locate, open_csv, refusals
from coopreport.registers.life_table import EPOCH, left_out
from coopreport.registers.members import OnDisk
from coopreport.registers.pieces import looked_up
from coopreport.registers.plain_checks import CODES, UNREADABLE, fault_of, judge, placed
from coopreport.registers.repeated import repeats, there_twice
from coopreport.registers.schema import (
    END_KINDS,
    LEGAL_FORMS,
    UNIT_COLUMNS,
    Loaded,
)
from coopreport.registers.units import DATES, NONE, Units, days_query, fetched

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

REQUIRED = ("unit_id", "birth", "end", "legal_form")
NO_ID = "sans identifiant"
REPEATED = "répétées à l’identique"
NO_BIRTH = "sans date de naissance"

Array = np.ndarray[Any, Any]


def load(connection: DuckDBPyConnection, staged: Path, name: str, ids: bool = False) -> Loaded:
    """Read a CSV or Parquet file.

    Args:
        staged: the file, under a path without special characters.
        name: its name, to show; a Parquet one ends in `.parquet`.
        ids: give the units' own numbers too.

    Raises:
        BadData: every fault of form, columns, dates, codes and identity.
    """
    if name.endswith(".parquet"):
        source = _open_parquet(connection, staged, name)
        read = _relation(source, f"read_parquet({literal(str(staged))})")
        found = _read(connection, read, ids)
    else:
        source = open_csv(OnDisk(staged), name, REQUIRED)
        read, found = _read_csv(connection, source, ids)
    rows = len(found["birth"])
    if not rows:
        rule = "fichier vide ou réduit à son en-tête"
        raise BadData([Fault(name, 0, "", "", rule, "Le remplir.")])
    identity, birth, end = found.pop("identity"), found["birth"], found["end"]
    with ThreadPoolExecutor(1) as beside:
        searched = beside.submit(there_twice, identity)
        places, texts = text_codes.resolve(connection, lambda: read, CODES, found.pop("code"))
        judged = judge(texts)
        end_kind, group, faulty = placed(judged, places, found)
        if judged.faulty or faulty:
            faults = [] if name.endswith(".parquet") else locate(source, fault_of)
            rule = "une date, une forme juridique, une sorte de fin ou un booléen ne se lit pas"
            remedy = f"Formes\u00a0: {', '.join(LEGAL_FORMS)}; fins\u00a0: {', '.join(END_KINDS)}."
            raise BadData(faults or [Fault(name, 0, "", "", rule, remedy)])
        again: Array = np.zeros(0, dtype="int64")
        if (twice := searched.result()).any():
            synthetic = looked_up(judged.synthetic, places)
            content = {**found, "end_kind": end_kind, "group": group, "synthetic": synthetic}
            again, conflicts = repeats(identity, twice, content)
            if conflicts:
                _refuse_conflicts(connection, source, read, conflicts)
    columns = {**found, "end_kind": end_kind, "group": group}
    # A row is left out for the first of these reasons.
    nameless, unborn = np.flatnonzero(identity == 0), np.flatnonzero(birth == NONE)
    rejected = {}
    if len(nameless) or len(again) or len(unborn):
        reason = np.zeros(rows, dtype="uint8")
        for number, hit in ((3, unborn), (2, again), (1, nameless)):
            reason[hit] = number
        rejected = left_out(reason, (NO_ID, REPEATED, NO_BIRTH))
        columns = {column: values[reason == 0] for column, values in columns.items()}
    last = int(max(birth.max(), end.max()))
    return Loaded(
        rows=rows,
        rejected=rejected,
        notes={},
        synthetic=bool(judged.synthetic.any()),
        last_event=EPOCH + timedelta(last) if last != NONE else None,
        units=Units(**columns, groups=judged.groups),
    )


def _read_csv(
    connection: DuckDBPyConnection, source: CsvSource, ids: bool
) -> tuple[str, dict[str, Array]]:
    """Return the SQL of a CSV file's rows, and their columns as `_read` does.

    DuckDB reads dates faster than text, but stops at one that it cannot read. The file is then read
    as text, so that a blank of spaces is a blank, and a fault has its line.
    """
    import duckdb

    dates = tuple(name for name in DATES if name in source.columns)
    read = _relation(source, replace(source, dates=dates).sql)
    try:
        return read, _read(connection, read, ids, dated=True)
    except duckdb.Error:
        read = _relation(source, source.sql)
        with refusals(source):
            return read, _read(connection, read, ids)


def _read(
    connection: DuckDBPyConnection, read: str, ids: bool, dated: bool = False
) -> dict[str, Array]:
    """Return the columns of one pass over the file: nothing judged, no text kept but `ids`.

    The texts of its first rows are learnt beside (`text_codes.learn`).

    `identity`, a number for each `unit_id` and 0 for none; `birth`, `end`, `observed_from` as in
    `Units`, and `UNREADABLE`; `code`, that of the texts. `dated` tells that all dates are read.
    """
    if dated:
        days = [days_query(name) for name in DATES]
    else:
        days = [
            days_query(
                name,
                f'TRY_CAST("{name}" AS DATE)',
                f"CASE WHEN trim(\"{name}\"::VARCHAR) <> '' THEN {UNREADABLE} END",
            )
            for name in DATES
        ]
    query = (
        f"SELECT {'unit_id AS ids, ' if ids else ''}"
        "CASE WHEN unit_id IS NULL THEN 0 ELSE hash(unit_id) END AS identity, "
        f"{', '.join(days)}, {text_codes.code_query(CODES)} AS code FROM {read}"
    )
    with connection.cursor() as other, ThreadPoolExecutor(1) as beside:
        learning = beside.submit(text_codes.learn, other, read, CODES)
        found = fetched(connection, query)
        learning.result()
    return found


def _relation(source: CsvSource, read: str) -> str:
    """Return the SQL of the file's columns, all of the schema, those that it lacks NULL."""
    cells = []
    for name in UNIT_COLUMNS:
        cell = f'source."{name}"' if name in source.columns else "NULL"
        cells.append(f'{cell}{"" if name in DATES else "::VARCHAR"} AS "{name}"')
    return f"(SELECT {', '.join(cells)} FROM {read} AS source)"


def _refuse_conflicts(
    connection: DuckDBPyConnection, source: CsvSource, read: str, suspects: Sequence[int]
) -> None:
    """Raise when two rows of a unit differ, among those whose `unit_id` has a suspect hash."""
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
    return CsvSource(OnDisk(staged), name, columns)


def require_file(path: Path) -> None:
    """Raise BadCall when the path is not a regular file."""
    if not path.is_file():
        raise BadCall(
            f"Registre introuvable\u00a0: {path.name}",
            f"Donner un fichier CSV ou Parquet de colonnes {', '.join(UNIT_COLUMNS)}.",
        )
