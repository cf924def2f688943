"""From executed chapters to one document: order, numbers, contents, references.

The document is a notebook: one Markdown cell of HTML per prose cell, and one code cell per cell
that shows exhibits, each with an id of its own. Its metadata hold the edition, the contents and
the lists of tables and charts. Pure: the same chapters and edition give the same document.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from itertools import pairwise
from typing import Any

from nbformat import NotebookNode

from coopreport.errors import ChapterFailed
from coopreport.exhibits import (
    CHART_MIME,
    FIGURES_MIME,
    TABLE_MIME,
)
from coopreport.locale import NBSP
from coopreport.pipeline.digests import exhibit_digest, ledger_digest
from coopreport.pipeline.edition import Edition, RevisedCell
from coopreport.pipeline.marks import with_marks, with_revisions
from coopreport.pipeline.prose import Context, Heading, prose_html
from coopreport.pipeline.provenance import (
    Place,
    Uses,
    frame_origins,
    number_indicators,
    origins,
    with_origins,
)
from coopreport.pipeline.shown import (
    SVG_MIME,
    Shown,
    anchors_of,
    draw_charts,
    exhibits_of,
    numbers_of,
)
from coopreport.takeaway.citation import citation
from coopreport.takeaway.tables import TakenTable, taken_tables
from coopreport.translation.cells import FRENCH_TEXT, UNTRANSLATED
from coopreport.translation.words import plain


class Document(NotebookNode):
    """The assembled document. Nothing changes it any more: a copy of it is itself.

    nbconvert copies a notebook three times before it renders it, which takes as long as rendering.
    nbformat's own makers of cells would copy and validate each one, which takes longer still.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> Document:
        return self

    @cached_property
    def tables(self) -> list[TakenTable]:
        """Its tables, those of its charts included, for the page and for its files."""
        return taken_tables(self)


def assemble(
    chapters: Sequence[tuple[str, NotebookNode]], edition: Edition, ledger: Mapping[str, Any]
) -> Document:
    """Return the document of executed chapters, given as (name, notebook) in order.

    `ledger` is the build's (`provenance.merge_ledgers`): every number of the page opens its origin.

    A name is a file's name without `.ipynb` (`03-financement`); its word makes the chapter's id.
    Charts that have no drawing yet are drawn. ChapterFailed when a chapter has not exactly one
    title, skips a heading level, shows something else than an exhibit, shows one id twice, or
    its prose cannot be rendered; or when the page shows a number that is not in the ledger.
    """
    draw_charts(chapters)
    shown = {
        (name, index): list(exhibits_of(name, index, cell))
        for name, notebook in chapters
        for index, cell in enumerate(notebook.cells)
        if cell.cell_type == "code"
    }
    every = [exhibit for exhibits in shown.values() for exhibit in exhibits]
    numbers = numbers_of(every)
    references = {id: f"{plain(word)}{NBSP}{number}" for id, (word, number) in numbers.items()}
    references |= anchors_of(every)
    cells: list[NotebookNode] = []
    uses = Uses()
    contents: list[dict[str, Any]] = []
    for position, (name, notebook) in enumerate(chapters, 1):
        context = Context(chapter_id(name), references, number=position)
        headings: list[Heading] = []
        for index, cell in enumerate(notebook.cells):
            cell_id = f"{context.chapter}-{index:03d}"
            if cell.cell_type == "markdown":
                given = cell.metadata.get("user_expressions", ())
                html, found = prose_html(
                    cell.source,
                    context,
                    given,
                    french=cell.metadata.get(FRENCH_TEXT),
                    untranslated=cell.metadata.get(UNTRANSLATED, False),
                )
                headings += found
                uses.add(str(html), _place(headings))
                cells.append(_prose(cell_id, context.chapter, str(html)))
            elif exhibits := shown.get((name, index)):
                for exhibit in exhibits:
                    for item in exhibit.data.get("items", ()):
                        uses.add(item["html"], _place(headings))
                outputs = [_output(exhibit, numbers, edition.revised_cells) for exhibit in exhibits]
                cells.append(_code(cell_id, context.chapter, outputs))
        if notes := context.notes.html():
            uses.add(notes, _place(headings))
            cells.append(_prose(f"{context.chapter}-notes", context.chapter, str(notes)))
        _check_headings(name, headings)
        contents.append(_entry(position, headings))
    indicators = number_indicators(ledger, uses)
    numbering = {indicator["id"]: indicator["number"] for indicator in indicators}
    revised = {each.indicator: asdict(each) for each in edition.revised}
    for cell in cells:
        _link_numbers(cell, numbering, revised)
    about = NotebookNode(
        {
            "edition": NotebookNode(asdict(edition), cut_off=edition.cut_off.isoformat()),
            "citation": citation(edition),
            "contents": contents,
            "tables": _list(shown.values(), numbers, TABLE_MIME),
            "charts": _list(shown.values(), numbers, CHART_MIME),
            "origins": [
                {**item, "revised": revised.get(item["id"])} for item in origins(indicators, ledger)
            ],
            "frames": _frame_origins(shown.values(), references, ledger),
            "unused": ledger["unused"],
            "ledger_sha256": ledger_digest(ledger),
            "digests": {
                exhibit.data["id"]: exhibit_digest(exhibit.data)
                for exhibits in shown.values()
                for exhibit in exhibits
            },
        }
    )
    metadata = NotebookNode(title=edition.title, coopreport=about)
    made = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}
    return Document(made)  # type: ignore[no-untyped-call]


