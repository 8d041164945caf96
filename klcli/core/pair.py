"""Two distributions on one support, normalised exactly, in the quantities from which every measure is computed.

The masses that come in sum to anything: they are counts, weights, probabilities that miss 1 by a rounding. Dividing
each by its total rounds, and where p is nearly q the rounding is all that is left of p - q. So the *gap* q - p of the
normalised masses is computed from the unnormalised ones in twice the digits (`error_free`), and each measure is
written in terms of p, q, the gap, and the logarithm of q/p that follows from the gap:

    contrast  s = (q - p)/(p + q)          log(q/p) = 2·atanh(s)

Both are right to the last digits however close the two distributions are.

Three traps that the obvious version falls into:
    - a total of 1e308-sized counts overflows, and 5e-324 has no reciprocal: all is scaled by powers of 2 first;
    - -log(p) of an outcome that holds nearly all the mass is log(1 + rest/p), with the rest summed by itself;
    - a mass that underflows when it is normalised still has a finite logarithm.
"""

from collections.abc import Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from klcli.core.error_free import Array, Double2, exact_sum, two_product, two_sum
from klcli.core.series import atanh_excess

__all__ = ["MAGNIFICATION", "Mask", "Pair", "pairs"]

Mask = NDArray[np.bool_]
Exponent = NDArray[np.int64]
Index = NDArray[np.intp]

MAGNIFICATION = 2.0**600  # lifts a mass of 5e-324 far above underflow; its square root is exact
BLOCK = 32_768  # outcomes a block: its arrays stay in the second-level cache
_NEAR = 1 / 3  # |contrast| up to here (q/p in [1/2, 2]) takes the series, beyond it the logarithm
_NORMAL = float(np.finfo(np.float64).smallest_normal)
_EPSILON = 2.0**-53
_NO_SHIFT = 1e-9  # below this the mean ratio of scores and that of the top outcome are the same, but for rounding
_LOG_2 = float(np.log(2.0))


def pairs(p: Array, q: Array, *, log_p: Array | None = None, log_q: Array | None = None) -> Iterator["Pair"]:
    """Yields a Pair for each block of outcomes.

    Args:
        p, q: masses, shape (..., k), not negative, each with a total above 0.
        log_p, log_q: the logarithms of the masses, where these are what is known (logits); shape (..., k). Where one
            side has them, both are compared by logarithm, so that scores that differ in the last digits, or whose
            exponential underflows, are compared as they stand.
    """
    p, q = np.broadcast_arrays(p, q)
    with np.errstate(all="ignore"):
        if log_p is None and log_q is None:
            whole: _Masses | _Logarithms = _Masses(p, q)
        else:
            whole = _Logarithms(np.log(p) if log_p is None else log_p, np.log(q) if log_q is None else log_q)
        for start in range(0, p.shape[-1], BLOCK):
            yield whole.block(slice(start, start + BLOCK))


