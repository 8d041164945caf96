"""Connections to duckdb that install nothing, load nothing by themselves and print nothing."""

from types import ModuleType
from typing import Any

__all__ = ["connect_duckdb"]

_SETTINGS = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}


def connect_duckdb(duckdb: ModuleType, path: str = "", **config: Any) -> Any:
    """Returns a connection to a database in a file, which is only read; to one in memory without a path.

    Args:
        config: settings of duckdb beside those of every connection here.

    Raises:
        duckdb.Error: It is not a database.
    """
    connection = duckdb.connect(path or ":memory:", read_only=bool(path), config=_SETTINGS | config)
    # notebooks and `python -c` get duckdb's own progress bar, on standard output, where reports go
    connection.execute("SET enable_progress_bar = false")
    return connection
