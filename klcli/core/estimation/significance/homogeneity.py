"""The test of P = Q for two samples of counts: Pearson's X² over groups of rare outcomes.

X² with all outcomes as cells is wrong where many are rare: it fires too often if the samples differ in size, and never
if they agree. Outcomes are therefore merged, in order of their pooled count, into groups that expect at least 5
observations in the smaller sample (Cochran 1954, Biometrics 10:417). The pooled counts are the same however the pooled
observations are dealt to the two samples, so grouping by them keeps the level of the test. Samples too small for two
such groups are tested by Fisher's exact test of the most common outcome against all others.
"""

from collections.abc import Sequence
from math import exp, fsum, log, pi, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from klcli.core.arithmetic.types import Array, Index
from klcli.core.estimation.significance.chi_squared import chi_squared_sf, deviance, stirling_error
from klcli.errors import UsageError

__all__ = ["HomogeneityTest", "homogeneity_test", "hypergeometric_tail", "rare_groups", "relabelled_p_value"]

LEAST_EXPECTED = 5.0
_TOO_MANY = 10**9  # for draws of numpy by their marginals


class HomogeneityTest(NamedTuple):
    """Pearson's X² of two rows of counts.

    Attributes:
        statistic: X², without continuity correction. degrees_of_freedom: `groups` - 1.
        groups: number of groups compared. p_value: P(χ² > statistic); with one group, the two-sided exact p of the most

            common outcome against all others, and 1 where there is one outcome.
        shares: part of X² from each group, in the order of the groups; they sum to X².
    """

    statistic: float
    degrees_of_freedom: int
    groups: int
    p_value: float
    shares: tuple[float, ...] = ()


def homogeneity_test(
    reference_counts: ArrayLike, current_counts: ArrayLike, *, labels: Sequence[str] | None = None,
    grouped: bool = True,
) -> HomogeneityTest:  # fmt: skip
    """Returns the test that two samples come from one distribution; exchanging the samples gives the same number.

    Args:
        reference_counts, current_counts: observations of each outcome, shape (k,), both aligned.
        labels: names of the outcomes, by which outcomes of equal pooled count are ordered before they are merged; None
            if the outcomes stand in an order of their own, such as bins.
        grouped: False for cells that were chosen before the counts were seen, such as bins between quantiles of
            the reference, which merging by counts would bias.

    Raises:
        ValueError: a sample has no observation.
    """
    x, y = np.asarray(reference_counts, dtype=np.float64), np.asarray(current_counts, dtype=np.float64)
    pooled = x + y
    seen = np.flatnonzero(pooled)
    n, m = float(x.sum()), float(y.sum())
    if not n > 0 or not m > 0:
        raise ValueError("a sample without an observation cannot be tested")
    reference, x, y = x, x[seen], y[seen]
    names = None if labels is None else [labels[at] for at in seen.tolist()]
    if grouped:
        group = rare_groups(pooled[seen], min(n, m) / (n + m), names)
        x, y = (np.bincount(group, each).astype(np.float64) for each in (x, y))
    if x.size < 2:
        exact = _common_against_others(pooled[seen], reference[seen], n, names) if grouped else 1.0
        return HomogeneityTest(0.0, 0, 1, exact, (0.0,))
    shares: list[float] = ((x / n - y / m) ** 2 * (n * (m / (x + y)))).tolist()
    statistic = fsum(shares)
    freedom = len(shares) - 1
    return HomogeneityTest(statistic, freedom, len(shares), chi_squared_sf(statistic, freedom), tuple(shares))