class Pair:
    """A block of outcomes of two normalised distributions; all arrays have shape (..., block).

    Attributes:
        p, q: normalised masses.
        gap: q - p, to its own last digits.
        log_p, log_q: natural logarithms of the normalised masses, -inf where there is none.
        in_p, in_q: the supports, which underflow does not empty.
        contrast: (q - p)/(p + q), 0 where both are 0.
        log_ratio: log(q/p), 0 where both are 0, inf or -inf where one is.
    """

    p: Array
    q: Array
    gap: Array
    in_p: Mask
    in_q: Mask

    @cached_property
    def log_p(self) -> Array:
        raise NotImplementedError

    @cached_property
    def log_q(self) -> Array:
        raise NotImplementedError

    @cached_property
    def contrast(self) -> Array:
        contrast = self._contrast_of_gap()
        if self.is_lost is not None:
            contrast = np.where(self.is_lost, np.tanh(self.log_ratio_of_lost / 2), contrast)
        one_sided = self.in_p != self.in_q
        return np.where(one_sided, np.where(self.in_q, 1.0, -1.0), contrast) if one_sided.any() else contrast

    def _contrast_of_gap(self) -> Array:
        total = self.p + self.q
        return np.divide(self.gap, total, out=np.zeros_like(total), where=total > 0)

    @cached_property
    def near(self) -> Array:
        """The contrast where it is small enough for a series, else 0."""
        return self.contrast if self.is_far is None else np.where(self.is_far, 0.0, self.contrast)

    @cached_property
    def is_far(self) -> Mask | None:
        """Where the series do not reach; None if nowhere."""
        far = np.abs(self.contrast) > _NEAR
        return far if far.any() else None

    @cached_property
    def is_lost(self) -> Mask | None:
        """Where both have mass, but one has lost digits, or all, to underflow; None if nowhere."""
        lost = self.in_p & self.in_q & ((self.p < _NORMAL) | (self.q < _NORMAL))
        return lost if lost.any() else None

    @cached_property
    def log_ratio_of_lost(self) -> Array:
        """log(q/p) by another way than p and q; used where they are lost."""
        return self.log_q - self.log_p

    @cached_property
    def atanh_excess(self) -> Array:
        """(atanh(s) - s)/s³ of the near outcomes."""
        return atanh_excess(self.near * self.near)

    @cached_property
    def log_ratio(self) -> Array:
        s = self.near
        near = 2 * (s + s * (s * s) * self.atanh_excess)
        if self.is_far is None:
            return near
        far = np.log(self.q / self.p)
        if self.is_extreme is not None:
            far = np.where(self.is_extreme, self.log_ratio_of_lost, far)
        far = np.where(self.in_p == self.in_q, far, np.where(self.in_p, -np.inf, np.inf))
        return np.where(self.is_far, far, near)

    @cached_property
    def is_extreme(self) -> Mask | None:
        """Where both have mass, but q/p or p/q is no normal double, or a mass is lost; None if nowhere."""
        ratio = self.q / self.p
        extreme = self.in_p & self.in_q & ~((ratio >= _NORMAL) & (ratio <= 1 / _NORMAL))
        if self.is_lost is not None:
            extreme |= self.is_lost
        return extreme if extreme.any() else None

    @cached_property
    def swapped(self) -> "Pair":
        """The same pair with p and q exchanged."""
        return _Swapped(self)

    @cached_property
    def magnified(self) -> "Pair":
        """The same pair with p, q and the gap times MAGNIFICATION, before any of them underflows."""
        raise NotImplementedError


class _Swapped(Pair):
    def __init__(self, pair: Pair) -> None:
        self._pair = pair
        self.p, self.q, self.gap = pair.q, pair.p, -pair.gap
        self.in_p, self.in_q = pair.in_q, pair.in_p
        self.__dict__.update(contrast=-pair.contrast, near=-pair.near, is_far=pair.is_far, swapped=pair)

    @cached_property
    def magnified(self) -> Pair:
        return self._pair.magnified.swapped

    @cached_property
    def atanh_excess(self) -> Array:
        return self._pair.atanh_excess

    @cached_property
    def log_ratio(self) -> Array:
        return -self._pair.log_ratio

    @cached_property
    def log_p(self) -> Array:
        return self._pair.log_q

    @cached_property
    def log_q(self) -> Array:
        return self._pair.log_p


