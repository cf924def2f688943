"""A budget cycle: its fiscal years, its cut-off date and the parameters of its chapters.

A cycle file is read as text only and converted by rule; an unknown, missing or mistyped
parameter is an error that names the file and the line. The chapter's notebook is the
schema of its parameters: the default gives the type, a comment `# [low, high]` the bounds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any

import yaml

from coopreport.chapters import Chapter, Parameter, ParameterRule, read_chapter
from coopreport.cycle_register import CycleRegister, register_of
from coopreport.cycle_scenarios import PARAMETERS, Scenario, scenarios_of
from coopreport.errors import NBSP, BadCall, Fault, nearest, quoted, shorten
from coopreport.fiscal import fiscal_year, is_fiscal_year, start_year
from coopreport.project import Project


class BadCycle(BadCall):
    """Faults in a cycle file: all of them, in one error. A cycle is the call of a build: exit 2."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        listed = "\n".join(f"  {i}. {fault}" for i, fault in enumerate(self.faults, 1))
        super().__init__(f"Le cycle ne peut pas être lu; rien n’a été produit.\n{listed}")


class UnknownParameter(BadCall):
    """A parameter that the cycle does not give."""


@dataclass(frozen=True)
class Former:
    """The cycle before another: what a comparison of the two needs of it."""

    id: str
    cut_off: date


@dataclass(frozen=True)
class Cycle:
    """One budget cycle. `parameters` maps a chapter's name to its parameters.

    `document` is the code of its published brief, "" when none is among the documents; `register`
    the one that the survival chapter is computed from, None when none is named. `hindsight`: what
    was announced after the cut-off is shown too, apart. `former` is the cycle that this one is
    compared with. `scenario` is the one that is read in the place of the asks, None for the base.
    """

    id: str
    title: str
    document: str
    language: str
    cut_off: date
    first_fiscal_year: str
    horizon: int
    base_year: int
    chapters: tuple[Chapter, ...] = ()
    parameters: Mapping[str, Mapping[str, Parameter]] = field(default_factory=dict)
    register: CycleRegister | None = None
    hindsight: bool = False
    former: Former | None = None
    scenarios: tuple[Scenario, ...] = ()
    scenario: Scenario | None = None

    @property
    def address(self) -> str:
        """What `read_cycle` reads this cycle from: `2023-2024`, or `2023-2024@entente-moitie`."""
        return f"{self.id}{AT}{self.scenario.name}" if self.scenario else self.id

    @property
    def fiscal_years(self) -> tuple[str, ...]:
        """The fiscal years of the horizon, first to last."""
        first = start_year(self.first_fiscal_year)
        return tuple(fiscal_year(first + i) for i in range(self.horizon))

    def parameter(self, chapter: str, name: str) -> Any:
        """Return one parameter of a chapter, named without its number (`survie`, `years`).

        Raises:
            UnknownParameter: the cycle has no such chapter or parameter.
        """
        for full_name, values in self.parameters.items():
            if full_name.partition("-")[2] == chapter and name in values:
                return values[name]
        raise UnknownParameter(
            f"Le cycle {self.id} ne donne pas le paramètre « {name} » du chapitre « {chapter} ».",
            f"ajoutez ce chapitre et son paramètre à data/cycles/{self.id}.yaml.",
        )

    def value(self, name: str) -> Any:
        """Return a value of the cycle as JSON, by the name that the ledger notes it under.

        `cut_off`, `fiscal_years` … are the cycle's own; `survie.years` is a chapter's parameter,
        None when the cycle does not give it.

        Raises:
            AttributeError: a cycle has nothing of this name.
        """
        chapter, dot, parameter = name.partition(".")
        if not dot:
            return _as_json(getattr(self, name))
        try:
            return _as_json(self.parameter(chapter, parameter))
        except UnknownParameter:
            return None


