"""The real claims: all of them there, none unexplained, and one broken on purpose is found."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from coopreport.check_claims import UnexplainedGaps, checked_claims, require_explained
from coopreport.claims import unexplained
from coopreport.cli import main
from coopreport.errors import BadData
from coopreport.project import Project
from tests.chapters import list_chapters
from tests.claims_fixtures import edit, ledger_of
from tests.conftest import ROOT, Command

SEEDS = {
    # document: the numbers that it prints, in whole units
    "brief-2023-2024": "3000 11000000 460000000000 13.5 51000000000 125000 64 35 44 20 8800000"
    " 5000000 600000 4000000 1200000 76 11 17 1940 2004 5",
    "roadmap-2020": "5000 4 5",
    "action-plan-2008": "7 5",
    "action-plan-2012": "5 5",
}
GAP = {"claim_id": "brief_2023_2024-04"}


def register(root: Path = ROOT) -> pd.DataFrame:
    return ledger_of(root).frame("enonces.registre").rows


def test_all_28_numbers_of_the_documents_are_claims() -> None:
    claims = register()
    wanted = {name: Counter(values.split()) for name, values in SEEDS.items()}
    assert sum(counter.total() for counter in wanted.values()) == 28
    for document, numbers in wanted.items():
        printed = Counter(str(v) for v in claims.loc[claims["document"] == document, "value"])
        assert not numbers - printed, document


def test_every_published_survival_rate_is_a_claim_with_its_value() -> None:
    claims = register()
    rates = ledger_of(ROOT).table("survival_published").frame
    linked = claims[claims["rate_id"] != ""]
    assert sorted(linked["rate_id"]) == sorted(rates["rate_id"])
    both = linked.merge(rates, on="rate_id")
    assert (both["value"] == both["rate"]).all()


def test_no_gap_is_unexplained_and_nothing_is_a_surprise() -> None:
    checked = checked_claims(Project(ROOT), "2023-2024")
    assert unexplained(checked) == ()
    assert [each.surprise for each in checked if each.surprise] == []
    assert Counter(each.status for each in checked if each.status != "non_calculable") == {
        "conforme": 14,
        "ecart_connu": 1,
    }


def test_no_conforming_claim_is_the_printed_number_read_back() -> None:
    claims = register()
    proved = claims[claims["computed"].notna()]
    assert set(proved["indicator"]) == {
        "feuille.nombre_axes",
        "feuille.nombre_leviers",
        "feuille.nombre_leviers_memoire",
        "financement.par_annee.r3",
        "financement.somme.r3",
        "financement.total_annuel",
        "plans.parties",
        "plans.publics",
        "portrait.part_pib_recalculee.2021",
        "portrait.regions",
        "survie.comparateur.10_ans",
        "survie.comparateur.5_ans",
        "survie.coop.10_ans",
        "survie.coop.5_ans",
    }


def test_the_indicators_count_the_statuses() -> None:
    ledger = ledger_of(ROOT)
    names = ("conformes", "ecarts_connus", "ecarts", "non_calculables")
    counts = [ledger.indicator(f"enonces.{name}").value for name in names]
    assert sum(map(int, counts)) == ledger.indicator("enonces.total").value == len(register())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("claim", "cells", "words"),
    [
        ("brief_2023_2024-11", {"value": "8900000"}, "8,8"),  # the total
        ("brief_2023_2024-18", {"value": "18"}, "vaut 18, le calcul donne 17"),  # the regions
        ("brief_2023_2024-07", {"value": "65"}, "64"),  # the rate of the brief
        ("brief_2023_2024-01", {"value": "4000"}, "3"),  # read in the portrait
        ("brief_2023_2024-04", {"accepted_value": "11.1"}, "10,1"),  # what was accepted
        ("mic_1999-coops_quebec-05", {"value": "46"}, "porte 46"),  # a rate, entered twice
    ],
)
def test_a_claim_broken_on_purpose_is_found(
    project: Path, claim: str, cells: dict[str, str], words: str
) -> None:
    edit(project, "claims", {"claim_id": claim}, **cells)
    (gap,) = unexplained(checked_claims(Project(project), "2023-2024"))
    assert gap.claim.id == claim
    assert words in gap.reason
    with pytest.raises(UnexplainedGaps, match=claim):
        require_explained([gap])


def test_a_table_that_changes_breaks_the_claims_about_it(project: Path) -> None:
    edit(project, "survival_published", {"rate_id": "cqcm_mei_2022-coops_quebec-05"}, rate="64.6")
    gaps = unexplained(checked_claims(Project(project), "2023-2024"))
    assert {gap.claim.id for gap in gaps} == {
        "brief_2023_2024-07",
        "cqcm_mei_2022-coops_quebec-05",
    }


def test_an_unknown_indicator_gives_the_nearest(project: Path) -> None:
    edit(project, "claims", GAP, indicator="portrait.part_pib_recalcule.2021")
    with pytest.raises(BadData, match="brief_2023_2024-04(.|\n)*part_pib_recalculee.2021"):
        register(project)


@pytest.mark.parametrize(
    ("claim", "indicator"),
    [
        ("brief_2023_2024-04", "portrait.part_pib"),
        ("brief_2023_2024-07", "survie.memoire.coop.5_ans"),
    ],
)
def test_an_indicator_that_reads_the_number_back_proves_nothing(
    project: Path, claim: str, indicator: str
) -> None:
    edit(project, "claims", {"claim_id": claim}, indicator=indicator)
    with pytest.raises(BadData, match="relit le même nombre"):
        register(project)


@pytest.mark.parametrize("column", ["accepted_by", "accepted_on", "accepted_value", "reason"])
def test_a_known_gap_needs_its_reason_and_who_accepted_it(project: Path, column: str) -> None:
    edit(project, "claims", GAP, **{column: ""})
    with pytest.raises(BadData, match=column):
        register(project)


def test_a_claim_of_another_cycle_is_left_out(project: Path) -> None:
    edit(project, "claims", GAP, cycle="2024-2025")
    assert GAP["claim_id"] not in set(register(project)["id"])


def test_a_chapter_that_the_cycle_has_not_makes_its_claims_not_computable(project: Path) -> None:
    list_chapters(project, "01-sommaire")
    claims = {row["id"]: row for row in register(project).to_dict("records")}
    assert claims["brief_2023_2024-07"]["status"] == "non_calculable"
    assert "chapitre" in claims["brief_2023_2024-07"]["why"]
    assert claims["brief_2023_2024-11"]["status"] == "conforme"


def test_the_command_prints_the_counts_first_and_every_claim(coopreport: Command) -> None:
    done = coopreport("claims")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines[1:5]] == ["conforme", "écart", "écart", "non"]
    assert all(done.stdout.count(id) >= 1 for id in register()["id"])
    (heading,) = [line for line in lines if line.startswith("statut")]
    (gap,) = [line for line in lines if "brief_2023_2024-04" in line]
    assert gap.index("Part du PIB") == heading.index("grandeur")


def test_the_command_ends_with_7_and_a_remedy_when_a_gap_is_unexplained(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(project, "claims", {"claim_id": "brief_2023_2024-18"}, value="18")
    monkeypatch.chdir(project)
    before = (project / "data" / "claims.csv").read_bytes()
    assert main(["claims"]) == 7
    shown = capsys.readouterr()
    assert "ÉCART" in shown.out
    assert "brief_2023_2024-18" in shown.err
    assert "Remède" in shown.err
    assert (project / "data" / "claims.csv").read_bytes() == before
