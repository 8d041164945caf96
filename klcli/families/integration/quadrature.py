"""Adaptive quadrature over the support of P, for many panels at once, with a bound on the error.

The support is cut at quantiles of P and of Q and wherever a density jumps. Between cuts x is linear in s; towards a
finite end x = end ± w·exp(-s), towards infinity x = cut ± w·(exp(s) - 1), so a power law becomes an exponential in s
and an algebraic singularity disappears. Each panel is integrated with 16 Gauss-Legendre nodes, as a whole and as two
halves, and is halved while the two results differ. The stated error is the sum of those differences, which belong to
the *coarser* rule, plus the rounding errors of the integrand, plus a bound on the rest of each tail.
"""

import warnings
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.precision import DOUBLES
from klcli.families.integration.integrand import evaluate, log_density_and_error, missing_mass_error
from klcli.families.integration.panels import TINY, WEIGHTS, Panels, extent_of, panels_of

__all__ = ["Integral", "adapt", "integrate", "logarithms"]

_DEEP = 30.0  # e-folds into a tail; beyond, an infinite integrand is an overflow
_MAX_DEPTH = 45  # halvings, down to 3e-14 of the first panel
_MAX_PANELS = 20_000
_TOLERANCE = 1e-15
# for a tail that vanishes early: number of points, relative size that counts as ended, slope that counts as falling
_PROBES, _FALLEN, _STEEP = 50, 1e-20, 0.5
_LEVEL = 1e-12  # slopes below may be rounding errors
_LOG_INTEGRANDS = frozenset({"kl", "cross_entropy", "kl_to_mixture"})  # p times a logarithm
_SCAN, _BISECTIONS = 33, 50  # points of a panel where p and q are compared, and steps to locate a crossing


@dataclass(frozen=True, slots=True)
class Integral:
    """An integral in nats, and a bound on its absolute error.

    Attributes:
        slope: d log|integrand·dx/ds| / ds at the end of the slowest tail; the integral converges if it is negative.
    """

    value: float
    error: float
    slope: float


