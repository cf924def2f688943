"""The rows of a Québec register in arrays: one pass over its large file, nothing judged.

What is done here is done for each of millions of lines, so text functions wait: a row keeps the
hash of its two codes and that of the address line of its town; what they stand for is learnt from
the first rows, and a line that those do not have comes with its row.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from coopreport.registers import text_codes
from coopreport.registers.csv_source import CsvSource, refusals
from coopreport.registers.units import NONE, days_query

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DATES = {"DAT_IMMAT": "immat", "DAT_CONSTI": "consti", "DAT_STAT_IMMAT": "stat"}
CALENDAR = "BETWEEN DATE '1600-01-01' AND DATE '2100-12-31'"
UNREADABLE = NONE + 1
"""The day of a text that is no date, or none of the calendar."""
NO_NUMBER = 0
NO_DIVISION = 255
CODES = {"status": "COD_STAT_IMMAT", "form": "COD_FORME_JURI"}

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Rows:
    """The rows of a register, in arrays of one length, and what their places stand for.

    `neq`: int64, `NO_NUMBER` where none is readable. `immat`, `consti`, `stat`: days since
    1970-01-01 (int32), `NONE` for a blank, `UNREADABLE`. `division`: the first two digits of the
    activity (uint8), or `NO_DIVISION`. `code`: a place (int32) whose status and form `codes` has.
    `town`: the hash (uint64) of an address line, which `lines` has.
    """

    neq: Array
    immat: Array
    consti: Array
    stat: Array
    division: Array
    code: Array
    town: Array
    codes: Mapping[int, tuple[str | None, str | None]]
    lines: Mapping[int, str | None]

    def __len__(self) -> int:
        return len(self.neq)


def read_rows(
    connection: DuckDBPyConnection,
    source: CsvSource,
    statuses: Collection[str],
    forms: Collection[str],
) -> Rows:
    """Read the large file; `statuses` and `forms` are the codes that are expected in it.

    Raises:
        BadData: the file is not the CSV that its header announces, nor the archive what it says.
    """
    with refusals(source):
        _learn(connection, source, statuses, forms)
        with source.member.flowing() as path:
            # `sql` works on every core, and only then hands over.
            found = connection.sql(_query(source.sql_of(path))).fetchnumpy()
        town, line = np.asarray(found.pop("town")), np.ma.asarray(found.pop("new_line"))
        new = np.flatnonzero(~np.ma.getmaskarray(line))
        lines = dict(connection.execute("FROM lines").fetchall())
        lines |= zip(town[new].tolist(), line.data[new].tolist(), strict=True)
        del line
        columns = {name: np.asarray(found.pop(name)) for name in [*found]}
        code, texts = text_codes.resolve(
            connection, lambda: _relation(source.sql), CODES, columns.pop("code")
        )
    codes = {place: (status, form) for place, (status, form) in texts}
    return Rows(**columns, code=code, town=town, codes=codes, lines=lines)


def _learn(
    connection: DuckDBPyConnection,
    source: CsvSource,
    statuses: Collection[str],
    forms: Collection[str],
) -> None:
    """Fill the tables `lines` (hash and address line) and `codes` from the first rows."""
    connection.execute(
        f"CREATE TEMP TABLE head AS SELECT status, form, line FROM {_relation(source.head_sql)} "
        f"LIMIT {text_codes.SAMPLE}"
    )
    expected = {"status": (None, *statuses), "form": (None, *forms)}
    text_codes.learn(connection, "head", expected)
    connection.execute(
        "CREATE TEMP TABLE lines AS SELECT hash(line) AS town, line FROM "
        "(SELECT line FROM head UNION SELECT NULL)"
    )
    connection.execute("DROP TABLE head")


def _relation(read: str) -> str:
    """Return the SQL of the file's rows with the texts that are hashed, under their names."""
    codes = ", ".join(f"{column} AS {name}" for name, column in CODES.items())
    return f"(SELECT *, {codes}, {_town_line()} AS line FROM {read})"


def _town_line() -> str:
    """Return the SQL of the address line that holds the town: the last one before the code."""
    one, two, three, four = (f"ADR_DOMCL_LIGN{n}_ADR" for n in range(1, 5))

    def postal(line: str) -> str:
        return f"(strlen({line}) <= 7 AND substr({line}, 2, 1) BETWEEN '0' AND '9')"

    return (
        f"CASE WHEN {four} IS NOT NULL AND NOT {postal(four)} THEN {four} "
        f"WHEN {three} IS NOT NULL AND NOT {postal(three)} THEN {three} "
        f"ELSE coalesce({two}, {one}) END"
    )


def _query(read: str) -> str:
    days = ", ".join(
        days_query(
            name,
            f"CASE WHEN {name} {CALENDAR} THEN {name} END",
            f"CASE WHEN trim({column}) <> '' THEN {UNREADABLE} END",
        )
        for column, name in DATES.items()
    )
    cast = ", ".join(f"TRY_CAST({column} AS DATE) AS {name}" for column, name in DATES.items())
    division = "TRY_CAST(TRY_CAST(COD_ACT_ECON_CAE AS INTEGER) // 100 AS UTINYINT)"
    return f"""
        SELECT coalesce(TRY_CAST(NEQ AS BIGINT), {NO_NUMBER}) AS neq, {days},
            coalesce({division}, {NO_DIVISION})::UTINYINT AS division,
            {text_codes.code_query(CODES)} AS code, hash(line) AS town,
            CASE WHEN hash(line) NOT IN (SELECT town FROM lines) THEN line END AS new_line
        FROM (SELECT *, {cast} FROM {_relation(read)})
    """
