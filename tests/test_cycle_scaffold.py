"""`make cycle`: all of it or nothing, old bytes untouched, and a draft until all is confirmed."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

import pytest

from coopreport.cycles import read_cycle
from coopreport.errors import BadCall, BadData, CannotPublish
from coopreport.project import Project
from coopreport.scaffold.cycle import make_cycle
from coopreport.scaffold.unconfirmed import unconfirmed_rows
from coopreport.tables import check_package, open_package
from tests.builds import small_project
from tests.chapters import CYCLE
from tests.conftest import runner

NEW = "2026-2027"
TABLES = ("recommendations.csv", "readings.csv", "claims.csv")


def silent(_: str) -> None:
    """Say nothing."""


def contents(project: Path) -> dict[str, bytes]:
    data = project / "data"
    return {p.relative_to(data).as_posix(): p.read_bytes() for p in data.rglob("*") if p.is_file()}


def rows(project: Path, table: str, cycle: str) -> list[dict[str, str]]:
    text = (project / "data" / table).read_text(encoding="utf-8")
    return [row for row in csv.DictReader(text.splitlines()) if row["cycle"] == cycle]


def test_rows_are_added_and_no_byte_is_changed(project: Path) -> None:
    before = contents(project)
    make_cycle(Project(project), NEW, CYCLE, silent)
    after = contents(project)
    assert {name for name in after if after[name] != before.get(name)} == {
        *TABLES,
        f"cycles/{NEW}.yaml",
    }
    for table in TABLES:
        assert after[table].startswith(before[table])
        carried = rows(project, table, NEW)
        assert len(carried) == len(rows(project, table, CYCLE)) > 0
        assert {row["confirmed"] for row in carried} == {"false"}


def test_the_new_cycle_is_in_order_and_to_be_confirmed(project: Path) -> None:
    make_cycle(Project(project), NEW, CYCLE, silent)
    package = open_package(project / "data")
    assert check_package(package).faults == ()
    cycle = read_cycle(Project(project), NEW)
    assert cycle.former is not None and cycle.former.id == CYCLE
    assert (cycle.fiscal_years[0], cycle.scenarios, cycle.hindsight) == (NEW, (), False)
    waiting = unconfirmed_rows(package, NEW)
    assert "recommendations R1" in waiting
    assert len(waiting) == sum(len(rows(project, table, NEW)) for table in TABLES)
    assert unconfirmed_rows(package, CYCLE) == ()


def test_years_move_and_ids_stay_apart(project: Path) -> None:
    make_cycle(Project(project), NEW, CYCLE, silent)
    asks = {row["ask_id"]: row for row in rows(project, "recommendations.csv", NEW)}
    assert asks["R1"]["first_fiscal_year"] == "2026-2027"
    assert asks["R1"]["last_fiscal_year"] == "2027-2028"
    claims = rows(project, "claims.csv", NEW)
    parts = {row["part_of"] for row in claims if row["part_of"]}
    assert parts <= {row["claim_id"] for row in claims}
    assert all(row["claim_id"].startswith(NEW) for row in claims)


def test_line_ends_are_kept(project: Path) -> None:
    path = project / "data" / "readings.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    before = path.read_bytes()
    make_cycle(Project(project), NEW, CYCLE, silent)
    added = path.read_bytes()[len(before) :]
    assert path.read_bytes().startswith(before)
    assert added.count(b"\n") == added.count(b"\r\n") > 0


def test_a_cycle_that_exists_is_never_written_over(project: Path) -> None:
    make_cycle(Project(project), NEW, CYCLE, silent)
    before = contents(project)
    with pytest.raises(BadCall, match="existe déjà"):
        make_cycle(Project(project), NEW, CYCLE, silent)
    (project / "data" / "cycles" / f"{NEW}.yaml").unlink()
    path = project / "data" / "readings.csv"
    path.write_bytes(path.read_bytes().replace(b",false\n", b",true\n"))
    with pytest.raises(BadCall, match=r"existe déjà dans data/readings\.csv"):
        make_cycle(Project(project), NEW, CYCLE, silent)
    assert contents(project)["claims.csv"] == before["claims.csv"]


def test_what_a_killed_run_began_is_finished_by_the_same_command(project: Path) -> None:
    make_cycle(Project(project), NEW, CYCLE, silent)
    whole = contents(project)
    (project / "data" / "cycles" / f"{NEW}.yaml").unlink()
    make_cycle(Project(project), NEW, CYCLE, silent)
    assert contents(project) == whole


def test_a_table_that_cannot_be_written_leaves_everything_as_it_was(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, replace, seen = contents(project), os.replace, []

    def fail_at_the_third(source: Any, target: Any) -> None:
        seen.append(target)
        if len(seen) == 3:
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", fail_at_the_third)
    with pytest.raises(CannotPublish, match="espace"):
        make_cycle(Project(project), NEW, CYCLE, silent)
    assert contents(project) == before


def test_tables_at_fault_make_no_cycle(project: Path) -> None:
    path = project / "data" / "grants.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("20000000", "beaucoup"))
    before = contents(project)
    with pytest.raises(BadData):
        make_cycle(Project(project), NEW, CYCLE, silent)
    assert contents(project) == before


@pytest.mark.parametrize(
    ("new", "former", "words"),
    [
        (NEW, "", "De quel cycle partir"),
        (NEW, "2012-2013", "n’existe pas encore"),
        ("2018-2019", CYCLE, "n’est pas avant"),
        ("../x", CYCLE, "20NN-20NN"),
    ],
)
def test_a_wrong_call_writes_nothing(project: Path, new: str, former: str, words: str) -> None:
    before = contents(project)
    with pytest.raises(BadCall, match=words):
        make_cycle(Project(project), new, former, silent)
    assert contents(project) == before


def test_the_report_says_what_is_to_be_confirmed_and_no_release_is_made(tmp_path: Path) -> None:
    project = small_project(tmp_path)
    command = runner(project)
    made = command("cycle", f"--cycle={NEW}", f"--from={CYCLE}")
    assert made.returncode == 0, made.stderr
    assert [line[2] for line in made.stderr.splitlines() if line[2:4] in ("1.", "2.", "3.")] == [
        "1",
        "2",
        "3",
    ]
    done = command("report", f"--cycle={NEW}")
    assert done.returncode == 0, done.stderr
    page = (project / "build" / NEW / "latest" / "rapport.html").read_text(encoding="utf-8")
    assert "Brouillon, à confirmer" in page
    assert "<code>recommendations R3</code>" in page
    refused = command("release", f"--cycle={NEW}")
    assert refused.returncode == 5
    assert "à confirmer" in refused.stderr
    assert "recommendations R3" in refused.stderr
    assert not (project / "build" / NEW / "v1").exists()
