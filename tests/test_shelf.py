"""The shelf, `build/index.html`: what it lists, after each verb, as a page that a browser opens."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from coopreport.project import Project
from coopreport.shelf.page import write_shelf
from tests.builds import latest
from tests.chapters import CYCLE
from tests.compare_fixtures import REASON, release
from tests.payloads import PAYLOADS
from tests.releases import commit, done, git
from tests.remarks_fixtures import PROSE, annotated_project, exported, write_file, write_prose
from tests.shared import copy


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project in git: a real version, its bundle, a later build and their comparison."""
    project = copy(
        annotated_project(tmp_path_factory), tmp_path_factory.mktemp("tablette") / "mémoire"
    )
    (project / ".gitignore").write_text("/build/\n__pycache__/\n", encoding="utf-8")
    git(project, "init", "-q")
    commit(project)
    done(project, "release", "--date=2026-11-02", "--reason=Mémoire déposé")
    return project


@pytest.fixture
def project(published: Path, tmp_path: Path) -> Path:
    """A copy of it, to change."""
    return copy(published, tmp_path / "mémoire")


def index(project: Path) -> Path:
    return project / "build" / "index.html"


def text_of(page: Page, project: Path) -> str:
    page.goto(index(project).as_uri())
    return page.locator("main").inner_text().replace("\u00a0", " ")


def link(page: Page, name: str) -> Path:
    """Return the file that a link of the open page leads to."""
    address = page.get_by_role("link", name=name).first.evaluate("e => e.href")
    return Path(page.evaluate("a => decodeURIComponent(new URL(a).pathname)", address))


def test_a_release_is_listed_with_its_date_kind_reason_and_claims(
    project: Path, page: Page
) -> None:
    text = text_of(page, project)
    assert "première publication, le 2 novembre 2026" in text
    assert "Mémoire déposé" in text
    assert "des mêmes intrants que v1" in text
    row = page.get_by_role("row").nth(1).all_inner_texts()[0]
    assert row.split("\t")[:3] == ["v1", "2026-11-02", "première publication"]


def test_every_link_leads_to_a_file_that_is_there(project: Path, page: Page) -> None:
    page.goto(index(project).as_uri())
    paths = page.evaluate(
        """() => [...document.querySelectorAll('a[href]')].filter(a => a.protocol === 'file:')
            .map(a => decodeURIComponent(new URL(a.href).pathname))"""
    )
    assert len(paths) > 4
    assert [path for path in paths if not Path(path).is_file()] == []
    assert link(page, "Lire la page v1") == project / "build" / CYCLE / "v1" / "rapport.html"


def test_each_verb_adds_what_it_made(project: Path, page: Page) -> None:
    write_prose(project, PROSE.replace("Un autre point", "Un tout autre point"))
    done(project, "report")
    assert "des mêmes intrants" not in text_of(page, project)
    assert latest(project).name in text_of(page, project)
    done(project, "diff", "--from=v1")
    page.reload()
    assert link(page, "depuis v1").parent.name == "comparaisons"
    done(project, "bundle")
    page.reload()
    assert link(page, "Tout, dans un ZIP").suffix == ".zip"
    path = write_file(project, exported())
    done(project, "remarks", f"--file={path}")
    page.reload()
    assert link(page, "Édition de relecture").name == "relecture.html"
    done(project, "remarks", "--id=0011", "--close=oui", "--author=Luc")
    page.reload()
    expect(page.get_by_role("link", name="Édition de relecture")).to_have_count(0)
    done(project, "clean")
    text = text_of(page, project)
    assert "Mémoire déposé" in text
    assert "Dernière production" not in text


def test_claims_are_counted_by_status(project: Path, page: Page) -> None:
    claims = [{"status": status} for status in ("conforme", "conforme", "ecart", "ecart_connu")]
    path = latest(project) / "enonces.json"
    path.write_text(json.dumps({"claims": claims}), encoding="utf-8")
    write_shelf(Project(project))
    assert (
        "4 énoncés publiés : 2 conformes, 1 écart connu, 1 écart inexpliqué, 0 non calculable"
    ) in text_of(page, project)


