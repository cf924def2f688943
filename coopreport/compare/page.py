"""The page that sets two versions side by side: one self-contained file, without a script.

Everything that comes from a version is text, escaped by the template; a published drawing is
cleaned again, under ids of its own, so that the old and the new stand on one page.
"""

from __future__ import annotations

from datetime import date
from xml.etree.ElementTree import ParseError

from markupsafe import Markup

from coopreport.charts.svg import clean_svg
from coopreport.compare.causes import KINDS, value_text
from coopreport.compare.changes import Comparison
from coopreport.compare.documents import Drawing
from coopreport.compare.versions import Version
from coopreport.exhibit_html import WIDEST_UPRIGHT
from coopreport.locale import NBSP, format_date, keep_together
from coopreport.pipeline.templates import page_html

MOST_ROWS = 8
"""The list of inputs names this many rows of a table, and counts the others."""


def render_page(comparison: Comparison) -> str:
    """Return the page of a comparison, as HTML text ending with a newline."""
    filters = {"value_text": value_text, "together": keep_together}
    return page_html(
        "compare",
        filters,
        comparison=comparison,
        old=comparison.old,
        new=comparison.new,
        name_of=version_name,
        about=version_about,
        drawing=drawing_html,
        causes=KINDS,
        most_rows=MOST_ROWS,
        widest=WIDEST_UPRIGHT,
    )


def version_name(version: Version, other: Version) -> str:
    """Return a version's name, with its cycle when the other is of another one."""
    return version.name if version.cycle == other.cycle else f"{version.cycle}, {version.name}"


def version_about(version: Version) -> str:
    """Return what a version is: its kind, date and reason, or that it is no release."""
    release = version.release
    if not release:
        return "production qui n’est pas publiée"
    day = format_date(date.fromisoformat(release["date"]), "article") if release.get("date") else ""
    told = " ".join(filter(None, [str(release.get("kind", "")), day]))
    reason = str(release.get("reason", ""))
    return f"{told}{NBSP}: {reason}" if reason else told


def drawing_html(drawing: Drawing, side: str) -> Markup:
    """Return a published drawing under ids of its own; `side` is `avant` or `apres`."""
    chart = drawing.chart
    try:
        svg = clean_svg(drawing.svg, id=f"{side}.{chart.id}", title=chart.title, alt=chart.alt)
    except (ParseError, ValueError):
        return Markup("<p>Ce dessin ne peut pas être montré.</p>")
    return Markup(svg)
