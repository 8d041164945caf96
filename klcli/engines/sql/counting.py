"""A table counted by SQL: which questions go into one query, what is sorted here instead, and answers as counts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, TypeVar

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.engines.countable import Form, Labels, Plan, most_frequent
from klcli.engines.sorted_values import counts_at, counts_by_value, plain_value
from klcli.engines.sql.answers import label_in, labels_in, place_on, value_in
from klcli.engines.sql.dialect import Dialect
from klcli.engines.sql.engine import Engine
from klcli.engines.sql.facts import SqlFacts
from klcli.engines.sql.queries import Queries
from klcli.engines.sql.scanned_numbers import ScannedNumbers, Scanner, SortedColumn
from klcli.errors import NotComparable, Unreadable
from klcli.notes import Note
from klcli.tables.column import Column, Read, Reading, Storage
from klcli.tables.cuts import Cut
from klcli.tables.facts import Facts, Value
from klcli.tables.joint import Axis
from klcli.tables.table_profile import LABELS

__all__ = ["SqlTable"]

_MOST_PAIRS = 1_000_000
_ORDERED = ("duckdb",)  # engines that give rows in the order of the file
_FEW_ENOUGH_TO_SORT = 500_000  # different values of a column, which one executor sorts
_BATCH = Dialect.columns_at_once
_TERMS = 1_000  # of a query; PostgreSQL takes 1,664

A = TypeVar("A")
T = TypeVar("T")


class SqlTable:
    """A table that an engine counts.

    Args:
        relation: What follows FROM: a name, a function of files, or a query in brackets with an alias.
        scanner: The engine, if it hands over columns faster than it counts them.
        are_tame: No text holds an underscore, a quote or a control character other than a tab.
        rows: Number of rows, where it is known; else they are counted.
        owns_engine: Closing the table closes the engine.
    """

    def __init__(
        self, engine: Engine, name: str, relation: str, columns: Sequence[Column], *, owns_engine: bool = True,
        scanner: Scanner | None = None, are_tame: bool = False, rows: int | None = None,
    ) -> None:  # fmt: skip
        self._engine = engine
        self._sql: Dialect = engine.dialect
        self._owns_engine = owns_engine
        self.name, self.engine, self.columns = name, engine.name, tuple(columns)
        self.sketched: set[str] = set()
        self._facts = SqlFacts(engine, name, relation, scanner, are_tame=are_tame, rows=rows)
        self._queries = Queries(engine.dialect, relation, self._facts.is_plain)
        self.rows, self._numbers = self._facts.rows, self._facts.numbers
        self._values: dict[Read, int] = {}
        self._labels: dict[Read, Labels] = {}  # the first LABELS of texts
        self.notes: tuple[Note, ...] = ()
        self.find_absent: Callable[[], tuple[str, ...]] = tuple
        self.form = Form.SPARK if engine.name == "spark" else Form.ENGINE

    @property
    def absent(self) -> tuple[str, ...]:
        return self.find_absent()

    def facts(self, columns: Sequence[Column], plan: Plan | None = None) -> dict[str, Facts]:
        lacking = [column for column in columns if column.name not in self._facts.found]
        found = self._by_labels([read for read in plan or {} if read.column in lacking and _is_label_text(read)])
        if self._numbers is not None:
            for read, cuts in (plan or {}).items():
                self._numbers.expect(read, cuts)
        for batch in _batches([column for column in lacking if column.name not in found], self._sql.columns_at_once):
            self._facts.ask(batch)
        return {column.name: found.get(column.name) or self._facts.found[column.name] for column in columns}

    def _by_labels(self, reads: Sequence[Read]) -> dict[str, Facts]:
        """Returns the facts of texts that follow from counts of their labels, which are kept."""
        found = {}
        for batch in _batches(reads, self._sql.columns_at_once):
            present = self._facts.present([read.column for read in batch])
            labels = self.labels(batch, LABELS)
            for read, count in zip(batch, present, strict=True):
                self._labels[read] = counted = labels[read.column.name]
                self._facts.table.refuse_other_rows(self.rows - count + counted.total)
                found[read.column.name] = Facts(self.rows, self.rows - count, distinct=counted.distinct)
        return found

    def value_counts(self, reads: Sequence[Read]) -> dict[str, int]:
        texts = [read for read in reads if self._facts.values_in(read) is None and read not in self._values]
        self._values.update((read, len(column.values)) for read, column in self._sorted(texts))
        for batch in _batches(self._left_to_engine(texts), _BATCH):
            counts = self._aggregates(batch, [f"count(v{at})" for at in range(len(batch))])
            self._values.update(zip(batch, map(int, counts), strict=True))
        known = ((read, self._facts.values_in(read)) for read in reads)
        return {read.column.name: self._values[read] if count is None else count for read, count in known}

    def order_statistics(self, ranks: Mapping[Read, Sequence[int]]) -> dict[str, tuple[Value, ...]]:
        found: dict[str, tuple[Value, ...]] = dict.fromkeys((read.column.name for read in ranks), ())
        remembered = self._remembered(ranks, ScannedNumbers.order_statistics)
        found |= {read.column.name: values for read, values in remembered.items()}
        for read, column in self._sorted([read for read, wanted in ranks.items() if wanted and read not in remembered]):
            found[read.column.name] = tuple(plain_value(column.values[rank - 1]) for rank in ranks[read])
        left = self._left_to_engine([read for read, wanted in ranks.items() if wanted])
        if not self._engine.has_exact_quantiles:
            few = [read for read in left if self._facts.found[read.column.name].distinct <= _FEW_ENOUGH_TO_SORT]
            found |= self._ranked({read: ranks[read] for read in few})
            left = [read for read in left if read not in few]
            self.sketched |= {read.column.name for read in left}
        for reads in _batches(left, _BATCH):
            counts = self.value_counts(reads)
            terms = [self._queries.quantiles(f"v{at}", ranks[read], counts[read.column.name])
                     for at, read in enumerate(reads)]  # fmt: skip
            for read, values in zip(reads, self._aggregates(reads, terms), strict=True):
                found[read.column.name] = tuple(value_in(each, read.storage) for each in values)
        return found

    def _ranked(self, ranks: Mapping[Read, Sequence[int]]) -> dict[str, tuple[Value, ...]]:
        """Returns exact order statistics, by sorting the different values of columns that have few enough."""
        found: dict[str, tuple[Value, ...]] = {}
        for reads in _by_type(list(ranks)):
            rows = self._engine.rows(self._queries.at_ranks({read: ranks[read] for read in reads}))
            at_rank = {(int(k), int(rank)): value for k, rank, value in rows}
            for at, read in enumerate(reads):
                found[read.column.name] = tuple(value_in(at_rank[at, rank], read.storage) for rank in ranks[read])
        return found

    def cumulative(self, cuts: Mapping[Read, Sequence[Cut]]) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = dict.fromkeys((read.column.name for read in cuts), ())
        remembered = self._remembered(cuts, ScannedNumbers.cumulative)
        found |= {read.column.name: counts for read, counts in remembered.items()}
        for read, column in self._sorted([read for read, wanted in cuts.items() if wanted and read not in remembered]):
            found[read.column.name] = counts_at(column.values, cuts[read], read)
        for reads in _batches(self._left_to_engine([read for read, wanted in cuts.items() if wanted]), _BATCH):
            terms = [self._queries.on_the_left(f"v{at}", cut, read)
                     for at, read in enumerate(reads) for cut in cuts[read]]  # fmt: skip
            row = iter(self._aggregates(reads, terms))
            for read in reads:
                found[read.column.name] = tuple(int(next(row)) for _ in cuts[read])
        return found

    def labels(self, reads: Sequence[Read], most: int) -> dict[str, Labels]:
        found = {read.column.name: self._labels[read] for read in reads if most == LABELS and read in self._labels}
        remembered = self._remembered(dict.fromkeys(reads, most), ScannedNumbers.labels)
        found |= {read.column.name: labels for read, labels in remembered.items()}
        reads = [read for read in reads if read.column.name not in found]
        for read, column in self._sorted(reads):
            counts = zip(*(each.tolist() for each in counts_by_value(column.values)), strict=True)
            found[read.column.name] = most_frequent(dict(counts), most)
        for batch in _by_type(self._left_to_engine(reads)):
            groups: dict[int, list[tuple[Any, int, int]]] = {at: [] for at in range(len(batch))}
            for k, value, count, labels in self._engine.rows(self._queries.most_frequent(batch, most)):
                groups[int(k)].append((value, int(count), int(labels)))
            for at, read in enumerate(batch):
                found[read.column.name] = labels_in(groups[at], read)
        return found

    def counts_of(self, read: Read, values: Sequence[object]) -> dict[object, int]:
        if not values:
            return {}
        rows = self._engine.rows(self._queries.counts_of(read, values))
        return {label_in(value, read): int(count) for value, count in rows}

    def joint(self, first: Axis, second: Axis) -> dict[tuple[object, object], int]:
        rows = self._engine.rows(self._queries.pairs(first, second, _MOST_PAIRS))
        if len(rows) > _MOST_PAIRS:
            raise Unreadable(
                f"more than {_MOST_PAIRS:,} pairs of cells", place=self.name, hint="choose columns with fewer labels"
            )
        return {(place_on(first, a), place_on(second, b)): int(count) for a, b, count in rows}

    def values(self, read: Read) -> Array:
        for _, column in self._sorted([read]):
            return np.asarray(column.values, dtype=np.float64)
        return self._engine.column(self._queries.doubles(read))

    def in_rows(self, read: Read) -> Array:
        if self.engine not in _ORDERED:
            raise NotComparable(
                f"the rows of a table in {self.engine} have no order, which this needs", place=self.name
            )
        query = self._queries.in_rows(read)
        if read.reading is Reading.LABEL:
            rows = self._engine.rows(query)
            found = np.empty(len(rows), dtype=object)
            found[:] = [None if cell is None else label_in(cell, read) for (cell,) in rows]
            return found
        return self._engine.column(query)

    def first_row(self, column: Column, reading_fails: Read) -> tuple[int, str] | None:
        rows = self._engine.rows(self._queries.first_row(column, reading_fails))
        return (int(rows[0][0]), str(rows[0][1])) if rows else None

    def close(self) -> None:
        if self._owns_engine:
            self._engine.close()

    def _remembered(self, asked: Mapping[Read, A], ask: Callable[[ScannedNumbers, Read, A], T | None]) -> dict[Read, T]:
        """Returns what is known of columns that were sorted before."""
        if self._numbers is None:
            return {}
        answers = ((read, ask(self._numbers, read, wanted)) for read, wanted in asked.items() if wanted)
        return {read: answer for read, answer in answers if answer is not None}

    def _sorted(self, reads: Sequence[Read]) -> Iterator[tuple[Read, SortedColumn]]:
        """Yields the columns that are sorted in memory."""
        if self._numbers is not None:
            yield from self._facts.sorted([read for read in reads if self._numbers.takes(read)])

    def _left_to_engine(self, reads: Sequence[Read]) -> list[Read]:
        return [read for read in reads if self._numbers is None or not self._numbers.takes(read)]

    def _aggregates(self, reads: Sequence[Read], terms: Sequence[str]) -> tuple[Any, ...]:
        """Returns aggregates of the values v0, v1, … of columns."""
        values = self._queries.values(reads)
        return tuple(chain.from_iterable(self._facts.table.of(some, values) for some in _batches(terms, _TERMS)))


def _is_label_text(read: Read) -> bool:
    return read.column.storage is Storage.TEXT and read.reading is Reading.LABEL


def _by_type(reads: Sequence[Read]) -> Iterator[list[Read]]:
    """Yields batches of reads whose labels have one type in SQL."""
    types: dict[tuple[Storage, int], list[Read]] = {}
    for read in reads:
        is_text = read.storage is Storage.BOOLEAN
        scale = read.column.scale if read.storage is Storage.DECIMAL else 0
        types.setdefault((Storage.TEXT if is_text else read.storage, scale), []).append(read)
    for same in types.values():
        yield from _batches(same, _BATCH)


def _batches(items: Sequence[T], size: int) -> Iterator[list[T]]:
    for start in range(0, len(items), size):
        yield list(items[start : start + size])
