"""Register → life tables and survival curves, measured: this package, pandas, R's `survival`.

    python bench/registers.py WORK MUNICIPALITIES.csv [--rows 3000000] [--repeat 3] [--growth]
        [--without-r] [--library PYTHON]

Generates a register of the given size (a ZIP and a folder in the Québec layout; the same units as
a plain CSV and as Parquet), then runs each engine in a process of its own, end to end: start,
read, life tables by legal form, by region × sector and by cohort, and the Kaplan–Meier curve of
every group. The engines take turns, `--repeat` times, so that a busy machine is busy for all; in
its turn each runs twice, and the second run counts, so that none finds the memory and the files as
another left them. The table gives the median and the least wall time, the median processor time,
the peak memory of the process, and the median of the ratios to this package in the same turn,
tables to tables and curves to curves.

This package runs as in a chapter of the report: under the environment that a build gives to the
process of a chapter (`surroundings.SAME_NUMBERS`). The line *as imported* is without.

What each does is not the same. This package also checks every cell and code, refuses two rows of
one unit that differ, counts every row used or rejected, and takes the SHA-256 of the file. The
others do what their users write: they read the columns that they need and believe them. pandas goes
with our `kaplan_meier_by`; and, when `--library` names the Python of an environment with pandas and
lifelines (which asks for pandas 2), with that library: once as its users write it, once with the
same work (`registers_lifelines.py --same-work`).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from types import MappingProxyType

from coopreport.surroundings import SAME_NUMBERS

HERE = Path(__file__).parent
FIRST, CUT_OFF = date(1990, 1, 1), date(2023, 1, 31)
IN_PANDAS = "coopreport, in pandas"
"""Tables and curves as frames, as a notebook asks for them; the other lines keep arrays."""
TABLES = "CSV, tables"
"""Up to the life tables; the other lines go on to the curves."""
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


def with_pandas(path: str) -> None:
    """pandas: read the plain CSV, ages by vector arithmetic, group by, curves by group."""
    import numpy as np
    import pandas as pd

    from coopreport.analysis.pooled import COUNTS

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


def measure(command: Sequence[str], settings: Mapping[str, str] = MappingProxyType({})) -> Measure:
    """Run a command; its time is that of the whole process, its memory the peak that it held."""
    start = time.monotonic()
    surroundings = {**os.environ, **settings}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=surroundings)
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
    from coopreport.registers import UNIT_COLUMNS, RegisterFile
    from coopreport.registers.generator import write_quebec
    from coopreport.registers.opening import opened

    work.mkdir(parents=True, exist_ok=True)
    paths = forms_of(work, rows)
    for form in ("dossier", "ZIP"):
        if not paths[form].exists():
            write_quebec(paths[form], rows, 1, municipalities=municipalities, zipped=form == "ZIP")
    if not paths["Parquet"].exists():
        register = RegisterFile("quebec", paths["dossier"], municipalities)
        with opened(register, ids=True) as (connection, loaded):
            loaded.units.put(connection)
            columns = ", ".join(f'"{name}"' for name in UNIT_COLUMNS if name != "synthetic")
            order = f"SELECT {columns}, TRUE AS synthetic FROM units"
            connection.execute(f"COPY ({order}) TO '{paths['CSV']}' (HEADER)")
            connection.execute(f"COPY ({order}) TO '{paths['Parquet']}'")


def show(engine: str, form: str, turns: Sequence[Measure], ours: Sequence[Measure] = ()) -> None:
    """Print a line of the table, beside what this package took in the same turns."""
    seconds = [turn.seconds for turn in turns]
    ratios = [turn.seconds / other.seconds for turn, other in zip(turns, ours, strict=False)]
    processor = [turn.processor / other.processor for turn, other in zip(turns, ours, strict=False)]
    beside = f"× {median(ratios):.1f} ({median(processor):.1f} proc.)" if ours else ""
    print(
        f"{engine:24} {form:15} {median(seconds):7.2f} s (min. {min(seconds):.2f}) "
        f"{median(turn.processor for turn in turns):7.2f} s proc. "
        f"{max(turn.memory for turn in turns):7.0f} Mio  {beside}",
        flush=True,
    )


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("municipalities", type=Path)
    parser.add_argument("--rows", type=int, default=3_000_000)
    parser.add_argument("--repeat", type=int, default=3, help="turns of all engines")
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

    def ours(form: str, rows: int, what: str = "curves", cache: str = "") -> list[str]:
        kind, place = ("quebec", towns) if form in ("dossier", "ZIP") else ("csv", "")
        register = str(forms_of(asked.work, rows)[form])
        own = [sys.executable, str(HERE / "registers_coopreport.py")]
        return [*own, kind, register, place, *dates, cache, what]

    dates = [str(FIRST), str(CUT_OFF)]
    plain = str(prepared(asked.rows)["CSV"])
    runs: dict[tuple[str, str], list[str]] = {
        ("coopreport", "CSV"): ours("CSV", asked.rows),
        ("coopreport, as imported", "CSV"): ours("CSV", asked.rows),
        ("coopreport", TABLES): ours("CSV", asked.rows, "tables"),
        (IN_PANDAS, "CSV"): ours("CSV", asked.rows, "frames"),
        ("coopreport", "Parquet"): ours("Parquet", asked.rows),
        ("coopreport", "dossier Québec"): ours("dossier", asked.rows),
        ("coopreport", "ZIP Québec"): ours("ZIP", asked.rows),
        ("pandas", "CSV"): [*script, "pandas", plain],
    }
    if asked.library:
        script_l = [asked.library, str(HERE / "registers_lifelines.py")]
        for name, options in (("lifelines", []), ("lifelines, même travail", ["--same-work"])):
            runs[name, "CSV"] = [*script_l, plain, *dates, *options]
            runs[name, TABLES] = [*script_l, plain, *dates, *options, "--tables"]
    if not asked.without_r:
        runs["R survival", "CSV"] = ["Rscript", str(HERE / "registers.R"), plain, *dates]
    turns: dict[tuple[str, str], list[Measure]] = {key: [] for key in runs}
    for turn in range(asked.repeat):
        # Each turn begins with another, each engine runs once for nothing: what follows a process
        # of a gigabyte finds colder memory.
        for key, command in [*runs.items()][turn:] + [*runs.items()][:turn]:
            settings = SAME_NUMBERS if key[0] in ("coopreport", IN_PANDAS) else {}
            measure(command, settings)
            turns[key].append(measure(command, settings))
    print(f"{asked.rows:,} lignes".replace(",", "\u00a0"))
    for (engine, form), found in turns.items():
        show(engine, form, found, turns.get(("coopreport", form), ()) if "CSV" in form else ())
    rates = {turn.rates for (_, form), found in turns.items() if form == "CSV" for turn in found}
    print("mêmes taux de cinq ans" if len(rates) == 1 else f"taux différents : {rates}")

    cache = asked.work / "cache"
    zipped = ours("ZIP", asked.rows, "tables", str(cache))
    uses: tuple[list[Measure], list[Measure]] = ([], [])
    for _ in range(asked.repeat):
        shutil.rmtree(cache, ignore_errors=True)
        for use in uses:
            use.append(measure(zipped, SAME_NUMBERS))
    show("coopreport", "ZIP, 1er usage", uses[0])
    show("coopreport", "ZIP, 2e, cache", uses[1])
    for rows in (1_000_000, asked.rows, 10_000_000) if asked.growth else ():
        prepared(rows)
        for form in ("CSV", "Parquet", "ZIP"):
            command = ours(form, rows, "tables")
            found = [measure(command, SAME_NUMBERS) for _ in range(asked.repeat)]
            show(f"{rows // 1_000_000} M lignes", f"{form}, tables", found)


def engine(arguments: Sequence[str]) -> None:
    """Run one engine in this process."""
    name, *rest = arguments
    if name == "prepare":
        prepare(Path(rest[0]), Path(rest[1]), int(rest[2]))
    else:
        with_pandas(*rest)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--engine"]:
        engine(sys.argv[2:])
    else:
        main()
