"""The record's chapters and charts: where they stand, what they show, what they warn of."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pandas as pd
import pytest

from coopreport import charts
from tests.conftest import ROOT
from tests.test_page_charts import texts

CHAPTERS = ("suivi-des-demandes", "feuille-de-route")


def chapters(build: Path) -> dict[str, str]:
    """Return the HTML of each chapter of a page by its id, in the order of the page."""
    page = (build / "rapport.html").read_text(encoding="utf-8")
    parts = re.split(r'<section (?=[^>]*class="chapter")', page)[1:]
    return {re.findall(r'aria-labelledby="([^"]+)"', part)[0]: part for part in parts}


def plain(html: str) -> str:
    """Return the text of a page, with ordinary spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " ").split())


def test_the_record_stands_before_the_verification_and_the_method(built: Path) -> None:
    assert list(chapters(built))[-4:] == [*CHAPTERS, "verification", "methode"]


@pytest.mark.parametrize(
    ("chapter", "table", "key"),
    [
        ("suivi-des-demandes", "asks", "ask_id"),
        ("suivi-des-demandes", "outcomes", "outcome_id"),
        ("suivi-des-demandes", "plan_measures", "measure_id"),
        ("suivi-des-demandes", "objectives", "objective_id"),
        ("feuille-de-route", "roadmap_measures", "measure_id"),
        ("feuille-de-route", "brief_sectors", "sector_id"),
        ("feuille-de-route", "brief_programmes", "programme_id"),
    ],
)
def test_every_row_of_the_record_is_on_the_page(
    built: Path, chapter: str, table: str, key: str
) -> None:
    html = chapters(built)[chapter]
    with (ROOT / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        missing = [row[key] for row in csv.DictReader(file) if f">{row[key]}<" not in html]
    assert missing == []


@pytest.mark.parametrize(
    ("chapter", "warning"),
    [
        ("suivi-des-demandes", "Une issue inconnue n’est pas un refus."),
        ("suivi-des-demandes", "Des sources se contredisent."),
        ("feuille-de-route", "Une case sans mention n’est pas un effet nul."),
    ],
)
def test_what_is_unknown_or_contradicted_is_said_in_a_warning(
    built: Path, chapter: str, warning: str
) -> None:
    assert f"<strong>{warning}</strong>" in chapters(built)[chapter]


def test_the_bounds_of_what_was_granted_stand_beside_what_was_asked(built: Path) -> None:
    text = plain(chapters(built)["suivi-des-demandes"])
    assert "10,00 M$ sur ses exercices" in text
    assert "11,50 M$ ou 11,56 M$ selon la source" in text


def lanes() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": ["Plan", "Mémoire", "Aide"],
            "kind": ["plan", "asks", "grant"],
            "starts": [2008.0, 2023.04, 2023.25],
            "ends": [2013.0, 2023.04, 2025.25],
            "sure": [False, True, True],
            "text": ["dates déduites", "7 demandes", "9,80 M$"],
        }
    )


def test_the_timeline_names_each_lane_and_writes_beside_each_mark() -> None:
    shown = texts(charts.record_timeline(lanes(), first=2004, last=2028))
    assert {"Plan", "Mémoire", "Aide", "dates déduites", "7 demandes", "9,80 M$"} <= set(shown)
    assert sorted(text for text in shown if text in ("2004", "2028")) == ["2004", "2028"]


def test_each_bar_of_asked_and_granted_carries_its_amount_and_its_series() -> None:
    frame = pd.DataFrame(
        {
            "fiscal_year": ["2022-2023", "2023-2024", "2023-2024", "2024-2025"],
            "series": ["accordé", "accordé", "demandé", "demandé"],
            "amount": [4_920_000, 4_900_000, 8_800_000, None],
            "hollow": [True, False, False, False],
            "note": [", sans demande connue", "", "", ""],
        }
    )
    shown = texts(charts.asked_beside_granted(frame, labels=("accordé", "demandé")))
    assert "4,92 M$ accordé, sans demande connue" in shown
    assert {"4,90 M$ accordé", "8,80 M$ demandé"} <= set(shown)
    assert "2024-2025" not in shown


def test_each_bar_of_a_spread_carries_its_amount_and_its_share() -> None:
    frame = pd.DataFrame(
        {
            "title": ["Numérique", "Aucun levier"],
            "amount": [2_000_000, 0],
            "share": [0.25, None],
            "apart": [False, True],
        }
    )
    shown = texts(charts.bars_with_shares(frame))
    assert {"2,0 M$ (25,0 %)", "0,0 M$"} <= set(shown)
