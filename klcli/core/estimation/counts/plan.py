"""Sizes of samples: how many observations certify that a divergence is small, where P = Q."""

from math import ceil

from klcli.core.estimation.counts.noncentral_chi_squared import noncentrality_at

__all__ = ["observations_needed", "smallest_upper_end"]


def observations_needed(limit: float, labels: int, level: float = 0.95) -> int:
    """Returns the observations a side for which the upper end of the KL is typically at most `limit` nats if P = Q.

    Args:
        limit: above 0. labels: or bins, at least 2. level: of the one-sided end.
    """
    return ceil(_noncentrality(labels, level) / limit)


def smallest_upper_end(n: int, m: int, labels: int, level: float = 0.95) -> float:
    """Returns the typical one-sided upper end of the KL, in nats, for two samples of one distribution."""
    return _noncentrality(labels, level) * (1 / n + 1 / m) / 2


def _noncentrality(labels: int, level: float) -> float:
    """Returns the λ with P(χ²_ν(λ) <= ν) = 1 - level, the upper end of an estimate of 0 or less: half of all at P = Q.

    The degrees of freedom of the pivot are close to the number of labels, which stands for them here.
    """
    return noncentrality_at(labels, labels, 1 - level)
