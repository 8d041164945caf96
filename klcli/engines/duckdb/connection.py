"""Opens databases of duckdb, and turns what it refuses into errors."""

import os
from typing import Any

from klcli.core.arithmetic.parallel import processors
from klcli.engines.refusals import cure_of
from klcli.errors import Unreadable, first_line
from klcli.support.duckdb_connection import connect_duckdb
from klcli.support.optional_package import need

__all__ = ["connection_to", "executed"]


def connection_to(path: str, threads: int | None) -> Any:
    """Returns a connection to a database in a file, which is only read; to one in memory without a path.

    Raises:
        Unreadable: there is no such file, or it is not a database.
    """
    duckdb = need("duckdb", extra="fast", purpose="a duckdb database")
    config: Any = {"threads": threads or processors()}
    if path:
        if not os.path.isfile(path):
            raise Unreadable(f"no such file: {path}")
        config["enable_external_access"] = False  # a view may name any file
    try:
        connection = connect_duckdb(duckdb, path, **config)
    except duckdb.Error as error:
        raise Unreadable(f"duckdb cannot read it: {first_line(error)}") from None
    connection.execute("SET TimeZone='UTC'")
    return connection


def executed(connection: Any, sql: str) -> Any:
    """Returns the result of a query.

    Raises:
        Unreadable: duckdb refuses it.
    """
    try:
        return connection.execute(sql)
    except need("duckdb", extra="fast", purpose="a duckdb database").Error as error:
        raise Unreadable(first_line(error), hint=cure_of(error)) from error
