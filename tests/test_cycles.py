"""A cycle file: what is wrong in it is told at once, with its line, before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopreport.cycles import BadCycle, check_cycle_name, read_cycle
from coopreport.errors import BadCall, ChapterFailed
from coopreport.project import Project

CYCLE = "2023-2024"


def edit(project: Path, old: str, new: str) -> Project:
    """Replace one text of the cycle file, which must hold it."""
    path = project / "data" / "cycles" / f"{CYCLE}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return Project(project)


def faults(project: Project) -> list[tuple[str, str]]:
    with pytest.raises(BadCycle) as caught:
        read_cycle(project, CYCLE)
    return [(fault.column, fault.rule) for fault in caught.value.faults]


def test_the_real_cycle_reads(project: Path) -> None:
    cycle = read_cycle(Project(project), CYCLE)
    assert cycle.fiscal_years[0] == "2023-2024"
    assert cycle.fiscal_years[-1] == "2027-2028"
    assert cycle.parameter("survie", "years") == [1, 3, 5, 10]


@pytest.mark.parametrize(
    "name",
    [
        "../../etc",
        "/etc/x",
        "2023-2024/..",
        "2023-2025",
        "2023-24",
        "",
        "2" * 300,
        "$(id)",
        ";rm",
        "2023-2024\n",
        "２０２３-2024",
    ],
)
def test_a_name_that_is_no_cycle_is_refused(name: str) -> None:
    with pytest.raises(BadCall, match="20NN-20NN"):
        check_cycle_name(name)


def test_an_unknown_cycle_names_the_known_ones(project: Path) -> None:
    with pytest.raises(BadCall, match="2023-2024"):
        read_cycle(Project(project), "2030-2031")


@pytest.mark.parametrize(
    ("old", "new", "column", "rule"),
    [
        ("horizon: 5", "horizont: 5", "horizont", "paramètre inconnu"),
        ("horizon: 5", "horizon: cinq", "horizon", "un nombre entier d’exercices"),
        ("horizon: 5", "horizon: 0", "horizon", "de 1 à 20"),
        ("cut_off: 2023-01-31", "cut_off: 2023-02-30", "cut_off", "une date AAAA-MM-JJ"),
        ("cut_off: 2023-01-31", "cut_off: 2999-01-31", "cut_off", "qui est passée"),
        ("first_fiscal_year: 2023-2024", "first_fiscal_year: 2023-2025", "first", "20NN-20NN"),
        ("first_granted: 2015-2016", "first_grant: 2015-2016", "first_grant", "inconnu"),
        ("confidence: 0.95", "confidence: 95", "confidence", "de 0.5 à 0.999"),
        ("confidence: 0.95", "confidence: élevé", "confidence", "un nombre décimal"),
        ("years: [1, 3, 5, 10]", "years: [1, trois]", "years", "un nombre entier"),
        ("caution_below: 30", "caution_below: 0", "caution_below", "de 1 à 1000"),
        ("04-survie:", "04-survies:", "04-survies", "aucun notebook de ce nom"),
        ("cycle: 2023-2024", "cycle: 2024-2025", "cycle", "le fichier se nomme 2023-2024"),
        ("base_year: 2020", "base_year: 2020\nbase_year: 2019", "base_year", "deux fois"),
    ],
)
def test_a_fault_names_its_parameter_and_rule(
    project: Path, old: str, new: str, column: str, rule: str
) -> None:
    found = faults(edit(project, old, new))
    assert any(column in at and rule in why for at, why in found), found


def test_a_missing_parameter_of_a_chapter_is_told(project: Path) -> None:
    assert ("confidence", "paramètre absent") in faults(edit(project, "    confidence: 0.95\n", ""))


def test_every_fault_is_told_at_once(project: Path) -> None:
    edit(project, "horizon: 5", "horizon: x")
    edit(project, "confidence: 0.95", "confidence: x")
    assert len(faults(edit(project, "base_year: 2020", "base_yeer: 2020"))) == 4


def test_a_fault_has_its_line(project: Path) -> None:
    with pytest.raises(BadCycle) as caught:
        read_cycle(edit(project, "horizon: 5", "horizon: x"), CYCLE)
    text = (project / "data" / "cycles" / f"{CYCLE}.yaml").read_text(encoding="utf-8")
    line = text.splitlines()[caught.value.faults[0].line - 1]
    assert line == "horizon: x"


def test_a_character_that_yaml_refuses_is_a_fault_of_the_cycle(project: Path) -> None:
    path = project / "data" / "cycles" / f"{CYCLE}.yaml"
    path.write_text(f"{path.read_text(encoding='utf-8')}# \x01\n", encoding="utf-8")
    with pytest.raises(BadCycle, match="ce n’est pas du YAML lisible"):
        read_cycle(Project(project), CYCLE)


def test_yaml_that_cannot_be_read_is_told_with_its_line(project: Path) -> None:
    with pytest.raises(BadCycle, match="ligne"):
        read_cycle(edit(project, 'title: "', 'title: ["'), CYCLE)


def spoil(project: Path, name: str, old: str, new: str) -> Project:
    path = project / "notebooks" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return Project(project)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"parameters"', '"paramètres"', "0 cellule étiquetée"),
        ("# Sommaire", "Sommaire", "n’a pas de titre"),
        ('{\n "cells": [', '{\n<<<<<<< HEAD\n "cells": [', "marques de fusion"),
        ('"cells": [', '"cells": [ {', "JSON interrompu"),
        ('cycle = \\"2023-2024\\"', "import os", "que des valeurs"),
    ],
)
def test_a_notebook_that_is_no_chapter_is_refused_before_it_runs(
    project: Path, old: str, new: str, message: str
) -> None:
    with pytest.raises(ChapterFailed, match=message):
        read_cycle(spoil(project, "01-sommaire.ipynb", old, new), CYCLE)
