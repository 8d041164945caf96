"""Spark, classic or Connect, by SQL alone: a session that runs already, or one that is started and stopped here."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from klcli.engines.spark.dialect import SparkDialect
from klcli.engines.spark.run_mark import RunMark
from klcli.engines.spark.sessions import errors_of_spark, is_lost, refusal, session_of
from klcli.engines.sql.dialect import Dialect
from klcli.engines.sql.engine import MOST_ROWS, Engine
from klcli.tables.column import Column

__all__ = ["Spark"]

_ZONE = "spark.sql.session.timeZone"


class Spark(Engine):
    """A session, of which nothing is changed but its time zone, and that until the end."""

    has_exact_quantiles = False
    dialect: Dialect = SparkDialect()

    def __init__(self, where: str | None) -> None:
        self._lease = session_of(where)
        self._session = session = self._lease.session
        self._errors = errors_of_spark()
        self._mark = RunMark(session)
        self.name = f"Spark {session.version}"
        self._zone = session.conf.get(_ZONE)
        session.conf.set(_ZONE, "UTC")

    def columns(self, relation: str) -> list[Column]:
        schema = self._asked(lambda: self._session.sql(f"SELECT * FROM {relation} LIMIT 0").schema)
        types = [each.dataType for each in schema]
        return [self.dialect.column(at, schema[at].name, each.simpleString(), getattr(each, "scale", 0))
                for at, each in enumerate(types)]  # fmt: skip

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self._asked(lambda: [tuple(row) for row in self._session.sql(sql).limit(MOST_ROWS + 1).collect()])

    def cancel(self) -> None:
        self._mark.cancel()

    def close(self) -> None:
        with suppress(*self._errors):  # of a session that is lost
            self._session.conf.set(_ZONE, self._zone)
            self._lease.end()

    def _asked(self, ask: Callable[[], Any]) -> Any:
        with self._mark:
            try:
                return ask()
            except self._errors as error:
                if is_lost(error):
                    self._lease.lose()
                raise refusal(error) from error
