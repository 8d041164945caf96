"""Rows of distributions: a source of many distributions, read block by block.

The last axis is the outcomes, the first the rows. A source is read in order and holds one block at a time, whatever the
size of the file. It raises InputError and nothing else, whatever the bytes.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from numpy.typing import NDArray

from klcli.errors import NotComparable, Place
from klcli.notes import Note

__all__ = ["ListedBlock", "RowBlock", "RowSource", "numbered", "refuse_other_axes"]


@dataclass(frozen=True, slots=True, eq=False)
class RowBlock:
    """Consecutive rows.

    Attributes:
        values: shape (n, k), of any real dtype.
        first: the index of the first row among all rows, from 0.
        place: returns where a row of this block stands, such as "line 7"; its argument counts from 0 in the block.
        labels: of the outcomes; None where outcomes are known by position.
        ids: the names of the rows, where a column holds them.
        columns: the cells of the other columns that were asked for, by name.
        targets: shape (n,), the index of the outcome that occurred in each row, where the format records it.
    """

    values: NDArray[Any]
    first: int
    place: Callable[[int], Place]
    labels: Sequence[str] | None = None
    ids: Sequence[str] | None = None
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)
    targets: NDArray[Any] | None = None

    def part(self, start: int, stop: int) -> "RowBlock":
        """Returns the rows from the index `start` up to `stop`."""
        if start == 0 and stop == len(self.values):
            return self
        where = slice(start, stop)
        return replace(
            self,
            values=self.values[where],
            first=self.first + start,
            place=lambda row: self.place(row + start),
            ids=None if self.ids is None else self.ids[where],
            columns={name: cells[where] for name, cells in self.columns.items()},
            targets=None if self.targets is None else self.targets[where],
        )


@dataclass(frozen=True, slots=True, eq=False)
class ListedBlock:
    """Consecutive rows of which only the most probable outcomes are listed; see RowBlock.

    Attributes:
        values: the lists, as they were parsed.
    """

    values: Sequence[object]
    first: int
    place: Callable[[int], Place]
    ids: Sequence[str] | None = None
    columns: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def part(self, start: int, stop: int) -> "ListedBlock":
        """Returns the rows from the index `start` up to `stop`."""
        where = slice(start, stop)
        return ListedBlock(
            self.values[where], self.first + start, lambda row: self.place(row + start),
            None if self.ids is None else self.ids[where],
            {name: cells[where] for name, cells in self.columns.items()},
        )  # fmt: skip


def numbered(first: int) -> Callable[[int], Place]:
    """Returns the `place` of rows that have only numbers; `first` is the index of the first of them."""
    return lambda row: Place.nth("row", first + row)


class RowSource(ABC):
    """A file of many distributions.

    Attributes:
        name: for messages. outcomes: k; None where it may differ between rows.
        labels: of the outcomes; None where outcomes are known by position, or may differ between rows.
        count: the number of rows; None where it is known only at the end.
        axes: of an array, the lengths of all axes before that of the outcomes; empty where the rows are no array.
        columns: those of the columns asked for that the source has.
        kind: what the numbers are, as after `--as`, where the format fixes it; else None.
        notes: what was assumed; complete once all blocks were read.
    """

    name: str
    outcomes: int | None
    labels: Sequence[str] | None = None
    count: int | None = None
    axes: tuple[int, ...] = ()
    columns: tuple[str, ...] = ()
    kind: str | None = None
    notes: tuple[Note, ...] = ()

    @abstractmethod
    def blocks(self, rows: int) -> "Iterator[RowBlock | ListedBlock]":
        """Yields blocks of at most `rows` rows, in order.

        Raises:
            InputError: the file is not what it claims to be; the message says where.
        """


def refuse_other_axes(names: Sequence[str], p: Sequence[int], q: Sequence[int]) -> None:
    """Refuses two arrays whose rows are along axes of other lengths, as those of a transposed array are.

    Args:
        p, q: lengths of the axes, as `RowSource.axes`; axes of length 1 do not count.

    Raises:
        NotComparable: they differ.
    """
    if p and q and [length for length in p if length != 1] != [length for length in q if length != 1]:
        raise NotComparable(
            f"the rows of {names[0]} have the shape {tuple(p)} and those of {names[1]} {tuple(q)}",
            hint="row i is compared with row i: save both in one order of axes, as with numpy.transpose or reshape",
        )
