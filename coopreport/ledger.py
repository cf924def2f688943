"""The ledger of what one cycle computed, each indicator and frame once, by name.

A function of the catalogue receives a `Data`, the only way to a raw table or a register, so that
what it read is recorded and never declared by hand.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, cast

import pandas as pd

from coopreport import claims, locale
from coopreport.cycles import Cycle, UnknownParameter
from coopreport.definitions import (
    Catalogue,
    IndicatorDefinition,
    Keys,
    NameTaken,
    UnknownName,
    unknown_column,
)
from coopreport.errors import nearest
from coopreport.indicators import (
    MOST_KEYS,
    SYNTHETIC,
    Indicator,
    Method,
    Read,
    Result,
    as_json,
    method_of,
    trail_json,
)
from coopreport.known import known_rows
from coopreport.registers.named import NamedRegister
from coopreport.registers.schema import Account
from coopreport.tables import Package, Table, read_table
from coopreport.watched_cycle import WatchedCycle


class Data:
    """What a catalogue function sees: the cycle and the raw tables, read with a trail."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._reads: dict[Read, None] = {}
        self._inputs: dict[str, None] = {}
        self._parameters: dict[str, Any] = {}

    @property
    def cycle(self) -> Cycle:
        """The budget cycle; what is asked of it is recorded."""
        return self._ledger.watched_cycle(self._parameters)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The values of the cycle asked for so far, by name and as JSON."""
        return self._parameters

    @property
    def reads(self) -> tuple[Read, ...]:
        """Everything read so far, in a stable order."""
        return tuple(sorted(self._reads))

    @property
    def inputs(self) -> tuple[str, ...]:
        """The frames and indicators asked for so far, by name."""
        return tuple(sorted(self._inputs))

    def rows(self, table: str, **where: object) -> pd.DataFrame:
        """Return the rows of a raw table whose columns equal `where`; the reading is recorded.

        Raises:
            UnknownName: no such table or column.
        """
        source = self._ledger.table(table)
        frame = source.frame
        for column, value in where.items():
            if column not in frame.columns:
                raise unknown_column(table, column, list(frame.columns))
            frame = frame[(frame[column] == value).fillna(False).astype(bool)]
        self._reads[_read_of(source, frame, where)] = None
        return frame.reset_index(drop=True)

    def known(self, table: str, **where: object) -> pd.DataFrame:
        """Return the rows of a raw table known at the cut-off, as `rows` does.

        A cycle with hindsight is given those that came after too: its chapters show them apart.

        Raises:
            UnknownName: no such table or column.
        """
        rows = self.rows(table, **where)
        if self.cycle.hindsight:
            return rows
        return known_rows(table, rows, self.cycle.cut_off).reset_index(drop=True)

    def may_be(self, name: str) -> bool:
        """Tell whether an indicator of this form exists in some cycle, if not in this one."""
        return self._ledger.may_be(name)

    def knows(self, fact: str) -> bool:
        """Tell whether the cycle knows a fact of the catalogue; what told it is recorded here."""
        told = self._ledger.fact(fact)
        self._reads.update(dict.fromkeys(told.reads))
        self._parameters.update(told.parameters)
        return told.known

    def register(self) -> NamedRegister:
        """Return the register that the cycle names; what it gives is recorded as it is asked for.

        Raises:
            UnknownParameter: the cycle names none.
        """
        if self.cycle.register is None:
            raise UnknownParameter(
                f"Le cycle {self.cycle.id} ne nomme aucun registre.",
                f"ajoutez « register: … » à data/cycles/{self.cycle.id}.yaml.",
            )
        return self._ledger.register

    def read_register(self, account: Account, where: Sequence[str] = ()) -> None:
        """Record a reading of the cycle's register: the rows used under a definition."""
        self._ledger.know(account)
        self._reads[Read(REGISTER, account.sha256, tuple(where), account.used)] = None

    def labels(self, table: str, column: str) -> dict[str, str]:
        """Return the French labels of a coded column, by code, as the table's schema gives them."""
        return dict(self._ledger.table(table).resource.field[column].labels)

    def frame(self, name: str) -> pd.DataFrame:
        """Return a frame of the catalogue; what it read is recorded here too."""
        frame = self._ledger.frame(name)
        self._inherit(frame.name, frame)
        return frame.rows.copy()

    def value(self, name: str) -> Any:
        """Return the exact value of another indicator; what it read is recorded here too."""
        return self.indicator(name).value

    def indicator(self, name: str) -> Indicator:
        """Return another indicator; what it read is recorded here too."""
        indicator = self._ledger.indicator(name)
        self._inherit(indicator.id, indicator)
        return indicator

    def _inherit(self, name: str, made: Frame | Indicator) -> None:
        """Record what was used, and all that it was made from."""
        self._inputs[name] = None
        self._reads.update(dict.fromkeys(made.reads))
        self._parameters.update(made.parameters)


