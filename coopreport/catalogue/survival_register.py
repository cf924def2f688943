"""Survival recomputed from a register: curves, rates, groups, comparator, cohorts, sensitivity."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from coopreport.analysis import breakdown, cohorts, logrank, survival
from coopreport.analysis.definition import EX_OFFICIO, N_YEAR_RULES, Definition, NYearRule
from coopreport.analysis.pooled import COUNTS
from coopreport.analysis.rates import life_table_by_age, reliability, survival_at
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
    return _coops_under(data, survival_source.source_of(data).definition)


def _coops_under(data: Data, definition: Definition) -> pd.DataFrame:
    return survival_source.cooperatives(survival_source.life_tables(data, definition)["all"])


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


@frame("survie.regles")
def n_year_rules(data: Data) -> pd.DataFrame:
    """The rate under each n-year rule: Kaplan–Meier, exact anniversary, Eurostat-OECD.

    Source: Eurostat-OECD Manual on Business Demography Statistics (2007), chapter 8.
    """
    found = survival_source.source_of(data)
    reading = survival_source.reading_of(data)
    rows = []
    for row in data.frame("survie.taux").to_dict("records"):
        first, last = found.definition.first_birth.year, found.definition.births_end.year
        rows.append(
            {
                "rule": "kaplan_meier",
                "years": row["years"],
                "births": row["births"],
                "rate": row["survival"],
                "cohorts": f"{first}-{last}",
                "status": row["status"],
            }
        )
    if found.account is not None:
        counts = data.register().cohort_counts(
            found.definition, reading.years, ["legal_form"], found.account
        )
        data.read_register(found.account)
        counts = survival_source.cooperatives(counts)
        rules: tuple[NYearRule, ...] = ("exact_anniversary", "calendar_year")
        for rule in rules:
            definition = replace(found.definition, n_year_rule=rule)
            table = cohorts.cohort_rates(counts, definition, confidence=reading.confidence)
            rows += [_cohort_row(rule, row, reading) for row in table.to_dict("records")]
    table = pd.DataFrame(rows, columns=["rule", "years", "births", "rate", "cohorts", "status"])
    return table.assign(words=table["rule"].map(N_YEAR_RULES))


def _cohort_row(rule: str, row: Any, reading: breakdown.Reading) -> dict[str, Any]:
    flag = reliability(row["births"], caution=reading.caution, unreliable=reading.unreliable)
    known = row["births"] > 0
    return {
        "rule": rule,
        "years": row["years"],
        "births": row["births"],
        "rate": row["rate"],
        "cohorts": f"{row['first_cohort']}-{row['last_cohort']}" if known else "...",
        "status": ("" if not known else flag or ("p" if row["provisional"] else "")),
    }


@frame("survie.sensibilite")
def sensitivity(data: Data) -> pd.DataFrame:
    """The rate of all co-operatives when one rule changes, with its difference to the base."""
    found = survival_source.source_of(data)
    reading = survival_source.reading_of(data)
    tables = survival_source.life_tables(data, found.definition)
    cases = [("Définition du chapitre", survival_source.cooperatives(tables["all"]))]
    for name in ("type", "sector", "region"):
        if name in tables:
            table = survival_source.cooperatives(tables[name])
            if (table[name] == UNKNOWN).any():
                known = table[table[name] != UNKNOWN]
                title = survival_source.title_of(data, name)
                unknown = "inconnue" if name == "region" else "inconnu"
                cases.append((f"Sans les coopératives de {title.lower()} {unknown}", known))
    cases += [(title, _coops_under(data, rule)) for title, rule in _other_rules(found)]
    rows = []
    base: dict[float, Any] = {}
    for title, table in cases:
        for row in reading.rows(table):
            base.setdefault(row["years"], row["survival"])
            before, now = base[row["years"]], row["survival"]
            both = before is not None and now is not None and row["flag"] != "F"
            rows.append({"case": title, **row, "gap": 100 * (now - before) if both else None})
    return pd.DataFrame(rows)


def _other_rules(found: survival_source.Source) -> list[tuple[str, Definition]]:
    """Return the other defensible definitions that the source can be held to, with their names."""
    if found.account is None or found.account.kind == "uk":
        return []
    rules = [
        (
            "Une fusion ou une absorption compte pour une mort",
            found.definition.with_takeover("death"),
        )
    ]
    if EX_OFFICIO in found.definition.deaths:
        rules.insert(
            0,
            ("La radiation d’office n’est pas une mort", found.definition.without_ex_officio()),
        )
    return rules


@frame("survie.blancs")
def blanks(data: Data) -> pd.DataFrame:
    """Each group's rate when units of unknown group are left apart, or spread over the groups."""
    definition = survival_source.source_of(data).definition
    reading = survival_source.reading_of(data)
    tables = survival_source.life_tables(data, definition)
    parts = []
    for name in ("type", "sector"):
        if name not in tables:
            continue
        table = survival_source.cooperatives(tables[name])
        if not (table[name] == UNKNOWN).any():
            continue
        found = breakdown.blank_readings(table, name, UNKNOWN, reading)
        wide = found.pivot_table(
            index=["group", "years"], columns="reading", values="survival", sort=False
        ).reset_index()
        flags = found.pivot_table(
            index=["group", "years"],
            columns="reading",
            values="status",
            aggfunc="first",
            sort=False,
        ).reset_index()
        wide = wide.reindex(columns=["group", "years", *breakdown.READINGS])
        for reading_name in breakdown.READINGS:
            wide[f"{reading_name}_status"] = flags.get(reading_name)
        labels = survival_source.labels_of(data, name) | {breakdown.ALL: "Ensemble"}
        wide["label"] = [labels.get(group, group) for group in wide["group"]]
        parts.append(wide.assign(dimension=name, title=survival_source.title_of(data, name)))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["dimension"])
