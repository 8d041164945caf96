"""Calls of libraries that do not heed Ctrl-C: each in a thread, which is cancelled, and left alone if it goes on."""

import threading
from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from klcli.errors import ExitCode
from klcli.support.process.process_end import end_despite

__all__ = ["Interruptible", "TimedOut"]

_AGAIN = 0.1  # seconds between cancels
_GRACE = 0.5  # seconds in which a call that was cancelled may end: Ctrl-C leaves within a second
_TURN = 0.2  # seconds

T = TypeVar("T")


class TimedOut(Exception):
    """A call took longer than its limit, and was cancelled."""


class Interruptible:
    """Calls of a connection, one at a time. Ctrl-C and the time limit cancel the one that runs.

    Args:
        cancel: Cancels what runs, from another thread. close: Closes the connection.
        timeout: Seconds that a call may take; None for no limit.
    """

    def __init__(self, cancel: Callable[[], None], close: Callable[[], None], timeout: float | None = None) -> None:
        self._cancel, self._close, self._timeout = cancel, close, timeout
        self._code = ExitCode.INTERRUPTED  # of a process that ends while a call still runs
        self._has_ended = threading.Event()
        self._has_ended.set()

    def call(self, ask: Callable[[], T]) -> T:
        """Returns what a function gives that runs in another thread.

        Raises:
            TimedOut: It took longer than the limit.
        """
        found: list[T] = []
        errors: list[BaseException] = []
        has_ended = self._has_ended = threading.Event()

        def run() -> None:
            try:
                found.append(ask())
            except BaseException as error:  # raised again in the calling thread
                errors.append(error)
            finally:
                has_ended.set()

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            if not _waited(has_ended, self._timeout):
                self._end(thread, ExitCode.BAD_DATA)
                raise TimedOut
        except KeyboardInterrupt:
            self._end(thread, ExitCode.INTERRUPTED)
            raise
        if errors:
            raise errors[0]
        return found[0]

    def close(self) -> None:
        """Closes the connection; later if a call still runs, since closing waits for it or fails."""
        if self._has_ended.is_set():
            self._close()
        else:
            end_despite(self._cancel_until_ended(then=self._close), self._code)

    def _end(self, thread: threading.Thread, code: ExitCode) -> None:
        """Cancels the call, and waits for its end, though not for long."""
        self._code = code
        self._cancel_until_ended()
        try:
            _waited(self._has_ended, _GRACE)
        finally:
            if not self._has_ended.is_set():
                end_despite(thread, code)

    def _cancel_until_ended(self, then: Callable[[], None] = lambda: None) -> threading.Thread:
        has_ended = self._has_ended

        def again() -> None:
            while not has_ended.is_set():  # one that comes before the call runs is lost
                self._cancel()
                has_ended.wait(_AGAIN)
            then()

        thread = threading.Thread(target=again, daemon=True)  # since cancelling may wait for a network
        thread.start()
        return thread


def _waited(event: threading.Event, seconds: float | None) -> bool:
    """Returns True once an event has happened, False if it has not happened within `seconds`."""
    end = None if seconds is None else monotonic() + seconds
    while end is None or monotonic() < end:
        # in turns, as Windows holds Ctrl-C back until a wait ends
        if event.wait(_TURN if end is None else min(_TURN, max(0.0, end - monotonic()))):
            return True
    return event.is_set()
