"""Register → life tables and survival curves, measured: this package, pandas, R's `survival`.

    python bench/registers.py WORK MUNICIPALITIES.csv [--rows 3000000] [--repeat 1] [--growth]
        [--without-r] [--library PYTHON]

Generates a register of the given size (a ZIP and a folder in the Québec layout; the same units as
a plain CSV and as Parquet), then runs each engine in a process of its own, end to end: start,
read, life tables by legal form, by region × sector and by cohort, and the Kaplan–Meier curve of
every group. Prints the wall time, the peak memory of the process and the ratio to this package on
the same file. pandas goes with our `kaplan_meier`, group by group; and, when `--library` names the
Python of an environment with pandas and lifelines (which asks for pandas 2), with that library.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
FIRST, CUT_OFF = date(1990, 1, 1), date(2023, 1, 31)
GROUPINGS = [("legal_form",), ("region", "sector"), ("cohort",)]


@dataclass(frozen=True)
class Measure:
    """One run: wall and processor seconds, peak mebibytes, the five-year rates by legal form.

    On a busy machine, compare the processor seconds.
    """

    seconds: float
    processor: float
    memory: float
    rates: str


def ours(kind: str, path: str, municipalities: str, cache: str = "") -> None:
    """This package: tables in DuckDB, curves by group."""
    from coopreport.registers import RegisterFile, Rules, life_tables

    towns = Path(municipalities) if municipalities else None
    found = life_tables(
        RegisterFile(kind, Path(path), towns),
        Rules(FIRST, CUT_OFF),
        GROUPINGS,
        cache=Path(cache) if cache else None,
    )
    for by, table in found.tables.items():
        _curves(table, by)


def with_pandas(path: str) -> None:
    """pandas: read the plain CSV, ages by vector arithmetic, group by, curves by group."""
    import numpy as np
    import pandas as pd

    from coopreport.analysis.survival import COUNTS

    columns = ["birth", "end", "end_kind", "observed_from", "legal_form", "sector", "region"]
    units = pd.read_csv(path, usecols=columns, dtype=str, keep_default_na=False, na_values=[""])
    birth, end, since = (
        pd.to_datetime(units[name], format="%Y-%m-%d") for name in ("birth", "end", "observed_from")
    )
    cut_off, first = pd.Timestamp(CUT_OFF), pd.Timestamp(FIRST)
    ended = end <= cut_off
    stop = (end.where(ended, cut_off) - birth).dt.days
    died = ended & (units["end_kind"] != "merger")
    start = np.maximum((first - birth).dt.days, (since - birth).dt.days.fillna(0))
    start = start.clip(lower=0).astype("int64")
    used = (
        ~(ended & (end < birth)) & birth.between(first, cut_off) & ~((start > 0) & (stop <= start))
    )
    units["cohort"] = birth.dt.year
    units, start, stop, died = units[used], start[used], stop[used], died[used]
    for by in GROUPINGS:
        keys = [units[name] for name in by]
        entries = units.groupby([*keys, start.rename("age_days")]).size().rename("entries")
        gone = pd.DataFrame({"deaths": died * 1, "exits": ~died * 1})
        left = gone.groupby([*keys, stop.rename("age_days")]).sum()
        table = left.join(entries, how="outer").fillna(0).astype("int64")[COUNTS].reset_index()
        _curves(table, by)


def _curves(table, by) -> None:  # type: ignore[no-untyped-def]
    from coopreport.analysis.rates import rates_at
    from coopreport.analysis.survival import kaplan_meier_by

    found = rates_at(kaplan_meier_by(table, by), by, 5)
    if by == ("legal_form",):
        print("taux", *(f"{group}={rate.survival:.9f}" for (group,), rate in found))


def measure(command: Sequence[str]) -> Measure:
    """Run a command; its time is that of the whole process, its memory the peak that it held."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"échec ({process.returncode}) : {' '.join(command)}")
    rates = [line.strip() for line in output.splitlines() if line.startswith("taux")]
    seconds, processor = time.monotonic() - start, usage.ru_utime + usage.ru_stime
    return Measure(seconds, processor, usage.ru_maxrss / 1024, rates[0] if rates else "")


def forms_of(work: Path, rows: int) -> dict[str, Path]:
    """The four forms of the register of this size."""
    return {
        "dossier": work / f"quebec-{rows}",
        "ZIP": work / f"quebec-{rows}.zip",
        "CSV": work / f"unites-{rows}.csv",
        "Parquet": work / f"unites-{rows}.parquet",
    }


