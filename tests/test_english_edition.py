"""The real English edition in a browser: the numbers, the ids and the tables of the French one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

FRENCH_WORDS = re.compile(
    r"\b(?:des|une|dans|pour|les|ce|cette|sont|selon|après|et|aux|du|votre|lien|copié|coopératives"
    r"|accordé|demandé|recalculé|déduites|remarques?|demandes?|aucune?|flèches)\b",
    re.IGNORECASE,
)
PASSAGE = re.compile(r"-(?:p|li)-[0-9a-f]{8}(?:-\d+)?$")
FRENCH_NUMBER = re.compile(r"\d\u00a0(?:\d{3}|[$%]|[MG]\$)|\d,\d{1,2}(?!\d)")


@pytest.fixture(scope="module")
def page(english_page: Path, chromium: Browser) -> Iterator[Page]:
    shown = chromium.new_page()
    shown.goto(english_page.as_uri())
    yield shown
    shown.close()


@pytest.fixture(scope="module")
def french(built: Path, chromium: Browser) -> Iterator[Page]:
    shown = chromium.new_page()
    shown.goto((built / "rapport.html").as_uri())
    yield shown
    shown.close()


VALUES = "all => all.map(each => [each.dataset.indicator ?? '', each.value])"


def values(page: Page) -> Counter[tuple[str, str]]:
    """Return every machine value of a page with the indicator that gives it, and how often."""
    return Counter((name, value) for name, value in page.locator("data").evaluate_all(VALUES))


def named(page: Page) -> list[str]:
    """Return the ids of a page, but for those of passages, which are made from their words."""
    ids = page.locator("[id]").evaluate_all("all => all.map(each => each.id)")
    return [id for id in ids if not re.search(PASSAGE, id)]


def test_the_page_says_that_it_is_in_canadian_english(page: Page) -> None:
    assert page.locator("html").get_attribute("lang") == "en-CA"


def test_machine_values_are_those_of_the_french_edition(page: Page, french: Page) -> None:
    assert values(page) == values(french)


def test_links_to_one_edition_work_in_the_other(page: Page, french: Page) -> None:
    assert named(page) == named(french)


def test_numbers_are_written_as_in_canada(page: Page) -> None:
    shown = page.locator("data").all_text_contents()
    assert len(shown) > 1000
    assert [text for text in shown if FRENCH_NUMBER.search(text)] == []
    assert {"$8.8M", "$8.8\u00a0million", "63.9%"} <= set(shown)


def test_the_count_is_that_of_the_marked_passages(page: Page) -> None:
    count = page.locator("[lang=fr]").count()
    said = page.locator(".translation b").inner_text()
    assert int(said) == count


def test_the_whole_prose_is_in_english(page: Page) -> None:
    prose = "main :is(p, li, h2, h3)[lang=fr]"
    assert page.locator(prose).all_text_contents() == []
    assert page.locator("h1").inner_text().startswith("Economic and Social Transformation")


def test_cells_that_are_not_marked_have_no_french_word(page: Page) -> None:
    cells = page.locator("main :is(td, th, figcaption, caption):not(:has([lang=fr]))")
    words = re.sub(r"https?://\S+", "", " ".join(cells.all_text_contents()))
    assert len(words) > 10_000
    assert not re.findall(r"\b(?:une|dont|selon|où|exercice|énoncé|après)\b", words)


def test_charts_are_in_english(page: Page) -> None:
    drawings = page.locator("figure svg[role=img]")
    assert drawings.count() == page.locator("figure.chart").count() > 5
    for drawing in drawings.all():
        assert drawing.get_attribute("lang") == "en-CA"
        assert drawing.locator("desc").get_attribute("lang") is None
        texts = " ".join(drawing.locator("text, title, desc").all_text_contents())
        assert not re.search(FRENCH_WORDS, texts), texts


def test_what_stands_around_the_chapters_is_in_english(page: Page) -> None:
    texts = page.locator("nav.contents, .files, .cite, footer").all_text_contents()
    texts += page.locator("#gabarit-remarques").evaluate(
        "all => [all.content.textContent, ...Object.entries(all.dataset)"
        ".filter(([name]) => name !== 'digests').map(([, text]) => text)]"
    )
    shown = re.sub(r"Conseil québécois de la coopération et de la mutualité", "", " ".join(texts))
    assert len(shown) > 5_000
    assert set(re.findall(FRENCH_WORDS, shown)) == set()


def test_scripts_speak_english(page: Page) -> None:
    said = page.evaluate("Object.values(document.body.dataset)")
    assert "link copied" in said
    assert [text for text in said if re.search(FRENCH_WORDS, text)] == []
