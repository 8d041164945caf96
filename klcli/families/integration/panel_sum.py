"""Sums over very many whole numbers, of terms that are a smooth function of the number.

The numbers are divided into panels, short ones where the terms change fast, especially near the ends of the support. On
a panel the terms are interpolated by the polynomial through 16 Gauss-Legendre nodes, which need not be whole numbers.
Its sum over N whole numbers has a closed form: that of the Legendre polynomial Pₙ is N times a polynomial in 1/N²,
which tends to 0 for n > 0 and large N. Each panel is summed as a whole and as two halves, and is halved while the two
results differ; panels of at most 32 numbers are added term by term. The stated error is the sum of those differences,
which belong to the *coarser* rule, plus the rounding errors of the terms, plus a bound on the terms beyond the last
panel.

Source: Graham, Knuth & Patashnik (1994), Concrete Mathematics, 6.5 (sums of powers from Bernoulli numbers).
"""

from fractions import Fraction
from functools import cache
from math import comb, inf, isfinite
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.precision import DOUBLES
from klcli.families.integration.integrand import evaluate, log_density_and_error, missing_mass_error
from klcli.families.integration.panels import NODES, P_LEVELS, Q_LEVELS, WEIGHTS, graded

__all__ = ["FEW", "adapt", "is_wide", "panel_nodes", "panel_sum", "panels_of_sum", "terms_of"]

WIDE = 2**16  # more numbers between the extreme quantiles are summed by panels
_EXACT = 2.0**53  # below it every whole number is a double, so a whole node carries no rounding error
FEW = 32  # panels of at most this many numbers are added term by term
_DOUBLINGS = 64  # panels outwards, each twice as long as the one before
_MAX_DEPTH = 45  # halvings
_MAX_PANELS = 20_000
_TOLERANCE = 1e-15
_SCAN, _BISECTIONS = 33, 100  # points of a panel where p and q are compared, and steps to locate a crossing


def is_wide(p: Any) -> bool:
    """Returns True if the mass of p spreads over more numbers than are added term by term, or between doubles."""
    low, high = (float(end) for end in p.bounds())
    ends = np.clip(np.ravel(p.quantile(P_LEVELS[[1, -1]])), low, high)
    return not (ends[1] - ends[0] <= WIDE and abs(ends[1]) < _EXACT)  # also where scipy finds no quantile


def panel_sum(name: str, p: Any, q: Any) -> tuple[float, float]:
    """Returns the sum of the integrand `name` over the support of p, and a bound on its absolute error."""
    with np.errstate(all="ignore"):
        start, count = panels_of_sum(p, q)
        if name == "positive_part":
            start, count = _at_crossings(p, q, start, count)
        value, error = adapt(name, p, q, start, count)
        mass, error_of_mass = adapt("mass", p, p, start, count)
        error += missing_mass_error(max(abs(1 - mass) - error_of_mass, 0.0), value) + _beyond(name, p, q, start, count)
    return value, error


def adapt(name: str, p: Any, q: Any, start: Any, count: Any) -> tuple[float, float]:
    """Returns the sum over the panels, and a bound on its error."""
    coarse, rounding, magnitude = _sums(name, p, q, start, count)
    total = error = size = 0.0
    for depth in range(_MAX_DEPTH):
        is_few = count <= FEW
        total += float(coarse[is_few].sum())
        error += float(rounding[is_few].sum())
        size += float(magnitude[is_few].sum())
        start, count, coarse = start[~is_few], count[~is_few], coarse[~is_few]
        if not len(count):
            break
        first = np.ceil(count / 2)
        halves = np.concatenate([start, start + first]), np.concatenate([first, count - first])
        fine, rounding, magnitude = _sums(name, p, q, *halves)
        paired, both, sizes = (each.reshape(2, -1).sum(axis=0) for each in (fine, rounding, magnitude))
        difference = np.abs(coarse - paired)
        done = (difference <= np.maximum(_TOLERANCE * (size + sizes.sum()) / 64, both)) | ~np.isfinite(difference)
        if depth == _MAX_DEPTH - 1 or 2 * (~done).sum() > _MAX_PANELS:
            done[:] = True
        total += float(paired[done].sum())
        error += float(difference[done].sum()) + float(both[done].sum())
        size += float(sizes[done].sum())
        again = np.tile(~done, 2)
        start, count = (each[again] for each in halves)
        coarse, rounding, magnitude = fine[again], rounding[again], magnitude[again]
    return total, error + 4 * DOUBLES.unit * size


def _sums(name: str, p: Any, q: Any, start: Any, count: Any) -> tuple[Any, Any, Any]:
    """The sum over each panel, a bound on its rounding error, and the sum of magnitudes."""
    found = np.zeros((3, len(count)))
    is_few = count <= FEW
    for chosen, (x, weights) in ((is_few, terms_of(start[is_few], count[is_few])),
                                 (~is_few, panel_nodes(start[~is_few], count[~is_few]))):  # fmt: skip
        if x.size:
            is_exact = (x == np.floor(x)) & (np.abs(x) < _EXACT)
            ball = Ball(x, np.where(is_exact, 0.0, np.abs(x) * DOUBLES.unit), DOUBLES)
            value, error = evaluate(name, log_density_and_error(p, ball), log_density_and_error(q, ball))
            value, error = value * weights, error * np.abs(weights)
            found[:, chosen] = value.sum(axis=1), error.sum(axis=1), np.abs(value).sum(axis=1)
    return found[0], found[1], found[2]