class _Masses:
    """What must be known of all the masses before a block of them can be normalised: scales and totals."""

    def __init__(self, p: Array, q: Array) -> None:
        self.p, self.q = _Scaled(p), _Scaled(q)
        # q is scaled to p's total, so that p nearly q gives q - p nearly 0, exactly (Sterbenz)
        self.q.scale_by(np.rint(np.log2(self.p.total.high / self.q.total.high)).astype(np.int64))
        excess = two_sum(self.q.values, -self.p.values)
        high, low = exact_sum(excess.high), exact_sum(excess.low)
        difference = two_sum(high.high, low.high)
        self.excess = Double2(difference.high, difference.low + high.low + low.low)  # total of q - total of p
        self.proportional = _proportional(self.p, self.q)
        self.top, self.top_gap = self._dominant()

    def _dominant(self) -> tuple[Index, Array]:
        """The outcome with most of p, and its gap from those of all others, NaN where this is not the better way.

        All gaps sum to 0. That of an outcome that holds nearly all the mass is 1e-32 off, whatever its size, which is
        more than the others together where these hold 1e-30.
        """
        p, q = self.p.values, self.q.values
        top = p.argmax(axis=-1)[..., np.newaxis]
        top_gap = np.full(top.shape, np.nan)
        if not (np.take_along_axis(p, top, -1) > self.p.total.high / 2).any():
            return top, top_gap
        total, size = np.zeros(top.shape), np.zeros(top.shape)
        for start in range(0, p.shape[-1], BLOCK):
            where = slice(start, start + BLOCK)
            gap = self.gap(p[..., where], q[..., where])
            _put(gap, top - start, np.zeros(top.shape))
            total += gap.sum(axis=-1, keepdims=True)
            size += np.abs(gap).sum(axis=-1, keepdims=True)
        return top, np.where(size * _EPSILON < _EPSILON**2, -total, np.nan)

    def block(self, where: slice) -> Pair:
        return _MassPair(self, where)

    def gap(self, p: Array, q: Array, factor: float = 1.0) -> Array:
        """q/Q - p/P, times the factor."""
        return np.asarray(self.numerator(p, q) / self.p.total.high / (self.q.total.high / factor))

    def numerator(self, p: Array, q: Array) -> Array:
        """q·P - p·Q as (q - p)·P - p·(Q - P), in twice the digits."""
        total_p, excess = self.p.total, self.excess
        difference = two_sum(q, -p)
        own = two_product(difference.high, total_p.high)
        shared = two_product(p, excess.high)
        high = two_sum(own.high, -shared.high)
        low = own.low - shared.low + difference.high * total_p.low + difference.low * total_p.high - p * excess.low
        numerator = high.high + (high.low + low)
        return np.where(self.proportional, 0.0, numerator)


class _Scaled:
    """Masses times a power of 2 that brings the largest to 2^450, with their total in twice the digits.

    There a product of two does not overflow, and a mass 1e-450 times the largest does not underflow.
    """

    def __init__(self, masses: Array) -> None:
        self.masses = masses
        self.exponent = np.frexp(masses.max(axis=-1, keepdims=True))[1].astype(np.int64) - 450
        self.values = _times_power_of_2(masses, -self.exponent)
        self.total = exact_sum(self.values)
        self.has_underflow = bool(((masses > 0) & (self.values < _NORMAL)).any())

    def scale_by(self, exponent: Exponent) -> None:
        if exponent.any():
            self.values = _times_power_of_2(self.values, exponent)
            self.total = Double2(*(_times_power_of_2(part, exponent) for part in self.total))
            self.exponent = self.exponent - exponent

    def logarithm(self, where: slice, normalised: Array) -> Array:
        """log of the normalised masses of a block."""
        values = self.values[..., where]
        result = np.log(normalised)
        dominant = normalised > 0.5
        if dominant.any():
            rest = (self.total.high - values) + self.total.low
            result = np.where(dominant, -np.log1p(rest / values), result)
        masses = self.masses[..., where]
        lost = (masses > 0) & (normalised < _NORMAL)
        if lost.any():
            result = np.where(lost, np.log(masses) - self.exponent * _LOG_2 - np.log(self.total.high), result)
        return result


