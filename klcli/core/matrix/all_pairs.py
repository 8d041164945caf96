"""A measure of all pairs of rows, a block at a time, each entry as exact as that of its pair alone.

A fast form computes a block of pairs at once, and bounds the error of every entry (`matrix_product`, `pair_sums`).
Where the bound is above what is allowed, as of rows that are nearly equal or that underflow, the pairs are gathered
and computed by `evaluate`. So the fast forms decide only how long a matrix takes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

import numpy as np

from klcli.core.arithmetic.parallel import BLOCK, blocks, each_block
from klcli.core.arithmetic.types import Array, Index, Mask
from klcli.core.evaluation.evaluate import evaluate
from klcli.core.evaluation.nan_check import refuse_nan
from klcli.core.matrix.stack import Stack, mean_of
from klcli.core.measures.forms.matrix_form import MatrixForm, Part
from klcli.core.measures.measure import Finite, Measure
from klcli.core.pairs.normaliser import normalised_pair
from klcli.core.pairs.pair import Pair
from klcli.core.pairs.supports import CAUSES
from klcli.notes import Cause

__all__ = ["AllPairs", "Block", "pairwise"]

# an entry is taken from a fast form if its error is below this, relative; the contract's 4e-15, less its last steps
_ALLOWED = 3.5e-15
_SMALLEST = 1e-250  # a value below may have terms that underflowed
_WIDEST = 1024  # rows on either side of a block, of which a multiplication is as fast as any; a block takes 8 MiB
_LARGEST = 2**22  # masses on either side of a block
_FEW = 16  # pairs for each row, up to which to compute each is no slower than to prepare the rows
_LEFT = 0.02  # of a block, above which what one form leaves is tried by the next


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The values of some rows against some columns, in nats; `values` has the shape of these."""

    rows: slice
    columns: slice
    values: Array


