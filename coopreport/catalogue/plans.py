"""Plans: what the government's plan of 2008 and the movement's plan of 2012 hold."""

from __future__ import annotations

import pandas as pd

from coopreport.analysis.asks import UNKNOWN, status
from coopreport.catalogue.base import CATALOGUE, column_by
from coopreport.data import Data

indicator, frame = CATALOGUE.indicator, CATALOGUE.frame

GOVERNMENT = "action-plan-2008"
"""The government's plan, in seven parts."""

ROLES = (
    # name, role, label
    ("objectifs", "objective", "Objectifs du plan de 2012"),
    ("moyens", "means", "Moyens du plan de 2012"),
)


@frame("plans.gouvernement")
def government_plan(data: Data) -> pd.DataFrame:
    """What the government's plan names or announces, each item with the title of its part.

    `part_title` is missing for what comes before the parts.
    """
    parts = data.rows("plan_parts")[["part_id", "part", "title"]]
    parts = parts.rename(columns={"title": "part_title"})
    measures = data.rows("plan_measures")
    return measures.merge(parts, on="part_id", how="left", validate="many_to_one")


@frame("plans.registre")
def objectives(data: Data) -> pd.DataFrame:
    """Every objective and means of the plan of 2012, audience by audience, with its outcome.

    The outcome of an objective that is an ask is the ask's; of another, that of its own evidence.
    `ask_id` names the ask, `audience_title` the audience, missing for the general objective.
    """
    audiences = data.rows("audiences")[["audience", "rank", "title"]]
    audiences = audiences.rename(columns={"title": "audience_title"})
    table = data.rows("objectives").merge(
        audiences, on="audience", how="left", validate="many_to_one"
    )
    register = data.frame("demandes.registre").dropna(subset=["objective_id"])
    asks = column_by(register, "objective_id", "ask_id")
    statuses = column_by(register, "objective_id", "status")
    own = data.rows("outcomes").dropna(subset=["objective_id"])
    statuses |= {
        str(objective): status(list(evidence))
        for objective, evidence in own.groupby("objective_id")["status"]
    }
    return table.assign(
        ask_id=table["objective_id"].map(asks),
        status=[statuses.get(each, UNKNOWN) for each in table["objective_id"]],
    ).sort_values(["rank", "objective_id"], kind="stable", na_position="first")


@indicator(
    "plans.parties",
    "Parties du plan de 2008",
    unit="count",
    decimals=0,
    formula="nombre de lignes de la table des parties du plan",
)
def parts(data: Data) -> int:
    """The number of parts of the government's plan."""
    return len(data.rows("plan_parts", document=GOVERNMENT))


@indicator(
    "plans.horizon",
    "Horizon du plan de 2008",
    unit="years",
    decimals=0,
    formula="durée que le résumé du plan donne",
)
def horizon(data: Data) -> int:
    """The years that the government's plan is made for, as its summary prints them."""
    return int(data.rows("documents", document=GOVERNMENT)["horizon_years"].iloc[0])


@indicator(
    "plans.elements",
    "Éléments du plan de 2008",
    unit="count",
    decimals=0,
    formula="nombre de buts, de mesures, de volets et d’éléments de suivi que le résumé contient",
)
def elements(data: Data) -> int:
    """The number of items that the government's plan names or announces."""
    return len(data.rows("plan_measures", document=GOVERNMENT))


@indicator(
    "plans.annonces",
    "Éléments du plan de 2008 annoncés sans précision",
    unit="count",
    decimals=0,
    formula="nombre d’éléments dont le résumé ne dit pas le contenu",
)
def announced(data: Data) -> int:
    """The number of items that the summary of the government's plan announces without more."""
    return len(data.rows("plan_measures", document=GOVERNMENT, detail="announced"))


@indicator(
    "plans.publics",
    "Publics en tête de colonne du plan de 2012",
    unit="count",
    decimals=0,
    formula="nombre de publics en tête d’une colonne, ceux qui sont ajoutés dessous étant à part",
)
def headed_audiences(data: Data) -> int:
    """The number of audiences that head a column of the plan of 2012."""
    return len(data.rows("audiences", headed=True))


@indicator(
    "plans.publics_ajoutes",
    "Publics ajoutés sous les autres dans le plan de 2012",
    unit="count",
    decimals=0,
    formula="nombre de publics qui n’ont pas de colonne à eux",
)
def added_audiences(data: Data) -> int:
    """The number of audiences that the plan of 2012 adds under the columns of others."""
    return len(data.rows("audiences", headed=False))


@indicator(
    "plans.nombre.{name}",
    "{label}",
    unit="count",
    decimals=0,
    formula="nombre de lignes de la table des objectifs qui ont ce rôle",
    each=lambda data: ({"name": name, "role": role, "label": label} for name, role, label in ROLES),
)
def with_role(data: Data, name: str, role: str, label: str) -> int:
    """The number of objectives, or of means, of the plan of 2012."""
    return len(data.rows("objectives", role=role))


@indicator(
    "plans.issues_connues",
    "Objectifs et moyens du plan de 2012 dont l’issue est connue en tout ou en partie",
    unit="count",
    decimals=0,
    formula="nombre d’objectifs et de moyens avec au moins un indice de ce qu’ils sont devenus",
)
def known_outcomes(data: Data) -> int:
    """The number of objectives and means with some evidence of what became of them."""
    return int((data.frame("plans.registre")["status"] != UNKNOWN).sum())
