"""Sums over whole numbers too many to be taken one by one, of terms that are smooth in the number.

They are taken as panels of whole numbers, few where the terms change fast, towards the ends of the support above all.
Over a panel the terms are as the polynomial through 16 of Gauss's nodes, which need not be whole, and the sum of a
polynomial over N whole numbers is known: that of Legendre's Pₙ is N times a polynomial in 1/N², 0 for n > 0 where N is
large. Each panel is taken whole, and again as two halves; while the two differ it is halved, down to 32 numbers, which
are added up one by one. The stated error is the sum of those differences, which are those of the *coarser* rule, plus
what rounding does to the terms, plus what may lie beyond the last panel.

Source: Graham, Knuth & Patashnik (1994), Concrete Mathematics, 6.5 (sums of powers by Bernoulli's numbers).
"""

from fractions import Fraction
from functools import cache
from math import comb, inf, isfinite
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.ball_arithmetic.precision import DOUBLES
from klcli.families.integration.integrand import evaluate, log_densities, unseen
from klcli.families.integration.panels import LEVELS, NODES, OF_Q, WEIGHTS, graded

__all__ = ["add_smooth", "is_wide"]

WIDE = 2**16  # numbers between the farthest quantiles, from which they are too many
_EXACT = 2.0**53  # below it whole numbers are doubles, and a double that is whole is the node that was meant
_FEW = 32  # numbers that are added up one by one
_DOUBLINGS = 64  # of the length of a panel outwards
_DEEPEST = 45
_MOST = 20_000  # panels
_TOLERANCE = 1e-15
_SEEN, _HALVINGS = 33, 100  # points of a panel at which p and q are compared, and steps to where they cross


def is_wide(p: Any) -> bool:
    """Whether most of p is on more numbers than are added up one by one."""
    low, high = (float(end) for end in p.bounds())
    ends = np.clip(np.ravel(p.quantile(LEVELS[[1, -1]])), low, high)
    return bool(ends[1] - ends[0] > WIDE)


def add_smooth(name: str, p: Any, q: Any) -> tuple[float, float]:
    """Returns the sum of the integrand `name` over the support of p, and a bound on its absolute error."""
    with np.errstate(all="ignore"):
        start, count = _cut(p, q)
        if name == "excess":
            start, count = _at_crossings(p, q, start, count)
        value, error = _adapt(name, p, q, start, count)
        mass, error_of_mass = _adapt("mass", p, p, start, count)
        error += unseen(max(abs(1 - mass) - error_of_mass, 0.0), value) + _beyond(name, p, q, start, count)
    return value, error


def _adapt(name: str, p: Any, q: Any, start: Any, count: Any) -> tuple[float, float]:
    coarse, rounding, magnitude = _sums(name, p, q, start, count)
    total = error = size = 0.0
    for depth in range(_DEEPEST):
        is_few = count <= _FEW
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
        if depth == _DEEPEST - 1 or 2 * (~done).sum() > _MOST:
            done[:] = True
        total += float(paired[done].sum())
        error += float(difference[done].sum()) + float(both[done].sum())
        size += float(sizes[done].sum())
        again = np.tile(~done, 2)
        start, count = (each[again] for each in halves)
        coarse, rounding, magnitude = fine[again], rounding[again], magnitude[again]
    return total, error + 4 * DOUBLES.unit * size


def _sums(name: str, p: Any, q: Any, start: Any, count: Any) -> tuple[Any, Any, Any]:
    """Of each panel: the sum, a bound on its rounding, and the sum of magnitudes."""
    found = np.zeros((3, len(count)))
    is_few = count <= _FEW
    for chosen, (x, weights) in ((is_few, _each(start[is_few], count[is_few])),
                                 (~is_few, _nodes(start[~is_few], count[~is_few]))):  # fmt: skip
        if x.size:
            is_exact = (x == np.floor(x)) & (np.abs(x) < _EXACT)
            ball = Ball(x, np.where(is_exact, 0.0, np.abs(x) * DOUBLES.unit), DOUBLES)
            value, error = evaluate(name, log_densities(p, ball), log_densities(q, ball))
            value, error = value * weights, error * np.abs(weights)
            found[:, chosen] = value.sum(axis=1), error.sum(axis=1), np.abs(value).sum(axis=1)
    return found[0], found[1], found[2]


def _each(start: Any, count: Any) -> tuple[Any, Any]:
    """The numbers of panels of few, and 1 for each that there is."""
    offsets = np.arange(float(_FEW))
    is_there = offsets < count[:, None]
    return start[:, None] + np.where(is_there, offsets, 0.0), is_there * 1.0


