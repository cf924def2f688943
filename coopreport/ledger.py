"""The ledger of what one cycle computed, each indicator and frame once, by name."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, cast

import pandas as pd

from coopreport import claims, locale
from coopreport.cycles import Cycle, UnknownParameter
from coopreport.cycles.watched import WatchedCycle
from coopreport.data import REGISTER, Data
from coopreport.definitions import (
    Catalogue,
    IndicatorDefinition,
    Keys,
    NameTaken,
    UnknownName,
    named,
)
from coopreport.errors import nearest
from coopreport.indicators import (
    SYNTHETIC,
    Indicator,
    Method,
    Read,
    Result,
    as_json,
    method_of,
    trail_json,
)
from coopreport.registers.named import NamedRegister
from coopreport.registers.schema import Account
from coopreport.tables import Package, Table, read_table

REGISTER_CACHE = "registers/.cache"
"""Where the tables counted from a register are kept, from the project's root."""


@dataclass(frozen=True)
class Origin:
    """Where a reading comes from: a raw table of the package, or the cycle's register."""

    name: str
    title: str
    sha256: str
    synthetic: bool = False


@dataclass(frozen=True)
class Frame:
    """A computed table and where it comes from; `rows` is shared: copy it before changing it."""

    name: str
    rows: pd.DataFrame
    method: Method
    reads: tuple[Read, ...]
    inputs: tuple[str, ...]
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """Whether a cycle knows a fact, and what told it."""

    known: bool
    reads: tuple[Read, ...]
    parameters: Mapping[str, Any]


def _table_json(table: Table) -> dict[str, Any]:
    return {
        "title": table.title,
        "path": f"data/{table.resource.path}",
        "sha256": table.sha256,
        "rights": table.resource.rights,
        "sources": [
            {"title": source.title, "path": source.path} for source in table.resource.sources
        ],
    }


def withheld(result: Result) -> Result:
    """Return a result without its value when a flag says that it is not to be published."""
    hidden = [flag for flag in result.flags if flag in locale.STAND_ALONE]
    kept = tuple(flag for flag in result.flags if flag == SYNTHETIC)
    return replace(result, value=None, symbol=hidden[0], flags=kept) if hidden else result


