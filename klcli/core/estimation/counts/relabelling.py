"""Mean and variance of a sum over labels when the pooled observations are dealt to the two samples at random.

Under P = Q every deal of the N = n + m observations is equally likely, so the count of a label with t pooled
observations in the sample of n is hypergeometric, and the mean of Σ h is an exact sum (Pitman 1937). The counts of all
labels are binomial, conditioned on their sum being n, and this gives the variance: Σ Var h - (Σ Cov(h, X))²/Σ Var X
(Holst 1979, Annals of Statistics 7:551). To second order it counts k squares where k - 1 are free: the deviation is too
large by up to √(k/(k - 1)), which widens the intervals of few labels.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from klcli.core.arithmetic.types import Array, Index, Mask
from klcli.core.estimation.counts.forms import Terms

__all__ = ["Relabelled", "relabelled"]

_REACH = 9.0  # standard deviations of a count; together with _LEAST, what lies beyond has less than 1e-17
_LEAST = 40.0
_CELLS = 1 << 18  # of one block of labels × counts: 2 MB an array


class Relabelled(NamedTuple):
    """Mean and variance of Σ h over all ways to deal the pooled observations."""

    mean: float
    variance: float


def relabelled(terms: Terms, x: Array, y: Array) -> Relabelled:
    """Returns the mean and variance of Σ terms under random relabelling of the counts x and y, shape (k,)."""
    n, m = float(x.sum()), float(y.sum())
    pooled, times = np.unique(x + y, return_counts=True)
    mean = variance = covariance = variance_of_counts = 0.0
    for t, many in _blocks(pooled, times, n, m):
        low, high, drawn = _counts(t, n, m)
        valid = (drawn >= low) & (drawn <= high)
        h = np.where(valid, terms(np.clip(drawn, low, high), t - np.clip(drawn, low, high), n, m), 0.0)
        k = drawn[:, :-1]
        with np.errstate(divide="ignore", invalid="ignore"):
            exact = _normalised((t - k) * (n - k) / ((k + 1) * (m - t + k + 1)), valid)
        mean += float(many @ (exact * h).sum(axis=1))
        binomial = _normalised((t - k) / (k + 1) * (n / m), valid)
        centred = h - (binomial * h).sum(axis=1, keepdims=True)
        deviations = np.where(valid, drawn - (binomial * drawn).sum(axis=1, keepdims=True), 0.0)
        variance += float(many @ (binomial * centred**2).sum(axis=1))
        covariance += float(many @ (binomial * centred * deviations).sum(axis=1))
        variance_of_counts += float(many @ (binomial * deviations**2).sum(axis=1))
    if variance_of_counts > 0:
        variance = max(variance - covariance**2 / variance_of_counts, 0.0)
    return Relabelled(mean, variance)


def _blocks(pooled: Array, times: Index, n: float, m: float) -> Iterator[tuple[Array, Array]]:
    """Yields pooled counts as columns, with how many labels have each, so that a block stays small."""
    start = 0
    for stop in range(1, len(pooled) + 1):
        if stop == len(pooled) or (stop + 1 - start) * _width(float(pooled[stop]), n, m) > _CELLS:
            yield pooled[start:stop, np.newaxis].astype(np.float64), times[start:stop].astype(np.float64)
            start = stop


def _width(t: float, n: float, m: float) -> float:
    share = n / (n + m)
    return float(min(t, 2 * (_REACH * np.sqrt(t * share * (1 - share)) + _LEAST)) + 1)


def _counts(t: Array, n: float, m: float) -> tuple[Array, Array, Array]:
    """Returns the least and the largest count of each label, and those that matter, shape (labels, window)."""
    low, high = np.maximum(0.0, t - m), np.minimum(t, n)
    share = n / (n + m)
    reach = np.ceil(_REACH * np.sqrt(t * share * (1 - share)) + _LEAST)
    first = np.maximum(low, np.floor(t * share) - reach)
    last = np.minimum(high, np.ceil(t * share) + reach)
    return first, last, first + np.arange(float((last - first).max()) + 1)


def _normalised(ratios: Array, valid: Mask) -> Array:
    """Returns the probability of each count, each row normalised, from the ratios of neighbours."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logarithms = np.cumsum(np.where(valid[:, 1:], np.log(ratios), 0.0), axis=1)
    logarithms = np.concatenate([np.zeros((len(ratios), 1)), logarithms], axis=1)
    logarithms = np.where(valid, logarithms, -np.inf)
    masses = np.exp(logarithms - logarithms.max(axis=1, keepdims=True))
    return masses / masses.sum(axis=1, keepdims=True)
