"""python bench/registers_coopreport.py KIND REGISTER MUNICIPALITIES FIRST_BIRTH CUT_OFF CACHE WHAT

This package's engine of bench/registers.py, in a file of its own as the others are: tables in
DuckDB and NumPy, the curves of all groups at once. MUNICIPALITIES and CACHE may be empty; WHAT is
`curves` or `tables`.
"""

import gc
import sys
from datetime import date
from pathlib import Path

from coopreport.surroundings import COLLECT_EVERY

gc.set_threshold(COLLECT_EVERY)  # as the command does

from coopreport.analysis.rates import rates_at  # noqa: E402
from coopreport.analysis.survival import kaplan_meier_by  # noqa: E402
from coopreport.registers import RegisterFile, Rules, life_tables  # noqa: E402

kind, path, towns, first, cut_off, cache, what = sys.argv[1:]
found = life_tables(
    RegisterFile(kind, Path(path), Path(towns) if towns else None),
    Rules(date.fromisoformat(first), date.fromisoformat(cut_off)),
    [("legal_form",), ("region", "sector"), ("cohort",)],
    cache=Path(cache) if cache else None,
)
for by, table in found.tables.items() if what == "curves" else ():
    rates = rates_at(kaplan_meier_by(table, by), by, 5)
    if by == ("legal_form",):
        print("taux", *(f"{group}={rate.survival:.9f}" for (group,), rate in rates))
gc.freeze()  # as the command does at its end
