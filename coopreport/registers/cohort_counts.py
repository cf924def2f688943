"""Cohort counts of a register of millions of units: `analysis.cohorts.cohort_counts`, in DuckDB.

Births by year, and who is left n years later under both n-year rules. The counts of parts of a
register add up to those of the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from coopreport.analysis.cohorts import COHORT_COUNTS
from coopreport.registers import cache as kept_tables
from coopreport.registers.aggregation import known_hashes
from coopreport.registers.csv_source import literal
from coopreport.registers.opening import opened
from coopreport.registers.schema import Account, RegisterFile, Rules


def cohort_counts(
    register: RegisterFile,
    rules: Rules,
    years: Sequence[int],
    by: Sequence[str] = (),
    *,
    account: Account,
    cache: Path | None = None,
) -> pd.DataFrame:
    """Return `by`, `cohort`, `years`, `births`, `alive`, `active`, `late` (int64): see `analysis`.

    Args:
        by: text columns of the schema (`legal_form`, `form_code`, `type`, `sector`, `region`).
        account: of the same register under the same rules, kept with the table in the cache.

    Raises:
        BadCall, BadData, CannotPublish: as `life_tables`.
    """
    wanted = sorted({int(number) for number in years})
    key = ""
    if cache is not None:
        digest, towns = known_hashes(register, cache)
        grouping = ["cohort counts", *map(str, wanted), *by]
        key = kept_tables.key(register.kind, digest, towns, rules, {}, grouping)
        if (kept := kept_tables.read(cache, key)) is not None:
            return kept[0].astype(dict.fromkeys(by, "object"))
    table = _count(register, rules, wanted, by)
    if cache is not None:
        kept_tables.write(cache, key, table, account)
    return table


def _count(
    register: RegisterFile, rules: Rules, years: Sequence[int], by: Sequence[str]
) -> pd.DataFrame:
    groups = "".join(f"{name}, " for name in by)
    deaths = ", ".join(map(literal, rules.deaths)) or "''"
    numbers = ", ".join(f"({number})" for number in years)
    opening = (
        f"greatest(DATE '{rules.observation_start}', observed_from)"
        if rules.observation_start
        else "observed_from"
    )
    query = f"""
        SELECT {groups}year(birth)::BIGINT AS cohort, years::BIGINT AS years,
            count(*) FILTER (in_time)::BIGINT AS births,
            count(*) FILTER (
                in_time AND (NOT dead OR "end" >= birth + to_years(years::INTEGER))
            )::BIGINT AS alive,
            count(*) FILTER (in_time AND (NOT dead OR year("end") >= year(birth) + years))::BIGINT
                AS active,
            count(*) FILTER (NOT in_time)::BIGINT AS late
        FROM (
            SELECT *, coalesce({opening} <= birth, TRUE) AS in_time, coalesce(
                "end" <= DATE '{rules.cut_off}' AND end_kind IN ({deaths}), FALSE
            ) AS dead
            FROM units
            WHERE birth BETWEEN DATE '{rules.first_birth}' AND DATE '{rules.births_end}'
                AND ("end" IS NULL OR "end" >= birth)
        ), (VALUES {numbers}) AS asked(years)
        GROUP BY ALL
    """
    with opened(register) as (connection, loaded):
        loaded.units.put(connection)
        found = connection.execute(query).df()
    found = found.sort_values([*by, "cohort", "years"], kind="stable", ignore_index=True)
    counts: pd.DataFrame = found.astype(
        {**dict.fromkeys(by, "object"), **dict.fromkeys(["cohort", "years"], "int64")}
    ).astype(dict.fromkeys(COHORT_COUNTS, "int64"))
    return counts
