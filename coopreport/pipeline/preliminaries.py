"""What must be known of a cycle before its chapters run and its page is made.

The catalogue, the tables and the cycle say it; of the notebooks, only the parameters that the cycle
holds have a part in it. So it is kept under the cycle and the hashes of every input but notebooks
(see `coopreport.kept`): a build that changes a sentence loads neither pandas nor the catalogue in
the process that makes the page.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

from coopreport import kept
from coopreport.cycles import Cycle
from coopreport.pipeline.cache import CACHE
from coopreport.pipeline.plan import kind_of
from coopreport.project import Project

if TYPE_CHECKING:
    from coopreport.ledger import Ledger

FOLDER = "preliminaries"
MOST_KEPT = 24


class Preliminaries:
    """What the catalogue and the tables say of a cycle; `inputs` are the hashes of its build's.

    BadData is raised when a table breaks a rule, NameTaken when the catalogue gives a name twice.
    """

    def __init__(self, project: Project, cycle: Cycle, inputs: Mapping[str, str]) -> None:
        self._project = project
        self._cycle = cycle
        self._folder = project.build / CACHE / FOLDER
        own = [cycle.value(field.name) for field in fields(cycle)]
        read = [pair for pair in sorted(inputs.items()) if kind_of(pair[0]) != "notebook"]
        self._key = hashlib.sha256(json.dumps([own, read]).encode()).hexdigest()

    @cached_property
    def lacks(self) -> dict[str, str]:
        """The facts that the cycle does not know, each with the sentence that says so."""
        return dict(self._kept("lacks", lambda: self._ledger().lacks()))

    @cached_property
    def defined(self) -> dict[str, list[str]]:
        """The names that each definition of the catalogue gives in the cycle."""
        return dict(self._kept("defined", lambda: self._ledger().names_by_definition()))

    @cached_property
    def unconfirmed(self) -> tuple[str, ...]:
        """The rows carried from another cycle that nobody has confirmed, as messages name them."""
        return tuple(self._kept("unconfirmed", self._unconfirmed))

    def _kept(self, name: str, compute: Callable[[], Any]) -> Any:
        path = self._folder / f"{name}.{self._key[:16]}.json"
        if (body := kept.read_kept(path)) is not None:
            kept.used(path)
            return json.loads(body)
        found = compute()
        kept.keep(path, json.dumps(found, ensure_ascii=False).encode())
        kept.forget(kept.last_used_first(self._folder.glob("*.json"))[MOST_KEPT:])
        return found

    def _ledger(self) -> Ledger:
        from coopreport.catalogue import CATALOGUE
        from coopreport.ledger import Ledger
        from coopreport.tables import open_package

        return Ledger(self._cycle, open_package(self._project.data), CATALOGUE)

    def _unconfirmed(self) -> tuple[str, ...]:
        from coopreport.scaffold.unconfirmed import unconfirmed_rows
        from coopreport.tables import open_package

        return unconfirmed_rows(open_package(self._project.data), self._cycle.id)
