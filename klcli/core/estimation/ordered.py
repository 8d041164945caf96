"""Distances between two samples of numbers that see their order, which no measure on cells does."""

import numpy as np
from numpy.typing import ArrayLike

from klcli.core.arithmetic.types import Array

__all__ = ["ks_distance", "wasserstein_distance"]


def ks_distance(x: ArrayLike, y: ArrayLike) -> float:
    """Returns the largest difference between the two empirical distribution functions (Kolmogorov-Smirnov D).

    Args:
        x, y: samples, shape (n,) and (m,), not empty, without NaN.
    """
    both, below_x, below_y = _distribution_functions(x, y)
    return float(np.abs(below_x - below_y).max()) if both.size else 0.0


def wasserstein_distance(x: ArrayLike, y: ArrayLike) -> float:
    """Returns the area between the two empirical distribution functions, in the unit of the samples (W1).

    It is inf where the shares of an infinite value differ. Arguments as in `ks_distance`.
    """
    both, below_x, below_y = _distribution_functions(x, y)
    difference = np.abs(below_x - below_y)[:-1]
    apart = difference > 0  # where both functions agree, the distance to an infinite value counts for nothing
    return float(np.sum(difference[apart] * (both[1:][apart] - both[:-1][apart])))


def _distribution_functions(x: ArrayLike, y: ArrayLike) -> tuple[Array, Array, Array]:
    """Returns the distinct values of both, sorted, and the shares of x and of y that are at most each."""
    x, y = np.sort(np.asarray(x, dtype=np.float64)), np.sort(np.asarray(y, dtype=np.float64))
    both = np.unique(np.concatenate([x, y]))
    return both, np.searchsorted(x, both, "right") / x.size, np.searchsorted(y, both, "right") / y.size
