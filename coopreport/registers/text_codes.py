"""The texts of a row as one number: their hash, and a small table of what each hash stands for.

A register has few combinations of legal form, sector, region…, and keeping five texts for each of
millions of rows takes longer than reading them. A row keeps the hash; the table `codes` has the
texts. It is filled beforehand, with every combination of the texts that the schema has or that the
first rows show; when a row has another one, the register is read a second time for those alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from coopreport.registers.csv_source import literal
from coopreport.registers.pieces import pieces, tally

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SAMPLE = 50_000
COMBINATIONS = 1 << 16
"""The most combinations to foresee; beyond, only those of the first rows are."""
POINTER_BITS = 20

Array = np.ndarray[Any, Any]


def learn(
    connection: DuckDBPyConnection, read: str, columns: Mapping[str, Sequence[str | None]]
) -> None:
    """Fill the table `codes` (`code` and the columns) from the first rows of a relation.

    Args:
        columns: with the texts that each may have, where they are known beforehand.
    """
    names = ", ".join(columns)
    first = f"(SELECT DISTINCT {names} FROM (SELECT {names} FROM {read} LIMIT {SAMPLE}))"
    rows = connection.execute(f"FROM {first}").fetchall()
    shown = [*zip(*rows, strict=True)] or [()] * len(columns)
    texts = [
        [*dict.fromkeys((*known, *seen))]
        for known, seen in zip(columns.values(), shown, strict=True)
    ]
    if prod(map(len, texts)) <= COMBINATIONS:
        # Written out: DuckDB imports pandas to look at a parameter.
        first = ", ".join(
            f"(SELECT unnest([{', '.join(map(_literal, some))}]::VARCHAR[]) AS {name})"
            for name, some in zip(columns, texts, strict=True)
        )
    connection.execute(
        f"CREATE OR REPLACE TABLE codes AS SELECT {code_query(columns)} AS code, {names} "
        f"FROM {first}"
    )


def _literal(text: str | None) -> str:
    return "NULL" if text is None else literal(text)


def resolve(
    connection: DuckDBPyConnection, read: Callable[[], str], columns: Collection[str], codes: Array
) -> tuple[Array, list[tuple[int, tuple[str | None, ...]]]]:
    """Return the place of each code, and the texts of the places that are taken.

    Args:
        read: gives the relation that was coded, and whose first rows were learnt. It is asked for
            and read again when a row has a code not learnt there.
        columns: of texts.
        codes: of each row, `code_query` of it (uint64).

    Returns:
        A place per row (int32), and pairs of a place and the texts of its code; there are places
        that no row takes.
    """
    known = _known(connection)
    places = places_of(codes, known)
    if (places < 0).any():
        code = code_query(columns)
        connection.execute(
            f"INSERT INTO codes SELECT DISTINCT {code}, {', '.join(columns)} FROM {read()} "
            f"WHERE {code} NOT IN (SELECT code FROM codes)"
        )
        known = _known(connection)
        places = places_of(codes, known)
    held = known[tally(places, len(known)) > 0].tolist()
    texts = connection.execute(
        f"SELECT {', '.join(columns)} FROM codes "
        f"WHERE code IN (SELECT unnest('{held}'::UBIGINT[])) ORDER BY code"
    ).fetchall()
    return places, [*zip(np.searchsorted(known, held).tolist(), texts, strict=True)]


def code_query(columns: Collection[str]) -> str:
    """Return the SQL of the code of a row's texts: 64 bits."""
    return f"hash({', '.join(columns)})"


def _known(connection: DuckDBPyConnection) -> Array:
    found = connection.execute("SELECT code FROM codes ORDER BY code").fetchnumpy()
    return np.asarray(found["code"], dtype="uint64")


def places_of(codes: Array, known: Array) -> Array:
    """Return the place of each code among the known ones (uint64, ascending), -1 for none.

    The first bits of a code point at a place; where another code has taken it, which is rare, and
    there only, the code is searched for.
    """
    places = np.full(len(codes), -1, dtype="int32")
    if not len(known):
        return places
    pointers = np.zeros(1 << POINTER_BITS, dtype="int32")
    shift = np.uint64(64 - POINTER_BITS)
    pointers[known >> shift] = np.arange(len(known))
    for rows in pieces(len(codes)):
        code = codes[rows]
        found = pointers[code >> shift]
        other = np.flatnonzero(known[found] != code)
        searched = np.minimum(np.searchsorted(known, code[other]), len(known) - 1)
        found[other] = np.where(known[searched] == code[other], searched, -1)
        places[rows] = found
    return places
