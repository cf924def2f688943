"""The rates of the source of the survival chapter, as indicators: each with its definition line.

`survie.uk…` when no register is named, `survie.registre…` when one is: a name never means two
populations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from coopreport.catalogue import survival_source
from coopreport.catalogue.base import CATALOGUE
from coopreport.catalogue.survival_register import coops
from coopreport.data import Data
from coopreport.definitions import Keys
from coopreport.indicators import Result

indicator = CATALOGUE.indicator


def _ages(base: str) -> Any:
    """Return the keys of a family of rates, by age; none where another source is at work."""

    def each(data: Data) -> Iterator[Keys]:
        if data.knows("life_table") and (data.cycle.register is None) == (base == "uk"):
            for years in data.cycle.parameter("survie", "years"):
                yield {"years": str(years)}

    return each


def _once(base: str) -> Any:
    def each(data: Data) -> Iterator[Keys]:
        if data.knows("life_table") and (data.cycle.register is None) == (base == "uk"):
            yield {}

    return each


def _ages_with_others(data: Data) -> Iterator[Keys]:
    """Return the ages where the kind of register may hold other firms; it is not read for this."""
    if data.cycle.register is not None and data.cycle.register.kind != "uk":
        yield from _ages("registre")(data)


def _rate(data: Data, years: str, column: str) -> Result:
    """Return a rate of `survie.taux` with its definition line; the naive one says it is naive."""
    row = data.frame("survie.taux").set_index("years").loc[int(years)]
    found = survival_source.source_of(data)
    definition = found.definition
    if column == "naive":
        definition = replace(definition, observation_start=None)
    line = definition.line
    if column == "naive" and found.definition.observation_start is None:
        line = f"{line} {survival_source.naive_words(definition)}"
    value = row[column]
    if pd.isna(value):
        return Result(None, "...", definition=line)
    return Result(float(value), flags=(row["flag"],) if row["flag"] else (), definition=line)


@indicator(
    "survie.uk.{years}_ans",
    "Survie des coopératives britanniques après {years} ans, entrée différée",
    unit="ratio",
    decimals=1,
    formula="Kaplan-Meier par jour d’âge, entrée différée, au-delà de {years} × 365,25 jours",
    each=_ages("uk"),
)
def uk_rate(data: Data, years: str) -> Result:
    """The UK register's survival with delayed entry.

    Source: Kaplan and Meier (1958); Klein and Moeschberger (2003), section 4.6.
    """
    return _rate(data, years, "survival")


@indicator(
    "survie.uk_bas.{years}_ans",
    "Borne inférieure de l’intervalle de confiance après {years} ans",
    unit="ratio",
    decimals=1,
    formula="intervalle log-log du niveau de confiance du cycle",
    each=_ages("uk"),
)
def uk_lower(data: Data, years: str) -> Result:
    """The lower bound of the log-log confidence interval.

    Source: Kalbfleisch and Prentice (2002), section 1.4.
    """
    return _rate(data, years, "lower")


@indicator(
    "survie.uk_haut.{years}_ans",
    "Borne supérieure de l’intervalle de confiance après {years} ans",
    unit="ratio",
    decimals=1,
    formula="intervalle log-log du niveau de confiance du cycle",
    each=_ages("uk"),
)
def uk_upper(data: Data, years: str) -> Result:
    """The upper bound of the log-log confidence interval.

    Source: Kalbfleisch and Prentice (2002), section 1.4.
    """
    return _rate(data, years, "upper")


@indicator(
    "survie.uk_naif.{years}_ans",
    "Survie des coopératives britanniques après {years} ans, calcul naïf",
    unit="ratio",
    decimals=1,
    formula="Kaplan-Meier par jour d’âge, toutes les unités à risque dès leur naissance",
    each=_ages("uk"),
)
def uk_naive_rate(data: Data, years: str) -> Result:
    """The same register as if deaths were known since every birth: too high.

    Source: Kaplan and Meier (1958).
    """
    return _rate(data, years, "naive")


@indicator(
    "survie.uk_unites",
    "Coopératives britanniques observées",
    unit="count",
    decimals=0,
    formula="somme des entrées de la table de survie",
    each=_once("uk"),
)
def uk_units(data: Data) -> int:
    """The number of co-operatives under observation in the UK life table."""
    return int(coops(data)["entries"].sum())


@indicator(
    "survie.uk_deces",
    "Dissolutions observées",
    unit="count",
    decimals=0,
    formula="somme des décès de la table de survie",
    each=_once("uk"),
)
def uk_deaths(data: Data) -> int:
    """The number of deaths in the UK life table."""
    return int(coops(data)["deaths"].sum())


@indicator(
    "survie.registre.{years}_ans",
    "Survie des coopératives du registre après {years} ans",
    unit="ratio",
    decimals=1,
    formula="Kaplan-Meier par jour d’âge, au-delà de {years} × 365,25 jours",
    each=_ages("registre"),
)
def register_rate(data: Data, years: str) -> Result:
    """The co-operatives' survival in the register that the cycle names.

    Source: Kaplan and Meier (1958); Klein and Moeschberger (2003), section 4.6.
    """
    return _rate(data, years, "survival")


@indicator(
    "survie.registre_bas.{years}_ans",
    "Borne inférieure de l’intervalle de confiance après {years} ans, registre",
    unit="ratio",
    decimals=1,
    formula="intervalle log-log du niveau de confiance du cycle",
    each=_ages("registre"),
)
def register_lower(data: Data, years: str) -> Result:
    """The lower bound of the log-log confidence interval.

    Source: Kalbfleisch and Prentice (2002), section 1.4.
    """
    return _rate(data, years, "lower")


@indicator(
    "survie.registre_haut.{years}_ans",
    "Borne supérieure de l’intervalle de confiance après {years} ans, registre",
    unit="ratio",
    decimals=1,
    formula="intervalle log-log du niveau de confiance du cycle",
    each=_ages("registre"),
)
def register_upper(data: Data, years: str) -> Result:
    """The upper bound of the log-log confidence interval.

    Source: Kalbfleisch and Prentice (2002), section 1.4.
    """
    return _rate(data, years, "upper")


@indicator(
    "survie.registre_naif.{years}_ans",
    "Survie des coopératives du registre après {years} ans, calcul naïf",
    unit="ratio",
    decimals=1,
    formula="1 − fins connues avant {years} ans ÷ naissances; Kaplan-Meier sans entrée différée "
    "quand l’observation commence tard",
    each=_ages("registre"),
)
def register_naive_rate(data: Data, years: str) -> Result:
    """The naive rate of the same co-operatives: too high."""
    return _rate(data, years, "naive")


@indicator(
    "survie.registre_unites",
    "Coopératives du registre observées",
    unit="count",
    decimals=0,
    formula="somme des entrées de la table de survie",
    each=_once("registre"),
)
def register_units(data: Data) -> int:
    """The number of co-operatives under observation in the register."""
    return int(coops(data)["entries"].sum())


@indicator(
    "survie.registre_deces",
    "Fins de coopératives observées dans le registre",
    unit="count",
    decimals=0,
    formula="somme des décès de la table de survie",
    each=_once("registre"),
)
def register_deaths(data: Data) -> int:
    """The number of deaths of co-operatives in the register."""
    return int(coops(data)["deaths"].sum())


def _beside(data: Data, years: str, column: str) -> Result:
    frame = data.frame("survie.autres")
    row = frame[frame["years"] == int(years)].iloc[0]
    definition = survival_source.source_of(data).definition
    line = replace(definition, population="autres entreprises du même registre").line
    sides, flags = {
        "second_survival": (("second",), (row["second_flag"],)),
        "gap": (("first", "second"), _flags_of_both(row)),
    }[column]
    if any(pd.isna(row[f"{side}_survival"]) for side in sides):
        return Result(None, "...", definition=line)
    value = row[column]  # a gap is missing where one side is withheld
    number = None if pd.isna(value) else float(value) * (100 if column == "gap" else 1)
    return Result(number, flags=tuple(flag for flag in flags if flag), definition=line)


def _flags_of_both(row: pd.Series) -> tuple[str, ...]:
    flags = {row["first_flag"], row["second_flag"]}
    return ("F",) if "F" in flags else ("E",) if "E" in flags else ()


@indicator(
    "survie.registre_autres.{years}_ans",
    "Survie des autres entreprises du registre après {years} ans",
    unit="ratio",
    decimals=1,
    formula="Kaplan-Meier par jour d’âge, même définition que pour les coopératives",
    each=_ages_with_others,
)
def other_rate(data: Data, years: str) -> Result:
    """The survival of the register's other firms, under the very same definition.

    Source: Kaplan and Meier (1958); Klein and Moeschberger (2003), section 4.6.
    """
    return _beside(data, years, "second_survival")


@indicator(
    "survie.registre_ecart.{years}_ans",
    "Écart avec les autres entreprises du registre après {years} ans",
    unit="points",
    decimals=1,
    formula="taux des coopératives − taux des autres entreprises, même définition",
    each=_ages_with_others,
)
def other_gap(data: Data, years: str) -> Result:
    """Co-operatives' rate minus that of the register's other firms, in percentage points."""
    return _beside(data, years, "gap")
