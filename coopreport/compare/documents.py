"""A chapter as a reader has it, from its executed notebook: passages of text, tables and charts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from markupsafe import Markup
from nbformat import NotebookNode

from coopreport.exhibit_bundle import exhibit_of, mime_of
from coopreport.exhibits import CHART_MIME, TABLE_MIME, Chart, Figures, Table
from coopreport.locale import NBSP
from coopreport.pipeline.assemble import chapter_id
from coopreport.pipeline.prose import Context, prose_html
from coopreport.pipeline.shown import SVG_MIME, WORDS

PASSAGES = frozenset(["h2", "h3", "h4", "h5", "h6", "p", "li", "th", "td", "pre"])
"""The elements of the prose that hold a passage of text each."""


@dataclass(frozen=True)
class Passage:
    """A heading, a paragraph, an item or a cell of the text, as plain text, under its heading."""

    kind: str
    text: str
    heading: str


@dataclass(frozen=True)
class Drawing:
    """A chart with its published drawing, "" when the notebook has none."""

    chart: Chart
    svg: str


@dataclass(frozen=True)
class Document:
    """A chapter: its id (`financement`), its title, what it says and what it shows."""

    id: str
    title: str
    passages: tuple[Passage, ...]
    tables: tuple[Table, ...]
    drawings: tuple[Drawing, ...]


def read_documents(chapters: Sequence[tuple[str, NotebookNode]]) -> tuple[Document, ...]:
    """Return the chapters of a version, given as (name, executed notebook) in their order.

    Raises:
        ChapterFailed: a cell of text cannot be rendered.
        KeyError, TypeError, ValueError: a table or a chart is malformed.
    """
    shown = [_exhibits(notebook) for _, notebook in chapters]
    references = _references([exhibit for each in shown for exhibit in each])
    return tuple(
        _document(chapter_id(name), position, notebook, exhibits, references)
        for position, ((name, notebook), exhibits) in enumerate(
            zip(chapters, shown, strict=True), 1
        )
    )


Exhibit = tuple[int, Table | Drawing | Figures]
"""What a cell shows, with the position of the cell."""


def _exhibits(notebook: NotebookNode) -> list[Exhibit]:
    found: list[Exhibit] = []
    for position, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", ()):
            bundle: dict[str, Any] = output.get("data", {})
            if mime_of(bundle):
                item = exhibit_of(bundle)
                svg = bundle.get(SVG_MIME, "")
                found.append((position, Drawing(item, svg) if isinstance(item, Chart) else item))
    return found


def _references(exhibits: Sequence[Exhibit]) -> dict[str, str]:
    """Return the words of each table, chart and row as the text refers to it: `tableau 3`, `R3`."""
    tables = [item.id for _, item in exhibits if isinstance(item, Table)]
    charts = [item.chart.id for _, item in exhibits if isinstance(item, Drawing)]
    rows = {
        cell.anchor: cell.text
        for table in (each for _, item in exhibits for each in _tables(item))
        for row in table.rows
        for cell in row.cells
        if cell.anchor
    }
    return rows | {
        id: f"{WORDS[mime]}{NBSP}{number}"
        for mime, ids in ((TABLE_MIME, tables), (CHART_MIME, charts))
        for number, id in enumerate(ids, 1)
    }


def _tables(item: Table | Drawing | Figures) -> tuple[Table, ...]:
    """Return the tables that an exhibit shows: itself, or its data."""
    if isinstance(item, Table):
        return (item,)
    return (item.chart.table,) if isinstance(item, Drawing) else ()


def _document(
    id: str,
    position: int,
    notebook: NotebookNode,
    exhibits: Sequence[Exhibit],
    references: dict[str, str],
) -> Document:
    context, text = Context(id, references, number=position), _Text()
    title = ""
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            given = cell.metadata.get("user_expressions", ())
            html, headings = prose_html(cell.source, context, given)
            title = title or next((each.text for each in headings if each.level == 1), "")
            text.feed(str(html))
        for at, item in exhibits:
            if at == index and isinstance(item, Figures):
                text.add_figures(item)
    return Document(
        id,
        title,
        tuple(text.passages),
        tuple(item for _, item in exhibits if isinstance(item, Table)),
        tuple(item for _, item in exhibits if isinstance(item, Drawing)),
    )


class _Text(HTMLParser):
    """Gathers the passages of a chapter's HTML; a heading's number is not part of its words."""

    def __init__(self) -> None:
        super().__init__()
        self.passages: list[Passage] = []
        self._kind = "p"
        self._words = ""
        self._heading = ""
        self._in_number = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in PASSAGES:
            self._end()
            self._kind = tag
        self._in_number = "number" in (dict(attrs).get("class") or "").split()

    def handle_endtag(self, tag: str) -> None:
        if tag in PASSAGES:
            self._end()
        self._in_number = False

    def handle_data(self, data: str) -> None:
        if not self._in_number:
            self._words += data

    def add_figures(self, figures: Figures) -> None:
        """Add key figures: each a passage of its label, its value and its note."""
        for item in figures.items:
            note = f", {item.note}" if item.note else ""
            passage = Markup("<li>{}{}: {}{}</li>")
            self.feed(passage.format(item.label, NBSP, Markup(item.html), note))

    def _end(self) -> None:
        text = re.sub(r"[ \n]+", " ", self._words).strip(" ")
        if text and self._kind.startswith("h"):
            self._heading = text
        if text:
            self.passages.append(Passage(self._kind, text, self._heading))
        self._kind, self._words = "p", ""
