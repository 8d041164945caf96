"""Queries that name their run, end at a time limit, and return counts only."""

import os
import threading
from collections.abc import Callable
from socket import gethostname
from typing import TypeVar

from klcli.core.arithmetic.types import Array
from klcli.engines.engine import MOST_ROWS, Engine
from klcli.errors import Unreadable
from klcli.tables.column import Column

__all__ = ["Asking"]

_AGAIN = 0.5  # seconds between cancels

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
        self._run = f"/* kl {os.getpid()}@{gethostname()} */ "

    def columns(self, relation: str) -> list[Column]:
        found = self._watched(lambda: self._engine.columns(relation))
        names = [column.name for column in found]
        for name in names:
            if names.count(name) > 1:
                raise Unreadable(f"{self._table}: two columns have the same name, {name!r}", hint="rename one with AS")
        return found

    def rows(self, sql: str) -> list[tuple[object, ...]]:
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
        self._engine.close()

    def _refuse_many(self, rows: int) -> None:
        if rows > MOST_ROWS:
            raise Unreadable(
                f"{self._table}: more than {MOST_ROWS:,} rows would leave the engine",
                hint="let it count: SELECT label, count(*) … GROUP BY label; in kl drift, without -v, ks and fd",
            )

    def _watched(self, ask: Callable[[], T]) -> T:
        has_ended, is_late = threading.Event(), threading.Event()

        def watch() -> None:
            while not has_ended.wait(_AGAIN if is_late.is_set() else self._timeout):
                is_late.set()
                self._engine.cancel()  # again and again, as one that comes before the query runs is lost

        if self._timeout:
            threading.Thread(target=watch, daemon=True).start()
        try:
            return ask()
        except (KeyboardInterrupt, Unreadable) as error:
            if isinstance(error, KeyboardInterrupt) and not is_late.is_set():
                self._engine.cancel()
                raise
            if is_late.is_set() or isinstance(error, KeyboardInterrupt):  # duckdb reports a cancel as an interrupt
                raise Unreadable(
                    f"{self._table}: a query was cancelled after {self._timeout:g} s",
                    hint="raise --timeout, or choose fewer --columns",
                ) from error
            raise error.at(self._table) from error
        finally:
            has_ended.set()
