"""Put pieces of HTML beside elements of a finished page, which stays as it is otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser

VOID = frozenset(["br", "hr", "img", "input", "link", "meta", "col", "wbr", "source"])
INSIDE = frozenset(["li", "dd"])
"""Elements that nothing may follow but their like: a piece goes in at their end."""
BESIDE = frozenset(["p", "div", "figure", "section", "header", "h2", "h3", "h4", "h5", "h6"])


class Places(HTMLParser):
    """Where the elements of a page end, by id; where its links to files begin.

    `ends` has the offset after which a piece may stand; elements that nothing may stand beside
    (rows, cells, buttons) are left out. `links` are the offsets of relative addresses.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ends: dict[str, int] = {}
        self.links: list[int] = []
        self._page = page
        self._lines = [0, *(found.end() for found in re.finditer("\n", page))]
        self._open: list[tuple[str, str]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and _is_relative(given.get("href") or ""):
            self.links.append(self._page.index('href="', self._offset()) + len('href="'))
        if tag not in VOID:
            self._open.append((tag, given.get("id") or ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element of a drawing, closed at once: nothing stands in it."""

    def handle_endtag(self, tag: str) -> None:
        if tag not in (name for name, _ in self._open):
            return
        while (opened := self._open.pop())[0] != tag:
            pass
        if opened[1] and tag in INSIDE:
            self.ends.setdefault(opened[1], self._offset())
        elif opened[1] and tag in BESIDE:
            self.ends.setdefault(opened[1], self._page.index(">", self._offset()) + 1)

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column


def with_pieces(page: str, pieces: Iterable[tuple[int, str]]) -> str:
    """Return a page with pieces at offsets; those of one offset keep their order."""
    parts, last = [], 0
    for at, piece in sorted(pieces, key=lambda pair: pair[0]):
        parts += [page[last:at], piece]
        last = at
    return "".join([*parts, page[last:]])


def _is_relative(address: str) -> bool:
    """Tell whether an address is that of a file beside the page."""
    return bool(address) and address[0] not in "#/" and ":" not in address.split("/")[0]
