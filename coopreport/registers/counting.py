"""Units observed under rules and counted by group and day of age: the SQL of `aggregation`.

The table `units` (made by a loader) becomes `observed`, one row per unit, its ages and its fate or
the reason why it is left out; `count` groups it. `life_table.observe` and `count_by_age` say the
same in Python, and the tests hold the two equal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coopreport.analysis.survival import COUNTS
from coopreport.registers.csv_source import literal
from coopreport.registers.life_table import (
    BORN_TOO_EARLY,
    BORN_TOO_LATE,
    DEATH_BEFORE_BIRTH,
    NEVER_AT_RISK,
    OBSERVED_TOO_LATE,
)
from coopreport.registers.schema import UNKNOWN, Rules

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

AGES = 1 << 18
"""More than the days of any life counted here (1600 to 2100), a power of two."""
YEARS = 1 << 12
NOT_ASKED = "hors de la population demandée"
REASONS = (
    DEATH_BEFORE_BIRTH,
    BORN_TOO_EARLY,
    BORN_TOO_LATE,
    OBSERVED_TOO_LATE,
    NEVER_AT_RISK,
    NOT_ASKED,
)
TEXT_GROUPS = ("legal_form", "form_code", "type", "sector", "region")


def observe_query(rules: Rules, only: Mapping[str, tuple[str, ...]]) -> str:
    """Ages and fate of each unit under the rules: `life_table.observe`, in SQL."""
    deaths = ", ".join(map(literal, rules.deaths)) or "''"
    unwanted = " OR ".join(
        f"{column}::VARCHAR NOT IN ({', '.join(map(literal, values)) or 'NULL'})"
        if values
        else "TRUE"
        for column, values in only.items()
    )
    return f"""
        CREATE TEMP TABLE observed AS
        SELECT {", ".join(TEXT_GROUPS)}, year(birth)::SMALLINT AS cohort,
            entry_age::INTEGER AS entry_age, (stop - birth)::INTEGER AS exit_age,
            ended AND kind IN ({deaths}) AS died,
            CASE WHEN "end" < birth THEN 1
                WHEN birth < DATE '{rules.first_birth}' THEN 2
                WHEN birth > DATE '{rules.births_end}' THEN 3
                WHEN observed_from > birth AND observed_from > DATE '{rules.cut_off}' THEN 4
                WHEN entry_age > 0 AND stop - birth <= entry_age THEN 5
                WHEN {unwanted or "FALSE"} THEN 6
                ELSE 0 END::UTINYINT AS reason
        FROM (
            SELECT *, coalesce(end_kind::VARCHAR, '') AS kind,
                coalesce("end" <= DATE '{rules.cut_off}', FALSE) AS ended,
                CASE WHEN "end" <= DATE '{rules.cut_off}' THEN "end"
                    ELSE DATE '{rules.cut_off}' END AS stop,
                greatest(DATE '{rules.opening}' - birth, coalesce(observed_from - birth, 0), 0)
                    AS entry_age
            FROM units
        )
    """


def count(
    connection: DuckDBPyConnection, grouping: tuple[str, ...], synthetic: bool
) -> pd.DataFrame:
    """Count the observed units by group and age; only the ages at which something happens.

    DuckDB counts those who enter and those who leave by one integer that holds the group and the
    age; the two lists are then put side by side.
    """
    columns = [name for name in grouping if name != "synthetic"]
    labels = {name: _labels(connection, name) for name in columns if name in TEXT_GROUPS}
    code, sizes = _packed(columns, labels)
    entered = connection.execute(
        f"SELECT {code} * {AGES} + entry_age AS key, count(*) AS entries "
        "FROM observed WHERE reason = 0 GROUP BY key"
    ).fetchnumpy()
    left = connection.execute(
        f"SELECT {code} * {AGES} + exit_age AS key, count(*) FILTER (died) AS deaths, "
        "count(*) FILTER (NOT died) AS exits FROM observed WHERE reason = 0 GROUP BY key"
    ).fetchnumpy()
    both = np.sort(np.concatenate([entered["key"], left["key"]]).astype("int64"))
    keys = both[np.diff(both, prepend=-1) > 0]
    counts = {name: np.zeros(len(keys), dtype="int64") for name in COUNTS}
    counts["entries"][np.searchsorted(keys, entered["key"])] = entered["entries"]
    order = np.argsort(left["key"])  # looking up keys in order is several times faster
    places = np.searchsorted(keys, left["key"][order])
    for name in ("deaths", "exits"):
        counts[name][places] = left[name][order]
    rest, ages = np.divmod(keys, AGES)
    table: dict[str, object] = {}
    for name in reversed(columns):
        rest, codes = np.divmod(rest, sizes[name])
        table[name] = np.sort(labels[name])[codes] if name in labels else codes
    if "synthetic" in grouping:
        table["synthetic"] = np.full(len(keys), synthetic)
    return pd.DataFrame({**{name: table[name] for name in grouping}, "age_days": ages, **counts})


def _packed(columns: Sequence[str], labels: Mapping[str, np.ndarray]) -> tuple[str, dict[str, int]]:
    """Return one SQL integer for the group, in the order of the texts, and the size of each part.

    An ENUM's own codes are in the order in which its values were declared: they are ranked first.
    """
    code, sizes = "0::BIGINT", {}
    for name in columns:
        part, sizes[name] = f"{name}::BIGINT", YEARS
        if name in labels:
            ranks = np.argsort(np.argsort(labels[name])).tolist()
            sizes[name] = max(len(ranks), 1)
            in_order = ranks == sorted(ranks)
            listed = f"[{', '.join(map(str, ranks))}]::BIGINT[]"
            place = f"enum_code({name})::BIGINT"
            part = place if in_order else f"({listed})[{place} + 1]"
        code = f"({code} * {sizes[name]} + {part})"
    return code, sizes


def _labels(connection: DuckDBPyConnection, column: str) -> np.ndarray:
    """Return the text of each code of an ENUM column, in the order of the codes."""
    row = connection.execute(f"SELECT enum_range(any_value({column})) FROM observed").fetchone()
    assert row is not None
    return np.array(row[0] or [], dtype=object)


def unknown(connection: DuckDBPyConnection, column: str) -> int:
    row = connection.execute(
        f"SELECT count(*) FROM observed WHERE reason = 0 AND {column}::VARCHAR = '{UNKNOWN}'"
    ).fetchone()
    assert row is not None
    return int(row[0])
