"""French texts as the edition shows them: as they are, in English, or marked as French.

The page and its exhibits pass every text that is not prose through here. In a French edition they
come out as they went in.
"""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup, escape

from coopreport.languages import FRENCH
from coopreport.locale import current, typographic
from coopreport.translation.messages import messages

IN_FRENCH = 'lang="fr"'
"""What marks a passage that an English page shows in French, whatever its element."""


def plain(text: str) -> str:
    """Return a text for an attribute, which no element can mark: English, or else French."""
    if current() is FRENCH:
        return text
    return messages().find(text) or text


def said(text: str, spaces: Callable[[str], str] = typographic) -> Markup:
    """Return a text as HTML; French in an English page is marked.

    `spaces` gives French text its no-break spaces; English has none to give.
    """
    if current() is FRENCH:
        return escape(spaces(text))
    found = messages().find(text)
    if found is not None:
        return escape(found)
    return Markup(f"<span {IN_FRENCH}>{{}}</span>").format(spaces(text))


def as_is(text: str) -> str:
    """Return a text without a change, where its spaces are not ours to give."""
    return text
