"""The command `kl`, and `python -m klcli`: a process of its own, so it may say how its memory is looked after.

Python looks for garbage after each 700 new objects and once more when it ends. What is imported is none, and looking
through it took a seventh of a run that has little to do.
"""

import gc
import sys

__all__ = ["run"]

_NEW_OBJECTS = 50_000  # between two looks; more than are imported, few beside those of a long run


def run() -> int:
    """Runs `kl` with the words of the command line, and returns its exit code."""
    gc.set_threshold(_NEW_OBJECTS)
    from klcli.cli.main import main

    code: int = main()
    gc.freeze()  # the look at the end passes over what is frozen
    return code


if __name__ == "__main__":
    sys.exit(run())
