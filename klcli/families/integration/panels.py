"""The panels of a quadrature: where the support of P is cut, and the map of each panel to x; see `quadrature`."""

from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import Any

import numpy as np

__all__ = ["NODES", "P_LEVELS", "Q_LEVELS", "WEIGHTS", "Panels", "extent_of", "graded", "panels_of"]

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
_NEAR = 1e-3  # relative distance from an end, below which x does not determine the distance accurately


@dataclass(frozen=True, slots=True, eq=False)
class Panels:
    """Panels in s: start and length of each, and its map to x, (kind, anchor, width)."""

    start: Any
    length: Any
    kind: Any  # 0 linear, 1 towards a finite end, 2 towards infinity
    anchor: Any
    width: Any  # signed

    def take(self, index: Any) -> "Panels":
        return Panels(*(getattr(self, name)[index] for name in ("start", "length", "kind", "anchor", "width")))

    def halves(self) -> "Panels":
        half = self.length / 2
        parts = [np.concatenate([self.start, self.start + half]), np.concatenate([half, half])]
        return Panels(*parts, *(np.tile(each, 2) for each in (self.kind, self.anchor, self.width)))

    def split(self, row: Any, s: Any) -> "Panels":
        """Returns the panels with the one at each `row` also cut at the matching s."""
        order = np.argsort(np.concatenate([self.start, s]), kind="stable")
        order = order[np.argsort(np.concatenate([np.arange(len(self.start)), row])[order], kind="stable")]
        start = np.concatenate([self.start, s])[order]
        rows = np.concatenate([np.arange(len(self.start)), row])[order]
        end = np.append(np.where(rows[1:] == rows[:-1], start[1:], np.inf), np.inf)
        end = np.minimum(end, (self.start + self.length)[rows])
        return Panels(start, end - start, *(getattr(self, name)[rows] for name in ("kind", "anchor", "width")))

    def nodes(self) -> Any:
        """Returns s at the nodes, shape (panels, nodes)."""
        return self.start[:, None] + self.length[:, None] * (1 + NODES) / 2

    def x_at(self, s: Any) -> tuple[Any, Any, Any]:
        """Returns x, its distance from the anchor, and log(dx/ds), each in the shape of s, (panels, points)."""
        kind, anchor, width = (each[:, None] for each in (self.kind, self.anchor, self.width))
        rate = np.where(kind == 1, -s, np.where(kind == 2, s, 0.0))
        grown = np.exp(rate)
        distance = width * np.where(kind == 0, s, np.where(kind == 1, grown, np.expm1(np.where(kind == 2, s, 0.0))))
        return anchor + distance, distance, np.log(np.abs(width)) + rate


def panels_of(p: Any, q: Any) -> Panels:
    """Returns panels over the support of p, cut at quantiles of p and q and where a density jumps."""
    low, high = (float(end) for end in p.bounds())
    of_p = _within([*np.ravel(p.quantile(P_LEVELS)), *p.breakpoints()], low, high)
    of_q = _within([*np.ravel(q.quantile(Q_LEVELS)), *q.breakpoints(), *q.bounds()], low, high)
    # keep the bulk of Q, however far from that of P, unless x is too near an end to determine the distance
    near = [end for end in (low, high) if isfinite(end)]
    clear = [x for x in of_q if all(abs(x - end) >= _NEAR * abs(end) for end in near)]
    if hasattr(p, "log_density_of_complement"):  # panels towards 1 use it, and they reach further than x
        of_p = [x for x in of_p if 1 - x >= _NEAR]
    of_p = _on_one_scale(of_p, low, high)
    if low == 0 and of_p:  # leave room below the bulk of Q for a tail of P
        clear = [x for x in clear if x >= min(of_p[0], _LEAST_CUT)]
    inside = sorted({*of_p, *clear})
    inside = graded(inside or [_between(low, high)], low, high)
    if not inside:  # there is no double between the ends
        return Panels(*(np.array([number]) for number in (0.0, 1.0, 0.0, low, high - low)))
    spread = inside[-1] - inside[0] or abs(inside[0]) or 1.0
    scales = [2 * (right - left) for left, right in (inside[:2], inside[-2:])] if inside[1:] else [spread, spread]
    rows: list[tuple[float, float, int, float, float]] = []
    for left, right in pairwise(inside):
        rows.append((0.0, 1.0, 0, left, right - left))
    for end, first, sign, scale in ((low, inside[0], -1.0, scales[0]), (high, inside[-1], 1.0, scales[1])):
        kind = 1 if isfinite(end) else 2
        anchor, width = (end, -sign * abs(first - end)) if kind == 1 else (first, sign * scale)
        extent = extent_of(kind, anchor, width)
        steps = [*_STEPS[extent > _STEPS], extent]
        rows += [(a, b - a, kind, anchor, width) for a, b in pairwise(steps)]
    return Panels(*(np.array(column, dtype=float) for column in zip(*rows, strict=True)))


def _between(low: float, high: float) -> float:
    """A point between the ends, for a family whose quantiles all coincide with an end, as for a tiny shape."""
    if isfinite(low + high):
        return (low + high) / 2
    if isfinite(low):
        return low + max(abs(low), 1.0)
    return high - max(abs(high), 1.0) if isfinite(high) else 0.0


def _within(points: list[float], low: float, high: float) -> list[float]:
    return sorted({float(point) for point in points if isfinite(point) and low < point < high})


def _on_one_scale(points: list[float], low: float, high: float) -> list[float]:
    """The points without those ten times nearer to an end, or farther out, than the one before."""
    if len(points) < 3:
        return points
    middle = len(points) // 2
    above = _until_jump(points[middle:], high, points[middle])
    below = _until_jump([-x for x in points[middle::-1]], -low, -points[middle])
    return sorted({*(-x for x in below), *above})


_MAX_GROWTH = 8.0  # largest ratio of the lengths of adjacent panels


def graded(points: list[float], low: float, high: float) -> list[float]:
    """Returns the points, and more in a gap far longer than the next: nodes would miss a narrow peak at its end."""
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
    """Lengths that grow geometrically from that of the adjacent gap to half of this one."""
    steps = []
    step = _MAX_GROWTH * beside
    while 0 < step < gap / 2:
        steps.append(step)
        step *= _MAX_GROWTH
    return steps


def _until_jump(points: list[float], end: float, centre: float) -> list[float]:
    """The points, ordered outwards from the centre, up to the first large jump."""
    kept = points[:1]
    for before, after in pairwise(points):
        is_jump = (
            end - before > 10 * (end - after)
            if isfinite(end)
            else before > centre and (after - centre > 10 * (before - centre))
        )
        if is_jump:
            break
        kept.append(after)
    return kept


def extent_of(kind: float, anchor: float, width: float) -> float:
    """Returns the largest s for which x, and power laws as slow as 1/x, stay within the range of a double."""
    if kind == 2:
        return float(min(_MAX_S, np.log(1e290 / abs(width))))
    return float(min(_MAX_S, np.log(abs(width) / 1e-306))) if anchor == 0 else _MAX_S
