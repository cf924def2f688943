"""Pages that are not the brief: a template and a style of their own, over the brief's style.

Each is one self-contained file without a script. Every value is escaped by the environment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from coopreport.locale import NBSP
from coopreport.pipeline.render import TEMPLATES, style
from coopreport.pipeline.scripts import policy


def page_html(template: str, filters: Mapping[str, Callable[..., Any]], **values: Any) -> str:
    """Return the page of a folder of `templates/`, as HTML text ending with a newline.

    The template receives `values`, `nbsp`, `policy` and `style`; `filters` are its own.
    """
    folder = TEMPLATES / template
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= filters
    page = environment.get_template("index.html.j2").render(
        **values,
        nbsp=NBSP,
        policy=policy(),
        style=Markup(style() + (folder / "style.css").read_text(encoding="utf-8")),
    )
    return "\n".join(line.rstrip() for line in page.splitlines() if line.strip()) + "\n"
