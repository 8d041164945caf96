"""Statistics of many rows: means with standard errors, percentiles, agreement, perplexities.

A mean x̄ carries its standard error, √(Σ(x - x̄)²/(n - 1)/n), or where rows belong to G clusters
√(G/(G - 1)·Σ_g(Σ_{i in g}(x_i - x̄))²)/n (Liang & Zeger 1986, Biometrika 73(1), 13-22, for a mean, with the correction
of statsmodels). A function of means has the error of its derivative (delta method); what compares P with Q is taken
from the differences by row, as both were seen on the same rows. A percentile p lies at p·(n - 1) between the ordered
values (type 7 of Hyndman & Fan 1996, as numpy's default and llama.cpp's).

The interval of a mean is that of Student's t with n - 1 or G - 1 degrees of freedom, as of independent rows or
clusters, cut at the range of the values, which loses none that the mean may have; that of a function of a mean has the
function's values at its ends. A share of rows has Wilson's (1927, JASA 22:209), which says something where all rows
agree. Rows that do not vary leave a mean without interval.

An infinite row makes the mean infinite; its error is then unknown, and the mean of the finite rows is given beside it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import exp, inf, isfinite, nan, sqrt

import numpy as np

from klcli.core.arithmetic.array_fsum import array_fsum
from klcli.core.arithmetic.types import Array, Index
from klcli.core.estimation.record import Estimate
from klcli.core.estimation.significance.student_t import normal_quantile, student_t_quantile

__all__ = [
    "LEVEL",
    "PERCENTILES",
    "QUANTILES",
    "Spread",
    "correlation",
    "cut",
    "mean",
    "numbers_of_clusters",
    "percentile",
    "perplexities",
    "root_mean_square",
    "share",
    "spread",
]

_SQUARABLE = 1e140
_MEAN, _CORRELATION = "mean of the rows", "correlation of the rows"  # methods

LEVEL = 0.95  # probability that an interval holds what all rows of such a kind would come to

QUANTILES = tuple(range(101))  # percentages at which a curve of the values is drawn
PERCENTILES = (0.1, 1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9)


@dataclass(frozen=True, slots=True)
class Spread:
    """How the values of a measure lie.

    Attributes:
        mean: of all. minimum, maximum. percentiles: in the order of PERCENTILES.
        infinite: how many are. of_finite: the mean of the others.
        quantiles: at every per cent from 0 to 100, in the order of QUANTILES.
    """

    mean: Estimate
    minimum: float
    percentiles: tuple[float, ...]
    maximum: float
    infinite: int
    of_finite: Estimate | None
    quantiles: tuple[float, ...] = ()


def mean(values: Array, clusters: Index | None = None) -> Estimate:
    """Returns the mean of values, shape (n,), with standard error and interval; without for one row, or one cluster.

    Args:
        clusters: the number of the cluster of each row, from 0.
    """
    count = len(values)
    centre = _centre(values)
    if not isfinite(centre):
        return Estimate(centre, method=_MEAN, count=count)
    sums: Array = values - centre
    size = _size(sums)
    sums /= size
    groups, method = count, _MEAN
    if clusters is not None:
        groups = int(clusters.max()) + 1
        sums = np.bincount(clusters, sums).astype(np.float64)
        method = f"{_MEAN}, error by {groups:,} cluster{'s' * (groups != 1)}"
    if groups < 2:
        return Estimate(centre, method=method, count=count)
    error = sqrt(groups / (groups - 1) * array_fsum(sums * sums)) / count * size
    if not error or values.min() == values.max():  # equal values differ from their mean by its rounding
        return Estimate(centre, 0.0, method=method, count=count)
    reach = student_t_quantile(LEVEL, groups - 1) * error
    return Estimate(centre, error, centre - reach, centre + reach, LEVEL, f"{method}, interval by Student's t", count)


def share(values: Array, clusters: Index | None = None) -> Estimate:
    """Returns the share of rows whose value is 1, not 0, shape (n,), with standard error and interval."""
    found = mean(values, clusters)
    if clusters is not None:
        return cut(found, (0.0, 1.0))
    if len(values) < 2:
        return found
    square = normal_quantile(LEVEL) ** 2 / len(values)
    centre = (found.value + square / 2) / (1 + square)
    reach = sqrt(square * found.value * (1 - found.value) + square * square / 4) / (1 + square)
    low, high = max(centre - reach, 0.0), min(centre + reach, 1.0)
    low, high = min(low, found.value), max(high, found.value)  # where rounding puts an end past 0 or 1
    return replace(found, lower=low, upper=high, level=LEVEL, method="share of the rows, interval of Wilson")


def cut(found: Estimate, within: tuple[float, float]) -> Estimate:
    """Returns the estimate of a mean with its interval cut at the smallest and largest value that a row may have."""
    if found.lower is None or found.upper is None:
        return found
    ends = max(found.lower, within[0]), min(found.upper, within[1])
    if ends == (found.lower, found.upper):
        return found
    return replace(found, lower=ends[0], upper=ends[1], method=f"{found.method}, cut at the range of the values")


def _ends_by(function: Callable[[float], float], of: Estimate) -> Estimate:
    """Returns the estimate with the values of an increasing function at the ends of its interval."""
    lower, upper = (None if end is None else function(end) for end in (of.lower, of.upper))
    return replace(of, lower=lower, upper=upper)


def _size(values: Array) -> float:
    """Returns the divisor of values whose squares would leave the range of float64; 1 if they would not."""
    largest = float(np.abs(values).max(initial=0.0))
    return largest if largest > _SQUARABLE else 1.0


def _centre(values: Array) -> float:
    try:
        return array_fsum(values) / len(values)
    except OverflowError:  # of the sum, not of the mean
        top = float(np.abs(values).max())
        return array_fsum(values / top) / len(values) * top
    except ValueError:  # ∞ - ∞
        return nan


def percentile(ordered: Array, percent: float) -> float:
    """Returns the value below which `percent` % of the values lie, interpolated linearly between neighbours.

    Args:
        ordered: values in their order, shape (n,), of which the last may be infinite.
    """
    at = (len(ordered) - 1) * (percent / 100)
    low = int(at)
    part = at - low
    below = float(ordered[low])
    if not part or below == inf:
        return below
    above = float(ordered[min(low + 1, len(ordered) - 1)])
    return inf if above == inf else below + part * (above - below)


def spread(values: Array, clusters: Index | None = None, *, within: tuple[float, float] = (0.0, inf)) -> Spread:
    """Returns how values of a measure lie; shape (n,), n at least 1.

    Args:
        within: the smallest and the largest value that the measure may have.
    """
    ordered = np.sort(values)
    finite = np.isfinite(values)
    infinite = np.flatnonzero(~finite)
    of_finite = None
    if infinite.size and finite.any():
        of_finite = cut(mean(values[finite], None if clusters is None else renumbered(clusters[finite])), within)
    return Spread(
        cut(mean(values, clusters), within),
        float(ordered[0]),
        tuple(percentile(ordered, each) for each in PERCENTILES),
        float(ordered[-1]),
        int(infinite.size),
        of_finite,
        tuple(percentile(ordered, each) for each in QUANTILES),
    )


def renumbered(clusters: Index) -> Index:
    """Returns the clusters numbered from 0 without differences."""
    return np.unique(clusters, return_inverse=True)[1].reshape(len(clusters))


def root_mean_square(differences: Array, clusters: Index | None = None, *, largest: float = inf) -> Estimate:
    """Returns √(mean of the squares), which is at most `largest`, its error by the delta method."""
    square = cut(mean(differences * differences, clusters), (0.0, largest * largest))
    root = sqrt(square.value)
    error = square.standard_error
    if error is not None:
        error = error / (2 * root) if root else 0.0
    return replace(
        _ends_by(sqrt, square), value=root, standard_error=error,
        method=f"root mean square{square.method.removeprefix('mean')}",
    )  # fmt: skip


def correlation(x: Array, y: Array) -> Estimate:
    """Returns Pearson's correlation of two values by row, shape (n,); NaN where one does not vary, or is infinite."""
    centres = _centre(x), _centre(y)
    if not all(map(isfinite, centres)):
        return Estimate(nan, method=_CORRELATION, count=len(x))
    x, y = (values - centre for values, centre in zip((x, y), centres, strict=True))
    x, y = x / _size(x), y / _size(y)
    both, own_x, own_y = (array_fsum(a * b) for a, b in ((x, y), (x, x), (y, y)))
    size = sqrt(own_x) * sqrt(own_y)
    return Estimate(max(-1.0, min(both / size, 1.0)) if size else nan, method=_CORRELATION, count=len(x))


