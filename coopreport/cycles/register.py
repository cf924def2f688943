"""The `register:` entry of a cycle file: which register the survival chapter is computed from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from coopreport.cycles.values import past_day
from coopreport.errors import nearest
from coopreport.project import Project
from coopreport.register_kinds import KINDS

PATHS = ("path", "municipalities", "earlier")
DATES = ("first_birth", "last_birth", "observation_start", "cut_off", "earlier_seen")
NAMES = ("kind", *PATHS, *DATES)

FaultAt = Callable[[int, str, str, str, str], None]
"""Reports a fault: line, name, value, rule, remedy."""


@dataclass(frozen=True)
class CycleRegister:
    """A register as a cycle names it; a date left out takes its default in the chapter.

    The paths are absolute; `shown` is `path` from the project's root. `earlier` is an earlier
    edition of the same register, and `earlier_seen` its day: both are there, or neither.
    """

    kind: str
    path: Path
    shown: str
    municipalities: Path | None = None
    earlier: Path | None = None
    first_birth: date | None = None
    last_birth: date | None = None
    observation_start: date | None = None
    cut_off: date | None = None
    earlier_seen: date | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that the register is read from."""
        return tuple(
            file
            for name in PATHS
            if (place := getattr(self, name))
            for file in (sorted(place.rglob("*")) if place.is_dir() else [place])
            if file.is_file()
        )

    def to_json(self) -> dict[str, Any]:
        """Return the entry as the cycle's file has it; what is left out is ""."""
        days = {name: getattr(self, name) for name in DATES}
        root = self.path.parents[len(PurePosixPath(self.shown).parts) - 1]
        paths = {name: getattr(self, name) for name in PATHS}
        return {
            "kind": self.kind,
            **{n: path.relative_to(root).as_posix() if path else "" for n, path in paths.items()},
            **{name: day.isoformat() if day else "" for name, day in days.items()},
        }


def register_of(
    given: Mapping[str, tuple[int, str]], line: int, project: Project, fault: FaultAt
) -> CycleRegister | None:
    """Return the register of the entry's values, given with their lines; None after a fault."""
    before = 0

    def wrong(at: int, name: str, value: str, rule: str, remedy: str) -> None:
        nonlocal before
        before += 1
        fault(at, f"register.{name}", value, rule, remedy)

    for name, (at, _) in given.items():
        if name not in NAMES:
            hint = nearest(name, list(NAMES)) or f"noms permis : {', '.join(NAMES)}."
            wrong(at, name, "", "paramètre inconnu", hint)
    pair = ("earlier", "earlier_seen")
    needed = ("kind", "path", *(pair if any(name in given for name in pair) else ()))
    for name in needed:
        if name not in given:
            wrong(line, name, "", "valeur absente", f"ajoutez « {name}: … ».")
    at, kind = given.get("kind", (line, ""))
    if kind and kind not in KINDS:
        wrong(at, "kind", kind, "sorte de registre inconnue", f"une de : {', '.join(KINDS)}.")
    paths: dict[str, Path] = {}
    for name in PATHS:
        if name in given:
            at, text = given[name]
            if rule := _bad_path(text, name):
                wrong(at, name, text, rule, "donnez un chemin comme registers/registre.zip.")
                continue
            paths[name] = project.root / text
            if not paths[name].exists():
                remedy = (
                    "donnez la table des municipalités, sous registers/ ou data/."
                    if name == "municipalities"
                    else "prenez-le d’abord : make register URL=… ou FILE=…"
                )
                wrong(at, name, text, "ce fichier n’existe pas", remedy)
    dates: dict[str, date] = {}
    for name in DATES:
        if name in given:
            at, text = given[name]
            try:
                dates[name] = past_day(text)
            except ValueError:
                wrong(at, name, text, "une date AAAA-MM-JJ passée est attendue", "corrigez-la.")
    if before:
        return None
    return CycleRegister(
        kind,
        paths["path"],
        given["path"][1],
        municipalities=paths.get("municipalities"),
        earlier=paths.get("earlier"),
        **dates,
    )


def _bad_path(text: str, name: str) -> str:
    """Return the rule that a path breaks, "" for a plain path under its room of the project."""
    parts = PurePosixPath(text).parts
    rooms = ("registers", "data") if name == "municipalities" else ("registers",)
    if not parts or "\\" in text or ".." in parts or len(parts) < 2 or parts[0] not in rooms:
        return f"un chemin sous {' ou '.join(f'{room}/' for room in rooms)} est attendu"
    return ""
