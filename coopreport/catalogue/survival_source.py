"""What the survival chapter is computed from: the cycle's register, or the UK life table.

Both give the same things: a definition, life tables of co-operatives by group, and words that say
which it is. No function here knows an indicator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from coopreport.analysis.breakdown import Reading
from coopreport.analysis.definition import TAKEOVERS, Definition
from coopreport.data import Data
from coopreport.indicators import SYNTHETIC_MARK, SYNTHETIC_WORDS
from coopreport.locale import NBSP, format_date
from coopreport.registers import quebec_layout, uk, uk_names
from coopreport.registers.schema import UNKNOWN, Account

UK_TABLE = "life_table_uk"
UNKNOWN_TYPE = "unknown"
"""The code of an unknown type in data/life_table_uk.csv."""

DIMENSIONS: Mapping[str, str] = {
    "type": "Type",
    "sector": "Secteur",
    "region": "Région",
    "cohort": "Année de naissance",
}
"""What co-operatives are broken down by, in the order of the chapter."""

COOPERATIVE, OTHER = "cooperative", "other"


@dataclass(frozen=True)
class Source:
    """The source of the chapter. `base` begins the name of its indicators: `uk` or `registre`.

    `coops` names the population in a sentence; `sentence` says which source it is, and why.
    """

    base: str
    coops: str
    sentence: str
    definition: Definition
    synthetic: bool = False
    account: Account | None = None


def reading_of(data: Data) -> Reading:
    """Return the ages, the confidence and the thresholds of the cycle."""
    names = ("years", "confidence", "caution_below", "unreliable_below")
    return Reading(*(data.cycle.parameter("survie", name) for name in names))


def source_of(data: Data) -> Source:
    """Return the source of the chapter in this cycle: its register when it names one."""
    if data.cycle.register is None:
        return Source(
            "uk",
            "coopératives britanniques",
            "Aucun registre québécois n’est joint à ce cycle. Le calcul est montré sur le registre "
            "ouvert des coopératives britanniques, édition de juin 2017.",
            uk.DEFINITION,
        )
    definition = definition_of(data)
    _, account = data.register().life_tables(definition, [("legal_form",)])
    data.read_register(account)
    name = data.register().title
    if account.synthetic:
        sentence = (
            f"{SYNTHETIC_WORDS.capitalize()}, marquées «{NBSP}{SYNTHETIC_MARK}{NBSP}»"
            f"{NBSP}: le registre nommé par ce cycle est généré, "
            f"dans la forme de «{NBSP}{name}{NBSP}». Aucun de ses taux ne décrit des entreprises "
            "réelles ni ne vérifie un énoncé publié."
        )
    else:
        sentence = f"Le calcul porte sur le registre nommé par ce cycle, «{NBSP}{name}{NBSP}»."
    words = {
        "quebec": "coopératives inscrites au registre du Québec",
        "uk": "coopératives britanniques",
        "csv": "coopératives du registre",
    }[account.kind]
    if account.synthetic:
        words = "coopératives du registre généré"
    return Source("registre", words, sentence, definition, account.synthetic, account)


def definition_of(data: Data) -> Definition:
    """Return the definition of the rates of the cycle's register.

    Births run from the first cohort of the cycle's study, unless the cycle says otherwise, so that
    the recomputed rate and the published one are of the same births.
    """
    entry = data.register().entry
    if entry.kind == "uk":
        base = uk.DEFINITION
    else:
        base = replace(
            QUEBEC if entry.kind == "quebec" else PLAIN,
            first_birth=date(_first_cohort(data), 1, 1),
            cut_off=data.cycle.cut_off,
        )
    cut_off = entry.cut_off or base.cut_off
    return replace(
        base,
        population=uk.population(cut_off) if entry.kind == "uk" else base.population,
        first_birth=entry.first_birth or base.first_birth,
        last_birth=entry.last_birth or base.last_birth,
        cut_off=cut_off,
        observation_start=entry.observation_start or base.observation_start,
    )


def _first_cohort(data: Data) -> int:
    study = data.cycle.parameter("survie", "study")
    rows = data.rows("survival_published", study=study, role="coop")
    return int(rows["cohort_first"].dropna().min())


def life_tables(data: Data, definition: Definition) -> dict[str, pd.DataFrame]:
    """Return life tables under a definition: by each dimension, and `all` by legal form.

    The UK life table, where no register is named, has the type only, and its own definition.
    """
    if data.cycle.register is None:
        rows = data.rows(UK_TABLE).rename(columns={"coop_type": "type"})
        rows = rows.assign(legal_form=COOPERATIVE, type=rows["type"].replace(UNKNOWN_TYPE, UNKNOWN))
        return {"all": rows, "type": rows}
    groupings = [("legal_form",), *(("legal_form", name) for name in DIMENSIONS)]
    tables, account = data.register().life_tables(definition, groupings)
    data.read_register(account, _where(definition))
    found = {"all": tables["legal_form",]}
    for name in DIMENSIONS:
        table = tables["legal_form", name]
        groups = set(table.loc[table["legal_form"] == COOPERATIVE, name])
        if len(groups) > 1:
            found[name] = table
    return found


def _where(definition: Definition) -> tuple[str, ...]:
    """Return what the trail says of the units asked of the register."""
    born = f"birth={definition.first_birth}/{definition.births_end}"
    return (born, f"cut_off={definition.cut_off}", f"deaths={'+'.join(definition.death_kinds)}")


def cooperatives(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of co-operatives, whose legal form a register's table tells."""
    return table[table["legal_form"] == COOPERATIVE].reset_index(drop=True)


