"""Scenarios: variants of the asks, computed as the base is, which they never alter."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from coopreport.analysis.funding import by_year, schedule, under_scenario
from coopreport.cycles import read_cycle
from coopreport.cycles.scenarios import Change, Scenario
from coopreport.errors import BadCall
from coopreport.project import Project
from tests.builds import latest, small_project
from tests.chapters import CYCLE
from tests.conftest import ROOT, runner

YEARS = ("2023-2024", "2024-2025", "2025-2026")
ASKS = pd.DataFrame(
    [
        ("A", 1_000_001, "2023-2024", "2024-2025"),
        ("B", 300, "2023-2024", None),
    ],
    columns=["ask_id", "annual_amount", "first_fiscal_year", "last_fiscal_year"],
)


def totals(**changes: Change) -> list[int]:
    scenario = Scenario("essai", "Essai", changes)
    return list(by_year(schedule(under_scenario(ASKS, scenario, YEARS), YEARS)))


def test_a_scenario_that_changes_nothing_gives_the_base() -> None:
    assert totals(A=Change()) == list(by_year(schedule(ASKS, YEARS)))


def test_a_share_rounds_half_a_dollar_away_from_zero() -> None:
    assert totals(A=Change(share=Decimal("0.5"))) == [500_301, 500_301, 300]


def test_an_index_grows_from_the_first_year() -> None:
    # 300, then 306, then 312.12; A is 1 000 001, then 1 020 001.02
    assert totals(all=Change(indexed=Decimal("0.02"))) == [1_000_301, 1_020_307, 312]


def test_what_is_spread_keeps_its_total_to_the_dollar() -> None:
    # 2 000 002 over three years: 666 668, 666 667, 666 667
    assert totals(A=Change(spread=3)) == [666_968, 666_967, 666_967]


def test_an_ask_named_is_not_changed_by_all() -> None:
    kept = {"A": Change(share=Decimal(0)), "all": Change(share=Decimal(2))}
    assert totals(**kept) == [600, 600, 600]


def test_an_unknown_ask_names_the_nearest() -> None:
    with pytest.raises(BadCall, match="demandes"):
        totals(Z=Change(share=Decimal(2)))


def test_the_cycle_is_read_under_a_scenario_by_its_address() -> None:
    cycle = read_cycle(Project(ROOT), f"{CYCLE}@entente-moitie")
    assert cycle.scenario is not None
    assert (cycle.id, cycle.address) == (CYCLE, f"{CYCLE}@entente-moitie")


def test_an_unknown_scenario_is_a_bad_call_that_names_the_nearest(project: Path) -> None:
    done = runner(project)("report", "--scenario=entente-moite")
    assert done.returncode == 2
    assert "entente-moitie" in done.stderr
    assert not (project / "build" / CYCLE).exists()


def without_scenarios(project: Path) -> None:
    """Take the scenarios out of the cycle's file."""
    path = project / "data" / "cycles" / f"{CYCLE}.yaml"
    text = path.read_text(encoding="utf-8")
    changed = re.sub(r"(?ms)^scenarios:\n.*?(?=^chapters:)", "", text)
    assert changed != text
    path.write_text(changed, encoding="utf-8")


@pytest.fixture(scope="module")
def built_three(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The base, a scenario of it, then the base of a cycle without scenarios."""
    project = small_project(tmp_path_factory.mktemp("scenarios"))
    command = runner(project)
    found = {}
    assert command("report").returncode == 0
    found["base"] = latest(project)
    done = command("report", "--scenario=entente-moitie")
    assert done.returncode == 0, done.stderr
    found["after"] = latest(project)
    found["scenario"] = (project / "build" / CYCLE / "scenario-entente-moitie").resolve()
    without_scenarios(project)
    assert command("report").returncode == 0
    found["without"] = latest(project)
    return found


def page(build: Path) -> str:
    """Return the page of a build without the build's own name, nor the hash of its ledger.

    The ledger also lists the indicators that no chapter shows, those of scenarios among them.
    """
    text = (build / "rapport.html").read_text(encoding="utf-8")
    return re.sub(r'data-ledger="[0-9a-f]+"', "", text.replace(build.name, "…"))


def test_the_base_is_the_same_with_and_without_scenarios(built_three: dict[str, Path]) -> None:
    assert page(built_three["base"]) == page(built_three["without"])


def test_a_scenario_never_takes_the_place_of_the_base(built_three: dict[str, Path]) -> None:
    assert built_three["after"] == built_three["base"]
    assert built_three["scenario"] != built_three["base"]


def test_the_page_of_a_scenario_says_which_everywhere(built_three: dict[str, Path]) -> None:
    text = page(built_three["scenario"])
    title = "L’Entente à la moitié de la demande"
    assert f"Scénario\u00a0: {title}." in text
    captions = re.findall(r"<(?:caption|figcaption).*?</(?:caption|figcaption)>", text, re.DOTALL)
    assert captions
    assert all(title in caption for caption in captions)
    assert ">2\u00a0500\u00a0000<" in text
    assert ">5\u00a0000\u00a0000<" in page(built_three["base"])
