"""python bench/registers_coopreport.py KIND REGISTER MUNICIPALITIES FIRST_BIRTH CUT_OFF CACHE WHAT

This package's engine of bench/registers.py, in a file of its own as the others are: tables in
DuckDB and NumPy, the curves of all groups at once. MUNICIPALITIES and CACHE may be empty; WHAT is
`tables`, `curves`, or `frames`: tables and curves as a notebook has them, in pandas.
"""

import gc
import sys
from datetime import date
from pathlib import Path

from coopreport.surroundings import COLLECT_EVERY

gc.set_threshold(COLLECT_EVERY)  # as the command does

from coopreport.analysis.rates import rates_at, rates_of  # noqa: E402
from coopreport.analysis.survival import kaplan_meier_by  # noqa: E402
from coopreport.registers import (  # noqa: E402
    RegisterFile,
    Rules,
    life_tables,
    life_tables_in_arrays,
)

kind, path, towns, first, cut_off, cache, what = sys.argv[1:]
register = RegisterFile(kind, Path(path), Path(towns) if towns else None)
rules = Rules(date.fromisoformat(first), date.fromisoformat(cut_off))
groupings = [("legal_form",), ("region", "sector"), ("cohort",)]
rates = {}
if cache:
    life_tables(register, rules, groupings, cache=Path(cache))
elif what == "frames":
    for by, table in life_tables(register, rules, groupings).tables.items():
        rates[by] = rates_at(kaplan_meier_by(table, by), by, 5)
else:
    found = life_tables_in_arrays(register, rules, groupings)
    for by, counts in found.counts.items() if what == "curves" else ():
        rates[by] = [(label, rate) for label, (rate,) in rates_of(counts, [5])]
if rates:
    by_form = rates["legal_form",]
    print("taux", *(f"{group}={rate.survival:.9f}" for (group,), rate in by_form))
gc.freeze()  # as the command does at its end
