"""Columns of numbers, scanned by an engine and sorted here: facts, quantiles and counts of one follow from its sort.

Sorting takes a tenth of the time in which an engine computes the same aggregates. Sorted columns are kept up to a size
and scanned again beyond it.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from klcli.core.arithmetic.types import Mask
from klcli.engines.countable import Labels, most_frequent
from klcli.engines.sorted_values import counts_at, counts_by_value
from klcli.tables.column import Read, Storage
from klcli.tables.cuts import Cut
from klcli.tables.facts import Value
from klcli.tables.kinds import FEW
from klcli.tables.table_profile import profile_ranks

__all__ = ["ScannedNumbers", "Scanner", "SortedColumn"]

_MOST_ROWS = 50_000_000  # that are sorted in memory, 8 bytes each
_KEPT = 200_000_000  # bytes of sorted columns
_BATCH = 160_000_000  # bytes that are scanned at once: a text is parsed anew for each batch
_NUMBERS = (Storage.FLOAT, Storage.INTEGER, Storage.INSTANT)


class Scanner(Protocol):
    """An engine that hands over columns of a table as arrays."""

    def arrays(self, sql: str) -> list[tuple[Any, Mask | None]]:
        """Returns the columns of a query, which are numbers, and their nulls; the arrays may be written to."""


class SortedColumn(NamedTuple):
    """The values of a column, sorted, without null and NaN, which are counted."""

    values: Any
    null: int
    nan: int


class Digest(NamedTuple):
    """Facts of a sorted column that outlast it, as a table too large to keep its columns would sort them thrice.

    Attributes:
        at_rank: Order statistics of every number of bins. on_the_left: Counts at expected cuts, else beside those.
        counts: Of each value, if they are few.
    """

    at_rank: dict[int, Value]
    on_the_left: dict[Cut, int]
    counts: dict[Value, int]


class ScannedNumbers:
    """The columns of a table that are sorted in memory.

    Args:
        scanner: The engine. rows: Of the table.
    """

    def __init__(self, scanner: Scanner, rows: int) -> None:
        self._scanner, self._rows = scanner, rows
        self._kept: OrderedDict[tuple[int, Storage], SortedColumn] = OrderedDict()
        self._digests: dict[tuple[int, Storage], Digest] = {}
        self._expected: dict[tuple[int, Storage], Sequence[Cut]] = {}
        self._most_kept = max(1, _KEPT // (8 * max(1, rows)))

    def takes(self, read: Read) -> bool:
        """Returns True if a column is sorted here, and not left to the engine."""
        return read.storage in _NUMBERS and self._rows <= _MOST_ROWS

    def expect(self, read: Read, cuts: Sequence[Cut]) -> None:
        """Remembers, once a column is sorted, the counts at these cuts, and not those beside its order statistics."""
        if cuts:
            self._expected[_key(read)] = cuts

    def sorted(self, reads: Sequence[tuple[Read, str]], relation: str) -> Iterator[tuple[Read, SortedColumn]]:
        """Yields columns in the given order, those that are kept first; scanned in batches.

        Args:
            reads: Columns, each with the expression of its values. relation: What follows FROM.
        """
        kept = [(read, self._kept[_key(read)]) for read, _ in reads if _key(read) in self._kept]
        yield from kept
        lacking = [(read, value) for read, value in reads if _key(read) not in self._kept]
        size = max(1, _BATCH // (8 * max(1, self._rows)))
        for start in range(0, len(lacking), size):
            batch = lacking[start : start + size]
            listed = ", ".join(f"{value} AS v{at}" for at, (_, value) in enumerate(batch))
            found = self._scanner.arrays(f"SELECT {listed} FROM {relation}")
            for read, _ in batch:
                column = _sorted(*found.pop(0))
                self._keep(_key(read), column)
                self._digests[_key(read)] = _digest(column.values, read, self._expected.get(_key(read)))
                yield read, column

    def forget(self, read: Read) -> None:
        """Leaves a column to be scanned anew."""
        self._kept.pop(_key(read), None)
        self._digests.pop(_key(read), None)

    def order_statistics(self, read: Read, ranks: Sequence[int]) -> tuple[Value, ...] | None:
        """Returns values of a column at ranks; None if they are not remembered."""
        digest = self._digests.get(_key(read))
        if digest is None or not all(rank in digest.at_rank for rank in ranks):
            return None
        return tuple(digest.at_rank[rank] for rank in ranks)

    def cumulative(self, read: Read, cuts: Sequence[Cut]) -> tuple[int, ...] | None:
        """Returns the number of values on the left of cuts; None if they are not remembered."""
        digest = self._digests.get(_key(read))
        if digest is None or not all(cut in digest.on_the_left for cut in cuts):
            return None
        return tuple(digest.on_the_left[cut] for cut in cuts)

    def labels(self, read: Read, most: int) -> Labels | None:
        """Returns the counts of the values of a column; None if they are not remembered."""
        digest = self._digests.get(_key(read))
        return most_frequent(digest.counts, most) if digest is not None and digest.counts else None

    def _keep(self, key: tuple[int, Storage], column: SortedColumn) -> None:
        self._kept[key] = column
        while len(self._kept) > self._most_kept:
            self._kept.popitem(last=False)


def _digest(values: Any, read: Read, expected: Sequence[Cut] | None) -> Digest:
    ranks = profile_ranks(len(values))
    found = values[[rank - 1 for rank in ranks]]
    at_rank = dict(zip(ranks, found.tolist(), strict=True))
    is_few = len(set(at_rank.values())) <= FEW  # else there are more
    counts = dict(zip(*(each.tolist() for each in counts_by_value(values)), strict=True)) if is_few else {}
    left = dict(zip(expected or (), counts_at(values, expected or (), read), strict=True)) or {
        Cut(value, is_below): count
        for is_below in (True, False)
        for value, count in zip(
            found.tolist(), np.searchsorted(values, found, "left" if is_below else "right").tolist(), strict=True
        )
    }
    return Digest(at_rank, left, counts if len(counts) <= FEW else {})


def _key(read: Read) -> tuple[int, Storage]:
    return read.column.position, read.storage


def _sorted(values: Any, is_null: Mask | None) -> SortedColumn:
    null = 0
    if is_null is not None and is_null.any():
        values, null = values[~is_null], int(np.count_nonzero(is_null))
    values.sort()  # NaN last
    nan = 0
    if values.dtype == np.float64:
        nan = len(values) - int(np.searchsorted(values, np.nan))
        values = values[: len(values) - nan]
        values += 0.0  # -0.0 is 0.0
    return SortedColumn(values, null, nan)
