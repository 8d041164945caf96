"""Estimates of a KL from distances to nearest neighbours; scipy's trees, with the extra `estimate`, for vectors.

`knn` is Wang, Kulkarni & Verdú (2009), IEEE Trans. Inf. Theory 55:2392, eq. 5: d/n·Σ log(ν_k/ρ_k) + log(m/(n - 1)),
where ρ_k and ν_k are the distances of an observation of P to its k-th neighbour in the samples of P and Q. Packages
differ from it: FNN has m/n in place of m/(n - 1), NPEET the maximum norm, infomeasure is wrong where n ≠ m.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from klcli.core.arithmetic.parallel import processors, side_by_side
from klcli.core.arithmetic.types import Array
from klcli.core.estimation.counts.digamma import digamma
from klcli.errors import NotADistribution
from klcli.support.optional_package import need
from klcli.support.sentence import Option

__all__ = ["ADAPTIVE_K", "knn", "knn_adaptive", "neighbour_distances", "neighbour_ties"]

ADAPTIVE_K = 5  # neighbours whose distance is a radius of `knn_adaptive`

Found = TypeVar("Found")

_PURPOSE = "nearest neighbours of vectors"
_SHARED = 4_000  # numbers, rows times columns, whose queries repay the start of a thread
_TREES_SHARED = 20_000  # numbers whose trees do
_LEAF, _LARGE_LEAF = 16, 32  # rows in a leaf: in up to 3 columns, and in more, where it saves a tenth of the queries


def knn(x: Array, y: Array, k: int) -> float:
    """Returns the estimate of KL(P‖Q) in nats from samples of shape (n, d) and (m, d).

    It is NaN where a distance to a k-th neighbour is 0, as with repeated rows.
    """
    _, own, other = neighbour_distances(x, y, k)
    if not own.all() or not other.all():
        return float("nan")
    return float(x.shape[1] * np.log(other / own).mean() + np.log(len(y) / (len(x) - 1)))


def knn_adaptive(x: Array, y: Array) -> float:
    """Returns the estimate of KL(P‖Q) with one radius for both samples, the larger of the two of k = 5.

    With l observations of P and j of Q within it, it is the mean of ψ(l) - ψ(j) + log(m/(n - 1)) (theorem 4 there);
    it is less biased than `knn` where P and Q differ in scale.
    """
    x, own, other = neighbour_distances(x, y, ADAPTIVE_K)
    radius = np.maximum(own, other)
    if not radius.all():
        return float("nan")
    radius = np.nextafter(radius, np.inf)
    in_x, in_y = (tree.query_ball_point(x, radius, return_length=True) for tree in _trees(x, y))
    return float((digamma(in_x - 1) - digamma(in_y)).mean() + np.log(len(y) / (len(x) - 1)))


def neighbour_distances(x: Array, y: Array, k: int) -> tuple[Array, Array, Array]:
    """Returns x in some order, and the distance of each row to its k-th neighbour among the others, and among y.

    The own row is left out by its place, not by its distance, so a repeated row is a neighbour at distance 0.

    Raises:
        NotADistribution: a sample has fewer rows than k neighbours take.
    """
    if len(x) <= k or len(y) < k:
        raise NotADistribution(
            f"samples of {len(x):,} and {len(y):,} observations are too small for the distance to neighbour number {k}",
            hint="a smaller number needs fewer, as in " + Option("--estimator", "knn:1"),
        )
    if x.shape[1] == 1:
        ordered = np.sort(x, axis=0)
        points = ordered[:, 0]
        return ordered, _among_own(points, k), _among_others(points, np.sort(y[:, 0]), k)
    in_x, in_y = _trees(x, y)
    x = x[in_x.indices]  # in the order of the leaves, those that follow each other are near, and stay in the cache

    is_shared = x.size >= _SHARED and processors() > 1
    workers = (processors() + 1) // 2 if is_shared else 1

    def distances(tree: Any, neighbour: int) -> Array:
        found: Array = tree.query(x, [neighbour], workers=workers)[0][:, 0]
        return found

    # both queries at once: with all workers in each, threads would be started and waited for twice
    own, other = _both(lambda: distances(in_x, k + 1), lambda: distances(in_y, k), is_shared)
    return x, own, other


def neighbour_ties(x: Array, y: Array, k: int) -> tuple[int, int]:
    """Returns how many rows of x have a k-th neighbour at distance 0, in x or in y, and how many rows there are.

    Samples with fewer neighbours are asked for the last that they have.
    """
    _, own, other = neighbour_distances(x, y, min(k, len(x) - 1, len(y)))
    return int(((own == 0) | (other == 0)).sum()), len(x)


def _trees(x: Array, y: Array) -> tuple[Any, Any]:
    """Returns the trees of both samples, split at medians: at midpoints, heavy tails make queries 20 times slower."""
    tree = need("scipy.spatial", purpose=_PURPOSE, extra="estimate").cKDTree

    def of(points: Array) -> Any:
        # bounds of nodes would take longer to find than they save
        return tree(points, _LARGE_LEAF if points.shape[1] > 3 else _LEAF, compact_nodes=False)

    return _both(lambda: of(x), lambda: of(y), min(x.size, y.size) >= _TREES_SHARED)


def _both(first: Callable[[], Found], second: Callable[[], Found], is_shared: bool) -> tuple[Found, Found]:
    return side_by_side(first, second) if is_shared else (first(), second())


def _among_own(ordered: Array, k: int) -> Array:
    """Returns the distance of each number, in order, to its k-th neighbour: of k + 1 windows, the narrowest."""
    count = len(ordered)
    found = np.full(count, np.inf)
    for below in range(k + 1):
        at = np.arange(below, count - k + below)
        reach = np.maximum(ordered[at] - ordered[at - below], ordered[at + k - below] - ordered[at])
        found[at] = np.minimum(found[at], reach)
    return found


def _among_others(points: Array, ordered: Array, k: int) -> Array:
    padded = np.concatenate([np.full(k, -np.inf), ordered, np.full(k, np.inf)])
    at = np.searchsorted(ordered, points) + k
    found = np.full(len(points), np.inf)
    for below in range(k + 1):
        lowest = points - padded[at - below] if below else np.zeros(len(points))
        highest = padded[at + k - below - 1] - points if below < k else np.zeros(len(points))
        found = np.minimum(found, np.maximum(lowest, highest))
    return found
