"""Average linkage of many rows in place: what scipy's does, without the copy of the distances, which it makes."""

import numpy as np

from klcli.core.arithmetic.types import Array, Index

__all__ = ["average_linkage"]


def average_linkage(distances: Array, count: int) -> Array:
    """Returns the linkage of rows, shape (count - 1, 4), to the last digit as scipy's; overwrites the distances.

    The chain of nearest neighbours (Murtagh 1983): of equal neighbours, the one before in the chain goes first, then
    the one of the lowest number. Of 5,790 rows the distances take 134 MB.

    Args:
        distances: Finite, in the condensed form of scipy.
    """
    row = np.arange(count)
    starts = row * count - row * (row + 1) // 2 - row - 1  # the distance of i and j > i stands at starts[i] + j
    sizes = np.ones(count)
    found = np.empty((count - 1, 4))
    chain: list[int] = []
    for step in found:
        chain = chain or [int(np.flatnonzero(sizes)[0])]
        while True:
            last = chain[-1]
            others = np.flatnonzero(sizes)
            others = others[others != last]
            far = distances[_places(starts, others, last)]
            nearest = int(far.argmin())
            before = chain[-2] if len(chain) > 1 else -1
            if before >= 0 and far[np.searchsorted(others, before)] <= far[nearest]:
                break
            chain.append(int(others[nearest]))
        del chain[-2:]
        merged, kept = sorted((last, before))
        step[:] = merged, kept, far[nearest], sizes[merged] + sizes[kept]
        others = others[others != before]
        of_merged, of_kept = distances[_places(starts, others, merged)], _places(starts, others, kept)
        distances[of_kept] = (sizes[merged] * of_merged + sizes[kept] * distances[of_kept]) / step[3]
        sizes[kept], sizes[merged] = step[3], 0
    found = found[np.argsort(found[:, 2], kind="stable")]
    _name(found, count)
    return found


def _places(starts: Index, others: Index, one: int) -> Index:
    """Returns where the distances of some rows, in order, from one stand."""
    split = int(np.searchsorted(others, one))
    return np.concatenate([starts[others[:split]] + one, starts[one] + others[split:]])


def _name(linkage: Array, count: int) -> None:
    """Replaces the row that stands for a cluster by the number of the cluster, the lower first, and sets its size."""
    clusters = list(range(2 * count - 1))
    sizes = [1] * count

    def cluster_of(row: int) -> int:
        while clusters[row] != row:
            clusters[row] = clusters[clusters[row]]
            row = clusters[row]
        return row

    for step in linkage:
        first, second = sorted((cluster_of(int(step[0])), cluster_of(int(step[1]))))
        clusters[first] = clusters[second] = len(sizes)
        sizes.append(sizes[first] + sizes[second])
        step[:2], step[3] = (first, second), sizes[-1]
