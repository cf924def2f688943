"""Findings are computed: they say what the tables say, and go when the tables change."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopreport.locale import NBSP
from tests.claims_fixtures import edit, ledger_of
from tests.conftest import ROOT

STUDY = "cqcm_mei_2022"


def findings(root: Path) -> dict[str, str]:
    rows = ledger_of(root).frame("enonces.constats").rows
    return dict(zip(rows["id"], rows["sentence"], strict=True))


def plain(text: str) -> str:
    return text.replace(NBSP, " ")


@pytest.mark.parametrize(
    ("finding", "words"),
    [
        ("comparateurs_imprimes", "48,2 % à 3 ans, 35 % à 5 ans et 19,5 % à 10 ans"),
        ("comparateurs_imprimes", "imprimés en 2009 ou 2010"),
        ("comparateurs_imprimes", "48 % en 2010; à 5 ans, 35 % en 2010; à 10 ans, 19,5 % en 2009"),
        ("comparateurs_imprimes", "puis 20 % en 2010"),
        ("avantage_canada", "naissances canadiennes de 2002 à 2014"),
        ("avantage_canada", "de +28,9 points et +24,9 points à +0,9 point et +1,4 point"),
        ("cohortes_trop_jeunes", "de 2013 à 2015 ne peuvent pas entrer dans un taux à 10 ans"),
        ("part_du_pib", "51 G$ valent 10,1 % du PIB de 2021, et non 13,5 %"),
        ("hausse_entente", "Si la subvention en cours couvre 2 exercices"),
        ("hausse_entente", "hausse de 0,08 M$ par année"),
        ("annees_de_l_annonce", "8,8 M$ par année ne vaut que pour 2023-2024 et 2024-2025"),
        ("annees_de_l_annonce", "jusqu’à 1,8 M$"),
    ],
)
def test_the_real_tables_show(finding: str, words: str) -> None:
    assert words in plain(findings(ROOT)[finding])


def test_each_finding_states_its_assumption_and_what_it_used() -> None:
    rows = ledger_of(ROOT).frame("enonces.constats").rows
    assert (rows["assumption"].str.len() > 40).all()
    assert rows["uses"].ne("").all()


def test_a_comparator_that_changed_is_no_longer_among_the_old_ones(project: Path) -> None:
    edit(project, "survival_published", {"rate_id": f"{STUDY}-all_firms_quebec-05"}, rate="52")
    told = plain(findings(project)["comparateurs_imprimes"])
    assert "à 5 ans" not in told
    assert "19,5 % à 10 ans" in told


def test_comparators_that_all_changed_leave_no_finding(project: Path) -> None:
    for years in ("01", "03", "05", "10"):
        key = {"rate_id": f"{STUDY}-all_firms_quebec-{years}"}
        edit(project, "survival_published", key, rate="99")
    assert "comparateurs_imprimes" not in findings(project)


@pytest.mark.parametrize(
    ("finding", "table", "key", "cells"),
    [
        (
            "avantage_canada",
            "survival_published",
            {"rate_id": "isde_2018-new_firms_canada-05"},
            {"rate": "30"},
        ),
        (
            "cohortes_trop_jeunes",
            "survival_published",
            {"rate_id": f"{STUDY}-coops_quebec-10"},
            {"cohort_last": "2012"},
        ),
        (
            "part_du_pib",
            "gdp",
            {"year": "2021", "measure": "nominal"},
            {"value": "377777777777"},
        ),
        ("hausse_entente", "recommendations", {"ask_id": "R1"}, {"base_grant": ""}),
    ],
)
def test_a_finding_goes_when_the_facts_no_longer_show_it(
    project: Path, finding: str, table: str, key: dict[str, str], cells: dict[str, str]
) -> None:
    assert finding in findings(project)
    edit(project, table, key, **cells)
    assert finding not in findings(project)


def test_the_headline_finding_goes_when_every_ask_runs_to_the_horizon(project: Path) -> None:
    for ask in ("R1", "R3"):
        edit(project, "recommendations", {"ask_id": ask}, last_fiscal_year="2027-2028")
    assert "annees_de_l_annonce" not in findings(project)


def test_a_stated_duration_is_no_longer_an_if(project: Path) -> None:
    edit(project, "grants", {"grant_row": "G2021-1"}, years_status="stated")
    assert findings(project)["hausse_entente"].startswith("Puisque")
