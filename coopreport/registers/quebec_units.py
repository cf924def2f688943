"""The rows of a Québec register judged: each becomes a unit, or is rejected under its first reason.

The rules are those of `quebec`. Each pair of codes is judged once, then each row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

import numpy as np

from coopreport.analysis.definition import MERGER
from coopreport.registers import quebec_layout as layout
from coopreport.registers.life_table import EPOCH, by_reason
from coopreport.registers.pieces import pieces
from coopreport.registers.quebec_rows import NO_DIVISION, NO_NUMBER, UNREADABLE, Rows
from coopreport.registers.quebec_towns import PLACES
from coopreport.registers.schema import END_KINDS, TEXT_GROUPS, UNKNOWN
from coopreport.registers.units import NO_KIND, NONE, Units

REGISTRATION_MEANS_BIRTH = date(1995, 1, 1)

NO_ID = "sans NEQ lisible"
REPEATED = "répétées à l’identique"
NOT_REGISTERED = "jamais immatriculées (avis d’intention, non immatriculée)"
OTHER_STATUS = "sans statut, ou d’un statut autre qu’immatriculée ou radiée"
NO_FORM = "sans forme juridique"
UNREADABLE_DATE = "avec une date illisible, ou hors de 1600 à 2100"
NO_BIRTH = "sans date de constitution, ni immatriculation qui en tienne lieu"
UNDATED_END = "radiées, sans date de radiation"
REASONS = (
    NO_ID,
    REPEATED,
    NOT_REGISTERED,
    OTHER_STATUS,
    NO_FORM,
    UNREADABLE_DATE,
    NO_BIRTH,
    UNDATED_END,
)
"""Why a row is rejected, in the order in which a row is tried."""
NUMBER = {reason: number for number, reason in enumerate(REASONS, start=1)}
"""Of each reason, where 0 is that of a row kept."""

BORN_AT_REGISTRATION = "sans acte de constitution, naissance à l’immatriculation"
MERGED = "radiées par fusion ou scission, sorties sans être mortes"
LATE = "immatriculées après leur constitution, à risque dès l’immatriculation"
CONTINUED = "continuées ou transformées, gardées avec leur naissance"
"""The rules whose units are counted."""

SECTORS = (*layout.SECTORS, UNKNOWN)
COLUMNS = {
    **dict.fromkeys(("birth", "end", "observed_from", "group"), "int32"),
    "end_kind": "uint8",
}
"""The arrays of `Units`, and what they hold."""

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Codes:
    """The pairs of a status and a form, judged: arrays by place, and the forms.

    `reason`: why a row of them is rejected (uint8), 0 when it is not. `end_kind`: that of a firm
    struck off (uint8), `NO_KIND` for another. `form`: a place in `forms` (int32). `same`: the first
    place of the same codes (int32): spaces and case do not count. `statuses`: those there are.
    """

    reason: Array
    end_kind: Array
    form: Array
    same: Array
    statuses: tuple[str, ...]
    forms: tuple[str, ...]


@dataclass(frozen=True)
class JudgedRows:
    """The units of a register, its rows rejected by reason, and the units that each rule concerns.

    `rejected` has the reasons that some row has; `notes`, every rule.
    """

    units: Units
    rejected: Mapping[str, int]
    notes: Mapping[str, int]


def judge_codes(codes: Mapping[int, tuple[str | None, str | None]]) -> Codes:
    """Judge each pair of codes once; `codes` are those of `Rows`."""
    size = 1 + max(codes, default=0)
    reason, end_kind = np.zeros(size, dtype="uint8"), np.full(size, NO_KIND, dtype="uint8")
    form, same = np.zeros(size, dtype="int32"), np.zeros(size, dtype="int32")
    forms: dict[str, int] = {}
    pairs: dict[tuple[str, str], int] = {}
    for number, texts in codes.items():
        status, name = ((text or "").strip().upper() for text in texts)
        same[number] = pairs.setdefault((status, name), number)
        form[number] = forms.setdefault(name, len(forms))
        if status in layout.NEVER_REGISTERED:
            reason[number] = NUMBER[NOT_REGISTERED]
        elif status != layout.REGISTERED and status not in layout.STRUCK_OFF:
            reason[number] = NUMBER[OTHER_STATUS]
        elif not name:
            reason[number] = NUMBER[NO_FORM]
        if status in layout.STRUCK_OFF:
            end_kind[number] = END_KINDS.index(layout.STRUCK_OFF[status])
    statuses = tuple(sorted({status for status, _ in pairs if status}))
    return Codes(reason, end_kind, form, same, statuses, tuple(forms))


def judge_rows(
    rows: Rows,
    codes: Codes,
    place: Array,
    repeated: Array,
    merged: Array,
    continued: Array,
    ids: bool,
) -> JudgedRows:
    """Judge each row.

    Args:
        place: of the region of each row, in `quebec_towns.PLACES`.
        repeated, merged, continued: whether each row is (bool).
        ids: give the units' own numbers too.
    """
    columns = {name: np.empty(len(rows), kind) for name, kind in COLUMNS.items()}
    numbers = np.empty(len(rows) if ids else 0, dtype="int64")
    sectors = _sectors()
    cooperative = np.array([form == layout.COOPERATIVE for form in codes.forms])
    registration = (REGISTRATION_MEANS_BIRTH - EPOCH).days
    reasons = np.zeros(1 + len(REASONS), dtype="int64")
    notes = dict.fromkeys((BORN_AT_REGISTRATION, MERGED, LATE, CONTINUED), 0)
    used = 0
    for some in pieces(len(rows)):
        immat, consti, stat = rows.immat[some], rows.consti[some], rows.stat[some]
        code = rows.code[some]
        form, kind = codes.form[code], codes.end_kind[code]
        struck = kind != NO_KIND
        stands_in = (consti == NONE) & (immat >= registration) & ~cooperative[form]
        birth = np.where(stands_in, immat, consti)

        reason = np.zeros(len(code), dtype="uint8")  # the first one is given last
        reason[struck & (stat == NONE)] = NUMBER[UNDATED_END]
        reason[birth == NONE] = NUMBER[NO_BIRTH]
        for day in (immat, consti, stat):
            reason[day == UNREADABLE] = NUMBER[UNREADABLE_DATE]
        reason = np.where(codes.reason[code], codes.reason[code], reason)
        reason[repeated[some]] = NUMBER[REPEATED]
        reason[rows.neq[some] == NO_NUMBER] = NUMBER[NO_ID]
        reasons += np.bincount(reason, minlength=len(reasons))

        kept = reason == 0
        late = immat > birth
        kind[merged[some]] = END_KINDS.index(MERGER)
        for rule, concerned in zip(
            notes, (stands_in, merged[some], late, continued[some]), strict=True
        ):
            notes[rule] += int((concerned & kept).sum())
        sector = sectors[rows.division[some]]
        found = {
            "birth": birth,
            "end": np.where(struck, stat, NONE),
            "observed_from": np.where(late, immat, NONE),
            "end_kind": kind,
            "group": (form * len(SECTORS) + sector) * len(PLACES) + place[some],
        }
        into = slice(used, used := used + int(kept.sum()))
        for name, column in found.items():
            columns[name][into] = column[kept]
        if ids:
            numbers[into] = rows.neq[some][kept]
    units = Units(
        **{name: column[:used] for name, column in columns.items()},
        groups=_groups(codes.forms),
        ids=numbers[:used].astype(str).astype("object") if ids else None,
    )
    return JudgedRows(units, by_reason(reasons, REASONS), notes)


def _sectors() -> Array:
    """Return the place in `SECTORS` of each division (int32)."""
    places = np.full(NO_DIVISION + 1, len(SECTORS) - 1, dtype="int32")
    for place, (_, first, last) in enumerate(layout.SECTORS.values()):
        places[first : last + 1] = place
    return places


def _groups(forms: Sequence[str]) -> dict[str, Array]:
    """Return the texts of each form, sector and region: see `Units.groups`."""
    texts = [
        ("cooperative" if form == layout.COOPERATIVE else "other", form, UNKNOWN, sector, region)
        for form, sector, region in product(forms, SECTORS, PLACES)
    ]
    columns = np.array(texts, dtype="object").reshape(len(texts), len(TEXT_GROUPS)).T
    return dict(zip(TEXT_GROUPS, columns, strict=True))
