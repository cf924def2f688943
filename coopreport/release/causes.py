"""The stated causes of revisions: `data/revisions/<cycle>.yaml`, a file that people review.

    v2:
      - indicators: [survie.memoire.coop.5_ans, "portrait.*"]
        cause: "Statistique Canada a révisé la série de 2021."
        accepted_by: "M. Tremblay, analyste"
        date: 2026-11-22

`indicators` names indicators, tables and charts; `*` stands for anything. A build does not read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

import yaml

from coopreport.errors import BadData, Fault
from coopreport.pipeline.layout import RELEASE
from coopreport.project import Project
from coopreport.release.folder import causes_file

FIELDS = ("indicators", "cause", "accepted_by", "date")
BLANK = "…"
"""What a line to fill in holds: it states nothing."""


@dataclass(frozen=True)
class Cause:
    """Why values moved from one version to the next, accepted by name."""

    patterns: tuple[str, ...]
    cause: str
    accepted_by: str
    date: str


def read_causes(project: Project, cycle: str, version: str) -> tuple[Cause, ...]:
    """Return the causes stated for a version of a cycle; none when the file is absent.

    Raises:
        BadData: the file breaks a rule; every fault is listed.
    """
    path = project.root / causes_file(cycle)
    if not path.is_file():
        return ()
    reader = _Reader(causes_file(cycle))
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except UnicodeDecodeError:
        raise BadData([reader.fault(0, "", "le fichier n’est pas en UTF-8")]) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise BadData([reader.fault(line, "", "ce n’est pas du YAML lisible")]) from None
    stated = reader.versions(root)
    if reader.faults:
        raise BadData(reader.faults)
    return stated.get(version, ())


def cause_of(name: str, causes: Iterable[Cause]) -> str:
    """Return the stated cause of what moved under a name, "" when none is."""
    return next(
        (
            each.cause
            for each in causes
            if any(fnmatchcase(name, pattern) for pattern in each.patterns)
        ),
        "",
    )


def lines_to_add(version: str, names: Sequence[str], day: str) -> str:
    """Return the lines that would state the cause of what moved, for a person to fill in."""
    return "\n".join(
        (
            f"{version}:",
            f"  - indicators: [{', '.join(names)}]",
            f'    cause: "{BLANK}"',
            f'    accepted_by: "{BLANK}"',
            f"    date: {day}",
        )
    )


class _Reader:
    """Reads the file and gathers its faults."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []

    def fault(self, line: int, column: str, rule: str) -> Fault:
        remedy = 'sous chaque version, « - indicators: ["survie.*"] », cause, accepted_by et date.'
        self.faults.append(Fault(self.file, line, column, "", rule, remedy))
        return self.faults[-1]

    def versions(self, root: yaml.Node | None) -> dict[str, tuple[Cause, ...]]:
        stated: dict[str, tuple[Cause, ...]] = {}
        for key, node in self.pairs(root, "le fichier"):
            line = key.start_mark.line + 1
            if not RELEASE.fullmatch(key.value):
                self.fault(line, key.value, "une version s’écrit v2, v3…")
            elif key.value in stated:
                self.fault(line, key.value, "version donnée deux fois")
            elif not isinstance(node, yaml.SequenceNode):
                self.fault(line, key.value, "une liste de causes est attendue")
            else:
                stated[key.value] = tuple(self.cause(item) for item in node.value)
        return stated

    def pairs(self, node: yaml.Node | None, what: str) -> list[tuple[Any, yaml.Node]]:
        if node is None:
            return []
        if not isinstance(node, yaml.MappingNode):
            self.fault(node.start_mark.line + 1, "", f"{what} doit être fait de « nom: valeur »")
            return []
        return list(node.value)

    def cause(self, item: yaml.Node) -> Cause:
        line = item.start_mark.line + 1
        given = {key.value: (key, node) for key, node in self.pairs(item, "une cause")}
        for name in given:
            if name not in FIELDS:
                self.fault(line, name, "nom inconnu")
        texts = {}
        for name in FIELDS[1:]:
            node = given[name][1] if name in given else None
            texts[name] = node.value.strip() if isinstance(node, yaml.ScalarNode) else ""
            if texts[name].strip(f"{BLANK}.") == "":
                self.fault(line, name, "valeur absente")
        if texts["date"] and not _is_day(texts["date"]):
            self.fault(line, "date", "une date AAAA-MM-JJ est attendue")
        listed = given["indicators"][1] if "indicators" in given else None
        items = listed.value if isinstance(listed, yaml.SequenceNode) else []
        patterns = tuple(str(each.value) for each in items if isinstance(each, yaml.ScalarNode))
        if not patterns:
            self.fault(line, "indicators", "une liste de noms est attendue")
        return Cause(patterns, texts["cause"], texts["accepted_by"], texts["date"])


def _is_day(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) and date.fromisoformat(text))
    except ValueError:
        return False
