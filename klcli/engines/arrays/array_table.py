"""Tables in memory, counted by numpy: small files, where duckdb is not installed, and data frames."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from klcli.core.arithmetic.types import Array, Index, Mask
from klcli.engines.countable import Form, Labels, Plan, most_frequent
from klcli.engines.sorted_values import counts_at, counts_by_value, plain_value, with_values
from klcli.notes import Note
from klcli.tables.cell_text import PADDED, PLAIN_NUMBER, number_of, time_of
from klcli.tables.column import Column, Read, Reading, Storage
from klcli.tables.cuts import Cut, cut_for
from klcli.tables.facts import Facts, Value
from klcli.tables.joint import Axis
from klcli.tables.kinds import reads_as_numbers
from klcli.tables.missing_cells import MissingCells
from klcli.tables.text_head import HEAD, may_be_numbers, may_be_times

__all__ = ["ArrayColumn", "ArrayTable"]

_PADDED, _PLAIN = re.compile(PADDED, re.DOTALL), re.compile(PLAIN_NUMBER)


class ArrayColumn:
    """The cells of a column.

    Args:
        values: An array of shape (n,): int64, float64, bool, or objects (str, Decimal); nulls hold anything.
        is_null: Mask of the nulls, shape (n,), or None.
    """

    def __init__(self, column: Column, values: Any, is_null: Mask | None = None) -> None:
        self.column = column
        self._all = values
        self.is_null = is_null if is_null is not None and is_null.any() else None
        self.rows = len(values)
        self._sorted: dict[Reading, Any] = {}

    @classmethod
    def joined(cls, parts: Sequence["ArrayColumn"]) -> "ArrayColumn":
        """Returns the cells of several columns of one name and type, one after the other."""
        nulls = [np.zeros(part.rows, bool) if part.is_null is None else part.is_null for part in parts]
        return cls(parts[0].column, np.concatenate([part._all for part in parts]), np.concatenate(nulls))

    @property
    def stored(self) -> tuple[Any, Mask | None]:
        """The values, where nulls hold anything, and the mask of the nulls, None without any."""
        return self._all, self.is_null

    def chosen(self, rows: Index) -> "ArrayColumn":
        """Returns the cells of some rows."""
        return ArrayColumn(self.column, self._all[rows], None if self.is_null is None else self.is_null[rows])

    def without(self, missing: MissingCells) -> "ArrayColumn":
        """Returns the column in which cells that stand for a missing value are null."""
        found = missing.mask(self.column.storage, self._all)
        return ArrayColumn(self.column, self._all, found if self.is_null is None else self.is_null | found)

    @cached_property
    def present(self) -> Any:
        """The cells that are not null, in order: an array, or a list of texts."""
        return self._all if self.is_null is None else self._all[~self.is_null]

    def read(self, reading: Reading) -> tuple[Any, Any]:
        """Returns the values as read, in order, and the mask of the present cells that have one, or None for all."""
        cells = self.present
        match self.column.storage, reading:
            case Storage.FLOAT, _:
                is_number = ~np.isnan(cells)
                return cells[is_number] + 0.0, is_number  # -0.0 is 0.0
            case Storage.TEXT, Reading.NUMBER:
                return self._numbers
            case Storage.TEXT, Reading.TIME:
                return self._times
            case Storage.BOOLEAN, Reading.NUMBER:
                return cells.astype(np.int64), None
            case _:
                return cells, None

    def sorted(self, reading: Reading) -> Any:
        """Returns the values as read, sorted."""
        if reading not in self._sorted:
            self._sorted[reading] = np.sort(self.read(reading)[0])
        return self._sorted[reading]

    @property
    def _head(self) -> list[str]:
        """The texts in the first rows."""
        is_null = self.is_null
        cells = self._all[:HEAD]
        return list(cells if is_null is None else cells[~is_null[:HEAD]])

    @cached_property
    def _numbers(self) -> tuple[Array, Mask]:
        return _converted(self.present, number_of, np.float64)

    @cached_property
    def _times(self) -> tuple[Any, Mask]:
        return _converted(self.present, time_of, np.int64)

    @cached_property
    def facts(self) -> Facts:
        """The facts of the column."""
        rows, null = self.rows, self.rows - len(self.present)
        match self.column.storage:
            case Storage.TEXT:
                return self._facts_of_text(rows, null)
            case Storage.UNSUPPORTED:
                return Facts(rows, null)
        values = self.sorted(Reading.NUMBER)
        nan = len(self.present) - len(values)
        return with_values(Facts(rows, null, nan), values)

    def _facts_of_text(self, rows: int, null: int) -> Facts:
        texts, head = Counter(self.present), self._head
        facts = Facts(rows, null, length=sum(len(text) * count for text, count in texts.items()))
        if may_be_numbers(head):
            numbers = len(self._numbers[0])
            plain = sum(count for text, count in texts.items() if _PLAIN.fullmatch(text))
            padded = sum(count for text, count in texts.items() if _PADDED.fullmatch(text))
            facts = facts._replace(numbers=numbers, plain=plain, padded=padded)
            if reads_as_numbers(facts):
                return with_values(facts._replace(length=0), self.sorted(Reading.NUMBER))
        if head and may_be_times(head):
            facts = facts._replace(times=len(self._times[0]))
        return facts._replace(distinct=len(texts))


class ArrayTable:
    """A table of columns in memory."""

    engine = "numpy"
    sketched: frozenset[str] = frozenset()
    absent: tuple[str, ...] = ()

    def __init__(self, name: str, columns: Sequence[ArrayColumn], notes: tuple[Note, ...] = ()) -> None:
        self.name, self.notes, self.form = name, notes, Form.MEMORY
        self.columns = tuple(each.column for each in columns)
        self.rows = columns[0].rows if columns else 0
        self._columns = {each.column.position: each for each in columns}

    def facts(self, columns: Sequence[Column], plan: Plan | None = None) -> dict[str, Facts]:
        return {column.name: self._columns[column.position].facts for column in columns}

    def value_counts(self, reads: Sequence[Read]) -> dict[str, int]:
        return {read.column.name: len(self._of(read).read(read.reading)[0]) for read in reads}

    def order_statistics(self, ranks: Mapping[Read, Sequence[int]]) -> dict[str, tuple[Value, ...]]:
        found = {}
        for read, wanted in ranks.items():
            values = self._of(read).sorted(read.reading)
            found[read.column.name] = tuple(plain_value(values[rank - 1]) for rank in wanted)
        return found

    def cumulative(self, cuts: Mapping[Read, Sequence[Cut]]) -> dict[str, tuple[int, ...]]:
        return {
            read.column.name: counts_at(self._of(read).sorted(read.reading), wanted, read)
            for read, wanted in cuts.items()
        }

    def labels(self, reads: Sequence[Read], most: int) -> dict[str, Labels]:
        return {read.column.name: most_frequent(self._counter(read), most) for read in reads}

    def counts_of(self, read: Read, values: Sequence[object]) -> dict[object, int]:
        counts = self._counter(read)
        return {value: counts[value] for value in values if value in counts}

    def joint(self, first: Axis, second: Axis) -> dict[tuple[object, object], int]:
        return Counter(pair for pair in zip(self._along(first), self._along(second), strict=True) if None not in pair)

    def values(self, read: Read) -> Array:
        return np.asarray(self._of(read).read(read.reading)[0], dtype=np.float64)

    def in_rows(self, read: Read) -> Array:
        values = np.empty(self.rows, dtype=object)
        values[:] = self._along(Axis(read, None))
        return values if read.reading is Reading.LABEL else values.astype(np.float64)

    def first_row(self, column: Column, reading_fails: Read) -> tuple[int, str] | None:
        data = self._columns[column.position]
        _, has_value = data.read(reading_fails.reading)
        if has_value is None or has_value.all():
            return None
        at = int(np.argmin(has_value))
        rows = np.arange(data.rows) if data.is_null is None else np.flatnonzero(~data.is_null)
        return int(rows[at]) + 1, str(data.present[at])

    def close(self) -> None:
        return

    def cells(self, index: int) -> ArrayColumn:
        """Returns the cells of a column by its position."""
        return self._columns[index]

    def _along(self, axis: Axis) -> list[object]:
        """Returns the value or the bin of each row, None where the cell is missing."""
        data = self._of(axis.read)
        values, has_value = data.read(axis.read.reading)
        if axis.cuts is not None:
            found = [cut_for(cut, axis.read) for cut in axis.cuts]
            bins = np.zeros(len(values), dtype=np.int64)
            for cut in found:
                if cut is not None:
                    bins += values >= cut.value if cut.is_below else values > cut.value
                else:
                    bins += 1
            values = bins
        rows = np.arange(data.rows) if data.is_null is None else np.flatnonzero(~data.is_null)
        along: list[object] = [None] * data.rows
        at = rows if has_value is None else rows[has_value]
        for row, value in zip(at.tolist(), values.tolist() if isinstance(values, np.ndarray) else values, strict=True):
            along[row] = value
        return along

    def _of(self, read: Read) -> ArrayColumn:
        return self._columns[read.column.position]

    def _counter(self, read: Read) -> Mapping[Any, int]:
        values, _ = self._of(read).read(read.reading)
        if isinstance(values, np.ndarray) and values.dtype != object:
            found, counts = counts_by_value(np.sort(values))
            return dict(zip(found.tolist(), counts.tolist(), strict=True))
        return Counter(values.tolist() if isinstance(values, np.ndarray) else values)


def _converted(texts: Any, convert: Any, kind: Any) -> tuple[Any, Mask]:
    """Returns the values of the texts that have one, in order, and the mask of those texts."""
    values_of = {text: convert(text) for text in set(texts)}  # most columns hold a value many times
    converted = [values_of[text] for text in texts]
    has_value = np.array([each is not None for each in converted], dtype=bool)
    values = np.array([each for each in converted if each is not None], dtype=kind)
    return (values + 0.0 if kind is np.float64 else values), has_value
