"""A reviewer's remarks in the page itself: offline, by mouse and by keyboard, kept and exported."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from coopreport.pipeline.assemble import assemble
from coopreport.pipeline.prose import Context, prose_html
from coopreport.pipeline.render import render
from tests.builds import latest
from tests.opened import Opened
from tests.remarks_fixtures import (
    TOTAL,
    add_remark,
    annotated_project,
    export,
    fill_editor,
    ledger_hash,
)
from tests.sample_page import EDITION, LEDGER, sample_chapters

PARAGRAPH = "main p[id^=essai-p-] >> nth=1"
NO_STORAGE = """Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("refused", "SecurityError"); } });"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project and its build, made once."""
    return annotated_project(tmp_path_factory)


def watched(context: BrowserContext, path: Path) -> Opened:
    """Open the page, and say yes to every window that it asks."""
    opened = Opened(context.new_page())
    opened.page.on("dialog", lambda dialog: dialog.accept())
    opened.page.goto(path.as_uri())
    return opened


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    made = chromium.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    made.set_default_timeout(6_000)
    yield made
    made.close()


@pytest.fixture
def opened(context: BrowserContext, project: Path) -> Opened:
    return watched(context, latest(project) / "rapport.html")


@pytest.fixture
def page(opened: Opened) -> Page:
    return opened.page


def focused(page: Page) -> str:
    """Return the visible text or the name of what has the focus."""
    found: str = page.evaluate(
        """() => { const e = document.activeElement;
            return e.getAttribute('aria-label') || e.textContent.trim() || e.tagName; }"""
    )
    return found


