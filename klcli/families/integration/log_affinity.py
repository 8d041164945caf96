"""The logarithm of ∫ √(p·q), also where the integral itself underflows: families that share nearly no mass.

The peak of √(p·q) may lie far from the bulk of either density, so the panels are halved where the logarithm is largest,
until it changes little within each that matters; the integrand is then scaled by its largest value.
"""

from math import inf, log
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball, exact
from klcli.families.ball_arithmetic.precision import DOUBLES
from klcli.families.integration import panel_sum, quadrature
from klcli.families.integration.integrand import log_density_and_error
from klcli.families.integration.panels import panels_of

__all__ = ["log_affinity"]

_ROUNDS = 1200  # halvings: from 1e300 to the width of a peak
_NEGLIGIBLE = 50.0  # nats below the largest
_FAR = 1e307
_FLAT = 8.0  # nats; the nodes of a panel integrate an exponential that changes less
_CONFUSED = 1e-3  # relative error above which rounding errors of the logarithms hide the shape of the peak
_WIDEST = 1500.0  # |log ∫ exp(f - max f)|, which is at most the logarithm of the range of a double


class _Scaled:
    """A density divided by exp(2·top), so that √(p·q) is at most about 1."""

    def __init__(self, member: Any, top: float) -> None:
        self.member, self.top = member, top

    def bounds(self) -> tuple[Any, Any]:
        return self.member.bounds()

    def log_density(self, x: Ball) -> Ball:
        return self.member.log_density(x) - 2 * self.top


def log_affinity(p: Any, q: Any) -> tuple[float, float]:
    """Returns log ∫ √(p·q), or the logarithm of the sum, and a bound on its absolute error."""
    if p.kind == "discrete" and not (p.is_smooth and q.is_smooth):
        return -inf, inf  # no sum by panels, and none of its terms was found
    with np.errstate(all="ignore"):
        top, blur, panels = _of_whole_numbers(p, q) if p.kind == "discrete" else _of_numbers(p, q)
        if top == -inf:
            return -inf, 0.0
        if p.kind == "discrete":
            value, error = panel_sum.adapt("affinity", _Scaled(p, top), q, *panels)
        else:
            value, error, noise, _ = quadrature.adapt("affinity", _Scaled(p, top), q, panels)
            error += noise
    if not (0 < value < inf and error <= _CONFUSED * value):
        return top, 2 * blur + _WIDEST
    return top + log(value), error / value + 4 * DOUBLES.unit * abs(top)


def _of_numbers(p: Any, q: Any) -> tuple[float, float, Any]:
    def logs(panels: Any) -> tuple[Any, Any]:
        _, (log_p, error_p), (log_q, error_q), log_slope = quadrature.logarithms(p, q, panels, panels.nodes())
        return (log_p + log_q) / 2 + log_slope + np.log(panels.length)[:, None], (error_p + error_q) / 2

    panels = panels_of(p, q)
    found, blur = logs(panels)
    for _ in range(_ROUNDS):
        steep = _steep(found, blur)
        if not steep.any():
            break
        halves = panels.take(steep).halves()
        more = logs(halves)
        panels = panels.take(~steep).joined(halves)
        found, blur = np.concatenate([found[~steep], more[0]]), np.concatenate([blur[~steep], more[1]])
    return *_top(found, blur), panels


def _of_whole_numbers(p: Any, q: Any) -> tuple[float, float, Any]:
    def logs(start: Any, count: Any) -> tuple[Any, Any]:
        is_few = count <= panel_sum.FEW
        x = np.empty((len(count), panel_sum.FEW))
        x[is_few], _ = panel_sum.terms_of(start[is_few], count[is_few])
        nodes, _ = panel_sum.panel_nodes(start[~is_few], count[~is_few])
        x[~is_few] = np.tile(nodes, 2)
        (log_p, error_p), (log_q, error_q) = (log_density_and_error(each, exact(x, DOUBLES)) for each in (p, q))
        found = (log_p + log_q) / 2 + np.log(count)[:, None]
        return np.where(is_few[:, None], found.max(axis=1, keepdims=True), found), (error_p + error_q) / 2

    start, count = panel_sum.panels_of_sum(p, q)
    found, blur = logs(start, count)
    for _ in range(_ROUNDS):
        steep = _steep(found, blur)
        if not steep.any():
            break
        first = np.ceil(count[steep] / 2)
        halves = np.tile(start[steep], 2), np.concatenate([first, count[steep] - first])
        halves[0][len(first) :] += first
        more = logs(*halves)
        start, count = np.append(start[~steep], halves[0]), np.append(count[~steep], halves[1])
        found, blur = np.concatenate([found[~steep], more[0]]), np.concatenate([blur[~steep], more[1]])
    return *_top(found, blur), (start, count)


def _steep(found: Any, blur: Any) -> Any:
    """True for panels that may hold a part of the peak that their nodes do not resolve."""
    highest = found.max(axis=1)
    floored = np.maximum(found, -_FAR)
    # a peak between two nodes is at most about as far above the higher one as that is above its neighbours
    steps = np.abs(np.diff(floored, axis=1))
    around = np.maximum(np.pad(steps, ((0, 0), (1, 0))), np.pad(steps, ((0, 0), (0, 1))))
    rise = np.take_along_axis(around, found.argmax(axis=1)[:, None], axis=1)[:, 0]
    may_hold = highest + np.minimum(rise, 0.999 * np.abs(highest)) >= highest.max() - _NEGLIGIBLE
    is_steep = highest - found.min(axis=1) > np.maximum(_FLAT, 8 * blur.max(axis=1))
    return may_hold & is_steep & (highest > -inf)


def _top(found: Any, blur: Any) -> tuple[float, float]:
    """The largest logarithm, and the largest error of those near it."""
    top = float(found.max())
    return top, float(np.where(found >= top - _NEGLIGIBLE, blur, 0.0).max())
