"""A release of the real report and a build after one change of each kind, side by side."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from playwright.sync_api import Browser, Page

from coopreport.compare.changes import Comparison
from coopreport.compare.compare import compare, read
from coopreport.compare.moved import moved
from coopreport.compare.record import as_json
from coopreport.compare.terminal import print_comparison, summary
from coopreport.errors import CannotPublish
from coopreport.project import Project
from tests.chapters import CYCLE
from tests.compare_fixtures import HOSTILE, change_everything, release
from tests.conftest import ROOT
from tests.contrast import contrast
from tests.releases import done
from tests.shared import copy


@pytest.fixture(scope="session")
def project(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with `v1`, a build after it with all changes, and one chapter of another cycle."""
    root = copy(built.parents[2], tmp_path_factory.mktemp("deux versions") / "projet")
    release(root, "v1")
    change_everything(root)
    done(root, "report")
    cycle = (root / "data" / "cycles" / f"{CYCLE}.yaml").read_text(encoding="utf-8")
    head = cycle.replace(f"cycle: {CYCLE}", "cycle: 2024-2025").split("chapters:")[0]
    chapters = "chapters:\n  02-portrait:\n    first_year: 1999\n    gdp_year: 2022\n"
    other = root / "data" / "cycles" / "2024-2025.yaml"
    other.write_text(head + chapters, encoding="utf-8")
    done(root, "report", "--cycle=2024-2025")
    return Project(root)


@pytest.fixture(scope="session")
def comparison(project: Project) -> Comparison:
    return read(project, CYCLE, "v1")


@pytest.fixture(scope="session")
def page_path(project: Project) -> Path:
    return compare(project, CYCLE, "v1")


