"""Ctrl-C and SIGTERM: they interrupt an evaluation at once, but never the writing of a result."""

import signal
import threading
from types import FrameType, TracebackType

__all__ = ["DeferredInterrupt", "as_ctrl_c"]


def as_ctrl_c(number: int, frame: FrameType | None) -> None:
    """Handles SIGTERM, which containers and CI send, as Ctrl-C is handled, also where a shell has that ignored."""
    handler = signal.getsignal(signal.SIGINT)
    if not callable(handler):
        raise KeyboardInterrupt
    handler(number, frame)


class DeferredInterrupt:
    """A context in which Ctrl-C raises KeyboardInterrupt at once, or at `release` if it came after `hold`."""

    def __init__(self) -> None:
        self._is_held = False
        self._is_pending = False

    def __enter__(self) -> "DeferredInterrupt":
        # a shell that starts a job in the background makes it ignore SIGINT; keep that
        is_wanted = signal.getsignal(signal.SIGINT) is not signal.SIG_IGN
        self._is_installed = is_wanted and threading.current_thread() is threading.main_thread()
        if self._is_installed:
            self._before = signal.signal(signal.SIGINT, self._handle)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._is_installed:
            signal.signal(signal.SIGINT, self._before)

    def hold(self) -> None:
        """Defers an interrupt from now on."""
        self._is_held = True

    def release(self) -> None:
        """Stops deferring, and raises KeyboardInterrupt if one was deferred."""
        self._is_held = False
        if self._is_pending:
            self._is_pending = False
            raise KeyboardInterrupt

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if not self._is_held:
            raise KeyboardInterrupt
        self._is_pending = True
