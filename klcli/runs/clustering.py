"""Orders the rows of a matrix so that similar ones are adjacent: average linkage, by scipy (extra `cluster`)."""

import numpy as np

from klcli.core.arithmetic.types import Array, Index
from klcli.support.optional_package import need

__all__ = ["cluster_order"]

_OPTIMAL_ROWS = 2_000  # rows; optimal leaf ordering takes time that grows faster than their square


def cluster_order(values: Array) -> Index:
    """Returns an order of the rows of a matrix, shape (n, n), in which similar rows are adjacent; shape (n,).

    Average linkage (UPGMA; Sokal & Michener 1958) of the mean of both directions. Up to 2,000 rows, the leaves are
    ordered optimally (Bar-Joseph et al. 2001). An infinite entry counts as twice the largest finite one.

    Raises:
        MissingPackage: scipy is not installed.
    """
    hierarchy = need("scipy.cluster.hierarchy", extra="cluster", purpose="--cluster")
    count = len(values)
    if count < 3:
        return np.arange(count)
    mean = values / 2 + values.T / 2
    finite = mean[np.isfinite(mean)]
    mean = np.where(np.isfinite(mean), mean, 2 * float(finite.max()) if finite.size else 1.0)
    tree = hierarchy.linkage(mean[np.triu_indices(count, 1)], method="average", optimal_ordering=count <= _OPTIMAL_ROWS)
    return np.asarray(hierarchy.leaves_list(tree), dtype=np.intp)
