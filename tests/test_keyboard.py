"""The whole report from the keyboard alone: every stop is seen, nothing is a trap, all opens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

AT = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const box = e.getBoundingClientRect();
  const look = getComputedStyle(e);
  const boxes = [...e.getClientRects()];
  const seen = boxes.some((b) => {
    const x = Math.min(Math.max(b.x + b.width / 2, 0), innerWidth - 1);
    const y = Math.min(Math.max(b.y + b.height / 2, 0), innerHeight - 1);
    const top = document.elementFromPoint(x, y);
    return top && (e.contains(top) || top.contains(e));
  });
  const order = [...document.querySelectorAll("*:not(.remark-add)")].indexOf(e);
  return {
    order, seen, follows: e.matches(".remark-add"),
    tag: e.tagName, words: (e.ariaLabel || e.textContent).trim().slice(0, 50),
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    outlined: look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2,
  };
}"""
FOCUSABLE = """() => [...document.querySelectorAll(
  'a[href], button:not(.remark-add), summary, input, select, textarea, [tabindex="0"]')]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }))
  .filter((e) => e.tabIndex >= 0 && !e.disabled).length"""


@pytest.fixture(params=[1280, 375])
def page(request: pytest.FixtureRequest, chromium: Browser, built: Path) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": request.param, "height": 800}, reduced_motion="reduce"
    )
    opened = context.new_page()
    opened.goto((built / "rapport.html").as_uri())
    yield opened
    context.close()


def walk(page: Page) -> list[dict[str, Any]]:
    """Press Tab from the top until the page is left; return every stop.

    The button that adds a remark `follows`: it is one, and comes to the block where the focus is.
    """
    stops: list[dict[str, Any]] = []
    for _ in range(5000):
        page.keyboard.press("Tab")
        at = page.evaluate(AT)
        if at is None or (stops and not at["follows"] and at["order"] == stops[0]["order"]):
            return stops
        stops.append(at)
    raise AssertionError("the page does not let the keyboard go")


def test_the_walk_meets_every_stop_once_in_reading_order_and_sees_it(page: Page) -> None:
    count = page.evaluate(FOCUSABLE)
    stops = walk(page)
    orders = [stop["order"] for stop in stops if not stop["follows"]]
    assert len(orders) == count > 100
    assert orders == sorted(orders)
    assert [stop for stop in stops if not (stop["inside"] and stop["seen"])] == []
    assert [stop for stop in stops if not stop["outlined"]] == []


def test_every_origin_opens_by_enter_and_gives_the_focus_back_by_escape(page: Page) -> None:
    openers = page.locator("main .chapter:not(.provenance) [popovertarget]")
    assert openers.count() > 50
    failed = []
    for number in range(0, openers.count(), 7):
        opener = openers.nth(number)
        panel = page.locator(f'[id="{opener.get_attribute("popovertarget")}"]')
        opener.focus()
        page.keyboard.press("Enter")
        opened = panel.is_visible()
        page.keyboard.press("Escape")
        back = opener.evaluate("e => e === document.activeElement")
        if not (opened and back and not panel.is_visible()):
            failed.append(opener.text_content())
    assert failed == []


def test_a_folded_table_opens_by_the_keyboard(page: Page) -> None:
    summary = page.locator("figure.chart summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("figure.chart details table").first.is_visible()
