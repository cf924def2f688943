"""The units of a register in arrays: what each loader gives, and what is observed and counted.

Three numbers of days and two small numbers a unit: millions of units take tens of megabytes, and
NumPy judges and counts them in a fraction of the time of reading them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from coopreport.registers.csv_source import literal
from coopreport.registers.schema import END_KINDS, TEXT_GROUPS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NONE = int(np.iinfo("int32").min)
"""The day of a date that is not there: before every other."""
NO_KIND = len(END_KINDS)
"""The kind of end of a unit that has not ended, or whose source does not say."""

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Units:
    """Units in arrays of one length.

    `birth`, `end` and `observed_from`: days since 1970-01-01 (int32), `NONE` where there is none;
    a birth is always there. `end_kind`: the place of the kind of end in `END_KINDS` (uint8), or
    `NO_KIND`. `group`: the unit's place in `groups`, which has the texts (objects) of each of
    `TEXT_GROUPS`; a place may have no unit. `ids`: the units' own numbers, where they were asked
    for.
    """

    birth: Array
    end: Array
    observed_from: Array
    end_kind: Array
    group: Array
    groups: Mapping[str, Array]
    ids: Array | None = None

    def __len__(self) -> int:
        return len(self.birth)

    @property
    def places(self) -> int:
        """The number of places of `groups`."""
        return len(self.groups[TEXT_GROUPS[0]])

    def only(self, kept: Array) -> Units:
        """Return those of a mask; the groups are the same."""
        ids = None if self.ids is None else self.ids[kept]
        return replace(self, **{name: getattr(self, name)[kept] for name in ARRAYS}, ids=ids)

    def put(self, connection: DuckDBPyConnection) -> None:
        """Make them the view `units` of a database, in the columns of the schema (no `synthetic`).

        Without `ids` there is no `unit_id`.
        """
        import pandas as pd

        arrays = {name: getattr(self, name) for name in ARRAYS}
        if self.ids is not None:
            arrays["unit_id"] = self.ids
        connection.register("unit_arrays", pd.DataFrame(arrays, copy=False))
        groups = pd.DataFrame(self.groups)
        connection.register("unit_groups", groups.assign(number=np.arange(len(groups))))
        dates = ", ".join(
            f'DATE \'1970-01-01\' + nullif("{name}", {NONE}) AS "{name}"' for name in DATES
        )
        kinds = ", ".join(map(literal, END_KINDS))
        connection.execute(
            f"CREATE TEMP VIEW units AS SELECT {'unit_id, ' if self.ids is not None else ''}"
            f"{dates}, [{kinds}][end_kind + 1] AS end_kind, {', '.join(TEXT_GROUPS)} "
            'FROM unit_arrays JOIN unit_groups ON number = "group"'
        )


DATES = ("birth", "end", "observed_from")
"""The arrays of days of `Units`."""
ARRAYS = (*DATES, "end_kind", "group")
"""Its arrays that are always there."""


def days_query(name: str, day: str = "", otherwise: str = "NULL") -> str:
    """Return the SQL of a column of days, from a date: by default, the column of that name.

    `otherwise` is the SQL of the number of a row that has no date, where it is not `NONE`.
    """
    number = (day or f'"{name}"') + " - DATE '1970-01-01'"
    return f'coalesce({number}, {otherwise}, {NONE})::INTEGER AS "{name}"'


def fetched(connection: DuckDBPyConnection, query: str) -> dict[str, Array]:
    """Return the columns of a query without NULL.

    `sql` works on every core, and only then hands over; `execute` hands over as it works, on one.
    """
    found = connection.sql(query).fetchnumpy()
    return {name: np.asarray(found.pop(name)) for name in [*found]}
