"""From the assembled document to one self-contained page, by nbconvert with our own template.

The template inherits from none, so that no folder of the user can change the page. Fonts and
style are in the page; it makes no request, and runs no script but its own. Unless the edition is
static, it also holds what draws its charts again, alive: their specifications, and Vega, packed.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import pass_context
from markupsafe import Markup
from nbformat import NotebookNode

from coopreport import palette
from coopreport.charts.svg import FONTS
from coopreport.charts.vega import packed_vega, vega_script
from coopreport.exhibit_bundle import exhibit_of, remembered
from coopreport.exhibit_html import chart_html, figures_html, table_html
from coopreport.exhibits import CHART_MIME, Chart, Figures, Table
from coopreport.indicators import flag_mark
from coopreport.languages import ENGLISH
from coopreport.locale import (
    NBSP,
    SYMBOLS,
    UNITS,
    current,
    format_date,
    format_number,
    keep_together,
    typographic,
)
from coopreport.pipeline.provenance import is_safe_address
from coopreport.pipeline.scripts import data_html, page_scripts, policy, script_html, tidy
from coopreport.pipeline.shown import SVG_MIME
from coopreport.takeaway.csv_text import csv_text
from coopreport.translation.words import IN_FRENCH, as_is, plain, said

if TYPE_CHECKING:
    from coopreport.pipeline.assemble import Document

TEMPLATES = Path(__file__).parent.parent / "templates"
TEMPLATE = "brief"
PAGE = "index.html.j2"
APPENDIX = "origins.html.j2"
PASSAGES = "{passages}"
NOTE = Markup(
    '<p class="translation">This is an English edition of the report, made from the same notebooks '
    "and the same numbers. The French text prevails. <span>Passages left in French: "
    f"<b>{PASSAGES}</b>; each is marked as such for screen readers.</span></p>"
)
"""What the title block of an English page says of itself."""
FACES = (
    ("Coop Sans", "normal", 400, "SourceSans3-Regular"),
    ("Coop Sans", "italic", 400, "SourceSans3-Italic"),
    ("Coop Sans", "normal", 600, "SourceSans3-SemiBold"),
    ("Coop Serif", "normal", 600, "SourceSerif4-SemiBold"),
)


def render(document: Document) -> str:
    """Return the page of an assembled document, as HTML text ending with a newline."""
    static = document.metadata.coopreport.edition.static
    scripts = () if static else page_scripts()
    charts = [] if static else chart_data(document)
    about = {
        "style": style(),
        "policy": policy((*scripts, vega_script()) if charts else scripts),
        "data": charts,
        "csv": {table.id: csv_text(table) for table in document.tables},
        "scripts": [script_html(text) for text in scripts],
    }
    return render_with(PAGE, exhibit_html, document, about)


def prepare() -> None:
    """Import and compile what a page needs: that takes longer than rendering one."""
    environment = _exporter(PAGE, exhibit_html).environment
    for path in (TEMPLATES / TEMPLATE).glob("*.html.j2"):
        environment.get_template(path.name)
    style()
    vega_script()
    packed_vega()


def french_passages(page: str) -> int:
    """Return how many passages of an English page are marked as French."""
    return page.count(f" {IN_FRENCH}")


def render_with(
    template: str,
    exhibit: Callable[..., Markup],
    document: NotebookNode,
    about: dict[str, Any],
) -> str:
    """Return an assembled document in a template of the brief, without blank lines.

    `exhibit` draws an output; the template finds `about` in `resources.coopreport`, with the
    language and what an English edition says of itself: `lang`, `note`.
    """
    language = {"lang": current().tag, "note": NOTE if current() is ENGLISH else ""}
    exporter = _exporter(template, exhibit)
    made, _ = exporter.from_notebook_node(document, resources={"coopreport": about | language})
    page = f"{tidy(str(made))}\n"
    return page.replace(PASSAGES, format_number(french_passages(page)), 1)


def chart_data(document: NotebookNode) -> list[Markup]:
    """Return the elements of data that make the charts of a document alive; none without charts.

    They are each chart's vega-lite object, `spec-<id>`, then Vega itself, `vega`, gzipped.
    """
    charts = [
        output.data[CHART_MIME]
        for cell in document.cells
        for output in cell.get("outputs", ())
        if CHART_MIME in output.data
    ]
    if not charts:
        return []
    specs = [
        data_html(f"spec-{chart['id']}", "application/json", _json(chart["spec"]))
        for chart in charts
    ]
    return [*specs, data_html("vega", "application/gzip;base64", packed_vega())]


def _json(content: Any) -> str:
    """Return an object as JSON that may stand in a page: ASCII alone, and no `<`."""
    return json.dumps(content, separators=(",", ":")).replace("<", "\\u003c")


@cache
def _exporter(template: str, exhibit: Callable[..., Markup]) -> Any:
    """Return nbconvert's exporter with one template, which is compiled once in a process."""
    from nbconvert.exporters import TemplateExporter

    filters: dict[str, Callable[..., Any]] = {
        "exhibit": exhibit,
        "appendix": appendix_html,
        "day": _day,
        "typographic": typographic,
        "count_text": lambda count: _count(count, current().code),
        "unit_name": lambda unit: said(UNITS[unit].title),
        "said": said,
        "said_as_is": lambda text: said(text, as_is),
        "plain": plain,
        "heading": _heading,
        "keep": keep_together,
        "is_address": is_safe_address,
        "flag_mark": flag_mark,
        "css_text": css_text,
        "meaning": SYMBOLS.get,
    }
    # HTMLExporter would parse the finished page again, for images that it has not: half the time.
    return TemplateExporter(
        template_name=TEMPLATE,
        template_file=template,
        extra_template_basedirs=[str(TEMPLATES)],
        default_preprocessors=[],
        filters={name: _when_rendered(function) for name, function in filters.items()},
    )


