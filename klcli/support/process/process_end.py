"""Ends of a process that Python's own shutdown would hold up or abort."""

import atexit
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from threading import Thread

__all__ = ["end_despite", "leave"]


def leave(code: int) -> NoReturn:
    """Flushes both streams and ends the process without tearing the interpreter down."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):  # absent, broken, closed
            stream.flush()
    os._exit(code)


def end_despite(thread: "Thread", code: int) -> None:
    """Makes the process end with an exit code even if a thread is in the middle of code that cannot be ended alone.

    Python would wait for it, or the library that it runs would abort the process.
    """
    atexit.register(_leave_despite, thread, code)


def _leave_despite(thread: "Thread", code: int) -> None:
    if thread.is_alive():
        leave(code)
