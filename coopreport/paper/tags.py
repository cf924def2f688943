"""The structure of a tagged PDF, made right where WeasyPrint 70 leaves it wrong.

WeasyPrint gives the cells of a table `ID` and `Headers`, which are not unique once a table is cut
by the end of a sheet; a heading that has its `Scope` needs neither. Called by the press, on the
objects of the file before they are written. Source: ISO 32000-1, 14.8.4 and 14.8.5.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Element = dict[str, Any]


def finish_tags(pdf: Any) -> None:
    """Give the headings of tables their scope, lists their items, links their words; in place."""
    for element in _elements(pdf):
        tag = element["S"]
        if tag == "/TH":
            element.pop("ID", None)
            element["A"]["Scope"] = "/Column" if "/THead" in _above(pdf, element) else "/Row"
        elif tag == "/TD":
            element["A"].pop("Headers", None)
            if len(element["A"]) == 1:  # nothing but its owner
                del element["A"]
        elif tag == "/Div" and _parent(pdf, element).get("S") == "/L":
            _as_item(pdf, element)
    for annotation in pdf.objects:
        if isinstance(annotation, dict) and annotation.get("Subtype") == "/Link":
            annotation["Contents"].string = _words(annotation)


def _as_item(pdf: Any, element: Element) -> None:
    """Make one item of a group of a term and its definitions, which became an item each."""
    element["S"] = "/LI"
    for position, child in enumerate(_children(pdf, element)):
        if child.get("S") == "/LI":
            child["S"] = "/Lbl" if position == 0 else "/LBody"
            for inner in _children(pdf, child):
                inner["S"] = "/Div"


def _words(annotation: Element) -> str:
    """Return what a reader that speaks says of a link: an address, or a place of the report."""
    if "Dest" not in annotation:
        return str(annotation["Contents"].string)
    place = str(annotation["Dest"].string)
    name = place.removeprefix("indicateur-")
    return f"Provenance de {name}" if name != place else f"Aller à {place}"


def _elements(pdf: Any) -> Iterator[Element]:
    for element in pdf.objects:
        if isinstance(element, dict) and element.get("Type") == "/StructElem":
            yield element


def _parent(pdf: Any, element: Element) -> Element:
    return _at(pdf, element["P"])


def _above(pdf: Any, element: Element) -> Iterator[str]:
    """Yield the tags of what holds an element, up to its table."""
    while element.get("S") not in ("/Table", None):
        element = _parent(pdf, element)
        yield str(element.get("S"))


def _children(pdf: Any, element: Element) -> list[Element]:
    references = [kid for kid in element["K"] if isinstance(kid, bytes)]
    return [_at(pdf, reference) for reference in references]


def _at(pdf: Any, reference: bytes) -> Element:
    """Return the object of a reference, as `12 0 R`."""
    found: Element = pdf.objects[int(reference.split()[0])]
    return found
