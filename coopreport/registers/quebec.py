"""The Québec enterprise register to units of the schema.

Rules, each counted in the account:

- **Birth** is DAT_CONSTI. Where it is blank, a firm other than a co-operative is born on DAT_IMMAT
  (a sole proprietor or a partnership has no act of constitution), from 1995 on only: in 1994 all
  living firms had to register, whatever their age. A co-operative without DAT_CONSTI is rejected.
- **End** is DAT_STAT_IMMAT of a firm struck off (RD on request; RO and RX ex officio).
- **Merger**: a firm struck off from 31 days before to 366 days after the date of a row of
  FusionScissions.csv that names it, on either side, ended in a merger or a break-up: the firm that
  results from it is still registered then. (Eurostat-OECD: neither birth nor death.)
- **Observation** begins at DAT_IMMAT when it is after birth: a firm that ended before it registered
  is not in the register, so nobody may be counted as surviving until then.
- **Continued or transformed** firms are kept, with the birth that the register gives.
- A date that cannot be read rejects its row; more than one row in a hundred is another format,
  and a fault. A status that no list of the register knows is a fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from coopreport.errors import BadData, Fault
from coopreport.registers import quebec_changes as changes
from coopreport.registers import quebec_layout as layout
from coopreport.registers.archive import names
from coopreport.registers.csv_source import CsvSource, open_csv, refusals
from coopreport.registers.life_table import EPOCH
from coopreport.registers.members import RegisterMember
from coopreport.registers.pieces import looked_up, rows_among
from coopreport.registers.places import Towns
from coopreport.registers.quebec_checks import (
    check_cells,
    check_statuses,
    refuse_conflicts,
)
from coopreport.registers.quebec_rows import DATES, UNREADABLE, Rows, read_rows
from coopreport.registers.quebec_towns import place
from coopreport.registers.quebec_units import Codes, judge_codes, judge_rows
from coopreport.registers.repeated import repeats, there_twice
from coopreport.registers.schema import Loaded
from coopreport.registers.units import NO_KIND

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Array = np.ndarray[Any, Any]


def load(
    connection: DuckDBPyConnection,
    files: Mapping[str, RegisterMember],
    shown: Path,
    towns: Towns | None,
    ids: bool = False,
) -> Loaded:
    """Read the files of a register, the small ones first.

    Args:
        files: the files of `layout.READ`, by name.
        shown: the ZIP or the folder that the user gave.
        towns: where the regions come from; None leaves every region unknown.
        ids: give the units' own numbers too.

    Raises:
        BadData: every fault of form, columns, codes, dates and identity.
        CannotPublish: no room to decompress.
    """
    sources = {
        name: open_csv(files[name], f"{shown.name}/{name}", columns)
        for name, columns in layout.READ.items()
    }
    source = sources[layout.ENTERPRISES]
    domains = _domains(connection, sources[layout.DOMAINS])
    statuses = _listed_with(layout.REGISTERED, domains)
    statuses |= {layout.REGISTERED, *layout.STRUCK_OFF, *layout.NEVER_REGISTERED}
    mergers = changes.mergers(connection, sources[layout.MERGERS])
    continued = changes.continued(connection, sources[layout.CONTINUATIONS])
    rows = read_rows(connection, source, statuses, _listed_with(layout.COOPERATIVE, domains))
    if not len(rows):
        rule = "fichier réduit à son en-tête"
        raise BadData([Fault(source.name, 0, "", "", rule, "Reprendre le registre.")])
    with ThreadPoolExecutor(1) as beside:
        searched = beside.submit(there_twice, rows.neq)
        codes = judge_codes(rows.codes)
        check_statuses(source, codes.statuses, statuses)
        check_cells(connection, source, rows)
        region, unplaced = place(source.name, rows.town, rows.lines, towns)
        again, conflicts = _repeats(rows, codes, searched.result())
    refuse_conflicts(source, conflicts)
    struck = looked_up(codes.end_kind != NO_KIND, rows.code)
    judged = judge_rows(
        rows,
        codes,
        region,
        repeated=_marked(again, rows),
        merged=_marked(changes.rows_merged(rows.neq, rows.stat, struck, mergers), rows),
        continued=_marked(rows_among(rows.neq, continued), rows),
        ids=ids,
    )
    notes = {rule: count for rule, count in {**judged.notes, **unplaced}.items() if count}
    marked = layout.SYNTHETIC_FILE in names(shown) or layout.SYNTHETIC_DOMAIN in domains
    return Loaded(
        rows=len(rows),
        rejected=judged.rejected,
        notes=notes,
        synthetic=marked or _invented(rows.neq),
        last_event=_last_event(rows),
        units=judged.units,
        not_given=("type",),
        follows_calendar=True,
    )


def _domains(connection: DuckDBPyConnection, source: CsvSource) -> dict[str, set[str]]:
    """Return the codes of each value domain."""
    query = (
        "SELECT DISTINCT upper(trim(TYP_DOM_VAL)) AS domain, upper(trim(COD_DOM_VAL)) AS code "
        f"FROM {source.sql}"
    )
    codes: dict[str, set[str]] = {}
    with refusals(source):
        for domain, code in connection.execute(query).fetchall():
            codes.setdefault(domain or "", set()).add(code or "")
    return codes


def _listed_with(code: str, domains: Mapping[str, set[str]]) -> set[str]:
    """Return the codes of the domains that have a code."""
    return {other for codes in domains.values() if code in codes for other in codes}


def _repeats(rows: Rows, codes: Codes, twice: Array) -> tuple[Array, list[int]]:
    """Return the rows that say again what another says, and the numbers in contradiction."""
    if not twice.any():
        return twice, []
    days = {name: getattr(rows, name) for name in DATES.values()}
    code = looked_up(codes.same, rows.code)
    content = {**days, "code": code, "division": rows.division, "town": rows.town}
    return repeats(rows.neq, twice, content)


def _marked(some: Array, rows: Rows) -> Array:
    """Return whether each row is one of some."""
    marks = np.zeros(len(rows), dtype=bool)
    marks[some] = True
    return marks


def _invented(neq: Array) -> bool:
    """Tell whether some number is one of a generated register."""
    first, last = layout.SYNTHETIC_IDS.start, layout.SYNTHETIC_IDS.stop - 1
    return bool(((neq >= first) & (neq <= last)).any())


def _last_event(rows: Rows) -> date | None:
    """Return the latest date of the register."""
    last = int(max(getattr(rows, name).max() for name in DATES.values()))
    return EPOCH + timedelta(last) if last > UNREADABLE else None
