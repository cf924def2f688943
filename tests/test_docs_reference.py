"""docs/commande.md is what the Makefile and the command say today, of everything they have."""

from __future__ import annotations

import argparse
import re

import pytest

from docs.reference import OTHERS, PAGE, ROOT, described, options, page, read_makefile, verbs

MAKEFILE = read_makefile((ROOT / "Makefile").read_text(encoding="utf-8"))


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(MAKEFILE), "lancez « make docs »"


@pytest.mark.parametrize("name", verbs())
def test_every_option_has_its_description_and_the_name_of_its_value(name: str) -> None:
    for option, action in options(verbs()[name]).items():
        assert described(action), f"{name} {option}"
        assert action.metavar or isinstance(action, argparse._StoreTrueAction), f"{name} {option}"


def test_every_verb_has_a_target() -> None:
    assert set(verbs()) == {verb for target in MAKEFILE.targets for verb in target.verbs}


def test_every_variable_is_given_to_an_option_or_described() -> None:
    given = {name for target in MAKEFILE.targets for name in target.passed.values()}
    undescribed = set(MAKEFILE.variables) - given - set(OTHERS)
    assert not undescribed, f"décrivez-les dans docs/reference.py : {undescribed}"


def test_every_option_of_a_target_is_one_of_its_verb() -> None:
    for target in MAKEFILE.targets:
        known = {option for verb in target.verbs for option in options(verbs()[verb])}
        assert set(target.passed) <= known, target.name


def test_every_target_that_is_called_says_what_it_does() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = next(line for line in text.split("\n") if line.startswith(".PHONY:"))
    needed = {
        name
        for line in re.findall(r"^[a-z][a-z -]*:([a-z -]*)", text, re.M)
        for name in line.split()
    }
    said = {target.name for target in MAKEFILE.targets}
    assert set(phony.removeprefix(".PHONY:").split()) - {*needed} <= said
