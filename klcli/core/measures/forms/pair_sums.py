"""A measure of all pairs of rows by a sum over the outcomes of each pair, in blocks that stay in the cache.

This serves measures that no product of matrices gives. As in `matrix_product`, all is relative to a reference r, such
as the mean of all rows. Where rows are much nearer to each other than to the reference digits are lost, and the error
that is returned beside the values says so.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from klcli.core.arithmetic.parallel import BLOCK, each_block
from klcli.core.arithmetic.types import Array
from klcli.core.measures.forms.matrix_form import Part
from klcli.core.pairs.pair import Pair

__all__ = ["Finish", "PairSums", "square_root"]

_AT_ONCE = BLOCK // 2  # outcomes at a time: two arrays of them stay in the second-level cache
_ROWS = 8  # of a thread's turn

# maps the sums, and what the rows of either side bring, to values and their errors
Finish = Callable[[Array, Part, Part], tuple[Array, Array]]


class PairSums(NamedTuple):
    """A measure by a sum over the outcomes of each pair.

    Attributes:
        brings: maps pairs of rows and the reference to values (n, k), and more of each row, (n,).
        sums: maps the values of some rows, those of one, the weights r, and two buffers to a number for each row.
        finish: maps the sums, and what the rows of either side bring, to values and their errors.
        cannot_certify: True if what the rows bring shows that the error of every value will be too large.
        one_by_one: see MatrixForm.
    """

    brings: Callable[[Pair], Part]
    sums: Callable[[Array, Array, Array, Array, Array], Array]
    finish: Finish
    cannot_certify: Callable[[Part, Part], bool] = lambda left, right: False
    one_by_one: bool = True

    def parts(self, pair: Pair) -> tuple[Part, Part]:
        """Returns the numbers that rows contribute, equal on the left and on the right."""
        part = self.brings(pair)
        return part, part

    def estimate(self, left: Part, right: Part, weights: Array, *, is_own: bool) -> tuple[Array, Array]:
        """Returns the value of each pair and a bound on its absolute error; see MatrixForm."""
        these, those = left[0], right[0]
        if self.cannot_certify(left, right):
            return np.zeros((len(these), len(those))), np.full((len(these), len(those)), np.inf)
        found = np.ones((len(these), len(those)))
        width = max(1, _AT_ONCE // len(weights))

        def begin() -> Callable[[slice], None]:
            workspace = np.empty((2, width, len(weights)))

            def fill(some: slice) -> None:
                for row in range(len(these))[some]:
                    for start in range(row if is_own else 0, len(those), width):
                        some_of_those = those[start : start + width]
                        buffer, other = workspace[:, : len(some_of_those)]
                        found[row, start : start + width] = self.sums(some_of_those, these[row], weights, buffer, other)

            return fill

        each_block(len(these), begin, size=_ROWS)
        return self.finish(found, left, right)


def square_root(form: PairSums) -> PairSums:
    """Returns the form of the square root of a measure."""

    def finish(found: Array, left: Part, right: Part) -> tuple[Array, Array]:
        value, error = form.finish(found, left, right)
        root = np.sqrt(value)
        return root, error / (2 * root)

    return form._replace(finish=finish)