def test_versions_go_by_number_and_cycles_by_year(project: Path, page: Page) -> None:
    for name in ("v2", "v10"):
        release(project, name)
    shutil.copytree(project / "build" / CYCLE, project / "build" / "2024-2025", symlinks=True)
    write_shelf(Project(project))
    page.goto(index(project).as_uri())
    names = page.locator("#cycle-2023-2024").locator("..").locator("tbody th").all_inner_texts()
    assert names == ["v10", "v2", "v1"]
    assert page.locator("h2").all_inner_texts() == ["Cycle 2024-2025", "Cycle 2023-2024"]


def test_hostile_records_are_shown_as_text(project: Path, page: Page) -> None:
    for number, text in enumerate(PAYLOADS.values(), 2):
        folder = release(project, f"v{number}")
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        manifest["release"] |= {"reason": text, "kind": text[:80], "date": text[:40]}
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    write_shelf(Project(project))
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text))
    text = text_of(page, project)
    assert REASON not in text
    assert "document.title='PIRATE'" in text
    assert "PIRATE" not in page.title()
    assert page.locator("script, img, iframe, form, base, object, [onclick]").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") == 1280
    assert errors == []


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"release": 3}', '{"release": {"date": 4, "reason": null}}']
)
def test_a_damaged_version_is_told_and_the_others_are_listed(
    project: Path, page: Page, content: str
) -> None:
    folder = release(project, "v2")
    (folder / "manifest.json").write_text(content, encoding="utf-8")
    write_shelf(Project(project))
    text = text_of(page, project)
    assert "Mémoire déposé" in text
    assert "v2" in text


def test_without_a_build_it_says_how_to_make_one(tmp_path: Path, page: Page) -> None:
    write_shelf(Project(tmp_path))
    assert "make report" in text_of(page, tmp_path)


def test_the_same_builds_give_the_same_bytes(project: Path) -> None:
    before = index(project).read_bytes()
    index(project).unlink()
    write_shelf(Project(project))
    assert index(project).read_bytes() == before


def test_it_is_not_written_again_when_it_says_all(project: Path) -> None:
    before = index(project).stat()
    write_shelf(Project(project))
    assert index(project).stat().st_mtime_ns == before.st_mtime_ns


def test_a_shelf_that_cannot_be_written_is_told_and_the_report_is_made(project: Path) -> None:
    index(project).unlink()
    index(project).mkdir()
    write_prose(project, PROSE.replace("Un autre point", "Un dernier point"))
    said = done(project, "report")
    assert "Avertissement" in said
    assert "Un dernier point" in (latest(project) / "rapport.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (375, "dark"), (1280, "dark")])
def test_it_fits_a_phone_and_the_dark(project: Path, page: Page, width: int, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(index(project).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("media", ["screen", "print"])
def test_axe_finds_nothing(project: Path, page: Page, media: str) -> None:
    page.emulate_media(media="print" if media == "print" else "screen")
    page.goto(index(project).as_uri())
    found = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


def test_the_policy_allows_no_script_and_comes_first(project: Path, page: Page) -> None:
    page.goto(index(project).as_uri())
    policy = page.evaluate("document.head.firstElementChild.getAttribute('content')")
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy


def test_the_english_edition_a_scenario_and_the_sheets_are_listed_beside(
    project: Path, page: Page
) -> None:
    shelf = project / "build" / CYCLE
    build = (shelf / "latest").resolve()
    manifest = json.loads((build / "manifest.json").read_text(encoding="utf-8"))
    for pointer, options in (
        ("latest-en", {"language": "en"}),
        ("scenario-moitie", {"scenario": "moitie"}),
    ):
        shutil.copytree(build, shelf / pointer)
        told = json.dumps(manifest | {"options": options})
        (shelf / pointer / "manifest.json").write_text(told, encoding="utf-8")
    sheets = shelf / "regions" / "latest"
    sheets.mkdir(parents=True)
    (sheets / "index.html").write_text("<!doctype html>", encoding="utf-8")
    entry = {"name": "Estrie", "page": "05.html"}
    (sheets / "manifest.json").write_text(
        json.dumps({"build": "0" * 12, "inputs": {}, "outputs": {}, "regions": {"05": entry}}),
        encoding="utf-8",
    )
    write_shelf(Project(project))
    text = text_of(page, project)
    assert "Aussi : Édition en anglais, Scénario « moitie », 1 fiche régionale" in text
    assert link(page, "Édition en anglais") == shelf / "latest-en" / "rapport.html"
    assert link(page, "1 fiche régionale") == sheets / "index.html"
