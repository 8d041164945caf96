"""Rows of logits compared by q/p, outcome by outcome: what is no logarithm of a sum, or is one of a sum of squares.

With x = log q - log p up to a constant, y = exp(x) - 1 and κ = Σ p·y, the masses have the ratio (1 + y)/(1 + κ). So the
difference of an outcome is p·(y - κ)/(1 + κ), and

    TV(P, Q) = ½·Σ p·|y - κ| / (1 + κ)
    χ²(Q‖P)  = Σ p·(y - κ)² / (1 + κ)²
    J(P, Q)  = Σ p·(y - κ)·u / (1 + κ)                          for u = log(q/p) = x - log(1 + κ)
    JS(P, Q) = ¼·Σ (p + q)·(s·u + log(1 - s²))                  for the contrast s = (y - κ)/(2 + y + κ)
    B(P, Q)  = ½·log(1 + Σ p·(y - κ)²/(1 + κ)²)                 for the y and κ of x/2 (see `Ratios.spread_of_squares`)
    Σ p^A·q^(1-A) - 1 = Σ p·(f((1 - A)·u) - (1 - A)·f(u))       for f(u) = exp(u) - 1 - u

The terms have one sign, and each is right to its last digits: y is one rounding of a difference that is exact for
float32, and y - κ another one as long as κ is no larger than what y differs by. Where it is, or is not small beside 1,
log(1 + κ) is taken off x, and κ is 0 but for a rounding.

A row that leaves the range where this holds is NaN here, and is compared by `log_pair`.
"""

from math import inf, log

import numpy as np

from klcli.core.arithmetic.parallel import Workspace
from klcli.core.arithmetic.series import expm1mx
from klcli.core.arithmetic.softmax import Softmax
from klcli.core.arithmetic.summation import row_inner
from klcli.core.arithmetic.types import Array, Mask
from klcli.core.pairs.logit_differences import Differences

__all__ = ["Ratios"]

_APART = 2.0  # variance of x under p from which its mean says nothing of where y is small
_SLIGHT = 8.0  # a constant up to here may be taken off differences that are rounded, if these are not small
_STEEP = 8.0  # up to here the rounding of x, which exp(x) takes on, is 4.4e-16 at most; beyond, it takes part
_STEEP_SINGLES = 32.0  # as the same of float32, whose difference is hardly ever rounded
_STEEPEST = 300.0
_OFF = 0.75  # |κ| up to so much of Σ p·|y - κ| leaves y - κ its digits, on the whole
_LOWEST, _HIGHEST = -0.5, 1.0  # and within these bounds, the rounding of κ is none of 1 + κ
_LEAST = 1e-130  # of Σ p·|y - κ|: its square is a double, and so is every sum here
_LARGE = 4.0  # times the value: terms that add up to no more leave a maximum its digits
_CONTRAST = log(9)  # |log(q/p)| up to here, where s is 0.8, leaves its digits to 1 - s²
_NEAR = 0.5  # a sum of powers that is so far from 1 keeps its digits without the terms of one sign
_FEW = 1 / 16  # of the outcomes are taken by themselves; to gather more takes longer than to take all


