"""The log-rank test between groups, from life tables of counts, with delayed entry.

At each age t where somebody dies, group j has n_j at risk and d_j deaths, n and d in all. Expected
deaths are e_j = d·n_j/n, and their covariance V_jk = d·(n_j/n)·(δ_jk − n_k/n)·(n − d)/(n − 1):
Mantel, *Cancer Chemotherapy Reports* 50 (1966), 163–170; with delayed entry, n_j counts those under
observation just before t: Klein and Moeschberger, *Survival Analysis* (2nd ed., 2003), § 7.3. The
statistic (O − E)ᵀ V⁻ (O − E) is that of R's `survdiff` without delayed entry, and the score test of
`coxph(ties = "exact")` with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, exp, lgamma, log, sqrt

import numpy as np
import pandas as pd

from coopreport.analysis.pooled import COUNTS, check_groups, pool
from coopreport.analysis.survival import check_at_risk

SINGULAR = 1e-10
"""Below this share of the largest, a variance is none: O − E always sums to zero."""


@dataclass(frozen=True)
class LogRank:
    """A log-rank test. `groups`: the group, `units`, `observed` and `expected` deaths.

    `statistic` and `p_value` are None when nothing can be compared: no death met two groups at risk
    together. `degrees` is otherwise the number of groups less one, or less where some never met.
    """

    groups: pd.DataFrame
    statistic: float | None
    degrees: int
    p_value: float | None


def logrank(life_table: pd.DataFrame, by: str, delayed_entry: bool = True) -> LogRank:
    """Test whether the groups of `by` have the same survival.

    Args:
        life_table: counts by age and group; other groupings are summed.
        by: the column that tells the groups apart.
        delayed_entry: see `survival.kaplan_meier`.

    Raises:
        BadData: counts that cannot be (see `survival.pool`), or more deaths and exits at an age
            than units at risk.
        BadCall: no such column.
    """
    check_groups(life_table, [by])
    names = sorted(life_table[by].unique())
    tables = [pool(life_table[life_table[by] == name]) for name in names]
    ages = np.unique(np.concatenate([[0], *(table["age_days"].to_numpy() for table in tables)]))
    at_risk, deaths = np.zeros((2, len(names), len(ages)))
    for row, table in enumerate(tables):
        counts = table.set_index("age_days").reindex(ages, fill_value=0)
        entries, died, left = (counts[name].to_numpy(dtype=float) for name in COUNTS)
        if not delayed_entry:
            entries = np.concatenate([[entries.sum()], np.zeros(len(ages) - 1)])
        gone = died + left
        at_risk[row] = np.cumsum(entries) - entries - (np.cumsum(gone) - gone)
        at_risk[row, 0] = entries[0]
        check_at_risk(ages, at_risk[row], gone)
        deaths[row] = died
    fatal = deaths.sum(axis=0) > 0
    at_risk, deaths = at_risk[:, fatal], deaths[:, fatal]
    everybody, died = at_risk.sum(axis=0), deaths.sum(axis=0)
    share = at_risk / everybody
    expected = share @ died
    factor = died * np.where(everybody > 1, (everybody - died) / np.maximum(everybody - 1, 1), 0)
    variance = np.diag(share @ factor) - (share * factor) @ share.T
    observed = deaths.sum(axis=1)
    groups = pd.DataFrame(
        {
            by: names,
            "units": [int(table["entries"].sum()) for table in tables],
            "observed": observed.astype("int64"),
            "expected": expected,
        }
    )
    gap = observed - expected
    degrees = int(np.linalg.matrix_rank(variance, tol=SINGULAR * float(variance.max(initial=1))))
    if not degrees:
        return LogRank(groups, None, 0, None)
    inverse = np.linalg.pinv(variance, rcond=SINGULAR, hermitian=True)
    statistic = max(float(gap @ inverse @ gap), 0.0)
    return LogRank(groups, statistic, degrees, chi_square_tail(statistic, degrees))


def chi_square_tail(statistic: float, degrees: int) -> float:
    """Return P(χ² > statistic), in closed form for whole degrees of freedom.

    Abramowitz and Stegun, *Handbook of Mathematical Functions* (1964), 26.4.4 and 26.4.5.

    Raises:
        ValueError: a negative statistic, or fewer than one degree of freedom.
    """
    if statistic < 0 or degrees < 1:
        raise ValueError(f"chi-square of {statistic} with {degrees} degrees of freedom")
    half = statistic / 2
    if half == 0:
        return 1.0
    first, tail = (0.5, erfc(sqrt(half))) if degrees % 2 else (0.0, 0.0)
    powers = [first + step for step in range(degrees // 2)]
    return tail + sum(exp(power * log(half) - half - lgamma(power + 1)) for power in powers)
