"""The page in a real Chromium: nothing is fetched, nothing runs, everything is drawn and fits."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from coopreport.pipeline.scripts import page_scripts
from tests.opened import Opened, opened
from tests.sample_page import HOSTILE, sample_page


@pytest.fixture(params=["plain", "hostile"])
def watched(request: pytest.FixtureRequest, chromium: Browser, tmp_path: Path) -> Iterator[Opened]:
    """The sample page at 1280 px, with and without hostile data."""
    with opened(chromium, tmp_path, sample_page(request.param == "hostile")) as made:
        yield made


def count(page: Page, selector: str) -> int:
    return page.locator(selector).count()


def overflowing(page: Page) -> list[Any]:
    """Return the elements that stand out of the page's width without a region to scroll them."""
    found: list[Any] = page.evaluate(
        """() => [...document.querySelectorAll('body *')]
            .filter(e => !e.closest('.scroll') && !e.closest('.skip')
                && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
            .map(e => e.outerHTML.slice(0, 80))"""
    )
    return found


def test_nothing_is_fetched_and_nothing_complains(watched: Opened) -> None:
    assert (watched.outside(), watched.errors) == ([], [])


def test_the_page_holds_no_script_but_ours_no_handler_and_no_frame(watched: Opened) -> None:
    scripts = watched.page.locator("script:not([type])").all_text_contents()
    assert scripts == list(page_scripts())
    assert count(watched.page, "script[src], iframe, object, embed, img, link, base, form") == 0
    handlers = watched.page.evaluate(
        """() => [...document.querySelectorAll('*')].flatMap(e => [...e.attributes])
            .filter(a => a.name.startsWith('on') || /^\\s*javascript:/i.test(a.value)).length"""
    )
    assert handlers == 0


def test_the_policy_is_the_first_thing_in_the_head(watched: Opened) -> None:
    policy = watched.page.evaluate("document.head.firstElementChild.getAttribute('content')")
    assert policy.startswith("default-src 'none'")


def test_the_page_is_in_quebec_french_with_one_title(watched: Opened) -> None:
    assert watched.page.evaluate("document.documentElement.lang") == "fr-CA"
    assert watched.page.title() == "Investir dans la coopération et la mutualité, 2023-2024"
    assert count(watched.page, "h1") == 1


def test_no_heading_level_is_skipped(watched: Opened) -> None:
    levels = watched.page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])"
    )
    steps = [after - before for before, after in pairwise(levels)]
    assert levels[0] == 1
    assert max(steps) == 1


def test_every_chart_is_drawn_named_and_followed_by_its_data(watched: Opened) -> None:
    charts = watched.page.locator("figure.chart")
    assert charts.count() == 2
    for chart in charts.all():
        drawing = chart.locator("svg[role=img]")
        box = drawing.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) > 200
        assert chart.locator("svg path").count() > 3
        assert len(chart.locator("svg > desc").text_content() or "") >= 20
        assert chart.locator("details.data table caption").count() == 1


def test_a_chart_s_accessible_name_is_its_french_title_and_message(watched: Opened) -> None:
    names = [
        watched.page.evaluate(
            """e => e.getAttribute('aria-labelledby').split(' ')
                .map(id => document.getElementById(id).textContent).join(' ')""",
            drawing,
        )
        for drawing in watched.page.locator("svg[role=img]").element_handles()
    ]
    assert names[0].startswith("Les demandes par exercice Les quatre demandes totalisent")


def test_charts_are_drawn_with_the_page_s_font(watched: Opened) -> None:
    watched.page.evaluate("document.fonts.ready.then(() => true)")
    families = watched.page.evaluate(
        "[...document.querySelectorAll('svg text')].map(e => getComputedStyle(e).fontFamily)"
    )
    assert set(families) == {'"Coop Sans"'}
    assert watched.page.evaluate("document.fonts.check('16px \"Coop Sans\"')")


