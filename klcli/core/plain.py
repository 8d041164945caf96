"""The sums of the textbook, in one pass: the fast way to a value, and right where it is not small beside its terms.

A sum such as Σ p·log(q/p) has terms of both signs whose magnitudes add up to about 1, each wrong by a rounding. Where
the value is well above these (`Plain.trusted`), that is 1e-15 of it at most, and far less for many outcomes, as their
roundings cancel. Where it is below, or a mass is 0 or so small that a ratio may leave the doubles, the value is not
trusted, and the exact way is taken (`exact`).

The masses are scaled by powers of 2, which is exact, so that their totals P and Q are near 1, and every measure is
written with the totals: no mass is divided.

Sums that are known from an earlier pass over the same masses, whose units are 1, are not taken again (`survey`).

Of many rows each sum is taken as numpy takes it: fast, but 6e-16 of Σ|terms| wrong where outcomes are alike. So there
the terms of a logarithm are made of one sign first: Σ p·log(q/p) is Σ (p·log(q/p) - (q - p)), and Q - P.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from klcli.core.blocks import BLOCK, Rooms, added, each_block, inner, total
from klcli.core.error_free import Array
from klcli.core.lazy import lazy
from klcli.core.pair import Index
from klcli.core.row_sums import row_inner
from klcli.core.scaled import Scaled, every

__all__ = [
    "NEEDS_TOTALS",
    "PROBE",
    "Plain",
    "PlainBlock",
    "Sum",
    "absolute_gap",
    "likely",
    "log_mixture",
    "p_by_ratio",
    "p_log_p",
    "p_log_ratio",
    "plain_values",
    "q_log_p",
    "q_log_ratio",
    "q_ratio",
    "root_p_q",
    "summing",
    "sums_of",
]

PROBE = 2048  # outcomes that are tried first
_PROBED = 2 * BLOCK  # from so many on
_NEAR = 1 / 3  # q/p in [1/2, 2]: there q - p is exact, and the series are short
_NOWHERE: Index = np.empty(0, dtype=np.intp)

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
        keeps_ratio: whether a sum takes the ratio; else its logarithm takes its room.
    """

    def __init__(
        self,
        p: Array,
        q: Array,
        p_by_q: Array | float,
        rooms: Rooms,
        drift: Array | None = None,
        *,
        keeps_ratio: bool = True,
    ) -> None:
        self.p, self.q, self.p_by_q, self._rooms, self.drift = p, q, p_by_q, rooms, drift
        self.keeps_ratio = keeps_ratio

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
        if mass is self.p:
            rise = np.subtract(self.ratio, 1.0, out=self.room("terms"))
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
        return np.log(self.ratio, out=self.room("log_ratio") if self.keeps_ratio else self.ratio)

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


def likely(chosen: Mapping[str, Plain], p: Array, q: Array) -> dict[str, Plain]:
    """Returns those whose value for the first outcomes, as if these were all, does not rule out that it is trusted."""
    if not chosen:
        return {}
    p, q = p[..., :PROBE], q[..., :PROBE]
    total_p, total_q = (np.sum(side, axis=-1, keepdims=side.ndim > 1) for side in (p, q))
    hopeful = {name: plain._replace(trusted=plain.trusted / 4) for name, plain in chosen.items()}
    values = plain_values(hopeful, Scaled(p, q, 1.0, 1.0, total_p, total_q, True))
    return {name: chosen[name] for name, value in values.items() if every(value < np.inf)}


def plain_values(chosen: Mapping[str, Plain], masses: Scaled, known: Mapping[Sum, Any] | None = None) -> dict[str, Any]:
    """Returns the values that can be trusted, by name; those of shape (...) only where all can.

    Args:
        masses: full.
        known: sums of the masses as they are given.
    """
    values = {}
    if known and masses.are_as_given:
        ready = {name: plain for name, plain in chosen.items() if known.keys() >= set(plain.sums)}
        values = _trusted(ready, masses, known, {})
        chosen = {name: plain for name, plain in chosen.items() if name not in ready}
    if chosen and masses.p.shape[-1] > _PROBED:
        chosen = likely(chosen, masses.p, masses.q)
    if not chosen:
        return values
    sums = sums_of(chosen)
    partial = _partial_sums(sums, masses)
    found = {each: total(parts) for each, parts in zip(sums, zip(*partial, strict=True), strict=True)}
    return values | _trusted(chosen, masses, found, dict(zip(sums, partial[0], strict=True)))


def _trusted(
    chosen: Mapping[str, Plain], masses: Scaled, sums: Mapping[Sum, Any], terms: Mapping[Sum, Array]
) -> dict[str, Any]:
    """The values that can be trusted; the terms are the first partial sums, where they are at hand."""
    totals = [each[..., 0] if isinstance(each, np.ndarray) else each for each in (masses.total_p, masses.total_q)]
    values = {}
    for name, plain in chosen.items():
        value = plain.value(*totals, *(sums[each] for each in plain.sums))
        least = plain.trusted
        if terms and not every(value >= least):
            least = plain.least_trusted(terms[plain.sums[0]], masses.p.shape[-1])
        if every(value >= least):
            values[name] = value
    return values


def _partial_sums(sums: tuple[Sum, ...], masses: Scaled) -> list[list[Array]]:
    """Those of each block, in the order of the sums; floating-point errors may be reported."""
    outcomes = masses.p.shape[-1]
    p_by_q = 1.0 if every(masses.total_p == masses.total_q) else masses.total_p / masses.total_q
    if outcomes <= BLOCK:
        return [summing(sums)(*masses.block(slice(outcomes)), p_by_q)]

    def begin() -> Callable[[slice], list[Array]]:
        sum_up = summing(sums)
        return lambda where: sum_up(*masses.block(where), p_by_q)

    return each_block(outcomes, begin)


def summing(sums: tuple[Sum, ...]) -> Callable[[Array, Array, Any], list[Array]]:
    """Returns a function for one thread from the scaled masses of a block, and P/Q, to the partial sums."""
    rooms, keeps_ratio = Rooms(), not _NEEDS_RATIO.isdisjoint(sums)

    def sum_up(p: Array, q: Array, p_by_q: Any) -> list[Array]:
        block = PlainBlock(p, q, p_by_q, rooms, keeps_ratio=keeps_ratio)
        return [each(block) for each in sums]

    return sum_up


def sums_of(chosen: Mapping[str, Plain]) -> tuple[Sum, ...]:
    """Returns the sums that these take, each once."""
    return tuple(dict.fromkeys(each for plain in chosen.values() for each in plain.sums))
