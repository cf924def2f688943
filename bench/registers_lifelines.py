"""python bench/registers_lifelines.py REGISTER.csv FIRST_BIRTH CUT_OFF

The same register, groups and rules as bench/registers.py, with pandas and lifelines, group by
group. Run by an interpreter that has both: lifelines asks for pandas 2, the project for pandas 3,
so it cannot be the project's own.
"""

import sys

import numpy as np
import pandas as pd
from lifelines import KaplanMeierFitter

columns = ["birth", "end", "end_kind", "observed_from", "legal_form", "sector", "region"]
units = pd.read_csv(sys.argv[1], usecols=columns, dtype=str, keep_default_na=False, na_values=[""])
birth, end, since = (
    pd.to_datetime(units[name], format="%Y-%m-%d") for name in ("birth", "end", "observed_from")
)
first, cut_off = pd.Timestamp(sys.argv[2]), pd.Timestamp(sys.argv[3])
ended = end <= cut_off
units["stop"] = (end.where(ended, cut_off) - birth).dt.days
units["died"] = ended & (units["end_kind"] != "merger")
start = np.maximum((first - birth).dt.days, (since - birth).dt.days.fillna(0)).clip(lower=0)
units["start"] = start
units["cohort"] = birth.dt.year
used = ~(ended & (end < birth)) & birth.between(first, cut_off)
units = units[used & ~((start > 0) & (units["stop"] <= start))]
for by in (["legal_form"], ["region", "sector"], ["cohort"]):
    rates = []
    for group, part in units.groupby(by):
        fitter = KaplanMeierFitter()
        fitter.fit(part["stop"], part["died"], entry=part["start"])
        rate = fitter.predict(5 * 365.25)
        if by == ["legal_form"]:
            rates.append(f"{group[0]}={rate:.9f}")
    if rates:
        print("taux", *rates)
