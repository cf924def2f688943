"""Life tables of counts summed by group and age, and refused when they cannot be right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from coopreport.errors import BadCall, BadData, Fault, nearest, quoted
from coopreport.locale import NBSP, count_of, format_number

if TYPE_CHECKING:
    import pandas as pd

COUNTS = ["entries", "deaths", "exits"]
TOLERANCE = 1e-9
"""Of fractional counts, which do not add up to the last bit."""

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Pooled:
    """Counts by group and age, both ascending, in arrays.

    `groups`: the label of each group, by column; texts in a NumPy array of objects, or what pandas
    has them in. `starts`: where each group begins in `ages` (days, int64) and in `counts` (by name;
    int64, or float64 when fractional).
    """

    groups: Mapping[str, Any]
    starts: Array
    ages: Array
    counts: Mapping[str, Array]

    @property
    def rows_of_groups(self) -> Array:
        """The number of rows of each group."""
        return np.diff(self.starts, append=len(self.ages))

    def labels(self) -> dict[str, Any]:
        """Return the labels of each row; texts of a register as categories, a byte or two each."""
        import pandas as pd

        group = np.repeat(np.arange(len(self.starts)), self.rows_of_groups)
        return {
            name: (pd.Categorical(labels) if _of_texts(labels) else labels).take(group)
            for name, labels in self.groups.items()
        }

    def frame(self) -> pd.DataFrame:
        """Return the life table: the labels, `age_days` and the counts of each row."""
        import pandas as pd

        return pd.DataFrame({**self.labels(), "age_days": self.ages, **self.counts}, copy=False)


def _of_texts(labels: Any) -> bool:
    return isinstance(labels, np.ndarray) and labels.dtype == object


def pool(life_table: pd.DataFrame, fractional: bool = False) -> pd.DataFrame:
    """Sum the counts of all groups by age.

    Summing is additive: pooling the concatenation of two tables gives the sum of their poolings,
    so a register in parts gives the same table as the whole. `fractional` lets counts be shares of
    units, as when units of unknown type are spread over the types.

    Returns:
        `age_days`, `entries`, `deaths`, `exits` (int64, or float64 when fractional), one row per
        age, ages ascending.

    Raises:
        BadData: a missing column, a missing, fractional or negative count, or more (or fewer)
            deaths and exits than entries.
    """
    import pandas as pd

    pooled = pool_by(life_table, (), fractional)
    return pd.DataFrame({"age_days": pooled.ages, **pooled.counts})


def pool_by(life_table: pd.DataFrame, by: Sequence[str], fractional: bool = False) -> Pooled:
    """Sum the counts by group and age: `pool`, of each group.

    Raises:
        BadData: as `pool`.
        BadCall: no such group column.
    """
    absent = [name for name in ["age_days", *COUNTS] if name not in life_table.columns]
    if absent:
        raise bad_table(f"colonne absente\u00a0: {', '.join(absent)}")
    check_groups(life_table, by)
    kinds = {"age_days": "int64", **dict.fromkeys(COUNTS, "float64" if fractional else "int64")}
    for name, kind in kinds.items():
        column = life_table[name]
        if column.dtype.kind not in "iu" and (
            column.isna().any() or (kind == "int64" and (column % 1 != 0).any())
        ):
            raise bad_table("les âges et les effectifs sont des nombres entiers, sans blanc")
        if (column < 0).any():
            raise bad_table("un âge ou un effectif est négatif")
    ages, *counts = (life_table[name].to_numpy(dtype=kind) for name, kind in kinds.items())
    numbers, groups = _numbered(life_table, by)
    span = int(ages.max(initial=0)) + 1
    key = numbers * span + ages
    if (np.diff(key) <= 0).any():
        order = np.argsort(key, kind="stable")
        key = key[order]
        first = np.flatnonzero(np.diff(key, prepend=-1))
        key = key[first]
        counts = [np.add.reduceat(values[order], first) for values in counts]
        numbers, ages = np.divmod(key, span)
    starts = np.flatnonzero(np.diff(numbers, prepend=-1))
    pooled = Pooled(groups, starts, ages, dict(zip(COUNTS, counts, strict=True)))
    _check_balance(pooled, fractional)
    return pooled


def check_groups(life_table: pd.DataFrame, by: Sequence[str]) -> None:
    """Raise BadCall for a group column that a life table has not."""
    for name in by:
        if name not in life_table.columns:
            columns = [str(column) for column in life_table.columns]
            raise BadCall(
                f"La table de survie n’a pas de colonne {quoted(name)}.",
                nearest(name, columns) or "Donner un groupement.",
            )


def _numbered(life_table: pd.DataFrame, by: Sequence[str]) -> tuple[Array, dict[str, Any]]:
    """Return the number of each row's group, in the order of the labels, and the groups."""
    import pandas as pd

    numbers = np.zeros(len(life_table), dtype="int64")
    if not by:
        return numbers, {}
    sizes, labels = [], []
    for name in by:
        codes, found = _coded(life_table[name])
        numbers = numbers * len(found) + codes
        sizes.append(len(found))
        labels.append(found)
    present = np.zeros(int(np.prod(sizes)), dtype=bool)
    present[numbers] = True
    used = np.flatnonzero(present)
    places = np.unravel_index(used, sizes) if len(used) else [used] * len(sizes)
    groups = {name: labels[i].take(places[i]) for i, name in enumerate(by)}
    return (np.cumsum(present) - 1)[numbers], {n: pd.Series(g).array for n, g in groups.items()}


def _coded(column: pd.Series[Any]) -> tuple[Array, Any]:
    """Return the rank of each row's label among the labels in order, and these labels."""
    import pandas as pd

    values = column.array
    if (
        isinstance(values, pd.Categorical)
        and values.categories.is_monotonic_increasing
        and not values.isna().any()
    ):
        every = np.arange(len(values.categories))
        return values.codes, pd.Categorical.from_codes(every, dtype=values.dtype)
    return pd.factorize(column, sort=True, use_na_sentinel=False)


def _check_balance(pooled: Pooled, fractional: bool) -> None:
    """Raise BadData where those who left a group are not those who entered it."""
    if not len(pooled.ages):
        return
    total = {name: np.add.reduceat(pooled.counts[name], pooled.starts) for name in COUNTS}
    gap = np.abs(total["entries"] - total["deaths"] - total["exits"])
    slack = TOLERANCE * np.maximum(1.0, total["entries"]) if fractional else 0
    if (wrong := np.flatnonzero(gap > slack)).size:
        entries, deaths, exits = (total[name][wrong[0]] for name in COUNTS)
        raise bad_table(
            f"{_count_of(entries, 'entrée')} pour {_count_of(deaths, 'mort')} et "
            f"{_count_of(exits, 'sortie')}"
        )


def _count_of(number: float, noun: str) -> str:
    """Return a count with its noun; one of shares of units keeps its decimals."""
    if number % 1:
        return f"{format_number(number, 3)}{NBSP}{noun}{'s' if number >= 2 else ''}"
    return count_of(int(number), noun)


def bad_table(rule: str) -> BadData:
    """Return the error of a life table."""
    remedy = "Recalculer la table à partir du registre."
    return BadData([Fault("table de survie", 0, "", "", rule, remedy)])
