"""Survival group by group: rates with their reliability, the gap between two groups, and blanks.

Every group is held to the same definition: its counts come from one life table. The counts of a
register are public facts, so nothing here is suppressed as confidential (`x`); a rate that rests on
too few units is withheld (`F`) or marked (`E`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from coopreport.analysis.pooled import COUNTS, pool, pool_by
from coopreport.analysis.rates import Rate, rates_of, reliability, survival_at
from coopreport.analysis.survival import kaplan_meier

READINGS = ("excluded", "own_group", "spread")
"""What to do with units of unknown group: leave them out, keep them apart, spread them."""

ALL = "all"


@dataclass(frozen=True)
class Reading:
    """How rates are read: ages in years, confidence, thresholds of `E` and `F`."""

    years: Sequence[int]
    confidence: float = 0.95
    caution: int = 30
    unreliable: int = 10

    def row(self, rate: Rate) -> dict[str, Any]:
        """Return a rate as a row: the fields of `Rate`, `flag`, and `status`, "" without a rate.

        The births, the units at risk at n years and the smallest risk set that met a death all
        count: a rate is as weak as its weakest step.
        """
        flag = reliability(
            rate.births,
            rate.at_risk,
            rate.fewest_at_risk,
            caution=self.caution,
            unreliable=self.unreliable,
        )
        return {**vars(rate), "flag": flag, "status": flag if rate.survival is not None else ""}

    def rows(self, life_table: pd.DataFrame, fractional: bool = False) -> list[dict[str, Any]]:
        """Return the rates of one population, a row for each number of years."""
        curve = kaplan_meier(life_table, confidence=self.confidence, fractional=fractional)
        return [self.row(survival_at(curve, number)) for number in self.years]

    def rows_by(
        self, life_table: pd.DataFrame, by: Sequence[str], fractional: bool = False
    ) -> list[tuple[tuple[Any, ...], dict[str, Any]]]:
        """Return the labels of each group with its rates, a row for each number of years."""
        pooled = pool_by(life_table, by, fractional)
        found = rates_of(pooled, self.years, self.confidence, fractional)
        return [(label, self.row(rate)) for label, rates in found for rate in rates]


def rates_by(life_table: pd.DataFrame, by: str, reading: Reading) -> pd.DataFrame:
    """Return the rates of each group of a column, largest group first.

    Returns:
        `group`, then the fields of `rates.Rate` and `flag`, one row a group and a year.

    Raises:
        BadCall: no such column.
    """
    rows = _group_rows(life_table, by, reading)
    order = ["births", "group", "years"]
    return pd.DataFrame(rows).sort_values(order, ascending=[False, True, True], ignore_index=True)


def _group_rows(
    life_table: pd.DataFrame, by: str, reading: Reading, fractional: bool = False
) -> list[dict[str, Any]]:
    found = reading.rows_by(life_table, [by], fractional)
    return [{"group": str(group), **row} for (group,), row in found]


def compare_groups(
    life_table: pd.DataFrame, by: str, first: str, second: str, reading: Reading
) -> pd.DataFrame:
    """Set two groups of one life table side by side: one definition, one period, one method.

    Returns:
        `years`, then for each side (`first_`, `second_`) `births`, `at_risk`, `deaths`, `survival`,
        `lower`, `upper`, `flag`, `status`; and `gap`, first less second (share of 1), NaN where one
        has no rate or is withheld.
    """
    sides = {}
    for side, group in (("first", first), ("second", second)):
        counts = life_table[life_table[by] == group]
        frame = pd.DataFrame(reading.rows(counts)).set_index("years")
        sides[side] = frame[
            ["births", "at_risk", "deaths", "survival", "lower", "upper", "flag", "status"]
        ]
    table = sides["first"].add_prefix("first_").join(sides["second"].add_prefix("second_"))
    gap = table["first_survival"].astype(float) - table["second_survival"].astype(float)
    withheld = (table["first_flag"] == "F") | (table["second_flag"] == "F")
    return table.assign(gap=gap.mask(withheld)).reset_index()


def spread_blanks(life_table: pd.DataFrame, by: str, blank: str) -> pd.DataFrame:
    """Spread the units of unknown group over the known groups, in proportion, given their fate.

    Those who died go to the groups as the known deaths do, those who left alive as the known exits
    do: where blanks are more frequent among the dead, the known groups look too good, and this
    gives each its part of the missing deaths. Whoever enters at an age is to die with the chance of
    those then at risk (`_chance_of_dying`), so that no group ever loses more than it has.

    Returns:
        `by`, `age_days` and fractional counts, of the known groups only, with the same totals.
        Unchanged when no unit is unknown; empty when all are.
    """
    known, unknown = life_table[life_table[by] != blank], life_table[life_table[by] == blank]
    if unknown.empty or known.empty:
        return known
    totals = known.groupby(by)[COUNTS].sum()
    by_units = totals["entries"] / totals["entries"].sum()
    # Without one known death (or exit), the share is that of the units.
    shares = {
        name: totals[name] / totals[name].sum() if totals[name].sum() else by_units
        for name in ("deaths", "exits")
    }
    pooled = pool(unknown)
    chance = _chance_of_dying(pooled)
    parts = [known.astype(dict.fromkeys(COUNTS, "float64"))]
    for group in totals.index:
        dead, alive = shares["deaths"][group], shares["exits"][group]
        parts.append(
            pd.DataFrame(
                {
                    by: group,
                    "age_days": pooled["age_days"],
                    "entries": pooled["entries"] * (chance * dead + (1 - chance) * alive),
                    "deaths": pooled["deaths"] * dead,
                    "exits": pooled["exits"] * alive,
                }
            )
        )
    columns = [by, "age_days"]
    return pd.concat(parts).groupby(columns, sort=True)[COUNTS].sum().reset_index()


def _chance_of_dying(pooled: pd.DataFrame) -> np.ndarray:
    """Return, for those who enter at each age, the chance that they are to die under observation.

    The units at risk at an age are alike: of n, d die and the others but the exits go on, so
    P(t) = (d + (n − d − exits)·P(t+))/n. Who enters at t is at risk after t, at birth on that day.
    """
    curve = kaplan_meier(pooled)
    at_risk, deaths, exits = (
        curve[name].to_numpy(float) for name in ("at_risk", "deaths", "exits")
    )
    after, before = np.zeros((2, len(curve)))
    for step in range(len(curve) - 1, -1, -1):
        after[step] = before[step + 1] if step + 1 < len(curve) else 0.0
        left = at_risk[step] - deaths[step] - exits[step]
        before[step] = (
            (deaths[step] + left * after[step]) / at_risk[step] if at_risk[step] else after[step]
        )
    born = curve["age_days"].to_numpy() == 0
    chances = np.where(born, before, after)
    return chances[np.isin(curve["age_days"], pooled["age_days"])]


def blank_readings(life_table: pd.DataFrame, by: str, blank: str, reading: Reading) -> pd.DataFrame:
    """Return every group's rates under the three readings of the blanks, and those of all units.

    Returns:
        `reading` (one of `READINGS`), `group` (`all` first), `years`, `births` (may be fractional
        when spread), `survival`, `flag`, `status`. `excluded` and `own_group` differ in `all`, and
        by the group of the blanks itself; `spread` differs in each group.
    """
    tables = {
        "excluded": (life_table[life_table[by] != blank], False),
        "own_group": (life_table, False),
        "spread": (spread_blanks(life_table, by, blank), True),
    }
    rows = []
    for name, (table, fractional) in tables.items():
        whole = [{"group": ALL, **row} for row in reading.rows(table, fractional)]
        groups = _group_rows(table, by, reading, fractional)
        rows += [{"reading": name, **row} for row in whole + groups]
    columns = ["reading", "group", "years", "births", "survival", "flag", "status"]
    return pd.DataFrame(rows)[columns]
