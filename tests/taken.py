"""Tables to take away, for their tests: a document of exhibits alone, hostile ones included."""

from __future__ import annotations

from decimal import Decimal

import nbformat
import pandas as pd
from nbformat import NotebookNode

from coopreport.exhibit_table import ColumnSpec, table_from_frame
from coopreport.exhibits import Cell, Column, Row, Source, Table
from coopreport.pipeline.assemble import assemble
from tests.payloads import PAYLOADS
from tests.sample_page import EDITION, LEDGER, code, notebook, prose, rates_table, spread_chart

HOSTILE = tuple(PAYLOADS.values())


def statuses_table() -> Table:
    """Return a table with every way that a number can be: exact, marked, absent, in two units."""
    frame = pd.DataFrame(
        {
            "what": ["Actif", "Part", "Emplois", "Ensemble"],
            "value": [Decimal("12345678900"), Decimal("63.9"), None, Decimal("1")],
            "value_status": ["p", "E", "x", ""],
            "unit": ["CAD_G", "percent", "count", "count"],
            "plain": [Decimal("-1.5"), None, Decimal("0"), Decimal("7")],
            "word": ["oui", None, "non", "oui"],
        }
    )
    return table_from_frame(
        frame,
        [
            ColumnSpec("what", "Mesure", "header"),
            ColumnSpec("value", "Valeur", "number", "@unit", style="short"),
            ColumnSpec("plain", "Écart", "number", "points", 1, group="Depuis 2020"),
            ColumnSpec("word", "Réponse", missing="."),
        ],
        id="essai.signes",
        title="Des nombres de toutes sortes",
        unit_line="En unités diverses",
        notes=["Une note.", "Une autre note."],
        sources=[Source("gdp", "Produit intérieur brut", "ab" * 32)],
        total=[-1],
    )


def hostile_table() -> Table:
    """Return a table whose every text is hostile, a row each, under a heading that is too."""
    rows = [Row((Cell(PAYLOADS["script"]),), "group")]
    rows += [Row((Cell(text), Cell(text), Cell("12", "12"))) for text in HOSTILE]
    return Table(
        "essai.hostile",
        PAYLOADS["style_end"],
        (
            Column("name", PAYLOADS["formula_link"], "header"),
            Column("note", PAYLOADS["sheet_signs"]),
            Column("count", PAYLOADS["lines"], "number", unit="count"),
        ),
        tuple(rows),
        unit_line=PAYLOADS["formula"],
        notes=(PAYLOADS["markdown_link"], PAYLOADS["formula_at"]),
    )


def document(*tables: Table, chart: bool = False) -> NotebookNode:
    """Return the document of one chapter that shows these tables, and a chart if asked."""
    charts = [spread_chart()] if chart else []
    chapter = notebook(prose("# Tableaux\n\nDes tableaux."), code(*tables, *charts))
    return assemble([("01-essai", nbformat.from_dict(chapter))], EDITION, LEDGER)


def whole_document() -> NotebookNode:
    """Return the document of every kind of table."""
    return document(statuses_table(), rates_table(), hostile_table(), chart=True)
