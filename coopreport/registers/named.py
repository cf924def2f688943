"""The register that a cycle names: read through a cache, known to the trail of each number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from coopreport.analysis.definition import Definition
from coopreport.cycles.register import CycleRegister
from coopreport.registers.schema import Account, RegisterFile, Rules

if TYPE_CHECKING:
    from coopreport.registers.editions import Treatment

TITLES = {
    "quebec": "Registre des entreprises du Québec, données ouvertes",
    "uk": "Co-operatives UK, données ouvertes, édition des organisations",
    "csv": "Registre donné par l’analyste",
}
RIGHTS = {"quebec": "CC BY-NC-SA 4.0", "uk": "ODC-By 1.0", "csv": "non énoncés"}
SOURCES = {
    "quebec": "https://www.donneesquebec.ca/",
    "uk": "https://www.uk.coop/understanding-co-ops/co-op-research-and-data/data",
    "csv": "",
}
GENERATED = "Registre généré pour la démonstration, dans la forme de : "


@dataclass(frozen=True)
class NamedRegister:
    """A cycle's register and the folder where its tables are kept between two uses.

    What was asked once is kept in memory too, as long as this object lives.
    """

    entry: CycleRegister
    cache: Path
    _asked: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def file(self) -> RegisterFile:
        return RegisterFile(self.entry.kind, self.entry.path, self.entry.municipalities)

    @property
    def title(self) -> str:
        """What the register is, in French."""
        return TITLES[self.entry.kind]

    def life_tables(
        self, definition: Definition, groupings: Sequence[Sequence[str]]
    ) -> tuple[dict[tuple[str, ...], pd.DataFrame], Account]:
        """Return life tables under a definition, by grouping, and the account of the rows."""
        from coopreport.registers.aggregation import life_tables  # only where a register is named

        rules = Rules.of(definition)
        key = (rules, *map(tuple, groupings))
        if key not in self._asked:
            self._asked[key] = life_tables(self.file, rules, groupings, cache=self.cache)
        found = self._asked[key]
        return dict(found.tables), found.account

    def cohort_counts(
        self, definition: Definition, years: Sequence[int], by: Sequence[str], account: Account
    ) -> pd.DataFrame:
        """Return cohort counts under a definition: see `analysis.cohorts`."""
        from coopreport.registers.cohort_counts import cohort_counts

        rules = Rules.of(definition)
        return cohort_counts(self.file, rules, years, by, account=account, cache=self.cache)

    def vanished(
        self, definition: Definition, by: Sequence[str], account: Account
    ) -> Mapping[Treatment, pd.DataFrame]:
        """Return the life tables of the units of the earlier edition that this one has no more.

        By treatment (see `editions.TREATMENTS`); none where the cycle names no earlier edition.
        """
        if self.entry.earlier is None or self.entry.earlier_seen is None:
            return {}
        from coopreport.registers.editions import Editions, vanished_tables

        earlier = replace(self.file, path=self.entry.earlier)
        editions = Editions(earlier, self.file, self.entry.earlier_seen)
        rules = Rules.of(definition)
        return vanished_tables(editions, rules, by, account=account, cache=self.cache)

    def to_json(self, account: Account) -> dict[str, Any]:
        """Return what the trail of a number says of the register."""
        kind = self.entry.kind
        title = f"{GENERATED}{self.title}" if account.synthetic else self.title
        address = "" if account.synthetic else SOURCES[kind]
        return {
            "title": title,
            "path": self.entry.shown,
            "sha256": account.sha256,
            "rights": "sans objet" if account.synthetic else RIGHTS[kind],
            "sources": [{"title": title, "path": address}],
        }
