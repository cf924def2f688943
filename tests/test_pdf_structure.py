"""What stands in the PDF of the real report: its structure, its words, what goes beyond a sheet.

No validator of PDF/UA can be had here: these are the checks that can.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pikepdf
import pytest

Element = Any
PAINTING = {"Tj", "TJ", "'", '"', "Do", "sh"}
"""Operators that show a text or an image; lines and fills are artifacts of the layout."""


@pytest.fixture(scope="module")
def pdf(built: Path) -> Iterator[pikepdf.Pdf]:
    """The PDF of the real report."""
    with pikepdf.open(built / "rapport.pdf") as opened:
        yield opened


@pytest.fixture(scope="module")
def text(built: Path) -> list[str]:
    """The text of each page, as pdftotext reads it."""
    command = ["pdftotext", "-layout", str(built / "rapport.pdf"), "-"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return told.split("\f")[:-1]


def kids(element: Element) -> list[Element]:
    found = element.get("/K")
    listed = list(found) if isinstance(found, pikepdf.Array) else [found]
    return [each for each in listed if isinstance(each, pikepdf.Dictionary) and "/S" in each]


def tag(element: Element) -> str:
    return str(element["/S"]).removeprefix("/")


def walk(element: Element) -> Iterator[Element]:
    yield element
    for kid in kids(element):
        yield from walk(kid)


def instructions(page: pikepdf.Page) -> Iterator[tuple[str, Any]]:
    """Yield what draws a page: operators with their operands."""
    for each in pikepdf.parse_content_stream(page):
        yield str(each.operator), each.operands


def elements(pdf: pikepdf.Pdf, *tags: str) -> list[Element]:
    return [each for each in walk(pdf.Root.StructTreeRoot.K[0]) if tag(each) in tags]


def test_the_file_says_that_it_is_tagged_its_language_and_its_title(pdf: pikepdf.Pdf) -> None:
    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.Lang) == "fr-CA"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    assert "2023-2024" in str(pdf.docinfo["/Title"])
    assert str(pdf.docinfo["/Author"]).startswith("Conseil québécois")
    with pdf.open_metadata() as about:
        assert about["pdfuaid:part"] == "1"
        assert "2023-2024" in about["dc:title"]


def test_headings_skip_no_level_and_the_first_is_the_title(pdf: pikepdf.Pdf) -> None:
    levels = [int(tag(each)[1]) for each in elements(pdf, "H1", "H2", "H3", "H4", "H5", "H6")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert levels.count(2) > 6


def test_every_heading_of_a_table_has_its_scope(pdf: pikepdf.Pdf) -> None:
    headings = elements(pdf, "TH")
    assert len(headings) > 300
    assert {str(each.A.Scope) for each in headings} == {"/Column", "/Row"}
    assert not [each for each in elements(pdf, "TD", "TH") if "/Headers" in each.get("/A", {})]


def test_a_table_holds_rows_alone_and_each_has_a_heading(pdf: pikepdf.Pdf) -> None:
    tables = elements(pdf, "Table")
    assert len(tables) > 30
    for table in tables:
        assert {tag(kid) for kid in kids(table)} <= {"Caption", "THead", "TBody", "TR"}
        assert "THead" in [tag(kid) for kid in kids(table)], "headings are repeated on each sheet"
        for part in kids(table):
            if tag(part) in ("THead", "TBody"):
                assert {tag(row) for row in kids(part)} == {"TR"}
                assert {tag(cell) for row in kids(part) for cell in kids(row)} <= {"TH", "TD"}


def test_a_list_holds_items_and_an_item_its_label_and_its_body(pdf: pikepdf.Pdf) -> None:
    for found in elements(pdf, "L"):
        assert {tag(kid) for kid in kids(found)} <= {"LI", "L"}
    for item in elements(pdf, "LI"):
        assert {tag(kid) for kid in kids(item)} <= {"Lbl", "LBody"}


def test_every_chart_has_its_words(pdf: pikepdf.Pdf, built: Path) -> None:
    charts = [
        output["data"]["application/vnd.coopreport.chart.v1+json"]
        for path in sorted((built / "notebooks").glob("*.ipynb"))
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        for output in cell.get("outputs", ())
        if "application/vnd.coopreport.chart.v1+json" in output.get("data", {})
    ]
    found = {str(each.Alt) for each in elements(pdf, "Figure")}
    assert found == {chart["alt"] for chart in charts}
    assert charts


def test_everything_shown_is_tagged_or_an_artifact(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        depth = 0
        for name, operands in instructions(page):
            depth += (name in ("BDC", "BMC")) - (name == "EMC")
            assert depth > 0 or name not in PAINTING, (page.index, name, operands)


def test_every_marked_piece_is_in_the_tree(pdf: pikepdf.Pdf) -> None:
    numbers = list(pdf.Root.StructTreeRoot.ParentTree.Nums)
    parents = {int(numbers[i]): numbers[i + 1] for i in range(0, len(numbers), 2)}
    for page in pdf.pages:
        marked = {
            int(operands[1]["/MCID"])
            for name, operands in instructions(page)
            if name == "BDC" and "/MCID" in operands[1]
        }
        assert marked
        assert max(marked) < len(parents[int(page.StructParents)])


def test_every_link_has_words_and_its_place_in_the_tree(pdf: pikepdf.Pdf) -> None:
    links = [each for page in pdf.pages for each in page.get("/Annots", ())]
    assert len(links) > 200
    for link in links:
        assert str(link.Subtype) == "/Link"
        assert str(link.Contents).strip()
        assert "/StructParent" in link


def test_no_link_leads_nowhere(pdf: pikepdf.Pdf) -> None:
    names = list(pdf.Root.Names.Dests.Names)
    places = {str(name) for name in names[::2]}
    links = [each for page in pdf.pages for each in page.get("/Annots", ())]
    wanted = {str(each.Dest) for each in links if "/Dest" in each}
    assert wanted <= places
    assert wanted


def test_the_bookmarks_are_the_chapters_and_their_sections(pdf: pikepdf.Pdf, built: Path) -> None:
    page = (built / "rapport.html").read_text(encoding="utf-8")
    contents = re.search(
        r'<nav class="contents".*?</ol>\s*</nav>|<nav class="contents".*?<details', page, re.S
    )
    assert contents
    entries = re.findall(
        r'<a href="#[^"]*"><span class="number">([A-C]|\d+)</span> (.*?)</a>', contents[0]
    )
    with pdf.open_outline() as outline:
        found = [item.title for item in outline.root]
        assert sum(len(item.children) for item in outline.root) > 15
    assert found == ["Table des matières", *(f"{number} {title}" for number, title in entries)]


def test_pages_are_letter_sheets(pdf: pikepdf.Pdf) -> None:
    sizes = {tuple(float(side) for side in page.mediabox) for page in pdf.pages}
    assert sizes <= {(0, 0, 612, 792), (0, 0, 792, 612)}


def test_nothing_goes_beyond_the_margins(built: Path) -> None:
    command = ["pdftotext", "-bbox", str(built / "rapport.pdf"), "-"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    wide, words = 0.0, 0
    for line in told.splitlines():
        if line.lstrip().startswith("<page"):
            wide = float(re.findall(r'width="([0-9.]+)"', line)[0])
        elif found := re.search(r'xMin="([-0-9.]+)".*xMax="([-0-9.]+)"', line):
            words += 1
            assert float(found[1]) >= 40, line
            assert float(found[2]) <= wide - 40, line
    assert words > 10_000


def test_each_sheet_says_which_it_is_and_what_it_is_of(text: list[str]) -> None:
    assert len(text) < 110  # the appendix of numbers is a line each, and not a sheet
    for number, page in enumerate(text[1:], 2):
        assert re.search(rf"{number} / {len(text)}\s*$", page)
        assert "2023-2024" in page.split("\n")[0] and "Brouillon" in page.split("\n")[0]


def test_the_contents_give_the_sheet_of_each_chapter(text: list[str]) -> None:
    found = re.findall(r"^\s*(\d) +(\S.*?)\.{3,} *(\d+)$", text[1], re.M)
    assert len(found) >= 5
    for number, title, page in found:
        assert re.search(rf"{number}\s+{re.escape(title.strip())}", text[int(page) - 1])


def test_each_number_has_its_line_in_the_appendix(built: Path) -> None:
    ledger = json.loads((built / "indicateurs.json").read_text(encoding="utf-8"))
    command = ["pdftotext", "-raw", str(built / "rapport.pdf"), "-"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    appendix = re.sub(r"\s+", "", told[told.index("Indicateurs du rapport\n") :])
    assert len(ledger["indicators"]) > 80
    assert all(item["id"] in appendix for item in ledger["indicators"])


def test_the_same_report_in_the_page_and_on_paper(built: Path, text: list[str]) -> None:
    page = (built / "rapport.html").read_text(encoding="utf-8")
    captions = re.findall(r'<caption><a class="number[^>]*>(Tableau.\d+)</a>', page)
    paper = " ".join("".join(text).split()).replace("\u00a0", " ")
    assert len(captions) > 25
    assert all(caption.replace("\u00a0", " ") in paper for caption in captions)
