"""What may be typed all the same: `notebooks/nombres-permis.yaml`, an entry and a reason each.

An entry is `text` (as it stands in the notebook) or `regex`, `where` (a chapter's name without
its number, `survie`, or `*`) and `reason`. It allows the numbers that lie wholly inside what it
matches; capitals, apostrophes and kinds of space make no difference.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from coopreport.errors import Fault, nearest, quoted
from coopreport.lint.numbers import TypedNumber, find_numbers, plain

NAME = "nombres-permis.yaml"
KEYS = ("text", "regex", "where", "reason")
EVERYWHERE = "*"

_STRANGER = "zq 8 317 462,95 M$ zq 61,37 % zq quatre-vingt-treize zq 1907"
"""A text of no notebook; a pattern that allows its numbers would allow any."""


@dataclass(frozen=True)
class Allowance:
    """One entry of the file, at `line`."""

    line: int
    written: str
    where: str
    reason: str
    pattern: re.Pattern[str] = field(compare=False)

    def covers(self, notebook: str, text: str, number: TypedNumber) -> bool:
        """Tell whether the entry allows a number that stands in `text` of `notebook`."""
        here = self.where in (EVERYWHERE, subject_of(notebook))
        return here and _within(self.pattern, text, number)


def subject_of(notebook: str) -> str:
    """Return a notebook's name without its number: `survie` for `04-survie`."""
    return notebook.partition("-")[2] or notebook


def _within(pattern: re.Pattern[str], text: str, number: TypedNumber) -> bool:
    return any(
        match.start() <= number.start and number.end <= match.end()
        for match in pattern.finditer(plain(text))
    )


def read_allowances(
    path: Path, file: str, notebooks: Sequence[str]
) -> tuple[list[Allowance], list[Fault]]:
    """Return the entries of the file that are in order, and the faults of the others.

    Args:
        file: the file's name in messages.
        notebooks: the notebooks' names, with their numbers. No file at all means no entry.
    """
    if not path.exists():
        return [], []
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except (yaml.MarkedYAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        rule, remedy = "ce n’est pas du YAML lisible en UTF-8", "vérifiez guillemets et retraits."
        return [], [Fault(file, mark.line + 1 if mark else 0, "", "", rule, remedy)]
    if root is None:
        return [], []
    if not isinstance(root, yaml.SequenceNode):
        rule = "une liste d’entrées est attendue"
        return [], [Fault(file, 1, "", "", rule, "commencez chaque entrée par « - text: … ».")]
    reader = _Reader(file, [subject_of(notebook) for notebook in notebooks])
    entries = [reader.entry(node) for node in root.value]
    return [entry for entry in entries if entry], reader.faults


@dataclass
class _Reader:
    file: str
    notebooks: Sequence[str]
    faults: list[Fault] = field(default_factory=list)

    def entry(self, node: yaml.Node) -> Allowance | None:
        line = node.start_mark.line + 1
        before = len(self.faults)
        values = self._values(node)
        written = values.get("text") or values.get("regex") or ""

        def fault(rule: str, remedy: str) -> None:
            self.faults.append(Fault(self.file, line, "", written, rule, remedy))

        if bool(values.get("text")) == bool(values.get("regex")):
            fault("une entrée a un « text » ou une « regex », l’un des deux", "gardez-en un.")
        if not values.get("reason", "").strip():
            fault("entrée sans raison", "ajoutez « reason: … » : pourquoi ce n’est pas un nombre.")
        where = values.get("where", "")
        if where not in (EVERYWHERE, *self.notebooks):
            known = f"« where » est « * » ou l’un de : {', '.join(self.notebooks)}."
            fault("chapitre inconnu ou absent", nearest(where, self.notebooks) or known)
        pattern = self._pattern(values, fault)
        if pattern is None or len(self.faults) > before:
            return None
        return Allowance(line, written, where, values["reason"], pattern)

    def _values(self, node: yaml.Node) -> dict[str, str]:
        values: dict[str, str] = {}
        for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
            if key.value not in KEYS or key.value in values:
                remedy = nearest(key.value, KEYS) or f"une entrée a : {', '.join(KEYS)}."
                line = key.start_mark.line + 1
                rule = "nom inconnu ou donné deux fois"
                self.faults.append(Fault(self.file, line, "", key.value, rule, remedy))
            values[key.value] = value.value if isinstance(value, yaml.ScalarNode) else ""
        return values

    def _pattern(
        self, values: dict[str, str], fault: Callable[[str, str], None]
    ) -> re.Pattern[str] | None:
        text = plain(values.get("text", "")).strip()
        try:
            written = re.escape(text) if text else plain(values.get("regex", ""))
            pattern = re.compile(written, re.IGNORECASE)
        except re.error as error:
            fault(f"expression régulière illisible ({error})", "corrigez-la, ou utilisez « text ».")
            return None
        if any(_within(pattern, _STRANGER, number) for number in find_numbers(_STRANGER)):
            fault(
                "l’entrée permettrait n’importe quel nombre",
                "entourez le nombre des mots qui en font un nom : « étude de 2022 ».",
            )
        return pattern


def stale(file: str, allowances: Sequence[Allowance], used: set[Allowance]) -> list[Fault]:
    """Return a fault for each entry that allowed nothing."""
    return [
        Fault(
            file,
            entry.line,
            "",
            entry.written,
            f"entrée périmée : aucun nombre ne lui correspond dans {_place(entry.where)}",
            "enlevez-la, ou corrigez-la si le texte a changé.",
        )
        for entry in allowances
        if entry not in used
    ]


def _place(where: str) -> str:
    return "les notebooks" if where == EVERYWHERE else quoted(where)
