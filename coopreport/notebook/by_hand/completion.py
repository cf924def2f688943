"""Completing a name in JupyterLab lists the names that begin so, each with its label.

After `indicator.` and `indicator["`, the indicators; after `report.frame("`, the frames. IPython
gives JupyterLab a type beside each name, which its menu shows: here it is the label.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from IPython.core.completer import (
    CompletionContext,
    SimpleCompletion,
    SimpleMatcherResult,
    context_matcher,
)
from IPython.core.interactiveshell import InteractiveShell

from coopreport.errors import NBSP, shorten
from coopreport.ledger import Ledger
from coopreport.notebook.names import IndicatorNames, spelled
from coopreport.notebook.report import Report

NAMES = "coopreport"
MOST = 60
"""The most characters of a label in JupyterLab's menu."""
UNFOLDED = str.maketrans({" ": NBSP, "-": "\N{NON-BREAKING HYPHEN}"})
"""What keeps a label on the one line that the menu has for it."""
AFTER_POINT = re.compile(r"(\w+(?:\.indicator)?)\.((?:[\w.-]|\[[\"'])*)$")
AFTER_BRACKET = re.compile(r"(\w+(?:\.indicator)?)\[[\"']([\w.-]*)$")
AFTER_FRAME = re.compile(r"(\w+)\.frame\([\"']([\w.-]*)$")


def complete_names(shell: InteractiveShell) -> None:
    """Add the names of the project to what the shell completes, once."""
    matchers = shell.Completer.custom_matchers
    if any(getattr(matcher, "matcher_identifier", "") == NAMES for matcher in matchers):
        return

    @context_matcher(identifier=NAMES)  # type: ignore[untyped-decorator]
    def names(context: CompletionContext) -> SimpleMatcherResult:
        fragment, offered = offer(shell.user_ns, context.text_until_cursor)
        return {
            "completions": [
                SimpleCompletion(text, type=shorten(label, MOST).translate(UNFOLDED))
                for text, label in offered.items()
            ],
            "matched_fragment": fragment,
            "suppress": bool(offered),
            "ordered": True,
        }

    matchers.append(names)


def offer(variables: Mapping[str, Any], typed: str) -> tuple[str, dict[str, str]]:
    """Return what was typed of a name, and the names that begin so with their labels."""
    for pattern in (AFTER_FRAME, AFTER_BRACKET, AFTER_POINT):
        if not (found := pattern.search(typed)):
            continue
        owner, fragment = _value(variables, found[1]), found[2]
        names: Mapping[str, str] = {}
        if pattern is AFTER_FRAME and isinstance(owner, Report):
            names = _frames(owner.ledger)
        elif pattern is not AFTER_FRAME and isinstance(owner, IndicatorNames):
            names = _labels(owner._ledger, len(owner._ledger.catalogue.indicators))
        if pattern is AFTER_POINT:
            names = {spelled(name, names): label for name, label in names.items()}
        begun = fragment.replace("'", '"')
        if begins := {text: label for text, label in names.items() if text.startswith(begun)}:
            return fragment, begins
    return "", {}


def _value(variables: Mapping[str, Any], path: str) -> Any:
    """Return the variable of this name, or the `indicator` of a report; None when there is none."""
    name, _, part = path.partition(".")
    owner = variables.get(name)
    return owner.indicator if part and isinstance(owner, Report) else None if part else owner


@lru_cache(maxsize=1)
def _labels(ledger: Ledger, _count: int) -> Mapping[str, str]:
    """Return the labels of the indicators; a definition that a chapter adds counts as new."""
    return ledger.labels()


def _frames(ledger: Ledger) -> dict[str, str]:
    return dict.fromkeys(sorted(ledger.catalogue.frames), "tableau")
