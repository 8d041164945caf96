"""How much of the outcomes two samples of counts have seen, and how much an interval needs."""

from klcli.core.arithmetic.types import Array

__all__ = ["LEAST_COVERAGE", "LEAST_EACH", "coverage"]

LEAST_COVERAGE = 0.9  # below, the intervals were seen to cover less than they say
LEAST_EACH = 10  # observations a label and side; below, they cover 89 to 94 % instead of 95


def coverage(counts: Array) -> float:
    """Returns Good and Turing's estimate of the probability of the outcomes seen: 1 - (outcomes seen once)/n."""
    return 1 - float((counts == 1).sum()) / float(counts.sum())
