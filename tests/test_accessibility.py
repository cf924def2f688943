"""The report's page is accessible at every width, light, dark and in print: axe and own checks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page

from tests.accessibility.audit import VIOLATING, axe_faults, own_faults


class Surroundings(NamedTuple):
    """Where a page is read."""

    width: int
    dark: bool = False
    paper: bool = False


PLANTED = (
    "langue de la page",
    "titre de la page",
    "un seul h1, aucun niveau sauté",
    "équivalent textuel réel",
    "aucun nom automatique en anglais",
    "graphique dessiné",
    "graphique suivi de son tableau",
    "tableau titré",
    "en-têtes avec portée",
    "aucune cellule vide",
    "symboles expliqués",
    "rien ne déborde",
    "zone qui défile nommée et atteignable",
    "texte des dessins lisible",
    "liens reconnaissables sans la couleur",
    "liens qui disent où ils mènent",
    "adresses et identifiants",
    "cible assez grande",
    "ordre du clavier",
    "agrandissement permis",
    "rien ne bouge seul",
    "espacement du texte supporté",
)
"""The rules that `violating.html` breaks, each at least once."""

SURROUNDINGS = {
    "1280": Surroundings(1280),
    "320": Surroundings(320),
    "1280 sombre": Surroundings(1280, dark=True),
    "320 sombre": Surroundings(320, dark=True),
    "papier": Surroundings(1280, paper=True),
}
ON_PAPER = ("target-size", "scrollable-region-focusable")
"""Rules of axe that ask for a pointer or a keyboard, which paper has not."""
OWN_ON_PAPER = ("cible assez grande", "liens reconnaissables sans la couleur")
"""Rules of our own that paper has no use for: nothing on it can be pressed."""


@pytest.fixture
def violating(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(VIOLATING.as_uri())
    yield page
    page.close()


def test_our_checks_find_every_planted_fault(violating: Page) -> None:
    found = own_faults(violating, charts=2)
    assert sorted(PLANTED) == sorted(found)


def test_axe_alone_sees_less_than_half_of_the_planted_faults(violating: Page) -> None:
    """Why there are checks of our own: most of what is planted passes axe's A and AA rules."""
    assert 0 < len(axe_faults(violating)) < len(PLANTED) / 2


@pytest.fixture(params=SURROUNDINGS, ids=str)
def report(request: pytest.FixtureRequest, chromium: Browser, built: Path) -> Iterator[Page]:
    """The real report in one of the surroundings."""
    given = SURROUNDINGS[request.param]
    context = chromium.new_context(
        viewport={"width": given.width, "height": 900},
        color_scheme="dark" if given.dark else "light",
    )
    page = context.new_page()
    page.emulate_media(media="print" if given.paper else "screen")
    page.goto((built / "rapport.html").as_uri())
    yield page
    context.close()


def is_paper(page: Page) -> bool:
    return bool(page.evaluate("matchMedia('print').matches"))


def test_axe_finds_nothing(report: Page) -> None:
    assert axe_faults(report, ON_PAPER if is_paper(report) else ()) == {}


def test_our_own_checks_find_nothing(report: Page) -> None:
    charts = report.locator("figure.chart").count()
    assert charts > 5
    found = own_faults(report, charts=charts)
    idle = OWN_ON_PAPER if is_paper(report) else ()
    assert {rule: places for rule, places in found.items() if rule not in idle} == {}