def test_every_table_has_a_caption_or_a_name_and_scoped_headers(watched: Opened) -> None:
    assert count(watched.page, ".exhibit table:not(:has(caption))") == 0
    assert count(watched.page, "th:not([scope])") == 0
    assert count(watched.page, "table:not(:has(th))") == 0


def test_no_cell_is_empty(watched: Opened) -> None:
    cells = watched.page.locator("td, th").all_text_contents()
    assert len(cells) > 100
    assert all(text.strip() for text in cells)


def test_every_internal_link_has_a_target_and_every_id_is_unique(watched: Opened) -> None:
    broken = watched.page.evaluate(
        """() => [...document.querySelectorAll('a[href^="#"]')]
            .filter(a => !document.getElementById(a.getAttribute('href').slice(1))).length"""
    )
    ids = watched.page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert broken == 0
    assert len(ids) == len(set(ids))


def test_the_skip_link_is_the_first_stop_and_leads_to_the_text(watched: Opened) -> None:
    watched.page.keyboard.press("Tab")
    assert watched.page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    watched.page.keyboard.press("Enter")
    assert watched.page.evaluate("document.activeElement.id") == "contenu"


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_nothing_stands_out_of_the_page(watched: Opened, width: int) -> None:
    watched.page.set_viewport_size({"width": width, "height": 800})
    assert watched.page.evaluate("document.documentElement.scrollWidth") == width
    assert overflowing(watched.page) == []


def test_a_table_wider_than_a_phone_can_be_scrolled_from_the_keyboard(watched: Opened) -> None:
    watched.page.set_viewport_size({"width": 320, "height": 800})
    region = watched.page.get_by_role("region", name="Une série longue")
    region.focus()
    assert region.evaluate("e => e.scrollWidth > e.clientWidth")
    watched.page.keyboard.press("ArrowRight")
    watched.page.wait_for_function("e => e.scrollLeft > 0", arg=region.element_handle())


def test_in_print_every_column_is_on_the_sheet_and_chart_data_are_open(watched: Opened) -> None:
    watched.page.emulate_media(media="print")
    watched.page.set_viewport_size({"width": 672, "height": 880})  # letter less its margins
    upright = watched.page.locator("table").filter(visible=True)
    wide = watched.page.locator(".wide table").evaluate_all("all => all.map(e => e.id || e)")
    assert upright.count() - len(wide) >= 5
    lost = watched.page.evaluate(
        """() => [...document.querySelectorAll('table')].filter(t => !t.closest('.wide')
            && t.getBoundingClientRect().right > document.documentElement.clientWidth + 1).length"""
    )
    assert lost == 0
    data = watched.page.locator("details.data table").first.bounding_box()
    assert data is not None
    assert data["height"] > 50


def test_in_the_dark_charts_change_colours_with_the_page(watched: Opened) -> None:
    def bar() -> str:
        found: str = watched.page.evaluate(
            "getComputedStyle(document.querySelector('svg path[fill=\"#0b3f4b\"]')).fill"
        )
        return found

    light = bar()
    watched.page.emulate_media(color_scheme="dark")
    assert (light, bar()) == ("rgb(11, 63, 75)", "rgb(169, 223, 232)")
    assert watched.page.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(18, 24, 27)"
    )


def test_numbers_of_the_prose_keep_their_machine_value(watched: Opened) -> None:
    number = watched.page.locator("main p data").first
    assert number.get_attribute("value") == "8800000"
    assert number.text_content() == "8,8\u00a0millions de dollars"


def test_hostile_text_is_shown_as_text(chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "rapport.html"
    path.write_text(sample_page(True), encoding="utf-8")
    page = chromium.new_page()
    page.goto(path.as_uri())
    shown = page.locator('[id="annexe.hostile"] tbody th').all_text_contents()
    assert shown == list(HOSTILE)
    assert page.title() == "Investir dans la coopération et la mutualité, 2023-2024"
    page.close()
