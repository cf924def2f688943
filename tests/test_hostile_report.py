"""Hostile texts in every text column of every table: refused, or shown as text by the whole report.

Each free-text column of a copy of the project gets all the payloads that the checks let through,
shared out over its rows; then the report is built and read in a real browser.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from coopreport.tables import check_package, open_package
from coopreport.tables.hygiene import damage
from tests.accessibility.audit import axe_faults, own_faults
from tests.conftest import copy_sources, runner
from tests.payloads import PAYLOADS

PASSING = {name: text for name, text in PAYLOADS.items() if damage(text) is None}
REFUSED = {name: text for name, text in PAYLOADS.items() if name not in PASSING}
BETWEEN = " ¦ "
LINKS = ("path", "source")
"""Columns that hold an address: their text is a link where it is one, else plain text."""


def free_text_columns(resource: dict[str, Any]) -> list[str]:
    """Return the columns of a table that may hold any text: no code, no key, no pattern."""
    schema = resource["schema"]
    keys = {*schema.get("primaryKey", ())}
    for each in schema.get("foreignKeys", ()):
        keys.update(each["fields"] if isinstance(each["fields"], list) else [each["fields"]])
    return [
        field["name"]
        for field in schema["fields"]
        if field["type"] == "string"
        and field["name"] not in keys
        and not ({"enum", "pattern"} & {*field.get("constraints", {})})
        and "categories" not in field
    ]


def spread(rows: int) -> list[str]:
    """Return one text per row; together they hold every payload that the checks let through."""
    texts = list(PASSING.values())
    return [BETWEEN.join(texts[at::rows]) or texts[at % len(texts)] for at in range(rows)]


def make_hostile(project: Path) -> dict[str, list[str]]:
    """Fill the free-text columns of a project's tables; return those columns by table."""
    package = json.loads((project / "data/datapackage.json").read_text(encoding="utf-8"))
    filled: dict[str, list[str]] = {}
    for resource in package["resources"]:
        columns = free_text_columns(resource)
        path = project / "data" / resource["path"]
        with path.open(encoding="utf-8", newline="") as handle:
            lines = list(csv.DictReader(handle))
        for line, text in zip(lines, spread(len(lines)), strict=True):
            for column in columns:
                line[column] = text[:9_000] if line[column] else line[column]
        with path.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, fieldnames=list(lines[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(lines)
        filled[resource["name"]] = columns
    return filled


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build of a report whose every free text is hostile: the folder `latest`."""
    project = copy_sources(tmp_path_factory.mktemp("hostile"))
    make_hostile(project)
    done = runner(project)("report")
    assert done.returncode == 0, done.stderr
    return project / "build" / "2023-2024" / "latest"


class Opened:
    """The hostile page in a browser that notes what it tries."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.requests: list[str] = []
        self.said: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("dialog", lambda dialog: self.said.append(f"dialog {dialog.message}"))
        page.add_init_script(
            "addEventListener('securitypolicyviolation', e => console.log('policy', e.blockedURI))"
        )
        page.goto(address)


@pytest.fixture(scope="module")
def opened(chromium: Browser, hostile: Path) -> Iterator[Opened]:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    yield Opened(page, (hostile / "rapport.html").as_uri())
    page.close()


def test_at_least_thirty_payloads_reach_every_free_text_column() -> None:
    assert len(PASSING) >= 30
    assert all(
        set(PASSING.values()) <= set(BETWEEN.join(spread(rows)).split(BETWEEN))
        for rows in (5, 28, 78)
    )


@pytest.mark.parametrize("name", REFUSED)
def test_a_damaged_text_is_refused_with_its_place(project: Path, name: str) -> None:
    path = project / "data/gdp.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        lines = list(csv.DictReader(handle))
    lines[1]["source"] = REFUSED[name]
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, fieldnames=list(lines[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
    faults = check_package(open_package(project / "data")).faults
    assert any("gdp.csv" in str(fault) and "source" in str(fault) for fault in faults)


def test_nothing_runs_is_asked_for_or_complains(opened: Opened) -> None:
    opened.page.mouse.move(640, 450)
    opened.page.keyboard.press("End")
    outside = [url for url in opened.requests if not url.startswith(("file:", "data:"))]
    assert (outside, opened.said) == ([], [])
    assert "PIRATE" not in opened.page.title()


def test_no_payload_became_an_element(opened: Opened, built: Path, chromium: Browser) -> None:
    # In the body: the head receives Vega once a chart is in sight.
    counts = """() => ["body script", "img", "iframe", "style", "b", "em", "del", "code a", "input"]
        .map((name) => [name, document.querySelectorAll(name).length])"""
    clean = chromium.new_page()
    clean.goto((built / "rapport.html").as_uri())
    expected = dict(clean.evaluate(counts))
    clean.close()
    assert dict(opened.page.evaluate(counts)) == expected
    addresses = opened.page.evaluate(
        """() => [...document.querySelectorAll("[href]:not([download]), [src], [action]")]
            .map((e) => e.getAttribute("href") || e.getAttribute("src") || "")"""
    )
    assert [a for a in addresses if a.startswith("javascript:") or "pirate.invalid" in a] == []
    handlers = opened.page.evaluate(
        """() => [...document.querySelectorAll("*")].flatMap((e) => [...e.attributes])
            .filter((a) => a.name.startsWith("on")).length"""
    )
    assert handlers == 0


def test_the_payloads_are_there_to_be_read(opened: Opened) -> None:
    text = " ".join(str(opened.page.evaluate("document.body.textContent")).split())
    seen = [name for name, given in PASSING.items() if " ".join(given[:60].split()) in text]
    assert len(seen) >= 30, sorted({*PASSING} - {*seen})


def test_the_page_stays_accessible_and_within_its_width(opened: Opened) -> None:
    for width in (1280, 320):
        opened.page.set_viewport_size({"width": width, "height": 900})
        found = own_faults(opened.page)
        assert found == {}
    assert axe_faults(opened.page) == {}
