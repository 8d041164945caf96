"""The mass that one sample has on labels that the other never shows: how much of it chance alone explains."""

from collections.abc import Sequence
from math import exp, lgamma

import numpy as np

from klcli.core.arithmetic.types import Array

__all__ = ["unseen_p_value"]

_HALVINGS = 50  # of the interval of the exponent: far below what a p-value shows


def unseen_p_value(p: Sequence[int], q: Sequence[int], further: int = 0) -> float:
    """Returns the p-value of what Q has on labels that P lacks: at most x with a probability of at most x.

    If both samples are of one population, each way to deal the pooled observations out to P and Q is as likely. Many
    rare labels then fall to Q alone, so that Fisher's test of their sum, chosen after they were seen to be missing,
    would nearly always find a difference. Here the labels are weighed one by one: with t observations in all, a label
    is absent from P with probability C(N - t, n) / C(N, n), Fisher's one-sided p-value. Two questions are asked, and
    the smaller p-value is doubled. Is all that P lacks too much? Absences are negatively associated (Joag-Dev and
    Proschan, Annals of Statistics 11, 1983), so Chernoff's bound for independent ones holds. Is one new label too
    frequent? The probabilities of all labels as frequent are added.

    Args:
        p, q: Counts of each label, shape (n,). further: Observations of Q on labels that P lacks and that are not told
            apart; each counts as a label of its own, which chance explains best.
    """
    n, m = sum(p), sum(q) + further
    new = [b for a, b in zip(p, q, strict=True) if a == 0 and b] + [1] * bool(further)
    if not new or not n:
        return 1.0
    found = sum(new) + max(0, further - 1)
    sizes: dict[int, int] = {1: further} if further else {}
    for a, b in zip(p, q, strict=True):
        if 0 < a + b <= m:
            sizes[a + b] = sizes.get(a + b, 0) + 1
    size = np.array(list(sizes), dtype=np.float64)
    count = np.array(list(sizes.values()), dtype=np.float64)
    # the bound holds exactly, and keeps what rounding leaves of a difference of large logarithms below 0
    bound = size * np.log1p(-n / (n + m))
    log_absent = np.minimum(bound, [_log_choose(n + m - each, n) - _log_choose(n + m, n) for each in sizes])
    of_one = float(np.sum((count * np.exp(log_absent))[size >= max(new)]))
    return min(1.0, 2 * min(of_one, _sum_bound(found, size, count, log_absent)))


def _sum_bound(found: int, size: Array, count: Array, log_absent: Array) -> float:
    """Returns Chernoff's bound of P(the sizes of absent labels sum to at least `found`); arrays of shape (n,)."""
    log_present = np.log(-np.expm1(log_absent))

    def mean(exponent: float) -> float:
        """The expected mass where each absence is weighed by exp(exponent · t)."""
        return float(np.sum(count * size / (1 + np.exp(log_present - log_absent - exponent * size))))

    with np.errstate(over="ignore"):
        if mean(0.0) >= found:
            return 1.0
        low, high = 0.0, float(np.max((log_present - log_absent) / size)) + 50.0  # there, all are absent
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if mean(middle) < found else (low, middle)
    log_moment = float(np.sum(count * np.logaddexp(log_present, log_absent + low * size)))
    return min(1.0, exp(log_moment - low * found))


def _log_choose(total: int, chosen: int) -> float:
    return lgamma(total + 1) - lgamma(chosen + 1) - lgamma(total - chosen + 1)
