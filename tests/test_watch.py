"""`make watch`: what is saved is on the open page; a save that cannot be built is told on it."""

from __future__ import annotations

import http.client
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.builds import assert_nobody_in, latest, small_project, start, write_sentence
from tests.chapters import write_chapter

ADDRESS = re.compile(r"http://127\.0\.0\.1:([0-9]+)/")


@dataclass
class Watched:
    """A project under watch: the process, the address of its page, the lines it says."""

    project: Path
    process: subprocess.Popen[str]
    address: str
    said: list[str]


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    """A small project under watch; its first page is there."""
    project = small_project(tmp_path)
    process = start(project, "watch")
    assert process.stderr
    first = process.stderr.readline()
    found = ADDRESS.search(first)
    assert found, first
    watched = Watched(project, process, found.group(), [process.stderr.readline()])

    def read() -> None:
        watched.said.extend(process.stderr or ())

    threading.Thread(target=read, daemon=True).start()
    yield watched
    process.kill()
    process.wait()


@pytest.fixture
def page(watched: Watched, chromium: Browser) -> Iterator[Page]:
    """The page that it serves, open in a browser."""
    page = chromium.new_page()
    page.goto(watched.address)
    expect(page.locator("main")).to_contain_text("Une phrase.")
    yield page
    page.close()


def test_a_saved_sentence_comes_on_the_open_page(watched: Watched, page: Page) -> None:
    write_sentence(watched.project, "La phrase a changé.")
    expect(page.locator("main")).to_contain_text("La phrase a changé.", timeout=30_000)
    assert "La phrase a changé." in (latest(watched.project) / "rapport.html").read_text("utf-8")


def test_the_page_stays_where_it_was_when_it_reloads(watched: Watched, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 400})
    page.evaluate("scrollTo({ top: 1000, behavior: 'instant' })")
    assert page.evaluate("scrollY") == 1000
    for sentence in ("La phrase a changé.", "Elle a changé encore."):
        write_sentence(watched.project, sentence)
        expect(page.locator("main")).to_contain_text(sentence, timeout=30_000)
        page.wait_for_function("() => Math.abs(scrollY - 1000) < 2")
    page.wait_for_function("() => document.head.querySelectorAll('style').length === 1")
    assert abs(page.evaluate("scrollY") - 1000) < 2


def test_a_file_put_in_the_place_of_another_is_noticed(watched: Watched, page: Page) -> None:
    chapter = watched.project / "notebooks" / "01-essai.ipynb"
    text = chapter.read_text(encoding="utf-8").replace("Une phrase.", "Remplacée d’un coup.")
    other = chapter.with_suffix(".part")
    other.write_text(text, encoding="utf-8")
    other.replace(chapter)
    expect(page.locator("main")).to_contain_text("Remplacée d’un coup.", timeout=30_000)


def test_a_file_that_comes_makes_a_new_build(watched: Watched, page: Page) -> None:
    former = latest(watched.project)
    (watched.project / "data" / "nouvelle.csv").write_text("a\n1\n", encoding="utf-8")
    page.wait_for_function(
        "former => document.documentElement.dataset.build !== former", arg=former.name
    )
    assert latest(watched.project) != former


def test_a_save_that_fails_is_told_on_the_page_and_goes_when_it_is_mended(
    watched: Watched, page: Page
) -> None:
    write_chapter(watched.project, "1 / 0")
    expect(page.get_by_role("alert")).to_contain_text("ZeroDivisionError", timeout=30_000)
    expect(page.locator("main")).to_contain_text("Une phrase.")
    write_sentence(watched.project, "Réparé.")
    expect(page.locator("main")).to_contain_text("Réparé.", timeout=30_000)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_code_that_changes_is_used_at_once(watched: Watched, page: Page) -> None:
    module = watched.project / "coopreport" / "pipeline" / "edition.py"
    text = module.read_text(encoding="utf-8")
    assert "Conseil québécois" in text
    module.write_text(text.replace("Conseil québécois", "CONSEIL québécois"), encoding="utf-8")
    expect(page.locator(".author").first).to_contain_text("CONSEIL", timeout=60_000)


def test_the_published_page_does_not_listen(watched: Watched, page: Page) -> None:
    published = (latest(watched.project) / "rapport.html").read_text(encoding="utf-8")
    assert "EventSource" not in published
    assert "connect-src" not in published
    assert "sessionStorage" not in published


def test_only_its_own_name_is_served(watched: Watched) -> None:
    port = int(ADDRESS.findall(watched.address)[0])
    for host, status in ((f"127.0.0.1:{port}", 200), ("ailleurs.example", 403)):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/", headers={"Host": host})
        assert connection.getresponse().status == status
        connection.close()


def test_control_c_ends_it_with_nobody_left(watched: Watched) -> None:
    watched.process.send_signal(signal.SIGINT)
    assert watched.process.wait(15) == 0
    assert_nobody_in(watched.project)
