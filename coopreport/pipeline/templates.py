"""The templates of pages made without nbconvert: all that goes in is text, escaped by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from coopreport.locale import NBSP, count_of, format_number
from coopreport.pipeline.render import TEMPLATES, style
from coopreport.pipeline.scripts import policy, tidy


def environment(room: str, filters: Mapping[str, Callable[..., Any]]) -> Environment:
    """Return the environment of `templates/<room>/`, with these filters beside the common ones."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES / room),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["nbsp"] = NBSP
    made.filters |= {"count_text": format_number, "count_of": count_of, **filters}
    return made


def style_of(room: str) -> str:
    """Return the style that a room adds to the brief's."""
    return (TEMPLATES / room / "style.css").read_text(encoding="utf-8")


def page_html(room: str, filters: Mapping[str, Callable[..., Any]], **values: Any) -> str:
    """Return the page of a room: self-contained, no script, in the brief’s style and its own.

    `filters` are the room's own; its `index.html.j2` receives `values`, `policy` and `style`.
    """
    page = environment(room, filters).get_template("index.html.j2")
    text = page.render(**values, policy=policy(), style=Markup(style() + style_of(room)))
    return f"{tidy(text)}\n"
