"""PostgreSQL by psycopg: one transaction that only reads, and sees one state of the tables."""

from typing import Any

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.engines.postgres.dialect import PostgresDialect
from klcli.engines.sql.dialect import Dialect
from klcli.engines.sql.engine import MOST_ROWS
from klcli.errors import Unreadable
from klcli.support.optional_package import need
from klcli.tables.column import Column, Storage

__all__ = ["Postgres"]

_OLDEST = 14  # extract() is exact from here on
_HINTS = {
    "42501": "the role needs GRANT SELECT on the table, and USAGE on its schema",
    "42P01": "name it as in schema.table; upper case and spaces are kept as they are written",
    "25006": "the transaction only reads",
}
_PASSWORD = "the password is taken from PGPASSWORD, ~/.pgpass or a service file"
_NO_SERVER = "psql with the same address shows whether it answers; PGHOST, PGPORT and service files are read"
_LOST = "the connection was lost; nothing was written, so run it again"


class Postgres:
    """A connection to a database, in one transaction that can only read."""

    has_exact_quantiles = True
    dialect: Dialect = PostgresDialect()

    def __init__(self, url: str) -> None:
        psycopg = need("psycopg", extra="postgres", purpose="a table in PostgreSQL")
        self._error: type[Exception] = psycopg.Error
        try:
            self._connection: Any = psycopg.connect(url, fallback_application_name="kl")
        except self._error as error:
            found = _first_line(error)
            hint = _PASSWORD if "password" in found else _NO_SERVER
            raise Unreadable(f"no connection: {found}", hint=hint) from None
        version = self._connection.info.server_version // 10_000
        self.name = f"PostgreSQL {version}"
        self._connection.read_only = True
        self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        self._execute("SET LOCAL TIME ZONE 'UTC'")
        if version < _OLDEST:
            raise Unreadable(f"{self.name}: too old, PostgreSQL {_OLDEST} or newer counts times exactly")

    def columns(self, relation: str) -> list[Column]:
        described = self._execute(f"SELECT * FROM {relation} LIMIT 0").description
        types = {
            oid: (name, kind) for oid, name, kind in self._execute(
                "SELECT CAST(oid AS BIGINT), format_type(oid, NULL), CAST(typtype AS TEXT) FROM pg_type "
                f"WHERE oid IN ({', '.join(str(each.type_code) for each in described) or 'NULL'})"
            )
        }  # fmt: skip
        found = []
        for at, each in enumerate(described):
            declared, kind = types[each.type_code]
            storage = Storage.TEXT if kind == "e" else self.dialect.storage(declared)
            column = Column(at, each.name, storage, declared, max(0, each.scale or 0))
            is_free = storage is Storage.DECIMAL and each.precision is None
            found.append(self._free_decimal(column, relation) if is_free else column)
        return found

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return list(self._execute(sql).fetchmany(MOST_ROWS + 1))

    def column(self, sql: str) -> Array:
        return np.array([value for (value,) in self.rows(sql)], dtype=np.float64)

    def cancel(self) -> None:
        self._connection.cancel()

    def close(self) -> None:
        self._connection.close()

    def _free_decimal(self, column: Column, relation: str) -> Column:
        """Returns a column of numeric without a scale with the largest scale in it; of floats if some are infinite."""
        cell = self.dialect.quote(column.name)
        ((scale, is_infinite),) = self._execute(
            f"SELECT max(scale({cell})), bool_or({cell} IN ('Infinity', '-Infinity')) FROM {relation}"
        ).fetchall()
        return column._replace(storage=Storage.FLOAT) if is_infinite else column._replace(scale=scale or 0)

    def _execute(self, sql: str) -> Any:
        try:  # in binary, a query is a single statement
            return self._connection.execute(sql, binary=True)
        except self._error as error:
            state = getattr(error, "sqlstate", None) or ""
            if self._connection.broken or state.startswith(("57P", "08")):
                raise Unreadable(f"{_first_line(error)}", hint=_LOST) from error
            raise Unreadable(_first_line(error), hint=_HINTS.get(state)) from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
