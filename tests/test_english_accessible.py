"""The page of the English edition is accessible, wide and narrow: axe and own checks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.accessibility.audit import axe_faults, own_faults


@pytest.fixture(params=[1280, 320])
def page(request: pytest.FixtureRequest, chromium: Browser, english_page: Path) -> Iterator[Page]:
    """The English report at a width."""
    shown = chromium.new_page(viewport={"width": request.param, "height": 900})
    shown.goto(english_page.as_uri())
    yield shown
    shown.close()


def test_axe_finds_nothing_in_english(page: Page) -> None:
    assert axe_faults(page) == {}


def test_our_own_checks_find_nothing_in_english(page: Page) -> None:
    assert own_faults(page, "en-CA", charts=page.locator("figure.chart").count()) == {}
