"""What a cycle may know or not: a cell tagged `needs:asks` stands only where the asks are known.

Where they are not, the page says so in the words that stand here. A fact with an empty sentence is
no lack: what needs it is simply not there.
"""

from __future__ import annotations

from collections.abc import Iterator

from coopreport.catalogue.base import CATALOGUE
from coopreport.data import Data
from coopreport.definitions import Each, Keys
from coopreport.known import UK_EDITION

fact = CATALOGUE.fact

BRIEF_STUDIES = {"brief-2023-2024": "memoire_cqcm_2023"}
"""The survival rates that a brief prints, as a study of `survival_published`, by document."""


def when(*facts: str) -> Each:
    """Return the keys of an indicator that exists once, in the cycles that know some facts."""

    def each(data: Data) -> Iterator[Keys]:
        if all(data.knows(name) for name in facts):
            yield {}

    return each


@fact(
    "asks",
    "On ne sait pas ce que le mouvement a demandé pour l’exercice {cycle} : aucun des documents "
    "consultés ne donne les montants de ce cycle (« .. »).",
)
def asks(data: Data) -> bool:
    """The asks of the cycle's brief, with their amounts."""
    return len(data.rows("recommendations", cycle=data.cycle.id)) > 0


@fact(
    "as_written",
    "Ce scénario change les demandes : ce que le rapport dit du mémoire lui-même n’est pas repris "
    "ici.",
)
def as_written(data: Data) -> bool:
    """The asks as the brief writes them, and not as a scenario changes them."""
    return data.cycle.scenario is None


@fact("readings", "")
def readings(data: Data) -> bool:
    """Passages of the brief that can be read in more than one way."""
    return len(data.rows("readings", cycle=data.cycle.id)) > 0


@fact(
    "brief_portrait",
    "On ne sait pas comment un mémoire de ce cycle décrit le mouvement : aucun n’est parmi les "
    "documents consultés (« .. »).",
)
def brief_portrait(data: Data) -> bool:
    """The figures of the movement that the brief prints, in the month of the cut-off."""
    return len(data.rows("portrait", as_of=f"{data.cycle.cut_off:%Y-%m}")) > 0


@fact(
    "grants",
    "On ne sait pas ce que le gouvernement accordait : aucune subvention de l’Entente n’est connue "
    "à la date de coupure (« .. »).",
)
def grants(data: Data) -> bool:
    """A grant of the partnership agreement."""
    return len(data.known("grants")) > 0


@fact("grant_conflict", "")
def grant_conflict(data: Data) -> bool:
    """Two sources that disagree about one grant."""
    return len(data.known("grants", conflict=True)) > 1


@fact("hindsight", "")
def hindsight(data: Data) -> bool:
    """What came after the cut-off, which some cycles show apart."""
    return data.cycle.hindsight


@fact("price_gap", "")
def price_gap(data: Data) -> bool:
    """Years without a price index between two years that have one."""
    years = sorted(int(year) for year in data.known("cpi")["year"])
    return years != list(range(years[0], years[-1] + 1))


@fact(
    "brief_survival",
    "On ne sait pas quels taux de survie un mémoire de ce cycle avance : aucun n’est parmi les "
    "documents consultés (« .. »).",
)
def brief_survival(data: Data) -> bool:
    """The survival rates that the cycle's brief prints."""
    return data.cycle.document in BRIEF_STUDIES


@fact(
    "canadian_study",
    "On ne sait pas ce que devient l’écart avec des entreprises nées dans les mêmes années : à la "
    "date de coupure, aucune étude connue ne donne à la fois ses cohortes et celles des "
    "coopératives (« .. »).",
)
def canadian_study(data: Data) -> bool:
    """A Canadian study and a Québec one, whose cohorts are both stated."""
    for name, role in (("study", "coop"), ("canadian_study", "comparator")):
        study = data.cycle.parameter("survie", name)
        rows = data.known("survival_published", study=study, role=role)
        if rows.empty or rows["cohort_first"].isna().any():
            return False
    return True


@fact(
    "life_table",
    "On ne sait pas recalculer de taux : à la date de coupure, aucun registre ouvert n’est connu "
    "(« .. »).",
)
def life_table(data: Data) -> bool:
    """A register of the cycle, or the British one that stands in for it."""
    cycle = data.cycle
    return cycle.register is not None or cycle.hindsight or cycle.cut_off >= UK_EDITION


@fact(
    "levers",
    "On ne sait pas quels leviers, quels secteurs et quels programmes un mémoire de ce cycle "
    "nomme : aucun n’est parmi les documents consultés (« .. »).",
)
def levers(data: Data) -> bool:
    """The levers of the cycle's brief, which the roadmap's are set against."""
    return bool(data.cycle.document) and len(data.rows("levers", document=data.cycle.document)) > 0


@fact("scenarios", "")
def scenarios(data: Data) -> bool:
    """Variants of the asks that the cycle's file names; a scenario built alone compares none."""
    return bool(data.cycle.scenarios) and data.cycle.scenario is None


@fact("former", "")
def former(data: Data) -> bool:
    """The cycle before this one, that the cycle's file names."""
    return data.cycle.former is not None
