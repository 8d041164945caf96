"""KL of logits in float64, by sums whose terms have one sign, where their differences are exact, as of float32.

For logits a and b, p = exp(a - max a), P = Σ p, any μ, w = (b - a) - μ, m = Σ p·w/P, S = Σ p·(exp(w) - 1 - w)/P and
v = m + S,

    KL(P‖Q) = S - (v - log(1 + v)) = log(1 + v) - m

is an identity. μ is near the mean of b - a under p, so that little is subtracted in either. Where b - a is exact, w is
rounded once. That rounding, and that of a - max a, is one of an exponent: where these are large it would show, so there
both differences must be exact. The compiled kernel does the same for differences that are not exact, too.
"""

from math import log

import numpy as np

from klcli.core.arithmetic.parallel import each_block
from klcli.core.arithmetic.series import expm1mx
from klcli.core.arithmetic.types import Array, Mask
from klcli.core.pairs.kl_div_sums import kl_div

__all__ = ["forward_kl_of_logits"]

_REACH = 690.0  # of a logit below the largest: exponentials of these are normal doubles
_POWER = np.float32(2**23 / log(2))  # the bits of float32 are nearly a logarithm: the exponent, then 1 + fraction
_PASSES = 3
_LARGE = 32.0  # w and max a - a of this sum are rounded by at most 2^-50 and 2^-49, and so are their exponentials
_FAR = 0.4  # |v| from which log(1 + v) is as accurate as v
_LEAST = 1e-200  # of a value; below it terms may have underflowed


def forward_kl_of_logits(a: Array, b: Array) -> Array:
    """Returns KL(P‖Q) in nats for logits of shape (n, k), as float64: shape (n,); NaN where it may lose digits."""
    top = np.maximum.reduce(a, axis=-1, keepdims=True)
    in_reach = np.minimum.reduce(a, axis=-1) >= top[:, 0] - _REACH
    shift, value = _rough_mean(a, b, top), np.full(len(a), np.nan)
    for _ in range(_PASSES):
        total, mean = _sums(a, b, top, shift)
        value = np.where(in_reach, _accepted(total, mean), np.nan)
        is_open = np.isnan(value) & in_reach & np.isfinite(mean)
        if not is_open.any():
            break
        shift = np.where(is_open[:, np.newaxis], shift + mean[:, np.newaxis], shift)
    return value


def _rough_mean(a: Array, b: Array, top: Array) -> Array:
    """The mean of b - a under exponentials right to 6 %, shape (n, 1); of 24 bits, so that most w are exact."""

    def sums_of(where: slice) -> tuple[Array, Array]:
        ours, theirs = (side[:, where].astype(np.float32) for side in (a, b))
        theirs -= ours
        ours -= top.astype(np.float32)
        np.maximum(ours, -80, out=ours)
        ours *= _POWER
        bits = ours.astype(np.int32)
        bits += np.int32(0x3F800000)
        mass = bits.view(np.float32)
        theirs *= mass
        return np.add.reduce(theirs, axis=-1, keepdims=True), np.add.reduce(mass, axis=-1, keepdims=True)

    moment, total = (np.add.reduce(each) for each in zip(*each_block(a.shape[-1], lambda: sums_of), strict=True))
    return (moment / total).astype(float)


def _sums(a: Array, b: Array, top: Array, shift: Array) -> tuple[Array, Array]:
    """S and m for a shift μ, shape (n,); NaN where a difference is rounded so that it may show."""

    def sums_of(where: slice) -> tuple[Array, Array, Array]:
        ours, theirs = a[:, where], b[:, where]
        w = theirs - ours
        is_exact = _are_exact(w, theirs, ours)
        w -= shift
        below = ours - top
        is_large = np.maximum.reduce(w, axis=-1) - np.minimum.reduce(below, axis=-1) > _LARGE
        if is_large.any():
            is_exact &= ~is_large | (_are_exact(w, theirs - ours, shift) & _are_exact(below, ours, top))
        mass = np.exp(below, out=below)
        total, mean = (np.add.reduce(mass * each, axis=-1) for each in (expm1mx(w), w))
        return np.where(is_exact, total, np.nan), mean, np.add.reduce(mass, axis=-1)

    parts = zip(*each_block(a.shape[-1], lambda: sums_of), strict=True)
    total, mean, whole = (np.add.reduce(each) for each in parts)
    return total / whole, mean / whole


def _are_exact(difference: Array, x: Array, y: Array) -> Mask:
    """Returns True for each row whose differences x - y, as computed, carry no rounding (Dekker 1971); shape (n,)."""
    found: Mask = ((difference + y == x) & (x - difference == y)).all(axis=-1)
    return found


def _accepted(total: Array, mean: Array) -> Array:
    """The value for S and m; NaN where a subtraction loses digits, or an exponential overflowed."""
    rise = mean + total
    far = np.log1p(rise) - mean
    near = total - kl_div(np.ones(len(rise)), 1 + rise, rise)
    is_near = np.abs(rise) < _FAR
    is_known = np.where(is_near, (mean * mean <= total / 10) & (near > _LEAST), (far >= np.abs(mean)) & (far < np.inf))
    return np.where(is_known, np.where(is_near, near, far), np.nan)
