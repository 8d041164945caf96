"""The protocol of an engine that runs SQL. It is a connection that reads, and never writes."""

from typing import Any, Protocol

from klcli.core.arithmetic.types import Array
from klcli.engines.sql.answers import doubles_in
from klcli.engines.sql.dialect import Dialect
from klcli.tables.column import Column

__all__ = ["MOST_ROWS", "Engine"]

MOST_ROWS = 1_000_000  # of a result: counts move, tables do not


class Engine(Protocol):
    """A connection to where tables lie.

    Attributes:
        name: Such as "duckdb 1.5". dialect: Its SQL. has_exact_quantiles: False if quantiles come from a sketch.
    """

    name: str
    dialect: Dialect
    has_exact_quantiles: bool

    def columns(self, relation: str) -> list[Column]:
        """Returns the columns of what follows FROM, without reading a row; errors as of `rows`."""

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Returns the rows of a query; of a remote engine at most MOST_ROWS + 1.

        Raises:
            Unreadable: the engine refuses the query, cannot read the table, or is lost.
            KeyboardInterrupt: Ctrl-C, after the query was cancelled at the engine.
        """

    def column(self, sql: str) -> Array:
        """Returns the only column of a query as float64, shape (n,); errors as of `rows`."""
        return doubles_in(self.rows(sql))

    def cancel(self) -> None:
        """Cancels the query that runs, from another thread."""

    def close(self) -> None:
        """Closes what this engine opened."""