def _when_rendered(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter that is not applied to a constant already when its template is compiled.

    The language is that of the edition that is rendered; a template is compiled for all of them.
    """

    @pass_context
    def apply(_: object, *given: Any) -> Any:
        return function(*given)

    return apply


def exhibit_html(output: NotebookNode, csv: Mapping[str, str]) -> Markup:
    """Return the HTML of one output of the assembled document; `csv` has its tables' by id."""
    exhibit = exhibit_of(output.data)
    table = exhibit.table if isinstance(exhibit, Chart) else exhibit
    number, svg = output.metadata.get("number") or None, output.data.get(SVG_MIME, "")
    return _exhibit_html(exhibit, number, svg, csv.get(table.id, ""))


@remembered
def _exhibit_html(
    exhibit: Table | Chart | Figures, number: int | None, svg: str, csv: str
) -> Markup:
    if isinstance(exhibit, Table):
        return table_html(exhibit, number, csv=csv)
    if isinstance(exhibit, Chart):
        return chart_html(exhibit, number, svg, csv=csv)
    return figures_html(exhibit)


def appendix_html(about: Mapping[str, Any]) -> Markup:
    """Return the appendix of origins: half of the page, which new words leave as it is."""
    parts = {name: about[name] for name in ("origins", "frames", "unused")}
    return _appendix(json.dumps(parts), current().code)


@lru_cache(maxsize=2)
def _appendix(text: str, _: str) -> Markup:
    template = _exporter(PAGE, exhibit_html).environment.get_template(APPENDIX)
    return Markup(template.render(about=json.loads(text), nbsp=NBSP))


@cache
def style() -> str:
    """Return the page's style: the fonts, the palette in both surroundings, then `style.css`."""
    dark = "@media screen and (prefers-color-scheme: dark)"
    charts = palette.css_dark_charts(".drawing")
    return "\n".join(
        (
            font_faces(),
            f":root {{ color-scheme: light; {palette.css_variables()} }}",
            f"{dark} {{ :root {{ color-scheme: dark; {palette.css_variables(dark=True)} }}",
            f"{charts} }}",
            (TEMPLATES / TEMPLATE / "style.css").read_text(encoding="utf-8"),
        )
    )


def font_faces() -> str:
    """Return the rules that give the fonts of the page, which are in the rules."""
    return "\n".join(_face(*face) for face in FACES)


def _face(family: str, shape: str, weight: int, file: str) -> str:
    data = b64encode((FONTS / f"{file}.woff2").read_bytes()).decode("ascii")
    return (
        f'@font-face {{ font-family: "{family}"; font-style: {shape}; font-weight: {weight}; '
        f"font-display: block; src: url(data:font/woff2;base64,{data}) format('woff2'); }}"
    )


def css_text(text: str) -> Markup:
    """Return a text as CSS writes one between quotes, where HTML cannot be written."""
    return Markup(
        "".join(f"\\{ord(sign):x} " if sign in "\"'\\<>&\n\r\f" else sign for sign in text)
    )


@cache
def _count(count: int, language: str) -> str:
    """Return a number of rows in a language: the appendix shows few, hundreds of times."""
    return format_number(count)


def _heading(heading: Any) -> Markup:
    """Return the text of a heading, which the chapter wrote in the language that `lang` says."""
    text = typographic(heading["text"])
    return Markup(f"<span {IN_FRENCH}>{{}}</span>" if heading["lang"] else "{}").format(text)


def _day(text: Any) -> str:
    return format_date(date.fromisoformat(str(text)), "article")
