"""The `scenarios:` entry of a cycle file: variants of its asks and parameters, each with a name.

    scenarios:
      entente-moitie:
        title: L’Entente à la moitié de la demande
        asks:
          R1: {share: 0.5}

`share` is the part of each year's amount that is kept; `indexed` what is added to it each year
after the first; `spread` the number of fiscal years over which the same total is paid. The name
`all` stands for every ask that is not named. `horizon` and `base_year` replace the cycle's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml

from coopreport.cycles.register import FaultAt
from coopreport.cycles.values import text_of
from coopreport.errors import nearest

NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
EVERY = "all"
PARAMETERS = ("horizon", "base_year")
ENTRIES = ("title", "asks", *PARAMETERS)

Entries = Callable[[Any, str], dict[str, tuple[int, yaml.Node]]]
"""Returns a mapping's entries with their lines; what is no mapping is a fault."""


@dataclass(frozen=True)
class Change:
    """What a scenario does to one ask; the defaults change nothing."""

    share: Decimal = Decimal(1)
    indexed: Decimal = Decimal(0)
    spread: int | None = None


@dataclass(frozen=True)
class Scenario:
    """A variant of a cycle. `changes` are by ask; `parameters` replace values of the cycle."""

    name: str
    title: str
    changes: Mapping[str, Change] = field(default_factory=dict)
    parameters: Mapping[str, int] = field(default_factory=dict)

    def change_of(self, ask: str) -> Change:
        """Return what the scenario does to an ask."""
        return self.changes.get(ask) or self.changes.get(EVERY) or Change()

    def to_json(self) -> dict[str, Any]:
        """Return the scenario as the trail notes it; decimals are texts."""
        return {
            "name": self.name,
            "title": self.title,
            "changes": {
                ask: {"share": str(c.share), "indexed": str(c.indexed), "spread": c.spread}
                for ask, c in sorted(self.changes.items())
            },
            "parameters": dict(sorted(self.parameters.items())),
        }


@dataclass(frozen=True)
class _Rule:
    form: str
    low: Decimal
    high: Decimal
    rule: str


CHANGES = {
    "share": _Rule(
        r"[0-9]{1,2}(\.[0-9]{1,6})?", Decimal(0), Decimal(10), "une part de 0 à 10 est attendue"
    ),
    "indexed": _Rule(
        r"-?[0-9](\.[0-9]{1,6})?", Decimal(-1), Decimal(1), "un taux de -1 à 1 est attendu"
    ),
    "spread": _Rule(
        r"[0-9]{1,2}", Decimal(1), Decimal(20), "un nombre d’exercices de 1 à 20 est attendu"
    ),
}


def scenarios_of(
    node: yaml.Node,
    entries: Entries,
    fault: FaultAt,
    convert: Mapping[str, Callable[[str], Any]],
) -> tuple[Scenario, ...]:
    """Return the scenarios of a cycle file, in its order; what is wrong is reported to `fault`.

    `convert` turns the text of a parameter (`PARAMETERS`) into its value, ValueError when it is
    none.
    """
    found = []
    for name, (line, value) in entries(node, "« scenarios »").items():
        if not NAME.fullmatch(name):
            fault(line, name, "", "nom de scénario", "des minuscules et des tirets : r1-moitie.")
            continue
        given = entries(value, f"« {name} »")
        for other, (at, _) in given.items():
            if other not in ENTRIES:
                fault(at, other, "", "paramètre inconnu", _permitted(other, ENTRIES))
        title = text_of(given["title"][1]) if "title" in given else ""
        if not title:
            fault(line, name, "", "scénario sans titre", "ajoutez une ligne « title: … ».")
        changes = {}
        for ask, (at, change) in (
            entries(given["asks"][1], "« asks »") if "asks" in given else {}
        ).items():
            changes[ask] = _change(ask, at, change, entries, fault)
        parameters = {}
        for parameter in PARAMETERS:
            if parameter in given:
                at, text = given[parameter][0], text_of(given[parameter][1])
                try:
                    parameters[parameter] = convert[parameter](text)
                except ValueError:
                    fault(at, parameter, text, "valeur hors des bornes", "corrigez cette valeur.")
        if not changes and not parameters:
            fault(line, name, "", "scénario qui ne change rien", "ajoutez « asks: … ».")
        found.append(Scenario(name, title, changes, parameters))
    return tuple(found)


def _change(ask: str, line: int, node: yaml.Node, entries: Entries, fault: FaultAt) -> Change:
    values: dict[str, Any] = {}
    for name, (at, value) in entries(node, f"« {ask} »").items():
        rule, text = CHANGES.get(name), text_of(value)
        if rule is None:
            fault(at, name, "", "changement inconnu", _permitted(name, tuple(CHANGES)))
        elif not re.fullmatch(rule.form, text) or not rule.low <= Decimal(text) <= rule.high:
            fault(at, name, text, rule.rule, "corrigez cette valeur.")
        else:
            values[name] = int(text) if name == "spread" else Decimal(text)
    if not values:
        fault(line, ask, "", "demande que le scénario ne change pas", "voyez docs/cycles.md.")
    return Change(**values)


def _permitted(name: str, known: tuple[str, ...]) -> str:
    return nearest(name, known) or f"noms permis : {', '.join(known)}."
