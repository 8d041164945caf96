"""Normalised pairs, block by block, in the cheapest arithmetic that keeps every digit."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from klcli.core.arithmetic.double_double_log import logarithm
from klcli.core.arithmetic.parallel import blocks
from klcli.core.arithmetic.types import Array
from klcli.core.pairs.double_double_pair import DoubleDoublePair
from klcli.core.pairs.float64_pair import Float64Pair
from klcli.core.pairs.log_pair import LogPair
from klcli.core.pairs.pair import Pair
from klcli.core.pairs.scaling import MinsAndSums, ScaledMasses, every
from klcli.core.pairs.unsmoothed import Unsmoothed

__all__ = ["NormalisedPair", "normalised_pair", "pairs"]


class NormalisedPair(Protocol):
    """Two normalised distributions: quantities of all outcomes, from which each block is made."""

    def block(self, where: slice) -> Pair: ...


def normalised_pair(
    p: Array,
    q: Array,
    *,
    log_p: Array | None = None,
    log_q: Array | None = None,
    known: MinsAndSums | None = None,
    one_by_one: bool = False,
) -> NormalisedPair:
    """Returns two normalised distributions, in the cheapest arithmetic that keeps every digit.

    Args:
        p, q: masses, shape (..., k), not negative, each with a total above 0.
        log_p, log_q: the logarithms of the masses, where these are what is known (logits); shape (..., k). Where one
            side has them, both are compared by logarithm: those of masses are taken in twice the digits.
        known: the smallest mass and the total of p, and those of q, where they are known.
        one_by_one: whether each difference is to have its own last digits, not only all of them together.
    """
    if log_p is not None or log_q is not None:
        return LogPair(logarithm(p) if log_p is None else log_p, logarithm(q) if log_q is None else log_q)
    if one_by_one:
        return DoubleDoublePair(p, q)
    scaled = ScaledMasses.of(p, q, known)
    cheap = Float64Pair(scaled) if scaled else None
    return cheap if cheap and every(cheap.is_accurate) else DoubleDoublePair(p, q)


def pairs(
    p: Array, q: Array, *, log_p: Array | None = None, log_q: Array | None = None, unsmoothed: Unsmoothed | None = None
) -> Iterator[Pair]:
    """Yields a Pair for each block of outcomes.

    Args:
        p, q, log_p, log_q: as for `normalised_pair`.
        unsmoothed: what p and q were, where they are smoothed, and so rounded.
    """
    with np.errstate(all="ignore"):
        found = unsmoothed.whole if unsmoothed else normalised_pair(p, q, log_p=log_p, log_q=log_q)
        for where in blocks(p.shape[-1]):
            yield found.block(where)