@pytest.fixture(params=[1280, 375])
def page(page_path: Path, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": request.param, "height": 900})
    opened = context.new_page()
    opened.goto(page_path.as_uri())
    yield opened
    context.close()


def shape_faults(found: Any) -> list[str]:
    """Return what the schema of a comparison finds wrong in one, as a file would hold it."""
    schema = json.loads(
        (ROOT / "coopreport" / "schemas" / "comparaison.schema.json").read_text(encoding="utf-8")
    )
    jsonschema.Draft202012Validator.check_schema(schema)
    errors = jsonschema.Draft202012Validator(schema).iter_errors(json.loads(json.dumps(found)))
    return [f"{error.json_path}: {error.message}" for error in errors]


def kinds(comparison: Comparison, name: str) -> list[str]:
    """Return the kinds of the causes of an indicator that changed, in their order."""
    (change,) = [each for each in comparison.indicators.changed if each.move.id == name]
    return [cause.kind for cause in change.move.causes]


def test_a_changed_row_is_the_first_cause_and_is_named(comparison: Comparison) -> None:
    (change,) = [each for each in comparison.indicators.changed if each.move.id.endswith("uel.r2")]
    first = change.move.causes[0]
    assert first.kind == "data"
    assert "2023-2024/R2 (amount\u00a0: 600000 → 700000" in first.detail
    assert (change.move.old, change.move.new) == ("0,6\u00a0M$", "0,7\u00a0M$")
    assert (change.move.difference, change.move.relative) == ("+0,1\u00a0M$", "+16,7\u00a0%")


def test_a_changed_parameter_is_a_cause(comparison: Comparison) -> None:
    assert kinds(comparison, "survie.uk_bas.5_ans") == ["parameter"]


def test_a_changed_function_is_a_cause(comparison: Comparison) -> None:
    assert kinds(comparison, "financement.horizon") == ["method"]


def test_more_decimals_are_rounding_and_nothing_else(comparison: Comparison) -> None:
    assert kinds(comparison, "portrait.ecart_part_pib") == ["rounding"]


def test_every_value_that_moved_has_a_cause(comparison: Comparison) -> None:
    assert len(comparison.indicators.changed) > 10
    assert comparison.unexplained == ()


def test_an_indicator_of_a_new_chapter_is_added_because_of_it(comparison: Comparison) -> None:
    (added,) = comparison.indicators.added
    assert added.id == "annexe.un"
    assert [cause.detail for cause in added.causes if "09-annexe" in cause.detail]


def test_the_moves_for_a_release_are_those_of_the_page(comparison: Comparison) -> None:
    old, new = comparison.old, comparison.new
    found = moved(old.ledger, new.ledger, old.manifest, new.manifest)
    shown = [each.move.id for each in comparison.indicators.changed if each.is_shown]
    assert [each.id for each in found] == shown


def test_claims_that_changed_status_are_listed_with_both(comparison: Comparison) -> None:
    assert comparison.claims
    moves = {
        each.id: (each.old["status"], each.new["status"])
        for each in comparison.claims.changed
        if each.old and each.new
    }
    assert moves["brief_2023_2024-11"] == ("conforme", "ecart")


def test_a_table_shows_the_cells_that_changed_and_counts_the_other_rows(
    comparison: Comparison,
) -> None:
    (grid,) = [each for each in comparison.tables.changed if each.id == "sommaire.demandes"]
    changed = {row.cells[0].new: row for row in grid.rows if row.change == "changed"}
    assert [cell.new for cell in changed["R2"].cells if cell.is_changed] == ["700\u00a0000"]
    assert grid.unchanged == 2


def test_only_charts_drawn_otherwise_are_shown_twice(comparison: Comparison) -> None:
    redrawn = {each.id for each in comparison.charts.changed if each.new}
    assert redrawn == {
        "feuille.repartition",
        "financement.empilement",
        "financement.scenarios_totaux",
        "suivi.demande_et_accorde",
        "survie.courbe",
    }
    assert comparison.charts.unchanged == 6


def test_a_changed_word_is_marked_in_its_paragraph(comparison: Comparison) -> None:
    chapter = next(each for each in comparison.texts.changed if each.id == "sommaire")
    pieces = chapter.sections[0].passages[0].pieces
    assert next(each.text for each in pieces if each.kind == "old") == "demande"
    assert next(each.text for each in pieces if each.kind == "new") == "réclame"


def test_chapters_that_came_and_went_are_named(comparison: Comparison) -> None:
    assert [each.id for each in comparison.texts.added] == ["annexe"]
    assert [each.id for each in comparison.texts.gone] == ["methode"]


def test_changed_parameters_and_files_are_listed(comparison: Comparison) -> None:
    told = {each.name: (each.old, each.new) for each in comparison.parameters}
    assert told == {"survie.confidence": (0.95, 0.9)}
    paths = {each.path for each in comparison.inputs.changed}
    assert {"data/recommendations.csv", "notebooks/01-sommaire.ipynb"} <= paths
    assert "data/grants.csv" not in paths


def test_a_version_beside_itself_has_changed_in_nothing(project: Project) -> None:
    same = read(project, CYCLE, "v1", "v1")
    assert not same.is_changed
    assert same.indicators.unchanged > 40
    assert "  rien n’a changé" in "\n".join(summary(same))
    assert shape_faults(as_json(same)) == []


def test_between_two_cycles_the_cycle_is_a_cause_and_absent_claims_are_said(
    project: Project,
) -> None:
    between = read(project, "2024-2025", f"{CYCLE}/v1")
    assert kinds(between, "portrait.ecart_part_pib")[0] == "cycle"
    assert "parameter" in kinds(between, "portrait.ecart_part_pib")
    assert between.claims is None
    assert [each.id for each in between.texts.gone].count("financement") == 1
    page = compare(project, "2024-2025", f"{CYCLE}/v1").read_text(encoding="utf-8")
    assert "une des deux versions n’a pas enregistré ses énoncés" in page


def test_the_same_versions_give_the_same_bytes(project: Project, page_path: Path) -> None:
    before = [page_path.read_bytes(), page_path.with_suffix(".json").read_bytes()]
    page_path.unlink()
    again = compare(project, CYCLE, "v1")
    assert again == page_path
    assert [again.read_bytes(), again.with_suffix(".json").read_bytes()] == before
    assert [path.name for path in again.parent.iterdir() if path.name.startswith(".")] == []


def test_the_json_has_the_published_shape(page_path: Path) -> None:
    found = json.loads(page_path.with_suffix(".json").read_text(encoding="utf-8"))
    assert shape_faults(found) == []


def test_no_path_of_the_machine_is_in_the_page_or_its_json(
    project: Project, page_path: Path
) -> None:
    for path in (page_path, page_path.with_suffix(".json")):
        assert str(project.root) not in path.read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_written_is_said(project: Project, page_path: Path) -> None:
    aside = page_path.parent.rename(page_path.parent.with_name("ailleurs"))
    page_path.parent.write_text("", encoding="utf-8")
    try:
        with pytest.raises(CannotPublish, match="comparaisons"):
            compare(project, CYCLE, "v1")
    finally:
        page_path.parent.unlink()
        aside.rename(page_path.parent)


def test_the_terminal_tells_the_counts_the_moves_and_where_the_page_is(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    said: list[str] = []
    assert print_comparison(project, CYCLE, "v1", "", said.append) == 0
    text = "\n".join(said)
    assert "financement.annuel.r2\u00a0: 0,6\u00a0M$ → 0,7\u00a0M$" in text
    assert "brief_2023_2024-11\u00a0: conforme → écart" in text
    assert re.search(r"chapitres, par leur texte\u00a0: \d+ changés, 1 ajouté, 1 retiré", text)
    assert "build/2023-2024/comparaisons/v1-" in capsys.readouterr().out


# The page in a real browser


def test_nothing_is_fetched_and_nothing_runs(chromium: Browser, page_path: Path) -> None:
    opened = chromium.new_page()
    asked: list[str] = []
    said: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("console", lambda message: said.append(message.text))
    opened.on("dialog", lambda dialog: said.append(dialog.message))
    opened.goto(page_path.as_uri())
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert said == []
    assert opened.locator("script, iframe, object, embed, img, link, base, form").count() == 0
    handlers = opened.evaluate(
        """() => [...document.querySelectorAll('*')].flatMap(e => [...e.attributes])
            .filter(a => a.name.startsWith('on')).length"""
    )
    assert handlers == 0
    opened.close()


def test_hostile_text_of_a_table_is_shown_as_text(page: Page) -> None:
    assert page.get_by_text(HOSTILE).count() > 0
    assert page.get_by_text("<b onclick='alert(3)'>version</b>").count() == 1


def test_the_policy_is_the_first_thing_in_the_head(page: Page) -> None:
    policy = page.evaluate("document.head.firstElementChild.getAttribute('content')")
    assert policy.startswith("default-src 'none'")


def test_nothing_stands_out_of_the_page(page: Page) -> None:
    out = page.evaluate(
        """() => [...document.querySelectorAll('body *')]
            .filter(e => !e.closest('.scroll') && !e.closest('.skip')
                && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
            .map(e => e.outerHTML.slice(0, 80))"""
    )
    assert out == []


def test_no_heading_level_is_skipped_and_there_is_one_title(page: Page) -> None:
    levels = page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])"
    )
    assert levels.count(1) == 1
    assert max(after - before for before, after in pairwise(levels)) == 1


