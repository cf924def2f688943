"""docs/messages.md has every kind of error, with a real example that the program still gives."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from docs.failures import EXAMPLES, Example, projects, run
from docs.messages import CODES, OUTSIDE, PAGE, error_classes, explained, page, read_examples
from docs.reference import ROOT
from docs.wordings import wordings

CLASSES = error_classes()
SHOWN = read_examples(PAGE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def fresh() -> Iterator[Callable[[Example], Path]]:
    with projects() as made:
        yield made


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(SHOWN), "lancez « make docs »"


def test_every_class_of_errors_is_explained() -> None:
    assert set(explained()) == {*CLASSES, *OUTSIDE}, "voyez docs/explained.yaml"


def test_every_exit_code_is_documented() -> None:
    assert {each.exit_code for each in CLASSES.values()} <= set(CODES)


@pytest.mark.parametrize("name", explained())
def test_every_kind_of_error_has_an_example_or_the_reason_why_not(name: str) -> None:
    assert (name in EXAMPLES) != bool(explained()[name].no_example)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_what_the_program_answers(
    name: str, fresh: Callable[[Example], Path]
) -> None:
    example = EXAMPLES[name]
    assert run(example, fresh(example)) == SHOWN[name], "lancez « make docs »"


def test_an_example_shows_the_exit_code_of_its_class() -> None:
    in_a_chapter = {"UnknownParameter"}  # met while a chapter runs: its failure has the code
    for name in set(CLASSES) & set(EXAMPLES) - in_a_chapter - {"CannotPrint"}:
        assert SHOWN[name].endswith(f"(code {CLASSES[name].exit_code})"), name


def test_nothing_raises_the_common_error() -> None:
    for path in sorted((ROOT / "coopreport").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "CoopreportError", f"{path.name}:{node.lineno}"


def test_every_message_comes_with_its_remedy() -> None:
    listed_apart = {"ReleaseRefused", "UnexplainedGaps", "LintFailed", "BadCycle"}
    for name, said in wordings(ROOT / "coopreport", list(CLASSES)).items():
        if name not in listed_apart:
            assert not [each.message for each in said if not each.remedy], name
