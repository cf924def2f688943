"""The indicators by name, whole or part by part.

`indicator["financement.annonce"]` and `indicator.financement.annonce` are the same number. A part
that is no Python name goes between brackets: `indicator.survie.coop["5_ans"]`.
"""

from __future__ import annotations

import re
from collections.abc import Container
from keyword import iskeyword
from typing import Any

from coopreport.errors import CoopreportError, nearest, quoted
from coopreport.indicators import Indicator
from coopreport.ledger import Ledger


class UnknownPart(CoopreportError, AttributeError):
    """A part that begins the name of no indicator."""

    exit_code = 4


class IndicatorNames:
    """The indicators whose names begin with a prefix, "" for all of them."""

    def __init__(self, ledger: Ledger, prefix: str = "") -> None:
        self._ledger = ledger
        self._prefix = prefix

    def __getitem__(self, name: str) -> Indicator:
        return self._ledger.indicator(self._prefix + name)

    def __getattr__(self, part: str) -> Any:
        """Return the indicator of this name, or those whose names begin with it.

        Only the definition that it asks for is looked at: the trail of a chapter has no other.

        Raises:
            UnknownPart: there is neither.
        """
        if part.startswith("_"):
            raise AttributeError(part)  # IPython asks every object how it shows itself
        name = self._prefix + part
        if self._ledger.catalogue.may_be(name) and self._ledger.has(name):
            return self._ledger.indicator(name)
        if any(_begins(known, name) for known in self._ledger.catalogue.indicators):
            return IndicatorNames(self._ledger, f"{name}.")
        parts = [each.removeprefix(self._prefix).partition(".")[0] for each in self._below()]
        raise UnknownPart(
            f"Aucun indicateur ne se nomme {quoted(name)} ni ne commence ainsi.",
            nearest(part, parts) or "voyez les noms que propose la touche Tab.",
        )

    def __dir__(self) -> list[str]:
        parts = {name.removeprefix(self._prefix).partition(".")[0] for name in self._below()}
        return sorted(part for part in parts if _is_plain(part))

    def _ipython_key_completions_(self) -> list[str]:
        return [name.removeprefix(self._prefix) for name in self._below()]

    def _below(self) -> list[str]:
        """Return the names that the prefix begins."""
        return [name for name in self._ledger.names() if name.startswith(self._prefix)]


def spelled(name: str, others: Container[str]) -> str:
    """Return a name as it is written after `indicator.`: its parts, then brackets where they end.

    They end before a part that is no Python name, and before one that an indicator already has:
    `survie.coop["5_ans"]`. `others` are the names of the indicators.
    """
    parts = name.split(".")
    kept = 0
    while kept < len(parts) and _is_plain(parts[kept]):
        kept += 1
        if kept < len(parts) and ".".join(parts[:kept]) in others:
            kept -= 1
            break
    head, rest = ".".join(parts[:kept]), ".".join(parts[kept:])
    return f'{head}["{rest}"]' if rest else head


def _is_plain(part: str) -> bool:
    """Tell whether a part of a name can follow a point."""
    return part.isidentifier() and not iskeyword(part) and not part.startswith("_")


def _begins(definition: str, name: str) -> bool:
    """Tell whether `name` begins the name of a definition, whose fields stand for any part."""
    wanted, given = definition.split("."), name.split(".")
    return len(given) < len(wanted) and all(
        re.fullmatch(re.sub(r"\\\{\w+\\\}", ".+", re.escape(pattern)), part)
        for pattern, part in zip(wanted, given, strict=False)
    )