def _as_json(value: Any) -> Any:
    """Return a value of a cycle as JSON: no date, no absolute path."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, CycleRegister | Scenario):
        return value.to_json()
    if isinstance(value, Former):
        return {"id": value.id, "cut_off": value.cut_off.isoformat()}
    if isinstance(value, Chapter):
        return {"name": value.name, "title": value.title}
    if isinstance(value, Mapping):
        return {key: _as_json(item) for key, item in value.items()}
    return [_as_json(item) for item in value] if isinstance(value, list | tuple) else value


AT = "@"
"""Between a cycle's name and that of the scenario to read it under."""


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


def under_scenario(cycle: Cycle, name: str) -> Cycle:
    """Return a cycle under one of its scenarios.

    Raises:
        BadCall: it has none of this name.
    """
    for scenario in cycle.scenarios:
        if scenario.name == name:
            changed: dict[str, Any] = {**scenario.parameters}
            return replace(cycle, scenario=scenario, **changed)
    known = [scenario.name for scenario in cycle.scenarios]
    raise BadCall(
        f"Le cycle {cycle.id} n’a pas de scénario {quoted(shorten(name))}.",
        nearest(name, known) or f"scénarios du cycle{NBSP}: {', '.join(known) or 'aucun'}.",
    )


ENCODE = "enregistrez-le en UTF-8."


@dataclass(frozen=True)
class _Field:
    convert: Callable[[str], Any]
    rule: str
    default: Any = None
    required: bool = True


def _day(text: str) -> date:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _past_day(text: str) -> date:
    """Return a date that is not after today: nobody knows what is announced tomorrow."""
    if _day(text) > date.today():
        raise ValueError(text)
    return _day(text)


