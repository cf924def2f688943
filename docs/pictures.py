"""Take the pictures of docs/pictures/: what the pages of docs/ and LISEZMOI show of the report.

`make pictures` runs it: it makes the report, opens it in a real Chromium, then opens JupyterLab by
`make lab`. A picture has few colours, so that the repository stays light.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from coopreport.doctor.checks import BROWSERS
from docs.reference import ROOT
from tests.chapters import CYCLE
from tests.registers_fixtures import generated_project
from tests.releases import done

FOLDER = ROOT / "docs" / "pictures"
PAGE = Path("build", CYCLE, "latest", "rapport.html")
"""The page of a project's report."""
COLOURS = 64
MOST_BYTES = 120_000
SCREEN = (1200, 760)
FIRMS = 300_000
"""Firms of the Québec register that is generated for its pictures."""
LAB_SCREEN = (1400, 860)
LAB_PATIENCE = 120_000
"""Milliseconds: JupyterLab starts, then a chapter runs to its end."""

ALONE = '.remarks-bar {{ display: none }} [id="{}"] {{ padding: 12px }}'
"""The style of an exhibit that is shown without the page around it."""

Take = Callable[[Page], bytes]


def first_screen(page: Page) -> bytes:
    """Return the first screen of the report, or of the index."""
    return page.screenshot()


def origin(page: Page) -> bytes:
    """Return the origin of the first number of a chapter, open over its text."""
    number = page.locator("main section p button.origin-of").first
    number.scroll_into_view_if_needed()
    number.click()
    expect(page.locator(".panel:popover-open")).to_be_visible()
    return page.screenshot()


def remark(page: Page) -> bytes:
    """Return a remark that is being written on a passage."""
    page.get_by_role("button", name="Annoter").click()
    page.locator("main p + .remark-add, main .remark-add").first.click()
    page.get_by_label("Votre remarque").fill("De quelle année est ce total?")
    page.locator("dialog.editor").get_by_label("Votre nom").fill("Marie Tremblay")
    return page.screenshot()


def section(title: str) -> Take:
    """Return what takes the picture of the screen that a section begins."""

    def take(page: Page) -> bytes:
        page.get_by_role("heading", name=title).evaluate("e => e.scrollIntoView()")
        return page.screenshot()

    return take


def exhibit(name: str) -> Take:
    """Return what takes the picture of a table or a chart, by its name."""

    def take(page: Page) -> bytes:
        shown = page.locator(f'[id="{name}"]')
        shown.scroll_into_view_if_needed()
        return shown.screenshot(style=ALONE.format(name))

    return take


REPORT: dict[str, Take] = {
    "rapport": first_screen,
    "origine": origin,
    "financement": exhibit("financement.calendrier"),
    "survie": exhibit("survie.courbe"),
    "remarque": remark,
}
"""The pictures of the report's page, by their name."""


GENERATED: dict[str, Take] = {
    "registre": section("Les autres entreprises, sous la même définition"),
    "courbe-registre": exhibit("survie.courbe"),
}
"""The pictures of a report on a generated register, by their name."""


def generated_report(project: Path) -> Path:
    """Make the report on a generated Québec register in a copy of the project; return its page."""
    done(generated_project(project, FIRMS, 1), "report", "--pdf=non")
    return project / PAGE


def take_report(browser: Browser, page: Path, folder: Path, pictures: dict[str, Take]) -> None:
    """Take pictures of a page, each on a page of its own."""
    width, height = SCREEN
    for name, take in pictures.items():
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="fr-CA", reduced_motion="reduce"
        )
        shown = context.new_page()
        shown.goto(page.as_uri())
        keep(take(shown), folder / f"{name}.png")
        context.close()


def take_lab(browser: Browser, folder: Path) -> None:
    """Take the picture of a chapter in JupyterLab, its numbers live in its text."""
    with open_lab() as address:
        width, height = LAB_SCREEN
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(address)
        page.get_by_role("link", name="Synthèse du financement").click(timeout=LAB_PATIENCE)
        ready = page.get_by_text("Python (coopreport) | Inactif")
        expect(ready).to_be_visible(timeout=LAB_PATIENCE)
        page.get_by_role("menuitem", name="Exécution", exact=True).click()
        page.get_by_role("menuitem", name="Exécuter toutes les cellules", exact=True).click()
        prose = page.locator(".jp-MarkdownCell", has_text="Les montants annuels").first
        live = prose.locator("data.indicator").first
        expect(live).to_have_text(re.compile(r"[0-9]"), timeout=LAB_PATIENCE)
        prose.click()  # Lab keeps the active cell in view, and would go back to the last that ran.
        expect(live).to_be_in_viewport()
        keep(page.screenshot(), folder / "lab.png")
        page.close()


@contextmanager
def open_lab() -> Iterator[str]:
    """Open JupyterLab as an analyst does, without a window; give its address."""
    asked = ["ROOT=oui"] if os.geteuid() == 0 else []
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    opened = subprocess.Popen(
        ["make", "-s", "lab", *asked],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name not in hidden},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert opened.stdout
        yield opened.stdout.readline().strip()
    finally:
        os.killpg(opened.pid, signal.SIGINT)
        opened.wait()


def keep(picture: bytes, path: Path) -> None:
    """Write a picture with few colours.

    Raises:
        ValueError: it is too heavy for the repository.
    """
    few = Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"{path.name}: more than {MOST_BYTES} bytes")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give the machine's Chromium, or Playwright's."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


def main() -> None:
    """Make the report, also on a generated register, then every picture."""
    subprocess.run(
        [sys.executable, "-m", "coopreport", "report", "--pdf=oui"], cwd=ROOT, check=True
    )
    FOLDER.mkdir(exist_ok=True)
    with chromium() as browser, tempfile.TemporaryDirectory() as copied:
        take_report(browser, ROOT / PAGE, FOLDER, REPORT)
        take_report(browser, generated_report(Path(copied)), FOLDER, GENERATED)
        take_report(browser, ROOT / "build" / "index.html", FOLDER, {"index": first_screen})
        take_lab(browser, FOLDER)


if __name__ == "__main__":
    main()
