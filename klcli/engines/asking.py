"""Queries that name their run, end at Ctrl-C and at a time limit, and return counts only."""

import os
from collections.abc import Callable
from socket import gethostname
from typing import Any, TypeVar

from klcli.core.arithmetic.types import Array, Mask
from klcli.engines.sql.engine import MOST_ROWS, Engine
from klcli.errors import Unreadable
from klcli.support.process.interruptible import Interruptible, TimedOut
from klcli.support.sentence import Command, Option, Sentence
from klcli.tables.column import Column

__all__ = ["Asking"]

T = TypeVar("T")


class Asking:
    """An engine whose queries Ctrl-C and the time limit cancel where they run, not here alone.

    Args:
        name: Of the table, for messages. timeout: Seconds that a query may take; None for no limit.
        most_rows: Of a result; None where the table lies on this machine.
    """

    def __init__(
        self, engine: Engine, name: str, timeout: float | None = None, *, most_rows: int | None = MOST_ROWS
    ) -> None:
        self._engine, self._table, self._timeout, self._most_rows = engine, name, timeout, most_rows
        self.name, self.dialect = engine.name, engine.dialect
        self.has_exact_quantiles = engine.has_exact_quantiles
        self._calls = Interruptible(engine.cancel, engine.close, timeout)
        self._run = f"/* kl {os.getpid()}@{gethostname()} */ "

    def columns(self, relation: str) -> list[Column]:
        found = self._answer(lambda: self._engine.columns(relation))
        names = [column.name for column in found]
        for name in names:
            if names.count(name) > 1:
                raise Unreadable(
                    f"two columns have the same name, {name!r}", place=self._table, hint="rename one with AS"
                )
        return found

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        found = self._answer(lambda: self._engine.rows(self._run + sql))
        self._refuse_many(len(found))
        return found

    def column(self, sql: str) -> Array:
        found = self._answer(lambda: self._engine.column(self._run + sql))
        self._refuse_many(len(found))
        return found

    def arrays(self, sql: str) -> list[tuple[Any, Mask | None]]:
        """Returns the columns of a query of an engine that is a Scanner."""
        return self._answer(lambda: self._engine.arrays(self._run + sql))  # type: ignore[attr-defined]

    def cancel(self) -> None:
        self._engine.cancel()

    def close(self) -> None:
        self._calls.close()

    def _refuse_many(self, rows: int) -> None:
        if self._most_rows is not None and rows > self._most_rows:
            raise Unreadable(
                f"more than {self._most_rows:,} rows would leave the engine",
                place=self._table,
                hint=Sentence(
                    "let it count: SELECT label, count(*) … GROUP BY label; in ",
                    Command("drift"),
                    ", without -v, ks and fd",
                ),
            )

    def _answer(self, ask: Callable[[], T]) -> T:
        try:
            return self._calls.call(ask)
        except TimedOut:
            raise Unreadable(
                f"a query was cancelled after {self._timeout:g} s",
                place=self._table,
                hint=Sentence("raise ", Option("--timeout"), ", or let it count fewer columns or rows"),
            ) from None
        except Unreadable as error:
            raise error.at(self._table) from error
