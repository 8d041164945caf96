"""Entry point of the command `kl` and of `python -m klcli`, which tunes the garbage collector for its own process.

By default Python collects garbage after every 700 new objects and again at exit. Imported modules are never garbage,
and scanning them took a seventh of the time of a short run.
"""

import atexit
import gc
import os
import sys
from contextlib import suppress
from typing import NoReturn

__all__ = ["run"]

_NEW_OBJECTS = 50_000  # between two collections: more than imports create, few compared with a long run


def run() -> int:
    """Runs `kl` with the arguments of the command line and returns its exit code."""
    gc.set_threshold(_NEW_OBJECTS)
    from klcli.cli.main import main

    code: int = main()
    gc.freeze()  # the collection at exit skips frozen objects
    if "pyarrow" in sys.modules:
        _end_process(code)
    return code


def _end_process(code: int) -> NoReturn:
    """Ends the process without tearing the interpreter down.

    A thread of pyarrow that still runs then aborts the process now and then ("terminate called without an active
    exception"), and 134 takes the place of the exit code.
    """
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):  # absent, broken, closed
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    sys.exit(run())
