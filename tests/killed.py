"""The command, killed at a named place: `python -m tests.killed before|after MODULE:NAME VERB …`.

`NAME` is a function of the module, or `Class.method`. The process kills itself as the system would
(SIGKILL): nothing is cleaned, nothing is flushed.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from functools import reduce
from typing import Any


def main() -> int:
    """Arm the place, then run the command."""
    when, place, *arguments = sys.argv[1:]
    module, _, path = place.partition(":")
    *owners, name = path.split(".")
    owner = reduce(getattr, owners, importlib.import_module(module))
    genuine = getattr(owner, name)

    def deadly(*given: Any, **named: Any) -> Any:
        if when == "after":
            genuine(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, deadly)
    from coopreport.cli import main as command

    return command(arguments)


if __name__ == "__main__":
    sys.exit(main())
