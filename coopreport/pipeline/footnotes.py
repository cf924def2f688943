"""Notes of the prose: `[^key]` calls one, `[^key]: …` in the same cell writes it.

They are numbered through a chapter and stand at its end; each leads back to its first call.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import mistune
from markupsafe import Markup
from mistune.plugins.footnotes import INLINE_FOOTNOTE, footnotes, parse_inline_footnote
from mistune.util import unikey

from coopreport.errors import ChapterFailed, quoted, shorten
from coopreport.locale import NBSP

Token = dict[str, Any]

NEVER_CALLED, NEVER_WRITTEN = "footnote_never_called", "footnote_never_written"


@dataclass
class Notes:
    """The notes of one chapter, in order, as HTML; `before` is how many earlier cells have.

    Each ends with a paragraph, left open for the link back.
    """

    chapter: str
    texts: list[Markup] = field(default_factory=list)
    calls: dict[int, int] = field(default_factory=dict)
    before: int = 0

    def call(self, index: int) -> Markup:
        """Return a call of the note at `index` (from 1) of the cell at hand."""
        number = self.before + index
        self.calls[number] = self.calls.get(number, 0) + 1
        again = f"-{self.calls[number]}" if self.calls[number] > 1 else ""
        return Markup(
            '<sup class="call"><a href="#note-{0}-{1}" id="appel-{0}-{1}{2}" role="doc-noteref" '
            'aria-label="Note{3}{1}">{1}</a></sup>'
        ).format(self.chapter, number, again, NBSP)

    def add(self, texts: Sequence[str]) -> None:
        """Add the notes of the cell at hand, in the order of their first calls."""
        for text in map(str.rstrip, texts):
            ends = text.endswith("</p>")
            self.texts.append(Markup(text.removesuffix("</p>") if ends else f"{text}<p>"))
        self.before = len(self.texts)

    def html(self) -> Markup:
        """Return the notes as a list; nothing when the chapter has none."""
        if not self.texts:
            return Markup("")
        items = Markup("").join(
            Markup(
                '<li id="note-{0}-{1}">{2} <a href="#appel-{0}-{1}" role="doc-backlink" '
                'aria-label="Retour à l’appel de la note{3}{1}">↩</a></p></li>'
            ).format(self.chapter, number, text, NBSP)
            for number, text in enumerate(self.texts, 1)
        )
        return Markup(
            '<section class="footnotes" role="doc-endnotes" aria-label="Notes du chapitre">'
            "<ol>{}</ol></section>\n"
        ).format(items)


def plugin(md: mistune.Markdown) -> None:
    """The mistune plugin of notes; a call without a note, or a note without a call, is told."""

    def parse_call(inline: Any, match: re.Match[str], state: Any) -> int:
        if unikey(match["footnote_key"]) in state.env.get("ref_footnotes", {}):
            return parse_inline_footnote(inline, match, state)
        state.append_token({"type": NEVER_WRITTEN, "raw": match[0]})
        return match.end()

    def tell_lost(_: mistune.Markdown, tokens: Any, state: Any) -> Any:
        called = state.env.get("footnotes") or ()
        lost = [key for key in state.env.get("ref_footnotes", {}) if key not in called]
        return [*tokens, *({"type": NEVER_CALLED, "raw": f"[^{key.lower()}]"} for key in lost)]

    footnotes(md)
    md.inline.register("footnote", INLINE_FOOTNOTE, parse_call, before="link")
    md.after_render_hooks.append(tell_lost)


def check(token: Token, chapter: str) -> None:
    """Raise ChapterFailed for a call without a note, or a note without a call."""
    name = shorten(token.get("raw", ""))
    if token["type"] == NEVER_WRITTEN:
        raise ChapterFailed(
            f"{chapter}{NBSP}: l’appel de note {quoted(name)} n’a pas de note.",
            f"écrivez-la dans la même cellule, sur une ligne à elle{NBSP}: {name}: …",
        )
    if token["type"] == NEVER_CALLED:
        raise ChapterFailed(
            f"{chapter}{NBSP}: la note {quoted(name)} n’est jamais appelée.",
            f"appelez-la dans le texte de la même cellule par {name}, ou retirez-la.",
        )
