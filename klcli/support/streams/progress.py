"""Progress on standard error, drawn by rich on a terminal only: a bar that counts pairs, or a spinner.

The bar appears after one second and is cleared before any other text is written to the terminal. The caller's thread
draws it, because forking worker processes is not safe while another thread runs.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from klcli.support.optional_package import need
from klcli.support.text.safe_text import visible

__all__ = ["Progress", "spinner"]

_LONG = 1.0  # seconds before the bar appears
_REDRAWN = 0.1  # seconds between two updates


@contextmanager
def spinner(text: str, *, is_wanted: bool) -> Iterator[None]:
    """Shows the text with a spinner while the body runs, if `is_wanted` and standard error is a terminal."""
    if not (is_wanted and _is_terminal()):
        yield
        return
    console = need("rich.console", purpose="the spinner").Console(stderr=True)
    with console.status(need("rich.text", purpose="the spinner").Text(visible(text))):
        yield


class Progress:
    """A bar that counts pairs, shown if `is_wanted` and standard error is a terminal.

    Args:
        count: Returns the number of pairs, or None if it is unknown; called when the bar first appears.
    """

    def __init__(self, count: Callable[[], int | None], *, is_wanted: bool) -> None:
        self._is_shown = is_wanted and _is_terminal()
        self._count = count
        self._done = 0
        self._started = monotonic()
        self._next = self._started + _LONG
        self._bar: Any = None
        self._is_visible = False

    def advance(self) -> None:
        """Counts a pair."""
        self._done += 1
        if self._is_shown and monotonic() >= self._next:
            self._draw()

    def clear(self) -> None:
        """Clears the bar before other text is written; it reappears with the next pair."""
        if self._is_visible:
            self._bar.stop()
            self._is_visible = False

    def _draw(self) -> None:
        now = monotonic()
        self._next = now + _REDRAWN
        if self._bar is None:
            self._bar = self._made()
        rate = self._done / (now - self._started)
        self._bar.update(
            self._bar.task_ids[0], completed=self._done, rate=f"{rate:,.3g}" if rate < 10 else f"{rate:,.0f}"
        )
        if self._is_visible:
            self._bar.refresh()
        else:
            self._bar.start()
            self._is_visible = True

    def _made(self) -> Any:
        rich = need("rich.progress", purpose="the progress bar")
        console = need("rich.console", purpose="the progress bar").Console(stderr=True)
        total = self._count()
        if total is None:
            columns = [rich.TextColumn("{task.completed:,} pairs, {task.fields[rate]}/s")]
        else:
            text = "{task.completed:,} of {task.total:,} pairs, {task.fields[rate]}/s, left"
            columns = [rich.BarColumn(20), rich.TextColumn(text), rich.TimeRemainingColumn()]
        bar = rich.Progress(
            *columns, console=console, auto_refresh=False, transient=True, redirect_stdout=False, redirect_stderr=False
        )
        bar.add_task("", total=total or 1, rate="")
        return bar


def _is_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
