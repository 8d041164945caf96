"""Columns to distributions: which column holds the labels, which the masses, and what each cell says.

Shared by every format that has columns (delimited text, JSON records, Parquet), so that the rules are one.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from klcli.core.labels import HashedText, PackedText
from klcli.core.observed import Observed
from klcli.errors import InputError, NotADistribution, Unreadable
from klcli.registry import nearest
from klcli.sources.reader import Query
from klcli.visible import shorten

__all__ = ["Table", "chosen_columns", "no_number", "one_by_one", "position_of"]

Numbers = Callable[[Any], tuple[NDArray[np.float64], NDArray[np.bool_] | None]]


class Table(NamedTuple):
    """Cells in columns of equal length.

    Attributes:
        source: its name, for messages. names: of the columns; their numbers where there is no header.
        columns: the cells. numbers: maps a column to numbers, and whether each cell is one, or None where all are.
        place: the words for where a row stands.
        is_text: whether every cell is.
    """

    source: str
    names: Sequence[str]
    columns: Sequence[Sequence[object] | NDArray[Any]]
    numbers: Numbers
    place: Callable[[int], str]
    is_text: bool = False

    def observed(self, query: Query) -> tuple[Observed, ...]:
        """Returns one distribution for each that the query wants.

        Raises:
            Unreadable: the columns cannot be told. NotADistribution: a cell is no number.
        """
        label, values = self.choose(query)
        named = query.is_pair or query.every or query.columns[0] is not None
        samples = query.samples * len(values) if query.every else query.samples
        found = []
        for index, is_samples in zip(values, samples, strict=True):
            name = f"{self.source}:{self.names[index]}" if named else self.source
            if is_samples:
                cells = self.labels(index)
                found.append(Observed(np.ones(len(cells)), cells, name, self.place))
            else:
                labels = None if label is None else self.labels(label)
                found.append(Observed(self._numbers(index, labels), labels, name, self.place))
        return tuple(found)

    def choose(self, query: Query) -> tuple[int | None, Sequence[int]]:
        """Returns the positions of the label column (None if there is none) and of the value columns.

        Raises:
            Unreadable: they cannot be told.
        """
        if not self.names:
            raise Unreadable(f"{self.source}: there are no columns")
        try:
            if not query.every:
                return chosen_columns(tuple(self.names), query)
            label = None if query.label is None else _find(query.label, self.names)
        except InputError as error:
            raise error.at(self.source) from None
        if label is None and not query.samples[0] and not self._holds_numbers(0):
            label = 0
        columns = [index for index in range(len(self.names)) if index != label]
        if not columns:
            raise Unreadable(
                f"{self.source}: its one column, {shorten(self.names[0])!r}, holds the labels, and none holds masses",
                hint="the distributions are the columns beside that of the labels",
            )
        return label, columns

    def _holds_numbers(self, index: int) -> bool:
        _, are_numbers = self.numbers(self.columns[index])
        return are_numbers is None or bool(are_numbers.any())

    def labels(self, index: int) -> Sequence[str]:
        """Returns the labels in the column at a position.

        Raises:
            NotADistribution: a cell is none.
        """
        column = self.columns[index]
        if type(column) is PackedText or type(column) is HashedText:
            return column
        cells: Sequence[object] = column.tolist() if isinstance(column, np.ndarray) else column
        if self.is_text or set(map(type, cells)) == {str}:
            return tuple(cells)  # type: ignore[arg-type]
        labels = []
        for row, cell in enumerate(cells):
            if cell is None or isinstance(cell, (list, dict)):
                found = "there is no label" if cell is None else f"{shorten(str(cell))} is no label"
                raise NotADistribution(f"{self.source}: {self.place(row)}: {found}")
            labels.append(str(cell).lower() if isinstance(cell, bool) else str(cell))
        return tuple(labels)

    def _numbers(self, index: int, labels: Sequence[str] | None) -> NDArray[np.float64]:
        values, are_numbers = self.numbers(self.columns[index])
        if are_numbers is not None and not are_numbers.all():
            raise self._no_number(index, int(np.argmin(are_numbers)), labels)
        return values

    def _no_number(self, index: int, row: int, labels: Sequence[str] | None) -> NotADistribution:
        cell = self.columns[index][row]
        place = Observed(np.empty(0), labels, self.source, self.place).where(row)
        return no_number(place, cell)


@lru_cache(64)  # of many files, most have the same columns
def chosen_columns(names: tuple[str, ...], query: Query) -> tuple[int | None, Sequence[int]]:
    """Returns the positions of the label column and of the value columns, by the names of the columns alone.

    Raises:
        InputError: they cannot be told.
    """
    chosen = [None if column is None else _find(column, names) for column in query.columns]
    label = None if query.label is None else _find(query.label, names)
    given = [index for index in chosen if index is not None]
    rest = [index for index in range(len(names)) if index not in given and index != label]
    if len(given) == len(chosen):
        if label is None and not all(query.samples) and 0 in rest and names[0].strip().lower() not in {"p", "q"}:
            label = 0
        return label, given
    headed = [names[index].strip().lower() for index in rest]
    if query.is_pair:
        if not given and {"p", "q"} <= set(headed):
            values = [rest[headed.index("p")], rest[headed.index("q")]]
            others = [index for index in rest if index not in values]
            if label is None and others and others[0] == 0:
                label = 0
            return label, values
        if not given and len(rest) == (3 if label is None else 2):
            return (rest[0] if label is None else label), rest[-2:]
        hint = "give Q as a second operand, or name both columns with --p and --q"
        raise _unclear("a pair needs a P and a Q column", hint, names)
    if len(rest) == 1:
        return label, rest
    if len(rest) == 2 and label is None and not query.samples[0] and set(headed) != {"p", "q"}:
        return rest[0], rest[1:]
    raise _unclear("which column holds the masses is not clear", "name it with --p or --q", names)


def _find(column: str, names: Sequence[str]) -> int:
    if column in names:
        return list(names).index(column)
    position = position_of(column, len(names))
    if position is not None:
        return position
    near = nearest(column, names)
    raise _unclear(f"no column {column!r}", f"did you mean {near[0]}?" if near else "a number counts from 1", names)


def _unclear(found: str, hint: str, names: Sequence[str]) -> InputError:
    return Unreadable(f"{found}; the columns are {', '.join(shorten(name) for name in names[:12])}", hint=hint)


def one_by_one(number: Callable[[object], float | None]) -> Numbers:
    """Returns `numbers` for cells of any type; `number` maps one to a number, or None where it is none."""

    def numbers(column: Sequence[object] | NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        if isinstance(column, np.ndarray):
            return column.astype(np.float64), np.ones(len(column), dtype=bool)
        found = list(map(number, column))
        are_numbers = np.array([each is not None for each in found])
        return np.array([each if each is not None else 0.0 for each in found]), are_numbers

    return numbers


def position_of(column: str, width: int) -> int | None:
    """Returns the position, from 0, of the column that a number from 1 gives; None where it gives none."""
    if column.isascii() and column.isdigit() and len(column) < 10 and 1 <= int(column) <= width:
        return int(column) - 1
    return None


def no_number(place: str, cell: object) -> NotADistribution:
    """Returns the error for a cell in which a number is wanted."""
    return NotADistribution(f"{place}: {_described(cell)}", hint=_cure(cell))


def _described(cell: object) -> str:
    if cell is None or cell == "":
        return "there is no number"
    return f"{shorten(str(cell))!r} is not a number"


def _cure(cell: object) -> str | None:
    text = str(cell).strip()
    if text.endswith("%"):
        return "write 50% as 0.5"
    if text.count(",") == 1 and text.replace(",", "").isdigit():
        return "write decimals with a point"
    return None
