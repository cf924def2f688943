"""Claims: every published number beside what is computed, and what the facts show of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from fractions import Fraction
from typing import Any

import pandas as pd

from coopreport import claims
from coopreport.analysis import comparison, consistency, findings
from coopreport.catalogue.base import CATALOGUE
from coopreport.catalogue.grants import AGREEMENT
from coopreport.catalogue.recommendations import HEADLINE
from coopreport.catalogue.survival import brief_study
from coopreport.claims import Checked, Claim
from coopreport.cycles import UnknownParameter
from coopreport.data import Data
from coopreport.definitions import Keys, UnknownName
from coopreport.errors import BadData
from coopreport.indicators import Indicator
from coopreport.locale import exact

indicator, frame = CATALOGUE.indicator, CATALOGUE.frame

STATUSES = (
    # name, status, label
    ("conformes", "conforme", "Énoncés conformes"),
    ("ecarts_connus", "ecart_connu", "Écarts connus"),
    ("ecarts", "ecart", "Écarts inexpliqués"),
    ("non_calculables", "non_calculable", "Énoncés non calculables"),
)


def claims_of(data: Data) -> tuple[Claim, ...]:
    """Return the claims of the cycle, its own and those of every cycle, document by document.

    Those of every cycle that are published rates wait until the rate is in print.
    """
    rows, documents = data.rows("claims"), data.labels("claims", "document")
    printed = set(data.known("survival_published")["rate_id"])
    told = rows["rate_id"].isna() | rows["rate_id"].isin(printed)
    kept = rows[(rows["cycle"].isna() & told) | (rows["cycle"] == data.cycle.id)]
    order = kept["document"].map({code: rank for rank, code in enumerate(documents)})
    ordered = kept.loc[order.sort_values(kind="stable").index]
    return claims.read_claims(ordered, documents)


def check_all(data: Data) -> tuple[Checked, ...]:
    """Return every claim of the cycle beside what is computed, in the order of the documents.

    Raises:
        BadData: a claim names an indicator that does not exist, that has another unit, or that
            is the printed number itself read back.
    """
    rates = {row["rate_id"]: row for row in data.rows("survival_published").to_dict("records")}
    checked = []
    for claim in claims_of(data):
        found, missing = _indicator(data, claim, "indicator")
        again, _ = _indicator(data, claim, "read_back")
        if found is not None and found.parameters.get("scenario"):
            found, missing = None, "Un scénario ne vérifie aucun énoncé."
        if again is not None and again.parameters.get("scenario"):
            again = None
        if found is not None and _is_circular(claim, found):
            rule = "l’indicateur relit le même nombre imprimé, il ne le vérifie pas"
            remedy = "nommez un indicateur calculé autrement, ou laissez la cellule vide."
            raise BadData([claims.fault_of(claim, "indicator", found.id, rule, remedy)])
        read_back: Fraction | None = None
        if claim.rate_id:
            read_back = exact(rates[claim.rate_id]["rate"])
        elif again is not None and again.value is not None:
            read_back = claims.in_unit_of(claim, again)
        checked.append(claims.check(claim, found, read_back, missing))
    return tuple(checked)


def _indicator(data: Data, claim: Claim, column: str) -> tuple[Indicator | None, str]:
    """Return the indicator that a column of the claim names, or None and why there is none."""
    name = str(getattr(claim, column))
    if not name:
        return None, ""
    try:
        return data.indicator(name), ""
    except UnknownParameter:
        return None, "Le cycle n’a pas le chapitre dont ce calcul dépend."
    except UnknownName as error:
        if data.may_be(name):
            return None, "Le cycle n’a pas les faits dont ce calcul dépend."
        rule = "aucun indicateur ne porte ce nom"
        raise BadData([claims.fault_of(claim, column, name, rule, error.remedy)]) from None


def _is_circular(claim: Claim, found: Indicator) -> bool:
    """Tell whether the indicator is the claim's own printed number, read back."""
    own_rate = [(read.table, read.keys) for read in found.reads] == [
        ("survival_published", (claim.rate_id,))
    ]
    return found.id == claim.read_back or own_rate


def _rates(data: Data) -> list[dict[str, Any]]:
    return [
        {str(k): v for k, v in row.items()}
        for row in data.rows("survival_published").to_dict("records")
    ]


@frame(claims.FRAME)
def register(data: Data) -> pd.DataFrame:
    """Every claim with its status, what is computed and the difference, document by document."""
    return pd.DataFrame(
        [
            {
                **asdict(each.claim),
                "status": each.status,
                "status_label": claims.STATUSES[each.status],
                "computed": each.computed,
                "difference": each.difference,
                "shown": each.shown,
                "gap": each.gap,
                "why": each.reason,
                "surprise": each.surprise,
            }
            for each in check_all(data)
        ]
    )


@frame("enonces.controles")
def remarks(data: Data) -> pd.DataFrame:
    """What the claims say of one another: values, periods, totals, cohorts, comparators."""
    found = consistency.check_claims(claims_of(data), _rates(data))
    columns = ["check", "verdict", "claims", "sentence", "assumption"]
    return pd.DataFrame([asdict(each) for each in found], columns=columns)


