"""One region's sheet: what the tables and the cycle's register say of it, beside all of Québec.

The region is the parameter `region` of the sheet's notebook, so nothing of this file exists in the
report of a cycle. What nobody gives is `..`, and words say what is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pandas as pd

from coopreport.analysis import breakdown, survival
from coopreport.catalogue import survival_source
from coopreport.catalogue.base import CATALOGUE
from coopreport.catalogue.portrait import FIGURES
from coopreport.data import Data
from coopreport.definitions import Keys
from coopreport.indicators import Result
from coopreport.locale import NBSP
from coopreport.regions.sheet import CODES
from coopreport.registers.schema import UNKNOWN

indicator, frame = CATALOGUE.indicator, CATALOGUE.frame

NO_REGISTER = "aucun registre québécois n’est joint à ce cycle"
NO_PLACE = "le registre nommé par ce cycle ne place pas les coopératives dans les régions du Québec"
NO_PORTRAIT = "la table du portrait ne donne aucun chiffre par région"
NO_ASK = "la table des demandes n’en rattache aucune à une région"
NOTHING = "rien"
WHOLE = "Tout le registre"


def _code(data: Data) -> str:
    return str(data.cycle.parameter("region", "region"))


def _once(data: Data) -> Iterator[Keys]:
    """Return the one indicator of a sheet; none where no region is asked for."""
    _code(data)
    yield {}


def _ages(data: Data) -> Iterator[Keys]:
    _code(data)
    for years in data.cycle.parameter("survie", "years"):
        yield {"years": str(years)}


def _row(data: Data) -> pd.Series:
    return data.rows("regions", region_code=_code(data)).iloc[0]


def counts(data: Data) -> pd.DataFrame | None:
    """Return the life table of the region's co-operatives, without a row when it has none.

    None when no Québec register is named or when it does not place its units in a region.
    """
    register = data.cycle.register
    if register is None or register.kind == "uk":
        return None
    found = survival_source.source_of(data)
    tables = survival_source.life_tables(data, found.definition)
    if "region" not in tables:
        return None
    table = survival_source.cooperatives(tables["region"])
    if not set(table["region"]) <= {*CODES, UNKNOWN}:
        return None  # a register in our own schema may name other regions than these
    return table[table["region"] == _code(data)].reset_index(drop=True)


@frame("region.source")
def source(data: Data) -> pd.DataFrame:
    """What the sheet is computed from, in one row: the region, the register and what is missing."""
    row, register = _row(data), data.cycle.register
    known = counts(data) is not None
    if known:
        found = survival_source.source_of(data)
        sentence, definition = found.sentence, found.definition.line
    else:
        missing = NO_REGISTER if register is None else NO_PLACE
        sentence = (
            f"Aucun taux de survie régional ne peut être donné{NBSP}: {missing}. "
            f"Les cases marquées «{NBSP}..{NBSP}» attendent un registre qui dise où sont les "
            "coopératives."
        )
        definition = "Sans taux régional, il n’y a pas de définition à donner."
    return pd.DataFrame(
        [
            {
                "code": row["region_code"],
                "name": row["name"],
                "known": known,
                "sentence": sentence,
                "definition": definition,
            }
        ]
    )


@frame("region.courbes")
def curves(data: Data) -> pd.DataFrame:
    """The survival curves of the region and of the whole register, in percent, ready to draw.

    `years` (age), `rate`, `low`, `high` and `curve`, the name of whom it is of. Both stop where the
    region has fewer units at risk than the threshold of `F`: beyond, its rates are not published.
    No row where no register tells, or where too few units are at risk at any age.

    Source: Kaplan and Meier (1958); Klein and Moeschberger (2003), section 4.6.
    """
    table, reading = counts(data), survival_source.reading_of(data)
    absent = pd.DataFrame(columns=["years", "rate", "low", "high", "curve"])
    if table is None or table.empty:
        return absent
    region = survival.kaplan_meier(table, confidence=reading.confidence)
    reliable = region[region["at_risk"].cummin() >= reading.unreliable]
    if len(reliable) < 2:
        return absent
    whole = data.frame("survie.courbe")
    parts = {
        _row(data)["name"]: reliable,
        WHOLE: whole[whole["age_days"] <= reliable["age_days"].max()],
    }
    return pd.concat([_drawn(part, name) for name, part in parts.items()], ignore_index=True)


def _drawn(curve: pd.DataFrame, name: str) -> pd.DataFrame:
    survives = curve["survival"]
    return pd.DataFrame(
        {
            "years": curve["age_days"] / survival.DAYS_PER_YEAR,
            "rate": 100 * survives,
            "low": 100 * curve["lower"].fillna(survives),
            "high": 100 * curve["upper"].fillna(survives),
            "curve": name,
        }
    )


@frame("region.survie")
def rates(data: Data) -> pd.DataFrame:
    """The region's rates at the cycle's ages, beside those of all co-operatives of the register."""
    reading = survival_source.reading_of(data)
    table = counts(data)
    if table is None:
        names = ("births", "at_risk", "deaths", "survival", "lower", "upper", "quebec")
        absent = {**dict.fromkeys(names), "flag": "", "status": "..", "quebec_status": ".."}
        return pd.DataFrame([{"years": years, **absent} for years in reading.years])
    rows = reading.rows(table) if len(table) else _nobody(reading)
    whole = data.frame("survie.taux").set_index("years")
    found = pd.DataFrame(rows)
    return found.assign(
        status=[_status(row) for row in rows],
        quebec=[whole.loc[years, "survival"] for years in found["years"]],
        quebec_status=[whole.loc[years, "status"] for years in found["years"]],
    )


def _nobody(reading: breakdown.Reading) -> list[dict[str, Any]]:
    """Return the rows of a region where the register has no co-operative."""
    counted = {"births": 0, "at_risk": 0, "deaths": 0}
    absent = dict.fromkeys(("survival", "lower", "upper"))
    return [{"years": years, **counted, **absent, "flag": ""} for years in reading.years]


def _status(row: dict[str, Any]) -> str:
    return "..." if pd.isna(row["survival"]) else str(row["flag"])


@frame("region.connu")
def known_facts(data: Data) -> pd.DataFrame:
    """What is known of the region and of Québec, fact by fact, and what is missing."""
    regions, row = data.rows("regions"), _row(data)
    month = f"{data.cycle.cut_off:%Y-%m}"
    facts = [
        _fact("Population", row["population"], regions["population"].sum()),
        _fact("Municipalités", row["municipalities"], regions["municipalities"].sum()),
    ]
    for _, measure, label, unit, decimals in FIGURES:
        printed = data.rows("portrait", as_of=month, measure=measure)["value"]
        whole = printed.iloc[0] if len(printed) else None
        facts.append(_fact(label, None, whole, unit, int(decimals), missing=NO_PORTRAIT))
    asks = data.value("financement.nombre")
    facts.append(_fact("Demandes du mémoire", None, asks, missing=NO_ASK))
    return pd.DataFrame(facts, dtype=object)  # a missing count makes no fraction of the others


def _fact(
    label: str, here: Any, quebec: Any, unit: str = "count", decimals: int = 0, missing: str = ""
) -> dict[str, Any]:
    return {
        "label": label,
        "here": here,
        "quebec": quebec,
        "unit": unit,
        "decimals": decimals,
        "missing": missing or NOTHING,
    }


@indicator(
    "region.population",
    "Population de la région",
    unit="count",
    decimals=0,
    formula="valeur de la table des régions",
    each=_once,
)
def population(data: Data) -> int:
    """The region's population, as the table of regions gives it."""
    return int(_row(data)["population"])


