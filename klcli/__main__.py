"""Entry point of the command `kl` and of `python -m klcli`, which tunes the garbage collector for its own process.

By default Python collects garbage after every 700 new objects and again at exit. Imported modules are never garbage,
and scanning them took a seventh of the time of a short run.
"""

import gc
import sys

__all__ = ["run"]

_NEW_OBJECTS = 50_000  # between two collections: more than imports create, few compared with a long run


def run() -> int:
    """Runs `kl` with the arguments of the command line and returns its exit code."""
    gc.set_threshold(_NEW_OBJECTS)
    from klcli.cli.main import main

    code: int = main()
    gc.freeze()  # the collection at exit skips frozen objects
    return code


if __name__ == "__main__":
    sys.exit(run())
