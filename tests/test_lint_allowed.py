"""What may be typed is declared once, with a reason, and only as long as it stands somewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_lint_typed_numbers import linted

R1 = "- {text: R1, where: '*', reason: nom d’une recommandation}\n"


def test_a_declared_name_passes(project: Path) -> None:
    assert linted(project, "## T\n\nLa demande R1.", allowed=R1) == ""


def test_a_declared_name_allows_no_other_number(project: Path) -> None:
    said = linted(project, "## T\n\nLes demandes R1 et R12.", allowed=R1)
    assert said.startswith("1 faute")
    assert "« R12 »" in said


def test_a_declared_phrase_allows_its_number_nowhere_else(project: Path) -> None:
    study = "- {text: étude de 2022, where: financement, reason: titre de l’étude}\n"
    said = linted(project, "## T\n\nL'Étude de\u00a02022, puis 2022.", allowed=study)
    assert said.startswith("1 faute")


def test_a_name_declared_for_one_notebook_is_not_for_another(project: Path) -> None:
    here = R1.replace("'*'", "financement")
    assert linted(project, "## T\n\nR1.", allowed=here) == ""
    elsewhere = R1.replace("'*'", "portrait")
    assert "chapitre inconnu" in linted(project, "## T\n\nR1.", allowed=elsewhere)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("- {text: R9, where: '*', reason: nom}", "entrée périmée"),
        ("- {text: R1, where: '*'}", "entrée sans raison"),
        ("- {text: R1, where: '*', reason: ' '}", "entrée sans raison"),
        ("- {text: R1, reason: nom}", "chapitre inconnu ou absent"),
        ("- {where: '*', reason: nom}", "un « text » ou une « regex »"),
        ("- {regex: 'R[', where: '*', reason: nom}", "expression régulière illisible"),
        ("- {regex: '.*', where: '*', reason: nom}", "n'importe quel nombre"),
        ("- {regex: '[0-9]+', where: '*', reason: nom}", "n'importe quel nombre"),
        ("- {texte: R1, where: '*', reason: nom}", "vouliez-vous dire « text »"),
        ("text: R1", "une liste d'entrées est attendue"),
        ("- {text: R1", "ce n'est pas du YAML lisible"),
    ],
)
def test_an_entry_out_of_order_is_a_fault(project: Path, entry: str, said: str) -> None:
    report = linted(project, "## T\n\nTexte.", allowed=f"# commentaire\n{entry}\n")
    assert said in report
    assert "notebooks/nombres-permis.yaml, ligne " in report
