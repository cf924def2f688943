"""The assembled document: order, numbers and references; what it refuses; the same bytes twice."""

from __future__ import annotations

import copy
import re
import subprocess
import sys

import nbformat
import pytest
from nbformat import NotebookNode

from coopreport.errors import ChapterFailed
from coopreport.pipeline.assemble import Document, assemble
from coopreport.pipeline.render import render
from tests.conftest import ROOT
from tests.sample_page import (
    EDITION,
    LEDGER,
    code,
    notebook,
    prose,
    sample_chapters,
    sample_page,
    spread_chart,
    spread_table,
)


def document(*cells: NotebookNode) -> Document:
    return assemble([("01-essai", notebook(*cells))], EDITION, LEDGER)


def test_tables_and_charts_are_numbered_through_the_chapters() -> None:
    about = assemble(sample_chapters(), EDITION, LEDGER).metadata.coopreport
    assert [(t["number"], t["id"]) for t in about.tables] == [
        (1, "financement.etalement"),
        (2, "portrait.serie"),
        (3, "survie.publies"),
        (4, "annexe.hostile"),
    ]
    assert [(c["number"], c["id"]) for c in about.charts] == [
        (1, "financement.calendrier"),
        (2, "survie.courbe"),
    ]


def test_the_contents_follow_the_chapters_and_their_sections() -> None:
    contents = assemble(sample_chapters(), EDITION, LEDGER).metadata.coopreport.contents
    assert [(c["number"], c["text"], c["id"]) for c in contents][:2] == [
        ("1", "Sommaire", "sommaire"),
        ("2", "Synthèse du financement", "financement"),
    ]
    assert [s["number"] for s in contents[1]["sections"]] == ["2.1", "2.2"]


def test_a_reference_names_an_exhibit_of_a_later_chapter() -> None:
    assert '<a href="#financement.etalement">tableau\u00a01</a>' in sample_page()


def test_the_document_is_a_valid_notebook_with_unique_cell_ids() -> None:
    made = assemble(sample_chapters(), EDITION, LEDGER)
    nbformat.validate(made)
    ids = [cell.id for cell in made.cells]
    assert len(ids) == len(set(ids))


def test_the_same_chapters_give_the_same_bytes() -> None:
    chapters = sample_chapters()
    again = [(name, copy.deepcopy(notebook)) for name, notebook in chapters]
    for _, other in again:
        for position, cell in enumerate(other.cells):
            cell.id = f"autre-{position}"
    assert render(assemble(chapters, EDITION, LEDGER)) == render(assemble(again, EDITION, LEDGER))


def test_assembling_changes_nothing_of_the_chapters() -> None:
    chapters = sample_chapters()
    assemble(chapters, EDITION, LEDGER)  # draws the charts that have no drawing
    before = copy.deepcopy(chapters)
    render(assemble(chapters, EDITION, LEDGER))
    assert chapters == before


def test_no_library_is_left_to_import_when_the_files_of_an_edition_were_prepared() -> None:
    late = (
        "import sys\n"
        "from coopreport.pipeline.handouts import *\n"
        "from tests.sample_page import *\n"
        "document = assemble(sample_chapters(), EDITION, LEDGER)\n"
        "prepare_handouts()\n"
        "before = set(sys.modules)\n"
        "render(document)\n"
        "workbook_bytes(document.tables, EDITION)\n"
        "print(*(set(sys.modules) - before))"
    )
    made = subprocess.run(
        [sys.executable, "-c", late], cwd=ROOT, capture_output=True, check=True, text=True
    )
    libraries = {name.split(".")[0] for name in made.stdout.split()}
    assert libraries <= {"coopreport", "encodings"}


def test_assembling_keeps_the_analyst_s_code_and_prints_out_of_the_page() -> None:
    cell = code(spread_table())
    cell.outputs.insert(0, nbformat.v4.new_output("stream", name="stderr", text="/home/moi/x.py:1"))
    page = render(document(prose("# Essai"), cell))
    assert "/home/moi" not in page
    assert "report.table(" not in page


def test_an_output_that_is_no_exhibit_is_refused_with_its_cell() -> None:
    output = nbformat.v4.new_output("execute_result", data={"text/html": "<table></table>"})
    cell = nbformat.v4.new_code_cell("frame", outputs=[output])
    with pytest.raises(ChapterFailed, match=r"01-essai, cellule 2"):
        document(prose("# Essai"), cell)


def test_an_exhibit_shown_twice_is_refused_by_name() -> None:
    with pytest.raises(ChapterFailed, match=r"« financement.etalement » est montré deux fois"):
        document(prose("# Essai"), code(spread_table()), code(spread_table()))


def test_a_malformed_exhibit_is_refused() -> None:
    cell = code(spread_table())
    del cell.outputs[0].data["application/vnd.coopreport.table.v1+json"]["title"]
    with pytest.raises(ChapterFailed, match="malformé"):
        document(prose("# Essai"), cell)


@pytest.mark.parametrize("text", ["## Pas de titre", "# Un\n\n# Deux", "Du texte seul."])
def test_a_chapter_has_exactly_one_title(text: str) -> None:
    with pytest.raises(ChapterFailed, match="commence par son titre"):
        document(prose(text))


def test_a_skipped_heading_level_is_refused_by_name() -> None:
    with pytest.raises(ChapterFailed, match="« Trop bas » saute un niveau"):
        document(prose("# Titre\n\n### Trop bas"))


def test_two_charts_of_one_page_share_no_id() -> None:
    ids = re.findall(r'\bid="([^"]+)"', sample_page())
    assert len(ids) == len(set(ids))


def test_a_drawing_holds_no_english_and_no_aria_of_vega() -> None:
    drawings = re.findall(r"<svg.*?</svg>", sample_page(), flags=re.DOTALL)
    assert len(drawings) == 2
    for drawing in drawings:
        assert "aria-label=" not in drawing
        assert "graphics-" not in drawing
        assert "axis" not in drawing.lower()


def test_a_chart_is_drawn_once_and_kept_beside_its_specification() -> None:
    chapters = [("01-essai", notebook(prose("# Essai"), code(spread_chart())))]
    assemble(chapters, EDITION, LEDGER)
    drawn = chapters[0][1].cells[1].outputs[0].data["image/svg+xml"]
    chapters[0][1].cells[1].outputs[0].data["image/svg+xml"] = drawn.replace("8,8", "9,9")
    assert "9,9\u00a0M$" in render(assemble(chapters, EDITION, LEDGER))


def test_the_page_weighs_little() -> None:
    assert len(sample_page(False).encode()) < 800_000


def test_the_title_block_says_what_the_reader_must_know() -> None:
    page = sample_page()
    for words in ("2023-2024", "le 27\u00a0janvier 2023", "3f9c2a71", "Brouillon", EDITION.author):
        assert words in page
