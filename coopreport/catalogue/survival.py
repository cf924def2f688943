"""Survival: published rates beside their comparators, and the rate recomputed from a register."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pandas as pd

from coopreport.analysis import comparison, survival
from coopreport.catalogue.base import CATALOGUE
from coopreport.indicators import Result
from coopreport.ledger import Data, Keys
from coopreport.locale import NBSP
from coopreport.registers.uk import DEFINITION

indicator, frame = CATALOGUE.indicator, CATALOGUE.frame

BRIEF = "memoire_cqcm_2023"
TABLE = "life_table_uk"


def _parameter(data: Data, name: str) -> Any:
    return data.cycle.parameter("survie", name)


def _published(data: Data, study: str, role: str, years: str) -> Result:
    rows = data.rows("survival_published", study=study, role=role, years=int(years))
    row = rows.iloc[0]
    return Result(row["rate"], definition=published_definition(row))


def published_definition(row: pd.Series) -> str:
    """Return the definition line of a published rate, or the words that none was given."""
    stated = row["definition"] if pd.notna(row["definition"]) else "aucune n’est donnée"
    return (
        f"Population{NBSP}: {row['population_label']}; unité{NBSP}: {row['observed_unit']}; "
        f"cohortes{NBSP}: {row['cohorts']}; définition{NBSP}: {stated}; "
        f"source{NBSP}: {row['study_label']}."
    )


def naive_definition() -> survival.Definition:
    """Return the definition of the naive rates: deaths taken as known since every birth."""
    return replace(DEFINITION, observation_start=None)


def each_age(data: Data) -> Iterator[Keys]:
    """The ages at which the cycle asks for a rate, in years."""
    return ({"years": str(years)} for years in _parameter(data, "years"))


def _ages_of(study: str, role: str) -> Any:
    def each(data: Data) -> Iterator[Keys]:
        code = _parameter(data, study) if study in ("study", "canadian_study") else study
        rows = data.rows("survival_published", study=code, role=role)
        return ({"years": str(years)} for years in sorted(set(rows["years"])))

    return each


@frame("survie.publies")
def published(data: Data) -> pd.DataFrame:
    """Every published rate, with its definition line."""
    rows = data.rows("survival_published")
    rows["definition_line"] = [published_definition(row) for _, row in rows.iterrows()]
    return rows


@frame("survie.comparateurs")
def comparators(data: Data) -> pd.DataFrame:
    """Each comparator beside the co-operatives' rate of the study, with the gap and the caution."""
    return comparison.compare(data.rows("survival_published"), _parameter(data, "study"))


@frame("survie.courbe")
def curve(data: Data) -> pd.DataFrame:
    """The survival curve of the UK register with delayed entry."""
    rows = data.rows(TABLE)
    return survival.kaplan_meier(rows, confidence=_parameter(data, "confidence"))


@frame("survie.courbe_naive")
def naive_curve(data: Data) -> pd.DataFrame:
    """The same register as if everybody had been observed from birth."""
    rows = data.rows(TABLE)
    confidence = _parameter(data, "confidence")
    return survival.kaplan_meier(rows, delayed_entry=False, confidence=confidence)


def _rate_row(rate: survival.Rate, data: Data) -> dict[str, Any]:
    flag = survival.reliability(
        rate.births,
        rate.at_risk,
        rate.fewest_at_risk,
        caution=_parameter(data, "caution_below"),
        unreliable=_parameter(data, "unreliable_below"),
    )
    return {**vars(rate), "flag": flag}


@frame("survie.taux_uk")
def uk_rates(data: Data) -> pd.DataFrame:
    """The UK rates at the cycle's ages: with delayed entry (interval, at risk) and naive."""
    with_entry, naive = data.frame("survie.courbe"), data.frame("survie.courbe_naive")
    rows = []
    for years in _parameter(data, "years"):
        row = _rate_row(survival.survival_at(with_entry, years), data)
        row["naive"] = survival.survival_at(naive, years).survival
        rows.append(row)
    return pd.DataFrame(rows)


