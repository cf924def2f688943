"""A generated Québec register counted a second time, by region, without any code of the report.

Small registers only: one dictionary a firm. The definition is the survival chapter's: births from
2002, observed from their registration, deaths at the date of the status; a merger ends the
observation and is no death.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

FIRST, LAST = date(2002, 1, 1), date(2023, 1, 31)


@dataclass(frozen=True)
class Life:
    """One co-operative: its age in days when it registered, its last age seen, if it died then."""

    entry: int
    days: int
    died: bool

    def is_at_risk(self, age: int) -> bool:
        return self.entry < age <= self.days or age == self.entry == 0


@dataclass
class Recount:
    """The co-operatives of one region."""

    lives: list[Life] = field(default_factory=list)

    @property
    def units(self) -> int:
        return len(self.lives)

    @property
    def deaths(self) -> int:
        return sum(life.died for life in self.lives)

    def survival(self, years: int) -> float:
        """Kaplan and Meier's product with delayed entry, one age of death at a time."""
        survives = 1.0
        ages = {life.days for life in self.lives if life.died and life.days <= years * 365.25}
        for age in sorted(ages):
            dead = sum(life.died and life.days == age for life in self.lives)
            survives *= 1 - dead / sum(life.is_at_risk(age) for life in self.lives)
        return survives


def recount(registers: Path) -> Mapping[str, Recount]:
    """Count `registre.zip` of a folder by the regions of `municipalites.csv` beside it."""
    with (registers / "municipalites.csv").open(encoding="utf-8") as file:
        regions = {row["municipalite"]: row["region_code"] for row in csv.DictReader(file)}
    merged = {row["NEQ_ASSUJ_REL"] for row in _rows(registers, "FusionScissions.csv")}
    found: dict[str, Recount] = defaultdict(Recount)
    for row in _rows(registers, "Entreprise.csv"):
        if row["COD_FORME_JURI"] != "COP":
            continue
        birth = date.fromisoformat(row["DAT_CONSTI"])
        if not FIRST <= birth <= LAST:
            continue
        lines = (row["ADR_DOMCL_LIGN2_ADR"], row["ADR_DOMCL_LIGN3_ADR"])
        town = next(line for line in lines if line.endswith(" (Québec)"))
        ended = row["COD_STAT_IMMAT"] != "IM"
        end = date.fromisoformat(row["DAT_STAT_IMMAT"]) if ended else LAST
        died = ended and row["NEQ"] not in merged
        region = regions.get(town.removesuffix(" (Québec)"), "")
        entry = max(0, (date.fromisoformat(row["DAT_IMMAT"]) - birth).days)
        days = (end - birth).days
        if not entry or days > entry:  # else it was never seen alive
            found[region].lives.append(Life(entry, days, died))
    return found


def _rows(registers: Path, name: str) -> Iterator[dict[str, str]]:
    with zipfile.ZipFile(registers / "registre.zip") as archive, archive.open(name) as file:
        yield from csv.DictReader(io.TextIOWrapper(file, encoding="utf-8-sig"))
