"""From a vega-lite object to a drawing for the page: deterministic, French, safe to put inline.

vl-convert measures text with the bundled fonts. Its SVG is then cleaned: vega's English ARIA
texts go with all that is not seen, ids are made unique to the chart, the root is an image named by
a French title and description, and only drawing elements may remain, whatever text the data held.
Convert all charts in one process, never in one that forks (vl-convert hangs in a forked child).
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parent.parent / "fonts"
SVG = "http://www.w3.org/2000/svg"
ALLOWED = frozenset({"svg", "g", "path", "rect", "text", "tspan", "line", "circle", "defs"}) | {
    "clipPath",
    "linearGradient",
    "stop",
    "title",
    "desc",
}
Langs = tuple[str, str]
IN_FRENCH: Langs = ("fr-CA", "fr-CA")
GEOMETRY = frozenset({"d", "transform", "x", "y", "x1", "x2", "y1", "y2", "width", "height"})
UNSEEN = frozenset({"", "M0,0h0v0h0Z"})
"""Paths that draw nothing."""
_LONG = re.compile(r"(\d+\.\d\d)\d+")
_URL = re.compile(r"url\(#([^)]+)\)")


def to_svg(
    spec: Mapping[str, Any], *, id: str, title: str, alt: str, langs: Langs = IN_FRENCH
) -> str:
    """Return the SVG text of a vega-lite object, to be put inline in a page.

    `id` makes its inner ids unique in the page; `title` and `alt` become its `<title>` and
    `<desc>`; `langs` are the languages of the title and of the `alt`. ValueError when vega
    draws nothing or something that is not a drawing.
    """
    import vl_convert

    _register_fonts()
    drawn = vl_convert.vegalite_to_svg(json.dumps(spec))
    return clean_svg(drawn, id=id, title=title, alt=alt, langs=langs)


@cache
def _register_fonts() -> None:
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))


def clean_svg(raw: str, *, id: str, title: str, alt: str, langs: Langs = IN_FRENCH) -> str:
    """Return vega's SVG `raw` named, with ids of its own and drawing elements only."""
    ET.register_namespace("", SVG)
    root = ET.fromstring(raw)
    for named in [child for child in root if child.tag in (f"{{{SVG}}}title", f"{{{SVG}}}desc")]:
        root.remove(named)  # a drawing that was cleaned before
    _drop_unseen(root)
    prefix = re.sub(r"[^a-z0-9]+", "-", id.lower()).strip("-")
    for element in root.iter():
        name = str(element.tag).removeprefix(f"{{{SVG}}}")
        if name not in ALLOWED:
            raise ValueError(f"{id} : élément <{name}> dans le dessin; seul un dessin est permis")
        for key in list(element.attrib):
            if (
                key in ("role", "class", "pointer-events")
                or key.startswith(("aria-", "on", "{"))
                or (key == "opacity" and element.attrib[key] == "1")
            ):
                del element.attrib[key]
            elif key == "id":
                element.set(key, f"{prefix}-{element.attrib[key]}")
            else:
                value = _URL.sub(rf"url(#{prefix}-\1)", element.attrib[key])
                element.set(key, _LONG.sub(r"\1", value) if key in GEOMETRY else value)
    if not any(element.tag in (f"{{{SVG}}}path", f"{{{SVG}}}text") for element in root.iter()):
        raise ValueError(f"{id} : le graphique est vide")
    described = ((f"{prefix}-title", "title", title), (f"{prefix}-desc", "desc", alt))
    for position, (name, tag, text) in enumerate(described):
        element = ET.Element(f"{{{SVG}}}{tag}", {"id": name})
        element.text = text
        if tag == "desc" and langs[1] != langs[0]:
            element.set("lang", langs[1])
        root.insert(position, element)
    root.set("role", "img")
    root.set("aria-labelledby", f"{prefix}-title {prefix}-desc")
    root.set("lang", langs[0])
    return ET.tostring(root, encoding="unicode")


def _drop_unseen(element: ET.Element) -> None:
    """Remove what a drawing holds and does not show: empty paths and groups, transparent marks."""
    for child in list(element):
        _drop_unseen(child)
        path, group = child.tag == f"{{{SVG}}}path", child.tag == f"{{{SVG}}}g"
        empty = (path and child.get("d") in UNSEEN) or (group and not len(child))
        if empty or child.get("opacity") == "0" or child.get("display") == "none":
            element.remove(child)
