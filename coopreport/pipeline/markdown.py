"""The Markdown of chapters, as tokens: tables, MyST's roles and boxes, and notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import mistune
from mistune.directives import Admonition, FencedDirective

from coopreport.pipeline import footnotes
from coopreport.translation.words import plain

Token = dict[str, Any]

ADMONITIONS = {"note": "À noter", "warning": "Prudence", "important": "Important"}
ROLE = r"\{(?P<role_name>[a-z]+)\}(?P<role_ticks>`+)(?P<role_text>.+?)(?P=role_ticks)(?!`)"


def parse(markdown: str) -> list[Token]:
    """Return mistune's tokens of `markdown`, their inline parts parsed."""
    parser = mistune.create_markdown(
        renderer=None, plugins=["table", _roles, _fences, footnotes.plugin]
    )
    tokens = parser(markdown)
    assert isinstance(tokens, list)
    return tokens


def walk(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield every token and its descendants, in order of appearance."""
    for token in tokens:
        yield token
        yield from walk(token.get("children", ()))


def _roles(md: mistune.Markdown) -> None:
    """The mistune plugin of MyST roles: {eval}`…`, {numref}`…`."""

    def role(inline: Any, match: re.Match[str], state: Any) -> int:
        name, text = match["role_name"], match["role_text"].strip()
        known = name in ("eval", "numref")
        kind = f"role_{name}" if known else "role_unknown"
        state.append_token({"type": kind, "raw": text if known else match[0]})
        return match.end()

    md.inline.register("role", ROLE, role, before="codespan")


class _Boxes(Admonition):
    """Admonitions whose title is Markdown's text, the edition's word when none is given."""

    def parse(self, block: Any, m: re.Match[str], state: Any) -> Token:
        name = self.parse_type(m)
        title = self.parse_title(m).strip() or plain(ADMONITIONS[name])
        return {
            "type": "box",
            "attrs": {"name": name, "title": title},
            "children": self.parse_tokens(block, self.parse_content(m), state),
        }

    def __call__(self, directive: Any, md: mistune.Markdown) -> None:
        for name in ADMONITIONS:
            directive.register(name, self.parse)


def _fences(md: mistune.Markdown) -> None:
    FencedDirective([_Boxes()], ":")(md)
