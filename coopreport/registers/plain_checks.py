"""What a row of our own schema may say: each combination of texts is judged once, then each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from coopreport.registers.life_table import EPOCH
from coopreport.registers.pieces import pieces
from coopreport.registers.schema import END_KINDS, LEGAL_FORMS, TEXT_GROUPS, UNKNOWN
from coopreport.registers.units import DATES, NO_KIND, NONE

BOOLEANS = {"true": True, "false": False, "": False}

FIRST, LAST = date(1600, 1, 1), date(2100, 12, 31)
CODES: Mapping[str, tuple[str | None, ...]] = {
    "end_kind": (None, *END_KINDS),
    "legal_form": LEGAL_FORMS,
    **dict.fromkeys(("form_code", "type", "sector", "region"), ()),
    "synthetic": (),
}
"""The columns of texts, and the texts that each may have; the others are free."""
UNREADABLE = int(np.iinfo("int32").max)
"""The day of a text that is no date: outside the calendar, so at fault."""

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Judged:
    """The texts of a register, judged: arrays by place, and the groups (see `Units`).

    `faulty` when one of them is no text of the schema.
    """

    end_kind: Array
    group: Array
    synthetic: Array
    groups: Mapping[str, Array]
    faulty: bool


def judge(texts: Sequence[tuple[int, tuple[str | None, ...]]]) -> Judged:
    """Judge each combination of texts once.

    Texts lose the spaces around; a blank one is as if it were not there.
    """
    size = texts[-1][0] + 1
    end_kind, group = np.full(size, NO_KIND, dtype="uint8"), np.zeros(size, dtype="int32")
    synthetic, faulty = np.zeros(size, dtype=bool), False
    numbers: dict[tuple[str | None, ...], int] = {}
    for place, cells in texts:
        kind, form, form_code, *others, mark = ((cell or "").strip() or None for cell in cells)
        said = BOOLEANS.get((mark or "").lower())
        if form not in LEGAL_FORMS or kind not in (None, *END_KINDS) or said is None:
            faulty = True
            continue
        key = (form, form_code or form, *(text or UNKNOWN for text in others))
        group[place] = numbers.setdefault(key, len(numbers))
        synthetic[place] = said
        if kind:
            end_kind[place] = END_KINDS.index(kind)
    columns = np.array([*numbers], dtype="object").reshape(len(numbers), len(TEXT_GROUPS)).T
    groups = dict(zip(TEXT_GROUPS, columns, strict=True))
    return Judged(end_kind, group, synthetic, groups, faulty)


def placed(judged: Judged, places: Array, found: Mapping[str, Array]) -> tuple[Array, Array, bool]:
    """Return the kind of end and the group of each row, and whether some row is at fault.

    It is when a date is outside the calendar, or an end has a kind and no date. An end without a
    kind ended in an unknown way.
    """
    first, last = ((day - EPOCH).days for day in (FIRST, LAST))
    end_kind, group = np.empty(len(places), "uint8"), np.empty(len(places), "int32")
    faulty = False
    for rows in pieces(len(places)):
        kind, ended = judged.end_kind[places[rows]], found["end"][rows] != NONE
        faulty |= bool(((kind != NO_KIND) & ~ended).any())
        for name in DATES:
            days = found[name][rows]
            faulty |= bool(((days > last) | ((days < first) & (days != NONE))).any())
        kind[ended & (kind == NO_KIND)] = END_KINDS.index("unknown")
        end_kind[rows], group[rows] = kind, judged.group[places[rows]]
    return end_kind, group, faulty


def fault_of(row: Mapping[str, str]) -> tuple[str, str, str] | None:
    """Return the fault of a row of text: column, rule, remedy."""
    for column in DATES:
        if text := row.get(column, ""):
            try:
                readable = FIRST <= date.fromisoformat(text) <= LAST
            except ValueError:
                readable = False
            if not readable:
                rule = "la date n’est pas de la forme AAAA-MM-JJ, de 1600 à 2100"
                return column, rule, "Écrire, par exemple, 2017-06-09."
    if row.get("legal_form", "") not in LEGAL_FORMS:
        return "legal_form", "forme juridique inconnue", f"Formes\u00a0: {', '.join(LEGAL_FORMS)}."
    kind = row.get("end_kind", "")
    if kind and kind not in END_KINDS:
        return "end_kind", "sorte de fin inconnue", f"Sortes\u00a0: {', '.join(END_KINDS)}."
    if kind and not row.get("end", ""):
        return "end_kind", "sorte de fin sans date de fin", "Donner la date de fin, ou la retirer."
    if row.get("synthetic", "").lower() not in BOOLEANS:
        return "synthetic", "ni true, ni false", "Écrire true pour un registre généré."
    return None