class Ratios:
    """y and κ of rows of logits, and the measures that are taken by them: shape (n,), NaN where they are not known.

    Attributes:
        mean: κ, shape (n, 1). spread: Σ p·|y - κ|.
    """

    def __init__(self, p: Softmax, q: Softmax, workspace: Workspace, name: str, *, part: float = 1.0) -> None:
        """`part` of x is taken; `name` tells the rooms of one from those of another."""
        self._p, self._workspace, self._name, self._part = p, workspace, name, part
        self._x = x = Differences(p, q, workspace, name, powers=1)
        is_apart = (x.second - x.first * x.first >= _APART) & (np.abs(x.first) <= _SLIGHT)
        x.centre(p.is_sound & ~is_apart)
        self._is_known = p.is_sound & (x.least > -inf) & (is_apart | x.are_centred)
        self._measure()
        is_off = self._is_known & ~self._are_centred
        if is_off.any():
            constant = np.log1p(self.mean) / part
            x.move(is_off, constant)
            needs_bits = is_off & ~(is_apart & (np.abs(constant) <= _SLIGHT))
            if x.are_float32 and needs_bits.any():
                self._is_known &= ~needs_bits | x.are_exact
            self._measure()
            self._is_known &= self._are_centred
        self._is_known &= part * x.most <= _STEEPEST

    @property
    def _are_centred(self) -> Mask:
        is_small = (np.abs(self.mean) <= _OFF * self.spread) & (self.mean >= _LOWEST) & (self.mean <= _HIGHEST)
        return (is_small & (self.spread >= _LEAST)) | self._x.are_level

    def _measure(self) -> None:
        self._taken: Array | None = None
        columns, sums, sizes = self._p.columns, [], []
        for where in columns:
            rise = self._rise(where)
            sums.append(row_inner(self._p.mass[:, where], rise))
        self.mean = np.add.reduce(sums) / self._p.total
        if len(columns) == 1:
            self._taken = np.subtract(rise, self.mean, out=rise)
        for where in columns:
            difference = self._gap(where)
            sizes.append(
                row_inner(self._p.mass[:, where], np.abs(difference, out=self._workspace.like("size", difference)))
            )
        self.spread = np.add.reduce(sizes) / self._p.total

    def _gap(self, where: slice) -> Array:
        """y - κ of these columns."""
        if self._taken is not None:
            return self._taken
        rise = self._rise(where)
        return np.subtract(rise, self.mean, out=rise)

    def _rise(self, where: slice) -> Array:
        """y of these columns."""
        x = self._x.x(where)
        rise = self._workspace.like(f"difference {self._name}", x)
        np.expm1(x if self._part == 1 else np.multiply(x, self._part, out=rise), out=rise)
        is_rounded = not self._x.are_float32 or self._x.shift is not None
        steep = (_STEEP if is_rounded else _STEEP_SINGLES) / self._part
        if (self._x.most > steep).any():
            at = x > steep
            rise[at] += self._part * self._x.lost(where, at) * (1 + rise[at])
        return rise

    def _known(self, value: Array) -> Array:
        """The values of the rows that are known, shape (n, 1) → (n,)."""
        return np.where(self._is_known & (value < inf), np.where(self._x.are_level, 0.0, value), np.nan)[:, 0]

    def total_variation(self) -> Array:
        """TV(P, Q)."""
        return self._known(self.spread / (1 + self.mean) / 2)

    def spread_of_squares(self) -> Array:
        """Σ p·(y - κ)²/(1 + κ)²: χ²(Q‖P) if x is all of it, and 1/(Σ √(p·q))² - 1 if it is a half."""
        sums = []
        for where in self._p.columns:
            difference = self._gap(where)
            product = np.multiply(self._p.mass[:, where], difference, out=self._workspace.like("size", difference))
            sums.append(row_inner(product, difference))
        rise = 1 + self.mean
        return self._known(np.add.reduce(sums) / self._p.total / rise / rise)

    def jeffreys(self) -> Array:
        """J(P, Q)."""
        sums = []
        for where in self._p.columns:
            difference, size = self._gap(where), self._log_ratio(where)
            sums.append(row_inner(self._p.mass[:, where], np.multiply(size, difference, out=size)))
        return self._known(np.add.reduce(sums) / self._p.total / (1 + self.mean))

    def jensen_shannon(self) -> Array:
        """JS(P, Q)."""
        sums = [self._jensen_shannon(where) for where in self._p.columns]
        return self._known(np.add.reduce(sums) / self._p.total / (1 + self.mean) / 4)

    def _jensen_shannon(self, where: slice) -> Array:
        """Σ mass·(1 + κ)·(1 + q/p)·(s·u + log(1 - s²)) of these columns."""
        difference, u = self._gap(where), self._log_ratio(where)
        both = np.add(difference, 2 + 2 * self.mean, out=self._workspace.like("both", difference))  # 2 + y + κ
        term, contrast = (
            self._workspace.like("term", difference),
            np.divide(difference, both, out=self._workspace.like("contrast", difference)),
        )
        np.multiply(contrast, contrast, out=term)
        np.log1p(np.negative(term, out=term), out=term)
        term += np.multiply(contrast, u, out=contrast)
        shift = np.log1p(self.mean)
        if not ((self._x.most - shift <= _CONTRAST) & (shift - self._x.least <= _CONTRAST)).all():
            size = np.abs(u, out=u)
            is_far = size > _CONTRAST
            if np.count_nonzero(is_far) <= _FEW * is_far.size:
                term[is_far] = _far_contrast(size[is_far], Workspace())
            else:
                term = np.where(is_far, _far_contrast(size, self._workspace), term)
        both *= self._p.mass[:, where]
        return row_inner(both, term)

    def _log_ratio(self, where: slice) -> Array:
        """u of these columns."""
        x = self._x.x(where)
        return np.subtract(x, np.log1p(self.mean), out=self._workspace.like("size", x))

    def log_sum_of_powers(self, beta: float) -> Array:
        """log Σ p·(q/p)^beta, for beta up to 1/2 but 0; NaN where a power is steep."""
        totals, sums = [], []
        for where in self._p.columns:
            power = np.multiply(self._log_ratio(where), beta, out=self._workspace.like("term", self._p.mass[:, where]))
            totals.append(row_inner(self._p.mass[:, where], np.exp(power, out=power)))
        total = np.add.reduce(totals) / self._p.total
        is_near = np.abs(total - 1) <= _NEAR
        excess = np.zeros(total.shape)
        if is_near.any():
            for where in self._p.columns:
                u = self._log_ratio(where)
                rise = self._gap(where) / (1 + self.mean)
                sums.append(row_inner(self._p.mass[:, where], _power_excess(u, rise, beta)))
            excess = np.add.reduce(sums) / self._p.total
        steepest = beta * ((self._x.most if beta > 0 else self._x.least) - np.log1p(self.mean))
        value = np.where(is_near, np.log1p(excess), np.log(total))
        return self._known(np.where((steepest <= _STEEP) | self._x.are_level, value, np.nan))

    def largest_difference(self) -> Array:
        """max |p - q|; NaN where what all differences add up to hides it."""
        found = []
        for where in self._p.columns:
            size = np.abs(self._gap(where), out=self._workspace.like("size", self._p.mass[:, where]))
            term = np.multiply(size, self._p.mass[:, where], out=self._workspace.like("term", size))
            at = term.argmax(axis=-1)[:, np.newaxis]
            found.append([np.take_along_axis(each, at, -1) for each in (term, size)])
        term, size = (np.concatenate(each, axis=-1) for each in zip(*found, strict=True))
        at = term.argmax(axis=-1)[:, np.newaxis]
        term, size = (np.take_along_axis(each, at, -1) for each in (term, size))
        is_seen = np.abs(self.mean) + self.spread <= _LARGE * size
        return self._known(np.where(is_seen | self._x.are_level, term / self._p.total / (1 + self.mean), np.nan))

    def largest_log_ratio(self) -> Array:
        """max log(p/q); NaN where what it is the difference of hides it."""
        shift = np.log1p(self.mean)
        value = shift - self._x.least
        is_seen = np.abs(self._x.least) + np.abs(self.mean) + self.spread <= _LARGE * value
        return self._known(np.where(is_seen | self._x.are_level, value, np.nan))


def _power_excess(u: Array, rise: Array, beta: float) -> Array:
    """exp(beta·u) - 1 - beta·(exp(u) - 1), given exp(u) - 1."""
    near = np.clip(u, -1.0, 1.0)
    terms = expm1mx(beta * near) - beta * expm1mx(near)
    is_far = near != u
    if is_far.any():
        terms = np.where(is_far, np.expm1(beta * u) - beta * rise, terms)
    return terms


def _far_contrast(size: Array, workspace: Workspace) -> Array:
    """s·u + log(1 - s²) for |u| = size, which is not small: 2·log 2 - 2·(log(1 + t) + t·|u|/(1 + t)), t = exp(-|u|).

    What size held is lost.
    """
    ratio = np.negative(size, out=workspace.like("contrast", size))
    np.exp(ratio, out=ratio)
    term = np.log1p(ratio, out=workspace.like("far term", size))
    size *= ratio
    ratio += 1
    size /= ratio
    term += size
    term *= -2
    term += 2 * log(2)
    return term