def _prose(id: str, chapter: str, html: str) -> NotebookNode:
    return NotebookNode(id=id, cell_type="markdown", metadata=_of(chapter), source=html)


def _code(id: str, chapter: str, outputs: list[NotebookNode]) -> NotebookNode:
    metadata = _of(chapter)
    return NotebookNode(
        id=id, cell_type="code", metadata=metadata, source="", execution_count=None, outputs=outputs
    )


def _of(chapter: str) -> NotebookNode:
    """Return the metadata of a cell of the document: the chapter that it is of."""
    return NotebookNode(coopreport=NotebookNode(chapter=chapter))


def _place(headings: Sequence[Heading]) -> Place:
    """Return the place of what stands under the last heading."""
    if not headings:
        return Place("contenu", plain("Début du rapport"))
    last = headings[-1]
    return Place(last.id, f"{last.number} {last.text}".strip(), last.lang)


def _link_numbers(
    cell: NotebookNode, numbering: Mapping[str, int], revised: Container[str]
) -> None:
    """Make the numbers of a cell of the document open their origin, in place; mark the revised."""
    if cell.cell_type == "markdown":
        cell.source = str(with_origins(with_revisions(cell.source, revised), numbering))
        return
    for output in cell.outputs:
        if figures := output.data.get(FIGURES_MIME):
            items = [
                {
                    **item,
                    "html": str(with_origins(with_revisions(item["html"], revised), numbering)),
                }
                for item in figures["items"]
            ]
            output.data[FIGURES_MIME] = {**figures, "items": items}


def _frame_origins(
    shown: Any, references: Mapping[str, str], ledger: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the origin of each table and chart that comes from a frame of the catalogue."""
    tables = [
        (e.data["id"], e.data["title"], (e.data.get("table") or e.data).get("frame", ""))
        for exhibits in shown
        for e in exhibits
    ]
    return frame_origins(
        [
            {"id": id, "title": title, "frame": frame, "words": references.get(id, "")}
            for id, title, frame in tables
            if frame
        ],
        ledger,
    )


def chapter_id(name: str) -> str:
    """Return the id of a chapter from its file's name: `financement` for `03-financement`."""
    return re.sub(r"^[0-9]+[-_]", "", name)


def _output(
    exhibit: Shown, numbers: dict[str, tuple[str, int]], revised: Sequence[RevisedCell]
) -> NotebookNode:
    number = numbers.get(exhibit.data["id"], ("", 0))[1]
    bundle = NotebookNode({exhibit.mime: with_marks(exhibit.data, revised)})
    if exhibit.svg:
        bundle[SVG_MIME] = exhibit.svg
    metadata = NotebookNode(number=number)
    return NotebookNode(output_type="display_data", data=bundle, metadata=metadata)


def _check_headings(name: str, headings: Sequence[Heading]) -> None:
    if [heading.level for heading in headings].count(1) != 1 or headings[0].level != 1:
        raise ChapterFailed(
            f"{name} : un chapitre commence par son titre, et n’en a qu’un (« # Titre »).",
            "donnez deux dièses ou plus à ses autres intertitres.",
        )
    for before, after in pairwise(headings):
        if after.level > before.level + 1:
            raise ChapterFailed(
                f"{name} : l’intertitre « {after.text} » saute un niveau.",
                f"donnez-lui {before.level + 1} dièses au plus.",
            )


def _entry(number: int, headings: Sequence[Heading]) -> dict[str, Any]:
    """Return a chapter's entry in the contents: its title and its sections."""
    sections = [heading for heading in headings if heading.level == 2]
    return {
        "number": str(number),
        "text": headings[0].text,
        "id": headings[0].id,
        "lang": headings[0].lang,
        "sections": [
            {
                "number": f"{number}.{position}",
                "text": section.text,
                "id": section.id,
                "lang": section.lang,
            }
            for position, section in enumerate(sections, 1)
        ],
    }


def _list(shown: Any, numbers: dict[str, tuple[str, int]], mime: str) -> list[dict[str, str | int]]:
    return [
        {"id": e.data["id"], "number": numbers[e.data["id"]][1], "title": e.data["title"]}
        for exhibits in shown
        for e in exhibits
        if e.mime == mime
    ]
