"""Single outcomes of many rows: the most probable of each, the one that occurred, and the mass of one of each."""

import numpy as np
from numpy.typing import ArrayLike

from klcli.core.arithmetic.parallel import added, each_block, total
from klcli.core.arithmetic.real_numbers import real_array, widened
from klcli.core.arithmetic.types import Array, Index
from klcli.core.distributions.rows import Rows
from klcli.errors import NotComparable
from klcli.support.foreign_arrays import refuse_masked

__all__ = ["log_mass_at", "targets_of", "top_outcomes"]


def top_outcomes(rows: Rows) -> Index:
    """Returns the most probable outcome of each row, the first of equals; shape (n,)."""
    found = each_block(
        len(rows), lambda: lambda where: widened(rows.values[where]).argmax(axis=-1), size=rows.at_a_time
    )
    return np.concatenate(found) if found else np.empty(0, np.intp)


def targets_of(target: ArrayLike, rows: Rows) -> Index:
    """Returns the outcome that occurred in each row as an index, shape (n,), checked.

    Raises:
        NotComparable: there is not one for each row, or one is not among the outcomes.
    """
    refuse_masked(target, "the targets")
    try:
        given = widened(real_array(target))
    except (TypeError, ValueError):
        raise NotComparable(
            "the targets are not all numbers", hint="a target is the index of an outcome, from 0"
        ) from None
    if given.shape != (len(rows),):
        raise NotComparable(f"the targets have the shape {given.shape}, not one for each of {len(rows):,} rows")
    wrong = np.flatnonzero(~((given >= 0) & (given < rows.outcomes) & (given == np.floor(given))))
    if wrong.size:
        raise NotComparable(
            f"row {wrong[0] + 1}: the target {given[wrong[0]]} is not one of the outcomes 0 to {rows.outcomes - 1}"
        )
    return given.astype(np.intp)


def log_mass_at(rows: Rows, index: Index) -> Array:
    """Returns the natural logarithm of the normalised mass at an index of each row, -inf for mass 0; shape (n,)."""
    found = np.empty(len(rows))

    def take(where: slice) -> None:
        found[where] = _log_of_block(rows, rows.block(where), index[where][:, np.newaxis])

    each_block(len(rows), lambda: take, size=rows.at_a_time)
    return found


def _log_of_block(rows: Rows, block: Array, at: Index) -> Array:
    top = np.maximum.reduce(block, axis=-1, keepdims=True)
    value = np.take_along_axis(block, at, -1)
    if rows.are_logarithms:
        others, below = np.exp(block - top), value - top
    else:
        others, below = block / top, np.log(value) - np.log(top)
    own = np.take_along_axis(others, at, -1)
    # the probability of an outcome that holds nearly all the mass is 1 - rest, with the rest summed by itself
    np.put_along_axis(others, at, 0.0, -1)
    rest = total([added(others)])[:, np.newaxis]
    return np.where(rest < own, -np.log1p(rest / own), below - np.log(own + rest))[:, 0]
