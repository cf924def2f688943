"""The templates of pages made without nbconvert: all that goes in is text, escaped by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from coopreport.locale import NBSP, count_of, format_number

TEMPLATES = Path(__file__).parent.parent / "templates"


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


def tidy(page: str) -> str:
    """Return a page without blank lines nor spaces at the end of lines, ending with a newline."""
    return "\n".join(line.rstrip() for line in page.splitlines() if line.strip()) + "\n"
