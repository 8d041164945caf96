"""The protocol of an engine that runs SQL. It is a connection that reads, and never writes."""

from typing import Protocol

from klcli.core.arithmetic.types import Array
from klcli.engines.dialect import Dialect

__all__ = ["Engine"]


class Engine(Protocol):
    """A connection to where tables lie.

    Attributes:
        name: Such as "duckdb 1.5". dialect: Its SQL. has_exact_quantiles: False if quantiles come from a sketch.
    """

    name: str
    dialect: Dialect
    has_exact_quantiles: bool

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Returns the rows of a query, which are aggregates, few.

        Raises:
            Unreadable: the engine refuses the query or cannot read the table.
            KeyboardInterrupt: Ctrl-C, after the query was cancelled at the engine.
        """

    def column(self, sql: str) -> Array:
        """Returns the only column of a query as float64, shape (n,); errors as of `rows`."""

    def close(self) -> None:
        """Closes what this engine opened."""