def _nodes(start: Any, count: Any) -> tuple[Any, Any]:
    """The nodes of panels of many, and the weights that give the sum over all of a panel."""
    x = start[:, None] + (count[:, None] - 1) / 2 + count[:, None] / 2 * NODES
    means, projection = _of_legendre()
    powers = (1 / count[:, None] ** 2) ** np.arange(means.shape[1])
    return x, count[:, None] * (powers @ means.T @ projection)


@cache
def _of_legendre() -> tuple[Any, Any]:
    """The means of Pₙ over N whole numbers as polynomials in 1/N², and what each node adds to the coefficient of Pₙ.

    For n even; the others are 0.
    """
    degrees = range(0, len(NODES), 2)
    means = np.zeros((len(degrees), len(degrees)))
    for row, degree in enumerate(degrees):
        means[row] = [float(each) for each in _mean(degree, len(degrees))]
    values = np.array([np.polynomial.legendre.Legendre.basis(degree)(NODES) for degree in degrees])
    return means, values * WEIGHTS * (2 * np.array(degrees)[:, None] + 1) / 2


def _mean(degree: int, length: int) -> list[Fraction]:
    """The mean of Pₙ at the middles of N equal parts of (-1, 1), by powers of 1/N²."""
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
    """The number of Bernoulli Bₙ."""
    return Fraction(1) if n == 0 else -sum(
        (Fraction(comb(n + 1, k), n + 1) * _bernoulli(k) for k in range(n)), Fraction(0)
    )  # fmt: skip


def _cut(p: Any, q: Any) -> tuple[Any, Any]:
    """The first number of each panel and how many it has: between quantiles, and twice as many each step outwards."""
    low, high = (float(end) for end in p.bounds())
    points = [*np.ravel(p.quantile(LEVELS)), *np.ravel(q.quantile(OF_Q))]
    inside = graded(sorted({float(np.floor(x)) for x in points if isfinite(x) and low < x < high}), low, high)
    steps = _FEW * 2.0 ** np.arange(_DOUBLINGS)
    first, last = (inside[:2], inside[-2:]) if inside[1:] else ([low, low + _FEW], [low, low + _FEW])
    inwards = first[0] - (first[1] - first[0]) * 2.0 ** np.arange(_DOUBLINGS)
    outwards = last[1] + (last[1] - last[0]) * 2.0 ** np.arange(_DOUBLINGS)
    starts = [low, *inside, *(low + steps), *inwards, *outwards, *(high + 1 - steps if isfinite(high) else ())]
    edges = np.array(sorted(float(np.floor(x)) for x in starts if low <= x <= high))
    end = high + 1 if isfinite(high) else float(outwards[-1])
    edges = np.unique(np.append(edges[edges < end], end))
    return edges[:-1], np.diff(edges)


def _at_crossings(p: Any, q: Any, start: Any, count: Any) -> tuple[Any, Any]:
    """The panels, cut where p and q cross: between a node and the end of its panel a kink would not be seen."""

    def is_above(number: Any) -> Any:
        x = Ball(number, np.zeros(number.shape), DOUBLES)
        return log_densities(p, x)[0] > log_densities(q, x)[0]

    points = np.unique(np.floor(start[:, None] + count[:, None] * np.linspace(0, 1, _SEEN, endpoint=False)))
    above = is_above(points)
    where = np.flatnonzero(above[:-1] != above[1:])
    low, high = points[where], points[where + 1]
    for _ in range(_HALVINGS if len(where) else 0):
        middle = np.floor((low + high) / 2)
        is_before = is_above(middle) == above[where]
        low, high = np.where(is_before, middle, low), np.where(is_before, high, middle)
    # the first number after each crossing begins a panel
    edges = np.unique(np.concatenate([start, high, [start[-1] + count[-1]]]))
    return edges[:-1], np.diff(edges)


def _beyond(name: str, p: Any, q: Any, start: Any, count: Any) -> float:
    """A bound on the terms beyond the last panel: they fall at least as fast as over its last half."""
    if isfinite(float(p.bounds()[1])):
        return 0.0
    last = start[-1] + count[-1]
    x = Ball(np.array([last - count[-1] / 2, last]), np.zeros(2), DOUBLES)
    before, after = np.abs(evaluate(name, log_densities(p, x), log_densities(q, x))[0])
    if after == 0:
        return 0.0
    ratio = (after / before) ** (2 / count[-1]) if after < before else 1.0
    return float(2 * after * ratio / (1 - ratio)) if ratio < 1 else inf