@frame("enonces.constats")
def facts(data: Data) -> pd.DataFrame:
    """What the computed facts show of the published ones, each with its assumption."""
    told = {
        _comparators: ("brief_survival",),
        _advantage: ("brief_survival", "canadian_study"),
        _cohorts: ("canadian_study",),
        _gdp: ("brief_portrait",),
        _grant: ("asks", "grants"),
        _headline: ("asks",),
    }
    if data.cycle.scenario:  # these two are about what the brief asks
        del told[_grant], told[_headline]
    made = [find(data) for find, needs in told.items() if all(map(data.knows, needs))]
    rows = [{**asdict(each), "uses": ", ".join(each.uses)} for each in made if each]
    return pd.DataFrame(rows, columns=["id", "title", "sentence", "assumption", "uses"])


def _comparators(data: Data) -> findings.Finding | None:
    study = data.cycle.parameter("survie", "study")
    old = consistency.vintages(claims_of(data), _rates(data))
    mine = [each for each in old if each.coop["study"] == study]
    uses = dict.fromkeys(r["rate_id"] for each in mine for r in (each.comparator, *each.earlier))
    return findings.comparators_in_print(mine, tuple(uses))


def _advantage(data: Data) -> findings.Finding | None:
    study = data.cycle.parameter("survie", "canadian_study")
    births = data.rows("survival_published", study=study, role="comparator")
    printed = data.rows("survival_published", study=brief_study(data), role="coop")["years"]
    ages = sorted(set(printed) & set(births["years"]))
    names = {age: (f"survie.ecart.{age}_ans", f"survie.ecart_canada.{age}_ans") for age in ages}
    gaps = {int(age): (data.value(own), data.value(other)) for age, (own, other) in names.items()}
    if not gaps or births[["cohort_first", "cohort_last"]].isna().any(axis=None):
        return None
    first, last = int(births["cohort_first"].min()), int(births["cohort_last"].max())
    uses = [name for pair in names.values() for name in pair]
    return findings.smaller_advantage(gaps, first, last, uses)


def _cohorts(data: Data) -> findings.Finding | None:
    study = data.cycle.parameter("survie", "study")
    rows = data.rows("survival_published", study=study, role="coop")
    row = rows.sort_values("years").iloc[-1]
    needed = ("cohort_first", "cohort_last", "study_year")
    if any(pd.isna(row[name]) for name in needed):
        return None
    age, year = int(row["years"]), int(row["study_year"])
    births = comparison.unobservable(int(row["cohort_first"]), int(row["cohort_last"]), age, year)
    return findings.too_young(births, age, year, [str(row["rate_id"])])


def _gdp(data: Data) -> findings.Finding | None:
    year = data.cycle.parameter("portrait", "gdp_year")
    computed = f"portrait.part_pib_recalculee.{year}"
    return findings.share_of_gdp(
        data.value("portrait.revenus"),
        100 * data.value(computed),
        data.value("portrait.part_pib"),
        year,
        ["portrait.revenus", "portrait.part_pib", computed],
    )


def _grant(data: Data) -> findings.Finding | None:
    code = AGREEMENT.lower()
    asks = data.rows("recommendations", cycle=data.cycle.id, ask_id=AGREEMENT)
    grants = data.rows("grants", grant_id=asks["base_grant"].iloc[0], preferred=True)
    if grants.empty or pd.isna(grants["years"].iloc[0]):
        return None
    return findings.increase_over_grant(
        data.value(f"financement.annuel.{code}"),
        data.value(f"financement.base.{code}"),
        int(grants["years"].iloc[0]),
        grants["years_status"].iloc[0] == "stated",
        [f"financement.annuel.{code}", f"financement.base.{code}", f"financement.hausse.{code}"],
    )


def _headline(data: Data) -> findings.Finding | None:
    calendar = data.frame("financement.calendrier")
    asked = calendar[calendar["ask_id"] != HEADLINE]
    running = {
        str(year): int((amounts > 0).sum())
        for year, amounts in asked.groupby("fiscal_year", sort=False)["amount"]
    }
    return findings.years_of_headline(
        int(data.value("financement.annonce")),
        data.frame("financement.verification"),
        running,
        ["financement.annonce", "financement.verification", "financement.calendrier"],
    )


def each_status(data: Data) -> Iterator[Keys]:
    """The statuses of a claim."""
    return (dict(zip(("name", "status", "title"), each, strict=True)) for each in STATUSES)


@indicator(
    "enonces.total",
    "Énoncés publiés examinés",
    unit="count",
    decimals=0,
    formula="nombre de lignes de la table des énoncés qui relèvent du cycle",
)
def total(data: Data) -> int:
    """The number of claims of the cycle."""
    return len(data.frame("enonces.registre"))


@indicator(
    "enonces.{name}",
    "{title}",
    unit="count",
    decimals=0,
    formula="nombre d’énoncés de ce statut, à la précision imprimée",
    each=each_status,
)
def with_status(data: Data, status: str, **_: str) -> int:
    """The number of claims that have one status."""
    return int((data.frame("enonces.registre")["status"] == status).sum())


@indicator(
    "enonces.contradictions",
    "Nombres imprimés qui se contredisent",
    unit="count",
    decimals=0,
    formula="contrôles des énoncés entre eux dont le verdict est « contradiction »",
)
def contradictions(data: Data) -> int:
    """The number of checks among the claims that found a contradiction."""
    return int((data.frame("enonces.controles")["verdict"] == consistency.CONTRADICTION).sum())


@indicator(
    "enonces.a_preciser",
    "Énoncés que leurs documents devraient préciser",
    unit="count",
    decimals=0,
    formula="contrôles des énoncés entre eux dont le verdict est « à préciser »",
)
def unclear(data: Data) -> int:
    """The number of checks among the claims that call for a precision."""
    return int((data.frame("enonces.controles")["verdict"] == consistency.CAUTION).sum())
