"""The command line: one verb per target of the Makefile. Messages are French, codes are stable.

Exit codes: 0 done, 2 bad call, 3 bad data, 4 notebook failed, 5 cannot write or publish,
6 locked, 7 verification failed, 130 interrupted.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NoReturn

from coopreport.arguments import build_parser
from coopreport.errors import CoopreportError, shorten
from coopreport.surroundings import COLLECT_EVERY
from coopreport.verbs import say

if TYPE_CHECKING:
    import argparse

INTERRUPTED = 130
SWITCH_EVERY = 0.0005
"""Seconds that a thread computes before one that a chapter has answered may go on; Python's own
0.005 are lost at each of the hundred messages of a chapter."""


def _interrupt(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; errors are printed, never raised."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _interrupt)  # as Ctrl-C: what runs is stopped, what waits is freed
    debug = "--debug" in given
    gc.set_threshold(COLLECT_EVERY)
    sys.setswitchinterval(SWITCH_EVERY)
    try:
        call = build_parser().parse_args(given)
        run: Callable[[argparse.Namespace], int] = call.run
        return run(call)
    except CoopreportError as error:
        if debug:
            raise
        say(f"\nErreur : {error}")
        return error.exit_code
    except BrokenPipeError:
        # the reader closed the pipe (`make claims | head`): nothing more to say, nor at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return _interrupted()
    except Exception as error:
        if isinstance(error.__cause__, KeyboardInterrupt):
            return _interrupted()  # while a class was made, in an import: Python 3.11 wraps it
        if debug:
            raise
        say(
            f"\nErreur imprévue : {type(error).__name__} : {shorten(str(error), 300)}\n"
            "  Remède : relancez avec --debug et signalez la trace aux développeurs."
        )
        return 1


def _interrupted() -> int:
    say("\nInterrompu; le dernier rapport est intact.")
    return INTERRUPTED
