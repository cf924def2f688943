"""Asks: every ask of the movement's record, which come back, and which have an answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from coopreport.analysis import asks
from coopreport.catalogue.base import CATALOGUE, column_by, records
from coopreport.data import Data
from coopreport.definitions import Keys
from coopreport.fiscal import span

indicator, frame = CATALOGUE.indicator, CATALOGUE.frame

STATUSES = (
    # name, status, label
    ("accordees", "granted", "Demandes accordées"),
    ("partielles", "partly", "Demandes accordées en partie"),
    ("en_desaccord", "conflicting", "Demandes dont les sources de réponse sont en désaccord"),
    ("refusees", "refused", "Demandes refusées"),
    ("inconnues", asks.UNKNOWN, "Demandes à l’issue inconnue"),
)


def each_document(data: Data) -> Iterator[Keys]:
    """The documents that hold asks."""
    found = data.frame("demandes.documents")
    kept = found[found["asks"] > 0]
    return ({"document": row["document"], "title": row["title"]} for row in kept.to_dict("records"))


@frame("demandes.registre")
def register(data: Data) -> pd.DataFrame:
    """Every ask, in the order of the record, with its amount, what it continues and its status.

    `amount` and `annual_amount` are those of the recommendation where the ask is one; `asked` is
    the sum over the fiscal years, missing when no end is written; `total_of` names the ask of which
    this one is a part, `is_total` an ask that has parts.
    """
    wanted = {(row["cycle"], row["ask_id"]): row for row in records(data.rows("recommendations"))}
    record = records(data.rows("asks"))
    ids = {(row["recommendation_cycle"], row["recommendation"]): row["ask_id"] for row in record}
    evidence = data.rows("outcomes").dropna(subset=["ask_id"]).groupby("ask_id")["status"].agg(list)
    years = column_by(data.rows("documents"), "document", "year")
    rows = []
    for row in record:
        at = wanted.get((row["recommendation_cycle"], row["recommendation"]))
        rows.append(
            {
                **row,
                "year": years[row["document"]],
                "amount": at["amount"] if at else row["amount"],
                "amount_basis": at["amount_basis"] if at else row["amount_basis"],
                "annual_amount": at["annual_amount"] if at else None,
                "asked": _asked(at) if at else _own_total(row),
                "total_of": ids.get((at["cycle"], at["parent_id"])) if at else None,
                "status": asks.status(evidence.get(row["ask_id"], [])),
            }
        )
    parts: dict[str, list[str]] = {}
    for made in rows:
        if made["total_of"]:
            parts.setdefault(made["total_of"], []).append(made["status"])
    for made in rows:
        made["is_total"] = made["ask_id"] in parts
        if made["is_total"] and made["status"] == asks.UNKNOWN:
            made["status"] = asks.status_of_total(parts[made["ask_id"]])
    whole = dict.fromkeys(("amount", "annual_amount", "asked"), "Int64")
    return pd.DataFrame(rows).astype(whole)


def _asked(recommendation: dict[str, Any]) -> int | None:
    """Return the dollars of a recommendation over its fiscal years, None without a written end."""
    if recommendation["last_fiscal_year"] is None:
        return None
    years = span(recommendation["first_fiscal_year"], recommendation["last_fiscal_year"])
    return int(recommendation["annual_amount"]) * len(years)


def _own_total(ask: dict[str, Any]) -> int | None:
    return ask["amount"] if ask["amount_basis"] == "total" else None


def _parts(data: Data) -> pd.DataFrame:
    """Return the asks that are no total of others: those that are counted."""
    found = data.frame("demandes.registre")
    return found[~found["is_total"]]


@frame("demandes.documents")
def documents(data: Data) -> pd.DataFrame:
    """Each document, oldest first, with how many asks it holds and how many have an answer."""
    table = data.rows("documents").sort_values(["year", "document"])
    record = _parts(data)
    answered = record[record["status"] != asks.UNKNOWN]
    return table.assign(
        asks=[int((record["document"] == each).sum()) for each in table["document"]],
        answered=[int((answered["document"] == each).sum()) for each in table["document"]],
    ).reset_index(drop=True)


@frame("demandes.suites")
def chains(data: Data) -> pd.DataFrame:
    """The asks of each chain of two or more, the first one first: `root`, `depth`, `size` added."""
    record = data.frame("demandes.registre")
    continues = {row["ask_id"]: row["continues"] for row in records(record)}
    found = asks.chains(continues)
    kept = record.merge(found[found["size"] > 1], on="ask_id", validate="one_to_one")
    return kept.sort_values(["root", "depth", "ask_id"], kind="stable").reset_index(drop=True)


@indicator(
    "demandes.nombre",
    "Demandes au registre",
    unit="count",
    decimals=0,
    formula="nombre de demandes de tous les documents, les totaux de demandes n’étant pas comptés",
)
def number(data: Data) -> int:
    """The number of asks in the record; an ask that is the total of others is not counted."""
    return len(_parts(data))


@indicator(
    "demandes.nombre.{document}",
    "Demandes : {title}",
    unit="count",
    decimals=0,
    formula="nombre de demandes du document, les totaux de demandes n’étant pas comptés",
    each=each_document,
)
def number_of_document(data: Data, document: str, title: str) -> int:
    """The number of asks of one document."""
    return int((_parts(data)["document"] == document).sum())


@indicator(
    "demandes.chiffrees",
    "Demandes avec un montant",
    unit="count",
    decimals=0,
    formula="nombre de demandes dont le texte donne un montant",
)
def with_amount(data: Data) -> int:
    """The number of asks whose text gives an amount."""
    return int(_parts(data)["amount"].notna().sum())


@indicator(
    "demandes.issue.{name}",
    "{label}",
    unit="count",
    decimals=0,
    formula="nombre de demandes qui ont cette issue",
    each=lambda data: (
        {"name": name, "status": status, "label": label} for name, status, label in STATUSES
    ),
)
def with_status(data: Data, name: str, status: str, label: str) -> int:
    """The number of asks that have one status."""
    return int((_parts(data)["status"] == status).sum())


@indicator(
    "demandes.reprises",
    "Demandes qui en reprennent une autre",
    unit="count",
    decimals=0,
    formula="nombre de demandes qui continuent une demande d’avant",
)
def taken_up(data: Data) -> int:
    """The number of asks that continue a former one."""
    return int(_parts(data)["continues"].notna().sum())


@indicator(
    "demandes.reprises_identiques",
    "Demandes qui en reprennent une de même objet",
    unit="count",
    decimals=0,
    formula="nombre de demandes qui continuent une demande d’avant, l’objet étant le même",
)
def taken_up_alike(data: Data) -> int:
    """The number of asks that continue a former one of the same object."""
    return int((_parts(data)["link"] == "same").sum())


@indicator(
    "demandes.nombre_suites",
    "Suites de demandes",
    unit="count",
    decimals=0,
    formula="nombre de premières demandes qu’une autre continue",
)
def number_of_chains(data: Data) -> int:
    """The number of chains of two asks or more."""
    return int(data.frame("demandes.suites")["root"].nunique())
