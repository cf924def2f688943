"""An exhibit from the bundle of an output, and what is made of exhibits, each made once.

`make watch` meets the same tables and charts at each save; a page asks several times for each.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from typing import Any, TypeVar

from coopreport.exhibits import CHART_MIME, FIGURES_MIME, TABLE_MIME, Chart, Figures, Table
from coopreport.languages import FRENCH
from coopreport.locale import current
from coopreport.translation.messages import messages

Made = TypeVar("Made")
EXHIBITS: dict[str, type[Table] | type[Chart] | type[Figures]] = {
    TABLE_MIME: Table,
    CHART_MIME: Chart,
    FIGURES_MIME: Figures,
}
REMEMBERED = 256
"""Exhibits that a process remembers: three or four reports' worth."""


def mime_of(bundle: Mapping[str, Any]) -> str:
    """Return the MIME type of the exhibit in a bundle, "" when it holds none."""
    return next((mime for mime in EXHIBITS if mime in bundle), "")


def exhibit_of(bundle: Mapping[str, Any]) -> Table | Chart | Figures:
    """Return the exhibit of a bundle that holds one: the same object for the same JSON.

    Raises:
        KeyError, TypeError, ValueError: it is malformed.
    """
    mime = mime_of(bundle)
    return _read(mime, json.dumps(bundle[mime]))


@lru_cache(maxsize=REMEMBERED)
def _read(mime: str, text: str) -> Table | Chart | Figures:
    return EXHIBITS[mime].from_json(json.loads(text))


def remembered(function: Callable[..., Made]) -> Callable[..., Made]:
    """Decorate a function of exhibits: it is computed once for the same ones, in each language."""

    @lru_cache(maxsize=REMEMBERED)
    def compute(_: object, *given: Any) -> Made:
        return function(*given)

    @wraps(function)
    def answer(*given: Any) -> Made:
        return compute(None if current() is FRENCH else messages(), *given)

    return answer
