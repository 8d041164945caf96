"""Threads that nobody waits for any more."""

import atexit
import os
import sys
from threading import Thread

from klcli.errors import ExitCode

__all__ = ["end_despite"]


def end_despite(thread: Thread, code: ExitCode) -> None:
    """Makes the process end with an exit code even if a thread is in the middle of code that cannot be ended alone.

    Python would wait for it, or the library that it runs would abort the process.
    """
    atexit.register(_leave, thread, code)


def _leave(thread: Thread, code: ExitCode) -> None:
    if thread.is_alive():
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        os._exit(code)
