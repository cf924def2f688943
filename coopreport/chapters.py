"""A chapter: one parameterised notebook, read as a file and checked before it runs."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coopreport.errors import ChapterFailed

Parameter = bool | int | float | str | list[int] | list[str]

BOUNDS = re.compile(r"#\s*\[\s*(-?[0-9.]+)\s*,\s*(-?[0-9.]+)\s*\]")


@dataclass(frozen=True)
class ParameterRule:
    """A parameter as its notebook declares it; a comment `# [low, high]` gives its bounds."""

    name: str
    default: Parameter
    bounds: tuple[float, float] | None = None


@dataclass(frozen=True)
class Chapter:
    """One notebook: its name without `.ipynb`, its title and the parameters it declares."""

    name: str
    path: Path
    title: str
    parameters: tuple[ParameterRule, ...]


def read_chapter(path: Path) -> Chapter:
    """Read one notebook as a chapter, without running it.

    Raises:
        ChapterFailed: the file is missing, is not a notebook (truncated, merge marks), has no
            title, or has not exactly one code cell tagged `parameters` that declares `cycle`.
    """
    notebook = _load(path)
    cells: list[dict[str, Any]] = notebook["cells"]
    tagged = [
        cell
        for cell in cells
        if cell["cell_type"] == "code" and "parameters" in cell["metadata"].get("tags", [])
    ]
    if len(tagged) != 1:
        raise ChapterFailed(
            f"{path.name} : {len(tagged)} cellule étiquetée « parameters », il en faut une seule; "
            "sans elle, le chapitre ignorerait le cycle demandé.",
            "dans JupyterLab, sélectionnez la cellule des paramètres et ajoutez-lui "
            "l’étiquette « parameters » (panneau des propriétés).",
        )
    parameters = _parameters(path, source_of(tagged[0]))
    if "cycle" not in [p.name for p in parameters]:
        raise ChapterFailed(
            f"{path.name} : la cellule des paramètres ne déclare pas « cycle ».",
            'ajoutez-y une ligne comme cycle = "2023-2024".',
        )
    return Chapter(path.stem, path, _title(path, cells), parameters)


def source_of(cell: Mapping[str, Any]) -> str:
    """Return a cell's source as one text, whichever way the file stores it."""
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def is_english(cell: Mapping[str, Any]) -> bool:
    """Tell whether a cell is the English of the prose cell before it."""
    return cell["cell_type"] == "markdown" and "en" in cell.get("metadata", {}).get("tags", [])


def heading_above(cells: Sequence[Mapping[str, Any]], index: int) -> str:
    """Return the last French heading at or above the cell `index`, or "" when none is."""
    for cell in reversed(cells[: index + 1]):
        if cell["cell_type"] == "markdown" and not is_english(cell):
            headings = re.findall(r"^#{1,6}\s+(.+)$", source_of(cell), flags=re.MULTILINE)
            if headings:
                return str(headings[-1]).strip()
    return ""


def _load(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ChapterFailed(
            f"Le chapitre {path.name} est introuvable dans {path.parent.name}/.",
            "corrigez la liste « chapters » du cycle, ou ajoutez le notebook.",
        ) from None
    except UnicodeDecodeError:
        raise _not_a_notebook(path, "il n’est pas en UTF-8") from None
    if re.search(r"^(<<<<<<<|>>>>>>>) ", text, flags=re.MULTILINE):
        raise _not_a_notebook(path, "il contient des marques de fusion « <<<<<<< »")
    try:
        notebook = json.loads(text)
        well_formed = notebook["nbformat"] >= 4 and isinstance(notebook["cells"], list)
    except json.JSONDecodeError as error:
        raise _not_a_notebook(
            path, f"JSON interrompu ou invalide à la ligne {error.lineno}"
        ) from None
    except (KeyError, TypeError):
        well_formed = False
    if not well_formed:
        raise _not_a_notebook(path, "ce n’est pas un notebook de format 4")
    return dict(notebook)


def _not_a_notebook(path: Path, why: str) -> ChapterFailed:
    return ChapterFailed(
        f"{path.name} ne peut pas être lu : {why}.",
        f"reprenez la dernière version saine (git restore notebooks/{path.name}) "
        "ou réglez la fusion.",
    )


def _title(path: Path, cells: list[dict[str, Any]]) -> str:
    for cell in cells:
        if cell["cell_type"] == "markdown" and not is_english(cell):
            match = re.search(r"^#\s+(.+)$", source_of(cell), flags=re.MULTILINE)
            if match:
                return match.group(1).strip()
    raise ChapterFailed(
        f"{path.name} n’a pas de titre.",
        "commencez la première cellule Markdown par « # Titre du chapitre ».",
    )


def _parameters(path: Path, source: str) -> tuple[ParameterRule, ...]:
    try:
        statements = ast.parse(source).body
        rules = []
        for statement in statements:
            if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
                raise ValueError(ast.unparse(statement))
            target = statement.targets[0]
            if not isinstance(target, ast.Name):
                raise ValueError(ast.unparse(statement))
            line = source.splitlines()[(statement.end_lineno or statement.lineno) - 1]
            bounds = BOUNDS.search(line)
            rules.append(
                ParameterRule(
                    target.id,
                    ast.literal_eval(statement.value),
                    (float(bounds.group(1)), float(bounds.group(2))) if bounds else None,
                )
            )
    except (SyntaxError, ValueError) as error:
        raise ChapterFailed(
            f"{path.name} : la cellule des paramètres ne contient pas que des valeurs ({error}).",
            "n’y mettez que des lignes « nom = valeur » : nombre, texte, booléen ou liste.",
        ) from None
    return tuple(rules)
