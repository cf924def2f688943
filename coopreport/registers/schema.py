"""The one schema of registers, what is asked of a register, and the account of its rows.

A register is a list of units with a birth and, for some, an end. Whatever its source, a loader
gives the columns of `UNIT_COLUMNS`; every row of the source becomes a unit or is rejected with a
reason that is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from coopreport.analysis.definition import DEATHS, EX_OFFICIO, MERGER, Definition
from coopreport.errors import BadCall
from coopreport.locale import count_of, format_date, format_number
from coopreport.register_kinds import KINDS

if TYPE_CHECKING:
    from coopreport.registers.units import Units

UNKNOWN = "inconnue"
"""The code of a type, a sector, a region or a legal form that the source does not give."""

UNIT_COLUMNS = (
    "unit_id",
    "birth",
    "end",
    "end_kind",
    "observed_from",
    "legal_form",
    "form_code",
    "type",
    "sector",
    "region",
    "synthetic",
)
LEGAL_FORMS = ("cooperative", "other")
END_KINDS = (
    "dissolution",
    "striking_on_request",
    EX_OFFICIO,
    MERGER,
    "unknown",
)
"""How a unit can end. `definition.DEATHS` are all of them but a merger (Eurostat-OECD: survival by
take-over)."""

TEXT_GROUPS = ("legal_form", "form_code", "type", "sector", "region")
GROUPS = (*TEXT_GROUPS, "cohort", "synthetic")
"""What units can be counted by; `cohort` is the year of birth."""


@dataclass(frozen=True)
class RegisterFile:
    """A register on disk: its kind, its file or folder, and for Québec its towns' regions.

    Raises BadCall for an unknown kind.
    """

    kind: str
    path: Path
    municipalities: Path | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise BadCall(
                f"Sorte de registre inconnue\u00a0: {self.kind}",
                f"Sortes connues\u00a0: {', '.join(KINDS)}.",
            )


@dataclass(frozen=True)
class Rules:
    """The part of a definition that counting needs: dates, and which ends are deaths.

    An end of another kind is an exit on its date: the unit is censored, it has not died.

    Raises BadCall for dates out of order or an unknown kind of end.
    """

    first_birth: date
    cut_off: date
    last_birth: date | None = None
    observation_start: date | None = None
    deaths: tuple[str, ...] = DEATHS

    def __post_init__(self) -> None:
        if not self.first_birth <= self.births_end <= self.cut_off or (
            self.observation_start and self.observation_start >= self.cut_off
        ):
            raise BadCall(
                "Les dates demandées au registre ne sont pas dans l’ordre.",
                "Première naissance ≤ dernière naissance ≤ date limite, et début de "
                "l’observation avant la date limite.",
            )
        if unknown := [kind for kind in self.deaths if kind not in END_KINDS]:
            raise BadCall(
                f"Sorte de fin inconnue\u00a0: {', '.join(unknown)}",
                f"Sortes connues\u00a0: {', '.join(END_KINDS)}.",
            )

    @classmethod
    def of(cls, definition: Definition, deaths: tuple[str, ...] | None = None) -> Rules:
        """Take the dates of a definition, and the ends that are deaths under its rules."""
        return cls(
            first_birth=definition.first_birth,
            cut_off=definition.cut_off,
            last_birth=definition.last_birth,
            observation_start=definition.observation_start,
            deaths=definition.death_kinds if deaths is None else deaths,
        )

    @property
    def death_kinds(self) -> tuple[str, ...]:
        """The kinds of end that are deaths: the name under which a `Definition` has them."""
        return self.deaths

    @property
    def births_end(self) -> date:
        """The last day of birth that is counted."""
        return self.last_birth or self.cut_off

    @property
    def opening(self) -> date:
        """The first day of observation."""
        return self.observation_start or self.first_birth


@dataclass(frozen=True)
class Account:
    """What became of every row of a register: `used` and `rejected` add up to `rows`.

    `sha256` is that of the file, or of the folder's files taken together. `unknown` counts, among
    the units used, those whose region, sector, type… the source does not give; `notes` counts the
    units that a stated rule concerns. `last_event` is the latest date of the register.
    """

    kind: str
    name: str
    sha256: str
    synthetic: bool
    rows: int
    used: int
    rejected: Mapping[str, int]
    unknown: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[str, int] = field(default_factory=dict)
    last_event: date | None = None

    def __post_init__(self) -> None:
        if self.used + sum(self.rejected.values()) != self.rows:
            raise AssertionError("rows used and rejected do not add up to the register")

    def lines(self) -> list[str]:
        """The account in French, one line per count."""
        lines = [f"{self.name} (SHA-256 {self.sha256})"]
        if self.synthetic:
            lines.append("Données de démonstration\u00a0: registre généré, aucune unité réelle")
        lines.append(count_of(self.rows, "ligne lue", "lignes lues"))
        lines.append(count_of(self.used, "retenue"))
        lines += [f"  {format_number(count)} {what}" for what, count in self.unknown.items()]
        lines.append(count_of(sum(self.rejected.values()), "écartée"))
        lines += [f"  {format_number(count)} {reason}" for reason, count in self.rejected.items()]
        lines += [f"Règle\u00a0: {rule}, {format_number(n)}" for rule, n in self.notes.items()]
        if self.last_event:
            lines.append(f"Dernière date du registre\u00a0: {format_date(self.last_event)}")
        return lines


@dataclass(frozen=True)
class Loaded:
    """What a loader gives of a register, before any definition.

    `rows` of the source = `units` + `rejected`.
    """

    rows: int
    rejected: Mapping[str, int]
    notes: Mapping[str, int]
    synthetic: bool
    last_event: date | None
    units: Units
    not_given: tuple[str, ...] = ()
    """Columns that the source does not have at all: they are not counted as unknown."""
    follows_calendar: bool = False
    """True when a recent register has a recent date, so that a later cut-off is a mistake."""
