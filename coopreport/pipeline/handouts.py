"""The files of an edition for its readers: the page, the PDF, the tables, how to cite it.

Made from executed chapters and an edition alone: a build writes them as a draft, a release again as
its version.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from coopreport.paper.page import paper_html
from coopreport.paper.printing import CannotPrint, Printer
from coopreport.pipeline.assemble import assemble
from coopreport.pipeline.edition import Edition
from coopreport.pipeline.layout import BIBTEX, CSL, PDF, REPORT, TABLES, WORKBOOK
from coopreport.pipeline.publish import write_json
from coopreport.pipeline.render import prepare, render
from coopreport.takeaway.citation import bibtex, csl
from coopreport.takeaway.csv_files import write_tables
from coopreport.takeaway.workbook import workbook_bytes

HANDOUTS = (REPORT, PDF, TABLES, WORKBOOK, BIBTEX, CSL)
"""The files and folders that are written here."""


def is_handout(name: str) -> bool:
    """Tell whether a file of a build, by its path, is one that each edition writes for itself."""
    return name.split("/")[0] in HANDOUTS


def prepare_handouts() -> None:
    """Import and compile what the files of an edition need: call it while the chapters run."""
    import xlsxwriter  # noqa: F401

    prepare()


def write_handouts(
    folder: Path,
    chapters: Sequence[tuple[str, NotebookNode]],
    edition: Edition,
    ledger: Mapping[str, Any],
    printer: Printer | None,
    without_pdf: Callable[[CannotPrint], None] | None = None,
) -> dict[str, str] | None:
    """Write the files of an edition in a folder; return the versions of what printed the PDF.

    `printer` is None when there is to be no PDF: None is returned. It works beside the rest.
    `without_pdf` is told why there is none when the printer fails; without it the failure is the
    edition's.

    Raises:
        ChapterFailed: the chapters cannot stand on one page (see `assemble`).
        CannotPrint: the printer failed, and nobody is to be told.
    """
    edition = replace(edition, pdf=printer is not None)
    document = assemble(chapters, edition, ledger)
    if printer:
        printer.start(paper_html(document))
    page = render(document)
    write_tables(folder, document.tables, edition, ledger)
    (folder / WORKBOOK).write_bytes(workbook_bytes(document.tables, edition))
    (folder / BIBTEX).write_text(bibtex(edition), encoding="utf-8")
    write_json(folder / CSL, csl(edition))
    versions = None
    if printer:
        try:
            (folder / PDF).write_bytes(printer.finish())
            versions = dict(printer.versions)
        except CannotPrint as failure:
            if without_pdf is None:
                raise
            without_pdf(failure)
            page = render(assemble(chapters, replace(edition, pdf=False), ledger))
    (folder / REPORT).write_text(page, encoding="utf-8")
    return versions