def cooperatives_under(data: Data, definition: Definition) -> pd.DataFrame:
    """Return the life table of all co-operatives of the source under a definition."""
    return cooperatives(life_tables(data, definition)["all"])


def has_others(data: Data) -> bool:
    """Tell whether the source counts other firms beside the co-operatives."""
    if data.cycle.register is None:
        return False
    table = life_tables(data, source_of(data).definition)["all"]
    return bool((table["legal_form"] == OTHER).any())


def labels_of(data: Data, dimension: str) -> dict[str, str]:
    """Return the French names of the groups of a dimension; a code without one names itself."""
    unknown = {UNKNOWN: "Inconnu" if dimension in ("type", "sector") else "Inconnue"}
    british = data.cycle.register is not None and data.cycle.register.kind == "uk"
    if dimension == "region" and british:
        return {**uk_names.NATIONS, **unknown}
    if dimension == "region":
        rows = data.rows("regions")
        return dict(zip(rows["region_code"], rows["name"], strict=True)) | unknown
    if dimension == "type":
        return data.labels(UK_TABLE, "coop_type") | unknown
    if dimension == "sector" and british:
        return {**uk_names.SECTORS, **unknown}
    if dimension == "sector":
        return {code: label for code, (label, _, _) in quebec_layout.SECTORS.items()} | unknown
    return unknown


def title_of(data: Data, dimension: str) -> str:
    """Return the name of a dimension; the regions of the United Kingdom are its nations."""
    register = data.cycle.register
    if dimension == "region" and register is not None and register.kind == "uk":
        return "Nation"
    return DIMENSIONS[dimension]


def naive_words(definition: Definition) -> str:
    """Return why the naive rate is too high, in French: it is not the same for every source."""
    if definition.observation_start:
        return (
            "Le calcul naïf suppose tout le monde observé depuis sa naissance. Or les fins d’avant "
            f"le {format_date(definition.observation_start)} ne sont pas connues{NBSP}: les unités "
            "déjà disparues manquent, et la survie paraît trop haute."
        )
    return (
        "Le calcul naïf divise les fins connues par toutes les naissances. Or les naissances "
        f"récentes n’ont pas encore l’âge dit{NBSP}: elles comptent comme survivantes, et la "
        "survie paraît trop haute."
    )


def blank_words(table: pd.DataFrame, dimension: str, title: str) -> str:
    """Return what units of unknown group do to the groups of a dimension, in French; "" for none.

    Where the group is missing more often among the dead than among the others, the known groups
    look better than they are.

    Args:
        title: the name of the dimension in this source, see `title_of`.
    """
    blank = table[table[dimension] == UNKNOWN][["deaths", "exits"]].sum()
    every = table[["deaths", "exits"]].sum()
    if not blank.sum():
        return ""
    dead, alive = (
        blank[name] / every[name] if every[name] else 0.0 for name in ("deaths", "exits")
    )
    what = title.lower()
    article, feminine = ("la ", "e") if dimension == "region" else ("le ", "")
    if dead == alive:
        return f"{(article + what).capitalize()} manque autant aux unités disparues qu’aux autres."
    often, known = ("plus", "surestimée") if dead > alive else ("moins", "sous-estimée")
    return (
        f"{(article + what).capitalize()} manque {often} souvent aux unités disparues qu’aux "
        f"autres{NBSP}: la survie de chaque {what} connu{feminine} est {known}."
    )


QUEBEC = Definition(
    population="coopératives inscrites au Registre des entreprises du Québec (forme COP)",
    unit="entreprise immatriculée (NEQ)",
    birth_event="date de constitution, ou d’immatriculation à défaut",
    death_event="radiation, sur demande ou d’office, à la date du statut",
    takeover_rule=TAKEOVERS["survival"],
    reactivation_rule="non suivie, le registre ne donne que le dernier statut; une entreprise "
    "réimmatriculée est en vie",
    first_birth=date(2002, 1, 1),
    cut_off=date(2023, 1, 31),
)
"""The words of the Québec register's rates; the dates are those of the cycle."""

PLAIN = Definition(
    population="coopératives du registre donné",
    unit="unité inscrite au registre",
    birth_event="date de naissance inscrite",
    death_event="dissolution, radiation ou fin de sorte inconnue, à la date inscrite",
    takeover_rule=TAKEOVERS["survival"],
    reactivation_rule="non suivie, le registre ne donne qu’une fin par unité",
    first_birth=date(2002, 1, 1),
    cut_off=date(2023, 1, 31),
)
"""The words of the rates of a register in the project's own schema."""
