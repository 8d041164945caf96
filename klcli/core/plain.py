"""The sums of the textbook, in one pass: the fast way to a value, and right where it is not small beside its terms.

A sum such as Σ p·log(q/p) has terms of both signs whose magnitudes add up to about 1, each wrong by a rounding. Where
the value is well above these (`Plain.trusted`), that is 1e-15 of it at most, and far less for many outcomes, as their
roundings cancel. Where it is below, or a mass is 0 or so small that a ratio may leave the doubles, the value is not
trusted, and the exact way is taken (`exact`).

The masses are scaled by powers of 2, which is exact, so that their totals P and Q are near 1, and every measure is
written with the totals: no mass is divided.

Of many rows each sum is taken as numpy takes it: fast, but 6e-16 of Σ|terms| wrong where outcomes are alike. So there
the terms of a logarithm are made of one sign first: Σ p·log(q/p) is Σ (p·log(q/p) - (q - p)), and Q - P.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from klcli.core.blocks import BLOCK, Rooms, added, each_block, inner, total
from klcli.core.error_free import Array
from klcli.core.lazy import lazy
from klcli.core.scaled import Scaled, every

__all__ = [
    "Plain",
    "PlainBlock",
    "absolute_gap",
    "log_mixture",
    "p_by_ratio",
    "p_log_p",
    "p_log_ratio",
    "plain_values",
    "q_log_p",
    "q_log_ratio",
    "q_ratio",
    "root_p_q",
    "sums_of",
]


_PROBED = 8  # blocks from which one is tried first

Sum = Callable[["PlainBlock"], Array]


class Plain(NamedTuple):
    """A measure by its textbook sums.

    Attributes:
        value: maps P, Q and the sums to the value. sums: each maps a PlainBlock to its partial sums.
        trusted: from this value on, the roundings of the terms are within 1e-15 of it, if their sizes add up to 1.
        is_log_ratio: whether it is one sum of terms m·log(q/p). These are wrong by the rounding of the ratio, a part of
            m, and by those of the logarithm and the product, parts of the term: where the sizes of the terms, which are
            seen where they are few, add up to less than 1, a smaller value is as good.
    """

    value: Callable[..., Any]
    sums: tuple[Sum, ...]
    trusted: float = 0.35
    is_log_ratio: bool = False

    def least_trusted(self, terms: Array, outcomes: int) -> float:
        """Returns from which value on this one is trusted.

        Args:
            terms: the first partial sums of the first of the sums, which are its terms if they are as many as outcomes.
        """
        if not self.is_log_ratio or terms.shape != (outcomes,):
            return self.trusted
        return self.trusted * min(1.0, (1 + 3 * float(np.add.reduce(np.abs(terms)))) / 4)


class PlainBlock:
    """A block of masses, and what several sums have in common; arrays have shape (..., block).

    Attributes:
        p, q: the masses, scaled. p_by_q: P/Q, shape (..., 1), or 1.
        rooms: for results.
        drift: Q - P of whole rows, shape (..., 1); None for a block of one distribution.
    """

    def __init__(self, p: Array, q: Array, p_by_q: Array | float, rooms: Rooms, drift: Array | None = None) -> None:
        self.p, self.q, self.p_by_q, self._rooms, self.drift = p, q, p_by_q, rooms, drift

    def room(self, name: str) -> Array:
        """An array of the shape of p, for a result."""
        return self._rooms.like(name, self.p)

    def inner(self, a: Array, b: Array) -> Array:
        """Partial sums of a·b."""
        return inner(a, b, room=self.room("terms"))

    def log_inner(self, mass: Array, logarithm: Array) -> Array:
        """Partial sums of mass·logarithm, of either mass with log(q/p)."""
        if self.drift is None:
            return self.inner(mass, logarithm)
        terms = np.multiply(mass, logarithm, out=self.room("terms"))
        return added(np.subtract(terms, self.gap, out=terms)) + self.drift

    @lazy
    def gap(self) -> Array:
        """q - p."""
        return np.subtract(self.q, self.p, out=self.room("gap"))

    @lazy
    def ratio(self) -> Array:
        """q/p."""
        return np.divide(self.q, self.p, out=self.room("ratio"))

    @lazy
    def log_ratio(self) -> Array:
        return np.log(self.ratio, out=self.room("log_ratio"))

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


def _likely(chosen: Mapping[str, Plain], masses: Scaled) -> Mapping[str, Plain]:
    """Those whose value for the first block, as if it were all, does not rule out that it can be trusted."""
    first = Scaled.of(masses.p[..., :BLOCK], masses.q[..., :BLOCK])
    if first is None:
        return {}
    hopeful = {name: plain._replace(trusted=plain.trusted / 4) for name, plain in chosen.items()}
    return {name: chosen[name] for name in plain_values(hopeful, first)}


def plain_values(chosen: Mapping[str, Plain], masses: Scaled) -> dict[str, Any]:
    """Returns the values that can be trusted, by name; those of shape (...) only where all can."""
    if masses.is_full and masses.p.shape[-1] > _PROBED * BLOCK:
        chosen = _likely(chosen, masses)
    if not (masses.is_full and chosen):
        return {}
    sums = sums_of(chosen)
    total_p, total_q = masses.total_p, masses.total_q
    p_by_q = 1.0 if every(total_p == total_q) else total_p / total_q

    def begin() -> Callable[[slice], list[Array]]:
        rooms = Rooms()

        def add(where: slice) -> list[Array]:
            block = PlainBlock(*masses.block(where), p_by_q, rooms)
            return [each(block) for each in sums]

        return add

    found = each_block(masses.p.shape[-1], begin)
    total_of = {each: total(parts) for each, parts in zip(sums, zip(*found, strict=True), strict=True)}
    totals = [each[..., 0] if isinstance(each, np.ndarray) else each for each in (total_p, total_q)]
    values = {}
    for name, plain in chosen.items():
        value = plain.value(*totals, *(total_of[each] for each in plain.sums))
        terms = found[0][sums.index(plain.sums[0])]
        if every(value >= plain.trusted) or every(value >= plain.least_trusted(terms, masses.p.shape[-1])):
            values[name] = value
    return values


def sums_of(chosen: Mapping[str, Plain]) -> tuple[Sum, ...]:
    """Returns the sums that these take, each once."""
    return tuple(dict.fromkeys(each for plain in chosen.values() for each in plain.sums))
