"""The `register:` entry of a cycle file, and what a build takes from it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from coopreport.cycles import BadCycle, Cycle, read_cycle
from coopreport.pipeline.inputs import input_files
from coopreport.project import Project
from tests.chapters import CYCLE


def with_register(project: Path, entry: str) -> Cycle:
    path = project / "data" / "cycles" / f"{CYCLE}.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("chapters:", f"register:{entry}\nchapters:", 1), encoding="utf-8")
    return read_cycle(Project(project), CYCLE)


@pytest.fixture
def registers(project: Path) -> Path:
    folder = project / "registers"
    folder.mkdir()
    (folder / "liste.csv").write_text("unit_id,birth\n")
    (folder / "villes.csv").write_text("x\n")
    return project


def test_a_cycle_without_a_register_has_none(project: Path) -> None:
    assert read_cycle(Project(project), CYCLE).register is None


def test_a_register_is_read_with_its_paths_and_dates(registers: Path) -> None:
    found = with_register(
        registers,
        "\n  kind: csv\n  path: registers/liste.csv\n  municipalities: registers/villes.csv"
        "\n  first_birth: 2002-01-01\n  cut_off: 2022-12-31",
    ).register
    assert found is not None
    assert (found.kind, found.shown) == ("csv", "registers/liste.csv")
    assert found.path == registers / "registers" / "liste.csv"
    assert (found.first_birth, found.cut_off) == (date(2002, 1, 1), date(2022, 12, 31))
    assert (found.last_birth, found.observation_start) == (None, None)


def test_the_files_of_the_register_are_inputs_of_the_build(registers: Path) -> None:
    cycle = with_register(registers, " {kind: csv, path: registers/liste.csv}")
    assert cycle.register is not None
    project = Project(registers)
    before = input_files(project, cycle)
    assert "registers/liste.csv" in before
    assert "registers/villes.csv" not in before
    (registers / "registers" / "liste.csv").write_text("unit_id,birth\nA,2010-01-01\n")
    assert input_files(project, cycle) != before


def test_the_earlier_edition_is_an_input_too(registers: Path) -> None:
    (registers / "registers" / "avant.csv").write_text("unit_id,birth\n")
    cycle = with_register(
        registers,
        " {kind: csv, path: registers/liste.csv, earlier: registers/avant.csv,"
        " earlier_seen: 2020-01-01}",
    )
    assert cycle.register is not None
    assert cycle.register.earlier_seen == date(2020, 1, 1)
    assert "registers/avant.csv" in input_files(Project(registers), cycle)


def test_a_folder_gives_each_of_its_files(registers: Path) -> None:
    folder = registers / "registers" / "quebec"
    folder.mkdir()
    (folder / "Entreprise.csv").write_text("NEQ\n")
    cycle = with_register(registers, " {kind: quebec, path: registers/quebec}")
    assert cycle.register is not None
    assert [file.name for file in cycle.register.files] == ["Entreprise.csv"]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (" {kind: csv}", "register.path"),
        (" {path: registers/liste.csv}", "register.kind"),
        (" {kind: ontario, path: registers/liste.csv}", "quebec, uk, csv"),
        (" {kind: csv, path: registers/absent.csv}", "make register URL="),
        (" {kind: csv, path: data/grants.csv}", "sous registers/"),
        (" {kind: csv, path: registers/../data/grants.csv}", "sous registers/"),
        (" {kind: csv, path: /etc/passwd}", "sous registers/"),
        (" {kind: csv, path: registers}", "sous registers/"),
        (" {kind: csv, path: registers/liste.csv, chemin: x}", "paramètre inconnu"),
        (" {kind: csv, path: registers/liste.csv, cut_off: 31/12/2022}", "AAAA-MM-JJ"),
        (" {kind: csv, path: registers/liste.csv, cut_off: 2999-01-01}", "AAAA-MM-JJ"),
        (" {kind: csv, path: registers/liste.csv, municipalities: notebooks/x}", "ou data/"),
        (
            " {kind: csv, path: registers/liste.csv, earlier: registers/liste.csv}",
            "earlier_seen: …",
        ),
        (" {kind: csv, path: registers/liste.csv, earlier_seen: 2020-01-01}", "earlier: …"),
        (" {kind: csv, path: registers/liste.csv, earlier: data/grants.csv}", "sous registers/"),
        (" registers/liste.csv", "« register » doit être une liste"),
    ],
)
def test_a_register_that_breaks_a_rule_is_a_fault_with_its_line(
    registers: Path, entry: str, words: str
) -> None:
    with pytest.raises(BadCycle) as caught:
        with_register(registers, entry)
    assert words in str(caught.value)
    assert "ligne" in str(caught.value)
    assert caught.value.exit_code == 2
