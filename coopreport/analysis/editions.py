"""Units that vanish from one edition of a register to the next, and what they do to a rate.

A later edition should hold every unit of an earlier one, dead or alive. A unit that was alive in
the earlier and is absent from the later was not seen to die: counting only the later edition
leaves it out, which flatters survival. The three treatments bound the rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import pandas as pd

from coopreport.errors import BadCall

Treatment = Literal["left_out", "leaves", "dies"]
TREATMENTS: tuple[Treatment, ...] = ("left_out", "leaves", "dies")


@dataclass(frozen=True)
class Editions:
    """Two editions of a register compared, unit by unit.

    `vanished` and `appeared`: rows of the earlier and of the later edition; `changed`: unit ids of
    which the birth or a known end differs. `known_dead` counts the vanished that the earlier
    edition already had dead.
    """

    vanished: pd.DataFrame
    appeared: pd.DataFrame
    changed: tuple[str, ...]
    known_dead: int


def compare_editions(earlier: pd.DataFrame, later: pd.DataFrame) -> Editions:
    """Compare two editions by `unit_id`; each has `unit_id`, `birth` and `end`.

    Raises:
        BadCall: an edition has a unit twice.
    """
    for name, edition in (("ancienne", earlier), ("nouvelle", later)):
        if edition["unit_id"].duplicated().any():
            raise BadCall(
                f"L’édition {name} du registre a une unité en double.",
                "Comparer les registres tels qu’ils sont lus.",
            )
    vanished = earlier[~earlier["unit_id"].isin(later["unit_id"])].reset_index(drop=True)
    appeared = later[~later["unit_id"].isin(earlier["unit_id"])].reset_index(drop=True)
    both = earlier.merge(later, on="unit_id", suffixes=("", "_later"))
    moved = both["birth"].ne(both["birth_later"])
    ended = both["end"].notna() & both["end"].ne(both["end_later"])
    changed = tuple(both.loc[moved | ended, "unit_id"])
    return Editions(vanished, appeared, changed, int(vanished["end"].notna().sum()))


def with_vanished(
    later: pd.DataFrame, editions: Editions, seen: date, treatment: Treatment
) -> pd.DataFrame:
    """Return the later edition with the vanished units under one treatment.

    Args:
        seen: the day of the earlier edition, the last on which the vanished were seen.
        treatment: `left_out`: as if they had never been; `leaves`: observed until `seen`, then no
            more (`end_kind` « left »); `dies`: dead that day. A vanished unit that was already
            dead keeps its own end in the last two.

    Raises:
        BadCall: an unknown treatment, or a vanished unit born after `seen`.
    """
    if treatment not in TREATMENTS:
        raise BadCall(f"Traitement inconnu\u00a0: {treatment}.", f"Un de {', '.join(TREATMENTS)}.")
    if treatment == "left_out":
        return later.reset_index(drop=True)
    if any(day > seen for day in editions.vanished["birth"]):
        raise BadCall(
            "Une unité disparue est née après la date de l’ancienne édition.",
            "Donner la date où l’ancienne édition a été extraite.",
        )
    kind = "left" if treatment == "leaves" else "unknown"
    alive = editions.vanished["end"].isna()
    back = editions.vanished.assign(
        end=[
            seen if gone else end for gone, end in zip(alive, editions.vanished["end"], strict=True)
        ]
    )
    kinds = back["end_kind"] if "end_kind" in back else pd.Series("dissolution", index=back.index)
    back["end_kind"] = kinds.where(~alive, kind)
    base = later if "end_kind" in later else later.assign(end_kind=_kinds(later))
    return pd.concat([base, back[base.columns]], ignore_index=True)


def _kinds(units: pd.DataFrame) -> pd.Series[str]:
    return pd.Series("dissolution", index=units.index).where(units["end"].notna())
