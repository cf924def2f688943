"""What a notebook's cell puts on the page as typed text: its prose, and its code's strings.

In Markdown everything is prose but {eval} and {numref}, code spans and fences, link targets and
addresses, and the marks of a numbered list. In code, every string is taken to be shown but
those that only name something (a column, a frame, an indicator, an option), and every number is
taken to be one but 0, 1 and those that choose a place, a column or decimals.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from IPython.core.inputtransformer2 import TransformerManager

NAMED = "\ufffc"
"""Stands where a named number is shown; no number is read across it."""

_ADDRESS = r"(?:https?|mailto|file):[^\s<>)\]]+"
_CODE_SPAN = r"(?<!`)(?P<ticks>`+)(?!`)(?:(?!\n\s*\n)[\s\S])+?(?<!`)(?P=ticks)(?!`)"
_FENCE = r"^ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^ {0,3}(?P=fence)[`~]*[ \t]*$|\Z)"
_MASKED = re.compile(
    rf"{_FENCE}|(?:\{{(?:eval|numref)\}})?{_CODE_SPAN}|(?<=\])\([^)\n]*\)|{_ADDRESS}",
    flags=re.MULTILINE,
)
_LIST_MARK = re.compile(r"^(\s*)([0-9]{1,2})([.)])(?=\s)", flags=re.MULTILINE)
_CODE_NAME = re.compile(r"(?=.*[._|@])@?[a-z][a-z0-9]*(?:[._|-][a-z0-9_-]+)*")

# Calls whose strings and numbers choose rows, columns or names: nothing of them is shown.
_CHOOSING = frozenset(
    re.findall(
        r"\w+",
        "frame labels sources parameter rows value isin match contains fullmatch startswith "
        "endswith groupby pivot pivot_table set_index reset_index sort_values merge drop "
        "drop_duplicates dropna astype query rename strftime head tail round nlargest nsmallest "
        "getattr start range",
    )
)
# For the others, the positions that name something; the rest is shown.
_ALL, _NONE = frozenset(range(99)), frozenset[int]()
_NAMING_POSITIONS: dict[str, frozenset[int]] = {
    "Column": _ALL - {1},
    "chart": frozenset({0}),
    "define": frozenset({0}),
    "figures": frozenset({0}),
    "get": frozenset({0}),
    "format_number": _ALL - {0},
    "format_value": _ALL - {0},
    "table": frozenset({0}),
    "table_of": frozenset({1}),
}
_NAMING_OPTIONS = frozenset(
    re.findall(
        r"\w+",
        "name key unit kind style missing group_by total decimals max_years validate by on how "
        "index dtype axis each",
    )
)


@dataclass(frozen=True)
class Passage:
    """A text of a cell; `line_of` gives the cell's line (from 1) of an offset of `text`.

    A number typed in code is the `literal` (start, end, value) of its line; the rest of that line
    is there only to say around what the number stands.
    """

    text: str
    in_code: bool
    line_of: Callable[[int], int] = field(compare=False)
    literal: tuple[int, int, int | float] | None = None


def prose_passage(source: str) -> Passage:
    """Return a Markdown cell as one text of the same length, what is not prose blanked."""
    text = _MASKED.sub(_blank, source)
    expected = [1]

    def unmark(match: re.Match[str]) -> str:
        if int(match[2]) not in (1, expected[0]):
            return match[0]
        expected[0] = int(match[2]) + 1
        return match[1] + " " * len(match[2]) + match[3]

    text = _LIST_MARK.sub(unmark, text)
    return Passage(text, False, lambda offset: text.count("\n", 0, offset) + 1)


def _blank(match: re.Match[str]) -> str:
    fill = NAMED if match[0].startswith("{eval}") else " "
    return re.sub(r"[^\n]", fill, match[0])


def code_passages(source: str) -> Iterator[Passage]:
    """Yield the texts that a code cell may show, and the numbers it holds.

    Raises:
        SyntaxError: the cell is not Python.
    """
    python = str(TransformerManager().transform_cell(source))
    return _Shown(python).passages(ast.parse(python))


class _Shown(ast.NodeVisitor):
    """Walks a cell and gathers the strings and numbers that nothing marks as a name."""

    def __init__(self, source: str) -> None:
        self._lines = source.splitlines()
        self._found: list[Passage] = []

    def passages(self, tree: ast.AST) -> Iterator[Passage]:
        self.visit(tree)
        return iter(self._found)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        documented = ast.get_docstring(node, clean=False) is not None
        for part in (node.args, *node.decorator_list, *node.body[documented:]):
            self.visit(part)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)

    def visit_Dict(self, node: ast.Dict) -> None:
        for value in node.values:
            self.visit(value)

    def visit_DictComp(self, node: ast.DictComp) -> None:
        for part in (node.value, *node.generators):
            self.visit(part)

    def visit_Compare(self, node: ast.Compare) -> None:
        for part in (node.left, *node.comparators):
            if not (isinstance(part, ast.Constant) and isinstance(part.value, str)):
                self.visit(part)

    def visit_Call(self, node: ast.Call) -> None:
        self.visit(node.func)
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        chooses = name in _CHOOSING
        names = _NAMING_POSITIONS.get(name, _ALL if chooses else _NONE)
        for position, argument in enumerate(node.args):
            if not (position in names and _is_literal(argument)):
                self.visit(argument)
        for keyword in node.keywords:
            if not ((chooses or keyword.arg in _NAMING_OPTIONS) and _is_literal(keyword.value)):
                self.visit(keyword.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        parts = []
        for part in node.values:
            if isinstance(part, ast.Constant):
                parts.append(str(part.value))
            elif isinstance(part, ast.FormattedValue):
                parts.append(NAMED)
                self.visit(part.value)
        self._add("".join(parts), node)

    def visit_Constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, str):
            if not _CODE_NAME.fullmatch(value):
                self._add(value, node)
        elif isinstance(value, int | float) and not isinstance(value, bool) and value not in (0, 1):
            line, number = self._lines[node.lineno - 1], node.lineno
            start = len(line.encode()[: node.col_offset].decode())
            end = len(line.encode()[: node.end_col_offset].decode())
            self._found.append(Passage(line, True, lambda _: number, (start, end, value)))

    def _add(self, text: str, node: ast.expr) -> None:
        first, last = node.lineno, node.end_lineno or node.lineno

        def line_of(offset: int) -> int:
            """Return the line that holds what follows `offset`; the first one when unsure."""
            words = text[offset:].split(NAMED)[0].split()[:1]
            lines = range(first, last + 1)
            return next((n for n in lines if words and words[0] in self._lines[n - 1]), first)

        if re.search(r"\w", text):
            self._found.append(Passage(text, True, line_of))


def _is_literal(node: ast.expr) -> bool:
    """Tell whether an argument is a plain name or number, or a list or mapping of them."""
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return all(_is_literal(item) for item in node.elts)
    if isinstance(node, ast.Dict):
        return all(_is_literal(item) for item in node.values)
    if isinstance(node, ast.UnaryOp):
        return _is_literal(node.operand)
    return isinstance(node, ast.Constant | ast.JoinedStr)
