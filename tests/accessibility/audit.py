"""Run axe-core and our own checks on an open page; the page's policy stays in force."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

CHECKS = Path(__file__).with_name("checks.js")
VIOLATING = Path(__file__).with_name("violating.html")
STANDARDS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

Faults = dict[str, list[str]]


@cache
def _axe() -> Axe:
    return Axe()


def axe_faults(page: Page, without: tuple[str, ...] = ()) -> Faults:
    """Return axe's violations: by rule, the places. `without` names rules that do not apply."""
    options = {
        "resultTypes": ["violations"],
        "runOnly": {"type": "tag", "values": STANDARDS},
        "rules": {name: {"enabled": False} for name in without},
    }
    found = _axe().run(page, options=options).response
    return {
        item["id"]: [node["html"][:160] for node in item["nodes"][:5]]
        for item in found["violations"]
    }


def own_faults(page: Page, language: str = "fr-CA", charts: int = 0) -> Faults:
    """Return what breaks a rule of `checks.js`: by rule, the places.

    `charts` is the number of drawings that the page must have.
    """
    page.evaluate("document.fonts.ready.then(() => true)")
    expected: dict[str, Any] = {"language": language, "charts": charts}
    found: Faults = page.evaluate(CHECKS.read_text(encoding="utf-8"), expected)
    return found
