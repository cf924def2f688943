"""The last bits of a number do not depend on the processor."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from coopreport.pipeline.environment import chapter_environment
from coopreport.project import Project
from coopreport.surroundings import SAME_NUMBERS
from tests.conftest import ROOT

EVERYWHERE = {"X86_V3"}
"""What every x86-64 processor since 2013 has: left as it is, and the same on all of them."""
ASK = """
import json
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
print(json.dumps({name: __cpu_features__[name] for name in __cpu_dispatch__}))
"""


def numpy_of(environment: dict[str, str]) -> dict[str, bool]:
    """Return which of the instructions that NumPy may choose it uses in a process."""
    command = [sys.executable, "-c", ASK]
    found = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert found.stderr == ""
    used: dict[str, bool] = json.loads(found.stdout)
    return used


def test_a_chapter_computes_without_the_instructions_of_some_processors() -> None:
    used = numpy_of(chapter_environment(Project(ROOT)))
    named = {*SAME_NUMBERS["NPY_DISABLE_CPU_FEATURES"].split()}
    assert [name for name, on in used.items() if on and name in named] == []
    if some := {name for name in used if name.startswith(("X86", "AVX"))}:
        assert some - EVERYWHERE == named, "NumPy may choose others than are named"


def test_the_command_computes_as_its_chapters_do() -> None:
    script = (
        "import os, sys, coopreport.__main__ as command\n"
        "assert 'numpy' not in sys.modules\n"
        "command.main = lambda: print(dict(os.environ)) or 0\n"
        "command.run()"
    )
    plain = {name: value for name, value in os.environ.items() if name not in SAME_NUMBERS}
    command = [sys.executable, "-c", script]
    found = subprocess.run(command, env=plain, capture_output=True, text=True, check=True)
    for name, value in SAME_NUMBERS.items():
        assert f"'{name}': '{value}'" in found.stdout