REGISTER = "registre"
"""The name under which the trail has the cycle's register."""

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


def _read_of(table: Table, rows: pd.DataFrame, where: Mapping[str, object]) -> Read:
    """Describe a reading: few rows are named by their keys and their own sources, many counted."""
    keys: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    if len(rows) <= MOST_KEYS:
        columns = list(table.resource.primary_key)
        records = rows[columns].itertuples(index=False, name=None)
        keys = tuple("/".join(str(part) for part in record) for record in records)
        if "source" in rows.columns:
            sources = tuple(sorted(set(rows["source"].dropna())))
    conditions = tuple(f"{column}={value}" for column, value in where.items())
    return Read(table.name, table.sha256, conditions, len(rows), keys, sources)


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
            known = list(self.package.resources)
            if name not in known:
                raise UnknownName(
                    f"La table « {name} » n’existe pas dans data/datapackage.json.",
                    nearest(name, known) or f"tables : {', '.join(known)}.",
                )
            self._tables[name] = read_table(self.package, name)
        return self._tables[name]

    def frame(self, name: str) -> Frame:
        """Return a frame of the catalogue, computed on first use.

        Raises:
            UnknownName: nobody defines this frame.
        """
        if name not in self._frames:
            known = list(self.catalogue.frames)
            if name not in known:
                raise UnknownName(
                    f"Aucun tableau ne se nomme « {name} ».",
                    nearest(name, known) or "voyez les tableaux de coopreport/catalogue/.",
                )
            data = Data(self)
            function = self.catalogue.frames[name].function
            rows = function(data)
            method = method_of(function, "")
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
            known = list(self.catalogue.facts)
            if name not in known:
                raise UnknownName(
                    f"Aucun fait ne se nomme « {name} ».",
                    nearest(name, known) or f"faits : {', '.join(known)}.",
                )
            data = Data(self)
            told = False
            with suppress(UnknownParameter):  # of a chapter that the cycle has not
                told = self.catalogue.facts[name].function(data)
            self._facts[name] = Told(told, data.reads, data.parameters)
        return self._facts[name]

    def lacks(self) -> dict[str, str]:
        """Return the facts that the cycle does not know, each with the sentence that says so."""
        return {
            name: definition.lack.format(cycle=self.cycle.id)
            for name, definition in self.catalogue.facts.items()
            if not self.fact(name).known
        }

    def may_be(self, name: str) -> bool:
        """Tell whether an indicator of this form exists in some cycle, if not in this one."""
        return any(each.may_be(name) for each in self.catalogue.indicators.values())

    def has(self, name: str) -> bool:
        """Tell whether this cycle can compute an indicator.

        Raises:
            UnknownName: nobody defines an indicator of this form in any cycle.
        """
        try:
            self._definition(name)
        except UnknownName:
            if not self.may_be(name):
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

    def _names_of(self, definition: IndicatorDefinition) -> Iterator[tuple[str, Keys]]:
        """Yield the names of a definition: one, or a family's."""
        for keys in definition.each(Data(self)) if definition.each else ({},):
            yield definition.name.format(**keys), keys