class _MassPair(Pair):
    def __init__(self, whole: _Masses, where: slice, factor: float = 1.0) -> None:
        self._whole, self._where = whole, where
        p, q = whole.p.values[..., where], whole.q.values[..., where]
        self.p, self.q = p / (whole.p.total.high / factor), q / (whole.q.total.high / factor)
        self.in_p, self.in_q = whole.p.masses[..., where] > 0, whole.q.masses[..., where] > 0
        self.gap = whole.gap(p, q, factor)
        _put(self.gap, whole.top - where.start, whole.top_gap * factor)

    def _contrast_of_gap(self) -> Array:
        contrast = super()._contrast_of_gap()
        is_small = (np.abs(self.gap) < _NORMAL / _EPSILON) & (self.gap != 0)
        if not is_small.any():
            return contrast
        # a gap that has lost digits to underflow: the same quotient before both sides are normalised
        p, q = self._whole.p.values[..., self._where], self._whole.q.values[..., self._where]
        weight = p * self._whole.q.total.high + q * self._whole.p.total.high
        return np.where(is_small, self._whole.numerator(p, q) / weight, contrast)

    @cached_property
    def magnified(self) -> Pair:
        if self._whole.p.has_underflow or self._whole.q.has_underflow:
            return _MagnifiedByLogarithm(self)
        return _MassPair(self._whole, self._where, MAGNIFICATION)

    @cached_property
    def log_p(self) -> Array:
        return self._whole.p.logarithm(self._where, self.p)

    @cached_property
    def log_q(self) -> Array:
        return self._whole.q.logarithm(self._where, self.q)

    @cached_property
    def log_ratio_of_lost(self) -> Array:
        """By the ratio of the masses as they were given, where that is a normal double."""
        p, q = self._whole.p, self._whole.q
        ratio = q.masses[..., self._where] / p.masses[..., self._where]
        totals = (p.exponent - q.exponent) * _LOG_2 - np.log1p(self._whole.excess.high / p.total.high)
        is_normal = (ratio >= _NORMAL) & (ratio <= 1 / _NORMAL)
        return np.where(is_normal, np.log(ratio) + totals, self.log_q - self.log_p)


class _Logarithms:
    """Two distributions known by the logarithms of their masses: softmax, and the log ratio without leaving logarithms.

    log(q/p) = w - c, with w = lq - lp and c the difference of the two log-totals. w is first taken relative to its mean
    under p (or to its value where p has most of its mass), which leaves c small where p is nearly q; and c is log1p of
    a sum of expm1: no digit of w is lost.
    """

    def __init__(self, lp: Array, lq: Array) -> None:
        lp, lq = np.broadcast_arrays(lp, lq)
        p, q = self.p, self.q = _Softmax(lp), _Softmax(lq)
        self.in_p, self.in_q = np.isfinite(lp), np.isfinite(lq)
        w = two_sum(np.where(self.in_q, lq, 0.0), -np.where(self.in_p, lp, 0.0))
        mean = (p.mass * w.high).sum(axis=-1, keepdims=True)
        top = p.mass.argmax(axis=-1)[..., np.newaxis]
        p_top, high_top, low_top = (np.take_along_axis(array, top, -1) for array in (p.mass, w.high, w.low))
        at_top = (p_top > 0.5) | (np.abs(high_top - mean) <= _NO_SHIFT * (1 + np.abs(mean)))
        origin = Double2(np.where(at_top, high_top, mean), np.where(at_top, low_top, 0.0))
        deviation = (w.high - origin.high) + (w.low - origin.low)
        # what each outcome adds to the ratio of the totals
        by_mass = (deviation < 700) & (p.mass >= _NORMAL)
        added = np.where(by_mass, p.mass * np.expm1(deviation), np.exp(p.log + deviation) - p.mass)
        c = np.log1p(added.sum(axis=-1, keepdims=True))
        is_close = (self.in_p == self.in_q).all(axis=-1, keepdims=True) & (np.abs(c) <= 1)
        below = two_sum(q.below.high, -p.below.high)
        apart = (below.high + (below.low + (q.below.low - p.below.low))) - (np.log1p(q.rest) - np.log1p(p.rest))
        both = self.in_p & self.in_q
        one_sided = np.where(self.in_p, -np.inf, np.where(self.in_q, np.inf, 0.0))
        self.log_ratio = np.where(both, np.where(is_close, deviation - c, apart), one_sided)
        u = self.log_ratio
        self.gap = np.where(both & (np.abs(u) <= 1), p.mass * np.expm1(u), q.mass - p.mass)
        others = self.gap.copy()
        _put(others, top, np.zeros(top.shape))
        top_gap = np.where(p_top > 0.5, -others.sum(axis=-1, keepdims=True), np.nan)
        _put(self.gap, top, np.where(np.abs(others).sum(axis=-1, keepdims=True) < 0.5, top_gap, np.nan))

    def block(self, where: slice) -> Pair:
        return _LogPair(self, where)


