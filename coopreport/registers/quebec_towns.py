"""The towns of a Québec register: hashes of their address lines, then placed in a region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coopreport.errors import BadData, Fault
from coopreport.registers import text_codes
from coopreport.registers.csv_source import CsvSource
from coopreport.registers.places import AMBIGUOUS, Towns, town_of
from coopreport.registers.quebec_checks import FAULTY_SHARE
from coopreport.registers.schema import UNKNOWN

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TOWN_AMBIGUOUS = "dont la municipalité porte un nom commun à plusieurs régions, région inconnue"
TOWN_UNKNOWN = "dont l’adresse ne donne pas de municipalité connue, région inconnue"

PLACES = (*(f"{number:02}" for number in range(1, 18)), UNKNOWN)
"""The regions, then none."""


def town_line() -> str:
    """Return the SQL of the address line that holds the town: the last one before the code."""
    one, two, three, four = (f"ADR_DOMCL_LIGN{n}_ADR" for n in range(1, 5))

    def postal(line: str) -> str:
        return f"(strlen({line}) <= 7 AND substr({line}, 2, 1) BETWEEN '0' AND '9')"

    return (
        f"CASE WHEN {four} IS NOT NULL AND NOT {postal(four)} THEN {four} "
        f"WHEN {three} IS NOT NULL AND NOT {postal(three)} THEN {three} "
        f"ELSE coalesce({two}, {one}) END"
    )


def first_lines_query(source: CsvSource) -> str:
    """The lines of the towns that the first rows show: most of the towns there are."""
    return f"""
        CREATE TEMP TABLE lines AS SELECT DISTINCT hash(line) AS town, line
        FROM (SELECT {town_line()} AS line FROM {source.sql} LIMIT {text_codes.SAMPLE})
    """


def place(
    connection: DuckDBPyConnection, source: CsvSource, towns: Towns | None, rows: int
) -> dict[str, int]:
    """Fill `places` (town, region); return how many rows have none, by cause."""
    import pandas as pd

    connection.execute(
        "INSERT INTO lines SELECT DISTINCT town, new_line FROM raw WHERE new_line IS NOT NULL"
    )
    connection.execute("DROP VIEW IF EXISTS rows")  # refuse_conflicts is done with it
    connection.execute("ALTER TABLE raw DROP COLUMN new_line")
    connection.execute("CREATE TEMP TABLE places (town UBIGINT, place INTEGER)")
    if towns is None:
        return {}
    lines = connection.execute(
        "SELECT town, line, rows FROM (SELECT town, count(*) AS rows FROM raw GROUP BY town) "
        "JOIN lines USING (town) WHERE line IS NOT NULL"
    ).fetchall()
    garbled = [(line, count) for _, line, count in lines if "Ã" in line or "â€" in line]
    if sum(count for _, count in garbled) > FAULTY_SHARE * rows:
        rule = "du texte UTF-8 a été lu comme du Windows-1252"
        remedy = "Reprendre le fichier à sa source, en UTF-8."
        example = garbled[0][0]
        raise BadData([Fault(source.name, 0, "ADR_DOMCL_LIGN2_ADR", example, rule, remedy)])
    found = [(town, towns.regions.get(town_of(line)), count) for town, line, count in lines]
    known = [
        (town, PLACES.index(region)) for town, region, _ in found if region and region != AMBIGUOUS
    ]
    frame = pd.DataFrame(known, columns=["town", "place"]).astype(
        {"town": "uint64", "place": "int32"}
    )
    connection.register("known", frame)
    connection.execute("INSERT INTO places FROM known")
    connection.unregister("known")
    ambiguous = sum(count for _, region, count in found if region == AMBIGUOUS)
    missing = rows - sum(count for _, region, count in found if region)
    return {TOWN_AMBIGUOUS: ambiguous, TOWN_UNKNOWN: missing}
