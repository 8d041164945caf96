"""KL of logits in float64, by sums whose terms have one sign, where their differences are exact, as of float32.

For logits a and b, p = exp(a - max a), P = Σ p, any μ, w = (b - a) - μ, m = Σ p·w/P, S = Σ p·(exp(w) - 1 - w)/P and
v = m + S,

    KL(P‖Q) = S - (v - log(1 + v)) = log(1 + v) - m

is an identity. μ is near the mean of b - a under p, so that little is subtracted in either. Where b - a is exact, w is
rounded once, as is a - max a; exp makes a relative error of a term of such a rounding, |w|·2^-53 where w > 0, and
|a - max a|·2^-53. Rows whose terms have more than `_WIDEST` of these on average are left to other forms. The compiled
kernel does the same for differences that are not exact, too.
"""

import numpy as np

from klcli.core.arithmetic.parallel import each_block
from klcli.core.arithmetic.series import expm1mx
from klcli.core.arithmetic.types import Array
from klcli.core.pairs.kl_div_sums import kl_div

__all__ = ["forward_kl_of_logits"]

_REACH = 690.0  # of a logit below the largest: exponentials of these are normal doubles
_SAMPLE = 1_024  # outcomes from which μ is taken first
_PASSES = 3
_FAR = 0.4  # |v| from which log(1 + v) is as accurate as v
_WIDEST = 16  # mean of w and max a - a over the terms, which is the error of their sum in units of 2^-53
_LEAST = 1e-200  # of a value; below it terms may have underflowed


def forward_kl_of_logits(a: Array, b: Array) -> Array:
    """Returns KL(P‖Q) in nats for logits of shape (n, k), as float64: shape (n,); NaN where it may lose digits."""
    top = np.maximum.reduce(a, axis=-1, keepdims=True)
    in_reach = np.minimum.reduce(a, axis=-1) >= top[:, 0] - _REACH
    shift, value = np.zeros(top.shape), np.full(len(a), np.nan)
    if a.shape[-1] > _SAMPLE:
        shift = _sums(a[:, :_SAMPLE], b[:, :_SAMPLE], top, shift)[1][:, np.newaxis]
    for _ in range(_PASSES):
        total, mean = _sums(a, b, top, shift)
        value = np.where(in_reach, _accepted(total, mean), np.nan)
        is_open = np.isnan(value) & in_reach & np.isfinite(mean)
        if not is_open.any():
            break
        shift = np.where(is_open[:, np.newaxis], shift + mean[:, np.newaxis], shift)
    return value


def _sums(a: Array, b: Array, top: Array, shift: Array) -> tuple[Array, Array]:
    """S and m for a shift μ, shape (n,); S is NaN where a difference is not exact, or the terms are too wide."""

    def sums_of(where: slice) -> tuple[Array, Array, Array, Array]:
        ours, theirs = a[:, where], b[:, where]
        w = theirs - ours
        is_exact = ((w + ours == theirs) & (theirs - w == ours)).all(axis=-1)
        w -= shift
        exponent = ours - top
        mass = np.exp(exponent)
        terms = mass * expm1mx(w)
        width = np.add.reduce((np.maximum(w, 0) - exponent) * terms, axis=-1)
        total, mean, whole = (np.add.reduce(each, axis=-1) for each in (terms, mass * w, mass))
        return np.where(is_exact, total, np.nan), width, mean, whole

    parts = zip(*each_block(a.shape[-1], lambda: sums_of), strict=True)
    total, width, mean, whole = (np.add.reduce(each) for each in parts)
    return np.where(width <= _WIDEST * total, total, np.nan) / whole, mean / whole


def _accepted(total: Array, mean: Array) -> Array:
    """The value for S and m; NaN where a subtraction loses digits, or an exponential overflowed."""
    rise = mean + total
    far = np.log1p(rise) - mean
    near = total - kl_div(np.ones(len(rise)), 1 + rise, rise)
    is_near = np.abs(rise) < _FAR
    is_known = np.where(is_near, (mean * mean <= total / 10) & (near > _LEAST), (far >= np.abs(mean)) & (far < np.inf))
    return np.where(is_known, np.where(is_near, near, far), np.nan)
