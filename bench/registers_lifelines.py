"""python bench/registers_lifelines.py REGISTER.csv FIRST_BIRTH CUT_OFF [--same-work] [--tables]

The same register, groups and rules as bench/registers.py, with pandas and lifelines, group by
group. Run by an interpreter that has both: lifelines asks for pandas 2, the project for pandas 3,
so it cannot be the project's own.

It reads the columns that it needs and believes them. With `--same-work` it does what coopreport
does before it counts: reads every column; refuses a date that is none or is out of the calendar, a
code of no list, an end with a kind and no date; finds the units that are on two lines and refuses
those that differ; counts the rows rejected, by reason; takes the SHA-256 of the file, beside. With
`--tables` it stops at the life tables, which lifelines makes before it fits a curve.
"""

import hashlib
import sys
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import pandas as pd
from lifelines import KaplanMeierFitter
from lifelines.utils import survival_table_from_events

DATES = ["birth", "end", "observed_from"]
TEXTS = ["end_kind", "legal_form", "form_code", "type", "sector", "region", "synthetic"]
KNOWN = {
    "end_kind": {"dissolution", "striking_on_request", "striking_ex_officio", "merger", "unknown"},
    "legal_form": {"cooperative", "other"},
    "synthetic": {"true", "false"},
}


def read(path: str) -> pd.DataFrame:
    """Read the columns that the curves need."""
    columns = [*DATES, "end_kind", "legal_form", "sector", "region"]
    units = pd.read_csv(path, usecols=columns, dtype=str, keep_default_na=False, na_values=[""])
    for name in DATES:
        units[name] = pd.to_datetime(units[name], format="%Y-%m-%d")
    return units


def read_and_check(path: str) -> pd.DataFrame:
    """Read every column and check every cell; leave out the rows that say nothing new."""
    kinds = {"unit_id": str, **dict.fromkeys(DATES, str), **dict.fromkeys(TEXTS, "category")}
    units = pd.read_csv(path, dtype=kinds, keep_default_na=False, na_values=[""])
    for name in DATES:
        text = units[name]
        units[name] = pd.to_datetime(text, format="%Y-%m-%d", errors="coerce")
        unreadable = units[name].isna() & text.notna()
        if unreadable.any() or units[name].max() > pd.Timestamp(2100, 12, 31):
            raise SystemExit(f"{name}: {text[unreadable].head().tolist()}")
    for name in TEXTS:  # each distinct text once
        units[name] = units[name].cat.rename_categories(str.strip)
        if name in KNOWN and (strange := set(units[name].cat.categories) - KNOWN[name]):
            raise SystemExit(f"{name}: {sorted(strange)}")
    if (units["end_kind"].notna() & units["end"].isna()).any():
        raise SystemExit("end_kind: no end")
    rejected = {"no id": int(units["unit_id"].isna().sum())}
    units = units[units["unit_id"].notna()]
    twice = units[units["unit_id"].duplicated(keep=False)]
    again = twice.index[twice.duplicated()]
    if twice.drop(index=again)["unit_id"].duplicated().any():
        raise SystemExit("unit_id: rows that differ")
    rejected["repeated"] = len(again)
    units = units.drop(index=again) if len(again) else units
    rejected["no birth"] = int(units["birth"].isna().sum())
    print("rejected", rejected)
    return units[units["birth"].notna()]


def digest(path: str) -> str:
    """Return the SHA-256 of the file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


path, first, cut_off = sys.argv[1], pd.Timestamp(sys.argv[2]), pd.Timestamp(sys.argv[3])
same_work, tables = ("--same-work" in sys.argv, "--tables" in sys.argv)
hashed: Future[str] | None = None
if same_work:
    hashed = ThreadPoolExecutor(1).submit(digest, path)
    units = read_and_check(path)
else:
    units = read(path)
birth, end, since = (units[name] for name in DATES)
ended = end <= cut_off
units["stop"] = (end.where(ended, cut_off) - birth).dt.days
units["died"] = ended & (units["end_kind"] != "merger")
start = np.maximum((first - birth).dt.days, (since - birth).dt.days.fillna(0)).clip(lower=0)
units["start"] = start
units["cohort"] = birth.dt.year
if same_work:
    reasons = {
        "end before birth": end < birth,
        "born too early": birth < first,
        "born too late": birth > cut_off,
        "observed too late": (since > birth) & (since > cut_off),
        "never at risk": (start > 0) & (units["stop"] <= start),
    }
    used = pd.Series(True, index=units.index)
    for reason, hit in reasons.items():
        print(reason, int((hit & used).sum()))
        used &= ~hit
else:
    used = ~(ended & (end < birth)) & birth.between(first, cut_off)
    used &= ~((start > 0) & (units["stop"] <= start))
units = units[used]
for by in (["legal_form"], ["region", "sector"], ["cohort"]):
    rates = []
    for group, part in units.groupby(by, observed=True):
        if tables:
            survival_table_from_events(part["stop"], part["died"], part["start"])
            continue
        fitter = KaplanMeierFitter()
        fitter.fit(part["stop"], part["died"], entry=part["start"])
        rate = fitter.predict(5 * 365.25)
        if by == ["legal_form"]:
            rates.append(f"{group[0]}={rate:.9f}")
    if rates:
        print("taux", *rates)
if hashed:
    print(hashed.result())