class Ledger:
    """The indicators and frames of one cycle, each computed once, when first asked for."""

    def __init__(self, cycle: Cycle, package: Package, catalogue: Catalogue) -> None:
        self.cycle = cycle
        self.package = package
        self.catalogue = catalogue
        self._tables: dict[str, Table] = {}
        self._frames: dict[str, Frame] = {}
        self._indicators: dict[str, Indicator] = {}
        self._facts: dict[str, Told] = {}
        self._names: dict[str, tuple[tuple[str, Keys], ...]] = {}
        self._account: Account | None = None
        self._asked: dict[str, Any] = {}
        self._register: NamedRegister | None = None

    def watched_cycle(self, *notes: dict[str, Any]) -> Cycle:
        """Return the cycle in a form that notes what is asked of it, here and in `notes`."""
        return cast(Cycle, WatchedCycle(self.cycle, self._asked, *notes))

    @property
    def register(self) -> NamedRegister:
        """The register that the cycle names; it names one."""
        if self._register is None:
            assert self.cycle.register is not None
            cache = self.package.data_dir.parent / REGISTER_CACHE
            self._register = NamedRegister(self.cycle.register, cache)
        return self._register

    def know(self, account: Account) -> None:
        """Keep what a reading says of the cycle's register: its hash, and if it is generated."""
        self._account = account

    def origin(self, name: str) -> Origin:
        """Return the raw table or the register that a reading names."""
        if name == REGISTER and self._account:
            title = str(self.register.to_json(self._account)["title"])
            return Origin(REGISTER, title, self._account.sha256, self._account.synthetic)
        table = self.table(name)
        return Origin(name, table.title, table.sha256)

    def is_synthetic(self, reads: Iterable[Read]) -> bool:
        """Tell whether one of these readings is of generated data."""
        return any(self.origin(read.table).synthetic for read in reads)

    @property
    def computed(self) -> tuple[Indicator, ...]:
        """The indicators asked for so far, by name."""
        return tuple(self._indicators[name] for name in sorted(self._indicators))

    @property
    def frames(self) -> tuple[Frame, ...]:
        """The frames asked for so far, by name."""
        return tuple(self._frames[name] for name in sorted(self._frames))

    @property
    def tables_read(self) -> tuple[Table, ...]:
        """The raw tables read so far, by name."""
        return tuple(self._tables[name] for name in sorted(self._tables))

    def names(self) -> tuple[str, ...]:
        """Return the name of every indicator that this cycle can compute.

        Raises:
            NameTaken: two definitions give the same name.
        """
        return tuple(
            sorted(name for names in self.names_by_definition().values() for name in names)
        )

    def labels(self) -> dict[str, str]:
        """Return the label of every indicator that this cycle can compute, by name."""
        found: dict[str, str] = {}
        for definition in self.catalogue.indicators.values():
            with suppress(UnknownParameter):
                for name, keys in self._names_of(definition):
                    found[name] = definition.label.format(**keys)
        return dict(sorted(found.items()))

    def names_by_definition(self, but: Container[str] = ()) -> dict[str, list[str]]:
        """Return the names that each definition gives in this cycle; those in `but` are left out.

        A family whose keys depend on a chapter that the cycle has not is left out.

        Raises:
            NameTaken: two definitions give the same name.
        """
        owner: dict[str, str] = {}
        for definition in self.catalogue.indicators.values():
            if definition.name in but:
                continue
            with suppress(UnknownParameter):
                for name, _ in self._names_of(definition):
                    if name in owner:
                        raise NameTaken(
                            f"« {name} » est défini deux fois : par « {owner[name]} » et par "
                            f"« {definition.name} ».",
                            "renommez l’une des deux définitions.",
                        )
                    owner[name] = definition.name
        found: dict[str, list[str]] = {}
        for name, definition_name in owner.items():
            found.setdefault(definition_name, []).append(name)
        return found

    def table(self, name: str) -> Table:
        """Return a raw table, read and checked.

        Raises:
            UnknownName: the package has no such table.
            BadData: the table breaks a rule.
        """
        if name not in self._tables:
            named(
                self.package.resources,
                name,
                f"La table « {name} » n’existe pas dans data/datapackage.json.",
                f"tables : {', '.join(self.package.resources)}.",
            )
            self._tables[name] = read_table(self.package, name)
        return self._tables[name]

    def frame(self, name: str) -> Frame:
        """Return a frame of the catalogue, computed on first use.

        Raises:
            UnknownName: nobody defines this frame.
        """
        if name not in self._frames:
            definition = named(
                self.catalogue.frames,
                name,
                f"Aucun tableau ne se nomme « {name} ».",
                "voyez les tableaux de coopreport/catalogue/.",
            )
            data = Data(self)
            rows = definition.function(data)
            method = method_of(definition.function, "")
            self._frames[name] = Frame(name, rows, method, data.reads, data.inputs, data.parameters)
        return self._frames[name]

    def indicator(self, name: str) -> Indicator:
        """Return an indicator, computed on first use.

        Raises:
            UnknownName: nobody defines this indicator.
        """
        if name not in self._indicators:
            definition, keys = self._definition(name)
            data = Data(self)
            made = definition.function(data, **keys)
            result = withheld(made if isinstance(made, Result) else Result(made))
            self._indicators[name] = Indicator(
                id=name,
                label=definition.label.format(**keys),
                value=result.value,
                unit=definition.unit.format(**keys),
                decimals=int(str(definition.decimals).format(**keys)),
                method=method_of(definition.function, definition.formula.format(**keys)),
                reads=data.reads,
                inputs=data.inputs,
                cycle=self.cycle.id,
                symbol=result.symbol or ("" if result.value is not None else ".."),
                flags=self._flags(result, data.reads),
                definition=result.definition,
                parameters=data.parameters,
            )
        return self._indicators[name]

    def fact(self, name: str) -> Told:
        """Return whether the cycle knows a fact, found on first use.

        Raises:
            UnknownName: nobody defines this fact.
        """
        if name not in self._facts:
            definition = named(
                self.catalogue.facts,
                name,
                f"Aucun fait ne se nomme « {name} ».",
                f"faits : {', '.join(self.catalogue.facts)}.",
            )
            data = Data(self)
            told = False
            with suppress(UnknownParameter):  # of a chapter that the cycle has not
                told = definition.function(data)
            self._facts[name] = Told(told, data.reads, data.parameters)
        return self._facts[name]

    def lacks(self) -> dict[str, str]:
        """Return the facts that the cycle does not know, each with the sentence that says so."""
        return {
            name: definition.lack.format(cycle=self.cycle.id)
            for name, definition in self.catalogue.facts.items()
            if not self.fact(name).known
        }

    def has(self, name: str) -> bool:
        """Tell whether this cycle can compute an indicator.

        Raises:
            UnknownName: nobody defines an indicator of this form in any cycle.
        """
        try:
            self._definition(name)
        except UnknownName:
            if not self.catalogue.may_be(name):
                raise
            return False
        return True

    def _flags(self, result: Result, reads: Sequence[Read]) -> tuple[str, ...]:
        """Return the flags of a result, with that of generated data where it read some."""
        if SYNTHETIC in result.flags or not self.is_synthetic(reads):
            return result.flags
        return (*result.flags, SYNTHETIC)

    def to_json(self, known: Container[str] = ()) -> dict[str, Any]:
        """Return what was computed, read and asked of the cycle, and what is defined.

        `claims` are the published ones as they were checked, None when nobody checked them.
        `defined` leaves the definitions of `known` out.

        Raises:
            NameTaken: two definitions give the same name.
        """
        defined = self.names_by_definition(known)
        tables, asked = self.tables_read, dict(sorted(self._asked.items()))
        checked = self._frames.get(claims.FRAME)
        return {
            "indicators": [as_json(indicator) for indicator in self.computed],
            "frames": [
                {
                    "id": frame.name,
                    **trail_json(frame.method, frame.reads, frame.inputs, frame.parameters),
                }
                for frame in self.frames
            ],
            "tables": {
                **{table.name: _table_json(table) for table in tables},
                **({REGISTER: self.register.to_json(self._account)} if self._account else {}),
            },
            "parameters": asked,
            "claims": claims.as_json(checked.rows) if checked else None,
            "defined": defined,
        }

    def _definition(self, name: str) -> tuple[IndicatorDefinition, Keys]:
        for definition in self.catalogue.indicators.values():
            if definition.may_be(name):
                for expanded, keys in self._names_of(definition):
                    if expanded == name:
                        return definition, keys
        raise UnknownName(
            f"Aucun indicateur ne se nomme « {name} ».",
            nearest(name, self.names()) or "voyez les noms dans coopreport/catalogue/.",
        )

    def _names_of(self, definition: IndicatorDefinition) -> tuple[tuple[str, Keys], ...]:
        """Return the names of a definition, one or a family's, found on first use."""
        form = definition.name
        if form not in self._names:
            family = definition.each(Data(self)) if definition.each else ({},)
            self._names[form] = tuple((form.format(**keys), keys) for keys in family)
        return self._names[form]
