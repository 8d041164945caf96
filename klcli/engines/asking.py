"""Queries that name their run, end at a time limit, and return counts only."""

import os
import threading
from collections.abc import Callable
from socket import gethostname
from time import monotonic
from typing import Any, TypeVar

from klcli.core.arithmetic.types import Array
from klcli.engines.sql.engine import MOST_ROWS, Engine
from klcli.errors import ExitCode, Unreadable
from klcli.support.abandoned_thread import end_despite
from klcli.tables.column import Column

__all__ = ["Asking"]

_AGAIN = 0.1  # seconds between cancels
_GRACE = 1.0  # seconds in which a query that was cancelled may end
_TURN = 0.2  # seconds

T = TypeVar("T")


class Asking:
    """A remote engine. Ctrl-C and the time limit cancel the query where it runs, not here alone.

    Args:
        name: Of the table, for messages. timeout: Seconds that a query may take; None for no limit.
    """

    def __init__(self, engine: Engine, name: str, timeout: float | None = None) -> None:
        self._engine, self._table, self._timeout = engine, name, timeout
        self.name, self.dialect = engine.name, engine.dialect
        self.has_exact_quantiles = engine.has_exact_quantiles
        self._is_abandoned = False
        self._run = f"/* kl {os.getpid()}@{gethostname()} */ "

    def columns(self, relation: str) -> list[Column]:
        found = self._watched(lambda: self._engine.columns(relation))
        names = [column.name for column in found]
        for name in names:
            if names.count(name) > 1:
                raise Unreadable(f"{self._table}: two columns have the same name, {name!r}", hint="rename one with AS")
        return found

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        found = self._watched(lambda: self._engine.rows(self._run + sql))
        self._refuse_many(len(found))
        return found

    def column(self, sql: str) -> Array:
        found = self._watched(lambda: self._engine.column(self._run + sql))
        self._refuse_many(len(found))
        return found

    def cancel(self) -> None:
        self._engine.cancel()

    def close(self) -> None:
        if self._is_abandoned:  # closing waits for a query that runs
            threading.Thread(target=self._engine.close, daemon=True).start()
        else:
            self._engine.close()

    def _refuse_many(self, rows: int) -> None:
        if rows > MOST_ROWS:
            raise Unreadable(
                f"{self._table}: more than {MOST_ROWS:,} rows would leave the engine",
                hint="let it count: SELECT label, count(*) … GROUP BY label; in kl drift, without -v, ks and fd",
            )

    def _watched(self, ask: Callable[[], T]) -> T:
        found: list[T] = []
        errors: list[BaseException] = []
        has_ended = threading.Event()

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
                self._cancel(thread, has_ended, ExitCode.BAD_DATA)
                raise Unreadable(
                    f"{self._table}: a query was cancelled after {self._timeout:g} s",
                    hint="raise --timeout, or choose fewer --columns",
                )
        except KeyboardInterrupt:
            self._cancel(thread, has_ended, ExitCode.INTERRUPTED)
            raise
        for error in errors:
            raise error.at(self._table) if isinstance(error, Unreadable) else error
        return found[0]

    def _cancel(self, thread: threading.Thread, has_ended: threading.Event, code: ExitCode) -> None:
        """Cancels the query, and waits for its end, though not for long."""

        def again() -> None:
            while not has_ended.is_set():  # one that comes before the query runs is lost
                self._engine.cancel()
                has_ended.wait(_AGAIN)

        threading.Thread(target=again, daemon=True).start()  # which may wait for a network
        try:
            _waited(has_ended, _GRACE)
        finally:
            if not has_ended.is_set():
                self._is_abandoned = True
                end_despite(thread, code)


def _waited(event: threading.Event, seconds: float | None) -> bool:
    """Returns True once an event has happened, False if it has not in so many seconds."""
    end = None if seconds is None else monotonic() + seconds
    while end is None or monotonic() < end:
        # in turns, as Windows holds Ctrl-C back until a wait ends
        if event.wait(_TURN if end is None else min(_TURN, max(0.0, end - monotonic()))):
            return True
    return event.is_set()