def perplexities(log_p: Array, log_q: Array, clusters: Index | None = None) -> dict[str, Estimate]:
    """Returns perplexities of what occurred, and how these and its probabilities compare, given their logarithms, (n,).

    An outcome without mass makes a perplexity infinite; where that is so of both sides, they do not compare (NaN).
    """
    p, q = (cut(mean(-each, clusters), (0.0, inf)) for each in (log_p, log_q))
    with np.errstate(invalid="ignore", over="ignore"):
        ratios = log_p - log_q
    log_ratio = Estimate(nan, method=_MEAN, count=len(log_p)) if np.isnan(ratios).any() else mean(ratios, clusters)
    return {
        "target_perplexity_p": _exponential(p),
        "target_perplexity_q": _exponential(q),
        "target_perplexity_ratio": _exponential(log_ratio),
        "target_log_perplexity_ratio": log_ratio,
        "target_log_correlation": correlation(log_p, log_q),
    }


def _exp(number: float) -> float:
    try:
        return exp(number)
    except OverflowError:
        return inf


def _exponential(of: Estimate) -> Estimate:
    value = _exp(of.value)
    error = None if of.standard_error is None or not isfinite(value) else value * of.standard_error
    return replace(_ends_by(_exp, of), value=value, standard_error=error, method=f"exponential of the {of.method}")


def numbers_of_clusters(names: Sequence[str]) -> Index:
    """Returns the number of the cluster of each row, from 0, by its name."""
    seen: dict[str, int] = {}
    return np.array([seen.setdefault(name, len(seen)) for name in names], dtype=np.intp)