def integrate(name: str, p: Any, q: Any) -> Integral:
    """Returns the integral of the integrand `name` over the support of p."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scipy warns if it finds no quantile, which only places panels
        panels = panels_of(p, q)
        if name == "positive_part":
            panels = _at_crossings(p, q, panels)
        value, error, noise, slope = adapt(name, p, q, panels)
        error += missing_mass_error(_missing(p, panels), value)
    return Integral(value, error + noise, slope)


def _missing(p: Any, panels: Panels) -> float:
    """The share of the mass of p that the panels miss: all of it, for a density that falls between the nodes."""
    halves = panels.halves()
    found, _, _ = _values("mass", p, p, halves)
    missing = abs(1 - float(found.sum()))
    if missing_mass_error(missing, 0.0):
        found_again, error, noise, _ = adapt("mass", p, p, panels)
        missing = max(abs(1 - found_again) - error - noise, 0.0)
    return missing


def _values(name: str, p: Any, q: Any, panels: Panels) -> tuple[Any, Any, Any]:
    """The integral over each panel, a bound on its rounding error, and the integral of the magnitude."""
    value, error = _integrand(name, p, q, panels)
    deep = (panels.kind[:, None] > 0) & (panels.nodes() > _DEEP)
    # deep in a tail log q may overflow before p underflows; `_tails` bounds what is left out
    usable = ~(deep & ~np.isfinite(value + error))
    scaled = (WEIGHTS / 2) * panels.length[:, None]
    found = np.where(usable, value, 0.0) * scaled
    return found.sum(axis=1), (np.where(usable, error, 0.0) * scaled).sum(axis=1), np.abs(found).sum(axis=1)


def _integrand(name: str, p: Any, q: Any, panels: Panels) -> tuple[Any, Any]:
    """The integrand times dx/ds at the nodes, and a bound on its rounding error."""
    x, log_p, log_q, log_slope = logarithms(p, q, panels, panels.nodes())
    value, error = evaluate(name, log_p, log_q, log_slope)
    return np.where(np.isfinite(x), value, 0.0), np.where(np.isfinite(x), error, 0.0)


def logarithms(p: Any, q: Any, panels: Panels, s: Any) -> tuple[Any, Any, Any, Any]:
    """Returns x at s of each panel, log p and log q there, each with its error, and log(dx/ds)."""
    x, distance, log_slope = panels.x_at(s)
    near_one = (panels.kind[:, None] == 1) & (panels.anchor[:, None] == 1)
    one_minus_x = np.where(near_one, -distance, 1 - x.value - x.rest[0]) if near_one.any() else None
    return x.value, log_density_and_error(p, x, one_minus_x), log_density_and_error(q, x, one_minus_x), log_slope


def _at_crossings(p: Any, q: Any, panels: Panels) -> Panels:
    """The panels, also cut where p and q cross: nodes would miss a kink near the end of a panel."""

    def is_above(panels: Panels, s: Any) -> Any:
        _, (log_p, _), (log_q, _), _ = logarithms(p, q, panels, s)
        return log_p > log_q

    s = panels.start[:, None] + panels.length[:, None] * np.linspace(0, 1, _SCAN)
    above = is_above(panels, s)
    row, column = np.nonzero(above[:, :-1] != above[:, 1:])
    low, high, crossed = s[row, column], s[row, column + 1], panels.take(row)
    for _ in range(_BISECTIONS if len(row) else 0):
        middle = (low + high) / 2
        is_before = is_above(crossed, middle[:, None])[:, 0] == above[row, column]
        low, high = np.where(is_before, middle, low), np.where(is_before, high, middle)
    return panels.split(row, low)


def adapt(name: str, p: Any, q: Any, panels: Panels) -> tuple[float, float, float, float]:
    """Returns the integral over the panels, bounds on its error and on its rounding error, and the slope of a tail."""
    coarse, _, _ = _values(name, p, q, panels)
    total = error = noise = size = 0.0
    slope, beyond = _tails(name, p, q, panels)
    for depth in range(_MAX_DEPTH):
        halves = panels.halves()
        fine, rounding, magnitude = _values(name, p, q, halves)
        count = len(coarse)
        paired = fine[:count] + fine[count:]
        difference = np.abs(coarse - paired)
        allowed = _TOLERANCE * (size + magnitude.sum()) / 64
        both = rounding[:count] + rounding[count:]
        done = (difference <= np.maximum(allowed, both)) | ~np.isfinite(difference)
        if depth == _MAX_DEPTH - 1 or 2 * (~done).sum() > _MAX_PANELS:
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


def _tails(name: str, p: Any, q: Any, panels: Panels) -> tuple[float, float]:
    """The largest slope of log|integrand·dx/ds| at the ends of the tails, and a bound on the integral beyond.

    A tail that vanishes earlier has slope -inf and nothing beyond.
    """
    steepest, beyond = -inf, 0.0
    for row in np.flatnonzero((panels.kind > 0) & (panels.start == 0)):
        extent = extent_of(panels.kind[row], panels.anchor[row], panels.width[row])
        probe = panels.mapped(np.array([0.9 * extent, extent]), row=row)
        value, noise, size = _values(name, p, q, probe)
        (before, last), apart = size / TINY, 0.1 * extent
        if name in _LOG_INTEGRANDS:
            mass, _, _ = _values("mass", p, p, probe)
            beyond += 2 * _beyond_power_laws(value, noise, mass, apart) / TINY
        if not np.isfinite(last) or not np.isfinite(_integrand(name, p, q, probe)[0]).all():
            probe = panels.mapped(np.array([_DEEP - 10, _DEEP]), row=row)
            _, _, size = _values(name, p, q, probe)
            (before, last), apart = size / TINY, 10.0
        if not last > 0:
            before, last, apart = _vanished(name, p, q, panels.mapped(np.linspace(0, extent, _PROBES), row=row))
        if not last > 0:
            continue
        if not before > 0:  # a jump from 0 there gives no slope to extrapolate
            beyond = inf
            continue
        slope = float(np.log(last / before) / apart)
        steepest = max(steepest, slope)
        # the integral of an exponential, doubled for the logarithm that multiplies it
        beyond += 2 * last / -slope if slope < 0 else inf
    return steepest, beyond


def _beyond_power_laws(value: Any, noise: Any, mass: Any, apart: float) -> float:
    """The integral beyond the second of two points, if p falls exponentially in s and its factor is linear in s.

    This holds for two power laws, whose factor log(p/q) may be 0 by chance at the point itself. `noise` is the rounding
    error of the values.
    """
    if not (mass > 0).all() or not np.isfinite(value).all():
        return 0.0
    ratio, blur, rate = value / mass, noise / mass, float(np.log(mass[0] / mass[1])) / apart
    if rate <= _LEVEL:
        return inf
    growth = (abs(ratio[1] - ratio[0]) + blur.sum()) / apart
    return float(mass[1] / rate * (abs(ratio[1]) + blur[1] + growth / rate))


def _vanished(name: str, p: Any, q: Any, probe: Panels) -> tuple[float, float, float]:
    """The last two sizes of a tail that ends before it has fallen, and their distance in s; 0 if the tail fell.

    For example, a density computed from x² is 0 from 1e154 on, where its contribution may still be large.
    """
    s, size = probe.start, _values(name, p, q, probe)[2] / TINY
    last = int(np.flatnonzero(size > 0)[-1]) if (size > 0).any() else 0
    if last < 2 or size[last] < _FALLEN * size.max() or size[last] < size[last - 1] * np.exp(-_STEEP * (s[1] - s[0])):
        return 0.0, 0.0, 1.0
    return float(size[last - 1]), float(size[last]), float(s[1] - s[0])
