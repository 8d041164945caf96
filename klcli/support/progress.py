"""What is under way, on standard error, by rich, and on a terminal only: a bar of pairs, or a sign of a long read.

The bar appears once the run is long, and gives way to every text that is written to the terminal. It is drawn by the
run itself: a thread would be alive while processes are forked.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from klcli.support.optional_package import need
from klcli.support.safe_text import visible

__all__ = ["Progress", "under_way"]

_LONG = 1.0  # seconds after which a run is long
_REDRAWN = 0.1  # seconds between two drawings


@contextmanager
def under_way(text: str, *, is_wanted: bool) -> Iterator[None]:
    """Shows the text, with a sign that moves, while the body runs, where `is_wanted` and there is a terminal."""
    if not (is_wanted and _is_terminal()):
        yield
        return
    console = need("rich.console", purpose="the sign of a long read").Console(stderr=True)
    with console.status(need("rich.text", purpose="the sign of a long read").Text(visible(text))):
        yield


class Progress:
    """Counts pairs, and shows it where `is_wanted` and standard error is a terminal.

    `count` returns how many there will be, or None; it is called when the bar first appears.
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
        """Takes the bar away, for what is written now; it comes back by itself."""
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