def prepare(work: Path, municipalities: Path, rows: int) -> None:
    """Generate the register in its four forms, unless they are there."""
    from coopreport.registers import RegisterFile
    from coopreport.registers.aggregation import opened
    from coopreport.registers.generator import write_quebec

    work.mkdir(parents=True, exist_ok=True)
    paths = forms_of(work, rows)
    for form in ("dossier", "ZIP"):
        if not paths[form].exists():
            write_quebec(paths[form], rows, 1, municipalities=municipalities, zipped=form == "ZIP")
    if not paths["Parquet"].exists():
        register = RegisterFile("quebec", paths["dossier"], municipalities)
        with opened(register) as (connection, _):
            order = "SELECT * REPLACE (unit_id::VARCHAR AS unit_id), TRUE AS synthetic FROM units"
            connection.execute(f"COPY ({order}) TO '{paths['CSV']}' (HEADER)")
            connection.execute(f"COPY ({order}) TO '{paths['Parquet']}'")


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("municipalities", type=Path)
    parser.add_argument("--rows", type=int, default=3_000_000)
    parser.add_argument("--repeat", type=int, default=1, help="keep the fastest of this many runs")
    parser.add_argument("--growth", action="store_true", help="also 1 and 10 million rows")
    parser.add_argument("--without-r", action="store_true")
    parser.add_argument("--library", help="a Python that has pandas and lifelines")
    asked = parser.parse_args()
    towns = str(asked.municipalities)
    script = [sys.executable, str(Path(__file__).resolve()), "--engine"]

    def prepared(rows: int) -> dict[str, Path]:
        # In a process of its own: a child's peak would begin at the size of this one.
        subprocess.run([*script, "prepare", str(asked.work), towns, str(rows)], check=True)
        return forms_of(asked.work, rows)

    paths = prepared(asked.rows)
    plain = str(paths["CSV"])
    cache = asked.work / "cache"
    shutil.rmtree(cache, ignore_errors=True)
    runs: list[tuple[str, str, list[str]]] = [
        ("coopreport", "CSV, tables", [*script, "ours", "csv", plain, "", "", "tables"]),
        ("coopreport", "CSV", [*script, "ours", "csv", plain, ""]),
        ("coopreport", "Parquet", [*script, "ours", "csv", str(paths["Parquet"]), ""]),
        ("coopreport", "dossier Québec", [*script, "ours", "quebec", str(paths["dossier"]), towns]),
        ("coopreport", "ZIP Québec", [*script, "ours", "quebec", str(paths["ZIP"]), towns]),
        ("pandas", "CSV", [*script, "pandas", plain]),
    ]
    if asked.library:
        script_l = [asked.library, str(HERE / "registers_lifelines.py"), plain]
        runs.append(("lifelines", "CSV", [*script_l, str(FIRST), str(CUT_OFF)]))
    if not asked.without_r:
        script_r = ["Rscript", str(HERE / "registers.R"), plain, str(FIRST), str(CUT_OFF)]
        runs.append(("R survival", "CSV", script_r))
    print(f"{asked.rows:,} lignes".replace(",", "\u00a0"))
    reference: list[Measure] = []
    rates: set[str] = set()
    for engine, form, command in runs:
        best = min((measure(command) for _ in range(asked.repeat)), key=lambda m: m.seconds)
        if form.startswith("CSV") and len(reference) < 2:
            reference.append(best)  # the tables alone, then with the curves
        ratios = " et ".join(f"× {best.seconds / other.seconds:.1f}" for other in reference)
        ratio = ratios if form == "CSV" else ""
        print(
            f"{engine:12} {form:15} {best.seconds:7.1f} s {best.processor:7.1f} s proc. "
            f"{best.memory:7.0f} Mio  {ratio}"
        )
        if form == "CSV":
            rates.add(best.rates)
    print("mêmes taux de cinq ans" if len(rates) == 1 else f"taux différents : {rates}")

    zipped = [*script, "ours", "quebec", str(paths["ZIP"]), towns, str(cache)]
    for words in ("ZIP, premier usage, cache vide", "ZIP, second usage, cache"):
        found = measure([*zipped, "tables"])
        print(
            f"{words:32} {found.seconds:6.2f} s {found.processor:6.2f} s proc. "
            f"{found.memory:6.0f} Mio"
        )
    if asked.growth:
        for rows in (1_000_000, asked.rows, 10_000_000):
            forms = prepared(rows)
            for form, kind in (("CSV", "csv"), ("ZIP", "quebec")):
                place = towns if kind == "quebec" else ""
                found = measure([*script, "ours", kind, str(forms[form]), place, "", "tables"])
                million = found.processor / rows * 1e6
                print(
                    f"{rows:>10} lignes {form:4} {found.seconds:6.1f} s "
                    f"{found.processor:6.1f} s proc. {found.memory:6.0f} Mio  "
                    f"{million:.2f} s proc. par million"
                )


def engine(arguments: Sequence[str]) -> None:
    """Run one engine in this process."""
    name, *rest = arguments
    if name == "prepare":
        prepare(Path(rest[0]), Path(rest[1]), int(rest[2]))
    elif name == "pandas":
        with_pandas(*rest)
    elif rest[-1] == "tables":
        global _curves  # the tables alone
        _curves = lambda table, by: None  # noqa: E731
        ours(*rest[:-1])
    else:
        ours(*rest)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--engine"]:
        engine(sys.argv[2:])
    else:
        main()
