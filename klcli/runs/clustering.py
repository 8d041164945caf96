"""Orders the rows of a matrix so that similar ones are adjacent: average linkage, by scipy (extra `cluster`)."""

from typing import Any, NamedTuple

import numpy as np

from klcli.core.arithmetic.parallel import blocks
from klcli.core.arithmetic.types import Array, Index
from klcli.core.matrix.pair_values import Matrix, row_blocks
from klcli.runs.average_linkage import average_linkage
from klcli.support.optional_package import need

__all__ = ["Tree", "cluster_order", "tree_of"]

_AT_ONCE = 1 << 20  # distances
_OPTIMAL_ROWS = 2_000  # rows; optimal leaf ordering takes time that grows faster than their square


class Tree(NamedTuple):
    """The tree of the rows of a matrix.

    Attributes:
        order: Order of the rows in which branches do not cross, shape (n,).
        links: For each node both branches, as (part of the height where it begins, part across the rows), and the part
            of the height where they meet; 0 is at the root, 1 at the rows.
    """

    order: Index
    links: tuple[tuple[tuple[float, float], tuple[float, float], float], ...]


def tree_of(values: Matrix) -> Tree:
    """Returns the tree of the rows of a matrix, shape (n, n), n at least 3, by the linkage of `cluster_order`.

    Raises:
        MissingPackage: scipy is not installed.
    """
    linkage = _linkage(values)
    count = len(values)
    order = np.asarray(_hierarchy().leaves_list(linkage), dtype=np.intp)
    top = float(linkage[:, 2].max()) or 1.0
    places = [(1.0, (float(place) + 0.5) / count) for place in np.argsort(order)]
    links = []
    for first, second, height, _ in linkage.tolist():
        at = 1.0 - height / top
        links.append((places[int(first)], places[int(second)], at))
        places.append((at, (places[int(first)][1] + places[int(second)][1]) / 2))
    return Tree(order, tuple(links))


def cluster_order(values: Matrix) -> Index:
    """Returns an order of the rows of a matrix, shape (n, n), in which similar rows are adjacent; shape (n,).

    Average linkage (UPGMA; Sokal & Michener 1958) of the mean of both directions. Up to 2,000 rows, the leaves are
    ordered optimally (Bar-Joseph et al. 2001). An infinite entry counts as twice the largest finite one, as 1
    beside zeros alone.

    Raises:
        MissingPackage: scipy is not installed.
    """
    if len(values) < 3:
        _hierarchy()
        return np.arange(len(values))
    return np.asarray(_hierarchy().leaves_list(_linkage(values)), dtype=np.intp)


def _hierarchy() -> Any:
    return need("scipy.cluster.hierarchy", extra="cluster", purpose="--cluster")


def _linkage(values: Matrix) -> Array:
    """Returns the linkage as scipy does, shape (n - 1, 4)."""
    count = len(values)
    near = np.empty(count * (count - 1) // 2)
    for where, block in row_blocks(values):
        back = values[:, where]
        for row in range(where.start, where.stop):
            start = row * count - row * (row + 1) // 2
            line = block[row - where.start, row + 1 :] / 2 + back[row + 1 :, row - where.start] / 2
            near[start : start + len(line)] = line
    parts = [near[where] for where in blocks(len(near), _AT_ONCE)]
    largest = max((float(part.max(where=np.isfinite(part), initial=0.0)) for part in parts), default=0.0)
    for part in parts:
        part[np.isinf(part)] = 2 * largest or 1.0
    if count > _OPTIMAL_ROWS:
        return average_linkage(near, count)
    linkage: Array = _hierarchy().linkage(near, method="average", optimal_ordering=True)
    return linkage
