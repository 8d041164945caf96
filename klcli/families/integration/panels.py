"""The panels of a quadrature: where the support of P is cut, and the map of each panel to x; see `quadrature`.

Cuts are unevaluated sums of two doubles, for the bulk of a density may be far narrower than a double at its location.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import Any

import numpy as np

from klcli.core.arithmetic.double_double import two_sum
from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.precision import DOUBLES
from klcli.families.ball_arithmetic.split_number import split

__all__ = ["NODES", "P_LEVELS", "Q_LEVELS", "TINY", "WEIGHTS", "Panels", "extent_of", "graded", "panels_of"]

NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)
# panels are cut at these quantiles of P, and of Q
P_LEVELS = np.array([1e-12, 1e-6, 1e-3, 0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98, 1 - 1e-3, 1 - 1e-6])
Q_LEVELS = np.array([1e-3, 0.1, 0.5, 0.9, 1 - 1e-3])
# cuts of an end panel in s, up to the largest exponent of a double
_STEPS = np.array([
    0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 36, 50, 80, 120, 180, 260, 370, 520,
    700.0,
])  # fmt: skip
_MAX_S = float(_STEPS[-1])
_LEAST_CUT = 1e-290  # 40 e-folds above the least double, which leaves room for a tail of P
_NEAR_ONE = 1e-3  # distance from 1, below which x does not determine 1 - x accurately

_Cut = tuple[Any, Any]  # a point of the support, as an unevaluated sum of two doubles; tuples are ordered as sums


@dataclass(frozen=True, slots=True, eq=False)
class Panels:
    """Panels in s: start and length of each, and its map to x, (kind, anchor + rest, width)."""

    start: Any
    length: Any
    kind: Any  # 0 linear, 1 towards a finite end, 2 towards infinity
    anchor: Any
    rest: Any
    width: Any  # signed

    def take(self, index: Any) -> "Panels":
        return Panels(*(getattr(self, name)[index] for name in ("start", "length", *_MAP)))

    def mapped(self, s: Any, *, row: Any) -> "Panels":
        """Returns tiny panels at each s, with the map of one panel."""
        return Panels(s, np.full(len(s), TINY), *(np.full(len(s), getattr(self, name)[row]) for name in _MAP))

    def joined(self, other: "Panels") -> "Panels":
        return Panels(*(np.concatenate([getattr(each, name) for each in (self, other)])
                        for name in ("start", "length", *_MAP)))  # fmt: skip

    def halves(self) -> "Panels":
        half = self.length / 2
        parts = [np.concatenate([self.start, self.start + half]), np.concatenate([half, half])]
        return Panels(*parts, *(np.tile(getattr(self, name), 2) for name in _MAP))

    def split(self, row: Any, s: Any) -> "Panels":
        """Returns the panels with the one at each `row` also cut at the matching s."""
        order = np.argsort(np.concatenate([self.start, s]), kind="stable")
        order = order[np.argsort(np.concatenate([np.arange(len(self.start)), row])[order], kind="stable")]
        start = np.concatenate([self.start, s])[order]
        rows = np.concatenate([np.arange(len(self.start)), row])[order]
        end = np.append(np.where(rows[1:] == rows[:-1], start[1:], np.inf), np.inf)
        end = np.minimum(end, (self.start + self.length)[rows])
        return Panels(start, end - start, *(getattr(self, name)[rows] for name in _MAP))

    def nodes(self) -> Any:
        """Returns s at the nodes, shape (panels, nodes)."""
        return self.start[:, None] + self.length[:, None] * (1 + NODES) / 2

    def x_at(self, s: Any) -> tuple[Ball, Any, Any]:
        """Returns x, its distance from the anchor, and log(dx/ds), each in the shape of s, (panels, points)."""
        kind, anchor, rest, width = (getattr(self, name)[:, None] for name in _MAP)
        rate = np.where(kind == 1, -s, np.where(kind == 2, s, 0.0))
        grown = np.exp(rate)
        distance = width * np.where(kind == 0, s, np.where(kind == 1, grown, np.expm1(np.where(kind == 2, s, 0.0))))
        x = two_sum(anchor, rest + distance)
        error = (np.abs(rest + distance) + np.abs(distance)) * (2 * DOUBLES.unit)
        return split(x.high, np.where(np.isfinite(x.low), x.low, 0.0), error), distance, np.log(np.abs(width)) + rate


_MAP = ("kind", "anchor", "rest", "width")
TINY = 1e-9  # length of a panel that stands for a point


def panels_of(p: Any, q: Any) -> Panels:
    """Returns panels over the support of p, cut at quantiles of p and q and where a density jumps."""
    low, high = (float(end) for end in p.bounds())
    by_part = [_within([*_quantiles(part, P_LEVELS), *_exact(part.breakpoints())], low, high) for part in _parts(p)]
    of_q = [cut for part in _parts(q) for cut in _quantiles(part, Q_LEVELS)]
    of_q = _within([*of_q, *_exact([*q.breakpoints(), *q.bounds()])], low, high)
    if hasattr(p, "log_density_of_complement"):  # panels towards 1 use it, and they reach further than x
        by_part = [[cut for cut in cuts if 1 - cut[0] >= _NEAR_ONE] for cuts in by_part]
        of_q = [cut for cut in of_q if 1 - cut[0] >= _NEAR_ONE]
    of_p = sorted({cut for cuts in by_part for cut in _on_one_scale(cuts, low, high)})
    if low == 0 and of_p:  # leave room below the bulk of Q for a tail of P
        of_q = [cut for cut in of_q if cut[0] >= min(of_p[0][0], _LEAST_CUT)]
    inside = sorted({*of_p, *of_q, *_within(_exact(p.breakpoints()), low, high)})
    inside = graded(inside or _exact([_between(low, high)]), low, high)
    if not inside:  # there is no double between the ends
        return Panels(*(np.array([number]) for number in (0.0, 1.0, 0.0, low, 0.0, high - low)))
    spread = _gap(inside[0], inside[-1]) or abs(inside[0][0]) or 1.0
    scales = [2 * _gap(*pair) for pair in (inside[:2], inside[-2:])] if inside[1:] else [spread, spread]
    rows: list[tuple[float, ...]] = []
    for left, right in pairwise(inside):
        rows.append((0.0, 1.0, 0, *left, _gap(left, right)))
    for end, first, sign, scale in ((low, inside[0], -1.0, scales[0]), (high, inside[-1], 1.0, scales[1])):
        kind = 1 if isfinite(end) else 2
        mapped = (end, 0.0, -sign * abs(_gap((end, 0.0), first))) if kind == 1 else (*first, sign * scale)
        extent = extent_of(kind, mapped[0], mapped[2])
        steps = [*_STEPS[extent > _STEPS], extent]
        rows += [(a, b - a, kind, *mapped) for a, b in pairwise(steps)]
    return Panels(*(np.array(column, dtype=float) for column in zip(*rows, strict=True)))


def _parts(member: Any) -> Iterator[Any]:
    """The parts of a mixture, each on a scale of its own; else the member itself."""
    for part in getattr(member, "parts", ()):
        yield from _parts(part)
    if not hasattr(member, "parts"):
        yield member


def _quantiles(member: Any, levels: Any) -> list[_Cut]:
    origin, offsets = member.quantile_around(levels)
    return [_moved((origin, 0.0), float(offset)) for offset in np.ravel(offsets) if isfinite(offset)]


def _exact(points: Iterable[float]) -> list[_Cut]:
    return [(float(point), 0.0) for point in points]


def _moved(cut: _Cut, step: Any) -> _Cut:
    high, low = two_sum(cut[0], step)
    return two_sum(high, low + cut[1])


def _gap(left: _Cut, right: _Cut) -> float:
    high, low = two_sum(right[0], -left[0])
    return float(high + (low + (right[1] - left[1])))


def _between(low: float, high: float) -> float:
    """A point between the ends, for a family whose quantiles all coincide with an end, as for a tiny shape."""
    if isfinite(low + high):
        return (low + high) / 2
    if isfinite(low):
        return low + max(abs(low), 1.0)
    return high - max(abs(high), 1.0) if isfinite(high) else 0.0


def _within(cuts: list[_Cut], low: float, high: float) -> list[_Cut]:
    return sorted({cut for cut in cuts if isfinite(cut[0]) and (low, 0.0) < cut < (high, 0.0)})


def _on_one_scale(cuts: list[_Cut], low: float, high: float) -> list[_Cut]:
    """The cuts without those ten times nearer to an end, or farther out, than the one before."""
    if len(cuts) < 3:
        return cuts
    middle = len(cuts) // 2
    return [*reversed(_until_jump(cuts[middle::-1], low)), *_until_jump(cuts[middle:], high)[1:]]


def _until_jump(cuts: list[_Cut], end: float) -> list[_Cut]:
    """The cuts, ordered outwards from the first, up to the first large jump."""
    kept = cuts[:1]
    for before, after in pairwise(cuts):
        if isfinite(end):
            is_jump = abs(_gap(before, (end, 0.0))) > 10 * abs(_gap(after, (end, 0.0)))
        else:
            is_jump = 0 < 10 * abs(_gap(cuts[0], before)) < abs(_gap(cuts[0], after))
        if is_jump:
            break
        kept.append(after)
    return kept


_MAX_GROWTH = 8.0  # largest ratio of the lengths of adjacent panels


def graded(cuts: list[_Cut], low: float, high: float) -> list[_Cut]:
    """Returns the cuts, and more in a gap far longer than the next: nodes would miss a narrow peak at its end."""
    ends = [*_exact(end for end in [low] if isfinite(end)), *cuts, *_exact(end for end in [high] if isfinite(end))]
    more = set(cuts)
    gaps = [_gap(*pair) for pair in pairwise(ends)]
    for index, gap in enumerate(gaps):
        if index > 0:
            more.update(_moved(ends[index], step) for step in _steps(gaps[index - 1], gap))
        if index + 1 < len(gaps):
            more.update(_moved(ends[index + 1], -step) for step in _steps(gaps[index + 1], gap))
    return _within(list(more), low, high)


def _steps(beside: float, gap: float) -> list[float]:
    """Lengths that grow geometrically from that of the adjacent gap to half of this one."""
    steps = []
    step = _MAX_GROWTH * beside
    while 0 < step < gap / 2:
        steps.append(step)
        step *= _MAX_GROWTH
    return steps


def extent_of(kind: float, anchor: float, width: float) -> float:
    """Returns the largest s for which x, and power laws as slow as 1/x, stay within the range of a double."""
    if kind == 2:
        return float(min(_MAX_S, np.log(1e290 / abs(width))))
    return float(min(_MAX_S, np.log(abs(width) / 1e-306))) if anchor == 0 else _MAX_S
