"""Samples as they were read: columns of texts or numbers, before it is decided what they are."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.types import Array, Index, Mask
from klcli.errors import Place
from klcli.notes import Note, decimal_marks, text_among_numbers
from klcli.sources.columns.header import is_name
from klcli.sources.columns.missing_numbers import MISSING_WORDS
from klcli.sources.columns.number_forms import suspect_of_column
from klcli.sources.columns.written_numbers import is_written
from klcli.sources.formats.text_dialect import PLAIN, TextDialect
from klcli.sources.text.headed_table import numbers_of
from klcli.support.lazy import lazy
from klcli.support.text.label_text import label_text, with_dates
from klcli.support.text.safe_text import shorten
from klcli.tables.facts import BEYOND_DOUBLES

__all__ = ["RawColumn", "RawSample"]

_EXAMINED = 1000


class RawColumn:
    """One column of a sample.

    Attributes:
        name: of the column, or empty. texts: its cells; None for a column that came as numbers.
        place: words for where a row stands, such as "line 3"; None counts from 1.
    """

    def __init__(
        self, name: str, texts: Sequence[str] | None, numbers: Array | None = None,
        place: Callable[[int], Place] | None = None, dialect: TextDialect = PLAIN,
    ) -> None:  # fmt: skip
        self.name, self.texts, self._numbers, self.place, self.dialect = name, texts, numbers, place, dialect

    def __len__(self) -> int:
        return len(self._numbers if self.texts is None else self.texts)  # type: ignore[arg-type]

    @lazy
    def numbers(self) -> Array | None:
        """The cells as numbers, NaN where one is missing; None if a cell is neither."""
        if self.texts is None:
            return self._numbers
        if not all(self._may_be_number(text) for text in self.texts[:_EXAMINED]):
            return None
        values, are_numbers = numbers_of(self.texts, self.dialect)
        if are_numbers is not None and not are_numbers.all():
            wrong = np.flatnonzero(~are_numbers).tolist()
            if not all(_is_missing(self.texts[at]) for at in wrong):
                return None
            values = values.copy()
            values[wrong] = np.nan
        return None if np.isnan(values).all() else values

    @lazy
    def are_beyond_doubles(self) -> bool:
        """True if the cells are texts of integers, and one is 2^53 or more in size: a double stands for several."""
        values = None if self.texts is None else self.numbers
        if values is None:
            return False
        known = values[~np.isnan(values)]
        are_integers = np.isfinite(known).all() and (known == np.floor(known)).all()
        return bool(are_integers and np.abs(known).max() >= BEYOND_DOUBLES)

    @lazy
    def labels(self) -> Sequence[str]:
        """The cells as labels; empty where one is missing."""
        if self.texts is not None:
            return self.texts
        assert self._numbers is not None
        return _texts(self._numbers.tolist())

    @lazy
    def counts(self) -> Mapping[str, int]:
        """The labels with how often each occurs, in the order of their first; one pass over all cells."""
        return Counter(self.labels)

    def missing(self, *, are_numbers: bool) -> Mask:
        """Returns the mask of the cells that are missing, shape (n,)."""
        if are_numbers:
            assert self.numbers is not None
            return np.asarray(np.isnan(self.numbers))
        if "" in self.counts:
            return np.array([not label for label in self.labels], dtype=bool)
        return np.zeros(len(self), dtype=bool)

    def count_numbers(self) -> int:
        """Returns how many cells are numbers; 0 unless most of the first 1,000 are."""
        if self.texts is None:
            return len(self)
        examined = self.texts[:_EXAMINED]
        if 2 * sum(is_written(text, self.dialect) for text in examined) <= len(examined):
            return 0
        are_numbers = numbers_of(self.texts, self.dialect)[1]
        return len(self) if are_numbers is None else int(are_numbers.sum())

    def first_text(self) -> tuple[int, str]:
        """Returns the place and the text of the first cell that is not a number."""
        texts = self.labels
        odd = (at for at, text in enumerate(texts) if not self._may_be_number(text))
        at = next(odd, None)
        if at is None and self.texts is not None:  # each is a number as it stands, but not beside the others, as 5 %
            are_numbers = numbers_of(self.texts, self.dialect)[1]
            at = None if are_numbers is None else int(np.argmin(are_numbers))
        return at or 0, texts[at or 0]

    def _may_be_number(self, text: str) -> bool:
        return is_written(text, self.dialect) or _is_missing(text)

    def where(self, row: int) -> Place:
        """Returns the place of an observation, such as "line 3"."""
        return self.place(row) if self.place else Place.nth("observation", row)

    def at(self, rows: Index) -> "RawColumn":
        """Returns the column of some of the rows."""
        texts = None if self.texts is None else [self.texts[row] for row in rows.tolist()]
        numbers = None if self._numbers is None else self._numbers[rows]

        return RawColumn(self.name, texts, numbers, lambda row: self.where(int(rows[row])), self.dialect)


class RawSample(NamedTuple):
    """Columns of one sample, the name of its source, and what was assumed when it was read."""

    name: str
    columns: tuple[RawColumn, ...]
    notes: tuple[Note, ...] = ()

    @classmethod
    def of_array(cls, name: str, values: NDArray[Any], columns: Sequence[str] = ()) -> "RawSample":
        """Returns the sample in an array of numbers, shape (n,) or (n, d), or of texts, shape (n,)."""
        if values.ndim > 1 and values.dtype == object:  # columns of a table of several types
            return cls(name, tuple(_object_column(values[:, at], each) for at, each in enumerate(columns)))
        table = values.reshape(len(values), -1)
        names = list(columns) or [""] * table.shape[1]
        if values.dtype.kind in "biuf":
            if values.dtype.kind in "iu" and (np.abs(table.astype(np.float64)) >= BEYOND_DOUBLES).any():
                return cls(
                    name,
                    tuple(RawColumn(each, tuple(map(str, table[:, at].tolist()))) for at, each in enumerate(names)),
                )
            of_numbers = table.astype(np.float64, copy=False)
            return cls(name, tuple(RawColumn(each, None, of_numbers[:, at]) for at, each in enumerate(names)))
        return cls(name, tuple(RawColumn(each, _texts(table[:, at].tolist())) for at, each in enumerate(names)))

    def texts_among_numbers(self) -> Iterator[Note]:
        """Yields a note on each column of numbers that texts among them turn into labels."""
        for column in self.columns:
            count = column.count_numbers() if column.numbers is None else 0
            if count:
                at, text = column.first_text()
                yield text_among_numbers(self.name, str(column.where(at)), shorten(text), count, len(column))

    def numbers_in_another_form(self) -> Iterator[Note]:
        """Yields a note on each column of labels that may be numbers, in a form that an option reads."""
        for column in self.columns:
            texts = () if column.texts is None or column.numbers is not None else column.texts
            below = int(bool(texts) and is_name(texts[0]))  # the first may be a heading that was counted
            found = suspect_of_column(texts[below:_EXAMINED], column.dialect)
            if found is not None:
                cell, suspect = found
                yield decimal_marks(self.name, column.name or "the column", cell, suspect.cure_in_table())

    @property
    def size(self) -> int:
        """The number of observations."""
        return len(self.columns[0])


def _object_column(cells: NDArray[Any], name: str) -> RawColumn:
    try:
        return RawColumn(name, None, cells.astype(np.float64))
    except (TypeError, ValueError):
        return RawColumn(name, _texts(cells.tolist()))


def _texts(cells: Sequence[object]) -> tuple[str, ...]:
    return tuple("" if cell is None or cell != cell else label_text(cell) for cell in with_dates(cells))


def _is_missing(text: str) -> bool:
    return not text.strip() or text.strip().casefold() in MISSING_WORDS
