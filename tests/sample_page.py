"""A sample document for the page's tests: the brief's own figures, every kind of exhibit, and a
table whose text is hostile. Chapters are built as executed notebooks; nothing is mocked.
"""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import nbformat
import pandas as pd
from markupsafe import escape
from nbformat import NotebookNode

from coopreport import charts
from coopreport.exhibit_table import ColumnSpec, table_from_frame
from coopreport.exhibits import Chart, Figures, Source, Table, figure
from coopreport.locale import format_value
from coopreport.pipeline.assemble import assemble
from coopreport.pipeline.edition import Edition
from coopreport.pipeline.prose import expressions
from coopreport.pipeline.provenance import merge_ledgers
from coopreport.pipeline.render import render

YEARS = ("2023-2024", "2024-2025", "2025-2026", "2026-2027", "2027-2028")
ASKS = {
    "R1": "Entente de partenariat pour le développement des coopératives",
    "R2": "Coordination et rôle d’interlocuteur",
    "R3": "Offensive de transformation numérique, phase 2",
    "R4": "Initiatives jeunesse",
}
SPREAD = {
    "R1": (5_000_000, 5_000_000, 0, 0, 0),
    "R2": (600_000,) * 5,
    "R3": (2_000_000, 2_000_000, 0, 0, 0),
    "R4": (1_200_000,) * 5,
}
HOSTILE = (
    "<script>document.title='piraté'</script>",
    "<img src=x onerror=\"document.title='piraté'\">",
    '"><svg onload="document.title=1">',
    "</table></div><style>body{display:none}</style>",
    "[clic](javascript:alert(1)) ![x](http://exemple.invalid/x.png)",
    "{{ 7 * 7 }} {% raw %} ${x}",
    "=HYPERLINK('http://exemple.invalid')",
    "`code` | **gras** &amp; &#60;b&#62;",
    "\u202egauche à droite\u202c",
    "x" * 400,
)
EDITION = Edition(
    title="Investir dans la coopération et la mutualité",
    author="Conseil québécois de la coopération et de la mutualité",
    cycle="2023-2024",
    cut_off=date(2023, 1, 27),
    build="3f9c2a71",
)
LEDGER: dict[str, Any] = merge_ledgers([])
"""The ledger of a sample whose numbers are no indicators."""
SOURCE = Source("recommendations", "Recommandations du mémoire de janvier 2023", "ab" * 32)


class Number:
    """An indicator as prose sees it."""

    def __init__(self, value: Any, unit: str, style: Any = "short") -> None:
        self.text = format_value(value, unit, style=style)
        self.value = value

    def _repr_html_(self) -> str:
        return f'<data value="{self.value}">{escape(self.text)}</data>'


def prose(source: str, **numbers: Number) -> NotebookNode:
    """Return an executed Markdown cell; `numbers` are the values of its expressions."""
    cell: NotebookNode = nbformat.v4.new_markdown_cell(source)
    cell.metadata["user_expressions"] = [
        {
            "expression": name,
            "result": {"status": "ok", "data": {"text/html": numbers[name]._repr_html_()}},
        }
        for name in expressions(source)
    ]
    return cell


def code(*shown: Table | Chart | Figures) -> NotebookNode:
    """Return an executed code cell that shows exhibits, with the MIME bundles they make."""
    outputs = [
        nbformat.v4.new_output("display_data", data=exhibit._repr_mimebundle_())
        for exhibit in shown
    ]
    cell: NotebookNode = nbformat.v4.new_code_cell("report.table(…)", outputs=outputs)
    return cell


def notebook(*cells: NotebookNode) -> NotebookNode:
    """Return a notebook of cells."""
    made: NotebookNode = nbformat.v4.new_notebook(cells=list(cells))
    return made


def spread_frame() -> pd.DataFrame:
    """Return the asks by fiscal year: fiscal_year, part, amount."""
    return pd.DataFrame(
        [
            {"fiscal_year": year, "part": part, "amount": amount}
            for part, amounts in SPREAD.items()
            for year, amount in zip(YEARS, amounts, strict=True)
        ]
    )