def tab_to(page: Page, name: str, limit: int = 80) -> None:
    """Press Tab until what has the focus begins with a name."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        if focused(page).startswith(name):
            return
    raise AssertionError(f"{name} is not reached; the focus is on {focused(page)}")


def test_without_javascript_the_page_shows_nothing_of_it(chromium: Browser, project: Path) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((latest(project) / "rapport.html").as_uri())
    expect(page.locator("main")).to_contain_text("Une phrase sans nombre.")
    assert page.get_by_text("Annoter").count() == 0
    context.close()


def test_the_static_edition_has_no_trace_of_it() -> None:
    html = render(assemble(sample_chapters(), replace(EDITION, static=True), LEDGER))
    assert "<script" not in html
    assert "gabarit-remarques" not in html
    assert "remarks-bar" not in html


def test_every_passage_has_an_id_that_its_neighbours_do_not_change() -> None:
    before = str(prose_html("Un.\n\nDeux.\n\n- Trois", Context("essai"))[0])
    after = str(prose_html("Zéro.\n\nUn.\n\n- Trois\n- Quatre", Context("essai"))[0])
    for passage in ("Un.</p>", "Trois</li>"):
        id = before.split(f">{passage}")[0].rpartition("id=")[2]
        assert f"id={id}>{passage}" in after


def test_a_number_that_changes_leaves_the_id_of_its_passage() -> None:
    def html(number: str) -> str:
        result = {"status": "ok", "data": {"text/html": number}}
        given = [{"expression": "a", "result": result}]
        return str(prose_html("Soit {eval}`a`.", Context("essai"), given)[0])

    assert html("8").replace("8.", "9.") == html("9")


def test_two_passages_of_the_same_words_have_two_ids() -> None:
    html = str(prose_html("Idem.\n\nIdem.", Context("essai"))[0])
    assert html.count("-2") == 1


def test_a_remark_on_a_paragraph_is_exported_with_what_it_is_about(
    page: Page, project: Path
) -> None:
    add_remark(page, "main p:has-text('Une phrase sans nombre.')", "Pourquoi?")
    found = export(page)
    assert (found["format"], found["cycle"], found["author"]) == (1, "2023-2024", "Marie Tremblay")
    assert found["page"] == {
        "build": latest(project).name,
        "version": "",
        "ledger": ledger_hash(project),
    }
    (remark,) = found["remarks"]
    assert remark["text"] == "Pourquoi?"
    target = remark["target"]
    assert (target["kind"], target["excerpt"]) == ("passage", "Une phrase sans nombre.")
    assert (target["chapter"], target["section"]) == ("essai", "essai-texte")
    assert page.locator(f"[id='{target['id']}']").inner_text().startswith("Une phrase")


def test_a_paragraph_s_remark_has_the_numbers_that_stand_in_it(page: Page) -> None:
    add_remark(page, "main p:has-text('Le mouvement demande')", "D’où?")
    (remark,) = export(page)["remarks"]
    assert remark["target"]["numbers"] == [{"id": TOTAL, "shown": "8,8 M$"}]


def test_a_number_s_panel_takes_a_remark_on_that_occurrence(page: Page) -> None:
    page.locator("main p .origin-of").nth(1).click()
    page.locator(".panel:popover-open .remark-number").click()
    fill_editor(page, "Par année?")
    expect(page.locator("main p .origin-of").nth(1)).to_be_focused()
    (remark,) = export(page)["remarks"]
    target = remark["target"]
    assert (target["kind"], target["id"], target["occurrence"]) == ("nombre", TOTAL, 2)
    assert target["excerpt"] == "8,8 millions de dollars"
    assert target["within"].startswith("essai-p-")


def test_a_table_s_remark_may_be_about_one_cell(page: Page) -> None:
    page.locator(".exhibit.table caption").first.hover()
    page.locator(".exhibit.table > .remark-add").click()
    page.get_by_label("Ligne").select_option("R2")
    page.get_by_label("Colonne").select_option("Montant")
    fill_editor(page, "Trop peu.")
    (remark,) = export(page)["remarks"]
    target = remark["target"]
    assert (target["kind"], target["row"], target["column"]) == ("tableau", "R2", "Montant")
    assert target["shown"] == "600 000"
    assert len(target["digest"]) == 16


def test_a_chart_and_key_figures_take_remarks(page: Page) -> None:
    for block in (".exhibit.chart", ".exhibit.figures"):
        page.locator(block).hover()
        page.locator(f"{block} > .remark-add").click()
        fill_editor(page, "Vu.")
    kinds = [each["target"]["kind"] for each in export(page)["remarks"]]
    assert sorted(kinds) == ["chiffres", "graphique"]


def test_remarks_are_still_there_when_the_page_is_opened_again(page: Page) -> None:
    add_remark(page, "main li:has-text('Un point.')", "Gardée?")
    page.reload()
    expect(page.locator(".remarks-bar .list")).to_have_text("Remarques (1)")
    assert page.locator("main li:has-text('Un point.') .remark-mark").inner_text() == "1"


def test_the_name_is_asked_once(page: Page) -> None:
    add_remark(page, "main li:has-text('Un point.')", "Une.")
    page.locator("main li:has-text('Un autre')").hover()
    page.locator("main li:has-text('Un autre') > .remark-add").click()
    expect(page.locator("dialog.editor").get_by_label("Votre nom")).to_be_hidden()


def test_a_remark_is_changed_then_deleted(page: Page) -> None:
    add_remark(page, "main li:has-text('Un point.')", "Avant.")
    page.locator(".remarks-bar .list").click()
    page.get_by_role("button", name="Modifier").click()
    fill_editor(page, "Après.")
    (remark,) = export(page)["remarks"]
    assert remark["text"] == "Après."
    assert remark["modified"] > remark["created"]
    page.locator(".remarks-bar .list").click()
    page.get_by_role("button", name="Supprimer").click()
    expect(page.locator("dialog.all")).to_contain_text("Aucune remarque.")
    expect(page.locator("dialog.all [role=status]")).to_have_text("Remarque supprimée.")
    expect(page.get_by_role("button", name="Exporter")).to_be_disabled()


def test_two_tabs_lose_nothing_of_each_other(context: BrowserContext, project: Path) -> None:
    path = latest(project) / "rapport.html"
    first, second = watched(context, path).page, watched(context, path).page
    add_remark(first, "main li:has-text('Un point.')", "Du premier.")
    add_remark(second, "main li:has-text('Un autre')", "Du second.")
    expect(first.locator(".remarks-bar .list")).to_have_text("Remarques (2)")
    assert len(export(first)["remarks"]) == 2


def test_a_browser_that_keeps_nothing_says_so_and_still_exports(
    context: BrowserContext, project: Path
) -> None:
    context.add_init_script(NO_STORAGE)
    opened = watched(context, latest(project) / "rapport.html")
    add_remark(opened.page, "main li:has-text('Un point.')", "En mémoire.")
    opened.page.locator(".remarks-bar .list").click()
    expect(opened.page.locator("dialog.all .kept")).to_contain_text("Ce navigateur ne garde rien")
    opened.page.keyboard.press("Escape")
    assert [each["text"] for each in export(opened.page)["remarks"]] == ["En mémoire."]
    assert opened.errors == []


def test_an_empty_remark_is_refused_aloud(page: Page) -> None:
    page.locator("main li:has-text('Un point.')").hover()
    page.locator("main li:has-text('Un point.') > .remark-add").click()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert")).to_have_text("Écrivez une remarque.")
    expect(page.get_by_label("Votre remarque")).to_be_focused()
    page.get_by_label("Votre remarque").fill("Oui.")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert")).to_have_text("Écrivez votre nom.")


def test_all_of_it_can_be_done_from_the_keyboard(page: Page) -> None:
    keys = page.keyboard
    tab_to(page, "Annoter")
    keys.press("Enter")
    expect(page.locator(".remarks-bar .mode")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("status")).to_contain_text("Annotation en marche")
    tab_to(page, "Ajouter une remarque\u00a0: Une phrase sans nombre.")
    keys.press("Enter")
    expect(page.get_by_label("Votre remarque")).to_be_focused()
    keys.type("Écrite au clavier.")
    tab_to(page, "INPUT")
    keys.type("Marie Tremblay")
    keys.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Remarque enregistrée.")
    assert focused(page).startswith("Ajouter une remarque\u00a0: Une phrase")
    keys.press("Tab")
    assert focused(page) == "Voir la remarque"
    keys.press("Enter")
    assert focused(page) == "Aller au passage"
    keys.press("Enter")
    assert focused(page).startswith("Une phrase sans nombre.")
    page.keyboard.press("Control+Home")
    page.locator(".remarks-bar .list").focus()
    keys.press("Enter")
    tab_to(page, "Exporter")
    with page.expect_download() as downloading:
        keys.press("Enter")
    content = json.loads(Path(downloading.value.path()).read_text(encoding="utf-8"))
    assert [each["text"] for each in content["remarks"]] == ["Écrite au clavier."]
    assert downloading.value.suggested_filename.endswith("-marie-tremblay.json")
    keys.press("Escape")
    expect(page.locator(".remarks-bar .list")).to_be_focused()


def test_what_is_written_is_shown_as_text(opened: Opened) -> None:
    page = opened.page
    text = "<img src=x onerror=\"document.title='PIRATE'\"> {{ 7*7 }} \u202egauche\u0007"
    add_remark(page, "main li:has-text('Un point.')", text, "<b>Nom</b>")
    page.locator(".remarks-bar .list").click()
    shown = page.locator("dialog.all li .text").text_content()
    assert shown == text.replace("\u0007", "")
    assert page.locator("dialog.all li .author").text_content() == "<b>Nom</b>"
    assert page.locator("img").count() == 0
    assert "PIRATE" not in page.title()


def test_nothing_is_fetched_and_nothing_complains(opened: Opened) -> None:
    opened.page.evaluate(
        "addEventListener('securitypolicyviolation', e => console.error(e.violatedDirective))"
    )
    add_remark(opened.page, "main li:has-text('Un point.')", "Vu.")
    export(opened.page)
    outside = [url for url in opened.requests if not url.startswith(("file:", "data:", "blob:"))]
    assert (outside, opened.errors) == ([], [])


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_nothing_stands_out_of_the_page_while_annotating(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    add_remark(page, "main li:has-text('Un point.')", "Vu.")
    page.locator(".remarks-bar .mode").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_nothing_of_it_is_printed(page: Page) -> None:
    add_remark(page, "main li:has-text('Un point.')", "Vu.")
    page.emulate_media(media="print")
    for part in (".remarks-bar", ".remark-mark"):
        expect(page.locator(part).first).to_be_hidden()


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_what_it_adds(page: Page, width: int, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 800})
    add_remark(page, "main li:has-text('Un point.')", "Vu.")
    page.locator(".remarks-bar .mode").click()
    found = violations(page)
    page.locator(".exhibit.table > .remark-add").click()
    found += violations(page)
    page.keyboard.press("Escape")
    page.locator(".remarks-bar .list").click()
    assert found + violations(page) == []


def violations(page: Page) -> list[tuple[str, str]]:
    """Return what axe finds against the open page: the rule and the element."""
    found = Axe().run(page).response["violations"]
    return [(each["id"], node["html"]) for each in found for node in each["nodes"]]