class AllPairs:
    """A measure between each row of x and each row of y; between all rows of x if y is None.

    Args:
        widest: number of rows on either side of a block.
    """

    def __init__(self, measure: Measure, x: Stack, y: Stack | None = None, *, widest: int = _WIDEST) -> None:
        self.measure, self.is_own = measure, y is None
        self.x, self.y = x, x if y is None else y
        self.shape = len(self.x), len(self.y)
        self.size = max(1, min(widest, _LARGEST // self.x.outcomes))  # rows on either side of a block
        self._is_full = all(bool(side.support().all()) for side in ((x,) if y is None else (x, y)))
        pays = len(self.x) * len(self.y) > _FEW * (len(self.x) + len(self.y))
        self._forms = [_Prepared(form, self) for form in measure.matrix_forms] if pays else []

    def blocks(self) -> Iterator[Block]:
        """Yields the values of all pairs, in blocks, each pair once."""
        is_half = self.is_own and self.measure.symmetric
        for rows in blocks(self.shape[0], self.size):
            for columns in blocks(self.shape[1], self.size):
                if is_half and columns.start < rows.start:
                    continue
                values = self._block(rows, columns)
                refuse_nan({self.measure.name: values})
                yield Block(rows, columns, values)
                if is_half and columns.start > rows.start:
                    yield Block(columns, rows, values.T)

    def _block(self, rows: slice, columns: slice) -> Array:
        with np.errstate(all="ignore"):
            return self._values(rows, columns)

    def _values(self, rows: slice, columns: slice) -> Array:
        x, y = self.x[rows], self.y[columns]
        shape = len(x), len(y)
        if self.measure.depends_on == "p":
            return np.broadcast_to(_exact(self.measure, x, x)[:, np.newaxis], shape)
        if self.measure.depends_on == "q":
            return np.broadcast_to(_exact(self.measure, y, y), shape)
        values, open_ = np.zeros(shape), np.ones(shape, dtype=bool)
        is_diagonal = self.is_own and rows == columns
        if not self._is_full:
            infinite = _infinite(self.measure.support_law, x.support(), y.support())
            values[infinite], open_[infinite] = inf, False
        if is_diagonal and self.measure.zero_when_equal:
            np.fill_diagonal(open_, False)
        is_half = is_diagonal and self.measure.symmetric
        if is_half:
            lower = np.tri(len(x), k=-1, dtype=bool)
            open_[lower] = False
        for form in self._forms:
            if np.count_nonzero(open_) <= _LEFT * open_.size:
                break
            found, error = form.estimate(rows, columns, is_own=is_half)
            good = open_ & (error <= _ALLOWED * found) & (found > _SMALLEST) & (found < inf)
            np.copyto(values, found, where=good)
            open_ &= ~good
        if open_.any():
            of_x, of_y = np.nonzero(open_)
            values[of_x, of_y] = _exact(self.measure, x, y, of_x, of_y)
        if is_half:
            values[lower] = values.T[lower]
        return np.minimum(values, self.measure.upper_bound, out=values)


class _Prepared:
    """A fast form, with the numbers that each row contributes to it."""

    def __init__(self, form: MatrixForm, pairs: AllPairs) -> None:
        self._form = form
        self._reference = mean_of([pairs.x] if pairs.is_own else [pairs.x, pairs.y])  # any is right, and this is near
        self.weights = np.empty(0)
        left, right = self._parts(pairs.x)
        self._left, self._right = left, right if pairs.is_own else self._parts(pairs.y)[1]

    def estimate(self, rows: slice, columns: slice, *, is_own: bool) -> tuple[Array, Array]:
        left, right = tuple(each[rows] for each in self._left), tuple(each[columns] for each in self._right)
        return self._form.estimate(left, right, self.weights, is_own=is_own)

    def _parts(self, stack: Stack) -> tuple[Part, Part]:
        def of(where: slice) -> tuple[Part, Part]:
            some = stack[where]
            pair = _against(some, self._reference, one_by_one=self._form.one_by_one)
            self.weights = pair.q[0]
            return self._form.parts(pair)

        with np.errstate(all="ignore"):
            sample = of(slice(0, 1))
        is_same = sample[0] is sample[1]
        workspace = [
            tuple(np.empty((len(stack), *each.shape[1:])) for each in part) for part in sample[: 1 if is_same else 2]
        ]

        def fill(where: slice) -> None:
            for buffer, part in zip(workspace, of(where), strict=not is_same):
                for array, found in zip(buffer, part, strict=True):
                    array[where] = found

        each_block(len(stack), lambda: fill, size=max(1, BLOCK // stack.outcomes))
        return workspace[0], workspace[-1]


def pairwise(measure: Measure, x: Stack, y: Stack | None = None, *, widest: int = _WIDEST) -> Array:
    """Returns the measure of row i of x and row j of y (of x where y is None) at (i, j), in nats; shape (n, m)."""
    found = AllPairs(measure, x, y, widest=widest)
    values = np.empty(found.shape)
    for block in found.blocks():
        values[block.rows, block.columns] = block.values
    return values


def _against(rows: Stack, reference: Stack, *, one_by_one: bool) -> Pair:
    beside = reference[np.zeros(len(rows), dtype=np.intp)]
    before = rows.unsmoothed(beside)
    if before is not None:
        return before.whole.block(slice(0, rows.outcomes))
    found = normalised_pair(rows.mass, beside.mass, log_p=rows.log_mass, log_q=beside.log_mass, one_by_one=one_by_one)
    return found.block(slice(0, rows.outcomes))


def _infinite(law: Finite, in_x: Mask, in_y: Mask) -> Mask:
    """Returns a mask of the pairs whose supports make a measure with this law infinite, shape (n, m)."""

    def share(a: Mask, b: Mask) -> Mask:
        return np.asarray(a.astype(np.float32) @ b.astype(np.float32).T > 0)

    found = {
        Cause.Q_LACKS_P: lambda: share(in_x, ~in_y),
        Cause.P_LACKS_Q: lambda: share(~in_x, in_y),
        Cause.DISJOINT: lambda: ~share(in_x, in_y),
    }
    infinite = np.zeros((len(in_x), len(in_y)), dtype=bool)
    for cause in CAUSES[law]:
        infinite |= found[cause]()
    return infinite


def _exact(measure: Measure, x: Stack, y: Stack, of_x: Index | None = None, of_y: Index | None = None) -> Array:
    """Returns the measure of each pair of rows x[of_x], y[of_y], or of x and y row by row; shape (pairs,)."""
    count = len(x) if of_x is None else len(of_x)
    values = np.empty(count)

    def fill(where: slice) -> None:
        p = x[where if of_x is None else of_x[where]]
        q = y[where if of_y is None else of_y[where]]
        found = evaluate([measure], p.mass, q.mass, log_p=p.log_mass, log_q=q.log_mass, unsmoothed=p.unsmoothed(q))
        values[where] = found[measure.name]

    each_block(count, lambda: fill, size=max(1, BLOCK // x.outcomes))
    return values
