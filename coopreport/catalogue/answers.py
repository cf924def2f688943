"""Answers: what became of each ask of the record, how long it took, and what was granted."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from coopreport.analysis import asks, funding
from coopreport.catalogue.base import CATALOGUE, column_by, records, share_result
from coopreport.catalogue.prices import index_by_year
from coopreport.data import Data
from coopreport.definitions import Keys
from coopreport.fiscal import start_year
from coopreport.indicators import Result

indicator, frame = CATALOGUE.indicator, CATALOGUE.frame


def each_answered(data: Data) -> Iterator[Keys]:
    """The asks with some evidence of what became of them; `ask` is `a2023-01` in names."""
    return _keys(data.frame("demandes.delais")["ask_id"])


def each_granted(data: Data) -> Iterator[Keys]:
    """The asks in answer to which an amount was granted."""
    return _keys(data.frame("demandes.reponses")["ask_id"])


def _keys(ids: pd.Series) -> Iterator[Keys]:
    return ({"ask": ask.lower(), "code": ask} for ask in ids)


@frame("demandes.issues")
def outcomes(data: Data) -> pd.DataFrame:
    """Each piece of evidence, with the date, the amount and the source of the grant it names.

    `decided` is a date as precise as it is known; `decision` is the same for the sources of one
    grant; `known_later` tells that all of it is after the cut-off.
    """
    grants = {row["grant_row"]: row for row in records(data.rows("grants"))}
    titles = column_by(data.rows("documents"), "document", "title")
    rows = []
    for row in records(data.rows("outcomes")):
        grant = grants.get(row["grant_row"])
        if grant:
            announced = grant["announced"]
            found = {
                "decided": announced.isoformat() if announced else row["decided"],
                "amount": grant["amount"],
                "decision": grant["grant_id"],
                "source": grant["source_title"],
            }
        else:
            found = {
                "decision": row["outcome_id"],
                "source": titles.get(row["document"]),
            }
        made = {**row, **found}
        first = asks.day_bounds(made["decided"])[0] if made["decided"] else None
        rows.append({**made, "known_later": first is not None and first > data.cycle.cut_off})
    return pd.DataFrame(rows).astype({"amount": "Int64"})


@frame("demandes.delais")
def delays(data: Data) -> pd.DataFrame:
    """For each ask with evidence, the bounds of the delay to its first answer, where known.

    `published` and `decided` are the two dates as they are known, None when they are not;
    `days_min` and `days_max` the bounds.
    """
    record = data.frame("demandes.registre")
    evidence = data.frame("demandes.issues").dropna(subset=["ask_id"])
    papers = {row["document"]: row for row in records(data.rows("documents"))}
    rows = []
    for ask in records(record[record["ask_id"].isin(evidence["ask_id"])]):
        paper = papers[ask["document"]]
        first, last = paper["published_first"], paper["published_last"]
        asked = asks.hull(map(asks.day_bounds, (first, last))) if first and last else None
        dated = evidence[evidence["ask_id"] == ask["ask_id"]].dropna(subset=["decided"])
        bounds = [
            asks.hull(map(asks.day_bounds, dates))
            for _, dates in dated.groupby("decision")["decided"]
        ]
        found = asks.delay(asked, bounds) or (None, None)
        rows.append(
            {
                "ask_id": ask["ask_id"],
                "title": ask["title"],
                "document": ask["document"],
                "published_first": first,
                "published_last": last,
                "decided": min(dated["decided"], default=None),
                "days_min": found[0],
                "days_max": found[1],
            }
        )
    columns = ["ask_id", "title", "document", "published_first", "published_last", "decided"]
    table = pd.DataFrame(rows, columns=[*columns, "days_min", "days_max"])
    return table.astype({"days_min": "Int64", "days_max": "Int64"})


@frame("demandes.reponses")
def answers(data: Data) -> pd.DataFrame:
    """For each ask that money answers: what was asked over its years, the least and most granted.

    `gap_min` and `gap_max` are granted minus asked, missing when no total is asked.
    """
    record = data.frame("demandes.registre")
    evidence = data.frame("demandes.issues").dropna(subset=["ask_id"])
    rows = []
    for ask in records(record):
        found = asks.granted_bounds(records(evidence[evidence["ask_id"] == ask["ask_id"]]))
        if found:
            asked = ask["asked"]
            rows.append(
                {
                    "ask_id": ask["ask_id"],
                    "title": ask["title"],
                    "asked": asked,
                    "granted_min": found[0],
                    "granted_max": found[1],
                    "gap_min": None if asked is None else found[0] - asked,
                    "gap_max": None if asked is None else found[1] - asked,
                }
            )
    amounts = ["asked", "granted_min", "granted_max", "gap_min", "gap_max"]
    return pd.DataFrame(rows, columns=["ask_id", "title", *amounts]).astype(
        dict.fromkeys(amounts, "Int64")
    )


@frame("demandes.par_exercice")
def by_fiscal_year(data: Data) -> pd.DataFrame:
    """All that the cycle asks and all that is granted, year by year, in nominal and real dollars.

    `answering` is the part granted in answer to an ask of the record. Real dollars are those of
    the base year, missing where the index is.
    """
    table = data.frame("financement.accorde_et_demande").drop(columns="asked")
    asked = dict(funding.by_year(data.frame("financement.calendrier")))
    answering = dict(funding.by_year(funding.spread_grants(_linked_grants(data))))
    index = index_by_year(data)
    years = list(table["fiscal_year"])
    sums = [asked.get(year) or None for year in years]
    real = [
        None
        if amount is None
        else funding.real_dollars(int(amount), start_year(year), data.cycle.base_year, index)
        for year, amount in zip(years, sums, strict=True)
    ]
    return table.assign(
        asked=pd.array(sums, dtype="Int64"),
        asked_real=pd.Series(real, dtype=object),
        answering=pd.array([answering.get(year) for year in years], dtype="Int64"),
    )


def _linked_grants(data: Data) -> pd.DataFrame:
    """Return the preferred row of each grant that answers an ask of the record."""
    rows = data.rows("grants", preferred=True)
    evidence = data.frame("demandes.issues").dropna(subset=["ask_id"])
    return rows[rows["grant_id"].isin(evidence["decision"])]


@indicator(
    "demandes.delai_min.{ask}",
    "Délai le plus court de la demande {code} à sa première réponse",
    unit="days",
    decimals=0,
    formula="premier jour possible de la réponse − dernier jour possible de la parution",
    each=each_answered,
)
def shortest_delay(data: Data, ask: str, code: str) -> Result | int:
    """The least days from an ask to its first answer, where both dates are known."""
    return _days(data, code, "days_min")


@indicator(
    "demandes.delai_max.{ask}",
    "Délai le plus long de la demande {code} à sa première réponse",
    unit="days",
    decimals=0,
    formula="dernier jour possible de la réponse − premier jour possible de la parution",
    each=each_answered,
)
def longest_delay(data: Data, ask: str, code: str) -> Result | int:
    """The most days from an ask to its first answer, where both dates are known."""
    return _days(data, code, "days_max")


def _days(data: Data, code: str, column: str) -> Result | int:
    days = column_by(data.frame("demandes.delais"), "ask_id", column)[code]
    return Result(None, "..") if pd.isna(days) else int(days)


@indicator(
    "demandes.delais_connus",
    "Demandes dont le délai de réponse est connu",
    unit="count",
    decimals=0,
    formula="nombre de demandes dont la parution et la première réponse sont datées",
)
def known_delays(data: Data) -> int:
    """The number of asks whose delay to the first answer is known."""
    return int(data.frame("demandes.delais")["days_min"].notna().sum())


@indicator(
    "demandes.demande.{ask}",
    "Demandé en tout par la demande {code}",
    unit="CAD_M",
    decimals=2,
    formula="montant de la demande × exercices, du premier au dernier, là où la fin est écrite",
    each=each_granted,
)
def asked_in_all(data: Data, ask: str, code: str) -> Result | int:
    """The dollars of one ask over its fiscal years, where a total is asked."""
    amount = column_by(data.frame("demandes.reponses"), "ask_id", "asked")[code]
    return Result(None, ".") if pd.isna(amount) else int(amount)


@indicator(
    "demandes.accorde_min.{ask}",
    "Accordé en réponse à la demande {code}, au moins",
    unit="CAD_M",
    decimals=2,
    formula="somme des aides qui y répondent, au plus petit des montants publiés",
    each=each_granted,
)
def granted_at_least(data: Data, ask: str, code: str) -> int:
    """The least dollars granted in answer to one ask, its sources disagreeing or not."""
    return int(column_by(data.frame("demandes.reponses"), "ask_id", "granted_min")[code])


@indicator(
    "demandes.accorde_max.{ask}",
    "Accordé en réponse à la demande {code}, au plus",
    unit="CAD_M",
    decimals=2,
    formula="somme des aides qui y répondent, au plus grand des montants publiés",
    each=each_granted,
)
def granted_at_most(data: Data, ask: str, code: str) -> int:
    """The most dollars granted in answer to one ask, its sources disagreeing or not."""
    return int(column_by(data.frame("demandes.reponses"), "ask_id", "granted_max")[code])


@indicator(
    "demandes.aides_liees",
    "Aides rattachées à une demande du registre",
    unit="count",
    decimals=0,
    formula="nombre d’aides de l’Entente rattachées à une demande",
)
def linked_grants(data: Data) -> int:
    """The number of grants that answer an ask of the record."""
    return len(_linked_grants(data))


@indicator(
    "demandes.aides_sans_demande",
    "Aides sans demande au registre",
    unit="count",
    decimals=0,
    formula="nombre d’aides de l’Entente auxquelles aucune demande du registre n’est rattachée",
)
def unlinked_grants(data: Data) -> int:
    """The number of grants without an ask in the record."""
    return len(data.rows("grants", preferred=True)) - len(_linked_grants(data))


@indicator(
    "demandes.accorde_lie",
    "Accordé par les aides rattachées à une demande du registre",
    unit="CAD_M",
    decimals=2,
    formula="somme des aides de l’Entente rattachées à une demande, une seule source par aide",
)
def linked_amount(data: Data) -> int:
    """The dollars of the grants that answer an ask of the record, one source each."""
    return int(_linked_grants(data)["amount"].sum())


@indicator(
    "demandes.part_liee",
    "Part de l’accordé qui est rattachée à une demande du registre",
    unit="ratio",
    decimals=1,
    formula="aides rattachées à une demande ÷ toutes les aides de l’Entente",
)
def linked_share(data: Data) -> Result:
    """The share of the dollars granted that answers an ask of the record."""
    every = int(data.rows("grants", preferred=True)["amount"].sum())
    return share_result(funding.share(data.value("demandes.accorde_lie"), every))


@indicator(
    "demandes.apres_coupure",
    "Décisions postérieures à la date de coupure",
    unit="count",
    decimals=0,
    formula="nombre de décisions, toutes sources réunies, datées d’après la date de coupure",
)
def answers_after_cut_off(data: Data) -> int:
    """The number of decisions that date from after the cut-off, whatever their sources."""
    evidence = data.frame("demandes.issues")
    return int(evidence.loc[evidence["known_later"], "decision"].nunique())
