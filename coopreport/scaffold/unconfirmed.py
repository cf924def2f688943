"""The rows of a cycle that were carried from another and that nobody has confirmed yet."""

from __future__ import annotations

from coopreport.scaffold.rows import CONFIRMED, CYCLE, is_carried, name_of
from coopreport.tables import Package, read_table


def unconfirmed_rows(package: Package, cycle: str) -> tuple[str, ...]:
    """Return the rows of a cycle to be confirmed, as messages name them, table by table.

    Raises:
        BadData: a table breaks a rule.
    """
    found = []
    for resource in package.resources.values():
        if is_carried(resource):
            rows = read_table(package, resource.name).frame
            waiting = rows[(rows[CYCLE] == cycle).fillna(False) & ~rows[CONFIRMED].astype(bool)]
            found += [name_of(resource, row) for _, row in waiting.astype(str).iterrows()]
    return tuple(found)
