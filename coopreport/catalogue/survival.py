"""Survival: published rates beside their comparators."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pandas as pd

from coopreport.analysis import comparison
from coopreport.catalogue.base import CATALOGUE
from coopreport.catalogue.facts import BRIEF_STUDIES
from coopreport.data import Data
from coopreport.definitions import Keys
from coopreport.indicators import Result
from coopreport.locale import NBSP

indicator, frame = CATALOGUE.indicator, CATALOGUE.frame


def _parameter(data: Data, name: str) -> Any:
    return data.cycle.parameter("survie", name)


def _published(data: Data, study: str, role: str, years: str) -> Result:
    rows = data.known("survival_published", study=study, role=role, years=int(years))
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


def brief_study(data: Data) -> str:
    """Return the study that holds the rates of the cycle's brief, "" when no brief is known."""
    return BRIEF_STUDIES.get(data.cycle.document, "")


def _ages(data: Data, study: str, role: str) -> set[int]:
    code = brief_study(data) if study == "brief" else _parameter(data, study)
    return set(data.known("survival_published", study=code, role=role)["years"])


def _ages_of(*rates: tuple[str, str]) -> Any:
    """Return the keys of a family of rates: the ages at which all of these are published."""

    def each(data: Data) -> Iterator[Keys]:
        ages = set.intersection(*(_ages(data, study, role) for study, role in rates))
        return ({"years": str(years)} for years in sorted(ages))

    return each


@frame("survie.publies")
def published(data: Data) -> pd.DataFrame:
    """Every published rate, with its definition line."""
    rows = data.known("survival_published")
    rows["definition_line"] = [published_definition(row) for _, row in rows.iterrows()]
    return rows


@frame("survie.comparateurs")
def comparators(data: Data) -> pd.DataFrame:
    """Each comparator beside the co-operatives' rate of the study, with the gap and the caution."""
    return comparison.compare(data.known("survival_published"), _parameter(data, "study"))


@indicator(
    "survie.coop.{years}_ans",
    "Survie publiée des coopératives après {years} ans",
    unit="percent",
    decimals=1,
    formula="taux publié par l’étude du cycle",
    each=_ages_of(("study", "coop")),
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
    each=_ages_of(("study", "comparator")),
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
    each=_ages_of(("study", "coop"), ("study", "comparator")),
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
    each=_ages_of(("canadian_study", "comparator")),
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
    each=lambda data: (
        _ages_of(("study", "coop"), ("canadian_study", "comparator"))(data)
        if data.knows("canadian_study")
        else ()
    ),
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
    each=_ages_of(("brief", "coop")),
)
def brief_coop_rate(data: Data, years: str) -> Result:
    """The co-operatives' rate that the brief prints."""
    return _published(data, brief_study(data), "coop", years)


@indicator(
    "survie.memoire.comparateur.{years}_ans",
    "Survie du comparateur après {years} ans, imprimée dans le mémoire",
    unit="percent",
    decimals=0,
    formula="taux imprimé dans le mémoire",
    each=_ages_of(("brief", "comparator")),
)
def brief_comparator_rate(data: Data, years: str) -> Result:
    """The comparator's rate that the brief prints."""
    return _published(data, brief_study(data), "comparator", years)


@indicator(
    "survie.cohorte_incomplete.{end}",
    "Cohorte de l’étude sans taux de dix ans possible : {title} année",
    unit="year",
    decimals=0,
    formula="naissances qui n’ont pas dix ans à la fin de l’année de l’étude",
    each=lambda data: (
        {"end": end, "title": title}
        for end, title in (("premiere", "première"), ("derniere", "dernière"))
        if data.knows("canadian_study")
    ),
)
def unobservable_cohort(data: Data, end: str, title: str) -> Result | int:
    """The first and last births of the study that cannot have a ten-year rate when it appeared."""
    rows = data.rows(
        "survival_published", study=_parameter(data, "study"), role="coop", years=10
    ).iloc[0]
    births = comparison.unobservable(
        int(rows["cohort_first"]), int(rows["cohort_last"]), 10, int(rows["study_year"])
    )
    return Result(None, "...") if births is None else births[end == "derniere"]