def terms_of(start: Any, count: Any) -> tuple[Any, Any]:
    """Returns the numbers of short panels, padded to one length, and weights: 1 for a number, 0 for padding."""
    offsets = np.arange(float(FEW))
    is_there = offsets < count[:, None]
    return start[:, None] + np.where(is_there, offsets, 0.0), is_there * 1.0


def panel_nodes(start: Any, count: Any) -> tuple[Any, Any]:
    """Returns the nodes of long panels, and the weights that give the sum over each; shape (panels, nodes)."""
    x = start[:, None] + (count[:, None] - 1) / 2 + count[:, None] / 2 * NODES
    means, projection = _legendre_means()
    powers = (1 / count[:, None] ** 2) ** np.arange(means.shape[1])
    return x, count[:, None] * (powers @ means.T @ projection)


@cache
def _legendre_means() -> tuple[Any, Any]:
    """The means of Pₙ over N whole numbers as polynomials in 1/N², and the projection of node values onto Pₙ.

    For even n; the means for odd n are 0.
    """
    degrees = range(0, len(NODES), 2)
    means = np.zeros((len(degrees), len(degrees)))
    for row, degree in enumerate(degrees):
        means[row] = [float(each) for each in _mean(degree, len(degrees))]
    values = np.array([np.polynomial.legendre.Legendre.basis(degree)(NODES) for degree in degrees])
    return means, values * WEIGHTS * (2 * np.array(degrees)[:, None] + 1) / 2


def _mean(degree: int, length: int) -> list[Fraction]:
    """The mean of Pₙ over the midpoints of N equal parts of (-1, 1): the coefficients of the powers of 1/N²."""
    found = [Fraction(0)] * length
    for k in range(degree // 2 + 1):
        m = degree - 2 * k
        factor = Fraction((-1) ** k * comb(degree, k) * comb(2 * degree - 2 * k, degree), 2**degree)
        # the mean of t^m is Σ C(m + 1, j)·B_j(1/2)·(2/N)^j/(m + 1), over even j
        for j in range(0, m + 1, 2):
            found[j // 2] += factor * Fraction(comb(m + 1, j), m + 1) * (2 - 2**j) * _bernoulli(j)
    return found


@cache
def _bernoulli(n: int) -> Fraction:
    """The Bernoulli number Bₙ."""
    return Fraction(1) if n == 0 else -sum(
        (Fraction(comb(n + 1, k), n + 1) * _bernoulli(k) for k in range(n)), Fraction(0)
    )  # fmt: skip


def panels_of_sum(p: Any, q: Any) -> tuple[Any, Any]:
    """Returns the first number and the length of each panel: cut at quantiles, and doubling in length outwards."""
    low, high = (float(end) for end in p.bounds())
    points = [*np.ravel(p.quantile(P_LEVELS)), *np.ravel(q.quantile(Q_LEVELS))]
    cuts = sorted({(float(np.floor(x)), 0.0) for x in points if isfinite(x) and low < x < high})
    inside = [cut for cut, _ in graded(cuts, low, high)]
    steps = FEW * 2.0 ** np.arange(_DOUBLINGS)
    first, last = (inside[:2], inside[-2:]) if inside[1:] else ([low, low + FEW], [low, low + FEW])
    inwards = first[0] - (first[1] - first[0]) * 2.0 ** np.arange(_DOUBLINGS)
    outwards = last[1] + (last[1] - last[0]) * 2.0 ** np.arange(_DOUBLINGS)
    starts = [low, *inside, *(low + steps), *inwards, *outwards, *(high + 1 - steps if isfinite(high) else ())]
    edges = np.array(sorted(float(np.floor(x)) for x in starts if low <= x <= high))
    end = high + 1 if isfinite(high) else float(outwards[-1])
    edges = np.unique(np.append(edges[edges < end], end))
    return edges[:-1], np.diff(edges)


def _at_crossings(p: Any, q: Any, start: Any, count: Any) -> tuple[Any, Any]:
    """The panels, also cut where p and q cross: nodes would miss a kink near the end of a panel."""

    def is_above(number: Any) -> Any:
        x = Ball(number, np.zeros(number.shape), DOUBLES)
        return log_density_and_error(p, x)[0] > log_density_and_error(q, x)[0]

    points = np.unique(np.floor(start[:, None] + count[:, None] * np.linspace(0, 1, _SCAN, endpoint=False)))
    above = is_above(points)
    where = np.flatnonzero(above[:-1] != above[1:])
    low, high = points[where], points[where + 1]
    for _ in range(_BISECTIONS if len(where) else 0):
        middle = np.floor((low + high) / 2)
        is_before = is_above(middle) == above[where]
        low, high = np.where(is_before, middle, low), np.where(is_before, high, middle)
    # a panel begins at the first number after each crossing
    edges = np.unique(np.concatenate([start, high, [start[-1] + count[-1]]]))
    return edges[:-1], np.diff(edges)


def _beyond(name: str, p: Any, q: Any, start: Any, count: Any) -> float:
    """A bound on the terms beyond the last panel, if they keep falling as fast as over its last half."""
    if isfinite(float(p.bounds()[1])):
        return 0.0
    last = start[-1] + count[-1]
    x = Ball(np.array([last - count[-1] / 2, last]), np.zeros(2), DOUBLES)
    before, after = np.abs(evaluate(name, log_density_and_error(p, x), log_density_and_error(q, x))[0])
    if after == 0:
        return 0.0
    ratio = (after / before) ** (2 / count[-1]) if after < before else 1.0
    return float(2 * after * ratio / (1 - ratio)) if ratio < 1 else inf
