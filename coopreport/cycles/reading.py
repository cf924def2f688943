"""Reading a cycle file: as text only, converted by rule.

An unknown, missing or mistyped parameter is an error that names the file and the line. The
chapter's notebook is the schema of its parameters: the default gives the type, a comment
`# [low, high]` the bounds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import yaml

from coopreport.chapters import Chapter, Parameter, read_chapter
from coopreport.cycles.cycle import AT, Cycle, Former, under_scenario
from coopreport.cycles.register import CycleRegister, register_of
from coopreport.cycles.scenarios import PARAMETERS, Scenario, scenarios_of
from coopreport.cycles.values import FIELDS, day, parameter_value, text_of
from coopreport.errors import BadCall, Fault, nearest, shorten
from coopreport.fiscal import is_fiscal_year
from coopreport.project import Project

ENCODE = "enregistrez-le en UTF-8."
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""libyaml's where it is: ten times faster than PyYAML's own, which reads the same."""


class BadCycle(BadCall):
    """Faults in a cycle file: all of them, in one error. A cycle is the call of a build: exit 2."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        listed = "\n".join(f"  {i}. {fault}" for i, fault in enumerate(self.faults, 1))
        super().__init__(f"Le cycle ne peut pas être lu; rien n’a été produit.\n{listed}")


def check_cycle_name(text: str) -> str:
    """Return `text` when it names a cycle; nothing is opened before this is so.

    Raises:
        BadCall: it is not `20NN-20NN` with consecutive years in ASCII digits.
    """
    if not is_fiscal_year(text):
        raise BadCall(
            f"« {shorten(text)} » n’est pas un cycle budgétaire.",
            "un cycle s’écrit 20NN-20NN, deux années qui se suivent : 2023-2024.",
        )
    return text


def read_cycle(project: Project, name: str) -> Cycle:
    """Read `data/cycles/<name>.yaml` and the chapters that it lists.

    `name` may end with the name of a scenario, as in `2023-2024@entente-moitie`: the cycle is then
    read under it.

    Raises:
        BadCall: `name` is not a cycle's name, no such file exists, or it has no such scenario.
        BadCycle: the file breaks a rule; every fault is listed.
        ChapterFailed: a listed notebook cannot be read as a chapter.
    """
    name, at, scenario = name.partition(AT)
    path = project.cycle_file(check_cycle_name(name))
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        known = sorted(p.stem for p in path.parent.glob("*.yaml"))
        raise BadCall(
            f"Le cycle {name} n’existe pas encore : {project.relative(path)} est introuvable.",
            f"cycles connus : {', '.join(known) or 'aucun'}.",
        ) from None
    except UnicodeDecodeError:
        raise BadCycle(
            [Fault(project.relative(path), 0, "", "", "le fichier n’est pas en UTF-8", ENCODE)]
        ) from None
    cycle = _Reader(project, project.relative(path), name).read(text)
    return under_scenario(cycle, scenario) if at else cycle


@dataclass
class _Reader:
    """Reads one cycle file and gathers its faults."""

    project: Project
    file: str
    name: str
    faults: list[Fault] = field(default_factory=list)

    def read(self, text: str) -> Cycle:
        try:
            root = yaml.compose(text, Loader=LOADER)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            self.fault(
                mark.line + 1 if mark else 0,
                "",
                "",
                "ce n’est pas du YAML lisible",
                "vérifiez les deux-points, les guillemets et les retraits autour de cette ligne.",
            )
            raise BadCycle(self.faults) from None
        entries = self.entries(root, "le cycle")
        values = {name: self.value(name, entries) for name in FIELDS}
        known = [*FIELDS, "register", "former", "scenarios", "chapters"]
        for name, (line, _) in entries.items():
            if name not in known:
                self.unknown(line, name, known)
        if values["cycle"] not in (None, self.name):
            self.fault(
                entries["cycle"][0],
                "cycle",
                values["cycle"],
                f"le fichier se nomme {self.name}",
                "donnez au fichier et au cycle le même nom.",
            )
        register = self.register(entries)
        former = self.former(entries)
        scenarios = self.scenarios(entries)
        chapters, parameters = self.chapters(entries)
        if self.faults:
            raise BadCycle(self.faults)
        return Cycle(
            id=values.pop("cycle"),
            **values,
            chapters=chapters,
            parameters=MappingProxyType(parameters),
            register=register,
            former=former,
            scenarios=scenarios,
        )

    def fault(self, line: int, column: str, value: str, rule: str, remedy: str) -> None:
        self.faults.append(Fault(self.file, line, column, value, rule, remedy))

    def unknown(self, line: int, name: str, known: list[str]) -> None:
        hint = nearest(name, known) or f"noms permis : {', '.join(known) or 'aucun'}."
        self.fault(line, name, "", "paramètre inconnu", hint)

    def entries(self, node: Any, what: str) -> dict[str, tuple[int, yaml.Node]]:
        """Return a mapping's entries with their lines; doubled names are faults."""
        if not isinstance(node, yaml.MappingNode):
            line = node.start_mark.line + 1 if node else 0
            self.fault(
                line,
                "",
                "",
                f"{what} doit être une liste de « nom: valeur »",
                "voyez 2023-2024.yaml.",
            )
            return {}
        found: dict[str, tuple[int, yaml.Node]] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if key.value in found:
                self.fault(line, key.value, "", "nom donné deux fois", "gardez une seule ligne.")
            found[key.value] = (line, value)
        return found

    def value(self, name: str, entries: Mapping[str, tuple[int, yaml.Node]]) -> Any:
        if name not in entries:
            if not FIELDS[name].required:
                return FIELDS[name].default
            self.fault(0, name, "", "valeur absente", f"ajoutez une ligne « {name}: … ».")
            return None
        line, node = entries[name]
        text = text_of(node)
        try:
            return FIELDS[name].convert(text)
        except ValueError:
            self.fault(line, name, text, FIELDS[name].rule, "corrigez cette valeur.")
            return None

    def register(self, entries: Mapping[str, tuple[int, yaml.Node]]) -> CycleRegister | None:
        if "register" not in entries:
            return None
        line, node = entries["register"]
        values = {
            name: (at, text_of(value))
            for name, (at, value) in self.entries(node, "« register »").items()
        }
        return register_of(values, line, self.project, self.fault)

    def scenarios(self, entries: Mapping[str, tuple[int, yaml.Node]]) -> tuple[Scenario, ...]:
        if "scenarios" not in entries:
            return ()
        convert = {name: FIELDS[name].convert for name in PARAMETERS}
        return scenarios_of(entries["scenarios"][1], self.entries, self.fault, convert)

    def former(self, entries: Mapping[str, tuple[int, yaml.Node]]) -> Former | None:
        """Return the cycle that the entry `former` names: of its file, only the cut-off is read."""
        if "former" not in entries:
            return None
        line, node = entries["former"]
        name = text_of(node)
        path = self.project.cycle_file(name) if is_fiscal_year(name) else None
        if path is None or name >= self.name or not path.is_file():
            rule = "le nom d’un cycle d’avant, qui a son fichier, est attendu"
            self.fault(line, "former", name, rule, "corrigez-le, ou enlevez la ligne.")
            return None
        try:
            read = yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)
            return Former(name, day(read["cut_off"]))
        except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, ValueError):
            rule = "la date de coupure de ce cycle ne peut pas être lue"
            self.fault(line, "former", name, rule, f"lancez make check CYCLE={name}.")
            return None

    def chapters(
        self, entries: Mapping[str, tuple[int, yaml.Node]]
    ) -> tuple[tuple[Chapter, ...], dict[str, Mapping[str, Parameter]]]:
        if "chapters" not in entries:
            self.fault(0, "chapters", "", "liste absente", "nommez les chapitres du rapport.")
            return (), {}
        chapters, parameters = [], {}
        listed = self.entries(entries["chapters"][1], "« chapters »")
        for name, (line, node) in listed.items():
            if not re.fullmatch(r"[0-9]{2}-[a-z0-9-]+", name):
                self.fault(
                    line,
                    name,
                    "",
                    "nom de chapitre",
                    "deux chiffres, un tiret, un mot : 04-survie.",
                )
                continue
            path = self.project.notebooks / f"{name}.ipynb"
            if not path.exists():
                there = sorted(p.stem for p in path.parent.glob("*.ipynb"))
                hint = nearest(name, there) or f"notebooks présents : {', '.join(there)}."
                self.fault(line, name, "", "aucun notebook de ce nom dans notebooks/", hint)
                continue
            chapter = read_chapter(path)
            chapters.append(chapter)
            parameters[name] = self.chapter_parameters(chapter, line, node)
        return tuple(chapters), parameters

    def chapter_parameters(
        self, chapter: Chapter, line: int, node: yaml.Node
    ) -> Mapping[str, Parameter]:
        rules = {rule.name: rule for rule in chapter.parameters if rule.name != "cycle"}
        given = self.entries(node, f"« {chapter.name} »")
        for name, (at, _) in given.items():
            if name not in rules:
                self.unknown(at, name, list(rules))
        values: dict[str, Parameter] = {}
        for name, rule in rules.items():
            if name not in given:
                remedy = (
                    f"le notebook {chapter.name} le demande : ajoutez « {name}: {rule.default} »."
                )
                self.fault(line, name, "", "paramètre absent", remedy)
                continue
            at, value_node = given[name]
            try:
                values[name] = parameter_value(rule, value_node)
            except ValueError as error:
                shown = value_node.value if isinstance(value_node, yaml.ScalarNode) else "liste"
                self.fault(at, name, shown, str(error), "corrigez cette valeur.")
        return MappingProxyType(values)
