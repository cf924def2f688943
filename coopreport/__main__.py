"""`python -m coopreport` is the command `coopreport`."""

from __future__ import annotations

import gc
import os
import sys
from typing import NoReturn

from coopreport.cli import main
from coopreport.surroundings import SAME_NUMBERS


def run() -> NoReturn:
    """Run the command, and end the process with its exit code."""
    os.environ.update(SAME_NUMBERS)  # for this process, which has no NumPy yet, and its children
    code = main()
    gc.freeze()  # what is left goes with the process: looking for garbage in it takes 0.2 s
    sys.exit(code)


if __name__ == "__main__":
    run()
