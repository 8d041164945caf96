"""A column of two tables as another tool is handed it: the value of each row, in order, missing ones included."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from klcli.core.arithmetic.types import Array, Index

__all__ = ["Labels", "Numbers", "Sample", "chunks"]


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers of both tables.

    Attributes:
        rows_p, rows_q: A number for each row, shape (n,) and (m,); NaN where the cell is missing.
        is_float: pandas would hold them as floats: some are not whole, or some are missing in the reference.
    """

    rows_p: Array
    rows_q: Array
    is_float: bool

    @property
    def x(self) -> Array:
        """The numbers of the reference, without missing cells."""
        return self.rows_p[~np.isnan(self.rows_p)]

    @property
    def y(self) -> Array:
        """The numbers of the current table, without missing cells."""
        return self.rows_q[~np.isnan(self.rows_q)]

    @property
    def distinct(self) -> int:
        """Number of different values in the reference."""
        return len(np.unique(self.x))

    def as_labels(self) -> "Labels":
        """Returns the same column with each number as a label."""
        values, codes = np.unique(np.concatenate([self.rows_p, self.rows_q]), return_inverse=True)
        codes = np.where(np.isnan(np.concatenate([self.rows_p, self.rows_q])), -1, codes.reshape(-1))
        names = tuple(f"{value:g}" for value in values[~np.isnan(values)].tolist())
        return Labels(names, codes[: len(self.rows_p)], codes[len(self.rows_p) :])


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels of both tables, as indices into their names.

    Attributes:
        names: Labels of either table, sorted. rows_p, rows_q: An index for each row; -1 where the cell is missing.
    """

    names: tuple[str, ...]
    rows_p: Index
    rows_q: Index

    @property
    def p(self) -> Array:
        """Counts of the labels in the reference, shape (k,)."""
        return self._counts(self.rows_p)

    @property
    def q(self) -> Array:
        """Counts of the labels in the current table, shape (k,)."""
        return self._counts(self.rows_q)

    @property
    def distinct(self) -> int:
        """Number of different labels in the reference."""
        return int(np.count_nonzero(self.p))

    def _counts(self, rows: Index) -> Array:
        return np.bincount(rows[rows >= 0], minlength=len(self.names)).astype(np.float64)


Sample = Numbers | Labels


def chunks(sample: Sample, size: int) -> Iterator[Sample]:
    """Yields the reference against each run of `size` rows of the current table, and a shorter one at the end."""
    for start in range(0, len(sample.rows_q), size):
        some: Any = sample.rows_q[start : start + size]
        yield replace(sample, rows_q=some)
