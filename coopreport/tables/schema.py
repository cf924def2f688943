"""The fields of a table's schema, and where a fault of the descriptor is told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from coopreport.errors import nearest
from coopreport.tables.conversion import TYPES, below, parse
from coopreport.tables.journal import Journal
from coopreport.tables.model import Field, Value, Wrong, scalar_text

CONSTRAINTS = ("required", "unique", "enum", "minimum", "maximum", "pattern")

_FIELD_KEYS = {"name", "type", "title", "description", "unit", "format", "constraints", "example"}
_FIELD_KEYS |= {"categories", "trueValues", "falseValues", "rdfType"}
_FORMATS = {"string": ("default", "uri"), "date": ("default", "%Y-%m-%d")}


@dataclass(frozen=True)
class Place:
    """Where in the descriptor: a line, and words such as « table « grants » » before each rule."""

    journal: Journal
    line: int = 0
    words: str = ""

    def fault(self, rule: str, remedy: str, value: str = "") -> None:
        """Record a fault here."""
        rule = f"{self.words} : {rule}" if self.words else rule
        self.journal.fault(rule, remedy, line=self.line, value=value)

    def within(self, words: str) -> Place:
        """Return a place inside this one."""
        return replace(self, words=f"{self.words}, {words}")

    def only(self, item: Mapping[str, Any], known: Collection[str]) -> None:
        """Fault each property of `item` that nobody here reads."""
        for key in sorted(set(item) - set(known)):
            hint = nearest(key, sorted(known)) or "retirer cette propriété, qui n'est pas gérée"
            self.fault("propriété inconnue", hint, key)

    def text(self, item: Mapping[str, Any], key: str) -> str:
        """Return a text that must be there."""
        value = item.get(key)
        if isinstance(value, str) and value.strip():
            return value
        self.fault(f"« {key} » absent ou vide", "l'écrire en français")
        return ""

    def mapping(self, item: Mapping[str, Any], key: str) -> dict[str, Any]:
        """Return an object that must be there."""
        value = item.get(key)
        if isinstance(value, dict):
            return value
        self.fault(f"« {key} » absent, ou qui n'est pas un objet", "l'ajouter")
        return {}

    def objects(self, item: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
        """Return a list of objects, empty when absent."""
        value = item.get(key, [])
        if isinstance(value, list) and all(isinstance(each, dict) for each in value):
            return value
        self.fault(f"« {key} » doit être une liste d'objets", "le corriger")
        return []

    def names(self, item: Mapping[str, Any], key: str) -> tuple[str, ...]:
        """Return a name or a list of names as a tuple, empty when absent."""
        value = item.get(key, [])
        value = [value] if isinstance(value, str) else value
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return tuple(value)
        self.fault(f"« {key} » doit être une liste de noms", "le corriger")
        return ()


def read_fields(schema: Mapping[str, Any], place: Place) -> tuple[Field, ...]:
    """Return the fields of a table; what is wrong in them is a fault."""
    items = place.objects(schema, "fields")
    if not items:
        place.fault("« schema.fields » absent ou vide", "décrire les colonnes de la table")
    fields = [_field(item, place) for item in items]
    for name, count in Counter(field.name for field in fields).items():
        if count > 1:
            place.fault(f"champ décrit {count} fois", "n'en garder qu'un", name)
    return tuple(fields)


def _field(item: Mapping[str, Any], table: Place) -> Field:
    name = item.get("name")
    if not isinstance(name, str) or not name or name != name.strip():
        table.fault("champ sans nom, ou au nom entouré d'espaces", "le nommer", str(name or ""))
        name = "?"
    place = table.within(f"champ « {name} »")
    place.only(item, _FIELD_KEYS)
    kind = item.get("type")
    if kind not in TYPES:
        place.fault("type inconnu", f"types permis : {', '.join(TYPES)}", str(kind))
        kind = "string"
    formats = _FORMATS.get(kind, ("default",))
    if item.get("format", "default") not in formats:
        place.fault(
            "format non géré", f"formats permis : {', '.join(formats)}", str(item["format"])
        )
    for key, word in (("trueValues", "true"), ("falseValues", "false")):
        if item.get(key, [word]) != [word]:
            place.fault(f'« {key} » doit être ["{word}"]', "le corriger", str(item[key]))
    bare = Field(
        name=name,
        type=kind,
        title=place.text(item, "title"),
        description=str(item.get("description", "")),
        unit=str(item.get("unit", "")),
        format=item.get("format", "default"),
        labels=_labels(place.objects(item, "categories"), place),
    )
    constraints = place.mapping(item, "constraints") if "constraints" in item else {}
    return _constrained(bare, constraints, place)


def _labels(categories: list[dict[str, Any]], place: Place) -> Mapping[str, str]:
    """Return the French label of each code."""
    for category in categories:
        if not {"value", "label"} <= category.keys():
            place.fault("catégorie sans « value » ou sans « label »", "les donner", str(category))
    return MappingProxyType(
        {scalar_text(c.get("value", "")): str(c.get("label", "")) for c in categories}
    )


def _constrained(field: Field, constraints: Mapping[str, Any], place: Place) -> Field:
    """Return the field with its constraints, each checked against the field's own type."""
    place.only(constraints, CONSTRAINTS)
    for key in ("required", "unique"):
        if not isinstance(constraints.get(key, False), bool):
            place.fault(f"« {key} » doit être true ou false", "le corriger", str(constraints[key]))
    pattern = None
    if "pattern" in constraints:
        try:
            pattern = re.compile(str(constraints["pattern"]))
        except re.error:
            place.fault("expression régulière mal formée", "la corriger", constraints["pattern"])
    enum = constraints.get("enum", [])
    if not isinstance(enum, list) or ("enum" in constraints and not enum):
        place.fault("« enum » doit être une liste de codes", "la corriger")
        enum = []
    codes = tuple(scalar_text(code) for code in enum) or tuple(field.labels)
    if field.labels and set(codes) != set(field.labels):
        different = ", ".join(sorted(set(codes) ^ set(field.labels)))
        place.fault("« categories » et « enum » ne s'accordent pas", "les accorder", different)
    field = replace(field, pattern=pattern)
    for code in codes:
        _typed(field, code, "enum", place)
    low, high = (
        _typed(field, scalar_text(constraints[key]), key, place) if key in constraints else None
        for key in ("minimum", "maximum")
    )
    if low is not None and high is not None and below(high, low):
        place.fault("minimum plus grand que le maximum", "les corriger", f"{low} et {high}")
    return replace(
        field,
        required=constraints.get("required") is True,
        unique=constraints.get("unique") is True,
        enum=codes,
        minimum=low,
        maximum=high,
    )


def _typed(field: Field, text: str, constraint: str, place: Place) -> Value | None:
    """Return the value of a constraint in the field's type, or None once it is a fault."""
    value = parse(field, text)
    if isinstance(value, Wrong):
        place.fault(f"« {constraint} » : {value.rule}", value.remedy, text)
        return None
    return value
