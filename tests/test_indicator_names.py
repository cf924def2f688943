"""An indicator named part by part is the one named whole, with the same trail, in a build too."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopreport.definitions import UnknownName
from coopreport.ledger import Ledger
from coopreport.notebook.names import IndicatorNames, UnknownPart, spelled
from tests.chapters import write_chapter
from tests.claims_fixtures import ledger_of
from tests.conftest import ROOT
from tests.engines import run


@pytest.fixture
def ledger() -> Ledger:
    return ledger_of(ROOT)


def test_naming_by_parts_leaves_the_trail_of_naming_whole(project: Path) -> None:
    write_chapter(project, '## Texte\n\n{eval}`indicator["feuille.quantite.m2020-16"]`.')
    (whole,) = run(project, "souche")
    write_chapter(project, '## Texte\n\n{eval}`indicator.feuille.quantite["m2020-16"]`.')
    (parts,) = run(project, "souche")
    assert parts.ledger == whole.ledger
    (shown,) = parts.notebook.cells[-2].metadata["user_expressions"]
    assert 'data-indicator="feuille.quantite.m2020-16"' in shown["result"]["data"]["text/html"]


def test_a_name_that_begins_others_is_still_the_indicator(ledger: Ledger) -> None:
    indicator = IndicatorNames(ledger)
    assert "demandes.nombre.roadmap-2020" in ledger.names()
    assert indicator.demandes.nombre is ledger.indicator("demandes.nombre")
    assert indicator.demandes["nombre.roadmap-2020"] is ledger.indicator(
        "demandes.nombre.roadmap-2020"
    )


def test_every_name_is_spelled_so_that_it_can_be_evaluated(ledger: Ledger) -> None:
    names = ledger.names()
    indicator = IndicatorNames(ledger)
    for name in names:
        found = eval(f"indicator.{spelled(name, names)}", {"indicator": indicator})
        assert found is ledger.indicator(name)


def test_the_labels_are_those_of_the_indicators(ledger: Ledger) -> None:
    labels = ledger.labels()
    assert tuple(labels) == ledger.names()
    assert all(ledger.indicator(name).label == label for name, label in labels.items())


@pytest.mark.parametrize(
    ("ask", "nearest"),
    [
        (lambda indicator: indicator.financment, "financement"),
        (lambda indicator: indicator.financement.anonce, "annonce"),
    ],
)
def test_a_wrong_part_names_the_nearest(ledger: Ledger, ask: object, nearest: str) -> None:
    assert callable(ask)
    with pytest.raises(UnknownPart, match=f"«\u00a0{nearest}\u00a0»"):
        ask(IndicatorNames(ledger))


def test_a_wrong_name_between_brackets_names_the_nearest(ledger: Ledger) -> None:
    with pytest.raises(UnknownName, match="annonce"):
        IndicatorNames(ledger)["financement.anonce"]


def test_what_python_asks_of_every_object_is_no_name(ledger: Ledger) -> None:
    assert not hasattr(IndicatorNames(ledger), "_repr_html_")
    assert not hasattr(IndicatorNames(ledger), "shape")
