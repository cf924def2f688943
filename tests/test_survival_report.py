"""The report on a named register, as a reader sees it: generated Québec firms, British ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.chapters import CYCLE
from tests.conftest import ROOT, copy_sources, runner
from tests.registers_fixtures import generated_project, name_register, uk_edition

DEMO, MARK = "données de démonstration", "démo"
CLAIMED = ("survie.coop.5_ans", "survie.registre.5_ans")


def opened(project: Path, browser: Browser) -> Page:
    done = runner(project)("report")
    assert done.returncode == 0, done.stderr
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((project / "build" / CYCLE / "latest" / "rapport.html").as_uri())
    return page


@pytest.fixture(scope="module")
def quebec(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Page]:
    """The report on a generated Québec register, to which a published claim is tied."""
    project = generated_project(tmp_path_factory.mktemp("quebec"), 60_000, 3)
    claims = project / "data" / "claims.csv"
    text = claims.read_text(encoding="utf-8")
    assert CLAIMED[0] in text
    claims.write_text(text.replace(*CLAIMED), encoding="utf-8")
    page = opened(project, chromium)
    yield page
    page.close()


@pytest.fixture(scope="module")
def british(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Page]:
    """The report on a British register that has the committed life table."""
    project = copy_sources(tmp_path_factory.mktemp("uk"))
    (project / "registers").mkdir()
    uk_edition(project / "registers" / "o.csv", ROOT / "data" / "life_table_uk.csv")
    name_register(project, "{kind: uk, path: registers/o.csv}")
    page = opened(project, chromium)
    yield page
    page.close()


def numbers(page: Page, prefix: str = "survie.registre") -> list[Locator]:
    return page.locator(f'data[data-indicator^="{prefix}"]').all()


def exhibit(page: Page, name: str) -> Locator:
    return page.locator(f'.exhibit[id="{name}"]')


def test_a_generated_number_bears_its_mark_on_the_screen_and_on_paper(quebec: Page) -> None:
    shown = numbers(quebec)
    assert len(shown) > 10
    for media in ("screen", "print"):
        quebec.emulate_media(media=media)
        for number in shown:
            assert number.locator("sup.demo").is_visible()
            assert MARK in number.inner_text()
    quebec.emulate_media(media="screen")


def test_a_generated_number_copied_elsewhere_takes_its_words_along(quebec: Page) -> None:
    for number in numbers(quebec):
        copied_text = number.evaluate(
            """e => {
                const all = getSelection(); all.selectAllChildren(e);
                const text = all.toString(); all.removeAllRanges(); return text;
            }"""
        )
        assert MARK in copied_text and DEMO in copied_text


def test_a_generated_number_says_its_words_to_whoever_listens(quebec: Page) -> None:
    found = quebec.get_by_role("button", name=DEMO).all()
    assert len(found) >= len(numbers(quebec))


def test_the_appendix_marks_generated_numbers_too(quebec: Page) -> None:
    rows = quebec.locator('tr[id^="indicateur-survie.registre"]').all()
    assert len(rows) > 10
    assert all(MARK in row.locator("td.number").last.inner_text() for row in rows)


@pytest.mark.parametrize("kind", ["quebec", "british"])
@pytest.mark.parametrize("width", [320, 660, 1100, 1280])
def test_key_figures_stay_in_their_box_their_mark_too(
    kind: str, width: int, request: pytest.FixtureRequest
) -> None:
    page: Page = request.getfixturevalue(kind)
    page.set_viewport_size({"width": width, "height": 900})
    beyond = page.locator(".figures .card").evaluate_all(
        """cards => cards.map(card => Math.max(...[...card.querySelectorAll('.value *')].map(
            part => part.getBoundingClientRect().right)) - card.getBoundingClientRect().right)"""
    )
    page.set_viewport_size({"width": 1280, "height": 900})
    assert len(beyond) >= 10
    assert max(beyond) < 1
    assert (page.locator(".figures sup.demo").count() > 0) == (kind == "quebec")


def test_a_claim_is_never_verified_by_a_generated_rate(quebec: Page) -> None:
    words = quebec.locator("tr", has_text="L’indicateur vient de données de démonstration.")
    assert words.count() >= 1
    assert not any("Conforme" in row.inner_text() for row in words.all())


def test_no_mark_stands_on_real_numbers(british: Page, quebec: Page) -> None:
    assert british.locator("sup.demo").count() == 0
    assert DEMO not in british.locator("main").inner_text()
    assert quebec.locator('data[data-indicator^="survie.coop"] sup.demo').count() == 0


@pytest.mark.parametrize("kind", ["quebec", "british"])
def test_every_table_of_rates_has_its_definition_under_it(
    kind: str, request: pytest.FixtureRequest
) -> None:
    page: Page = request.getfixturevalue(kind)
    tables = page.locator('.exhibit[id^="survie."]', has_text="cohortes\u00a0: naissances du")
    names = {table.get_attribute("id") for table in tables.all()}
    groups = {"sector", "region", "cohort"} | ({"type"} if kind == "british" else set())
    assert names >= {
        "survie.taux",
        "survie.courbe",
        "survie.table_age",
        "survie.logrank",
        "survie.sensibilite",
        "survie.regles",
        *(f"survie.par_groupe_{name}" for name in groups),
    }


@pytest.mark.parametrize("kind", ["quebec", "british"])
def test_the_groups_tables_withhold_and_warn(kind: str, request: pytest.FixtureRequest) -> None:
    page: Page = request.getfixturevalue(kind)
    name = {"quebec": "sector", "british": "type"}[kind]
    table = exhibit(page, f"survie.par_groupe_{name}")
    cells = [cell.inner_text() for cell in table.locator("tbody td").all()]
    assert "F" in cells
    assert any(cell.endswith("E") for cell in cells)
    assert "trop peu fiable pour être publié" in table.inner_text()


def test_british_groups_have_french_names_and_their_own_source(british: Page) -> None:
    table = exhibit(british, "survie.par_groupe_region")
    text = table.inner_text()
    assert "Nation" in text and "Pays de Galles" in text and "Angleterre" in text
    assert "Régions administratives du Québec" not in text
    assert "Commerce de détail" in exhibit(british, "survie.par_groupe_sector").inner_text()


def test_a_cohort_without_any_rate_is_not_listed(british: Page) -> None:
    table = exhibit(british, "survie.par_groupe_cohort")
    years = {row.inner_text() for row in table.locator("tbody th").all()}
    assert "2012" in years
    assert "1975" not in years


@pytest.mark.parametrize("kind", ["quebec", "british"])
def test_the_survival_curve_is_drawn(kind: str, request: pytest.FixtureRequest) -> None:
    page: Page = request.getfixturevalue(kind)
    drawing = exhibit(page, "survie.courbe").locator("svg").first
    box = drawing.bounding_box()
    assert box and box["width"] > 400 and box["height"] > 150
    assert drawing.locator("path").count() > 3


@pytest.mark.parametrize("kind", ["quebec", "british"])
def test_the_curves_bear_the_rates_of_the_table_the_naive_ones_too(
    kind: str, request: pytest.FixtureRequest
) -> None:
    page: Page = request.getfixturevalue(kind)
    table = {
        row.locator("th").inner_text(): [cell.inner_text() for cell in row.locator("td").all()]
        for row in exhibit(page, "survie.taux").locator("tbody tr").all()
    }
    rates = {table[age][column] for age in ("5\u00a0ans", "10\u00a0ans") for column in (0, 3)}
    drawn = exhibit(page, "survie.courbe").locator("svg").first.locator("text").all()
    shown = {text.inner_html() for text in drawn}
    assert len(rates) == 4
    assert rates <= {label.replace("&nbsp;", "\u00a0") for label in shown}


@pytest.mark.parametrize(("kind", "name"), [("quebec", "sector"), ("british", "type")])
def test_the_table_of_unknown_groups_has_the_order_of_the_groups_table(
    kind: str, name: str, request: pytest.FixtureRequest
) -> None:
    page: Page = request.getfixturevalue(kind)
    groups, blanks = (
        [row.inner_text() for row in exhibit(page, f"survie.{table}_{name}").locator("th").all()]
        for table in ("par_groupe", "blancs")
    )
    named = [group for group in groups if group in blanks]
    assert len(set(named)) > 5
    assert [group for group in blanks if group in named] == named
