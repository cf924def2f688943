"""What a cycle knows: nothing after its cut-off, and no cell where its facts are lacking."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import nbformat
import pytest

from coopreport.catalogue import CATALOGUE
from coopreport.cycles import read_cycle
from coopreport.known import known_on
from coopreport.pipeline.needs import needed, say_lacks
from coopreport.project import Project
from tests.claims_fixtures import ledger_of
from tests.conftest import ROOT

WITHOUT_BRIEF = ("2014-2015", "2019-2020", "2020-2021", "2021-2022", "2022-2023", "2024-2025")


@pytest.mark.parametrize(
    ("dated", "day", "known"),
    [
        (2020, date(2020, 12, 30), False),
        (2020, date(2020, 12, 31), True),
        ("2023-01", date(2023, 1, 30), False),
        ("2023-01", date(2023, 1, 31), True),
        ("2010-01-18", date(2010, 1, 18), True),
        (date(2021, 7, 15), date(2021, 7, 14), False),
        (None, date(2099, 1, 1), False),
    ],
)
def test_a_fact_is_known_from_the_end_of_its_period(dated: object, day: date, known: bool) -> None:
    assert known_on(dated, day) is known


@pytest.mark.parametrize(
    ("cycle", "dollars"),
    [
        # by hand, from the announcements: 2016, then 2020, 2021, 2023 and 2024
        ("2019-2020", 20_000_000),
        ("2021-2022", 24_050_000),
        ("2022-2023", 33_890_000),
        ("2024-2025", 43_690_000),
        ("2025-2026", 45_390_000),
    ],
)
def test_only_grants_announced_by_the_cut_off_are_counted(cycle: str, dollars: int) -> None:
    ledger = ledger_of(ROOT, cycle)
    assert ledger.indicator("financement.accorde_coupure").value == dollars
    assert ledger.indicator("financement.accorde_total").value == dollars


def test_a_cycle_before_the_first_grant_says_nothing_of_grants() -> None:
    ledger = ledger_of(ROOT, "2014-2015")
    assert not ledger.fact("grants").known
    assert [name for name in ledger.names() if name.startswith("financement.")] == []
    assert [name for name in ledger.names() if name.startswith("survie.uk")] == []


@pytest.mark.parametrize("cycle", WITHOUT_BRIEF)
def test_nothing_published_after_the_cut_off_is_in_the_series(cycle: str) -> None:
    ledger = ledger_of(ROOT, cycle)
    assert max(ledger.frame("portrait.series").rows["published"]) < ledger.cycle.id
    printed = ledger.frame("survie.publies").rows["printed_year"]
    assert max(printed) < ledger.cycle.cut_off.year


@pytest.mark.parametrize("cycle", WITHOUT_BRIEF)
def test_no_amount_is_made_up_for_a_cycle_without_a_brief(cycle: str) -> None:
    ledger = ledger_of(ROOT, cycle)
    assert not ledger.fact("asks").known
    assert "aucun des documents consultés" in ledger.lacks()["asks"]
    assert cycle in ledger.lacks()["asks"]
    assert not [name for name in ledger.names() if name.startswith("financement.annuel")]


def test_the_cycle_before_is_seen_at_its_own_cut_off() -> None:
    rows = ledger_of(ROOT).frame("cycle.comparaison").rows.set_index("label")
    grants = rows.loc["Entente, accordé depuis le début"]
    assert (grants["now"], grants["before"]) == (33_890_000, 33_890_000)
    assert rows.loc["Emplois", "change"] == 125_000 - 116_000
    assert rows.loc["Demandes, par année", "before"] is None
    assert rows.loc["Demandes, par année", "now"] == 8_800_000
    assert rows.loc["Coopératives et mutuelles", "now"] == 3000
    assert rows.loc["Part de l’économie, sans méthode", "before"] == 14


def notebook(*cells: nbformat.NotebookNode) -> nbformat.NotebookNode:
    book: nbformat.NotebookNode = nbformat.v4.new_notebook(cells=list(cells))
    return book


def needing(text: str, *facts: str) -> nbformat.NotebookNode:
    tags = [f"needs:{fact}" for fact in facts]
    cell: nbformat.NotebookNode = nbformat.v4.new_markdown_cell(text, metadata={"tags": tags})
    return cell


def test_the_lack_is_said_once_under_the_heading_and_cells_keep_their_places() -> None:
    code = nbformat.v4.new_code_cell("1", metadata={"tags": ["needs:asks"]})
    book = notebook(needing("## Demandes\n\nTexte.", "asks"), code, needing("## Reste", "x"))
    assert needed(book) == ["asks", "x"]
    say_lacks(book, {"asks": "On ne sait pas.", "x": ""})
    assert [cell.cell_type for cell in book.cells] == ["markdown"] * 3
    assert book.cells[0].source == "## Demandes\n\n:::{note}\nOn ne sait pas.\n:::"
    assert [cell.source for cell in book.cells[1:]] == ["", ""]


def test_a_cell_whose_facts_are_known_is_left_as_it_is() -> None:
    book = notebook(needing("Texte.", "asks"))
    say_lacks(book, {"grants": "On ne sait pas."})
    assert book.cells[0].source == "Texte."


def test_every_fact_that_a_notebook_needs_is_defined() -> None:
    for path in Path(ROOT / "notebooks").glob("*.ipynb"):
        found = needed(nbformat.read(path, as_version=4))
        assert set(found) <= set(CATALOGUE.facts), path.name


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("former: 2022-2023", "former: 2030-2031", "un cycle d’avant"),
        ("former: 2022-2023", "former: ../x", "un cycle d’avant"),
        ("hindsight: true", "hindsight: oui", "« true » ou « false »"),
        ("{share: 0.5}", "{share: beaucoup}", "une part de 0 à 10"),
        ("{share: 0.5}", "{moitie: 0.5}", "changement inconnu"),
        ("{spread: 5}", "{spread: 0}", "un nombre d’exercices"),
        ("  entente-moitie:", "  Entente:", "nom de scénario"),
    ],
)
def test_a_fault_of_the_new_entries_is_told_with_its_line(
    project: Path, old: str, new: str, rule: str
) -> None:
    from coopreport.cycles import BadCycle

    path = project / "data" / "cycles" / "2023-2024.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadCycle) as caught:
        read_cycle(Project(project), "2023-2024")
    assert any(rule in fault.rule and fault.line for fault in caught.value.faults)
