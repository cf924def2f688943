"""The Québec enterprise register to units of the schema, in DuckDB.

Rules, each counted in the account:

- **Birth** is DAT_CONSTI. Where it is blank, a firm other than a co-operative is born on DAT_IMMAT
  (a sole proprietor or a partnership has no act of constitution), from 1995 on only: in 1994 all
  living firms had to register, whatever their age. A co-operative without DAT_CONSTI is rejected.
- **End** is DAT_STAT_IMMAT of a firm struck off (RD on request; RO and RX ex officio).
- **Merger**: a firm struck off from 31 days before to 366 days after the date of a row of
  FusionScissions.csv that names it, on either side, ended in a merger or a break-up: the firm that
  results from it is still registered then. (Eurostat-OECD: neither birth nor death.)
- **Observation** begins at DAT_IMMAT when it is after birth: a firm that ended before it registered
  is not in the register, so nobody may be counted as surviving until then.
- **Continued or transformed** firms are kept, with the birth that the register gives.
- A date that cannot be read rejects its row; more than one row in a hundred is another format,
  and a fault. A status that no list of the register knows is a fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from coopreport.analysis.definition import MERGER
from coopreport.errors import BadData, Fault
from coopreport.registers import quebec_layout as layout
from coopreport.registers.archive import names
from coopreport.registers.csv_source import CsvSource, literal, one, open_csv, refusals
from coopreport.registers.places import Towns
from coopreport.registers.quebec_checks import (
    CALENDAR,
    DATES,
    check_codes,
    normalise_codes,
    refuse_conflicts,
)
from coopreport.registers.quebec_towns import PLACES, first_lines_query, place, town_line
from coopreport.registers.schema import END_KINDS, TEXT_GROUPS, UNKNOWN, Loaded
from coopreport.registers.units import NO_KIND, Units, days_query, fetched

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

REGISTRATION_MEANS_BIRTH = "1995-01-01"

NO_ID = "sans NEQ lisible"
REPEATED = "répétées à l’identique"
NOT_REGISTERED = "jamais immatriculées (avis d’intention, non immatriculée)"
OTHER_STATUS = "sans statut, ou d’un statut autre qu’immatriculée ou radiée"
NO_FORM = "sans forme juridique"
UNREADABLE_DATE = "avec une date illisible, ou hors de 1600 à 2100"
NO_BIRTH = "sans date de constitution, ni immatriculation qui en tienne lieu"
UNDATED_END = "radiées, sans date de radiation"
REASONS = (
    NO_ID,
    REPEATED,
    NOT_REGISTERED,
    OTHER_STATUS,
    NO_FORM,
    UNREADABLE_DATE,
    NO_BIRTH,
    UNDATED_END,
)
"""Why a row is rejected, in the order in which a row is tried."""

BORN_AT_REGISTRATION = "sans acte de constitution, naissance à l’immatriculation"
MERGED = "radiées par fusion ou scission, sorties sans être mortes"
LATE = "immatriculées après leur constitution, à risque dès l’immatriculation"
CONTINUED = "continuées ou transformées, gardées avec leur naissance"


def load(
    connection: DuckDBPyConnection,
    files: Mapping[str, Path],
    shown: Path,
    towns: Towns | None,
    ids: bool = False,
) -> Loaded:
    """Read the staged files of a register.

    Args:
        files: the files of `layout.READ`, by name.
        shown: the ZIP or the folder that the user gave.
        towns: where the regions come from; None leaves every region unknown.
        ids: give the units' own numbers too.

    Raises:
        BadData: every fault of form, columns, codes, dates and identity.
    """
    sources = {
        name: open_csv(files[name], f"{shown.name}/{name}", columns)
        for name, columns in layout.READ.items()
    }
    domains = _domains(connection, sources[layout.DOMAINS])
    enterprises = sources[layout.ENTERPRISES]
    with refusals(enterprises):
        connection.execute(first_lines_query(enterprises))
        connection.execute(_raw_query(enterprises))
    latest = ", ".join(f"max({day}) FILTER ({day} {CALENDAR})" for day in DATES.values())
    rows, last_event, invented = one(
        connection,
        f"SELECT count(*), greatest({latest}), "
        f"count(*) FILTER (neq BETWEEN {layout.SYNTHETIC_IDS.start} AND "
        f"{layout.SYNTHETIC_IDS.stop - 1}) FROM raw",
    )
    if not rows:
        rule = "fichier réduit à son en-tête"
        raise BadData([Fault(enterprises.name, 0, "", "", rule, "Reprendre le registre.")])
    normalise_codes(connection)
    check_codes(connection, enterprises, domains, rows)
    refuse_conflicts(connection, enterprises)
    _find_mergers(connection, sources)
    unplaced = place(connection, enterprises, towns, rows)
    _judge(connection)
    units = _units(connection, _number_groups(connection), ids)
    rejected, notes = _account(connection)
    notes |= unplaced
    marked = layout.SYNTHETIC_FILE in names(shown) or layout.SYNTHETIC_DOMAIN in domains
    return Loaded(
        rows=rows,
        rejected=rejected,
        notes={rule: count for rule, count in notes.items() if count},
        synthetic=bool(marked or invented),
        last_event=last_event,
        units=units,
        not_given=("type",),
        follows_calendar=True,
    )


def _raw_query(source: CsvSource) -> str:
    """One pass over the large file: the columns needed, typed, nothing judged yet.

    What is done here is done for each of millions of lines: text functions wait until later. A town
    is the hash of its line; the line itself is kept where the first rows did not show it.
    """
    days = ", ".join(f"TRY_CAST({name} AS DATE) AS {alias}" for name, alias in DATES.items())
    unreadable = " OR ".join(
        f"CASE WHEN {alias} IS NULL AND {name} IS NOT NULL THEN trim({name}) <> '' ELSE false END"
        for name, alias in DATES.items()
    )
    return f"""
        CREATE TEMP TABLE raw AS SELECT
            TRY_CAST(NEQ AS BIGINT) AS neq, {", ".join(DATES.values())},
            {unreadable} AS unreadable,
            COD_STAT_IMMAT AS status, COD_FORME_JURI AS form,
            (TRY_CAST(COD_ACT_ECON_CAE AS INTEGER) // 100)::SMALLINT AS division,
            hash(line) AS town,
            CASE WHEN hash(line) NOT IN (SELECT town FROM lines) THEN line END AS new_line
        FROM (SELECT *, {days}, {town_line()} AS line FROM {source.sql})
    """


def _domains(connection: DuckDBPyConnection, source: CsvSource) -> dict[str, set[str]]:
    """Return the codes of each value domain."""
    query = (
        "CREATE OR REPLACE TEMP TABLE domains AS SELECT upper(trim(TYP_DOM_VAL)) AS domain, "
        f"upper(trim(COD_DOM_VAL)) AS code FROM {source.sql}"
    )
    with refusals(source):
        connection.execute(query)
    codes: dict[str, set[str]] = {}
    for domain, code in connection.execute("FROM domains").fetchall():
        codes.setdefault(domain or "", set()).add(code or "")
    connection.execute("DROP TABLE domains")
    return codes


def _find_mergers(connection: DuckDBPyConnection, sources: Mapping[str, CsvSource]) -> None:
    mergers, continuations = sources[layout.MERGERS], sources[layout.CONTINUATIONS]
    struck = ", ".join(map(literal, layout.STRUCK_OFF))
    with refusals(mergers):
        connection.execute(
            f"""
            CREATE TEMP TABLE merged AS
            WITH events AS (
                SELECT TRY_CAST(NEQ AS BIGINT) AS one, TRY_CAST(NEQ_ASSUJ_REL AS BIGINT) AS other,
                    TRY_CAST(DAT_EFCTVT AS DATE) AS day
                FROM {mergers.sql}
            ), sides AS (
                SELECT one AS neq, day FROM events UNION ALL SELECT other, day FROM events
            )
            SELECT DISTINCT neq FROM raw JOIN sides USING (neq)
            WHERE raw.status IN ({struck}) AND raw.stat BETWEEN day - 31 AND day + 366
            """
        )
    with refusals(continuations):
        connection.execute(
            "CREATE TEMP TABLE continued AS SELECT DISTINCT TRY_CAST(NEQ AS BIGINT) AS neq "
            f"FROM {continuations.sql}"
        )


def _judge(connection: DuckDBPyConnection) -> None:
    """Build the view `judged`: the rows of `raw`, `birth`, and `reason`, 0 when kept."""
    struck = ", ".join(map(literal, layout.STRUCK_OFF))
    never = ", ".join(map(literal, layout.NEVER_REGISTERED))
    repeated = (
        "rowid IN (SELECT row_id FROM repeated)"
        if one(connection, "SELECT count(*) FROM repeated")[0]
        else "false"
    )
    connection.execute(
        f"""
        CREATE TEMP VIEW judged AS SELECT *,
            CASE WHEN neq IS NULL THEN 1
                WHEN {repeated} THEN 2
                WHEN status IN ({never}) THEN 3
                WHEN status IS NULL OR status NOT IN ('{layout.REGISTERED}', {struck}) THEN 4
                WHEN form IS NULL THEN 5
                WHEN unreadable THEN 6
                WHEN birth IS NULL THEN 7
                WHEN status <> '{layout.REGISTERED}' AND stat IS NULL THEN 8
                ELSE 0 END AS reason
        FROM (SELECT rowid, *, coalesce(consti,
            CASE WHEN form <> '{layout.COOPERATIVE}'
                AND immat >= DATE '{REGISTRATION_MEANS_BIRTH}' THEN immat END) AS birth FROM raw)
        """
    )


def _number_groups(connection: DuckDBPyConnection) -> str:
    """Build `groups` and what leads to them; return the SQL of a row's number in it."""
    sectors = [*layout.SECTORS, UNKNOWN]
    divisions = [
        (division, sectors.index(code))
        for code, (_, first, last) in layout.SECTORS.items()
        for division in range(first, last + 1)
    ]
    connection.execute(
        "CREATE TEMP TABLE divisions AS SELECT * FROM (VALUES "
        f"{', '.join(map(str, divisions))}) AS listed(division, sector_place)"
    )
    connection.execute(
        "CREATE TEMP TABLE forms AS SELECT form, (row_number() OVER () - 1)::INTEGER AS form_place "
        "FROM (SELECT DISTINCT form FROM raw WHERE form IS NOT NULL)"
    )
    number = (
        f"((form_place * {len(sectors)} + coalesce(sector_place, {len(sectors) - 1})) "
        f"* {len(PLACES)} + coalesce(place, {len(PLACES) - 1}))"
    )
    named = [
        ", ".join(f"({order}, {literal(code)})" for order, code in enumerate(codes))
        for codes in (sectors, PLACES)
    ]
    connection.execute(
        f"""
        CREATE TEMP TABLE groups AS SELECT {number} AS number,
            CASE WHEN form = '{layout.COOPERATIVE}' THEN 'cooperative' ELSE 'other' END
                AS legal_form,
            form AS form_code, '{UNKNOWN}' AS type, sector, region
        FROM forms, (VALUES {named[0]}) AS sectors(sector_place, sector),
            (VALUES {named[1]}) AS regions(place, region)
        """
    )
    return number


def _units(connection: DuckDBPyConnection, number: str, ids: bool) -> Units:
    """Return the rows of `judged` that are used; `number` is the SQL of their row in `groups`."""
    kinds = " ".join(
        f"WHEN status = '{status}' THEN {END_KINDS.index(kind)}"
        for status, kind in layout.STRUCK_OFF.items()
    )
    end = f"CASE WHEN status <> '{layout.REGISTERED}' THEN stat END"
    columns = fetched(
        connection,
        f"""
        SELECT {"neq::VARCHAR AS ids, " if ids else ""}
            {days_query("birth")}, {days_query("end", end)},
            {days_query("observed_from", "CASE WHEN immat > birth THEN immat END")},
            CASE WHEN merged.neq IS NOT NULL THEN {END_KINDS.index(MERGER)} {kinds}
                ELSE {NO_KIND} END::UTINYINT AS end_kind,
            {number}::INTEGER AS "group"
        FROM judged LEFT JOIN merged USING (neq) LEFT JOIN places USING (town)
            LEFT JOIN divisions USING (division) LEFT JOIN forms USING (form)
        WHERE reason = 0
        """,
    )
    texts = ", ".join(TEXT_GROUPS)
    groups = connection.execute(f"SELECT {texts} FROM groups ORDER BY number").fetchnumpy()
    return Units(**columns, groups={name: np.asarray(groups[name]) for name in TEXT_GROUPS})


def _account(connection: DuckDBPyConnection) -> tuple[dict[str, int], dict[str, int]]:
    """Return the rows rejected by reason, and the units that each rule concerns."""
    found = {
        reason: counts
        for reason, *counts in connection.execute(
            "SELECT reason, count(*), count(*) FILTER (consti IS NULL), count(merged.neq), "
            "count(*) FILTER (immat > birth), count(continued.neq) FROM judged "
            "LEFT JOIN merged USING (neq) LEFT JOIN continued USING (neq) GROUP BY 1 ORDER BY 1"
        ).fetchall()
    }
    _, *concerned = found.pop(0, [0] * 5)
    rejected = {REASONS[reason - 1]: counts[0] for reason, counts in found.items()}
    rules = (BORN_AT_REGISTRATION, MERGED, LATE, CONTINUED)
    return rejected, dict(zip(rules, concerned, strict=True))