def relabelled_p_value(
    x: ArrayLike, y: ArrayLike, relabellings: int, seed: int, labels: Sequence[str] | None = None, *,
    grouped: bool = True, enough: int | None = None,
) -> float:  # fmt: skip
    """Returns the p-value of the same X² by random relabelling: (1 + how many are as large)/(1 + relabellings).

    Args:
        x, y: counts by outcome, shape (k,). seed: the same seed gives the same p. grouped: as in `homogeneity_test`.
        enough: number of statistics at least as large after which the search stops early; after L relabellings p is
            then enough/L (Besag and Clifford 1991, Biometrika 78:301).

    Raises:
        UsageError: there are more observations than numpy can relabel.
    """
    counts = [np.asarray(each).astype(np.int64) for each in (x, y)]
    pooled = counts[0] + counts[1]
    seen = np.flatnonzero(pooled)
    names = None if labels is None else [labels[at] for at in seen.tolist()]
    n, m = int(counts[0].sum()), int(counts[1].sum())
    if n + m >= _TOO_MANY:
        raise UsageError(
            f"random relabelling takes fewer than {_TOO_MANY:,} observations, and there are {n + m:,}",
            hint="leave it out: with this many observations, p from χ² is as accurate",
        )
    group = np.arange(seen.size)
    if grouped:
        group = rare_groups(pooled[seen].astype(np.float64), min(n, m) / (n + m), names)
    if not group.any() and seen.size > 1:
        group[_by_frequency(pooled[seen], names)[-1]] = 1
    of_p, in_all = (np.bincount(group, each[seen]) for each in (counts[0], pooled))
    generator = np.random.default_rng(seed)
    least = _spread(of_p[np.newaxis], in_all, n)[0] * (1 - 1e-12)  # equal tables have equal X²
    as_large, left = 0, relabellings
    while left:
        some = min(left, max(1, (1_000_000 if enough is None else 10_000) // len(in_all)))
        drawn = generator.multivariate_hypergeometric(in_all.astype(np.int64), n, size=some, method="marginals")
        found = np.flatnonzero(_spread(drawn, in_all, n) >= least)
        if enough is not None and as_large + found.size >= enough:
            return enough / (relabellings - left + int(found[enough - as_large - 1]) + 1)
        as_large += found.size
        left -= some
    return (1 + as_large) / (1 + relabellings)


def _spread(of_p: Array | Index, pooled: Array | Index, n: int) -> Array:
    """Returns X², up to a factor, of tables with these counts in P, shape (tables, groups)."""
    total = pooled.sum()
    return np.asarray(((of_p - pooled * (n / total)) ** 2 / pooled).sum(axis=-1))


def rare_groups(pooled: Array, share: float, labels: Sequence[str] | None = None) -> Index:
    """Returns the group of each outcome, from 0, shape (k,): groups expect at least 5 in the smaller sample.

    Args:
        pooled: counts of both samples together, each positive. share: part of all observations in the smaller sample.
        labels: order of outcomes of equal pooled count; their position if None.
    """
    order = _by_frequency(pooled, labels)
    expected = (pooled[order] * share).tolist()
    group: Index = np.empty(pooled.size, dtype=np.intp)
    numbers, number, held = [], 0, 0.0
    for each in expected:
        numbers.append(number)
        held += each
        if held >= LEAST_EXPECTED:
            number, held = number + 1, 0.0
    last = max(number - 1, 0)  # what is left over joins the last whole group
    group[order] = np.minimum(numbers, last)
    return group


def _by_frequency(pooled: Array | Index, labels: Sequence[str] | None) -> Index:
    """Returns the indices of the outcomes, the rarest first; equal counts in the order of labels, or of position."""
    return np.argsort(pooled, kind="stable") if labels is None else np.lexsort((np.asarray(labels, str), pooled))


def _common_against_others(pooled: Array, of_p: Array, n: float, labels: Sequence[str] | None) -> float:
    """Returns twice the smaller tail of Fisher's exact test, at most 1 (Fisher 1935).

    Args:
        pooled, of_p: counts of both samples together and of the sample of P, shape (k,). n: observations of P.
    """
    common = _by_frequency(pooled, labels)[-1]
    found, drawn, marked, total = (round(float(each)) for each in (of_p[common], n, pooled[common], pooled.sum()))
    upper = hypergeometric_tail(found, drawn, marked, total)
    lower = hypergeometric_tail(drawn - found, drawn, total - marked, total)
    return min(1.0, 2 * min(upper, lower))


def hypergeometric_tail(found: int, drawn: int, marked: int, total: int) -> float:
    """Returns P(X >= found): Fisher's exact tail of a 2×2 table, relative error about 1e-13.

    X is the number of marked among `drawn` observations out of `total`, of which `marked` are marked.
    """
    lowest, highest = max(0, drawn + marked - total), min(drawn, marked)
    if found <= lowest:
        return 1.0
    if found > highest:
        return 0.0
    mean = drawn * (marked / total)
    if found <= mean:  # the shorter side, and no cancellation in the longer
        return 1 - hypergeometric_tail(drawn - found + 1, drawn, total - marked, total)
    total_of_ratios = ratio = 1.0
    for x in range(found, highest):
        ratio *= (drawn - x) * (marked - x) / ((x + 1) * (total - drawn - marked + x + 1))
        total_of_ratios += ratio
        if ratio < 2.0**-55 * total_of_ratios:
            break
    return min(_hypergeometric(found, drawn, marked, total) * total_of_ratios, 1.0)


def _hypergeometric(x: int, drawn: int, marked: int, total: int) -> float:
    """Returns P(X = x) as a ratio of three binomial probabilities of p = drawn/total (Loader 2000)."""
    p = drawn / total
    logarithm = _log_binomial(x, marked, p) + _log_binomial(drawn - x, total - marked, p)
    return exp(logarithm - _log_binomial(drawn, total, p))


def _log_binomial(x: int, n: int, p: float) -> float:
    if x == 0 or x == n:
        return n * (log(1 - p) if x == 0 else log(p)) if 0 < p < 1 else 0.0
    errors = stirling_error(n) - stirling_error(x) - stirling_error(n - x)
    deviances = deviance(x, n * p) + deviance(n - x, n * (1 - p))
    return errors - deviances - log(sqrt(2 * pi * x * ((n - x) / n)))
