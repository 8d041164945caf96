"""Adaptive quadrature over the support of P, for many panels at once, with a bound on the error.

The support is cut at quantiles of P and of Q and wherever a density jumps. Between cuts x runs linearly; towards a
finite end as end ± w·exp(-s), towards infinity as cut ± w·(exp(s) - 1), so that a power law is an exponential in s and
an algebraic singularity disappears. Each panel is integrated with 16 Gauss-Legendre nodes, and again as two halves;
while the two differ it is halved. The stated error is the sum of those differences, which are those of the *coarser*
rule, plus what rounding does to the integrand, plus what may lie beyond the last point of a tail.
"""

import warnings
from dataclasses import dataclass
from itertools import pairwise
from math import inf, isfinite
from typing import Any

import numpy as np

from klcli.families.ball import Ball
from klcli.families.integrand import evaluate, log_densities, unseen
from klcli.families.precision import DOUBLES

__all__ = ["Integral", "integrate"]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_LEVELS = np.array([1e-12, 1e-6, 1e-3, 0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98, 1 - 1e-3, 1 - 1e-6])
_OF_Q = np.array([1e-3, 0.1, 0.5, 0.9, 1 - 1e-3])
_STEPS = np.array(
    [
        0,
        0.01,
        0.02,
        0.05,
        0.1,
        0.2,
        0.3,
        0.5,
        1,
        1.5,
        2,
        3,
        4,
        6,
        8,
        12,
        16,
        24,
        36,
        50,
        80,
        120,
        180,
        260,
        370,
        520,
        700.0,
    ]
)
_DEEP = 30.0  # e-folds into a tail, beyond which nothing but an overflow is infinite
_SHAPE = ("length", "kind", "anchor", "width")
_LAST = float(_STEPS[-1])
_DEEPEST = 45  # halvings: a panel of a millionth of a millionth of the first
_MOST = 20_000  # panels
_TOLERANCE = 1e-15


@dataclass(frozen=True, slots=True)
class Integral:
    """A value in nats and a bound on its absolute error; `slope` is that of log of the integrand, per e-fold of x,

    at the end of the slowest tail: the integral converges where it is below 0.
    """

    value: float
    error: float
    slope: float


@dataclass(frozen=True, slots=True, eq=False)
class _Panels:
    """Panels in s: where they start and how long they are, and the map of each to x: (kind, anchor, width)."""

    start: Any
    length: Any
    kind: Any  # 0 linear, 1 towards a finite end, 2 towards infinity
    anchor: Any
    width: Any  # signed

    def take(self, index: Any) -> "_Panels":
        return _Panels(*(getattr(self, name)[index] for name in ("start", "length", "kind", "anchor", "width")))

    def halves(self) -> "_Panels":
        half = self.length / 2
        parts = [np.concatenate([self.start, self.start + half]), np.concatenate([half, half])]
        return _Panels(*parts, *(np.tile(each, 2) for each in (self.kind, self.anchor, self.width)))

    def points(self) -> tuple[Any, Any, Any]:
        """x, how far it is from the anchor, and log(dx/ds); shape (panels, nodes)."""
        s = self.start[:, None] + self.length[:, None] * (1 + _NODES) / 2
        kind, anchor, width = (each[:, None] for each in (self.kind, self.anchor, self.width))
        rate = np.where(kind == 1, -s, np.where(kind == 2, s, 0.0))
        grown = np.exp(rate)
        distance = width * np.where(kind == 0, s, np.where(kind == 1, grown, np.expm1(np.where(kind == 2, s, 0.0))))
        return anchor + distance, distance, np.log(np.abs(width)) + rate


