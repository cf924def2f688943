"""The estimates agree with R's `survival` to 1e-9: from the records, the table and a golden file.

R is part of what the tests need: without it they fail, with the remedy. Only the real register may
be absent (it is not committed).
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coopreport.analysis.pooled import COUNTS
from coopreport.analysis.rates import survival_at
from coopreport.analysis.survival import kaplan_meier, kaplan_meier_by
from coopreport.registers import RegisterFile, Rules, uk
from coopreport.registers import life_table as life_table_of
from coopreport.registers.life_table import count_by_age, observe
from tests.registers_fixtures import real_uk

HERE = Path(__file__).parent
SCRIPT = HERE / "r" / "survival_reference.R"
GOLDEN = HERE / "golden" / "survival_uk_r.csv"
TABLE = HERE.parent / "data" / "life_table_uk.csv"
REMEDY = "Installer R et son paquet survival : apt-get install -y r-base-core r-cran-survival"
TOLERANCE = 1e-9
STEP_COLUMNS = {
    "n_risk": "at_risk",
    "n_event": "deaths",
    "surv": "survival",
    "std_err": "std_error",
    "lower": "lower",
    "upper": "upper",
}


def reference(kind: str, path: Path, times: str, by: str = "type") -> pd.DataFrame:
    """Run R on records or rows and return the curves or rates that it printed."""
    text = run_r(SCRIPT.name, kind, str(path), times, by)
    return pd.read_csv(io.StringIO(text), comment="#")


def run_r(script: str, *arguments: str) -> str:
    """Run one of our R scripts and return what it printed."""
    if not shutil.which("Rscript"):
        pytest.fail(f"Rscript est introuvable. {REMEDY}")
    done = subprocess.run(
        ["Rscript", str(HERE / "r" / script), *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "LANGUAGE": "en"},
    )
    if "no package called" in done.stderr:
        pytest.fail(f"Le paquet survival de R est introuvable. {REMEDY}")
    assert done.returncode == 0, done.stderr
    return done.stdout


def life_table() -> pd.DataFrame:
    return pd.read_csv(TABLE, dtype={"coop_type": str})


def curve_of(table: pd.DataFrame, estimate: str, group: str) -> pd.DataFrame:
    """Return the curve of a group, estimated together with those of the others, or that of all."""
    delayed = estimate == "delayed"
    if group == "all":
        return kaplan_meier(table, delayed_entry=delayed)
    curves = kaplan_meier_by(table, ["coop_type"], delayed_entry=delayed)
    return curves[curves["coop_type"] == group]


def as_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Expand counts to weighted (start, stop, status) rows.

    The table forgets who entered when among those who left. Any pairing gives the same risk sets;
    pairing the first to enter with the first to leave never makes an empty interval.
    """
    rows: list[tuple[str, int, int, int]] = []
    for group, part in table.groupby("coop_type"):
        ages = part["age_days"].to_numpy()
        starts = np.sort(np.repeat(ages, part["entries"]))
        stops = [(int(age), 1) for age in np.repeat(ages, part["deaths"])]
        stops += [(int(age), 0) for age in np.repeat(ages, part["exits"])]
        for start, (stop, status) in zip(starts, sorted(stops), strict=True):
            rows.append((str(group), int(start) or -1, stop, status))
    columns = ["group", "start", "stop", "status"]
    return pd.DataFrame(rows, columns=columns).value_counts().rename("weight").reset_index()


def assert_same_curves(table: pd.DataFrame, steps: pd.DataFrame) -> None:
    """Hold every step of every curve of R against ours: at risk, deaths, S, error, interval."""
    assert set(steps["group"]) == {"all", *table["coop_type"]}
    for (estimate, group), theirs in steps.groupby(["estimate", "group"]):
        curve = curve_of(table, str(estimate), str(group))
        ours = curve.set_index("age_days").loc[theirs["time"].astype(int)]
        for name, column in STEP_COLUMNS.items():
            np.testing.assert_allclose(
                ours[column].to_numpy(dtype=float),
                theirs[name].to_numpy(dtype=float),
                rtol=TOLERANCE,
                atol=TOLERANCE,
                err_msg=f"{estimate} {group} {column}",
            )


