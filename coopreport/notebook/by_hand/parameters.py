"""A chapter that is run by hand has the cycle and the parameters of the build.

A build puts a cell after the parameters cell, with the cycle's values. By hand, `start` does the
same to the notebook's variables, and says which defaults it replaced.
"""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping
from typing import Any

from coopreport.cycles import read_cycle
from coopreport.errors import NBSP
from coopreport.project import Project

CYCLE = "COOPREPORT_CYCLE"
"""The environment variable in which `make lab CYCLE=…` gives its cycle."""


def as_in_build(
    variables: MutableMapping[str, Any],
    project: Project,
    cycle: str,
    chapter: str,
    parameters: dict[str, Any],
) -> tuple[str, dict[str, Any]]:
    """Return the cycle of the lab and the chapter's parameters in it; set the variables to them.

    What is not the variable of a parameters cell stays as it was given: a literal cycle, or one in
    a notebook that is no chapter of the cycle.

    Raises:
        BadCall: the cycle does not exist, or its file breaks a rule.
    """
    chosen = os.environ.get(CYCLE) or cycle
    if chosen != cycle and variables.get("cycle") == cycle:
        _say(f"le laboratoire est ouvert sur le cycle {chosen}, et non {cycle}.")
        variables["cycle"] = cycle = chosen
    read = read_cycle(project, cycle)
    of_cycle = next((v for n, v in read.parameters.items() if n.partition("-")[2] == chapter), {})
    for name, value in of_cycle.items():
        given = parameters.get(name, value)
        if given == value:
            continue
        _say(
            f"{name} vaut {value!r} dans le cycle {cycle}, et non {given!r}. "
            f"Pour en changer{NBSP}: data/cycles/{read.id}.yaml."
        )
        parameters = {**parameters, name: value}
        if variables.get(name) == given:
            variables[name] = value
    return cycle, parameters


def _say(what: str) -> None:
    print(f"Attention{NBSP}: {what}", file=sys.stderr)
