"""Survival recomputed from a register: account, curves, rates, groups, tests, comparator."""

from __future__ import annotations

import pandas as pd

from coopreport.analysis import breakdown, logrank, survival
from coopreport.analysis.pooled import COUNTS
from coopreport.analysis.rates import life_table_by_age, survival_at
from coopreport.catalogue import survival_source
from coopreport.catalogue.base import CATALOGUE
from coopreport.catalogue.survival_source import COOPERATIVE, DIMENSIONS, OTHER
from coopreport.data import Data
from coopreport.locale import NBSP, format_number
from coopreport.registers.schema import UNKNOWN

frame = CATALOGUE.frame

NO_BLANK = "Toutes les unités observées ont un groupe connu."


def coops(data: Data) -> pd.DataFrame:
    """Return the life table of the co-operatives, under the definition of the chapter."""
    return survival_source.cooperatives_under(data, survival_source.source_of(data).definition)


@frame("survie.source")
def source(data: Data) -> pd.DataFrame:
    """What the chapter is computed from, in one row."""
    found = survival_source.source_of(data)
    tables = survival_source.life_tables(data, found.definition)
    caution = [
        survival_source.blank_words(
            survival_source.cooperatives(tables[name]), name, survival_source.title_of(data, name)
        )
        for name in ("type", "sector", "region")
        if name in tables
    ]
    return pd.DataFrame(
        [
            {
                "caution": " ".join(filter(None, caution)) or NO_BLANK,
                "base": found.base,
                "coops": found.coops,
                "sentence": found.sentence,
                "definition": found.definition.line,
                "naive": survival_source.naive_words(found.definition),
                "synthetic": found.synthetic,
                "others": survival_source.has_others(data),
            }
        ]
    )


@frame("survie.compte")
def account(data: Data) -> pd.DataFrame:
    """What became of every row of the register: read, used, unknown, rejected by reason."""
    found = survival_source.source_of(data).account
    if found is None:
        total = coops(data)[COUNTS].sum()
        lines = [
            ("Unités observées", total["entries"]),
            ("Fins", total["deaths"]),
            ("En vie à la date limite", total["exits"]),
        ]
    else:
        lines = [
            ("Lignes lues", found.rows),
            ("Unités retenues", found.used),
            *((f"dont {words}", count) for words, count in found.unknown.items()),
            *((f"Écartées{NBSP}: {words}", count) for words, count in found.rejected.items()),
            *((f"Règle{NBSP}: {words}", count) for words, count in found.notes.items()),
        ]
    return pd.DataFrame([(words, int(count)) for words, count in lines], columns=["line", "count"])


@frame("survie.courbe")
def curve(data: Data) -> pd.DataFrame:
    """The survival curve of the co-operatives, each at risk from the age at which it is observed.

    Source: Kaplan and Meier (1958); Klein and Moeschberger (2003), section 4.6.
    """
    return survival.kaplan_meier(
        coops(data), confidence=survival_source.reading_of(data).confidence
    )


@frame("survie.courbe_naive")
def naive_curve(data: Data) -> pd.DataFrame:
    """The curve of a reader who forgets what the register cannot tell: see `naive_words`.

    Where the observation began late, everybody is observed from birth; where it did not, everybody
    without a known death is alive at every age.
    """
    table, opening = coops(data), survival_source.source_of(data).definition.observation_start
    return survival.kaplan_meier(
        table if opening else survival.never_censored(table),
        delayed_entry=False,
        confidence=survival_source.reading_of(data).confidence,
    )


@frame("survie.taux")
def rates(data: Data) -> pd.DataFrame:
    """The rates at the cycle's ages: corrected (interval, at risk) and naive."""
    reading = survival_source.reading_of(data)
    corrected, naive = data.frame("survie.courbe"), data.frame("survie.courbe_naive")
    return pd.DataFrame(
        [
            reading.row(survival_at(corrected, years))
            | {"naive": survival_at(naive, years).survival}
            for years in reading.years
        ]
    )


@frame("survie.par_groupe")
def groups(data: Data) -> pd.DataFrame:
    """The co-operatives' rates by type, sector, region and cohort, as far as the source has them.

    Every group is under the definition of the whole; a cohort has the ages that it reached, and is
    not there when it has no rate at all: born too late, or long before the observation. `note` says
    how many are left out.
    """
    definition = survival_source.source_of(data).definition
    reading = survival_source.reading_of(data)
    tables = survival_source.life_tables(data, definition)
    parts = []
    for name in DIMENSIONS:
        if name in tables:
            part = breakdown.rates_by(survival_source.cooperatives(tables[name]), name, reading)
            labels = survival_source.labels_of(data, name)
            label = [labels.get(group, group) for group in part["group"]]
            part = part.assign(label=label)
            if name in ("cohort", "region"):
                part = part.sort_values(["group", "years"], kind="stable")
            note = ""
            if name == "cohort":
                rated = part.groupby("group")["survival"].transform("count") > 0
                note = _left_out_words(part.loc[~rated, "group"].nunique())
                part = part[rated]
            title = survival_source.title_of(data, name)
            parts.append(part.assign(dimension=name, title=title, note=note))
    return pd.concat(parts, ignore_index=True)


def _left_out_words(cohorts: int) -> str:
    if not cohorts:
        return ""
    return (
        f"Années de naissance sans aucun taux, laissées de côté{NBSP}: {format_number(cohorts)} "
        "(trop récentes, ou bien antérieures au début de l’observation)."
    )


@frame("survie.logrank")
def tests(data: Data) -> pd.DataFrame:
    """The log-rank tests: by each dimension, the units of unknown group left out, and by form.

    Source: Mantel (1966); Klein and Moeschberger (2003), section 7.3.
    """
    definition = survival_source.source_of(data).definition
    tables = survival_source.life_tables(data, definition)
    asked = [
        (survival_source.title_of(data, name), survival_source.cooperatives(tables[name]), name)
        for name in DIMENSIONS
        if name in tables
    ]
    if survival_source.has_others(data):
        asked.append(("Coopératives et autres entreprises", tables["all"], "legal_form"))
    rows = []
    for title, table, name in asked:
        test = logrank.logrank(table[table[name] != UNKNOWN], name)
        rows.append(
            {
                "title": title,
                "groups": len(test.groups),
                "units": int(test.groups["units"].sum()),
                "deaths": int(test.groups["observed"].sum()),
                "statistic": test.statistic,
                "degrees": test.degrees,
                "p_value": test.p_value,
                "p_words": _p_words(test.p_value),
            }
        )
    return pd.DataFrame(rows)


def _p_words(p_value: float | None) -> str:
    if p_value is None:
        return "..."
    if p_value < 0.001:
        return f"moins de {format_number(0.001, 3)}"
    return format_number(p_value, 3)


@frame("survie.table_age")
def by_age(data: Data) -> pd.DataFrame:
    """The life table of the co-operatives by whole year of age, up to the last age of the cycle.

    Source: Chiang (1984), chapter 10.
    """
    last = max(survival_source.reading_of(data).years)
    return life_table_by_age(data.frame("survie.courbe"), last)


@frame("survie.autres")
def others(data: Data) -> pd.DataFrame:
    """The other firms of the register beside the co-operatives, under the very same definition."""
    definition = survival_source.source_of(data).definition
    table = survival_source.life_tables(data, definition)["all"]
    reading = survival_source.reading_of(data)
    found = breakdown.compare_groups(table, "legal_form", COOPERATIVE, OTHER, reading)
    return found.assign(gap_points=100 * found["gap"])
