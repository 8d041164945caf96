"""A connection to duckdb, which runs inside this process."""

import os
import re
from typing import Any

import numpy as np

from klcli.core.arithmetic.parallel import processors
from klcli.core.arithmetic.types import Array, Mask
from klcli.engines.sql.dialect import Dialect
from klcli.errors import Unreadable, first_line
from klcli.support.optional_package import need
from klcli.tables.column import Column

__all__ = ["DuckDB"]

_SETTINGS = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
_SCALE = re.compile(r"DECIMAL\(\d+, ?(\d+)\)")


class DuckDB:
    """A connection to a database in memory, or in a file, which is only read."""

    name = "duckdb"
    has_exact_quantiles = True

    def __init__(self, path: str = "", *, threads: int | None = None) -> None:
        duckdb = need("duckdb", extra="fast", purpose="a duckdb database")
        self.dialect: Dialect = Dialect()
        self._errors = duckdb.Error
        config: Any = {**_SETTINGS, "threads": threads or processors()}
        if path:
            if not os.path.isfile(path):
                raise Unreadable(f"no such file: {path}")
            config["enable_external_access"] = False  # a view may name any file
        try:
            self._connection = duckdb.connect(path or ":memory:", read_only=bool(path), config=config)
        except self._errors as error:
            raise Unreadable(f"duckdb cannot read it: {first_line(error)}") from None
        self._connection.execute("SET TimeZone='UTC'")

    def columns(self, relation: str) -> list[Column]:
        described = self.rows(f"DESCRIBE SELECT * FROM {relation}")
        return [self._column(at, str(row[0]), str(row[1])) for at, row in enumerate(described)]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self._executed(sql).fetchall()

    def column(self, sql: str) -> Array:
        (values,) = self._executed(sql).fetchnumpy().values()
        return np.asarray(np.ma.getdata(values), dtype=np.float64)

    def arrays(self, sql: str) -> list[tuple[Any, Mask | None]]:
        """Returns the columns of a query, which are numbers, and their nulls."""
        found = self._executed(sql).fetchnumpy().values()
        return [(np.ma.getdata(each), np.ma.getmaskarray(each) if np.ma.isMaskedArray(each) else None)
                for each in found]  # fmt: skip

    def read_from(self, store: Any) -> None:
        """Reads the files of a filesystem of fsspec, too."""
        self._connection.register_filesystem(store)

    def cancel(self) -> None:
        self._connection.interrupt()

    def close(self) -> None:
        self._connection.close()

    def _column(self, at: int, name: str, declared: str) -> Column:
        scale = _SCALE.fullmatch(declared)
        return Column(at, name, self.dialect.storage(declared), declared, int(scale[1]) if scale else 0)

    def _executed(self, sql: str) -> Any:
        try:
            return self._connection.execute(sql)
        except self._errors as error:
            raise Unreadable(first_line(error)) from error
