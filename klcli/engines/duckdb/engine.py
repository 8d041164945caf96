"""A connection to duckdb, which runs inside this process."""

import re
from typing import Any

import numpy as np

from klcli.core.arithmetic.types import Array, Mask
from klcli.engines.duckdb.connection import connection_to, executed
from klcli.engines.sql.dialect import Dialect
from klcli.engines.sql.engine import Engine
from klcli.tables.column import Column

__all__ = ["DuckDB"]

_DECIMAL = re.compile(r"DECIMAL\(\d+, ?(\d+)\)")


class DuckDB(Engine):
    """A connection to a database in memory, or in a file, which is only read."""

    name = "duckdb"
    has_exact_quantiles = True
    dialect = Dialect()

    def __init__(self, path: str = "", *, threads: int | None = None) -> None:
        self._connection = connection_to(path, threads)

    def columns(self, relation: str) -> list[Column]:
        described = self.rows(f"DESCRIBE SELECT * FROM {relation}")
        return [self.dialect.column(at, str(name), str(declared), _scale(str(declared)))
                for at, (name, declared, *_) in enumerate(described)]  # fmt: skip

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return executed(self._connection, sql).fetchall()

    def column(self, sql: str) -> Array:
        (values,) = executed(self._connection, sql).fetchnumpy().values()
        return np.asarray(np.ma.getdata(values), dtype=np.float64)

    def arrays(self, sql: str) -> list[tuple[Any, Mask | None]]:
        """Returns the columns of a query, which are numbers, and their nulls."""
        found = executed(self._connection, sql).fetchnumpy().values()
        return [(np.ma.getdata(each), np.ma.getmaskarray(each) if np.ma.isMaskedArray(each) else None)
                for each in found]  # fmt: skip

    def read_from(self, store: Any) -> None:
        """Reads the files of a filesystem of fsspec, too."""
        self._connection.register_filesystem(store)

    def cancel(self) -> None:
        self._connection.interrupt()

    def close(self) -> None:
        self._connection.close()


def _scale(declared: str) -> int:
    found = _DECIMAL.fullmatch(declared)
    return int(found[1]) if found else 0