def _whole(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise ValueError(text)
    return int(text)


def _one_of(allowed: Callable[[str], bool]) -> Callable[[str], str]:
    def convert(text: str) -> str:
        if not allowed(text):
            raise ValueError(text)
        return text

    return convert


def _between(low: int, high: int) -> Callable[[str], int]:
    def convert(text: str) -> int:
        if not low <= _whole(text) <= high:
            raise ValueError(text)
        return _whole(text)

    return convert


def _truth(text: str) -> bool:
    return _one_of(lambda t: t in ("true", "false"))(text) == "true"


_FIELDS = {
    "cycle": _Field(_one_of(is_fiscal_year), "un cycle s’écrit 20NN-20NN, années consécutives"),
    "title": _Field(_one_of(bool), "un titre non vide est attendu"),
    "document": _Field(_one_of(bool), "le code du document publié est attendu", "", False),
    "language": _Field(_one_of(lambda t: t == "fr-CA"), "la langue est fr-CA"),
    "cut_off": _Field(_past_day, "une date AAAA-MM-JJ qui existe et qui est passée est attendue"),
    "first_fiscal_year": _Field(_one_of(is_fiscal_year), "un exercice 20NN-20NN est attendu"),
    "horizon": _Field(_between(1, 20), "un nombre entier d’exercices, de 1 à 20, est attendu"),
    "base_year": _Field(_between(1900, 2100), "une année de 1900 à 2100 est attendue"),
    "hindsight": _Field(_truth, "« true » ou « false » est attendu", False, False),
}


@dataclass
class _Reader:
    """Reads one cycle file and gathers its faults."""

    project: Project
    file: str
    name: str
    faults: list[Fault] = field(default_factory=list)

    def read(self, text: str) -> Cycle:
        try:
            root = yaml.compose(text, Loader=yaml.BaseLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            self.fault(
                mark.line + 1 if mark else 0,
                "",
                "",
                "ce n’est pas du YAML lisible",
                "vérifiez les deux-points, les guillemets et les retraits autour de cette ligne.",
            )
            raise BadCycle(self.faults) from None
        entries = self.entries(root, "le cycle")
        values = {name: self.value(name, entries) for name in _FIELDS}
        known = [*_FIELDS, "register", "former", "scenarios", "chapters"]
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
            if not _FIELDS[name].required:
                return _FIELDS[name].default
            self.fault(0, name, "", "valeur absente", f"ajoutez une ligne « {name}: … ».")
            return None
        line, node = entries[name]
        text = node.value if isinstance(node, yaml.ScalarNode) else ""
        try:
            return _FIELDS[name].convert(text)
        except ValueError:
            self.fault(line, name, text, _FIELDS[name].rule, "corrigez cette valeur.")
            return None

    def register(self, entries: Mapping[str, tuple[int, yaml.Node]]) -> CycleRegister | None:
        if "register" not in entries:
            return None
        line, node = entries["register"]
        values = {
            name: (at, value.value if isinstance(value, yaml.ScalarNode) else "")
            for name, (at, value) in self.entries(node, "« register »").items()
        }
        return register_of(values, line, self.project, self.fault)

    def scenarios(self, entries: Mapping[str, tuple[int, yaml.Node]]) -> tuple[Scenario, ...]:
        if "scenarios" not in entries:
            return ()
        convert = {name: _FIELDS[name].convert for name in PARAMETERS}
        return scenarios_of(entries["scenarios"][1], self.entries, self.fault, convert)

    def former(self, entries: Mapping[str, tuple[int, yaml.Node]]) -> Former | None:
        """Return the cycle that the entry `former` names: of its file, only the cut-off is read."""
        if "former" not in entries:
            return None
        line, node = entries["former"]
        name = node.value if isinstance(node, yaml.ScalarNode) else ""
        path = self.project.cycle_file(name) if is_fiscal_year(name) else None
        if path is None or name >= self.name or not path.is_file():
            rule = "le nom d’un cycle d’avant, qui a son fichier, est attendu"
            self.fault(line, "former", name, rule, "corrigez-le, ou enlevez la ligne.")
            return None
        try:
            read = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
            return Former(name, _day(read["cut_off"]))
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
                values[name] = _convert(rule, value_node)
            except ValueError as error:
                shown = value_node.value if isinstance(value_node, yaml.ScalarNode) else "liste"
                self.fault(at, name, shown, str(error), "corrigez cette valeur.")
        return MappingProxyType(values)


def _convert(rule: ParameterRule, node: yaml.Node) -> Parameter:
    """Return the node's value with the type of the rule's default, within its bounds."""
    if isinstance(rule.default, list):
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            raise ValueError("une liste [a, b, …] est attendue")
        return [_scalar(rule.default[0], item, rule.bounds) for item in node.value]
    value = _scalar(rule.default, node, rule.bounds)
    assert isinstance(value, bool | int | float | str)
    return value


def _scalar(like: Any, node: yaml.Node, bounds: tuple[float, float] | None) -> Any:
    text = node.value if isinstance(node, yaml.ScalarNode) else ""
    if isinstance(like, bool):
        if text not in ("true", "false"):
            raise ValueError("« true » ou « false » est attendu")
        return text == "true"
    if isinstance(like, int):
        if not re.fullmatch(r"-?[0-9]{1,15}", text):
            raise ValueError("un nombre entier est attendu")
        number: float = int(text)
    elif isinstance(like, float):
        if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", text):
            raise ValueError("un nombre décimal, avec un point, est attendu")
        number = float(text)
    else:
        return _text(like, text)
    if bounds and not bounds[0] <= number <= bounds[1]:
        raise ValueError(f"une valeur de {bounds[0]:g} à {bounds[1]:g} est attendue")
    return number


def _text(like: str, text: str) -> str:
    """Return `text` when it has the form of the default: a date, a fiscal year, or any text."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", like):
        try:
            return _day(text).isoformat()
        except ValueError:
            raise ValueError("une date AAAA-MM-JJ qui existe est attendue") from None
    if is_fiscal_year(like) and not is_fiscal_year(text):
        raise ValueError("un exercice 20NN-20NN, années consécutives, est attendu")
    if not text:
        raise ValueError("un texte est attendu")
    return text
