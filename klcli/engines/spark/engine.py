"""Spark, classic or Connect, by SQL alone: a session that runs already, or one that is started and stopped here."""

import os
from typing import Any

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.engines.spark.dialect import SparkDialect
from klcli.engines.spark.sessions import errors_of_spark, session_of
from klcli.engines.sql.dialect import Dialect
from klcli.engines.sql.engine import MOST_ROWS
from klcli.errors import Unreadable
from klcli.tables.column import Column

__all__ = ["Spark"]

_ZONE = "spark.sql.session.timeZone"
_GROUP = ("spark.jobGroup.id", "spark.job.description", "spark.job.interruptOnCancel")
_HINTS = {
    "TABLE_OR_VIEW_NOT_FOUND": "name it as in spark:catalog.db.table",
    "PATH_NOT_FOUND": "a path is one that the driver and the executors see, which may not be this machine",
    "PARQUET_TYPE_ILLEGAL": "write its times in microseconds, as with coerce_timestamps='us'",
}


class Spark:
    """A session, of which nothing is changed but its time zone, and that until the end."""

    has_exact_quantiles = False
    dialect: Dialect = SparkDialect()

    def __init__(self, where: str | None) -> None:
        self._lease = session_of(where)
        self._session = session = self._lease.session
        self._errors = errors_of_spark()
        self.name = f"Spark {session.version}"
        self._run = f"kl-{os.getpid()}"
        self._context = getattr(session, "sparkContext", None)  # a Connect session has none
        self._zone = session.conf.get(_ZONE)
        session.conf.set(_ZONE, "UTC")

    def columns(self, relation: str) -> list[Column]:
        schema = self._asked(lambda: self._session.sql(f"SELECT * FROM {relation} LIMIT 0").schema)
        types = ((each.name, each.dataType.simpleString(), getattr(each.dataType, "scale", 0)) for each in schema)
        return [Column(at, name, self.dialect.storage(declared), declared, scale)
                for at, (name, declared, scale) in enumerate(types)]  # fmt: skip

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self._asked(lambda: [tuple(row) for row in self._session.sql(sql).limit(MOST_ROWS + 1).collect()])

    def column(self, sql: str) -> Array:
        return np.array([value for (value,) in self.rows(sql)], dtype=np.float64)

    def cancel(self) -> None:
        if self._context is None:
            self._session.interruptTag(self._run)
        else:
            self._context.cancelJobGroup(self._run)

    def close(self) -> None:
        self._session.conf.set(_ZONE, self._zone)
        self._lease.end()

    def _asked(self, ask: Any) -> Any:
        self._name_run()
        try:
            return ask()
        except self._errors as error:
            condition = getattr(error, "getCondition", lambda: None)() or ""
            message = str(error).strip().partition("\n")[0].partition(" SQLSTATE:")[0]
            lost = None if condition else "the session was lost; nothing was written, so run it again"
            raise Unreadable(message, hint=_HINTS.get(condition.partition(".")[0], lost)) from error
        finally:
            self._name_run(ends=True)

    def _name_run(self, *, ends: bool = False) -> None:
        """Marks what the session is asked from now on, so that it can be cancelled; or no longer."""
        if self._context is None:
            (self._session.removeTag if ends else self._session.addTag)(self._run)
        elif ends:
            for key in _GROUP:
                self._context.setLocalProperty(key, None)
        else:
            self._context.setJobGroup(self._run, "kl", interruptOnCancel=True)
