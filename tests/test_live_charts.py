"""Charts that come alive: same drawing, same size, French everywhere, and nothing else may run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from coopreport import charts
from coopreport.charts.vega import make_script, vega_script
from coopreport.exhibits import Chart
from coopreport.pipeline.assemble import assemble
from coopreport.pipeline.render import render
from coopreport.pipeline.scripts import page_scripts, source_hash
from tests.opened import Opened, opened
from tests.sample_page import (
    ASKS,
    EDITION,
    HOSTILE,
    LEDGER,
    code,
    notebook,
    prose,
    sample_chapters,
    sample_page,
    spread_frame,
    spread_table,
)

TIP = ".tip:not([hidden])"
TEXTS = """(chart, which) => [...chart.querySelectorAll(`${which} text`)]
    .map((text) => text.textContent).sort()"""


@pytest.fixture
def page(chromium: Browser, tmp_path: Path) -> Iterator[Opened]:
    """The sample page, its charts alive."""
    with opened(chromium, tmp_path, sample_page()) as made:
        made.alive()
        yield made


def static_page() -> str:
    """Return the sample's static edition."""
    return render(assemble(sample_chapters(), replace(EDITION, static=True), LEDGER))


def bar(page: Page, colour: str = "#0b3f4b") -> Any:
    """Return the first live bar of a colour; the first mark of its colour is its legend's."""
    return page.locator(f'.live svg .mark-rect path[fill="{colour}"]').first


def point_at(page: Page, mark: Any) -> None:
    """Move the pointer to the middle of a mark."""
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_every_chart_comes_alive_and_nothing_is_fetched_refused_or_wrong(page: Opened) -> None:
    assert page.page.locator(".drawing.alive .live svg").count() == 2
    assert (page.outside(), page.refused(), page.errors) == ([], [], [])


def test_a_chart_far_from_the_screen_waits(chromium: Browser, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, sample_page()) as made:
        assert made.page.evaluate("'vegaEmbed' in window") is False
        made.alive()
        assert made.page.evaluate("'vegaEmbed' in window") is True


def test_a_live_chart_takes_the_place_of_its_drawing_to_the_pixel(
    chromium: Browser, tmp_path: Path
) -> None:
    with opened(chromium, tmp_path, sample_page()) as made:
        drawings = made.page.locator("figure.chart .drawing")
        sizes = "all => all.map((e) => [e.clientWidth, e.clientHeight])"
        before = drawings.evaluate_all(sizes)
        made.alive()
        assert drawings.evaluate_all(sizes) == before
        assert all(height > 300 for _, height in before)


def test_a_live_chart_writes_what_its_drawing_writes(page: Opened) -> None:
    for chart in page.page.locator("figure.chart").element_handles():
        drawn, live = (
            page.page.evaluate(f"([chart, which]) => ({TEXTS})(chart, which)", [chart, which])
            for which in (".drawing > svg", ".live svg")
        )
        assert len(drawn) > 10
        assert [text for text in live if text] == drawn


def test_pointing_at_a_bar_says_its_value_in_french(page: Opened) -> None:
    point_at(page.page, bar(page.page))
    page.page.locator(TIP).wait_for()
    shown = page.page.locator(TIP).text_content()
    assert shown == f"R1\u00a0 {ASKS['R1']}\n2023-2024\u00a0: 5,0\u00a0M$"


def test_the_series_pointed_at_stands_out(page: Opened) -> None:
    point_at(page.page, bar(page.page))
    faded = bar(page.page, "#c07c14")
    page.page.wait_for_function(
        "e => e.getAttribute('opacity') === '0.25'", arg=faded.element_handle()
    )
    assert bar(page.page).get_attribute("opacity") == "1"
    page.page.mouse.move(5, 5)
    page.page.wait_for_function(
        "e => e.getAttribute('opacity') === '1'", arg=faded.element_handle()
    )
    assert page.page.locator(TIP).count() == 0


def test_the_arrow_keys_read_the_values_out(page: Opened) -> None:
    region = page.page.get_by_role("region", name="Graphique\u00a02, flèches gauche et droite")
    region.focus()
    for _ in range(6):
        page.page.keyboard.press("ArrowRight")
    said = page.page.get_by_role("status").text_content() or ""
    assert said.startswith("Entrée différée. À 5\u00a0ans\u00a0: 79,9\u00a0% (de ")
    page.page.keyboard.press("Home")
    assert "À 0\u00a0an\u00a0: 100,0\u00a0%" in (page.page.locator(TIP).text_content() or "")
    page.page.keyboard.press("Escape")
    assert page.page.locator(TIP).count() == 0


