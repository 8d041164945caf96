"""Entry point of the command `kl` and of `python -m klcli`, which tunes the garbage collector for its own process.

By default Python collects garbage after every 700 new objects and again at exit. Imported modules are never garbage,
and scanning them took a seventh of the time of a short run.
"""

import atexit
import gc
import signal
import sys

from klcli.support.process.process_end import leave
from klcli.support.process.sigint import as_ctrl_c

__all__ = ["run"]

_NEW_OBJECTS = 50_000  # between two collections: more than imports create, few compared with a long run


def run() -> int:
    """Runs `kl` with the arguments of the command line and returns its exit code."""
    gc.set_threshold(_NEW_OBJECTS)
    codes: list[int] = []
    atexit.register(_leave_before_pyarrow, codes)  # before any library registers: what is registered first runs last
    from klcli.cli.main import main

    signal.signal(signal.SIGTERM, as_ctrl_c)
    codes.append(main())
    gc.freeze()  # the collection at exit skips frozen objects
    return codes[0]


def _leave_before_pyarrow(codes: list[int]) -> None:
    """Ends the process if pyarrow was imported.

    A thread of pyarrow that still runs when the interpreter is torn down aborts the process now and then ("terminate
    called without an active exception"), and 134 takes the place of the exit code.
    """
    if codes and "pyarrow" in sys.modules:
        leave(codes[0])


if __name__ == "__main__":
    sys.exit(run())
