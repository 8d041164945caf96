"""The protocol of a table that can be counted, wherever it lies; every engine returns the same integers."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from enum import Enum
from typing import Any, NamedTuple, Protocol

from klcli.core.arithmetic.types import Array
from klcli.notes import Note
from klcli.tables.column import Column, Read
from klcli.tables.cuts import Cut
from klcli.tables.facts import Facts, Value
from klcli.tables.joint import Axis

__all__ = ["HANDS_OVER", "Countable", "Form", "Labels", "Plan", "most_frequent"]

Plan = Mapping[Read, Sequence[Cut]]  # how columns will be counted: by cuts, or by label where they are empty

HANDS_OVER = ("numpy", "duckdb")  # engines whose `values` may be any number


class Form(Enum):
    """Forms in which tables are held, in words."""

    MEMORY = "a table in memory"
    ENGINE = "a table at an engine"
    SPARK = "a table in Spark"
    STORE = "Parquet in a store"
    PROFILE = "a profile"
    PARQUET = "Parquet"
    ARROW = "Arrow"
    SQLITE = "SQLite"
    EXCEL = "Excel"
    JSON = "JSON"
    TEXT = "text"


class Labels(NamedTuple):
    """Counts of the values of a column, missing cells left out.

    Attributes:
        counts: Values with their counts, the most frequent first, equal counts by value.
        other, other_labels: Cells with, and number of, all further values. For some columns these are an upper bound.
    """

    counts: tuple[tuple[object, int], ...]
    other: int = 0
    other_labels: int = 0

    @property
    def distinct(self) -> int:
        return len(self.counts) + self.other_labels

    @property
    def total(self) -> int:
        """Number of cells that are not missing."""
        return sum(count for _, count in self.counts) + self.other


def most_frequent(counts: Mapping[Any, int], most: int) -> Labels:
    """Returns the labels of counted values, the `most` frequent of them."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    rest = ordered[most:]
    return Labels(tuple(ordered[:most]), sum(count for _, count in rest), len(rest))


class Countable(Protocol):
    """A table that can be counted; it is never written to.

    Attributes:
        name: For messages. engine: Name of the engine. rows: Number of rows. columns: All columns, in order.
        sketched: Names of columns whose order statistics, so far asked for, come from a sketch.
        notes: What was assumed when the table was opened.
        form: What holds the table.
    """

    name: str
    engine: str
    rows: int
    columns: tuple[Column, ...]
    notes: tuple[Note, ...]
    form: Form

    @property
    def sketched(self) -> AbstractSet[str]: ...

    @property
    def absent(self) -> tuple[str, ...]:
        """The texts of --null that are no cell of the table."""

    def facts(self, columns: Sequence[Column], plan: Plan | None = None) -> dict[str, Facts]:
        """Returns the facts of columns, by name.

        Args:
            plan: How columns will be counted, so that one scan answers both. Of texts that are counted by label it may
                leave out the facts on which a kind is decided.
        """

    def value_counts(self, reads: Sequence[Read]) -> dict[str, int]:
        """Returns the number of cells of each column that have a value as read, by name, after `facts`."""

    def order_statistics(self, ranks: Mapping[Read, Sequence[int]]) -> dict[str, tuple[Value, ...]]:
        """Returns the values at ranks, from 1, among the values of each column, by name."""

    def cumulative(self, cuts: Mapping[Read, Sequence[Cut]]) -> dict[str, tuple[int, ...]]:
        """Returns the number of values on the left of each cut, by name."""

    def labels(self, reads: Sequence[Read], most: int) -> dict[str, Labels]:
        """Returns the counts of the `most` frequent values of each column, by name."""

    def counts_of(self, read: Read, values: Sequence[object]) -> dict[object, int]:
        """Returns the counts of given values, where they occur."""

    def joint(self, first: Axis, second: Axis) -> dict[tuple[object, object], int]:
        """Returns the counts of pairs of cells, of the rows that have a value in both columns.

        Raises:
            Unreadable: there are more than a million pairs of cells.
        """

    def values(self, read: Read) -> Array:
        """Returns the values of a column as float64, shape (n,), without missing cells, in any order."""

    def in_rows(self, read: Read) -> Array:
        """Returns the value of a column in each row, in order, shape (rows,).

        Numbers are float64, with NaN for a missing cell; labels are objects, with None for it.

        Raises:
            NotComparable: the table has no rows, or no order of rows.
        """

    def first_row(self, column: Column, reading_fails: Read) -> tuple[int, str] | None:
        """Returns the first row, from 1, whose cell is present but has no value as read, with that cell; else None."""

    def close(self) -> None:
        """Closes what was opened for the table."""