def spread_table(id: str = "financement.etalement") -> Table:
    """Return the asks over five fiscal years, with totals and spanning headings."""
    rows = [
        {"ask": f"{ask} {ASKS[ask]}", **dict(zip(YEARS, SPREAD[ask], strict=True))} for ask in ASKS
    ]
    sums = [sum(amounts) for amounts in zip(*SPREAD.values(), strict=True)]
    rows.append({"ask": "Ensemble", **dict(zip(YEARS, sums, strict=True))})
    frame = pd.DataFrame(rows)
    frame["total"] = frame[list(YEARS)].sum(axis=1)
    years = [ColumnSpec(y, y, "number", "CAD_M", group="Exercice") for y in YEARS]
    return table_from_frame(
        frame,
        [
            ColumnSpec("ask", "Recommandation", "header"),
            *years,
            ColumnSpec("total", "Cinq ans", "number", "CAD_M"),
        ],
        id=id,
        title="Les demandes réparties par exercice",
        unit_line="En millions de dollars",
        notes=["La demande de R3 vaut pour deux ans; rien n’est demandé ensuite."],
        sources=[SOURCE],
        total=[-1],
    )


def rates_table() -> Table:
    """Return survival rates by population under group headings, with symbols and statuses."""
    rows = [
        ("Coopératives du Québec", "Étude de 2022", "2002 à 2015", "63.9", "44.4", "p"),
        ("Coopératives du Québec", "Étude de 2008", None, "62", "44.3", ""),
        ("Comparateurs", "Ensemble des entreprises, 2022", None, "35", "19.5", ""),
        ("Comparateurs", "Naissances canadiennes", "2002 à 2014", "63", "43", ""),
    ]
    frame = pd.DataFrame(rows, columns=["family", "study", "cohorts", "five", "ten", "ten_status"])
    for column in ("five", "ten"):
        frame[column] = pd.Series([Decimal(rate) for rate in frame[column]], dtype=object)
    return table_from_frame(
        frame,
        [
            ColumnSpec("study", "Population et étude", "header"),
            ColumnSpec("cohorts", "Cohortes", "text"),
            ColumnSpec("five", "Après 5 ans", "number", "percent"),
            ColumnSpec("ten", "Après 10 ans", "number", "percent"),
        ],
        id="survie.publies",
        title="Taux de survie publiés, coopératives et comparateurs",
        unit_line="En pourcentage des unités nées",
        group_by="family",
        sources=[Source("survival_published", "Taux de survie publiés")],
    )


def hostile_table() -> Table:
    """Return a table whose every text comes from an enemy."""
    frame = pd.DataFrame({"name": list(HOSTILE), "note": list(reversed(HOSTILE))})
    columns = [ColumnSpec("name", HOSTILE[0], "header"), ColumnSpec("note", HOSTILE[1])]
    return table_from_frame(
        frame,
        columns,
        id="annexe.hostile",
        title=HOSTILE[3],
        notes=[HOSTILE[4]],
        unit_line=HOSTILE[0],
    )


def survival_chart() -> Chart:
    """Return a chart of two survival curves and the published points."""
    ages = [month / 12 for month in range(181)]
    rows = [
        {
            "years": age,
            "rate": 100 * math.exp(-rate * age),
            "low": 100 * math.exp(-rate * age) - 0.25 * age,
            "high": min(100.0, 100 * math.exp(-rate * age) + 0.25 * age),
            "curve": name,
        }
        for name, rate in (("Entrée différée", 0.045), ("Calcul naïf", 0.012))
        for age in ages
    ]
    points = pd.DataFrame(
        {"years": [5, 10], "rate": [Decimal("63.9"), Decimal("44.4")], "label": ["Québec 2022"] * 2}
    )
    frame = pd.DataFrame(rows)
    shown = frame[(frame["years"] % 5 == 0)].copy()
    return Chart(
        "survie.courbe",
        "Survie des coopératives britanniques selon l’âge",
        "Avec l’entrée différée, 80 % des coopératives vivent encore à 5 ans et 64 % à 10 ans; "
        "le calcul naïf donne 94 % et 89 %.",
        charts.survival_curve(frame, points=points),
        table_from_frame(
            shown,
            [
                ColumnSpec("curve", "Estimation", "header"),
                ColumnSpec("years", "Âge", "number", "years", style="short"),
                ColumnSpec("rate", "Survie", "number", "percent", group="En pourcentage"),
                ColumnSpec("low", "Borne basse", "number", "percent", group="En pourcentage"),
                ColumnSpec("high", "Borne haute", "number", "percent", group="En pourcentage"),
            ],
            id="survie.courbe_donnees",
            title="Survie par âge, aux anniversaires ronds",
        ),
        ("Bande : intervalle de confiance à 95 %.",),
    )


