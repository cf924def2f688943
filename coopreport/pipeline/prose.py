"""Prose of the chapters: a Markdown cell in, safe HTML out.

`markdown` reads it. Raw HTML is shown as text, harmful links lead nowhere, images are
refused. Beyond plain Markdown: tables, the MyST roles {eval} (a number by name: its HTML comes
from the cell's `user_expressions`) and {numref} (a link to a table, a chart or a row with an
address), MyST's colon fences `:::{note}`, `:::{warning}`, `:::{important}`, and notes. Headings go
down one level: the page has one `h1`, the report's title. Each passage (a paragraph, an item of a
list, a table of the text) has an id made from its own words, which stays the same whatever is
written around it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from ast import literal_eval
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import mistune
from markupsafe import Markup, escape

from coopreport.errors import ChapterFailed, nearest, shorten
from coopreport.languages import FRENCH
from coopreport.locale import current, typographic
from coopreport.pipeline import footnotes
from coopreport.pipeline.markdown import Token, parse, walk
from coopreport.translation.words import IN_FRENCH, as_is, plain, said


@dataclass(frozen=True)
class Heading:
    """A heading of a chapter: its level in the chapter (1: the chapter's title), text and id.

    `lang` is `fr` for what an English page shows in French, else "".
    """

    level: int
    text: str
    id: str
    number: str = ""
    lang: str = ""


@dataclass
class Context:
    """What rendering one chapter's prose needs: where it is, and what it may refer to.

    `references` maps an exhibit's id to its words (`tableau 3`). `notes` gathers the chapter's. Ids
    of headings are `<chapter>-<slug>`, those of passages `<chapter>-p-<hash>`; `taken` keeps them
    apart through the chapter's cells. `spaces` gives the text of the present cell the spaces of its
    language.
    """

    chapter: str
    references: Mapping[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    number: int = 0
    section: int = 0
    spaces: Callable[[str], str] = typographic

    def __post_init__(self) -> None:
        self.notes = footnotes.Notes(self.chapter)


def expressions(markdown: str) -> list[str]:
    """Return the {eval} expressions of a Markdown cell, in order; code holds none."""
    return [token["raw"] for token in walk(parse(markdown)) if token["type"] == "role_eval"]


def title_of(markdown: str) -> str | None:
    """Return the text of the cell's first level-1 heading, or None."""
    for token in walk(parse(markdown)):
        if token["type"] == "heading" and token["attrs"]["level"] == 1:
            return _text(token["children"], {})
    return None


def slug(text: str) -> str:
    """Return `text` as ASCII words joined by hyphens: `portee-et-limites`."""
    letters = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe"))
    ascii_only = letters.replace("’", " ").encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", ascii_only)) or "section"


def prose_html(
    markdown: str,
    context: Context,
    user_expressions: Sequence[Mapping[str, Any]] = (),
    *,
    french: str | None = None,
    untranslated: bool = False,
) -> tuple[Markup, list[Heading]]:
    """Return a Markdown cell as HTML, and its headings.

    `user_expressions` are the cell's metadata, in order of appearance. `french` is the cell that an
    English one translates: its headings give the ids, the same in both editions. `untranslated`: a
    French cell of an English page; each of its blocks is marked. ChapterFailed when an
    expression has no good result, a reference is unknown, or the cell holds an image or an
    unknown role or fence.
    """
    tokens = parse(markdown)
    context.spaces = typographic if french is None else as_is
    results = _results(tokens, user_expressions, context)
    _check(tokens, context)
    titles = [token for token in walk(tokens) if token["type"] == "heading"]
    named = titles if french is None else _headings(french)
    headings = [
        _place(token, _text(name["children"], results), context, results)
        for token, name in zip(titles, named, strict=True)
    ]
    for token in walk(tokens):
        if _is_passage(token):
            token["attrs"] = {**token.get("attrs", {}), "id": _passage_id(token, context)}
    renderer = _Renderer(context, results)
    if untranslated:
        state = mistune.BlockState()
        html = Markup("").join(Markup(_in_french(renderer([t], state))) for t in tokens)
        headings = [replace(heading, lang="fr") for heading in headings]
    else:
        html = Markup(renderer(iter(tokens), mistune.BlockState()))
    context.notes.add(renderer.notes)
    return html, headings


def _headings(markdown: str) -> list[Token]:
    return [token for token in walk(parse(markdown)) if token["type"] == "heading"]


def _in_french(block: str) -> str:
    """Return a block of HTML whose element says that it is in French."""
    return re.sub(r"^\s*<[a-z0-9]+", rf"\g<0> {IN_FRENCH}", block)


def _place(
    token: Token, name: str, context: Context, results: Mapping[int, Mapping[str, str]]
) -> Heading:
    """Give a heading token its number and the id of its French `name`; return it as a `Heading`."""
    level = token["attrs"]["level"]
    text = _text(token["children"], results, context.spaces)
    base = context.chapter if level == 1 else f"{context.chapter}-{slug(name)}"
    id = _untaken(base, context)
    if level == 2:
        context.section += 1
    number = {1: str(context.number), 2: f"{context.number}.{context.section}"}.get(level, "")
    token["attrs"]["id"] = id
    token["attrs"]["number"] = number if context.number else ""
    return Heading(level, text, id, token["attrs"]["number"])


def _untaken(base: str, context: Context) -> str:
    """Return `base`, or `base-2`, `base-3` … when the chapter has one already; it is then taken."""
    name, count = base, 1
    while name in context.taken:
        count += 1
        name = f"{base}-{count}"
    context.taken.add(name)
    return name


def _is_passage(token: Token) -> bool:
    """Tell whether a token is a passage; an item of several paragraphs is not: they are."""
    if token["type"] == "list_item":
        return bool(token["children"]) and token["children"][0]["type"] == "block_text"
    return token["type"] in ("paragraph", "table")


def _passage_id(token: Token, context: Context) -> str:
    """Return the id of a passage: the hash of its words, where a number counts by its name.

    What the number is worth does not change the id, nor does any other passage.
    """
    own = token["children"][:1] if token["type"] == "list_item" else token["children"]
    names = {id(each): {"text": each["raw"]} for each in walk(own) if each["type"] == "role_eval"}
    digest = hashlib.sha256(_text(own, names).encode()).hexdigest()[:8]
    return _untaken(f"{context.chapter}-p-{digest}", context)


def _results(
    tokens: list[Token], given: Sequence[Mapping[str, Any]], context: Context
) -> dict[int, dict[str, str]]:
    """Return each {eval} token's HTML and text, by the token's identity, in order of appearance."""
    found: dict[int, dict[str, str]] = {}
    roles = [token for token in walk(tokens) if token["type"] == "role_eval"]
    for position, token in enumerate(roles):
        expression = token["raw"]
        entry = given[position] if position < len(given) else {}
        result = entry.get("result", {})
        if entry.get("expression") != expression or result.get("status") != "ok":
            why = result.get("evalue", "aucun résultat")
            raise ChapterFailed(
                f"{context.chapter} : le nombre {{eval}}`{shorten(expression)}` n’a pas de valeur "
                f"({shorten(str(why), 200)}).",
                "corrigez le nom de l’indicateur dans le texte, ou définissez-le avant.",
            )
        data = result["data"]
        text = _unquoted(str(data.get("text/plain", "")))
        html = data.get("text/html")
        found[id(token)] = {"html": _shown(html) if html else str(escape(text)), "text": text}
        if html:
            found[id(token)]["text"] = Markup(html).striptags()
    return found


def _shown(html: str) -> str:
    """Return what an expression gives: a number as it is, a computed sentence in its language."""
    sentence = re.fullmatch(r"<span>(.*)</span>", html, flags=re.DOTALL)
    if not sentence or current() is FRENCH:
        return html
    return str(Markup("<span>{}</span>").format(said(Markup(sentence[1]).unescape(), as_is)))


def _unquoted(text: str) -> str:
    """Return the text of a Python string's representation: the kernel sends `'a'` for a."""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        try:
            return str(literal_eval(text))
        except (SyntaxError, ValueError):
            return text
    return text


def _check(tokens: list[Token], context: Context) -> None:
    """Raise ChapterFailed for what a page cannot hold."""
    for token in walk(tokens):
        footnotes.check(token, context.chapter)
        if token["type"] == "image":
            raise ChapterFailed(
                f"{context.chapter} : image « {_text(token['children'], {})} » dans le texte.",
                "montrez un graphique par une cellule de code; la page n’a pas d’images liées.",
            )
        if token["type"] == "role_unknown" or token["type"] == "block_error":
            raise ChapterFailed(
                f"{context.chapter} : écriture MyST inconnue « {shorten(token['raw'])} ».",
                "seuls {eval} et {numref}, et les encadrés note, warning et important, existent.",
            )
        if token["type"] == "role_numref" and token["raw"] not in context.references:
            known = list(context.references)
            raise ChapterFailed(
                f"{context.chapter} : renvoi à « {shorten(token['raw'])} », qui n’est ni un "
                "tableau ni un graphique du rapport.",
                nearest(token["raw"], known) or f"noms connus : {', '.join(known) or 'aucun'}.",
            )


def _text(
    tokens: Sequence[Token],
    results: Mapping[int, Mapping[str, str]],
    spaces: Callable[[str], str] = typographic,
) -> str:
    """Return the plain text of inline tokens."""
    parts = []
    for token in tokens:
        if token["type"] == "role_eval":
            parts.append(results.get(id(token), {}).get("text", "…"))
        elif token["type"] in ("softbreak", "linebreak"):
            parts.append(" ")
        elif "children" in token:
            parts.append(_text(token["children"], results, spaces))
        else:
            parts.append(token.get("raw", ""))
    return spaces("".join(parts).strip())


class _Renderer(mistune.HTMLRenderer):
    """mistune's HTML, with our headings, roles, boxes and scoped table headers."""

    def __init__(self, context: Context, results: Mapping[int, Mapping[str, str]]) -> None:
        super().__init__(escape=True)
        self._context = context
        self._results = results
        self.notes: list[str] = []

    def render_token(self, token: Token, state: Any) -> str:
        kind = token["type"]
        if kind == "text":
            return str(escape(self._context.spaces(token["raw"])))
        if kind == "role_eval":
            return self._results[id(token)]["html"]
        if kind == "role_numref":
            words = self._context.references[token["raw"]]
            return Markup('<a href="#{}">{}</a>').format(token["raw"], words)
        if kind == "box":
            return self._box(token, state)
        if kind == "heading":
            return self._heading(token, state)
        if kind == "footnote_ref":
            return self._context.notes.call(token["attrs"]["index"])
        if kind == "footnotes":
            self.notes = [self.render_tokens(item["children"], state) for item in token["children"]]
            return ""
        if _is_passage(token):
            return self._passage(token, state)
        if kind in ("table_head", "table_row", "table_body"):
            inner = self.render_tokens(token["children"], state)
            tags = {"table_head": ("<thead><tr>", "</tr></thead>"), "table_row": ("<tr>", "</tr>")}
            start, end = tags.get(kind, ("<tbody>", "</tbody>"))
            return f"{start}{inner}{end}"
        if kind == "table_cell":
            inner = self.render_tokens(token["children"], state)
            return (
                f'<th scope="col">{inner}</th>' if token["attrs"]["head"] else f"<td>{inner}</td>"
            )
        return str(super().render_token(token, state))

    def _heading(self, token: Token, state: Any) -> str:
        attrs = token["attrs"]
        tag = f"h{min(attrs['level'] + 1, 6)}"
        address = f'<a class="number address" href="#{attrs["id"]}">{attrs["number"]}</a> '
        number = address if attrs["number"] else ""
        inner = self.render_tokens(token["children"], state)
        return f'<{tag} id="{attrs["id"]}">{number}{inner}</{tag}>\n'

    def _passage(self, token: Token, state: Any) -> str:
        inner = self.render_tokens(token["children"], state)
        id = f'id="{token["attrs"]["id"]}"'
        if token["type"] == "table":
            name = escape(plain("Tableau du texte"))
            return (
                f'<div class="scroll" {id} role="region" aria-label="{name}" '
                f'tabindex="0"><table>{inner}</table></div>\n'
            )
        tag = "li" if token["type"] == "list_item" else "p"
        return f"<{tag} {id}>{inner}</{tag}>\n"

    def _box(self, token: Token, state: Any) -> str:
        attrs = token["attrs"]
        title = escape(self._context.spaces(attrs["title"]))
        inner = self.render_tokens(token["children"], state)
        name = "definition" if title.startswith(("Définition", "Definition")) else attrs["name"]
        return (
            f'<div class="box {name}" role="note" aria-label="{title}">'
            f'<p class="title">{title}</p>{inner}</div>\n'
        )
