"""A block of masses, and the sums over its outcomes that the textbook's formulas are made of.

Of many rows each sum is taken as numpy takes it: fast, but 6e-16 of Σ|terms| wrong where outcomes are alike. So there
the terms of a logarithm are made of one sign first: Σ p·log(q/p) is Σ (p·log(q/p) - (q - p)), and Q - P.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from klcli.core.arithmetic.parallel import Rooms, added, inner
from klcli.core.arithmetic.summation import row_inner
from klcli.core.arithmetic.types import Array, Index
from klcli.core.pairs.scaling import every
from klcli.support.lazy import lazy

__all__ = [
    "NEEDS_TOTALS",
    "PlainBlock",
    "Sum",
    "absolute_gap",
    "keeps_ratio",
    "log_mixture",
    "p_by_ratio",
    "p_log_p",
    "p_log_ratio",
    "q_log_p",
    "q_log_ratio",
    "q_ratio",
    "root_p_q",
    "summing",
]

_NEAR = 1 / 3  # q/p in [1/2, 2]: there q - p is exact, and the series are short
_NOWHERE: Index = np.empty(0, dtype=np.intp)

Sum = Callable[["PlainBlock"], Array]


class PlainBlock:
    """A block of masses, and what several sums have in common; arrays have shape (..., block).

    Attributes:
        p, q: the masses, scaled. p_by_q: P/Q, shape (..., 1), or 1.
        rooms: for results.
        drift: Q - P of whole rows, shape (..., 1); None for a block of one distribution.
        gap: q - p, where it is known better than from these.
        keeps_ratio: whether a sum takes the ratio; else what is made of it takes its room.
    """

    def __init__(
        self,
        p: Array,
        q: Array,
        p_by_q: Array | float,
        rooms: Rooms,
        drift: Array | None = None,
        *,
        gap: Array | None = None,
        keeps_ratio: bool,
    ) -> None:
        self.p, self.q, self.p_by_q, self._rooms, self.drift = p, q, p_by_q, rooms, drift
        self.keeps_ratio = keeps_ratio
        if gap is not None:
            self.__dict__["gap"] = gap

    def room(self, name: str) -> Array:
        """An array of the shape of p, for a result."""
        return self._rooms.like(name, self.p)

    def inner(self, a: Array, b: Array) -> Array:
        """Partial sums of a·b."""
        return inner(a, b, room=None if self.p.ndim == 1 else self.room("terms"))

    def log_inner(self, mass: Array, logarithm: Array) -> Array:
        """Partial sums of mass·logarithm, of either mass with log(q/p)."""
        if self.drift is None:
            return self.inner(mass, logarithm)
        if mass is self.p:
            rise = np.subtract(self.ratio, 1.0, out=self.room("terms") if self.keeps_ratio else self.ratio)
            return row_inner(mass, np.subtract(logarithm, rise, out=rise)) + self.drift
        terms = np.multiply(mass, logarithm, out=self.room("terms"))
        return added(np.subtract(terms, self.gap, out=terms)) + self.drift

    @lazy
    def gap(self) -> Array:
        """q - p."""
        return np.subtract(self.q, self.p, out=self.room("gap"))

    @lazy
    def contrast(self) -> tuple[Array, float, Index]:
        """(q - p)/(p + q) where that is within 1/3, else 0; its largest size; and where it is beyond."""
        room = self.room("contrast")
        contrast = np.divide(self.gap, np.add(self.p, self.q, out=room), out=room)
        largest = float(max(-np.minimum.reduce(contrast), np.maximum.reduce(contrast)))
        if not largest > _NEAR:
            return contrast, largest, _NOWHERE
        far = np.flatnonzero(np.abs(contrast) > _NEAR)
        contrast[far] = 0.0
        return contrast, _NEAR, far

    @lazy
    def ratio(self) -> Array:
        """q/p."""
        return np.divide(self.q, self.p, out=self.room("ratio"))

    @lazy
    def log_ratio(self) -> Array:
        is_last = self.drift is None and not self.keeps_ratio  # of rows the rise is made of it
        return np.log(self.ratio, out=self.ratio if is_last else self.room("log_ratio"))

    @lazy
    def log_p(self) -> Array:
        return np.log(self.p, out=self.room("log_p"))

    @lazy
    def level_q(self) -> Array:
        """q·P/Q, whose total is P."""
        return self.q if every(self.p_by_q == 1) else np.multiply(self.q, self.p_by_q, out=self.room("level_q"))


def p_log_ratio(block: PlainBlock) -> Array:
    """Σ p·log(q/p)."""
    return block.log_inner(block.p, block.log_ratio)


def q_log_ratio(block: PlainBlock) -> Array:
    """Σ q·log(q/p)."""
    return block.log_inner(block.q, block.log_ratio)


def p_log_p(block: PlainBlock) -> Array:
    """Σ p·log p."""
    return block.inner(block.p, block.log_p)


def q_log_p(block: PlainBlock) -> Array:
    """Σ q·log p."""
    return block.inner(block.q, block.log_p)


def log_mixture(block: PlainBlock) -> Array:
    """Σ (p + q')·log((p + q')/2p), for q' = q·P/Q."""
    room = block.room("mixture")
    np.subtract(np.multiply(block.ratio, block.p_by_q, out=room), 1.0, out=room)
    logarithm = np.log1p(np.multiply(room, 0.5, out=room), out=room)  # q'/p - 1 is exact where q' is near p
    both = np.add(block.p, block.level_q, out=block.room("sum"))
    if block.drift is None:
        return block.inner(both, logarithm)
    terms = np.multiply(both, logarithm, out=logarithm)
    terms -= np.subtract(block.level_q, block.p, out=both)  # which add up to 0
    return added(terms)


def root_p_q(block: PlainBlock) -> Array:
    """Σ √(p·q)."""
    return block.inner(block.p, np.sqrt(block.ratio, out=block.room("root")))


def q_ratio(block: PlainBlock) -> Array:
    """Σ q²/p."""
    return block.inner(block.q, block.ratio)


def p_by_ratio(block: PlainBlock) -> Array:
    """Σ p²/q."""
    return block.inner(block.p, np.divide(block.p, block.q, out=block.room("inverse")))


def absolute_gap(block: PlainBlock) -> Array:
    """Σ |p - q·P/Q|."""
    gap = np.subtract(block.p, block.level_q, out=block.room("terms"))
    return added(np.abs(gap, out=gap))


NEEDS_TOTALS = frozenset({log_mixture, absolute_gap})  # the sums that take P/Q
_NEEDS_RATIO = frozenset({log_mixture, root_p_q, q_ratio})


def keeps_ratio(sums: tuple[Sum, ...]) -> bool:
    """Whether one of these sums takes the ratio itself."""
    return not _NEEDS_RATIO.isdisjoint(sums)


def summing(sums: tuple[Sum, ...]) -> Callable[..., list[Array]]:
    """Returns a function for one thread from the scaled masses of a block, P/Q and the gap to the partial sums."""
    rooms, keeps = Rooms(), keeps_ratio(sums)

    def sum_up(p: Array, q: Array, p_by_q: Any, gap: Array | None = None) -> list[Array]:
        block = PlainBlock(p, q, p_by_q, rooms, gap=gap, keeps_ratio=keeps)
        return [each(block) for each in sums]

    return sum_up
