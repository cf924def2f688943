"""What a value of a cycle file may be: the text of a scalar, converted by the rule of its name.

A chapter's parameter has the type of its default in the notebook; a comment there bounds it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from coopreport.chapters import Parameter, ParameterRule
from coopreport.fiscal import is_fiscal_year


def text_of(node: yaml.Node) -> str:
    """Return the text of a scalar, "" for a list or a mapping."""
    return node.value if isinstance(node, yaml.ScalarNode) else ""


@dataclass(frozen=True)
class Rule:
    """How the text of a value is converted (ValueError when it is none), and what is expected."""

    convert: Callable[[str], Any]
    rule: str
    default: Any = None
    required: bool = True


def day(text: str) -> date:
    """Return a date AAAA-MM-JJ; ValueError when it is none."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text)


def past_day(text: str) -> date:
    """Return a date that is not after today (ValueError): nobody knows what tomorrow announces."""
    if day(text) > date.today():
        raise ValueError(text)
    return day(text)


def _whole(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise ValueError(text)
    return int(text)


def _one_of(allowed: Callable[[str], bool]) -> Callable[[str], str]:
    def convert(text: str) -> str:
        if not allowed(text):
            raise ValueError(text)
        return text

    return convert


def _between(low: int, high: int) -> Callable[[str], int]:
    def convert(text: str) -> int:
        if not low <= _whole(text) <= high:
            raise ValueError(text)
        return _whole(text)

    return convert


def _truth(text: str) -> bool:
    return _one_of(lambda t: t in ("true", "false"))(text) == "true"


FIELDS = {
    "cycle": Rule(_one_of(is_fiscal_year), "un cycle s’écrit 20NN-20NN, années consécutives"),
    "title": Rule(_one_of(bool), "un titre non vide est attendu"),
    "document": Rule(_one_of(bool), "le code du document publié est attendu", "", False),
    "language": Rule(_one_of(lambda t: t == "fr-CA"), "la langue est fr-CA"),
    "cut_off": Rule(past_day, "une date AAAA-MM-JJ qui existe et qui est passée est attendue"),
    "first_fiscal_year": Rule(_one_of(is_fiscal_year), "un exercice 20NN-20NN est attendu"),
    "horizon": Rule(_between(1, 20), "un nombre entier d’exercices, de 1 à 20, est attendu"),
    "base_year": Rule(_between(1900, 2100), "une année de 1900 à 2100 est attendue"),
    "hindsight": Rule(_truth, "« true » ou « false » est attendu", False, False),
}


def parameter_value(rule: ParameterRule, node: yaml.Node) -> Parameter:
    """Return a parameter's value with the type of the rule's default, within its bounds.

    Raises:
        ValueError: it has not; the French text says what is expected.
    """
    if isinstance(rule.default, list):
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            raise ValueError("une liste [a, b, …] est attendue")
        return [_scalar(rule.default[0], item, rule.bounds) for item in node.value]
    value = _scalar(rule.default, node, rule.bounds)
    assert isinstance(value, bool | int | float | str)
    return value


def _scalar(like: Any, node: yaml.Node, bounds: tuple[float, float] | None) -> Any:
    text = text_of(node)
    if isinstance(like, bool):
        if text not in ("true", "false"):
            raise ValueError("« true » ou « false » est attendu")
        return text == "true"
    if isinstance(like, int):
        if not re.fullmatch(r"-?[0-9]{1,15}", text):
            raise ValueError("un nombre entier est attendu")
        number: float = int(text)
    elif isinstance(like, float):
        if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", text):
            raise ValueError("un nombre décimal, avec un point, est attendu")
        number = float(text)
    else:
        return _like(like, text)
    if bounds and not bounds[0] <= number <= bounds[1]:
        raise ValueError(f"une valeur de {bounds[0]:g} à {bounds[1]:g} est attendue")
    return number


def _like(like: str, text: str) -> str:
    """Return `text` when it has the form of the default: a date, a fiscal year, or any text."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", like):
        try:
            return day(text).isoformat()
        except ValueError:
            raise ValueError("une date AAAA-MM-JJ qui existe est attendue") from None
    if is_fiscal_year(like) and not is_fiscal_year(text):
        raise ValueError("un exercice 20NN-20NN, années consécutives, est attendu")
    if not text:
        raise ValueError("un texte est attendu")
    return text
