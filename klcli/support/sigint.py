"""Ctrl-C in the middle of work: at once while a pair is evaluated, but never while what is done is written down."""

import signal
import threading
from types import FrameType, TracebackType

__all__ = ["Interruption"]


class Interruption:
    """Within this context, KeyboardInterrupt is raised at once, or at `release` where it came after `hold`."""

    def __init__(self) -> None:
        self._is_held = False
        self._came = False

    def __enter__(self) -> "Interruption":
        # ignored where a shell started this in the background: then it stays so
        is_wanted = signal.getsignal(signal.SIGINT) is not signal.SIG_IGN
        self._is_ours = is_wanted and threading.current_thread() is threading.main_thread()
        if self._is_ours:
            self._before = signal.signal(signal.SIGINT, self._arrived)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._is_ours:
            signal.signal(signal.SIGINT, self._before)

    def hold(self) -> None:
        """Lets an interruption wait."""
        self._is_held = True

    def release(self) -> None:
        """Raises KeyboardInterrupt if one waits."""
        self._is_held = False
        if self._came:
            self._came = False
            raise KeyboardInterrupt

    def _arrived(self, number: int, frame: FrameType | None) -> None:
        if not self._is_held:
            raise KeyboardInterrupt
        self._came = True
