"""Finding one's way: contents that follow, addresses to copy, notes, search, paper."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, Dialog, Page

from coopreport.errors import ChapterFailed
from coopreport.exhibit_table import ColumnSpec, table_from_frame
from coopreport.exhibits import Table
from coopreport.pipeline.assemble import assemble
from coopreport.pipeline.render import render
from tests.opened import opened
from tests.sample_page import (
    EDITION,
    HOSTILE,
    LEDGER,
    SOURCE,
    code,
    notebook,
    prose,
    sample_chapters,
    sample_page,
)

NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined });"
NO_COPY = "document.execCommand = () => false;"
WHAT_IS_COPIED = """
window.copied = [];
document.addEventListener("copy", () => copied.push(document.activeElement.value));
"""
SECTION = "survie-la-courbe-recalculee"


def marked(page: Page) -> list[str]:
    """Return the entries of the contents that are marked as the current one."""
    return page.locator(".contents [aria-current=location]").all_text_contents()


def scroll_to(page: Page, id: str) -> None:
    page.evaluate("id => document.getElementById(id).scrollIntoView({ behavior: 'instant' })", id)


def page_of(*cells: object, name: str = "01-essai") -> str:
    """Return the page of one chapter."""
    return render(assemble([(name, notebook(*cells))], EDITION, LEDGER))  # type: ignore[arg-type]


def asks(id: str = "essai.demandes") -> Table:
    """Return a table whose rows have an address."""
    frame = pd.DataFrame({"ask": ["R1", "R2"], "subject": ["Entente", "Coordination"]})
    columns = [
        ColumnSpec("ask", "Rec.", "header", anchor="recommandation"),
        ColumnSpec("subject", "Objet"),
    ]
    return table_from_frame(frame, columns, id=id, title="Demandes", sources=[SOURCE])


def test_the_contents_follow_the_reader(chromium: Browser, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, sample_page()) as made:
        assert marked(made.page) == []
        for id, entry in (
            (SECTION, "3.2 La courbe recalculée"),
            ("survie-les-taux-publies", "3.1 Les taux publiés"),
        ):
            scroll_to(made.page, id)
            made.page.locator(f'.contents a[aria-current][href="#{id}"]').wait_for()
            assert marked(made.page) == [entry]


def test_the_marked_entry_is_in_sight_in_a_low_window(chromium: Browser, tmp_path: Path) -> None:
    low = {"width": 1280, "height": 240}
    with opened(chromium, tmp_path, sample_page(), viewport=low) as made:
        scroll_to(made.page, SECTION)
        entry = made.page.locator(f'.contents a[aria-current][href="#{SECTION}"]')
        entry.wait_for()
        box = entry.bounding_box()
        assert box is not None
        assert 0 <= box["y"] < 240


def test_without_javascript_the_contents_stay_beside_the_text(
    chromium: Browser, tmp_path: Path
) -> None:
    with opened(chromium, tmp_path, sample_page(), java_script_enabled=False) as made:
        made.page.locator(f'.contents a[href="#{SECTION}"]').click()
        assert made.page.url.endswith(f"#{SECTION}")
        assert made.page.locator(".contents h2").is_visible()
        assert made.page.locator("main a.address").first.get_attribute("href") == "#sommaire"


def test_every_section_table_and_chart_has_an_address(chromium: Browser, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, sample_page()) as made:
        addresses = made.page.locator("main a.address").evaluate_all(
            "all => all.map((a) => [a.textContent, a.hash.slice(1)])"
        )
    numbers = [number for number, _ in addresses]
    assert ["3.2", SECTION] in addresses
    assert ["Tableau\u00a01", "financement.etalement"] in addresses
    assert ["Graphique\u00a02", "survie.courbe"] in addresses
    assert len(numbers) == len(set(numbers)) == 15


@pytest.mark.parametrize("surroundings", ["", NO_CLIPBOARD], ids=["clipboard", "no clipboard"])
def test_following_a_number_copies_its_address(
    chromium: Browser, tmp_path: Path, surroundings: str
) -> None:
    with opened(chromium, tmp_path, sample_page()) as made:
        made.page.add_init_script(surroundings + WHAT_IS_COPIED)
        made.page.reload()
        link = made.page.locator("main a.address", has_text="Tableau\u00a03")
        link.focus()
        made.page.keyboard.press("Enter")
        made.page.get_by_role("status").filter(has_text="Lien copié").wait_for()
        address = f"{(tmp_path / 'rapport.html').as_uri()}#survie.publies"
        assert made.page.url == address
        if surroundings:
            assert made.page.evaluate("copied") == [address]
        made.page.keyboard.press("Tab")
        inside = "document.activeElement.closest('.exhibit')?.id"
        assert made.page.evaluate(inside) == "survie.publies"
        assert made.refused() == []


def test_where_nothing_can_be_copied_the_address_is_shown(
    chromium: Browser, tmp_path: Path
) -> None:
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(f"{dialog.message} {dialog.default_value}")
        dialog.dismiss()

    with opened(chromium, tmp_path, sample_page()) as made:
        made.page.add_init_script(NO_CLIPBOARD + NO_COPY)
        made.page.reload()
        made.page.on("dialog", answer)
        made.page.locator("main a.address", has_text="3.2").click()
    assert asked == [f"Copiez ce lien\u00a0: {(tmp_path / 'rapport.html').as_uri()}#{SECTION}"]


def test_a_recommendation_has_an_address_that_prose_can_name(
    chromium: Browser, tmp_path: Path
) -> None:
    html = page_of(prose("# Essai\n\nVoyez {numref}`recommandation-R2`."), code(asks()))
    with opened(chromium, tmp_path, html) as made:
        made.page.get_by_role("link", name="R2").click()
        assert made.page.url.endswith("#recommandation-R2")
        assert made.page.locator(":target").text_content() == "R2"


def test_an_address_is_given_once() -> None:
    with pytest.raises(ChapterFailed, match="« recommandation-R1 » est donnée deux fois"):
        page_of(prose("# Essai"), code(asks(), asks("essai.encore")))


def test_a_text_that_cannot_be_an_address_is_refused() -> None:
    columns = [ColumnSpec("a", "A", "header", anchor="recommandation")]
    with pytest.raises(ValueError, match="ne peut pas être une adresse"):
        table_from_frame(pd.DataFrame({"a": ['R1" onclick="x']}), columns, id="a.b", title="T")


NOTED = (
    "# Essai\n\nUn fait[^a], un autre[^b], le premier encore[^a].\n\n"
    "[^b]: La *seconde* note.\n[^a]: La première."
)


def test_a_note_goes_there_and_back(chromium: Browser, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, page_of(prose(NOTED)), java_script_enabled=False) as made:
        made.page.get_by_role("link", name="Note\u00a02", exact=True).click()
        assert made.page.url.endswith("#note-essai-2")
        assert made.page.locator(":target").text_content() == "La seconde note. ↩"
        made.page.get_by_role("link", name="Retour à l’appel de la note\u00a02").click()
        assert made.page.url.endswith("#appel-essai-2")


def test_notes_are_numbered_through_a_chapter_and_stand_at_its_end() -> None:
    html = page_of(prose(NOTED), prose("Suite[^a].\n\n[^a]: Une autre, du même nom."))
    assert re.findall(r'id="(note-[^"]+)"', html) == [f"note-essai-{n}" for n in (1, 2, 3)]
    assert html.index("Suite") < html.index('id="note-essai-1"')


def test_two_chapters_may_have_notes() -> None:
    chapters = [
        (f"0{n}-{name}", notebook(prose(NOTED))) for n, name in enumerate(("un", "deux"), 1)
    ]
    html = render(assemble(chapters, EDITION, LEDGER))
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert {"note-un-1", "note-deux-1"} <= set(ids)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# Essai\n\nUn fait[^z].", r"l’appel de note «\xa0\[\^z\]\xa0» n’a pas de note"),
        ("# Essai\n\nUn fait.\n\n[^q]: Perdue.", r"«\xa0\[\^q\]\xa0» n’est jamais appelée"),
    ],
)
def test_a_lost_note_is_refused_by_name(text: str, said: str) -> None:
    with pytest.raises(ChapterFailed, match=said):
        page_of(prose(text))


@pytest.mark.parametrize(
    "words",
    ["Borne basse", "Le mouvement demande 8,8\u00a0millions", "Québec 2022", "Offensive de"],
)
def test_the_browser_finds_words_wherever_they_stand(
    chromium: Browser, tmp_path: Path, words: str
) -> None:
    with opened(chromium, tmp_path, sample_page()) as made:
        made.alive()
        assert made.page.evaluate("words => window.find(words)", words)


def test_searching_opens_what_is_folded(chromium: Browser, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, sample_page()) as made:
        address = made.page.url
        made.page.goto("about:blank")
        made.page.goto(f"{address}#:~:text=Borne%20basse")
        made.page.locator("details.data[open]", has_text="Borne basse").wait_for()


def test_paper_has_a_running_header_whatever_the_title() -> None:
    title = f'Un "titre" \\ {HOSTILE[3]}'
    html = render(assemble(sample_chapters(), replace(EDITION, title=title), LEDGER))
    style = html[html.index("<style>") : html.index("</style>")]
    header = r'@top-left { content: "Un \22 titre\22  \5c  \3c /table\3e \3c /div\3e '
    assert header in style
    assert 'content: "Cycle 2023-2024, brouillon 3f9c2a71"' in style
