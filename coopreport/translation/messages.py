"""The English of the page's own texts: `en.po`, found by the French as it is shown.

A `.po` file is gettext's: `msgid` is the French, `msgstr` the English, `fuzzy` an English to look
at again, which is not shown. Titles, labels and sentences are computed, so a French text is looked
up when it is shown, whole: a `msgid` with fields (`Survie des {coops}`) is matched by what it gives
once filled, and what fills a field is looked up in its turn; so is each sentence of a text that is
not found whole. Pure, but for reading the file once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from babel.dates import get_month_names

from coopreport.languages import ENGLISH, FRENCH, NBSP

CATALOGUE = Path(__file__).parent / "en.po"
LONGEST = 3000
"""Characters beyond which a text, which may come from data, is not matched with fields."""
_FIELD = re.compile(r"\{(\w+)\}")
_NEXT_SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-ZÀ-Ý])")
_WORD = re.compile(r"\b(?![IVX]+\b)[^\W\d_]{2,}")
_NAME = re.compile(
    r"https?://\S+|[0-9a-f]{12,64}|\{\w+\}|\S+\.\w{2,5}|[a-z_]+(\.\w+)+|(?=\S*[\d_/|])\S+"
)
_UNIT_WORDS = {"million", "billion", "point", "points", "percentage", "year", "years"} | {
    *("day", "days"),
}


class Messages:
    """French texts with their English."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._exact: dict[str, str] = {}
        self._patterns: list[tuple[list[str], re.Pattern[str], str]] = []
        self._found: dict[str, str | None] = {}
        for french, english in sorted(pairs, key=lambda pair: -len(_FIELD.sub("", pair[0]))):
            if _FIELD.search(french):
                literals = _FIELD.split(_key(french))[::2]
                self._patterns.append((literals, _pattern(french), english))
            else:
                self._exact[_key(french)] = english

    def find(self, text: str) -> str | None:
        """Return the English of a French text, the text itself when it has no words, or None."""
        if text not in self._found:
            self._found[text] = self._find(_key(text)) or (text if is_neutral(text) else None)
        return self._found[text]

    def _find(self, key: str) -> str | None:
        if found := self._exact.get(key):
            return found
        if len(key) > LONGEST:
            return None
        if key[:1].islower() and (found := self._exact.get(key[0].upper() + key[1:])):
            return found[0].lower() + found[1:]
        if key[:1].isupper() and (found := self._exact.get(key[0].lower() + key[1:])):
            return found[0].upper() + found[1:]
        if dated := _date(key):
            return dated
        for literals, pattern, english in self._patterns:
            if _in_order(literals, key) and (match := pattern.fullmatch(key)):
                parts = {name: self.find(part) for name, part in match.groupdict().items()}
                if None not in parts.values():
                    return english.format(**parts)
        first, *others = _NEXT_SENTENCE.split(key, maxsplit=1)
        if others and (one := self.find(first)) and (rest := self.find(others[0])):
            return f"{one} {rest}"
        return None


def is_neutral(text: str) -> bool:
    """Tell whether a text is of no language, or was written in English already by `locale`.

    Codes, names of files, addresses, numbers with their unit, dates.
    """
    if all(_NAME.fullmatch(part) for part in text.split(", ")):
        return True
    return all(word.lower() in _known_words() for word in _WORD.findall(text))


@cache
def messages() -> Messages:
    """Return the messages of `en.po`."""
    return read_messages(CATALOGUE)


def read_messages(path: Path) -> Messages:
    """Return the messages of a `.po` file; those that are marked fuzzy or empty are left out."""
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        catalogue = read_po(file, locale="en_CA")
    return Messages(
        (str(message.id), str(message.string))
        for message in catalogue
        if message.id and message.string and not message.fuzzy
    )


def _date(text: str) -> str | None:
    """Return a French date in words, with its day or without, in English; None for another text."""
    match = re.fullmatch(r"(?:(\d{1,2})(?:er)? )?(\w+) (\d{4})", text)
    months = get_month_names("wide", locale=FRENCH.babel)
    number = next((n for n, name in months.items() if match and name == match[2]), None)
    if match is None or number is None:
        return None
    month = get_month_names("wide", locale=ENGLISH.babel)[number]
    return f"{month} {match[1]}, {match[3]}" if match[1] else f"{month} {match[3]}"


@cache
def _known_words() -> frozenset[str]:
    months = get_month_names("wide", locale=ENGLISH.babel).values()
    return frozenset({*_UNIT_WORDS, *(month.lower() for month in months)})


def _in_order(literals: Iterable[str], text: str) -> bool:
    """Tell whether a text has these parts one after another: most do not, and are done with."""
    place = 0
    for literal in literals:
        place = text.find(literal, place)
        if place < 0:
            return False
        place += len(literal)
    return True


def _key(text: str) -> str:
    """Return a text as it is compared: one kind of space, one kind of apostrophe."""
    return " ".join(text.replace(NBSP, " ").replace("'", "’").split())


def _pattern(french: str) -> re.Pattern[str]:
    """Return what a text with fields looks like once filled; a field twice is the same twice."""
    seen: set[str] = set()
    parts = []
    for position, part in enumerate(_FIELD.split(_key(french))):
        if position % 2 == 0:
            parts.append(re.escape(part))
        elif part in seen:
            parts.append(f"(?P={part})")
        else:
            seen.add(part)
            parts.append(f"(?P<{part}>.+?)")
    return re.compile("".join(parts))
