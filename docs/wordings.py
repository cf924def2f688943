"""Every message that the program can give, read in its source: the list of docs/messages.md.

A part of a message that is known only when it is given is written « … ».
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from coopreport.errors import NBSP, quoted

UNKNOWN = "…"
FAULTS = {"Fault": (4, 5), "fault": (0, 1), "stop": (0, 1), "Wrong": (0, 1)}
"""What makes a fault of a table, and where its rule and remedy stand among the arguments."""
REFUSALS = {"Refusal": "ReleaseRefused"}
SAY = re.compile(r'say "Erreur : (.+)"\n\s*say "  Remède : (.+)"')


@dataclass(frozen=True, order=True)
class Wording:
    """A message and its remedy, with « … » in the place of what varies."""

    message: str
    remedy: str


def wordings(package: Path, classes: Sequence[str]) -> dict[str, list[Wording]]:
    """Return the messages of each class of errors, by its name; faults are those of BadData."""
    found: dict[str, set[Wording]] = {}
    for path in sorted(package.rglob("*.py")):
        module = ast.parse(path.read_text(encoding="utf-8"))
        constants = {name: each[-1] for name, each in _assigned(module.body).items()}
        for function in _scopes(module):
            local = _assigned(ast.walk(function))
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                if kind := _kind(call, classes):
                    above = {name: _last(values, call.lineno) for name, values in local.items()}
                    said = _wording(call, {**constants, **above})
                    if said.message.strip(" .:" + UNKNOWN):
                        found.setdefault(kind, set()).add(said)
    return {kind: sorted(each) for kind, each in found.items()}


def shell_wordings(folder: Path) -> list[Wording]:
    """Return the messages of the scripts that run before Python."""
    found = set()
    for path in sorted(folder.glob("*.sh")):
        for said in SAY.findall(path.read_text(encoding="utf-8")):
            found.add(Wording(*(re.sub(r"\$\{?\w+\}?", UNKNOWN, text) for text in said)))
    return sorted(found)


def _scopes(module: ast.Module) -> Iterator[ast.AST]:
    """Give each function of a module, methods included, then what is outside of any."""
    functions = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]
    inner = {id(node) for each in functions for node in ast.walk(each) if node is not each}
    yield from (each for each in functions if id(each) not in inner)


def _kind(call: ast.Call, classes: Sequence[str]) -> str:
    name = _name(call.func)
    if name in FAULTS:
        return "BadData"
    return name if name in classes else REFUSALS.get(name, "")


def _name(node: ast.expr) -> str:
    """Return the name of a variable, an attribute or a function, "" for anything else."""
    return str(getattr(node, "id", "") or getattr(node, "attr", ""))


def _wording(call: ast.Call, known: dict[str, ast.expr]) -> Wording:
    name = _name(call.func)
    places = FAULTS.get(name, (0, 1))
    if name == "fault" and len(call.args) > 3:  # of a cycle: line, column, value, rule, remedy
        places = (3, 4)
    given = [call.args[place] if place < len(call.args) else None for place in places]
    return Wording(*(re.sub("[ \n]+", " ", _text(each, known)) if each else "" for each in given))


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