def test_every_table_has_a_caption_scoped_headers_and_no_empty_cell(page: Page) -> None:
    assert page.locator("table").count() > 10
    assert page.locator("table:not(:has(caption)), th:not([scope])").count() == 0
    cells = page.locator("td, th").all_text_contents()
    assert all(text.strip() for text in cells)


def test_ids_are_unique_links_have_targets_and_regions_have_names(page: Page) -> None:
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    targets = page.evaluate(
        "[...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.getAttribute('href').slice(1))"
    )
    assert set(targets) <= set(ids)
    assert page.locator(".scroll:not([aria-label][tabindex='0'][role=region])").count() == 0


def test_the_old_and_the_new_drawing_stand_side_by_side_or_one_under_the_other(page: Page) -> None:
    pair = page.locator(".pair").first
    drawings = pair.locator("svg[role=img]")
    assert drawings.count() == 2
    boxes = [drawing.bounding_box() for drawing in drawings.all()]
    assert boxes[0] and boxes[1]
    assert min(box["width"] for box in boxes if box) > 200
    beside = abs(boxes[0]["y"] - boxes[1]["y"]) < 5
    assert beside == (page.evaluate("innerWidth") == 1280)
    names = [drawing.locator("title").text_content() for drawing in drawings.all()]
    assert all(names)
    assert drawings.first.locator("title").count() == 1


def test_what_was_struck_or_added_is_said_in_words_too(page: Page) -> None:
    for tag, word in (("del", "retiré"), ("ins", "ajouté")):
        said = page.evaluate(
            "tag => getComputedStyle(document.querySelector(tag), '::before').content", tag
        )
        assert word in said
    line = page.evaluate("getComputedStyle(document.querySelector('del')).textDecorationLine")
    assert line == "line-through"


def test_on_a_phone_a_move_is_seen_whole_without_scrolling(page: Page) -> None:
    lost = page.evaluate(
        """() => [...document.querySelectorAll('.moves td, .moves th')]
            .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth)
            .length"""
    )
    assert lost == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_are_readable_in_the_light_and_in_the_dark(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    for selector in ("main del", "main ins", ".left-out", ".cause b", ".causes"):
        colours = page.evaluate(
            """s => { const e = document.querySelector(s), style = getComputedStyle; let b = e;
                while (style(b).backgroundColor == 'rgba(0, 0, 0, 0)') b = b.parentElement;
                return [style(e).color, style(b).backgroundColor]; }""",
            selector,
        )
        hexes = ["#" + "".join(f"{int(n):02x}" for n in re.findall(r"\d+", c)[:3]) for c in colours]
        assert contrast(hexes[0], hexes[1]) >= 4.5, (selector, hexes)


def test_in_print_every_column_is_on_the_sheet(page: Page) -> None:
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 672, "height": 880})
    lost = page.evaluate(
        """() => [...document.querySelectorAll('table')].filter(t => !t.closest('.wide')
            && t.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
            .map(t => t.caption.textContent)"""
    )
    assert lost == []
