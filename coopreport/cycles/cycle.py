"""A budget cycle: its fiscal years, its cut-off date and the parameters of its chapters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from coopreport.chapters import Chapter, Parameter
from coopreport.cycles.register import CycleRegister
from coopreport.cycles.scenarios import Scenario
from coopreport.errors import NBSP, BadCall, nearest, quoted, shorten
from coopreport.fiscal import fiscal_year, start_year

AT = "@"
"""Between a cycle's name and that of the scenario to read it under."""


class UnknownParameter(BadCall):
    """A parameter that the cycle does not give."""


@dataclass(frozen=True)
class Former:
    """The cycle before another: what a comparison of the two needs of it."""

    id: str
    cut_off: date


@dataclass(frozen=True)
class Cycle:
    """One budget cycle. `parameters` maps a chapter's name to its parameters.

    `document` is the code of its published brief, "" when none is among the documents; `register`
    the one that the survival chapter is computed from, None when none is named. `hindsight`: what
    was announced after the cut-off is shown too, apart. `former` is the cycle that this one is
    compared with. `scenario` is the one that is read in the place of the asks, None for the base.
    """

    id: str
    title: str
    document: str
    language: str
    cut_off: date
    first_fiscal_year: str
    horizon: int
    base_year: int
    chapters: tuple[Chapter, ...] = ()
    parameters: Mapping[str, Mapping[str, Parameter]] = field(default_factory=dict)
    register: CycleRegister | None = None
    hindsight: bool = False
    former: Former | None = None
    scenarios: tuple[Scenario, ...] = ()
    scenario: Scenario | None = None

    @property
    def address(self) -> str:
        """What `read_cycle` reads this cycle from: `2023-2024`, or `2023-2024@entente-moitie`."""
        return f"{self.id}{AT}{self.scenario.name}" if self.scenario else self.id

    @property
    def fiscal_years(self) -> tuple[str, ...]:
        """The fiscal years of the horizon, first to last."""
        first = start_year(self.first_fiscal_year)
        return tuple(fiscal_year(first + i) for i in range(self.horizon))

    def parameter(self, chapter: str, name: str) -> Any:
        """Return one parameter of a chapter, named without its number (`survie`, `years`).

        Raises:
            UnknownParameter: the cycle has no such chapter or parameter.
        """
        for full_name, values in self.parameters.items():
            if full_name.partition("-")[2] == chapter and name in values:
                return values[name]
        raise UnknownParameter(
            f"Le cycle {self.id} ne donne pas le paramètre « {name} » du chapitre « {chapter} ».",
            f"ajoutez ce chapitre et son paramètre à data/cycles/{self.id}.yaml.",
        )

    def value(self, name: str) -> Any:
        """Return a value of the cycle as JSON, by the name that the ledger notes it under.

        `cut_off`, `fiscal_years` … are the cycle's own; `survie.years` is a chapter's parameter,
        None when the cycle does not give it.

        Raises:
            AttributeError: a cycle has nothing of this name.
        """
        chapter, dot, parameter = name.partition(".")
        if not dot:
            return _as_json(getattr(self, name))
        try:
            return _as_json(self.parameter(chapter, parameter))
        except UnknownParameter:
            return None


def _as_json(value: Any) -> Any:
    """Return a value of a cycle as JSON: no date, no absolute path."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, CycleRegister | Scenario):
        return value.to_json()
    if isinstance(value, Former):
        return {"id": value.id, "cut_off": value.cut_off.isoformat()}
    if isinstance(value, Chapter):
        return {"name": value.name, "title": value.title}
    if isinstance(value, Mapping):
        return {key: _as_json(item) for key, item in value.items()}
    return [_as_json(item) for item in value] if isinstance(value, list | tuple) else value


def under_scenario(cycle: Cycle, name: str) -> Cycle:
    """Return a cycle under one of its scenarios.

    Raises:
        BadCall: it has none of this name.
    """
    for scenario in cycle.scenarios:
        if scenario.name == name:
            changed: dict[str, Any] = {**scenario.parameters}
            return replace(cycle, scenario=scenario, **changed)
    known = [scenario.name for scenario in cycle.scenarios]
    raise BadCall(
        f"Le cycle {cycle.id} n’a pas de scénario {quoted(shorten(name))}.",
        nearest(name, known) or f"scénarios du cycle{NBSP}: {', '.join(known) or 'aucun'}.",
    )
