"""Many distributions over the same outcomes, one a row; each row is read as if it stood alone.

The numbers stay as they were given, of any real type and layout, and are widened to doubles a few rows at a time: a
file that is mapped to memory is never copied whole. A row that is not plainly of its kind is read as the one
distribution that it is, which has the words for what is wrong.
"""

from collections.abc import Callable, Sequence
from copy import copy
from functools import partial
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.double_double import DoubleDouble
from klcli.core.arithmetic.double_double_log import logarithm
from klcli.core.arithmetic.parallel import BLOCK, each_block, min_and_sum
from klcli.core.arithmetic.real_numbers import BFLOAT16, widened
from klcli.core.arithmetic.types import Array, Index, Mask
from klcli.core.distributions.kinds import Kind
from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.core.distributions.row_screening import SCREENS, are_plain, are_whole
from klcli.core.distributions.smoothing import Smoothing
from klcli.core.distributions.temperature import divided, overflows, refuse_overflow
from klcli.core.distributions.unit_sum import SUM_IS_ONE
from klcli.errors import NotADistribution, Place
from klcli.notes import Note, rows_normalised

__all__ = ["Rows"]


class Rows:
    """Distributions, one a row; `read_rows` makes and checks them.

    Attributes:
        values: shape (n, k), as given, also BFLOAT16: masses of any totals, or logarithms of masses up to a constant.
        name: of the source. kind: of the numbers, as it was asked for.
        are_logarithms: whether the values are logarithms (logits, log-probabilities).
        temperature: what logits are divided by, as doubles. reading_notes: what was assumed when they were read.
        least, totals: the smallest value of each row, and the sum of its masses, shape (n,); of logits, the largest
            value. Of plain probabilities, least may be that of several rows.
        is_fine: whether each row is seen to be of its kind, shape (n,).
        before: the rows as given and their smoothing, of rows that are smoothed; else None.
    """

    def __init__(
        self,
        values: NDArray[Any],
        kind: Kind,
        *,
        name: str = "",
        place: Callable[[int], Place] | None = None,
        labels: Sequence[str] | None = None,
        temperature: float = 1.0,
        reading_notes: tuple[Note, ...] = (),
    ) -> None:
        self.values, self.name, self.temperature = values, name, temperature
        self.reading_notes = reading_notes
        self._kind, self._place, self._labels = kind, place, labels
        self._screen = SCREENS[kind.name]
        self.before: tuple[Rows, Smoothing] | None = None
        self.are_logarithms = kind.name in ("logits", "logprobs")
        self.least, self.totals = np.empty((2, len(values)))
        self.is_fine, self._sum_to_1 = np.zeros((2, len(values)), dtype=bool)
        self._is_read = np.zeros(len(values), dtype=bool)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def outcomes(self) -> int:
        """The number of outcomes of each row, k."""
        return int(self.values.shape[1])

    @property
    def are_float32(self) -> bool:
        """True if the values are logarithms of at most 24 bits, whose differences are exact in float64."""
        dtype = self.values.dtype
        is_short = (dtype.kind == "f" and dtype.itemsize <= 4) or dtype == BFLOAT16
        return self.are_logarithms and is_short and self.temperature == 1

    @property
    def at_a_time(self) -> int:
        """The number of rows that stay in the second-level cache together."""
        return self.at_once(1)

    def at_once(self, times: float) -> int:
        """The number of rows that hold `times` the numbers that stay in the second-level cache."""
        return max(1, int(times * BLOCK) // self.outcomes)

    @property
    def kind(self) -> str:
        """The kind of the numbers, as in Distribution; "masses" if rows differ."""
        found = {bool(each) for each in (self._sum_to_1[:1] if self._sum_to_1.all() else self._sum_to_1)}
        return self._kind.noun or {1: "probabilities" if True in found else "counts"}.get(len(found), "masses")

    @property
    def are_normalised(self) -> Mask:
        """True for rows that were meant to sum to 1 and did not."""
        return self._off > SUM_IS_ONE

    @property
    def normalised(self) -> int:
        """The number of rows that were meant to sum to 1 and did not."""
        return int(self.are_normalised.sum())

    @property
    def furthest(self) -> float:
        """The sum that is furthest from 1, among the rows that were meant to sum to it; 1 without such rows."""
        return float(self.totals[self._off.argmax()]) if self.normalised else 1.0

    @property
    def _off(self) -> Array:
        return np.where(self._sum_to_1, np.abs(self.totals - 1), 0.0)

    @property
    def notes(self) -> tuple[Note, ...]:
        """Notes on what was assumed."""
        normalised = (rows_normalised(self.name, self.normalised, self.furthest),) if self.normalised else ()
        return (*self.reading_notes, *normalised)

    def block(self, where: slice | Index) -> Array:
        """Returns the values of these rows as doubles, each row contiguous, logits divided by the temperature."""
        return divided(widened(self.values[where]), self.temperature)

    def masses(self, where: slice | Index) -> Array:
        """Returns the masses of these rows, as doubles, of any totals."""
        block = self.block(where)
        if self._kind.name == "logits":
            with np.errstate(over="ignore"):  # logits up to 1.8e308 may be further apart than that
                return np.exp(block - np.maximum.reduce(block, axis=-1, keepdims=True))
        return np.exp(block) if self.are_logarithms else block

    def min_and_sum(self, where: slice | Index) -> tuple[Array, Array]:
        """Returns the smallest mass of each of these rows, and their totals, shape (n, 1)."""
        return self.least[where][:, np.newaxis], self.totals[where][:, np.newaxis]

    def logarithms(self, where: slice | Index) -> Array | DoubleDouble:
        """Returns the logarithms of the masses of these rows, up to a constant each; -inf for mass 0.

        Logits are as they were given, logarithms of masses in twice the digits: the two may nearly agree.
        """
        return self.block(where) if self.are_logarithms else logarithm(self.block(where))

    def read(self, where: slice) -> bool:
        """Takes the smallest value and the total of these rows, unless known, and screens them; `check` refuses.

        Returns:
            whether all are plainly probabilities as they stand: near a sum of 1, and none near the end of the doubles.
        """
        if np.logical_and.reduce(self._is_read[where]):
            return are_plain(np.minimum.reduce(self.least[where]), self.totals[where])
        if self._kind.name == "logits":
            self._read_logits(where)
            return False
        block = self.block(where)
        masses = np.exp(block) if self._kind.name == "logprobs" else block
        if len(block) == 1 and self.at_a_time == 1:
            lowest, self.totals[where] = min_and_sum(block[0])[0], min_and_sum(masses[0])[1]
        else:
            lowest = np.minimum.reduce(block, axis=None)
            np.add.reduce(masses, axis=-1, out=self.totals[where])
        is_plain = are_plain(lowest, self.totals[where])
        self.least[where] = lowest if is_plain or len(block) == 1 else np.minimum.reduce(block, axis=-1)
        if is_plain and self._kind.name in ("auto", "probs"):
            self._sum_to_1[where] = self.is_fine[where] = True
        else:
            self._sum_to_1[where], self.is_fine[where] = self._screen(
                lambda: are_whole(block), self.least[where], self.totals[where]
            )
        self._is_read[where] = True
        return is_plain

    def _read_logits(self, where: slice) -> None:
        """Takes the smallest and largest logits; of float32 without conversion."""
        values = widened(self.values[where])
        is_plain = values.dtype in (np.float32, np.float64) and values.dtype.isnative
        block = values if is_plain else values.astype(np.float64)
        with np.errstate(over="ignore"):
            for found, extreme in ((self.least, np.minimum), (self.totals, np.maximum)):
                found[where] = extreme.reduce(block, axis=-1)
                if self.temperature != 1:
                    found[where] /= self.temperature
        _, self.is_fine[where] = self._screen(lambda: are_whole(block), self.least[where], self.totals[where])
        if self.temperature < 1:
            self._screen_overflow(where)
        self._is_read[where] = True

    def _screen_overflow(self, where: slice) -> None:
        """Marks rows whose least logit is -inf because a temperature below 1 divided it."""
        if (self.least[where] == -inf).any():
            self.is_fine[where] &= ~overflows(widened(self.values[where]), self.temperature).any(axis=-1)

    def put_facts(self, least: Array, totals: Array, is_whole: Mask) -> None:
        """Takes the smallest value and the total of every row (of logits the largest), as `read` would find them.

        Args:
            least, totals: shape (n,); NaN where a row has one. is_whole: whether a row is seen to be of whole numbers.
        """
        if self._kind.name == "logprobs":  # of which the largest says nothing
            return
        self.least, self.totals = least.copy(), totals.copy()
        self._sum_to_1, self.is_fine = self._screen(lambda: is_whole, self.least, self.totals)
        if self._kind.name == "logits" and self.temperature < 1:
            each_block(len(self), lambda: self._screen_overflow, size=self.at_a_time)
        doubtful = np.flatnonzero(~self.is_fine)

        def screen(where: slice) -> None:
            rows = doubtful[where]
            found = self._screen(lambda: are_whole(self.block(rows)), self.least[rows], self.totals[rows])
            self.is_fine[rows] = found[1]

        if self._kind.name in ("auto", "counts"):
            each_block(len(doubtful), lambda: screen, size=self.at_a_time)
        self._is_read[:] = True

    def spread(self, where: Index, size: int) -> "Rows":
        """Returns the same rows, which were checked, over `size` outcomes: theirs at `where`, no mass elsewhere."""
        nothing = -inf if self.are_logarithms else 0.0
        values = np.full((len(self), size), nothing)
        values[:, where] = self.block(slice(0, len(self)))
        found = copy(self)
        found.values, found.temperature, found._labels = values, 1.0, None
        if size > len(where):
            found.least = np.minimum(self.least, nothing)
        return found

    def check(self) -> None:
        """Reads what is not read yet, and refuses the first row that is wrong.

        Raises:
            NotADistribution: a row is not of its kind; the message names it, and the outcome that is wrong.
        """
        if not self._is_read.all():
            each_block(len(self), lambda: self.read, size=self.at_a_time)
        for row in np.flatnonzero(~self.is_fine).tolist():
            where = Place(self.name).then(self._place(row) if self._place else Place.nth("row", row))
            refuse_overflow(where, widened(self.values[row]), self.temperature)
            alone = self.block(slice(row, row + 1))[0]
            try:
                self._kind.read(RawNumbers(alone, self._labels, place=partial(Place.nth, "column")))
            except NotADistribution as error:
                raise error.at(where) from None
            self.is_fine[row] = True
