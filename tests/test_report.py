"""The report of the real cycle: its numbers, its files, and that it is the same anywhere."""

from __future__ import annotations

import hashlib
import json
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from coopreport.locale import round_half_away
from tests.conftest import copy_sources
from tests.releases import run

NBSP = "\u00a0"


def files(build: Path) -> dict[str, bytes]:
    return {
        path.relative_to(build).as_posix(): path.read_bytes()
        for path in sorted(build.rglob("*"))
        if path.is_file()
    }


def shown(build: Path) -> dict[str, str]:
    """Return what the report shows for each indicator, by name."""
    ledger = json.loads((build / "indicateurs.json").read_text(encoding="utf-8"))
    return {item["id"]: item["shown"] for item in ledger["indicators"]}


@pytest.mark.parametrize(
    ("indicator", "text"),
    [
        # the brief's synthesis
        ("financement.annonce", "8,8 M$"),
        ("financement.total_annuel", "8,8 M$"),
        ("financement.annuel.r1", "5,0 M$"),
        ("financement.annuel.r2", "0,6 M$"),
        ("financement.annuel.r3", "2,0 M$"),
        ("financement.annuel.r4", "1,2 M$"),
        ("financement.annees_conformes", "2"),
        ("financement.total_horizon", "23,0 M$"),
        ("financement.lecture.enveloppe_quinquennale", "44,0 M$"),
        ("financement.hausse.r1", "0,08 M$"),
        ("portrait.part_pib_recalculee.2021", "10,1 %"),
        # the roadmap's pages, and the delay from January to 17 April or May 2023
        ("feuille.nombre_leviers", "4"),
        ("feuille.nombre_axes", "5"),
        ("feuille.quantite.m2020-16", "5 000"),
        ("demandes.delai_min.a2023-01", "76 jours"),
        ("demandes.delai_max.a2023-01", "150 jours"),
        # its survival bullets, and the gaps under two comparators
        ("survie.memoire.coop.5_ans", "64 %"),
        ("survie.memoire.comparateur.5_ans", "35 %"),
        ("survie.memoire.coop.10_ans", "44 %"),
        ("survie.memoire.comparateur.10_ans", "20 %"),
        ("survie.ecart.5_ans", "+28,9 points"),
        ("survie.ecart.10_ans", "+24,9 points"),
        ("survie.ecart_canada.5_ans", "+0,9 point"),
        ("survie.ecart_canada.10_ans", "+1,4 point"),
        # R 4.2.2, survival 3.5-3: tests/golden
        ("survie.uk.5_ans", "80,2 %"),
        ("survie.uk.10_ans", "64,0 %"),
    ],
)
def test_the_brief_s_numbers_are_recomputed(built: Path, indicator: str, text: str) -> None:
    assert shown(built)[indicator] == text.replace(" ", NBSP)


def test_the_2022_rates_round_to_the_printed_ones() -> None:
    printed = [round_half_away(Decimal(rate)) for rate in ("63.9", "35", "44.4", "19.5")]
    assert printed == [64, 35, 44, 20]


@pytest.mark.parametrize("width", [1280, 375])
def test_the_page_is_whole_offline(built: Path, chromium: Browser, width: int) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, offline=True)
    page = context.new_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    address = (built / "rapport.html").as_uri()
    page.goto(address)
    drawings = page.locator("figure.chart svg")
    sizes = [drawings.nth(i).bounding_box() for i in range(drawings.count())]
    assert [url for url in requests if url != address and not url.startswith("data:")] == []
    assert len(sizes) == 11
    assert all(size and size["width"] > 200 and size["height"] > 100 for size in sizes)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    context.close()


def test_no_file_of_a_build_tells_where_it_was_made(built: Path) -> None:
    project = built.parents[2]
    traces = [str(project.resolve()), str(Path.home()), sys.prefix]
    for name, content in files(built).items():
        assert [trace for trace in traces if trace.encode() in content] == [], name


def test_the_manifest_holds_the_hash_of_every_file(built: Path) -> None:
    manifest = json.loads((built / "manifest.json").read_text(encoding="utf-8"))
    found = {n: hashlib.sha256(c).hexdigest() for n, c in files(built).items()}
    found.pop("manifest.json")
    assert manifest["outputs"] == found
    assert manifest["inputs"]["data/recommendations.csv"]


def test_the_same_inputs_give_the_same_bytes_elsewhere(built: Path, tmp_path: Path) -> None:
    other = copy_sources(tmp_path / "ailleurs é")
    surroundings = {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7", "HOME": str(tmp_path)}
    done = run(other, "report", "--pdf=oui", environment=surroundings)
    assert done.returncode == 0, done.stderr
    again = files(other / "build" / "2023-2024" / "latest")
    first = files(built)
    assert sorted(again) == sorted(first)
    assert [name for name in first if first[name] != again[name]] == []