def assert_same_rates(table: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Hold the rates at n years; the interval where R has one, 0 < S < 1."""
    for _, row in expected.iterrows():
        rate = survival_at(curve_of(table, row["estimate"], row["group"]), row["time"])
        place = f"{row['estimate']} {row['group']} {row['time']} ans"
        assert (rate.at_risk, rate.deaths) == (row["n_risk"], row["n_event"]), place
        assert rate.survival == pytest.approx(row["surv"], rel=TOLERANCE, abs=TOLERANCE), place
        assert rate.std_error == pytest.approx(row["std_err"], rel=TOLERANCE, abs=TOLERANCE), place
        if row["surv"] < 1:
            assert rate.lower == pytest.approx(row["lower"], rel=TOLERANCE, abs=TOLERANCE), place
            assert rate.upper == pytest.approx(row["upper"], rel=TOLERANCE, abs=TOLERANCE), place
        else:
            assert (rate.lower, rate.upper) == (None, None), place


def test_every_step_of_the_committed_table_agrees_with_r(tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    as_rows(life_table()).to_csv(rows, index=False)
    assert_same_curves(life_table(), reference("rows", rows, "steps"))


def test_every_step_from_the_records_agrees_with_r_reading_the_register_itself() -> None:
    path = real_uk()
    units = observe(uk.read_organisations(path).records, uk.DEFINITION).units
    assert_same_curves(count_by_age(units), reference("records", path, "steps"))


def test_the_rates_of_the_committed_table_are_those_r_gives_from_the_records() -> None:
    assert_same_rates(life_table(), reference("records", real_uk(), "1,3,5,10"))


def test_the_rates_of_the_committed_table_are_those_r_once_printed() -> None:
    golden = pd.read_csv(GOLDEN, comment="#")
    assert len(golden) == 2 * 11 * 4
    assert_same_rates(life_table(), golden)


def by_nation() -> pd.DataFrame:
    """The life table of the real register by nation, its names written as R's."""
    register_file = RegisterFile("uk", real_uk())
    table, _ = life_table_of(register_file, Rules.of(uk.DEFINITION), ["region"])
    return table.assign(coop_type=table["region"].str.lower().str.replace(" ", "_"))


def test_the_rates_by_nation_are_those_r_once_printed() -> None:
    golden = pd.read_csv(HERE / "golden" / "survival_uk_nation_r.csv", comment="#")
    assert len(golden) == 2 * 6 * 4
    # R goes on with a curve that nobody entered before some age: we say that there is no rate.
    known = (golden["group"] != "guernsey") | (golden["estimate"] == "naive")
    assert_same_rates(by_nation(), golden[known])
    guernsey = by_nation().query("coop_type == 'guernsey'")
    assert survival_at(kaplan_meier(guernsey), 5).survival is None


def test_every_step_by_nation_agrees_with_r_reading_the_register_itself() -> None:
    assert_same_curves(by_nation(), reference("records", real_uk(), "steps", "nation"))


def test_the_golden_file_names_its_versions_and_its_command() -> None:
    versions, command = GOLDEN.read_text(encoding="utf-8").splitlines()[:2]
    assert versions.startswith("# R version ") and " - survival " in versions
    assert command.startswith("# Rscript tests/r/survival_reference.R records ")


def test_a_death_at_age_zero_and_a_curve_that_falls_to_zero_agree_with_r(tmp_path: Path) -> None:
    table = pd.DataFrame(
        [("a", 0, 3, 1, 0), ("a", 2, 2, 0, 0), ("a", 5, 0, 2, 1), ("a", 9, 0, 1, 0)],
        columns=["coop_type", "age_days", *COUNTS],
    )
    rows = tmp_path / "rows.csv"
    as_rows(table).to_csv(rows, index=False)
    assert_same_curves(table, reference("rows", rows, "steps"))
