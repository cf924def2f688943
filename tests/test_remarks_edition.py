"""The review edition: open remarks beside what they are about, and what moved since."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from coopreport.project import Project
from tests.builds import assert_whole, latest
from tests.chapters import CYCLE
from tests.claims_fixtures import edit
from tests.payloads import PAYLOADS
from tests.releases import done, run
from tests.remarks_fixtures import (
    PROSE,
    TOTAL,
    add_remark,
    annotated_project,
    export,
    exported,
    ledger_hash,
    remark,
    target,
    write_file,
    write_prose,
)
from tests.shared import copy
from tests.test_remarks_files import run_in

TEXTS = {
    name: text[:5000]
    for name, text in PAYLOADS.items()
    if not any(sign < " " and sign not in "\t\n" for sign in text)
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project and its build, made once."""
    return annotated_project(tmp_path_factory)


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    """A copy of the built project, with no remark."""
    return copy(made, tmp_path / "mémoire")


def review(project: Path) -> Path:
    return project / "build" / CYCLE / "relecture.html"


def take_in(project: Path, *remarks: dict[str, object]) -> str:
    """Take remarks on the latest build in; return what the command says."""
    about = {"build": latest(project).name, "version": "", "ledger": ledger_hash(project)}
    path = write_file(project, exported(*remarks, page=about))
    return run_in(Project(project), "remarks", f"--file={path}")


def passage(project: Path, words: str) -> str:
    """Return the id of the passage of the latest page that begins with these words."""
    html = (latest(project) / "rapport.html").read_text(encoding="utf-8")
    found = re.search(rf'id="([^"]+)">{words}', html)
    assert found
    return found.group(1)


def number_remark(project: Path) -> dict[str, object]:
    """Return a remark on the first number of the text."""
    block = passage(project, "Le mouvement demande")
    numbers = [{"id": TOTAL, "shown": "8,8 M$"}]
    about = target(kind="nombre", id=TOTAL, within=block, excerpt="8,8 M$", numbers=numbers)
    return remark("a" * 16, "D’où vient ce total?", target=about)


def test_without_a_remark_there_is_no_review_edition(project: Path) -> None:
    assert not review(project).exists()


def test_remarks_stand_beside_what_they_are_about(project: Path, page: Page) -> None:
    item = passage(project, "Un point.")
    told = take_in(
        project,
        number_remark(project),
        remark("b" * 16, "Et l’autre?", target=target(kind="passage", id=item)),
        remark("c" * 16, "Tableau trop court."),
    )
    assert "n’est celle d’aucune production" not in told
    page.goto(review(project).as_uri())
    places = {
        "a" * 16: f"[id='{passage(project, 'Le mouvement demande')}'] + .review",
        "b" * 16: f"[id='{item}'] > .review",
        "c" * 16: "[id='financement.recommandations'] + .review",
    }
    for id, place in places.items():
        expect(page.locator(place)).to_have_id(f"remarque-{id}")
    expect(page.locator(".reviews")).to_contain_text("3\u00a0remarques ouvertes")
    page.locator(".reviews a").first.click()
    expect(page.locator(f"#remarque-{'a' * 16}")).to_be_in_viewport()
    expect(page.locator(f"#remarque-{'a' * 16}")).to_contain_text("Marie Tremblay, 2026-11-22")
    assert page.title().startswith("Relecture\u00a0: ")


def test_what_moved_since_is_told_with_both_values(project: Path, page: Page) -> None:
    item = passage(project, "Un point.")
    table = target(row="R2", column="Montant", shown="600 000")
    take_in(
        project,
        number_remark(project),
        remark("b" * 16, "Et l’autre?", target=target(kind="passage", id=item)),
        remark("c" * 16, "Trop peu.", target=table),
        remark("d" * 16, "Bien.", target=target(digest="0" * 16)),
    )
    key = {"cycle": CYCLE}
    edit(
        project, "recommendations", {**key, "ask_id": "R2"}, amount="700000", annual_amount="700000"
    )
    edit(
        project,
        "recommendations",
        {**key, "ask_id": "R0"},
        amount="8900000",
        annual_amount="8900000",
    )
    write_prose(project, PROSE.replace("- Un point.", "- Un point changé."))
    done(project, "report")
    page.goto(review(project).as_uri())
    texts = {
        "a": f"{TOTAL}\u00a0: 8,8 M$ → 8,9 M$",
        "b": "le passage a été modifié ou retiré",
        "c": "R2, Montant\u00a0: 600 000 → 700 000",
        "d": "le tableau a changé",
    }
    for id, text in texts.items():
        expect(page.locator(f"#remarque-{id * 16} .moved")).to_contain_text(text)
    expect(page.locator("#essai-texte + .review")).to_have_id(f"remarque-{'b' * 16}")
    listed = done(project, "remarks")
    assert "8,8 M$ → 8,9 M$" in listed


def test_what_did_not_move_is_told_so(project: Path, page: Page) -> None:
    html = (latest(project) / "rapport.html").read_text(encoding="utf-8")
    found = re.search(r"financement\.recommandations&#34;: &#34;([0-9a-f]{16})", html)
    assert found
    take_in(project, number_remark(project), remark(target=target(digest=found.group(1))))
    page.goto(review(project).as_uri())
    assert page.locator(".moved").count() == 0
    assert run_in(Project(project), "remarks").count("  non") == 2


