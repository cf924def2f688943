"""A file inside a page: a link that saves it, with no request and no script."""

from __future__ import annotations

import re
from urllib.parse import quote

from markupsafe import Markup

from coopreport.locale import NBSP

PLAIN = "!$'()*+,-./:;=?@_~ []{}|"
"""What stays as it is in an address: shorter than Base64 for texts of ours."""
DRAWING = (
    'font-family="Coop Sans"',
    "font-family=\"'Coop Sans', 'Source Sans 3', 'Segoe UI', Arial, sans-serif\"",
)
"""The font of our drawings, and those that come close where it is not at hand."""


def data_link(name: str, kind: str, media_type: str, text: str, of: str) -> Markup:
    """Return the link that saves `text` as the file `<name>.<kind>`.

    `name` is an exhibit's id (a-z, 0-9, `_` and `.`); `of` tells what it is a file of.
    """
    return Markup(
        '<a class="file" download="{}.{}" href="data:{};charset=utf-8,{}">{}'
        '<span class="unseen"> {}</span></a>'
    ).format(name, kind, media_type, Markup(quote(text, safe=PLAIN)), kind.upper(), of)


def files_line(links: list[Markup]) -> Markup:
    """Return the line that offers files to save."""
    return Markup('<p class="files">Télécharger{}: {}</p>').format(
        NBSP, Markup(" · ").join(links)
    )


def standing_alone(svg: str) -> str:
    """Return a drawing of the page as a file: on paper, with other fonts where ours is missing."""
    on_paper = re.sub(r"<svg\b", '<svg style="background:#ffffff"', svg, count=1)
    return on_paper.replace(*DRAWING)
