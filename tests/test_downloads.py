"""What a reader saves from inside the page: drawings and tables, with no request and no script."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from coopreport.exhibits import Table
from coopreport.pipeline.assemble import assemble
from coopreport.pipeline.render import render
from coopreport.takeaway.csv_text import csv_text
from coopreport.takeaway.tables import taken
from tests.opened import opened
from tests.sample_page import (
    EDITION,
    HOSTILE,
    LEDGER,
    hostile_table,
    rates_table,
    sample_chapters,
    sample_page,
    spread_table,
)

TABLES = {
    table.id: table
    for table in (spread_table(), rates_table(), hostile_table(), spread_table("essai.autre"))
}


def saved(page: Page, link: str) -> str:
    """Return the text of the file that a link saves."""
    with page.expect_download() as download:
        page.locator(f'a[download="{link}"]').click()
    assert download.value.suggested_filename == link
    return Path(download.value.path()).read_text(encoding="utf-8")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
@pytest.mark.parametrize("name", ["financement.etalement", "survie.publies", "annexe.hostile"])
def test_a_table_is_saved_as_csv(
    chromium: Browser, tmp_path: Path, name: str, scripts: bool
) -> None:
    with opened(chromium, tmp_path, sample_page(), java_script_enabled=scripts) as made:
        assert saved(made.page, f"{name}.csv") == csv_text(taken(TABLES[name], ""))
        assert made.outside() == []


def test_a_chart_is_saved_as_a_drawing_that_stands_alone(chromium: Browser, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, sample_page()) as made:
        drawing = saved(made.page, "survie.courbe.svg")
    root = ET.fromstring(drawing)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("style") == "background:#ffffff"
    (tmp_path / "seul.svg").write_text(drawing, encoding="utf-8")
    page = chromium.new_page()
    page.goto((tmp_path / "seul.svg").as_uri())
    assert page.locator("text", has_text="Entrée différée").is_visible()
    page.close()


def test_every_table_and_chart_offers_its_files(chromium: Browser, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, sample_page()) as made:
        offered = made.page.locator("a.file").evaluate_all(
            "all => all.map((a) => [a.closest('.exhibit').id, a.download])"
        )
    assert offered == [
        ["financement.etalement", "financement.etalement.csv"],
        ["financement.calendrier", "financement.calendrier.svg"],
        ["financement.calendrier", "financement.calendrier_donnees.csv"],
        ["portrait.serie", "portrait.serie.csv"],
        ["survie.publies", "survie.publies.csv"],
        ["survie.courbe", "survie.courbe.svg"],
        ["survie.courbe", "survie.courbe_donnees.csv"],
        ["annexe.hostile", "annexe.hostile.csv"],
    ]


def test_a_link_is_named_by_its_kind_and_its_exhibit(chromium: Browser, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, sample_page()) as made:
        assert made.page.get_by_role("link", name="CSV du tableau\u00a01", exact=True).count() == 1
        assert (
            made.page.get_by_role("link", name="SVG du graphique\u00a02", exact=True).count() == 1
        )


def test_a_static_edition_offers_the_same_files() -> None:
    static = render(assemble(sample_chapters(), replace(EDITION, static=True), LEDGER))
    assert static.count('<a class="file" download=') == 8


def test_paper_offers_no_file(chromium: Browser, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, sample_page()) as made:
        made.page.emulate_media(media="print")
        assert not made.page.locator(".files").first.is_visible()


def rows(table: Table) -> list[list[str]]:
    """Return a table's CSV read back."""
    return list(csv.reader(io.StringIO(csv_text(taken(table, "")), newline="")))


def test_csv_holds_exact_values_under_the_columns_keys() -> None:
    head, first, *_ = rows(spread_table())
    assert head[:3] == ["ask", "2023-2024", "2024-2025"]
    assert first[1:4] == ["5000000", "5000000", "0"]


def test_csv_keeps_a_status_apart_from_its_value() -> None:
    found = [dict(zip(rows(rates_table())[0], row, strict=True)) for row in rows(rates_table())[1:]]
    assert (found[0]["ten"], found[0]["ten_status"]) == ("44.4", "p")
    assert (found[1]["cohorts"], found[1]["cohorts_status"]) == ("", "..")


def test_csv_holds_hostile_text_as_it_is() -> None:
    assert [row[0] for row in rows(hostile_table())[1:]] == list(HOSTILE)
