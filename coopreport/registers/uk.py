"""The Co-operatives UK open data, organisations edition: a real register, one row per organisation.

CSV in UTF-8 with records over several lines and d/m/yyyy dates. Deaths are dated from 2011-02-01
only. An organisation that cannot be dated is rejected with a counted reason; anything this reader
does not know (a date in another form, a new status or class) is a fault, never a guess.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from babel.dates import get_month_names

from coopreport.analysis.definition import Definition
from coopreport.errors import BadCall, BadData, Fault, nearest
from coopreport.languages import FRENCH
from coopreport.registers.csv_source import bad_line
from coopreport.registers.life_table import EPOCH
from coopreport.registers.schema import END_KINDS, TEXT_GROUPS, UNKNOWN, Loaded
from coopreport.registers.units import NO_KIND, NONE, Units

if TYPE_CHECKING:
    import pandas as pd

ID, TYPE, STATUS = "CUK Organisation ID", "Ownership Classification", "Registered Status"
BIRTH, END = "Incorporation Date", "Dissolved Date"
SECTOR, NATION, FORM = "Sector - Simplified, High Level", "UK Nation", "Legal Form"

TYPES: Mapping[str, str] = {
    "": "unknown",
    "Co-operatives": "cooperatives",
    "Community of Interest": "community_of_interest",
    "Consumers": "consumers",
    "Employee Trust": "employee_trust",
    "Enterprises": "enterprises",
    "Multi-stakeholder": "multi_stakeholder",
    "Self-employed": "self_employed",
    "Tenants": "tenants",
    "Workers": "workers",
}
"""The printed « Ownership Classification » and our code."""

COUNTED_TO = date(2017, 6, 9)
"""The last day of the edition that `data/life_table_uk.csv` counts."""


def population(cut_off: date) -> str:
    """Return the words for the organisations of the edition that was closed on a day."""
    month = get_month_names("wide", locale=FRENCH.babel)[cut_off.month]
    return (
        "coopératives du Royaume-Uni, données ouvertes de Co-operatives UK, "
        f"édition de {month} {cut_off.year}"
    )


DEFINITION = Definition(
    population=population(COUNTED_TO),
    unit="organisation inscrite",
    birth_event="date de constitution",
    death_event="date de dissolution",
    takeover_rule="non distinguée, toute dissolution compte pour une mort",
    reactivation_rule="non suivie, le registre ne donne que le dernier statut",
    first_birth=date(1960, 1, 1),
    cut_off=COUNTED_TO,
    observation_start=date(2011, 2, 1),
)
"""The definition under which data/life_table_uk.csv is computed."""

NO_BIRTH = "sans date de constitution"
DEAD_UNDATED = "dissoutes, sans date de dissolution"
LIVE_DATED = "actives, mais avec une date de dissolution"
REPEATED = "répétées à l’identique"

MAX_CELL = 10_000


@dataclass(frozen=True)
class Register:
    """What was read of a register.

    `records`: `unit_id`, `birth` (date), `end` (date, None when alive), `coop_type`; sorted by
    unit_id. `details`: `unit_id` and, as printed (`inconnue` when blank or not in the edition),
    `form_code`, `sector`, `region` (the nation), in the same order. `rejected` counts the other
    rows by reason (French), so that `rows` is their total.
    """

    name: str
    sha256: str
    rows: int
    records: pd.DataFrame
    rejected: Mapping[str, int]
    details: pd.DataFrame


def read_organisations(path: Path) -> Register:
    """Read an organisations edition.

    Raises:
        BadCall: no such regular file.
        BadData: every fault of the file: encoding, quotes, row length, columns, dates, codes, ids.
    """
    import pandas as pd

    if not path.is_file():
        raise BadCall(
            f"Registre introuvable\u00a0: {path.name}",
            "Donner le fichier CSV des organisations de Co-operatives UK.",
        )
    raw = path.read_bytes()
    lines = _parse(raw, path.name)
    faults: list[Fault] = []
    rejected: Counter[str] = Counter()
    kept: dict[str, tuple[date, date | None, str]] = {}
    seen: dict[str, tuple[int, Mapping[str, str]]] = {}
    for line, row in lines:
        found = _row_faults(path.name, line, row)
        unit = row[ID]
        if unit in seen and not found:
            first_line, first = seen[unit]
            found = _duplicate_faults(path.name, line, row, first_line, first)
            if not found:
                rejected[REPEATED] += 1
        faults += found
        if found or unit in seen:
            continue
        seen[unit] = (line, row)
        birth, end = _date(row[BIRTH]), _date(row[END])
        if birth is None:
            rejected[NO_BIRTH] += 1
        elif row[STATUS] == "Dead" and end is None:
            rejected[DEAD_UNDATED] += 1
        elif row[STATUS] == "Live" and end is not None:
            rejected[LIVE_DATED] += 1
        else:
            kept[unit] = (birth, end, TYPES[row[TYPE]])
    if faults:
        raise BadData(faults)
    records = pd.DataFrame(
        [(unit, *kept[unit]) for unit in sorted(kept)],
        columns=["unit_id", "birth", "end", "coop_type"],
    )
    details = pd.DataFrame(
        [
            (unit, *(seen[unit][1].get(column) or UNKNOWN for column in (FORM, SECTOR, NATION)))
            for unit in sorted(kept)
        ],
        columns=["unit_id", "form_code", "sector", "region"],
        dtype="object",
    )
    digest = hashlib.sha256(raw).hexdigest()
    return Register(path.name, digest, len(lines), records, dict(rejected), details)


def load(path: Path) -> Loaded:
    """Read an organisations edition.

    Every organisation is a co-operative, every dissolution a death: the edition does not tell more.

    Raises:
        BadCall, BadData: as `read_organisations`.
    """
    import pandas as pd

    register = read_organisations(path)
    records, texts = register.records, register.details.drop(columns="unit_id")
    texts["type"] = [UNKNOWN if code == TYPES[""] else code for code in records["coop_type"]]
    texts["legal_form"] = "cooperative"
    groups = texts[[*TEXT_GROUPS]].drop_duplicates(ignore_index=True)
    rows = {line: number for number, line in enumerate(groups.itertuples(index=False, name=None))}
    lines = texts[[*TEXT_GROUPS]].itertuples(index=False, name=None)
    birth, end = (
        np.array([NONE if pd.isna(day) else (day - EPOCH).days for day in records[name]], "int32")
        for name in ("birth", "end")
    )
    units = Units(
        birth=birth,
        end=end,
        observed_from=np.full(len(birth), NONE, "int32"),
        end_kind=np.where(end == NONE, NO_KIND, END_KINDS.index("dissolution")).astype("uint8"),
        group=np.array([rows[line] for line in lines], "int32"),
        groups={name: groups[name].to_numpy(dtype="object") for name in TEXT_GROUPS},
        ids=records["unit_id"].to_numpy(dtype="object"),
    )
    last = max(birth.max(initial=NONE), end.max(initial=NONE))
    return Loaded(
        rows=register.rows,
        rejected=register.rejected,
        notes={},
        synthetic=False,
        last_event=EPOCH + timedelta(int(last)) if last != NONE else None,
        units=units,
    )


def _parse(raw: bytes, name: str) -> list[tuple[int, dict[str, str]]]:
    """Return (first line, {column: trimmed text}) of each record; raises BadData for the shape."""
    if b"\0" in raw:
        line = raw[: raw.index(b"\0")].count(b"\n") + 1
        raise bad_line(name, line, "octet nul", "Reprendre le fichier à sa source.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise bad_line(
            name, line, "le texte n’est pas en UTF-8", "Enregistrer en CSV UTF-8."
        ) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[tuple[int, list[str]]] = []
    start = 1
    try:
        for record in reader:
            records.append((start, record))
            start = reader.line_num + 1
    except csv.Error:
        rule = "guillemets mal fermés dans l’enregistrement qui commence ici"
        raise bad_line(name, start, rule, "Fermer le guillemet.") from None
    while records and not records[-1][1]:
        records.pop()
    if len(records) < 2:
        rule = "fichier vide ou réduit à son en-tête"
        raise bad_line(name, 0, rule, "Reprendre le fichier à sa source.")
    header = [cell.strip() for cell in records[0][1]]
    faults = [
        Fault(
            name,
            1,
            column,
            "",
            "colonne absente" if column not in header else "colonne présente plus d’une fois",
            nearest(column, header)
            or "Reprendre l’édition «\u00a0organisations\u00a0» à sa source.",
        )
        for column in (ID, TYPE, STATUS, BIRTH, END)
        if header.count(column) != 1
    ]
    for line, record in records[1:]:
        if len(record) != len(header):
            rule = f"{len(record)} cellules au lieu de {len(header)}"
            faults.append(Fault(name, line, "", "", rule, "Rétablir les cellules de la ligne."))
        elif any(len(cell) > MAX_CELL for cell in record):
            rule = f"cellule de plus de {MAX_CELL} caractères"
            faults.append(Fault(name, line, "", "", rule, "Chercher un guillemet non fermé."))
    if faults:
        raise BadData(faults)
    return [
        (line, dict(zip(header, (cell.strip() for cell in record), strict=True)))
        for line, record in records[1:]
    ]


def _row_faults(name: str, line: int, row: Mapping[str, str]) -> list[Fault]:
    faults = []
    if not row[ID]:
        faults.append(Fault(name, line, ID, "", "identifiant absent", "Le donner."))
    if row[TYPE] not in TYPES:
        known = ", ".join(code for code in TYPES if code)
        faults.append(
            Fault(
                name, line, TYPE, row[TYPE], "classe inconnue", f"Classes connues\u00a0: {known}."
            )
        )
    if row[STATUS] not in {"Live", "Dead"}:
        faults.append(
            Fault(name, line, STATUS, row[STATUS], "statut inconnu", "Écrire Live ou Dead.")
        )
    for column in (BIRTH, END):
        try:
            _date(row[column])
        except ValueError:
            rule = "la date n’est pas de la forme j/m/aaaa"
            remedy = "Écrire le jour, le mois et l’année, par exemple 9/6/2017."
            faults.append(Fault(name, line, column, row[column], rule, remedy))
    return faults


def _duplicate_faults(
    name: str, line: int, row: Mapping[str, str], first_line: int, first: Mapping[str, str]
) -> list[Fault]:
    """Return one fault per field in which two rows of the same organisation differ."""
    return [
        Fault(
            name,
            line,
            column,
            row[column],
            f"{row[ID]} est déjà à la ligne {first_line}, avec «\u00a0{first[column]}\u00a0»",
            "Ne garder qu’une des deux lignes.",
        )
        for column in (TYPE, STATUS, BIRTH, END)
        if row[column] != first[column]
    ]


def _date(text: str) -> date | None:
    """Return a d/m/yyyy date, None for a blank; ValueError for any other form or day."""
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}", text):
        raise ValueError(text)
    day, month, year = (int(part) for part in text.split("/"))
    return date(year, month, day)
