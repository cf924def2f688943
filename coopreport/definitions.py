"""What can be computed, by name: the definitions of indicators and frames, and their catalogue.

A definition is a function with a name, a label and a unit; `ledger` computes it. Two definitions of
one name are an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from coopreport.errors import CoopreportError, nearest
from coopreport.indicators import Number, Result

if TYPE_CHECKING:
    import pandas as pd

    from coopreport.data import Data

Keys = Mapping[str, str]
Each = Callable[["Data"], Iterable[Keys]]


class UnknownName(CoopreportError, KeyError):
    """A name that a chapter uses and nobody defines."""

    exit_code = 4

    def __str__(self) -> str:
        return CoopreportError.__str__(self)


Defined = TypeVar("Defined")


def named(defined: Mapping[str, Defined], name: str, sentence: str, otherwise: str) -> Defined:
    """Return what is defined under a name.

    Raises:
        UnknownName: nothing is, as `sentence` says; the remedy is the nearest name, or `otherwise`.
    """
    if name not in defined:
        raise UnknownName(sentence, nearest(name, list(defined)) or otherwise)
    return defined[name]


def unknown_column(table: str, column: str, known: list[str]) -> UnknownName:
    """Return the error of a column that a raw table has not, naming the nearest one."""
    return UnknownName(
        f"La table « {table} » n’a pas de colonne « {column} ».",
        nearest(column, known) or f"colonnes : {', '.join(known)}.",
    )


class NameTaken(CoopreportError):
    """A second definition under a name that the catalogue has already."""

    exit_code = 4


@dataclass(frozen=True)
class IndicatorDefinition:
    """How to compute one indicator, or a family of them when `each` gives the keys of its name."""

    name: str
    label: str
    unit: str
    decimals: int | str
    formula: str
    function: Callable[..., Number | Result | None]
    each: Each | None

    def may_be(self, name: str) -> bool:
        """Tell whether `name` has the form of this definition's names."""
        return self._pattern.fullmatch(name) is not None

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"\\\{\w+\\\}", "[^.]+", re.escape(self.name)))


@dataclass(frozen=True)
class FrameDefinition:
    """How to compute one table of the report."""

    name: str
    function: Callable[[Data], pd.DataFrame]


@dataclass(frozen=True)
class FactDefinition:
    """What a cycle may know or not: how to tell, and the sentence that says what is not known.

    `{cycle}` in the sentence is the cycle's name. An empty sentence: its absence is no lack.
    """

    name: str
    lack: str
    function: Callable[[Data], bool]


@dataclass
class Catalogue:
    """Every indicator and frame that can be named, by name, and the facts that cycles may lack."""

    indicators: dict[str, IndicatorDefinition] = field(default_factory=dict)
    frames: dict[str, FrameDefinition] = field(default_factory=dict)
    facts: dict[str, FactDefinition] = field(default_factory=dict)

    def copy(self) -> Catalogue:
        """Return a catalogue to which a notebook can add without changing this one."""
        return Catalogue(dict(self.indicators), dict(self.frames), dict(self.facts))

    def may_be(self, name: str) -> bool:
        """Tell whether an indicator of this form exists in some cycle, if not in this one."""
        return any(each.may_be(name) for each in self.indicators.values())

    def indicator(
        self,
        name: str,
        label: str,
        *,
        unit: str,
        decimals: int | str,
        formula: str,
        each: Each | None = None,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register the decorated function as the one that computes `name`.

        A name with fields, as `financement.demandes.{year}`, is a family: `each` gives the values
        of the fields, which the function receives by name; label, unit, decimals and formula may
        use them too.

        Raises:
            NameTaken: the name is already defined.
        """

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            self._reserve(name)
            self.indicators[name] = IndicatorDefinition(
                name, label, unit, decimals, formula, function, each
            )
            return function

        return register

    def frame(
        self, name: str
    ) -> Callable[[Callable[[Data], pd.DataFrame]], Callable[[Data], pd.DataFrame]]:
        """Register the decorated function as the one that computes the frame `name`.

        Raises:
            NameTaken: the name is already defined.
        """

        def register(
            function: Callable[[Data], pd.DataFrame],
        ) -> Callable[[Data], pd.DataFrame]:
            self._reserve(name)
            self.frames[name] = FrameDefinition(name, function)
            return function

        return register

    def fact(
        self, name: str, lack: str
    ) -> Callable[[Callable[[Data], bool]], Callable[[Data], bool]]:
        """Register the decorated function as the one that tells whether a cycle knows `name`."""

        def register(function: Callable[[Data], bool]) -> Callable[[Data], bool]:
            self.facts[name] = FactDefinition(name, lack, function)
            return function

        return register

    def _reserve(self, name: str) -> None:
        if name in self.indicators or name in self.frames:
            raise NameTaken(
                f"« {name} » est déjà défini : un indicateur n’est calculé qu’une fois.",
                "utilisez celui qui existe, ou donnez un autre nom au vôtre.",
            )
