"""Rows in an order in which groups are seen: average linkage, by scipy, of the extra `cluster`."""

import numpy as np

from klcli.core.arithmetic.types import Array, Index
from klcli.support.optional_package import need

__all__ = ["cluster_order"]

_MANY = 2_000  # rows; the order of the leaves that puts neighbours closest takes time by their square, and more


def cluster_order(values: Array) -> Index:
    """Returns an order of the rows of a matrix (n, n) in which those that are near stand together.

    By average linkage (UPGMA; Sokal & Michener 1958) of the mean of both directions; the leaves in the order that puts
    neighbours closest (Bar-Joseph et al. 2001), but for many rows. An infinite entry counts twice the largest finite.

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
    tree = hierarchy.linkage(mean[np.triu_indices(count, 1)], method="average", optimal_ordering=count <= _MANY)
    return np.asarray(hierarchy.leaves_list(tree), dtype=np.intp)