def spread_chart() -> Chart:
    """Return the chart of asks stacked by fiscal year."""
    return Chart(
        "financement.calendrier",
        "Les demandes par exercice",
        "Les quatre demandes totalisent 8,8 M$ par exercice jusqu’en 2024-2025, puis 1,8 M$.",
        charts.stacked_by_fiscal_year(spread_frame(), labels=ASKS),
        spread_table("financement.calendrier_donnees"),
    )


def wide_table() -> Table:
    """Return a table of fourteen columns, wider than an upright sheet."""
    years = [str(year) for year in range(2010, 2023)]
    rows = [
        {"measure": m, **{y: 120_000 + 1000 * i for i, y in enumerate(years)}}
        for m in ("Emplois", "Membres")
    ]
    columns = [ColumnSpec(y, y, "number", "count") for y in years]
    return table_from_frame(
        pd.DataFrame(rows),
        [ColumnSpec("measure", "Mesure", "header"), *columns],
        id="portrait.serie",
        title="Une série longue",
        unit_line="En nombre",
    )


def sample_chapters(hostile: bool = True) -> list[tuple[str, NotebookNode]]:
    """Return the sample's executed chapters."""
    total = Number(8_800_000, "CAD_M", "words")
    summary = notebook(
        prose(
            "# Sommaire\n\nLe mouvement demande {eval}`total` par année. Les quatre "
            "recommandations se lisent au {numref}`financement.etalement`, et leur calendrier au "
            "{numref}`financement.calendrier`.",
            total=total,
        ),
        code(
            Figures(
                "sommaire.chiffres",
                "Chiffres clés",
                (
                    figure(
                        "Demande prioritaire",
                        Number(8_800_000, "CAD_M"),
                        "par année, 2023-2024 et 2024-2025",
                    ),
                    figure("Coopératives et mutuelles", Number(3000, "count"), "près de"),
                    figure(
                        "Actif du mouvement",
                        Number(460_000_000_000, "CAD_G"),
                        "ensemble du mouvement",
                    ),
                    figure(
                        "Survie après 5 ans", Number(Decimal("63.9"), "percent"), "étude de 2022"
                    ),
                ),
            )
        ),
        prose(
            "## Ce que le lecteur doit mettre en doute\n\n:::{warning} Le total annuel ne vaut pas "
            "pour toutes les années\nDu 1er avril 2025 au 31 mars 2028, les demandes écrites ne "
            "totalisent plus que {eval}`after` par année.\n:::\n\n:::{note}\nLes montants sont en "
            "dollars courants.\n:::\n\n:::{important}\nLes deux taux n’ont pas la même "
            "définition.\n:::",
            after=Number(1_800_000, "CAD_M", "words"),
        ),
    )
    funding = notebook(
        prose(
            "# Synthèse du financement\n\n## Les demandes écrites\n\nLes demandes, ligne à ligne."
        ),
        code(spread_table()),
        prose("## Le calendrier\n\n### Par exercice\n\nLe graphique suit les textes à la lettre."),
        code(spread_chart()),
        prose(
            "| Lecture | Total |\n|---|--:|\n| R4 chaque année | {eval}`a` |",
            a=Number(24_000_000, "CAD_M"),
        ),
        code(wide_table()),
    )
    survival = notebook(
        prose(
            "# Survie\n\n## Les taux publiés\n\nAprès cinq ans, {eval}`r` des coopératives vivent "
            "encore.\n\n:::{note} Définition\nUnité : coopérative constituée; naissance : "
            "constitution; décès : radiation; rien n’a été publié sur la reprise.\n:::",
            r=Number(Decimal("63.9"), "percent"),
        ),
        code(rates_table()),
        prose("## La courbe recalculée\n\nElle vient d’un vrai registre."),
        code(survival_chart()),
    )
    chapters = [("01-sommaire", summary), ("03-financement", funding), ("04-survie", survival)]
    if hostile:
        text = "# Annexe\n\nTexte venu des données : " + "\n\n".join(HOSTILE[:1] + HOSTILE[5:6])
        chapters.append(("09-annexe", notebook(prose(text), code(hostile_table()))))
    return chapters


@cache
def sample_page(hostile: bool = True) -> str:
    """Return the sample's page."""
    return render(assemble(sample_chapters(hostile), EDITION, LEDGER))
