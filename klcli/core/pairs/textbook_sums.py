"""A block of masses, and the sums over its outcomes that the textbook's formulas are made of.

Of many rows each sum is taken as numpy takes it: fast, but 6e-16 of Σ|terms| wrong where outcomes are alike. So there
the terms of a logarithm are made of one sign first: Σ p·log(q/p) is Σ (p·log(q/p) - (q - p)), and Q - P.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from klcli.core.arithmetic.parallel import Workspace, added, inner
from klcli.core.arithmetic.summation import row_inner
from klcli.core.arithmetic.types import Array, Index
from klcli.core.pairs.scaling import every
from klcli.support.lazy import lazy

__all__ = [
    "Sum",
    "TextbookBlock",
    "absolute_difference",
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

Sum = Callable[["TextbookBlock"], Array]


class TextbookBlock:
    """A block of masses, and what several sums have in common; arrays have shape (..., block).

    Attributes:
        p, q: the masses, scaled. p_by_q: P/Q, shape (..., 1), or 1.
        rooms: for results.
        drift: Q - P of whole rows, shape (..., 1); None for a block of one distribution.
        difference: q - p, where it is known better than from these.
        keeps_ratio: whether a sum takes the ratio; else what is made of it takes its room.
    """

    def __init__(
        self,
        p: Array,
        q: Array,
        p_by_q: Array | float,
        workspace: Workspace,
        total_difference: Array | None = None,
        *,
        difference: Array | None = None,
        keeps_ratio: bool,
    ) -> None:
        self.p, self.q, self.p_by_q, self._workspace, self.total_difference = p, q, p_by_q, workspace, total_difference
        self.keeps_ratio = keeps_ratio
        if difference is not None:
            self.__dict__["difference"] = difference

    def buffer(self, name: str) -> Array:
        """An array of the shape of p, for a result."""
        return self._workspace.like(name, self.p)

    def inner(self, a: Array, b: Array) -> Array:
        """Partial sums of a·b."""
        return inner(a, b, buffer=None if self.p.ndim == 1 else self.buffer("terms"))

    def log_inner(self, mass: Array, logarithm: Array) -> Array:
        """Partial sums of mass·logarithm, of either mass with log(q/p)."""
        if self.total_difference is None:
            return self.inner(mass, logarithm)
        if mass is self.p:
            rise = np.subtract(self.ratio, 1.0, out=self.buffer("terms") if self.keeps_ratio else self.ratio)
            return row_inner(mass, np.subtract(logarithm, rise, out=rise)) + self.total_difference
        terms = np.multiply(mass, logarithm, out=self.buffer("terms"))
        return added(np.subtract(terms, self.difference, out=terms)) + self.total_difference

    @lazy
    def difference(self) -> Array:
        """q - p."""
        return np.subtract(self.q, self.p, out=self.buffer("difference"))

    @lazy
    def contrast(self) -> tuple[Array, float, Index]:
        """(q - p)/(p + q) where that is within 1/3, else 0; its largest size; and where it is beyond."""
        buffer = self.buffer("contrast")
        contrast = np.divide(self.difference, np.add(self.p, self.q, out=buffer), out=buffer)
        largest = float(max(-np.minimum.reduce(contrast), np.maximum.reduce(contrast)))
        if not largest > _NEAR:
            return contrast, largest, _NOWHERE
        far = np.flatnonzero(np.abs(contrast) > _NEAR)
        contrast[far] = 0.0
        return contrast, _NEAR, far

    @lazy
    def ratio(self) -> Array:
        """q/p."""
        return np.divide(self.q, self.p, out=self.buffer("ratio"))

    @lazy
    def log_ratio(self) -> Array:
        is_last = self.total_difference is None and not self.keeps_ratio  # of rows the rise is made of it
        return np.log(self.ratio, out=self.ratio if is_last else self.buffer("log_ratio"))

    @lazy
    def log_p(self) -> Array:
        return np.log(self.p, out=self.buffer("log_p"))

    @lazy
    def level_q(self) -> Array:
        """q·P/Q, whose total is P."""
        return self.q if every(self.p_by_q == 1) else np.multiply(self.q, self.p_by_q, out=self.buffer("level_q"))


def p_log_ratio(block: TextbookBlock) -> Array:
    """Σ p·log(q/p)."""
    return block.log_inner(block.p, block.log_ratio)


def q_log_ratio(block: TextbookBlock) -> Array:
    """Σ q·log(q/p)."""
    return block.log_inner(block.q, block.log_ratio)


def p_log_p(block: TextbookBlock) -> Array:
    """Σ p·log p."""
    return block.inner(block.p, block.log_p)


def q_log_p(block: TextbookBlock) -> Array:
    """Σ q·log p."""
    return block.inner(block.q, block.log_p)


def log_mixture(block: TextbookBlock) -> Array:
    """Σ (p + q')·log((p + q')/2p), for q' = q·P/Q."""
    buffer = block.buffer("mixture")
    np.subtract(np.multiply(block.ratio, block.p_by_q, out=buffer), 1.0, out=buffer)
    logarithm = np.log1p(np.multiply(buffer, 0.5, out=buffer), out=buffer)  # q'/p - 1 is exact where q' is near p
    both = np.add(block.p, block.level_q, out=block.buffer("sum"))
    if block.total_difference is None:
        return block.inner(both, logarithm)
    terms = np.multiply(both, logarithm, out=logarithm)
    terms -= np.subtract(block.level_q, block.p, out=both)  # which add up to 0
    return added(terms)


def root_p_q(block: TextbookBlock) -> Array:
    """Σ √(p·q)."""
    return block.inner(block.p, np.sqrt(block.ratio, out=block.buffer("root")))


def q_ratio(block: TextbookBlock) -> Array:
    """Σ q²/p."""
    return block.inner(block.q, block.ratio)


def p_by_ratio(block: TextbookBlock) -> Array:
    """Σ p²/q."""
    return block.inner(block.p, np.divide(block.p, block.q, out=block.buffer("inverse")))


def absolute_difference(block: TextbookBlock) -> Array:
    """Σ |p - q·P/Q|."""
    difference = np.subtract(block.p, block.level_q, out=block.buffer("terms"))
    return added(np.abs(difference, out=difference))


_NEEDS_RATIO = frozenset({log_mixture, root_p_q, q_ratio})


def keeps_ratio(sums: tuple[Sum, ...]) -> bool:
    """Returns True if one of these sums uses the ratio itself."""
    return not _NEEDS_RATIO.isdisjoint(sums)


def summing(sums: tuple[Sum, ...]) -> Callable[..., list[Array]]:
    """Returns a function, for one thread, of the scaled masses of a block, P/Q and the difference: the partial sums."""
    workspace, keeps = Workspace(), keeps_ratio(sums)

    def sum_up(p: Array, q: Array, p_by_q: Any, difference: Array | None = None) -> list[Array]:
        block = TextbookBlock(p, q, p_by_q, workspace, difference=difference, keeps_ratio=keeps)
        return [each(block) for each in sums]

    return sum_up
