"""The displayed values that moved between two versions, with their difference and their causes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from coopreport.compare.causes import Cause, causes_of
from coopreport.compare.evidence import Evidence, Json
from coopreport.locale import UNITS, format_value

NOT_APPLICABLE = "..."
FINEST = 9
"""The most decimals that a difference is given."""


@dataclass(frozen=True)
class Moved:
    """An indicator whose displayed value is not the same: how it was shown, how it is now.

    `difference` is in the unit and `relative` in percent of the old value, as the report writes
    them; both are `...` where there is none.
    """

    id: str
    label: str
    old: str
    new: str
    difference: str
    relative: str
    causes: tuple[Cause, ...]

    @property
    def is_explained(self) -> bool:
        """Whether something recorded changed that the number depends on."""
        return all(cause.kind != "unknown" for cause in self.causes)


def moved(old: Json, new: Json, old_manifest: Json, new_manifest: Json) -> list[Moved]:
    """Return the indicators of both ledgers that are not displayed the same, by name.

    Args:
        old, new: two `indicateurs.json`; the manifests are those of the same versions.
    """
    evidence = Evidence(old, new, old_manifest, new_manifest, {})
    before = {item["id"]: item for item in old["indicators"]}
    return [
        move_of(before[item["id"]], item, evidence)
        for item in new["indicators"]
        if item["id"] in before and item["shown"] != before[item["id"]]["shown"]
    ]


def move_of(old: Json, new: Json, evidence: Evidence) -> Moved:
    """Return how one indicator moved, from its two records."""
    return Moved(
        new["id"],
        new["label"],
        old["shown"],
        new["shown"],
        *difference(old, new),
        causes_of(new["id"], evidence),
    )


def difference(old: Json, new: Json) -> tuple[str, str]:
    """Return the new value less the old one, in the unit and in percent of the old one.

    The difference of two percentages is in points. Decimals are added to one that looks like zero.
    """
    same_kind = UNITS[old["unit"]].title == UNITS[new["unit"]].title
    if not (old["value"] and new["value"] and same_kind):
        return NOT_APPLICABLE, NOT_APPLICABLE
    before, after = Fraction(old["value"]), Fraction(new["value"])
    gap, unit = after - before, new["unit"]
    if unit in ("percent", "ratio"):
        gap, unit = gap * UNITS[unit].scale, "points"
    shown = _signed(gap, unit, new["decimals"])
    if not before or unit == "year":
        return shown, NOT_APPLICABLE
    return shown, _signed(100 * (after - before) / abs(before), "percent", 1)


def _signed(value: Fraction, unit: str, decimals: int) -> str:
    """Return a difference with its sign, and as many decimals as it takes to show a digit of it."""
    size = abs(value * UNITS[unit].scale)
    while value and size * 10**decimals < 1 and decimals < FINEST:
        decimals += 1
    return format_value(value, unit, decimals, signed=True)