@frame("survie.taux_uk_par_type")
def uk_rates_by_type(data: Data) -> pd.DataFrame:
    """The UK rates with delayed entry by type of co-operative, largest type first."""
    rows = []
    for code, counts in data.rows(TABLE).groupby("coop_type"):
        estimate = survival.kaplan_meier(counts, confidence=_parameter(data, "confidence"))
        for years in _parameter(data, "years"):
            rate = survival.survival_at(estimate, years)
            rows.append({"coop_type": code, **_rate_row(rate, data)})
    order = ["births", "coop_type", "years"]
    return pd.DataFrame(rows).sort_values(order, ascending=[False, True, True])


@indicator(
    "survie.coop.{years}_ans",
    "Survie publiée des coopératives après {years} ans",
    unit="percent",
    decimals=1,
    formula="taux publié par l’étude du cycle",
    each=_ages_of("study", "coop"),
)
def coop_rate(data: Data, years: str) -> Result:
    """The co-operatives' rate that the cycle's study published."""
    return _published(data, _parameter(data, "study"), "coop", years)


@indicator(
    "survie.comparateur.{years}_ans",
    "Survie publiée du comparateur de l’étude après {years} ans",
    unit="percent",
    decimals=1,
    formula="taux cité par l’étude du cycle pour l’ensemble des entreprises",
    each=_ages_of("study", "comparator"),
)
def comparator_rate(data: Data, years: str) -> Result:
    """The rate of all firms that the cycle's study quotes."""
    return _published(data, _parameter(data, "study"), "comparator", years)


@indicator(
    "survie.ecart.{years}_ans",
    "Écart avec le comparateur de l’étude après {years} ans",
    unit="points",
    decimals=1,
    formula="taux des coopératives − taux du comparateur",
    each=_ages_of("study", "comparator"),
)
def gap(data: Data, years: str) -> Decimal:
    """Co-operatives' rate minus the study's own comparator, in percentage points."""
    coop, other = (
        data.value(f"survie.coop.{years}_ans"),
        data.value(f"survie.comparateur.{years}_ans"),
    )
    return comparison.gap(coop, other)


@indicator(
    "survie.canada.{years}_ans",
    "Survie publiée des nouvelles entreprises canadiennes après {years} ans",
    unit="percent",
    decimals=0,
    formula="taux publié par l’étude canadienne du cycle",
    each=_ages_of("canadian_study", "comparator"),
)
def canadian_rate(data: Data, years: str) -> Result:
    """The rate of Canadian births of the same years, as published."""
    return _published(data, _parameter(data, "canadian_study"), "comparator", years)


@indicator(
    "survie.ecart_canada.{years}_ans",
    "Écart avec les nouvelles entreprises canadiennes après {years} ans",
    unit="points",
    decimals=1,
    formula="taux des coopératives − taux des naissances canadiennes de la même période",
    each=_ages_of("canadian_study", "comparator"),
)
def canadian_gap(data: Data, years: str) -> Decimal:
    """Co-operatives' rate minus that of Canadian births, in percentage points."""
    coop, other = data.value(f"survie.coop.{years}_ans"), data.value(f"survie.canada.{years}_ans")
    return comparison.gap(coop, other)


@indicator(
    "survie.memoire.coop.{years}_ans",
    "Survie des coopératives après {years} ans, imprimée dans le mémoire",
    unit="percent",
    decimals=0,
    formula="taux imprimé dans le mémoire",
    each=_ages_of(BRIEF, "coop"),
)
def brief_coop_rate(data: Data, years: str) -> Result:
    """The co-operatives' rate that the brief prints."""
    return _published(data, BRIEF, "coop", years)


@indicator(
    "survie.memoire.comparateur.{years}_ans",
    "Survie du comparateur après {years} ans, imprimée dans le mémoire",
    unit="percent",
    decimals=0,
    formula="taux imprimé dans le mémoire",
    each=_ages_of(BRIEF, "comparator"),
)
def brief_comparator_rate(data: Data, years: str) -> Result:
    """The comparator's rate that the brief prints."""
    return _published(data, BRIEF, "comparator", years)


