"""The paper edition of an assembled document, as HTML for the press: no script, no panel.

Tables have their columns' widths, charts are images with their alternative, and a number leads to
its line in the appendix.
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache

from markupsafe import Markup
from nbformat import NotebookNode

from coopreport import palette
from coopreport.exhibit_bundle import exhibit_of
from coopreport.exhibit_html import chart_html, figures_html, table_html
from coopreport.exhibits import Chart, Table
from coopreport.paper.columns import Fit, fit
from coopreport.pipeline.render import TEMPLATE, TEMPLATES, font_faces, render_with
from coopreport.pipeline.shown import SVG_MIME

PAPER = "paper.html.j2"
BUTTON = re.compile(r"<button\b([^>]*)>(.*?)</button>", re.DOTALL)
NUMBERED = re.compile(r'\bclass="origin-of" popovertarget="origine-([^"]+)" data-number="([0-9]+)"')


def paper_html(document: NotebookNode) -> str:
    """Return the paper edition of an assembled document, as HTML."""
    page = render_with(PAPER, paper_exhibit, document, {"style": _style()})
    return BUTTON.sub(_without_button, page)


def _without_button(match: re.Match[str]) -> str:
    """Return what a button becomes: a number's leads to the appendix; no other does anything."""
    attributes, content = match.groups()
    numbered = NUMBERED.search(attributes)
    if numbered is None:
        return ""
    name, number = numbered.groups()
    return f'<a class="origin-of" href="#indicateur-{name}" data-number="{number}">{content}</a>'


def paper_exhibit(output: NotebookNode) -> Markup:
    """Return the HTML of one output of the document for paper."""
    exhibit, number = exhibit_of(output.data), output.metadata.get("number") or None
    if isinstance(exhibit, Table):
        found = fit(exhibit)
        return _on_sheet(table_html(exhibit, number, widths=found.columns), found)
    if isinstance(exhibit, Chart):
        found = fit(exhibit.table)
        image = _image(output.data[SVG_MIME], exhibit.alt)
        return _on_sheet(chart_html(exhibit, number, image, widths=found.columns), found)
    return figures_html(exhibit)


def _on_sheet(html: Markup, found: Fit) -> Markup:
    """Return an exhibit with the sheet that it needs, the size of its letters and its width."""
    return Markup('<div class="sheet {}" style="--letters: {}pt; --table: {}%">{}</div>').format(
        found.sheet, f"{found.size:g}", f"{found.width:.2f}", html
    )


def _image(svg: str, alt: str) -> Markup:
    data = b64encode(svg.encode()).decode("ascii")
    return Markup('<img alt="{}" src="data:image/svg+xml;base64,{}">').format(alt, Markup(data))


@cache
def _style() -> str:
    """Return the style of the paper edition: the page's fonts and light colours, `paper.css`."""
    sheet = (TEMPLATES / TEMPLATE / "paper.css").read_text(encoding="utf-8")
    return f"{font_faces()}\n:root {{ {palette.css_variables()} }}\n{sheet}"
