"""A file inside a page: a link that saves it, with no request and no script."""

from __future__ import annotations

import re
from urllib.parse import quote

from markupsafe import Markup

MEDIA_TYPES = {"csv": "text/csv", "svg": "image/svg+xml"}
PLAIN = "!$'()*+,-./:;=?@_~ []{}|"
"""What stays as it is in an address: shorter than Base64 for texts of ours."""
FONT = 'font-family="Coop Sans"'
FONTS = "font-family=\"'Coop Sans', 'Source Sans 3', 'Segoe UI', Arial, sans-serif\""
"""The font of our drawings, and those that come close where it is not at hand."""


class _Quoted(dict[int, str]):
    """What stands for each sign in an address, for `str.translate`; found at its first use."""

    def __missing__(self, sign: int) -> str:
        self[sign] = quote(chr(sign), safe=PLAIN)
        return self[sign]


QUOTED = _Quoted()


def data_link(file: str, text: str, of: str) -> Markup:
    """Return the link that saves `text` under the name `file`, whose ending says what it is.

    The name comes from an exhibit's id (a-z, 0-9, `_` and `.`); `of` tells what it is a file of.
    """
    kind = file.rpartition(".")[2]
    content = _alone(text) if kind == "svg" else text
    return Markup(
        '<a class="file" download="{}" href="data:{};charset=utf-8,{}">{}'
        '<span class="unseen"> {}</span></a>'
    ).format(file, MEDIA_TYPES[kind], Markup(content.translate(QUOTED)), kind.upper(), of)


def _alone(svg: str) -> str:
    """Return a drawing of the page on paper of its own, with other fonts where ours is missing."""
    on_paper = re.sub(r"<svg\b", '<svg style="background:#ffffff"', svg, count=1)
    return on_paper.replace(FONT, FONTS)