class _LogPair(Pair):
    def __init__(self, whole: _Logarithms, where: slice) -> None:
        self.p, self.q, self.gap = whole.p.mass[..., where], whole.q.mass[..., where], whole.gap[..., where]
        self.in_p, self.in_q = whole.in_p[..., where], whole.in_q[..., where]
        u = whole.log_ratio[..., where]
        self.__dict__.update(
            log_p=whole.p.log[..., where], log_q=whole.q.log[..., where], log_ratio=u, contrast=np.tanh(u / 2)
        )

    @cached_property
    def magnified(self) -> Pair:
        return _MagnifiedByLogarithm(self)


class _MagnifiedByLogarithm(Pair):
    def __init__(self, pair: Pair) -> None:
        shift = np.log(MAGNIFICATION)
        self.p = np.where(pair.p < _NORMAL, np.exp(pair.log_p + shift), pair.p * MAGNIFICATION)
        self.q = np.where(pair.q < _NORMAL, np.exp(pair.log_q + shift), pair.q * MAGNIFICATION)
        self.in_p, self.in_q = pair.in_p, pair.in_q
        u = pair.log_ratio
        small = np.where(np.abs(u) <= 1, self.p * np.expm1(u), self.q - self.p)
        self.gap = np.where((pair.p < _NORMAL) | (pair.q < _NORMAL), small, pair.gap * MAGNIFICATION)
        self.__dict__.update(contrast=pair.contrast, near=pair.near, is_far=pair.is_far, is_lost=None, log_ratio=u)


class _Softmax:
    """Normalised masses of logarithms.

    Attributes:
        below: the logarithms relative to the largest, in twice the digits. rest: the sum of exp(below) without one 1.
        mass: normalised. log: its logarithms, right to their last digits also where they are nearly 0.
    """

    def __init__(self, logarithms: Array) -> None:
        top = logarithms.max(axis=-1, keepdims=True)
        finite = np.isfinite(logarithms)
        self.below = two_sum(np.where(finite, logarithms, top), -top)
        relative = np.where(finite, np.exp(self.below.high) * (1 + self.below.low), 0.0)
        total = exact_sum(relative)
        self.rest = (total.high - 1) + total.low
        self.mass = relative / total.high
        self.log = np.where(finite, (self.below.high - np.log1p(self.rest)) + self.below.low, -np.inf)


def _put(values: Array, index: Index, new: Array) -> None:
    """Sets values[..., index] = new, where the index is within the last axis and new is not NaN."""
    inside = np.clip(index, 0, values.shape[-1] - 1)
    old = np.take_along_axis(values, inside, -1)
    np.put_along_axis(values, inside, np.where((inside == index) & ~np.isnan(new), new, old), -1)


def _times_power_of_2(values: Array, exponent: Exponent) -> Array:
    return np.asarray(np.ldexp(values, exponent.astype(np.int32)))


def _proportional(p: _Scaled, q: _Scaled) -> Mask:
    """Whether q is exactly a multiple of p, shape (..., 1); then the two normalise to the same distribution."""
    top = p.values.argmax(axis=-1)[..., np.newaxis]
    ours = two_product(p.values, np.take_along_axis(q.values, top, -1))
    theirs = two_product(q.values, np.take_along_axis(p.values, top, -1))
    same = (ours.high == theirs.high) & (ours.low == theirs.low)
    kept = (p.masses > 0) == (p.values > 0)  # a mass that underflowed cannot be compared
    kept &= (q.masses > 0) == (q.values > 0)
    same &= kept & ((p.masses > 0) == (q.masses > 0))
    return np.asarray(same.all(axis=-1, keepdims=True))
