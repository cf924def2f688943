"""The rules of a reviewer's file: its JSON Schema, read and applied, every fault at once in French.

The schema is the one source of the rules; this knows the keywords that it uses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from coopreport.errors import NBSP, nearest, quoted, shorten
from coopreport.locale import format_number

SCHEMA = Path(__file__).parent.parent / "schemas" / "remarques.schema.json"
FORMAT = 1
LARGEST = 2_000_000
"""Bytes of the largest file that is read."""
MOST_FAULTS = 50
EXPORT_AGAIN = "exportez de nouveau les remarques depuis la page, sans modifier le fichier."
TYPES: dict[str, tuple[type, str]] = {
    "object": (dict, "un objet"),
    "array": (list, "une liste"),
    "string": (str, "un texte"),
    "integer": (int, "un nombre entier"),
    "boolean": (bool, "true ou false"),
}
MOMENTS = ("created", "modified", "exported", "date")
"""The fields that hold a date and an hour, which must exist."""


@dataclass(frozen=True)
class Broken:
    """A rule that something breaks: where it stands in the file, what is there, what is asked."""

    where: str
    found: str
    rule: str


class Unreadable(ValueError):
    """A text that is no JSON, or that means two things."""


def parse(text: str) -> Any:
    """Return the content of a JSON text.

    Raises:
        Unreadable: it is no JSON, an object has a name twice, or it is nested too deep.
    """
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except RecursionError:
        raise Unreadable("trop de niveaux") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"ligne {error.lineno}, colonne {error.colno}") from None
    except ValueError as error:
        raise Unreadable(shorten(str(error))) from None


def faults_of(content: Any, kept: bool = False) -> list[Broken]:
    """Return every rule that a content breaks: an exported file's, or a `kept` remark's."""
    rule = _schema()["$defs"]["kept"] if kept else _schema()
    found = []
    for fault in _check(content, rule, ""):
        found.append(fault)
        if len(found) == MOST_FAULTS:
            break
    return found


@cache
def _schema() -> dict[str, Any]:
    return dict(json.loads(SCHEMA.read_text(encoding="utf-8")))


def _check(value: Any, rule: Mapping[str, Any], where: str) -> Iterator[Broken]:
    if "$ref" in rule:
        rule = _schema()["$defs"][rule["$ref"].rpartition("/")[2]]
    kind, words = TYPES[rule["type"]]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        yield Broken(where, _told(value), f"attendu{NBSP}: {words}")
    elif kind is dict:
        yield from _check_object(value, rule, where)
    elif kind is list:
        yield from _check_list(value, rule, where)
    else:
        yield from _check_value(value, rule, where)


def _check_object(value: Any, rule: Mapping[str, Any], where: str) -> Iterator[Broken]:
    known = rule["properties"]
    for name in rule["required"]:
        if name not in value:
            yield Broken(_at(where, name), "", "il manque")
    for name, item in value.items():
        if name in known:
            yield from _check(item, known[name], _at(where, name))
        else:
            hint = nearest(name, list(known))
            yield Broken(_at(where, shorten(name)), "", f"nom inconnu; {hint}".rstrip("; "))


def _check_list(value: Any, rule: Mapping[str, Any], where: str) -> Iterator[Broken]:
    if len(value) < rule.get("minItems", 0):
        yield Broken(where, "", "la liste est vide")
    if len(value) > rule["maxItems"]:
        most = format_number(rule["maxItems"])
        yield Broken(where, format_number(len(value)), f"{most} éléments au plus")
        return
    for position, item in enumerate(value, 1):
        yield from _check(item, rule["items"], f"{where}[{position}]")


def _check_value(value: Any, rule: Mapping[str, Any], where: str) -> Iterator[Broken]:
    allowed = [rule["const"]] if "const" in rule else rule.get("enum")
    if allowed and value not in allowed:
        listed = ", ".join(map(str, allowed))
        yield Broken(where, _told(value), f"attendu{NBSP}: {listed}")
    elif isinstance(value, str):
        if len(value) > rule.get("maxLength", len(value)):
            most = format_number(rule["maxLength"])
            yield Broken(where, _told(value), f"{most} caractères au plus")
        elif len(value.strip()) < rule.get("minLength", 0):
            yield Broken(where, "", "le texte est vide")
        elif "pattern" in rule and not re.fullmatch(rule["pattern"], value):
            yield Broken(where, _told(value), _why_not(rule))
        elif where.rpartition(".")[2] in MOMENTS and not _exists(value):
            yield Broken(where, _told(value), "cette date n’existe pas")
    elif not rule.get("minimum", value) <= value <= rule.get("maximum", value):
        yield Broken(where, _told(value), f"de {rule['minimum']} à {rule['maximum']}")


def _why_not(rule: Mapping[str, Any]) -> str:
    if rule["pattern"].startswith("^[^"):
        return "un caractère de contrôle, ou la moitié d’un caractère, n’est pas permis"
    return f"ce n’est pas la forme attendue ({rule['description'].rstrip('.')})"


def _told(value: Any) -> str:
    """Return a value as a fault shows it: printable, on one line."""
    text = value if isinstance(value, str) else json.dumps(value)[:200]
    return shorten("".join(sign if sign.isprintable() else " " for sign in text[:200]))


def _exists(moment: str) -> bool:
    try:
        return bool(datetime.fromisoformat(moment))
    except ValueError:
        return False


def _at(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Unreadable(f"{quoted(shorten(twice))} est donné deux fois")
    return found


def _no_constant(name: str) -> Any:
    raise Unreadable(f"{name} n’est pas un nombre")
