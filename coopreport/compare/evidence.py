"""What two versions record of themselves, side by side: where causes are looked for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from coopreport.compare.rows import RowChanges

Json = Mapping[str, Any]

COMPUTING = ("analysis", "catalogue", "registers", "tables")
"""The rooms of the package that compute; the others show, publish or check."""


@dataclass(frozen=True)
class Change:
    """One input or parameter that is not the same in both versions; None where it is absent."""

    name: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Evidence:
    """What two versions record, to find causes in.

    `rows` holds, by path, the rows that changed of the tables that both versions have a copy of.
    """

    old: Json
    new: Json
    old_manifest: Json
    new_manifest: Json
    rows: Mapping[str, RowChanges] = field(default_factory=dict)

    @cached_property
    def inputs(self) -> dict[str, Change]:
        """The files that differ, by path; the values are SHA-256."""
        return changed(self.old_manifest.get("inputs", {}), self.new_manifest.get("inputs", {}))

    @cached_property
    def parameters(self) -> dict[str, Change]:
        """The values of the cycle that differ, by name, of those that a chapter was given."""
        old, new = (
            {**_chapter_parameters(manifest), **ledger.get("parameters", {})}
            for manifest, ledger in ((self.old_manifest, self.old), (self.new_manifest, self.new))
        )
        return changed(old, new)

    @cached_property
    def code(self) -> tuple[str, ...]:
        """The modules that differ and that can change a number: those that the chapters import."""
        imported = _imported(self.old_manifest) | _imported(self.new_manifest)
        return tuple(
            path
            for path in self.inputs
            if path.startswith("coopreport/") and path.endswith(".py")
            if (path in imported if imported else _computes(path))
        )

    def table(self, name: str) -> Json:
        """Return what the versions say of a raw table or a register: its title and its path."""
        found: Json = self.new["tables"].get(name) or self.old["tables"][name]
        return found

    def item(self, name: str) -> tuple[Json, Json]:
        """Return the records of an indicator or a frame in both versions, empty where absent."""
        old, new = self._items
        return old.get(name, {}), new.get(name, {})

    @cached_property
    def _items(self) -> tuple[dict[str, Json], dict[str, Json]]:
        return _by_name(self.old), _by_name(self.new)


def changed(old: Json, new: Json) -> dict[str, Change]:
    """Return the entries of two mappings that differ, by sorted name."""
    return {
        name: Change(name, old.get(name), new.get(name))
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    }


def _by_name(ledger: Json) -> dict[str, Json]:
    return {item["id"]: item for item in (*ledger["indicators"], *ledger["frames"])}


def _imported(manifest: Json) -> set[str]:
    chapters = manifest.get("chapters", {}).values()
    return {path for chapter in chapters for path in chapter.get("inputs", ())}


def _computes(path: str) -> bool:
    """Tell whether a module of the package is in a room that computes, or beside the rooms."""
    parts = path.split("/")
    return len(parts) == 2 or parts[1] in COMPUTING


def _chapter_parameters(manifest: Json) -> dict[str, Any]:
    """Return the values of the cycle that the chapters were given or asked for, by name."""
    chapters = manifest.get("chapters", {}).values()
    return {name: value for each in chapters for name, value in each["parameters"].items()}