@indicator(
    "region.municipalites",
    "Municipalités de la région",
    unit="count",
    decimals=0,
    formula="valeur de la table des régions",
    each=_once,
)
def municipalities(data: Data) -> int:
    """The number of the region's municipalities, as the table of regions gives it."""
    return int(_row(data)["municipalities"])


@indicator(
    "region.part_population",
    "Part de la région dans la population du Québec",
    unit="ratio",
    decimals=1,
    formula="population de la région ÷ somme des régions",
    each=_once,
)
def population_share(data: Data) -> Fraction:
    """The region's population over that of all regions."""
    return Fraction(data.value("region.population"), int(data.rows("regions")["population"].sum()))


def _count(data: Data, column: str) -> Result | int:
    table = counts(data)
    return Result(None, "..") if table is None else int(table[column].sum())


@indicator(
    "region.unites",
    "Coopératives de la région observées dans le registre",
    unit="count",
    decimals=0,
    formula="somme des entrées de la table de survie de la région",
    each=_once,
)
def units(data: Data) -> Result | int:
    """The number of the region's co-operatives under observation in the register."""
    return _count(data, "entries")


@indicator(
    "region.fins",
    "Fins de coopératives de la région observées dans le registre",
    unit="count",
    decimals=0,
    formula="somme des décès de la table de survie de la région",
    each=_once,
)
def deaths(data: Data) -> Result | int:
    """The number of deaths of the region's co-operatives in the register."""
    return _count(data, "deaths")


@indicator(
    "region.survie.{years}_ans",
    "Survie des coopératives de la région après {years} ans",
    unit="ratio",
    decimals=1,
    formula="Kaplan-Meier par jour d’âge, au-delà de {years} × 365,25 jours",
    each=_ages,
)
def rate(data: Data, years: str) -> Result:
    """The survival of the region's co-operatives, under the definition of the survival chapter.

    Source: Kaplan and Meier (1958); Klein and Moeschberger (2003), section 4.6.
    """
    definition = data.frame("region.source")["definition"].iloc[0]
    row = data.frame("region.survie").set_index("years").loc[int(years)]
    if pd.isna(row["survival"]):
        return Result(None, str(row["status"]), definition=definition)
    flags = (row["flag"],) if row["flag"] else ()
    return Result(float(row["survival"]), flags=flags, definition=definition)
