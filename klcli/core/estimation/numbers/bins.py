"""Bins for two samples of numbers: of equal pooled mass, and ever smaller in the tails.

The edges are order statistics of the pooled sample, so they are the same for every way to deal the observations to P
and Q: the test of P = Q keeps its level, and the bins follow any increasing map of the numbers. The tails are cut in
halves again and again, as a ratio p/q that grows in a tail would hide in a bin of equal mass.
"""

from typing import NamedTuple

import numpy as np

from klcli.core.arithmetic.types import Array

__all__ = ["Binning", "Bins", "bin_count", "bin_labels", "binned"]

_LEAST_IN_TAIL = 8


class Binning(NamedTuple):
    """How bins were made.

    Attributes:
        equal: bins of equal pooled mass, which were asked for. cuts: that were made in the outer two of them.
        merged: edges that fell together, as equal numbers share a bin.
    """

    equal: int
    cuts: int
    merged: int


class Bins(NamedTuple):
    """Counts of two samples in bins.

    Attributes:
        x, y: counts, shape (k,). edges: shape (k - 1,), increasing; a number equal to an edge lies above it.
        values: the distinct numbers, if there are so few that each is a bin; else None, and `binning` says how bins
            were made.
    """

    x: Array
    y: Array
    edges: Array
    values: Array | None = None
    binning: Binning | None = None


def bin_count(n: int, m: int) -> int:
    """Returns the number of bins of equal mass: twice the smaller sample to the power of 0.4, at least 4."""
    return max(4, round(2 * min(n, m) ** 0.4))


def binned(x: Array, y: Array, count: int | None = None, *, has_tails: bool = True) -> Bins:
    """Returns the counts of two sorted samples of finite numbers, shape (n,) and (m,).

    Args:
        count: the number of bins of equal mass, before the tails; that of `bin_count` if None.
        has_tails: cut the outer bins in halves again and again.
    """
    # a stable sort merges two sorted runs in one pass
    pooled = np.sort(np.concatenate([x, y]), kind="stable")
    total = len(pooled)
    wanted = count or bin_count(len(x), len(y))
    starts = pooled[1:] != pooled[:-1]
    if int(np.count_nonzero(starts)) < wanted:
        distinct = pooled[np.concatenate([[True], starts])]
        return Bins(*_counted(x, y, distinct[1:]), distinct[1:], distinct)
    positions = [j * total // wanted for j in range(1, wanted)]
    width = total // wanted // 2
    while has_tails and width >= _LEAST_IN_TAIL:
        positions += [width, total - width]
        width //= 2
    edges = np.unique(pooled[np.array(positions)])
    edges = edges[edges > pooled[0]]  # nothing lies below the least
    of_x, of_y = _counted(x, y, edges)
    how = Binning(wanted, len(positions) - wanted + 1, len(positions) - len(edges))
    return Bins(of_x, of_y, edges, binning=how)


def _counted(x: Array, y: Array, edges: Array) -> tuple[Array, Array]:
    found = []
    for values in (x, y):
        below = np.searchsorted(values, edges, side="left")
        found.append(np.diff(below, prepend=0, append=len(values)).astype(np.float64))
    return found[0], found[1]


def bin_labels(bins: Bins) -> list[str]:
    """Returns a text for each bin: its value, or its ends."""
    if bins.values is not None:
        return [f"{value:.17g}" for value in bins.values.tolist()]
    edges = [f"{edge:.6g}" for edge in bins.edges.tolist()]
    return [f"[{low}, {high})" for low, high in zip(["-inf", *edges], [*edges, "inf"], strict=True)]