def test_a_page_s_own_export_comes_back_as_not_moved(project: Path, page: Page) -> None:
    page.goto((latest(project) / "rapport.html").as_uri())
    for block in (".exhibit.chart", ".exhibit.figures", "main p:has-text('Le mouvement')"):
        add_remark(page, block, "Vu.")
    page.locator(".exhibit.table caption").first.hover()
    page.locator(".exhibit.table > .remark-add").click()
    page.get_by_label("Ligne").select_option("R3")
    page.get_by_label("Colonne").select_option("Montant")
    page.get_by_label("Votre remarque").fill("Vu.")
    page.get_by_role("button", name="Enregistrer").click()
    path = write_file(project, export(page))
    told = run_in(Project(project), "remarks", f"--file={path}")
    assert "4\u00a0remarques nouvelles" in told
    assert "Avertissement" not in told
    page.goto(review(project).as_uri())
    assert page.locator(".review").count() == 4
    assert page.locator(".moved").count() == 0


def test_a_remark_whose_place_is_gone_is_whole_in_the_list(project: Path, page: Page) -> None:
    gone = target(kind="passage", id="autre-p-1", chapter="autre", section="autre-x")
    take_in(project, remark(target=gone, text="Perdue?"))
    page.goto(review(project).as_uri())
    expect(page.locator(".reviews li")).to_contain_text("Perdue?")
    expect(page.locator(".reviews li")).to_contain_text("Ce n’est plus dans la page")


def test_answers_are_shown_and_a_closed_remark_leaves(project: Path, page: Page) -> None:
    take_in(project, number_remark(project), remark())
    answer = ("--id=0011", "--author=Luc", "--answer=Voyez la\nméthode.")
    run_in(Project(project), "remarks", *answer)
    page.goto(review(project).as_uri())
    expect(page.locator(".answer .text")).to_have_text("Voyez la\nméthode.")
    run_in(Project(project), "remarks", "--id=0011", "--author=Luc", "--close=oui")
    page.reload()
    assert page.locator(".review").count() == 1
    run_in(Project(project), "remarks", "--id=aaaa", "--author=Luc", "--close=oui")
    assert not review(project).exists()


def test_every_hostile_text_is_shown_as_text(project: Path, page: Page) -> None:
    assert len(TEXTS) >= 30
    ids = {f"{position:016x}": text for position, text in enumerate(TEXTS.values())}
    one_line = {id: " ".join(text.split())[:100] for id, text in ids.items()}
    take_in(
        project,
        *(
            remark(id, text, target=target(excerpt=one_line[id], row=one_line[id]))
            for id, text in ids.items()
        ),
    )
    errors: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(review(project).as_uri())
    for id, text in ids.items():
        assert page.locator(f"#remarque-{id} .text").text_content() == text.replace("\r\n", "\n")
        assert one_line[id] in (page.locator(f"#remarque-{id} .of").text_content() or "")
    assert "PIRATE" not in page.title()
    assert page.locator("main").is_visible()
    assert page.locator("iframe, object, embed, img, link, base, form").count() == 0
    handlers = page.evaluate(
        """() => [...document.querySelectorAll('*')].flatMap(e => [...e.attributes])
            .filter(a => a.name.startsWith('on') || /^\\s*javascript:/i.test(a.value)).length"""
    )
    assert handlers == 0
    assert (errors, [url for url in requests if not url.startswith(("file:", "data:"))]) == ([], [])


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_a_long_word_makes_nothing_stand_out(
    project: Path, page: Page, width: int, scheme: str
) -> None:
    take_in(project, remark(text="x" * 5000, target=target(excerpt="y" * 300)))
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(review(project).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_axe_finds_nothing_in_the_review_edition(project: Path, page: Page) -> None:
    take_in(project, number_remark(project), remark(target=target(digest="0" * 16)))
    page.goto(review(project).as_uri())
    found = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


def test_remarks_change_no_build(project: Path) -> None:
    build = latest(project)
    before = (build / "manifest.json").read_bytes()
    take_in(project, number_remark(project))
    done(project, "report")
    assert latest(project) == build
    assert (build / "manifest.json").read_bytes() == before
    assert_whole(build)


def test_a_damaged_remark_does_not_stop_a_build(project: Path) -> None:
    take_in(project, number_remark(project))
    (project / "reviews" / CYCLE / f"{'b' * 16}.json").write_text("{", encoding="utf-8")
    told = run(project, "report")
    assert told.returncode == 0
    assert f"reviews/{CYCLE}/{'b' * 16}.json" in told.stderr


def test_the_build_of_a_chapter_that_asks_for_remarks_has_none(project: Path) -> None:
    take_in(project, remark(text="SECRET"))
    (notebook,) = (project / "notebooks").glob("*.ipynb")
    content = json.loads(notebook.read_text(encoding="utf-8"))
    content["cells"][-1]["source"] = "report.remarks()"
    notebook.write_text(json.dumps(content), encoding="utf-8")
    done(project, "report")
    files = [path for path in latest(project).rglob("*") if path.is_file()]
    assert not [path for path in files if b"SECRET" in path.read_bytes()]
