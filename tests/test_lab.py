"""`make lab`: a real JupyterLab, its server and its settings, with a chapter in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from coopreport.errors import BadCall
from coopreport.lab import server
from tests.builds import assert_nobody_in
from tests.conftest import ROOT, Command
from tests.lab_fixtures import Lab, install, lab_project, open_lab

CYCLE = "2022-2023"
ESSAY = 'Ici, {eval}`os.environ["COOPREPORT_CYCLE"]`.'


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of the analyst, empty."""
    return tmp_path_factory.mktemp("domicile")


@pytest.fixture(scope="module")
def lab(request: pytest.FixtureRequest, home: Path) -> Iterator[Lab]:
    """The lab of a copy of the project, open on a cycle that is not the usual one."""
    project = lab_project(request.config.cache.mkdir("lab"))
    cells = [nbformat.v4.new_code_cell("import os"), nbformat.v4.new_markdown_cell(ESSAY)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), project / "notebooks" / "essai.ipynb")
    install(project)
    opened = open_lab(project, f"CYCLE={CYCLE}", HOME=str(home))
    yield opened
    opened.kill()


@pytest.fixture
def page(lab: Lab, chromium: Browser) -> Iterator[Page]:
    """The window that the lab opens with; every request that it makes goes to the lab."""
    page = chromium.new_page(viewport={"width": 1400, "height": 900})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(lab.address)
    yield page
    page.close()
    here = (f"http://127.0.0.1:{lab.port}/", "data:", "blob:")
    assert [url for url in asked if not url.startswith(here)] == []


def run_all(page: Page) -> None:
    """Run all the cells of the open notebook by the menu that the start page names."""
    expect(page.get_by_text("Python (coopreport) | Inactif")).to_be_visible(timeout=60_000)
    page.get_by_role("menuitem", name="Exécution", exact=True).click()
    page.get_by_role("menuitem", name="Exécuter toutes les cellules", exact=True).click()


def test_it_listens_on_loopback_only(lab: Lab) -> None:
    family = [psutil.Process(lab.process.pid)]
    family += family[0].children(recursive=True)
    ends = [end for process in family for end in process.net_connections()]
    assert {end.laddr.ip for end in ends if end.status == psutil.CONN_LISTEN} == {"127.0.0.1"}


def test_nothing_is_given_without_the_token(lab: Lab) -> None:
    assert len(lab.token) >= 32
    assert lab.get("/api/contents/data", Authorization="token ")[0] == 403
    assert lab.get("/api/contents/data", Authorization="token 0123")[0] == 403
    assert lab.get("/api/contents/data")[0] == 200


def test_another_name_than_its_own_is_refused(lab: Lab) -> None:
    headers = {"Authorization": f"token {lab.token}", "Host": "ailleurs.example"}
    assert lab.get("/api/contents/data", **headers)[0] == 403


def test_root_is_refused_unless_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    with pytest.raises(BadCall, match="ROOT=oui"):
        server.refuse_root(False)
    server.refuse_root(True)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    server.refuse_root(False)


def test_it_speaks_french_saves_by_itself_and_asks_nothing_of_the_world(lab: Lab) -> None:
    assert lab.setting("@jupyterlab/translation-extension:plugin")["locale"] == "fr_FR"
    assert lab.setting("@jupyterlab/docmanager-extension:plugin")["autosave"] is True
    told = lab.setting("@jupyterlab/apputils-extension:notification")
    assert (told["checkForUpdates"], told["fetchNews"]) == (False, "false")
    _, html = lab.get("/lab")
    config = re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', html, flags=re.DOTALL)
    assert config
    disabled = json.loads(config[1])["disabledExtensions"]
    assert "@jupyterlab/apputils-extension:announcements" in disabled


def test_without_jupyterlab_the_command_that_brings_it_is_said(coopreport: Command) -> None:
    done = coopreport("lab", "--root=oui")
    assert done.returncode == 2
    assert "make lab" in done.stderr


def test_a_taken_port_leads_to_the_next(lab: Lab) -> None:
    other = open_lab(lab.project, f"CYCLE={CYCLE}", f"PORT={lab.port}")
    try:
        assert other.port == lab.port + 1
    finally:
        other.kill()


def test_the_start_page_leads_to_a_chapter_whose_numbers_are_live(lab: Lab, page: Page) -> None:
    start = page.locator(".jp-MarkdownViewer, .jp-MarkdownViewer-rendered").last
    expect(start.get_by_role("heading", level=1)).to_contain_text(CYCLE, timeout=60_000)
    page.get_by_role("link", name="Survie des coopératives").click()
    run_all(page)
    prose = page.locator(".jp-MarkdownCell", has_text="Le registre donne").first
    units = prose.locator("data.indicator").first
    expect(units).to_have_text(re.compile(r"^[0-9][0-9\s]+$"), timeout=60_000)
    expect(page.locator(".jp-OutputArea-output caption").first).to_be_visible()
    page.locator("#notebook-tools").get_by_text("Common Tools").click()
    page.locator(".jp-CodeCell .jp-InputArea-editor").first.click()
    tags = page.locator("#notebook-tools .jp-CellTags-Applied")
    expect(tags.filter(has_text="parameters")).to_be_visible()
    file = "notebooks/04-survie.ipynb"
    page.keyboard.press("Control+s")
    expect(page.locator(".jp-DirListing-item", has_text="04-survie")).to_contain_text(
        "maintenant", timeout=10_000
    )
    assert (lab.project / file).read_bytes() == (ROOT / file).read_bytes()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_cycle_that_was_typed_reaches_the_kernel(page: Page) -> None:
    page.locator(".jp-DirListing-item", has_text="essai.ipynb").dblclick()
    run_all(page)
    expect(page.locator(".jp-MarkdownCell", has_text="Ici,")).to_contain_text(CYCLE, timeout=60_000)


def test_nothing_is_written_in_the_home(lab: Lab, page: Page, home: Path) -> None:
    expect(page.locator(".jp-FileBrowser")).to_be_visible(timeout=60_000)
    assert list(home.iterdir()) == []


def test_control_c_ends_it_without_a_question_and_leaves_nobody(lab: Lab, page: Page) -> None:
    page.locator(".jp-DirListing-item", has_text="essai.ipynb").dblclick()
    expect(page.get_by_text("Python (coopreport) | Inactif")).to_be_visible(timeout=60_000)
    said = lab.interrupt()
    assert "JupyterLab est arrêté." in said
    assert not re.search("y/n|Traceback|WARN|Shut", said), said
    assert_nobody_in(lab.project)
