"""Formulas that several tools share: histograms as shares, sums over cells, p-values."""

import warnings
from math import inf

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.estimation.significance.chi_squared import chi_squared_sf
from klcli.support.optional_package import need
from klcli.tables.presets.preset import Fails

__all__ = [
    "chi_squared", "finite", "hellinger", "histogram", "jensen_shannon", "kl", "ks_p_value", "l_infinity", "psi",
    "right_closed", "with_leftover",
]  # fmt: skip


def histogram(values: Array, edges: Array) -> Array:
    """Returns the counts between edges as numpy's histogram has them: left-closed, the last bin closed."""
    return np.histogram(values, edges)[0].astype(np.float64)


def right_closed(values: Array, inner: Array) -> Array:
    """Returns the counts of right-closed bins between inner edges, the outer two without end."""
    return np.bincount(np.searchsorted(inner, values, side="left"), minlength=len(inner) + 1).astype(np.float64)


def psi(p: Array, q: Array) -> float:
    """Returns Σ (q - p)·log(q/p), of shares without zeros."""
    return float(np.sum((q - p) * np.log(q / p)))


def kl(p: Array, q: Array) -> float:
    """Returns Σ p·log(p/q) in nats of shares that are normalised first; infinite where q alone is 0."""
    p, q = p / p.sum(), q / q.sum()
    if np.any((p > 0) & (q == 0)):
        return inf
    some = p > 0
    return float(np.sum(p[some] * np.log(p[some] / q[some])))


def jensen_shannon(p: Array, q: Array) -> float:
    """Returns the Jensen-Shannon divergence in nats of shares that are normalised first."""
    p, q = p / p.sum(), q / q.sum()
    middle = (p + q) / 2
    return max(0.0, (kl(p, middle) + kl(q, middle)) / 2)


def hellinger(p: Array, q: Array) -> float:
    """Returns √(Σ (√p - √q)²/2)."""
    return float(np.sqrt(np.sum((np.sqrt(p) - np.sqrt(q)) ** 2) / 2))


def l_infinity(p: Array, q: Array) -> float:
    """Returns the largest |p - q|."""
    return float(np.abs(p - q).max())


def with_leftover(p: Array, q: Array) -> tuple[Array, Array]:
    """Returns shares with one more cell for what q has outside the cells of the reference, where p has nothing."""
    leftover = 1 - q.sum()
    return (np.append(p, 0.0), np.append(q, leftover)) if leftover > 0 else (p, q)


def chi_squared(p: Array, q: Array) -> tuple[float, float]:
    """Returns Pearson's X² of a 2×k table of counts and its p-value, with Yates' correction for two labels."""
    pooled, total = p + q, p.sum() + q.sum()
    p, q, pooled = p[pooled > 0], q[pooled > 0], pooled[pooled > 0]
    if len(pooled) < 2:
        return 0.0, 1.0
    statistic = 0.0
    for counts in (p, q):
        expected = pooled * (counts.sum() / total)
        difference = np.abs(counts - expected)
        if len(pooled) == 2:
            difference -= np.minimum(0.5, difference)
        statistic += float(np.sum(difference**2 / expected))
    return statistic, chi_squared_sf(statistic, len(pooled) - 1)


def ks_p_value(x: Array, y: Array) -> float:
    """Returns scipy's p-value of the Kolmogorov-Smirnov test, exact up to 10,000 values a side, else asymptotic."""
    stats = need("scipy.stats", extra="estimate", purpose="the p-value of the Kolmogorov-Smirnov test")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # it says where it takes the asymptotic p for the exact one
        return float(stats.ks_2samp(x, y).pvalue)


def finite(tool: str, *samples: Array) -> None:
    """Raises Fails if a sample holds an infinite value, on which the tool fails."""
    if not all(np.isfinite(each).all() for each in samples):
        raise Fails(f"{tool} fails on infinite values")
