"""A chart's texts in English: its title, its description, and the words of its vega-lite object.

Every French text of the object is looked up whole, so that a series has one name in the data, in
the scale and in the legend. Formulas keep their words but for the texts between quotes in them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from coopreport.charts.theme import wrap
from coopreport.languages import ENGLISH, FRENCH
from coopreport.translation.messages import Messages

TEXTS = frozenset({"text", "title", "domain", "values", "sort"})
"""Keys whose strings are words for the reader, or names that the data repeat."""
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


def in_english(draw: Callable[..., str], messages: Messages) -> Callable[..., str]:
    """Return what draws a chart, `draw`, with its texts in English."""

    def drawn(spec: Mapping[str, Any], *, id: str, title: str, alt: str) -> str:
        said, told = messages.find(title), messages.find(alt)
        return draw(
            translated_spec(spec, messages),
            id=id,
            title=said or title,
            alt=told or alt,
            langs=(_tag(said), _tag(told)),
        )

    return drawn


def translated_spec(spec: Any, messages: Messages) -> Any:
    """Return a vega-lite object whose texts are in English where there is one."""

    def walk(node: Any, texts: bool) -> Any:
        if isinstance(node, Mapping):
            return {key: of_key(key, value, texts) for key, value in node.items()}
        if isinstance(node, list):
            return [walk(item, texts) for item in node]
        return word(node) if texts and isinstance(node, str) else node

    def of_key(key: str, value: Any, texts: bool) -> Any:
        if key == "labelExpr":
            return _QUOTED.sub(lambda match: json.dumps(word(json.loads(match[0]))), value)
        if key == "config":
            return value
        return walk(value, texts or key in TEXTS or key == "datasets")

    def word(text: str) -> str:
        found = messages.find(text)
        if found is None:
            return text
        lines = text.split("\n")
        return _wrapped(found, lines) if len(lines) > 1 else found

    return walk(spec, texts=False)


def _wrapped(text: str, lines: Sequence[str]) -> str:
    """Return a text on as many lines as its French, which are as wide as they have to be."""
    width = max(map(len, lines))
    while wrap(text, width).count("\n") >= len(lines):
        width += 1
    return wrap(text, width)


def _tag(found: str | None) -> str:
    return FRENCH.tag if found is None else ENGLISH.tag