def test_a_live_chart_is_an_image_named_in_french_and_says_no_english(page: Opened) -> None:
    point_at(page.page, bar(page.page))
    page.page.locator(TIP).wait_for()
    names = page.page.get_by_role("img").evaluate_all(
        """all => all.map((e) => e.getAttribute('aria-labelledby').split(' ')
            .map((id) => document.getElementById(id).textContent).join(' '))"""
    )
    assert len(names) == 2
    assert names[0].startswith("Les demandes par exercice Les quatre demandes totalisent")
    described = ".live [aria-label], .live [aria-roledescription], .live g[role]"
    assert page.page.locator(described).count() == 0


def test_in_the_dark_a_live_chart_has_the_dark_colours(page: Opened) -> None:
    page.page.emulate_media(color_scheme="dark")
    fill = bar(page.page).evaluate("e => getComputedStyle(e).fill")
    assert fill == "rgb(169, 223, 232)"


def test_paper_gets_the_drawing(page: Opened) -> None:
    page.page.emulate_media(media="print")
    assert page.page.locator(".drawing > svg").first.is_visible()
    assert not page.page.locator(".live").first.is_visible()


def test_a_chart_that_cannot_come_alive_keeps_its_drawing(
    chromium: Browser, tmp_path: Path
) -> None:
    start = '<script type="application/json" id="spec-financement.calendrier">'
    broken = sample_page().replace(start, f"{start}(")
    with opened(chromium, tmp_path, broken) as made:
        chart, other = made.page.locator("figure.chart").all()
        chart.scroll_into_view_if_needed()
        other.scroll_into_view_if_needed()
        other.locator(".live svg").wait_for()
        assert chart.locator(".drawing > svg").is_visible()
        assert chart.locator(".live").count() == 0


def test_without_javascript_the_drawings_are_there(chromium: Browser, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, sample_page(), java_script_enabled=False) as made:
        assert made.page.locator(".drawing > svg").count() == 2
        assert made.page.locator(".drawing > svg").first.is_visible()
        assert made.page.locator(".tip, .live").count() == 0


def test_the_policy_names_the_page_s_scripts_and_vega_and_nothing_else() -> None:
    allowed = re.search(r"script-src ([^;]+);", sample_page().replace("&#39;", "'"))
    assert allowed is not None
    texts = re.findall(r"<script>(.*?)</script>", sample_page(), flags=re.DOTALL)
    assert texts == list(page_scripts())
    assert allowed[1].split() == [f"'{source_hash(text)}'" for text in (*texts, vega_script())]


def test_a_static_edition_has_no_script_and_nothing_for_one() -> None:
    page = static_page()
    assert "<script" not in page
    assert "script-src" not in page
    assert len(page.encode()) < 300_000


def test_a_live_page_weighs_half_a_megabyte_more() -> None:
    assert len(sample_page().encode()) - len(static_page().encode()) < 550_000


@pytest.mark.parametrize("payload", HOSTILE)
def test_a_hostile_text_in_a_live_chart_is_text(
    chromium: Browser, tmp_path: Path, payload: str
) -> None:
    frame = spread_frame()
    frame["part"] = frame["part"].replace("R1", payload)
    labels = {payload if part == "R1" else part: words for part, words in ASKS.items()}
    chart = Chart(
        "essai.hostile",
        payload,
        f"{payload} et une description assez longue.",
        charts.stacked_by_fiscal_year(frame, labels=labels),
        spread_table("essai.hostile_donnees"),
    )
    html = render(
        assemble([("01-essai", notebook(prose("# Essai"), code(chart)))], EDITION, LEDGER)
    )
    with opened(chromium, tmp_path, html) as made:
        page = made.alive()
        page.locator(".drawing").focus()
        page.keyboard.press("ArrowRight")
        shown = page.locator(f"{TIP} b").text_content() or ""
        assert shown.startswith(payload)
        assert page.title() == "Investir dans la coopération et la mutualité, 2023-2024"
        assert (made.outside(), made.refused(), made.errors) == ([], [], [])


def test_the_vega_of_the_page_is_what_the_locked_converter_makes() -> None:
    assert vega_script() == make_script()
