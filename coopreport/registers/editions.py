"""Units that vanish from one edition of a register to the next, and what they do to a rate.

A later edition should hold every unit of an earlier one, dead or alive. A unit that was alive in
the earlier and is absent from the later was not seen to die: counting only the later edition
leaves it out, which flatters survival. Two treatments count it: one supposes nothing of what
follows, the other the worst. Counts are additive: the later edition's table plus that of the
vanished is the table of both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from coopreport.errors import BadCall
from coopreport.locale import format_date
from coopreport.registers import cache as kept_tables
from coopreport.registers import counting
from coopreport.registers.aggregation import known_hashes
from coopreport.registers.life_table import EPOCH
from coopreport.registers.opening import opened
from coopreport.registers.schema import END_KINDS, Account, RegisterFile, Rules
from coopreport.registers.units import NONE, Units

if TYPE_CHECKING:
    import pandas as pd

Treatment = Literal["leaves", "dies"]
TREATMENTS: tuple[Treatment, ...] = ("leaves", "dies")
"""A vanished unit is observed until the day of the earlier edition, or dies that day. One that the
earlier edition already had dead keeps its own end."""

REMEDY = "Donner dans « earlier_seen » du cycle le jour où l’édition précédente a été extraite."


@dataclass(frozen=True)
class Editions:
    """Two editions of a register; `seen` is the day of the earlier one, the last it tells of."""

    earlier: RegisterFile
    later: RegisterFile
    seen: date


def vanished_tables(
    editions: Editions,
    rules: Rules,
    by: Sequence[str] = (),
    *,
    account: Account,
    cache: Path | None = None,
) -> Mapping[Treatment, pd.DataFrame]:
    """Count the units that vanished, by groups of the schema, under each treatment.

    Args:
        account: of the later edition under the same rules, kept with the tables in the cache.

    Returns:
        Life tables of the vanished alone, as those of `aggregation.life_tables`.

    Raises:
        BadCall: the earlier edition is not of a day of the observation, is generated where the
            later is not (or the contrary), or has among the vanished a unit born after its day.
        BadCall, BadData, CannotPublish: as `aggregation.life_tables`.
    """
    if not rules.opening < editions.seen <= rules.cut_off:
        raise BadCall(
            f"L’édition précédente du registre ({format_date(editions.seen)}) n’est pas d’un jour "
            f"de l’observation, du {format_date(rules.opening)} au {format_date(rules.cut_off)}.",
            REMEDY,
        )
    keys = _keys(editions, rules, by, cache) if cache else {}
    entries = {name: kept_tables.read(cache, key) for name, key in keys.items() if cache}
    kept = {name: entry[0] for name, entry in entries.items() if entry is not None}
    if len(kept) == len(TREATMENTS):
        return kept
    units, synthetic = vanished_units(editions.earlier, editions.later)
    if synthetic != account.synthetic:
        raise BadCall(
            "Une des deux éditions du registre est générée, l’autre non.",
            "Nommer dans « earlier » du cycle une édition du même registre.",
        )
    tables = {}
    for treatment in TREATMENTS:
        treated, until = _treated(units, rules, editions.seen, treatment)
        counted = counting.count(treated, until, [tuple(by)], {}, synthetic)
        tables[treatment] = counted.counts[tuple(by)].frame()
        if cache is not None:
            kept_tables.write(cache, keys[treatment], tables[treatment], account)
    return tables


def _keys(editions: Editions, rules: Rules, by: Sequence[str], cache: Path) -> dict[Treatment, str]:
    """Return the name of each treatment's table in the cache."""
    hashes = (known_hashes(edition, cache) for edition in (editions.earlier, editions.later))
    digest, towns = (" ".join(both) for both in zip(*hashes, strict=True))
    kind, day = editions.later.kind, editions.seen.isoformat()
    return {
        name: kept_tables.key(kind, digest, towns, rules, {}, ["vanished", name, day, *by])
        for name in TREATMENTS
    }


def vanished_units(earlier: RegisterFile, later: RegisterFile) -> tuple[Units, bool]:
    """Return the units of the earlier edition that the later does not give; is it generated?

    A unit is known by its number. One of which the later has only rejected rows is not given.
    """
    import pandas as pd

    with opened(later, ids=True) as (_, loaded):
        known = loaded.units.ids
    with opened(earlier, ids=True) as (_, loaded):
        units = loaded.units
    assert known is not None and units.ids is not None
    return units.only(~pd.Index(units.ids).isin(known)), loaded.synthetic


def _treated(units: Units, rules: Rules, seen: date, treatment: Treatment) -> tuple[Units, Rules]:
    """Return the vanished units and the rules that observe them, under a treatment."""
    day, alive = (seen - EPOCH).days, units.end == NONE
    if (youngest := int(units.birth[alive].max(initial=day))) > day:
        born = format_date(EPOCH + timedelta(youngest))
        raise BadCall(
            f"Une unité disparue du registre est née le {born}, après "
            f"l’édition précédente ({format_date(seen)}).",
            REMEDY,
        )
    if treatment == "leaves":
        return units, replace(rules, cut_off=seen, last_birth=min(rules.births_end, seen))
    end = np.where(alive, np.int32(day), units.end)
    kind = np.where(alive, np.uint8(END_KINDS.index("unknown")), units.end_kind)
    return replace(units, end=end, end_kind=kind), rules
