"""Chance that a second sample goes beyond the least, or the largest, value of a first."""

from math import exp, lgamma

__all__ = ["beyond_extreme_p_value"]


def beyond_extreme_p_value(beyond: int, size: int, reference: int) -> float:
    """Returns the chance that at least `beyond` of `size` values lie below the least of `reference` others.

    All values are independent draws of one distribution, so each order of them is as likely: the lowest `beyond` are
    all of the second sample in C(n + m − k, n) of C(n + m, n) cases. Ties make it an upper bound.

    Args:
        beyond, size, reference: k of m values beyond the extreme of n.
    """
    k, m, n = beyond, size, reference
    return exp(lgamma(m + 1) - lgamma(m - k + 1) + lgamma(n + m - k + 1) - lgamma(n + m + 1))
