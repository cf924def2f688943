"""Every message that the program can give, read in its source: the list of docs/messages.md.

A part of a message that is known only when it is given is written « … ».
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from coopreport.errors import NBSP, quoted

UNKNOWN = "…"

SAY = re.compile(r'say "Erreur : (.+)"\n\s*say "  Remède : (.+)"')


@dataclass(frozen=True, order=True)
class Wording:
    """A message and its remedy, with « … » in the place of what varies."""

    message: str
    remedy: str


@dataclass(frozen=True)
class Sayer:
    """What makes an error, and where its message and remedy stand among its arguments.

    `default`: the remedy when none is given.
    """

    kind: str
    message: int = 0
    remedy: int = 1
    default: str = ""


FAULTS = {
    "Fault": Sayer("BadData", 4, 5),
    **dict.fromkeys(("fault", "stop", "Wrong"), Sayer("BadData")),
    "Refusal": Sayer("ReleaseRefused"),
}
"""What makes a part of an error, the rules of a table for one."""
OF_A_CYCLE = Sayer("BadData", 3, 4)
"""`fault` when it takes the line, the column and the value first."""


def wordings(package: Path, classes: Sequence[str]) -> dict[str, list[Wording]]:
    """Return the messages of each class of errors, by its name; faults are those of BadData."""
    modules = {
        ".".join(path.relative_to(package.parent).with_suffix("").parts): ast.parse(
            path.read_text("utf-8")
        )
        for path in sorted(package.rglob("*.py"))
    }
    sayers = _sayers([*modules.values()], classes)
    own = {name: _constants(module) for name, module in modules.items()}
    found: dict[str, set[Wording]] = {}
    for name, module in modules.items():
        constants = {**_imported(module, own), **own[name]}
        for function in _scopes(module):
            local = _assigned(ast.walk(function))
            for call in _calls(function):
                if sayer := _sayer(call, sayers):
                    above = {name: _last(values, call.lineno) for name, values in local.items()}
                    said = _wording(call, sayer, {**constants, **above})
                    listed = _listed(function) if said.remedy == UNKNOWN else []
                    for each in [said, *listed]:
                        if each.message.strip(" .:()«»\u00a0" + UNKNOWN):
                            found.setdefault(sayer.kind, set()).add(each)
    return {kind: sorted(each) for kind, each in found.items()}


def shell_wordings(folder: Path) -> list[Wording]:
    """Return the messages of the scripts that run before Python."""
    found = set()
    for path in sorted(folder.glob("*.sh")):
        for said in SAY.findall(path.read_text(encoding="utf-8")):
            found.add(Wording(*(re.sub(r"\$\{?\w+\}?", UNKNOWN, text) for text in said)))
    return sorted(found)


def _constants(module: ast.Module) -> dict[str, ast.expr]:
    return {name: each[-1] for name, each in _assigned(module.body).items()}


def _imported(
    module: ast.Module, constants: Mapping[str, Mapping[str, ast.expr]]
) -> dict[str, ast.expr]:
    """Return the constants that a module takes from others, by the name that they have there."""
    return {
        each.name: there[each.name]
        for node in module.body
        if isinstance(node, ast.ImportFrom) and (there := constants.get(node.module or ""))
        for each in node.names
        if each.name in there
    }


def _scopes(module: ast.Module) -> Iterator[ast.AST]:
    """Give each function of a module, methods included, then what is outside of any."""
    functions = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]
    inner = {id(node) for each in functions for node in ast.walk(each) if node is not each}
    yield from (each for each in functions if id(each) not in inner)


def _calls(function: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(function) if isinstance(node, ast.Call))


def _sayers(modules: Sequence[ast.Module], classes: Sequence[str]) -> dict[str, Sayer]:
    """Return what makes an error: the classes, and the functions that pass them their arguments."""
    found = {**{name: Sayer(name) for name in classes}, **FAULTS}
    functions = [node for module in modules for node in ast.walk(module)]
    for function in functions:
        if not isinstance(function, ast.FunctionDef) or function.name in found:
            continue
        taken = [each.arg for each in function.args.args if each.arg not in ("self", "cls")]
        for call in _calls(function):
            sayer = _sayer(call, found)
            if not sayer:
                continue
            message, remedy = (_passed(call, place) for place in (sayer.message, sayer.remedy))
            if message in taken and remedy in taken:
                places = (taken.index(message), taken.index(remedy))
                found[function.name] = Sayer(sayer.kind, *places, default=UNKNOWN)
    return found


def _sayer(call: ast.Call, sayers: dict[str, Sayer]) -> Sayer | None:
    name = _name(call.func)
    return OF_A_CYCLE if name == "fault" and len(call.args) > 3 else sayers.get(name)


def _passed(call: ast.Call, place: int) -> str:
    """Return the name of the variable that is an argument, or its last resort."""
    given = call.args[place] if place < len(call.args) else None
    return _name(given.values[-1] if isinstance(given, ast.BoolOp) else given) if given else ""


def _listed(function: ast.AST) -> list[Wording]:
    """Return the pairs of a message and its remedy, both of several words, to choose from."""
    pairs = [node.elts for node in ast.walk(function) if isinstance(node, ast.Tuple)]
    said = [
        [_text(each, {}) for each in pair]
        for pair in pairs
        if len(pair) == 2 and all(isinstance(e, ast.Constant | ast.JoinedStr) for e in pair)
    ]
    return [Wording(*pair) for pair in said if all(" " in text for text in pair)]


def _name(node: ast.expr) -> str:
    """Return the name of a variable, an attribute or a function, "" for anything else."""
    return str(getattr(node, "id", "") or getattr(node, "attr", ""))


def _wording(call: ast.Call, sayer: Sayer, known: dict[str, ast.expr]) -> Wording:
    message, remedy = (
        _text(call.args[place], known) if place < len(call.args) else ""
        for place in (sayer.message, sayer.remedy)
    )
    return Wording(*(re.sub("[ \n]+", " ", text) for text in (message, remedy or sayer.default)))


def _assigned(nodes: Iterator[ast.AST] | Sequence[ast.AST]) -> dict[str, list[ast.expr]]:
    """Return what is given to each name, alone or several at once, in the order of the lines."""
    found: dict[str, list[ast.expr]] = {}
    assigned = sorted(
        (node for node in nodes if isinstance(node, ast.Assign)), key=lambda node: node.lineno
    )
    for node in assigned:
        pairs = [(target, node.value) for target in node.targets]
        for target, value in list(pairs):
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                pairs += zip(target.elts, value.elts, strict=False)
        for target, value in pairs:
            if isinstance(target, ast.Name):
                found.setdefault(target.id, []).append(value)
    return found


def _last(values: list[ast.expr], line: int) -> ast.expr:
    """Return the last value that is given above a line, the first one when none is."""
    return ([values[0]] + [value for value in values if value.lineno <= line])[-1]


def _text(node: ast.expr, known: dict[str, ast.expr], depth: int = 4) -> str:
    """Return a text as the source writes it, with « … » in the place of what it computes."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(each, known, depth) for each in node.values)
    if isinstance(node, ast.FormattedValue):
        return _computed(node.value)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _text(node.left, known, depth) + _text(node.right, known, depth)
    if isinstance(node, ast.BoolOp):
        return _text(node.values[-1], known, depth)
    if isinstance(node, ast.IfExp):
        return _text(node.body, known, depth)
    if _is_name(node, known) and depth:
        return _text(known[node.id], known, depth - 1)  # type: ignore[attr-defined]
    return UNKNOWN


def _computed(node: ast.expr) -> str:
    """Return what stands for a computed part: a no-break space, a quotation, or anything."""
    if _name(node) == "NBSP":
        return NBSP
    if isinstance(node, ast.Call) and _name(node.func) == "quoted":
        return quoted(UNKNOWN)
    return UNKNOWN


def _is_name(node: ast.expr, known: dict[str, ast.expr]) -> bool:
    return isinstance(node, ast.Name) and node.id in known
