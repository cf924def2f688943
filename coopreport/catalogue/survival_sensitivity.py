"""What a recomputed rate owes to its definition: n-year rules, other rules, units of no group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from coopreport.analysis import breakdown, cohorts
from coopreport.analysis.definition import EX_OFFICIO, N_YEAR_RULES, Definition, NYearRule
from coopreport.analysis.rates import reliability
from coopreport.catalogue import survival_source
from coopreport.catalogue.base import CATALOGUE
from coopreport.data import Data
from coopreport.locale import format_date
from coopreport.registers.editions import Treatment
from coopreport.registers.life_table import add_tables
from coopreport.registers.schema import UNKNOWN

frame = CATALOGUE.frame

VANISHED: Mapping[Treatment, str] = {"leaves": "sorties ce jour-là", "dies": "mortes ce jour-là"}
"""What becomes of them under each treatment: see `registers.editions.TREATMENTS`."""


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
    cases += [
        (title, survival_source.cooperatives_under(data, rule))
        for title, rule in _other_rules(found)
    ]
    cases += _with_vanished(data, found, tables["all"])
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


def _with_vanished(
    data: Data, found: survival_source.Source, table: pd.DataFrame
) -> list[tuple[str, pd.DataFrame]]:
    """Return the co-operatives with those that vanished since the earlier edition, if it is named.

    Args:
        table: the life table of the register, by legal form.
    """
    if found.account is None or (seen := data.register().entry.earlier_seen) is None:
        return []
    tables = data.register().vanished(found.definition, ["legal_form"], found.account)
    earlier = data.register().entry.to_json()["earlier"]
    data.read_register(found.account, (f"earlier={earlier}", f"earlier_seen={seen}"))
    return [
        (
            f"Unités disparues depuis l’édition du {format_date(seen)}, {VANISHED[treatment]}",
            survival_source.cooperatives(add_tables([table, vanished])),
        )
        for treatment, vanished in tables.items()
    ]


@frame("survie.blancs")
def blanks(data: Data) -> pd.DataFrame:
    """Each group's rate when units of unknown group are left apart, or spread over the groups.

    The whole comes first, then the groups in the order of `survie.par_groupe`.
    """
    ranked = data.frame("survie.par_groupe")
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
        wide = found.set_index(["group", "years", "reading"])[["survival", "status"]].unstack()
        rates = pd.DataFrame(wide["survival"], columns=[*breakdown.READINGS], dtype="float64")
        statuses = pd.DataFrame(wide["status"], columns=[*breakdown.READINGS])
        wide = rates.join(statuses.add_suffix("_status")).reset_index()
        order = [breakdown.ALL, *ranked.loc[ranked["dimension"] == name, "group"].unique()]
        labels = survival_source.labels_of(data, name) | {breakdown.ALL: "Ensemble"}
        wide["label"] = [labels.get(group, group) for group in wide["group"]]
        wide = wide.assign(dimension=name, title=survival_source.title_of(data, name))
        parts.append(wide.sort_values("group", key=pd.Index(order).get_indexer, kind="stable"))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["dimension"])
