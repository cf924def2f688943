"""Every number of the page opens its origin: by mouse, by keyboard, on paper, without a script."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from coopreport.definitions import NameTaken
from coopreport.errors import ChapterFailed
from coopreport.notebook.chapter import EMPTY
from coopreport.pipeline.provenance import (
    Place,
    Uses,
    is_safe_address,
    merge_ledgers,
    number_indicators,
    with_origins,
)
from tests.conftest import ROOT

PANEL = "[popover]:popover-open"


@pytest.fixture
def page(built: Path, chromium: Browser) -> Iterator[Page]:
    """The page of the real build in a browser that runs no script."""
    made = chromium.new_page(viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    made.goto((built / "rapport.html").as_uri())
    yield made
    made.close()


@pytest.fixture(scope="module")
def html(built: Path) -> str:
    return (built / "rapport.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def ledger(built: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((built / "indicateurs.json").read_text(encoding="utf-8"))
    return found


def test_a_click_opens_the_origin_and_escape_closes_it(page: Page) -> None:
    page.locator("main p button.origin-of").first.click()
    assert page.locator(PANEL).count() == 1
    page.keyboard.press("Escape")
    assert page.locator(PANEL).count() == 0


def test_the_keyboard_alone_opens_reads_and_closes_the_origin(page: Page) -> None:
    number = page.locator("main p button.origin-of").first
    number.focus()
    page.keyboard.press("Enter")
    assert page.locator(PANEL).is_visible()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "close":
            break
    page.keyboard.press("Enter")
    assert page.locator(PANEL).count() == 0


def test_a_panel_tells_the_whole_origin(page: Page) -> None:
    page.locator('[data-indicator="financement.hausse.r1"]').first.click()
    told = page.locator(PANEL).inner_text()
    digest = hashlib.sha256((ROOT / "data" / "grants.csv").read_bytes()).hexdigest()
    for part in (
        "0,08\u00a0M$",
        "80000 (dollars)",
        "montant annuel demandé − niveau annuel déjà accordé",
        "coopreport.catalogue.recommendations.increase_of_ask",
        "data/grants.csv",
        "grant_id=G2021",
        "G2021-1",
        digest,
        "Communiqué du 15 juillet 2021",
        "3.5",
    ):
        assert part in told, part


NUMBER = r'<data class="indicator" value="([^"]*)" data-indicator="([^"]+)">'


def test_a_table_and_a_chart_tell_their_origin_too(page: Page) -> None:
    for exhibit in ("financement.calendrier", "financement.empilement"):
        page.locator(f'button[popovertarget="provenance-{exhibit}"]').first.click()
        assert "coopreport.catalogue.funding.calendar" in page.locator(PANEL).inner_text()
        page.keyboard.press("Escape")


def test_every_opener_has_its_panel_and_every_link_its_place(html: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    wanted = re.findall(r'popovertarget="([^"]+)"', html) + re.findall(r'href="#([^"]+)"', html)
    assert wanted
    assert set(wanted) <= set(ids)


def test_every_number_of_the_prose_comes_from_the_ledger(html: str, ledger: dict[str, Any]) -> None:
    numbers = [(name, value) for value, name in re.findall(NUMBER, html)]
    assert len(numbers) > 60
    values = {item["id"]: item["value"] for item in ledger["indicators"]}
    assert [name for name, value in numbers if values[name] != value] == []


def test_on_paper_each_number_has_its_number_in_the_appendix(page: Page) -> None:
    page.emulate_media(media="print")
    number = page.locator('[popovertarget="origine-financement.hausse.r1"]').first
    mark = number.evaluate("e => getComputedStyle(e, '::after').content")
    panel = page.locator('[id="origine-financement.hausse.r1"]')
    assert panel.is_visible()
    assert number.get_attribute("data-number") == panel.locator(".title .number").inner_text()
    assert number.get_attribute("data-number") in mark


def test_the_appendix_lists_every_indicator(page: Page, ledger: dict[str, Any]) -> None:
    assert page.locator('tr[id^="indicateur-"]').count() == len(ledger["indicators"])


def chapter(*indicators: dict[str, Any], **defined: list[str]) -> dict[str, Any]:
    given = {"indicators": list(indicators), "defined": defined}
    return {**EMPTY, **given}


def test_two_values_under_one_name_stop_the_build() -> None:
    one, two = {"id": "a.b", "value": "1"}, {"id": "a.b", "value": "2"}
    with pytest.raises(ChapterFailed, match="01-un.ipynb et dans 02-deux.ipynb"):
        merge_ledgers([("01-un.ipynb", chapter(one)), ("02-deux.ipynb", chapter(two))])


def test_a_definition_that_nobody_asks_for_is_named() -> None:
    asked = chapter({"id": "a.1"}, own=["c"])
    catalogue = {"family": ["a.1", "a.2"], "alone": ["b"]}
    assert merge_ledgers([("01-un.ipynb", asked)], catalogue)["unused"] == ["alone", "own"]


def test_a_chapter_may_not_take_a_name_of_the_catalogue() -> None:
    with pytest.raises(NameTaken, match="a.1.* est défini par 01-un.ipynb"):
        merge_ledgers([("01-un.ipynb", chapter(own=["a.1"]))], {"family": ["a.1"]})


def shown(name: str) -> str:
    return f'<data class="indicator" value="1" data-indicator="{name}">1</data>'


def test_a_number_that_no_chapter_computed_stops_the_build() -> None:
    uses = Uses()
    uses.add(shown("a.b"), Place("ici", "Ici"))
    with pytest.raises(ChapterFailed, match="qu’aucun chapitre n’a calculé"):
        number_indicators(merge_ledgers([]), uses)


def test_indicators_are_numbered_in_the_order_of_the_page() -> None:
    uses = Uses()
    uses.add(shown("z.z") + shown("b.b"), Place("ici", "Ici"))
    ledger = merge_ledgers([("01.ipynb", chapter({"id": "a.a"}, {"id": "b.b"}, {"id": "z.z"}))])
    numbered = number_indicators(ledger, uses)
    assert [item["id"] for item in numbered] == ["z.z", "b.b", "a.a"]
    assert numbered[0]["used_in"] == [{"id": "ici", "text": "Ici", "lang": ""}]


def test_a_number_becomes_a_button_around_its_data_element() -> None:
    made = with_origins(f"<p>{shown('a.b')}</p>", {"a.b": 3})
    assert made.startswith('<p><button type="button" class="origin-of"')
    assert 'popovertarget="origine-a.b" data-number="3"' in made
    assert shown("a.b") in made


def test_the_marks_around_a_number_stay_on_its_line() -> None:
    made = with_origins(f"dit ({shown('a.b')}), et {shown('a.b')} de plus", {"a.b": 3})
    assert '<span class="tied">(<button' in made
    assert "</button>),</span> et <button" in made


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://exemple.org/a", True),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("Mémoire de 2023", False),
    ],
)
def test_only_web_addresses_become_links(address: str, safe: bool) -> None:
    assert is_safe_address(address) is safe