def _uk(data: Data, years: str, column: str) -> Result:
    row = data.frame("survie.taux_uk").set_index("years").loc[int(years)]
    value = row[column]
    line = (naive_definition() if column == "naive" else DEFINITION).line
    if pd.isna(value):
        return Result(None, "...", definition=line)
    return Result(float(value), flags=(row["flag"],) if row["flag"] else (), definition=line)


@indicator(
    "survie.uk.{years}_ans",
    "Survie des coopératives britanniques après {years} ans, entrée différée",
    unit="ratio",
    decimals=1,
    formula="Kaplan-Meier par jour d’âge, entrée différée, au-delà de {years} × 365,25 jours",
    each=each_age,
)
def uk_rate(data: Data, years: str) -> Result:
    """The UK register's survival with delayed entry.

    Source: Kaplan and Meier (1958); Klein and Moeschberger (2003), section 4.6.
    """
    return _uk(data, years, "survival")


@indicator(
    "survie.uk_bas.{years}_ans",
    "Borne inférieure de l’intervalle de confiance après {years} ans",
    unit="ratio",
    decimals=1,
    formula="intervalle log-log du niveau de confiance du cycle",
    each=each_age,
)
def uk_lower(data: Data, years: str) -> Result:
    """The lower bound of the log-log confidence interval.

    Source: Kalbfleisch and Prentice (2002), section 1.4.
    """
    return _uk(data, years, "lower")


@indicator(
    "survie.uk_haut.{years}_ans",
    "Borne supérieure de l’intervalle de confiance après {years} ans",
    unit="ratio",
    decimals=1,
    formula="intervalle log-log du niveau de confiance du cycle",
    each=each_age,
)
def uk_upper(data: Data, years: str) -> Result:
    """The upper bound of the log-log confidence interval.

    Source: Kalbfleisch and Prentice (2002), section 1.4.
    """
    return _uk(data, years, "upper")


@indicator(
    "survie.uk_naif.{years}_ans",
    "Survie des coopératives britanniques après {years} ans, calcul naïf",
    unit="ratio",
    decimals=1,
    formula="Kaplan-Meier par jour d’âge, toutes les unités à risque dès leur naissance",
    each=each_age,
)
def uk_naive_rate(data: Data, years: str) -> Result:
    """The same register as if deaths were known since every birth: too high.

    Source: Kaplan and Meier (1958).
    """
    return _uk(data, years, "naive")


@indicator(
    "survie.uk_unites",
    "Coopératives britanniques observées",
    unit="count",
    decimals=0,
    formula="somme des entrées de la table de survie",
)
def uk_units(data: Data) -> int:
    """The number of co-operatives under observation in the UK life table."""
    return int(data.rows(TABLE)["entries"].sum())


@indicator(
    "survie.uk_deces",
    "Dissolutions observées",
    unit="count",
    decimals=0,
    formula="somme des décès de la table de survie",
)
def uk_deaths(data: Data) -> int:
    """The number of deaths in the UK life table."""
    return int(data.rows(TABLE)["deaths"].sum())


@indicator(
    "survie.cohorte_incomplete.{end}",
    "Cohorte de l’étude sans taux de dix ans possible : {end} année",
    unit="year",
    decimals=0,
    formula="naissances qui n’ont pas dix ans à la fin de l’année de l’étude",
    each=lambda data: ({"end": "premiere"}, {"end": "derniere"}),
)
def unobservable_cohort(data: Data, end: str) -> Result | int:
    """The first and last births of the study that cannot have a ten-year rate when it appeared."""
    rows = data.rows(
        "survival_published", study=_parameter(data, "study"), role="coop", years=10
    ).iloc[0]
    births = comparison.unobservable(
        int(rows["cohort_first"]), int(rows["cohort_last"]), 10, int(rows["study_year"])
    )
    return Result(None, "...") if births is None else births[end == "derniere"]
