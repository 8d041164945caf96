"""PostgreSQL by psycopg: one transaction that only reads, and sees one state of the tables."""

from typing import Any

from klcli.engines.postgres.columns import columns_of
from klcli.engines.postgres.dialect import PostgresDialect
from klcli.engines.postgres.refusals import no_connection, refusal
from klcli.engines.sql.dialect import Dialect
from klcli.engines.sql.engine import MOST_ROWS, Engine
from klcli.errors import Unreadable
from klcli.support.optional_package import need
from klcli.tables.column import Column

__all__ = ["Postgres"]

_OLDEST = 14  # extract() is exact from here on


class Postgres(Engine):
    """A connection to a database, in one transaction that can only read."""

    has_exact_quantiles = True
    dialect: Dialect = PostgresDialect()

    def __init__(self, url: str) -> None:
        psycopg = need("psycopg", extra="postgres", purpose="a table in PostgreSQL")
        self._error: type[Exception] = psycopg.Error
        try:
            self._connection: Any = psycopg.connect(url, fallback_application_name="kl")
        except self._error as error:
            raise no_connection(error) from None
        version = self._connection.info.server_version // 10_000
        self.name = f"PostgreSQL {version}"
        self._connection.read_only = True
        self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        self._execute("SET LOCAL TIME ZONE 'UTC'")
        if version < _OLDEST:
            raise Unreadable(f"too old, PostgreSQL {_OLDEST} or newer counts times exactly", place=self.name)

    def columns(self, relation: str) -> list[Column]:
        return columns_of(relation, self._execute, self.dialect)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return list(self._execute(sql).fetchmany(MOST_ROWS + 1))

    def cancel(self) -> None:
        self._connection.cancel()

    def close(self) -> None:
        self._connection.close()

    def _execute(self, sql: str) -> Any:
        try:  # in binary, a query is a single statement
            return self._connection.execute(sql, binary=True)
        except self._error as error:
            raise refusal(error, is_lost=self._connection.broken) from error
