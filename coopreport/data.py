"""What a function of the catalogue receives: the only way to a raw table or a register.

What it reads is recorded as it reads, and never declared by hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from coopreport.cycles import Cycle, UnknownParameter
from coopreport.definitions import unknown_column
from coopreport.indicators import MOST_KEYS, Indicator, Read
from coopreport.known import known_rows
from coopreport.registers.named import NamedRegister
from coopreport.registers.schema import Account
from coopreport.tables import Table

if TYPE_CHECKING:
    from coopreport.ledger import Frame, Ledger

REGISTER = "registre"
"""The name under which the trail has the cycle's register."""


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
        return self._ledger.catalogue.may_be(name)

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