def integrate(name: str, p: Any, q: Any) -> Integral:
    """Returns the integral of the integrand `name` over the support of p."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scipy's, where a quantile is not found: it is only for where to look
        panels = _cut(p, q)
        value, error, noise, slope = _adapt(name, p, q, panels)
        error += unseen(_missing(p, panels), value)
    return Integral(value, error + noise, slope)


def _missing(p: Any, panels: _Panels) -> float:
    """How much of the mass of p the panels have not met: of a density that falls between the nodes, all of it."""
    halves = panels.halves()
    found, _, _ = _values("mass", p, p, halves)
    missing = abs(1 - float(found.sum()))
    if unseen(missing, 0.0):
        found_again, error, noise, _ = _adapt("mass", p, p, panels)
        missing = max(abs(1 - found_again) - error - noise, 0.0)
    return missing


def _cut(p: Any, q: Any) -> _Panels:
    low, high = (float(end) for end in p.bounds())
    own = _within([*np.ravel(p.quantile(_LEVELS)), *p.breakpoints()], low, high)
    others = _within([*np.ravel(q.quantile(_OF_Q)), *q.breakpoints(), *q.bounds()], low, high)
    # the bulk of Q stays, however far from that of P, but for where x is too near to an end to say how near
    near = [end for end in (low, high) if isfinite(end)]
    clear = [x for x in others if all(abs(x - end) >= 1e-3 * abs(end) for end in near)]
    inside = sorted({*_on_one_scale(own, low, high), *clear})
    inside = _graded(inside or [(low + high) / 2 if isfinite(low + high) else 0.0], low, high)
    spread = inside[-1] - inside[0] or abs(inside[0]) or 1.0
    scales = [2 * (right - left) for left, right in (inside[:2], inside[-2:])] if inside[1:] else [spread, spread]
    rows: list[tuple[float, float, int, float, float]] = []
    for left, right in pairwise(inside):
        rows.append((0.0, 1.0, 0, left, right - left))
    for end, first, sign, scale in ((low, inside[0], -1.0, scales[0]), (high, inside[-1], 1.0, scales[1])):
        kind = 1 if isfinite(end) else 2
        anchor, width = (end, -sign * abs(first - end)) if kind == 1 else (first, sign * scale)
        reach = _reach(kind, anchor, width)
        steps = [*_STEPS[reach > _STEPS], reach]
        rows += [(a, b - a, kind, anchor, width) for a, b in pairwise(steps)]
    return _Panels(*(np.array(column, dtype=float) for column in zip(*rows, strict=True)))


def _within(points: list[float], low: float, high: float) -> list[float]:
    return sorted({float(point) for point in points if isfinite(point) and low < point < high})


def _on_one_scale(points: list[float], low: float, high: float) -> list[float]:
    """The points without those that are for the end panels to reach, ten times nearer to an end, or farther out."""
    if len(points) < 3:
        return points
    middle = len(points) // 2
    above = _kept(points[middle:], high, points[middle])
    below = _kept([-x for x in points[middle::-1]], -low, -points[middle])
    return sorted({*(-x for x in below), *above})


_COARSER = 8.0  # how many times longer a panel may be than the one beside it


def _graded(points: list[float], low: float, high: float) -> list[float]:
    """The points, and more where one gap is far longer than the next: a tail beside it would fall between nodes."""
    ends = [*([low] if isfinite(low) else []), *points, *([high] if isfinite(high) else [])]
    more = set(points)
    gaps = [right - left for left, right in pairwise(ends)]
    for index, gap in enumerate(gaps):
        left, right = ends[index], ends[index + 1]
        if index > 0:
            more.update(left + step for step in _steps(gaps[index - 1], gap))
        if index + 1 < len(gaps):
            more.update(right - step for step in _steps(gaps[index + 1], gap))
    return sorted(point for point in more if low < point < high)


def _steps(beside: float, gap: float) -> list[float]:
    """Lengths that grow from that of the gap beside to half of this one."""
    steps = []
    step = _COARSER * beside
    while 0 < step < gap / 2:
        steps.append(step)
        step *= _COARSER
    return steps


def _kept(points: list[float], end: float, centre: float) -> list[float]:
    """The first of the points, which run outwards from the centre."""
    kept = points[:1]
    for before, after in pairwise(points):
        near = (
            end - before > 10 * (end - after)
            if isfinite(end)
            else before > centre and (after - centre > 10 * (before - centre))
        )
        if near:
            break
        kept.append(after)
    return kept


def _values(name: str, p: Any, q: Any, panels: _Panels) -> tuple[Any, Any, Any]:
    """The integral over each panel, a bound on its rounding, and its integral of magnitudes."""
    value, error = _integrand(name, p, q, panels)
    s = panels.start[:, None] + panels.length[:, None] * (1 + _NODES) / 2
    deep = (panels.kind[:, None] > 0) & (s > _DEEP)
    # so deep in a tail log q overflows where p does not underflow; `_tails` bounds what is left out
    usable = ~(deep & ~np.isfinite(value + error))
    scaled = (_WEIGHTS / 2) * panels.length[:, None]
    found = np.where(usable, value, 0.0) * scaled
    return found.sum(axis=1), (np.where(usable, error, 0.0) * scaled).sum(axis=1), np.abs(found).sum(axis=1)


def _integrand(name: str, p: Any, q: Any, panels: _Panels) -> tuple[Any, Any]:
    """The integrand times dx/ds at the nodes, and a bound on its rounding."""
    x, distance, log_slope = panels.points()
    anchor = np.broadcast_to(panels.anchor[:, None], x.shape)
    spread = np.where(anchor == 0, np.abs(x), np.maximum(np.abs(anchor), np.abs(x)))
    ball = Ball(x, spread * 2 * DOUBLES.unit, DOUBLES)
    near_one = (panels.kind[:, None] == 1) & (anchor == 1)
    below_one = np.where(near_one, -distance, 1 - x) if near_one.any() else None
    value, error = evaluate(name, log_densities(p, ball, below_one), log_densities(q, ball, below_one), log_slope)
    return np.where(np.isfinite(x), value, 0.0), np.where(np.isfinite(x), error, 0.0)


def _adapt(name: str, p: Any, q: Any, panels: _Panels) -> tuple[float, float, float, float]:
    coarse, _, _ = _values(name, p, q, panels)
    total = error = noise = size = 0.0
    slope, beyond = _tails(name, p, q, panels)
    for depth in range(_DEEPEST):
        halves = panels.halves()
        fine, rounding, magnitude = _values(name, p, q, halves)
        count = len(coarse)
        paired = fine[:count] + fine[count:]
        difference = np.abs(coarse - paired)
        allowed = _TOLERANCE * (size + magnitude.sum()) / 64
        both = rounding[:count] + rounding[count:]
        done = (difference <= np.maximum(allowed, both)) | ~np.isfinite(difference)
        if depth == _DEEPEST - 1 or 2 * (~done).sum() > _MOST:
            done[:] = True
        total += float(paired[done].sum())
        error += float(difference[done].sum())
        noise += float(both[done].sum())
        size += float((magnitude[:count] + magnitude[count:])[done].sum())
        if done.all():
            break
        again = np.concatenate([~done, ~done])
        panels, coarse = halves.take(again), fine[again]
    return total, error + beyond, noise + 4 * DOUBLES.unit * size, slope


def _tails(name: str, p: Any, q: Any, panels: _Panels) -> tuple[float, float]:
    """The largest slope, over the tails, of log|integrand·dx/ds| at s = 700, and what may lie beyond.

    A tail that has vanished before that has slope -inf, and nothing beyond.
    """
    steepest, beyond = -inf, 0.0
    ends = zip(panels.kind, panels.anchor, panels.width, strict=True)
    for kind, anchor, width in dict.fromkeys(end for end in ends if end[0]):
        reach = _reach(kind, anchor, width)
        probes = np.array([0.9 * reach, reach])
        probe = _Panels(probes, np.full(2, 1e-9), *(np.full(2, each) for each in (kind, anchor, width)))
        _, _, size = _values(name, p, q, probe)
        (before, last), apart = size / 1e-9, 0.1 * reach
        if not np.isfinite(last) or not np.isfinite(_integrand(name, p, q, probe)[0]).all():
            probe = _Panels(np.array([_DEEP - 10, _DEEP]), *(getattr(probe, each) for each in _SHAPE))
            _, _, size = _values(name, p, q, probe)
            (before, last), apart = size / 1e-9, 10.0
        if not last > 0:
            continue
        slope = float(np.log(last / before) / apart)
        steepest = max(steepest, slope)
        # of an exponential, twice over for the logarithm that it is multiplied by
        beyond += 2 * last / -slope if slope < 0 else inf
    return steepest, beyond


def _reach(kind: float, anchor: float, width: float) -> float:
    """How far s goes before x, or a power law of it that falls as slowly as 1/x, leaves the range of a double."""
    if kind == 2:
        return float(min(_LAST, np.log(1e290 / abs(width))))
    return float(min(_LAST, np.log(abs(width) / 1e-306))) if anchor == 0 else _LAST
