"""Two families on one x: their densities, the logarithm of the ratio, and what each x adds to the forward KL."""

from collections.abc import Sequence
from math import inf
from typing import Any, NamedTuple

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.distributions.units import UnitKind
from klcli.core.distributions.units import scale as in_unit
from klcli.families.ball_arithmetic.ball import exact
from klcli.families.ball_arithmetic.precision import DOUBLES
from klcli.families.comparison.comparison import FamilyComparison
from klcli.reports.pictures.model import Curve, Panel, Panels, Tick, View
from klcli.reports.pictures.scale import Scale, linear, number

__all__ = ["Densities", "density_views", "log_density", "points_of", "sampled"]

_EVEN = 121  # points at equal distances
_QUANTILES = np.linspace(0.002, 0.998, 41)  # further points, so that a narrow density keeps its shape beside a wide one
_MASSES = 60  # whole numbers that are drawn as bars
_WIDTHS = 2.0  # the axis ends so many distances from the 10 % to the 90 % quantile beside the median at most
_SEEN = 1e-3  # part of the highest density of P below which the ratio is not drawn
_TABLE = 25  # rows of numbers


class Densities(NamedTuple):
    """Densities, or masses of whole numbers, at points x; arrays of shape (n,), log ratio and terms in nats."""

    x: Array
    p: Array
    q: Array
    log_ratio: Array
    terms: Array
    is_discrete: bool


def sampled(p: Any, q: Any, count: int = 0) -> Densities | None:
    """Returns the densities of two families where their mass lies; None if they have no common picture.

    Args:
        count: Number of points, at equal distances; 0 for as many as show both.
    """
    if {p.kind, q.kind} not in ({"continuous"}, {"discrete"}):
        return None
    with np.errstate(all="ignore"):
        ends = [_ends(member) for member in (p, q)]
        low, high = min(end[0] for end in ends), max(end[1] for end in ends)
        if not np.isfinite(high - low) or low > high:
            return None
        is_discrete = p.kind == "discrete"
        x = _whole(low, high, count or _MASSES) if is_discrete else _points(p, q, low, high, count)
        logs = [log_density(member, x) for member in (p, q)]
        own, other = (np.exp(each) for each in logs)
        log_ratio = np.where(own + other > 0, logs[0] - logs[1], np.nan)
        terms = np.where(own > 0, own * log_ratio, 0.0)
    return Densities(x, own, other, log_ratio, terms, is_discrete)


def density_views(comparison: FamilyComparison) -> tuple[View, ...]:
    """Returns the picture of two families; none if they are of vectors, or samples."""
    found = sampled(comparison.p, comparison.q)
    if found is None:
        return ()
    unit = comparison.unit
    scaled = in_unit(1.0, UnitKind.INFORMATION, comparison.base)
    x_scale = linear(float(found.x[0]) - 0.5 * found.is_discrete, float(found.x[-1]) + 0.5 * found.is_discrete)
    noun = "masses" if found.is_discrete else "densities"
    top = _top(found, np.maximum(found.p, found.q))
    height = linear(0.0, top / 0.96, count=3)
    shapes = [_shape(found, x_scale, width) for width in (0.8, 0.4)]
    first = (
        Curve("bars" if found.is_discrete else "area", "p", "P, the reference", shapes[0], height.all(found.p)),
        Curve("bars" if found.is_discrete else "line", "q", "Q, compared with it", shapes[1], height.all(found.q)),
    )
    panels = [Panel(170, first, noun, height.ticks[1:])]
    seen = (found.p >= _SEEN * _top(found, found.p)) & np.isfinite(found.log_ratio)
    if seen.any():
        panels.append(_ratio_panel(found, seen, x_scale, scaled, unit))
    panels.append(_terms_panel(found, x_scale, scaled, unit))
    words = (
        f"The {noun} of {comparison.p} and {comparison.q}: that of P is highest at {_peak(found.x, found.p)}, "
        f"that of Q at {_peak(found.x, found.q)}."
    )
    columns = ("x", "p(x)", "q(x)", f"log(p/q), {unit}", f"p·log(p/q), {unit}")
    return (
        View(
            f"Where the {noun} differ",
            f"From the top: the {noun}; the logarithm of their ratio, where P has mass; what each x adds. "
            "KL(P‖Q) is the blue area less the orange one.",
            Panels("x", x_scale.ticks, tuple(panels), words, columns, _table(found, scaled)),
        ),
    )


def points_of(comparison: FamilyComparison) -> dict[str, list[float | None]]:
    """Returns the points of the picture as columns, in the unit of the comparison; nothing if there is no picture.

    The logarithm of 0/0 is None.
    """
    found = sampled(comparison.p, comparison.q)
    if found is None:
        return {}
    scaled = in_unit(1.0, UnitKind.INFORMATION, comparison.base)
    columns = {
        "x": found.x, "p": found.p, "q": found.q, "log_ratio": found.log_ratio * scaled,
        "contribution": found.terms * scaled,
    }  # fmt: skip
    return {name: [None if value != value else value for value in each.tolist()] for name, each in columns.items()}


def _ratio_panel(found: Densities, seen: Any, x_scale: Scale, scaled: float, unit: str) -> Panel:
    """Returns the panel of log(p/q), where there is mass to speak of."""
    ratio = found.log_ratio * scaled
    low, high = min(0.0, float(ratio[seen].min())), max(0.0, float(ratio[seen].max()))
    scale = linear(low, high if high > low else low + 1.0, count=3, margin=0.04)
    y = np.where(seen, scale.all(ratio), np.nan)
    x = x_scale.all(found.x)
    return Panel(90, (Curve("line", "ink", "", x, y),), f"log(p/q), {unit}", scale.ticks, rules=(_zero(scale),))


def _terms_panel(found: Densities, x_scale: Scale, scaled: float, unit: str) -> Panel:
    """Returns the panel of p·log(p/q), its positive part blue and its negative part orange."""
    terms = found.terms * scaled
    finite = terms[np.isfinite(terms)]
    low, high = min(0.0, float(finite.min(initial=0.0))), max(0.0, float(finite.max(initial=0.0)))
    scale = linear(low, high if high > low else low + 1.0, count=3, margin=0.04)
    zero, shape = scale.at(0.0), "bars" if found.is_discrete else "area"
    x = _shape(found, x_scale, 0.8)
    curves = tuple(
        Curve(shape, role, "", x, scale.all(part), base=zero)
        for role, part in (("p", np.maximum(terms, 0.0)), ("q", np.minimum(terms, 0.0)))
    )
    return Panel(80, curves, f"p·log(p/q), {unit}", (), rules=(_zero(scale),))


def _zero(scale: Scale) -> Tick:
    return Tick(scale.at(0.0), "")


def _shape(found: Densities, scale: Scale, width: float) -> Array:
    """Returns the fractions of x; of whole numbers, both ends of their bars, shape (n, 2)."""
    if not found.is_discrete:
        return scale.all(found.x)
    step = float(np.diff(found.x).min(initial=1.0)) if len(found.x) > 1 else 1.0
    return scale.all(found.x[:, None] + np.array([-0.5, 0.5]) * width * step)


def _ends(member: Any) -> tuple[float, float]:
    """Returns the ends of where the mass of a member lies."""
    low, high = (float(end) for end in member.bounds())
    far, near = (np.ravel(member.quantile(np.array(levels))) for levels in ([0.005, 0.995], [0.1, 0.5, 0.9]))
    near = np.sort(near[np.isfinite(near)])
    far = far[np.isfinite(far)]
    if not far.size or not near.size:
        return inf, -inf
    reach = _WIDTHS * float(near[-1] - near[0])
    if reach <= 0:
        reach = max(1.0, abs(float(near[0])) / 2) if member.kind == "discrete" else 0.0
    least, most = max(float(far.min()), float(near[0]) - reach), min(float(far.max()), float(near[-1]) + reach)
    edge = 0.02 * (most - least)
    return max(low, least - edge), min(high, most + edge)


def _points(p: Any, q: Any, low: float, high: float, count: int) -> Array:
    """Returns the points of a picture, without the ends of a support, where a density may be infinite."""
    step = (high - low) / (2 * (count or _EVEN))
    even = np.linspace(low + step, high - step, count or _EVEN)
    if count:
        return even
    own = [np.ravel(member.quantile(_QUANTILES)) for member in (p, q)]
    beside = [
        np.nextafter(end, end + sign * inf) for member in (p, q) for end in map(float, member.bounds())
        if np.isfinite(end) for sign in (-1, 1)
    ]  # fmt: skip
    found = np.unique(np.concatenate([even, *own, beside]))
    return found[(found > low - step) & (found < high + step) & np.isfinite(found)]


def _whole(low: float, high: float, most: int) -> Array:
    """Returns whole numbers from low to high: all, or some at equal distances if there are too many."""
    low, high = np.floor(low), np.ceil(high)
    step = max(1.0, np.ceil((high - low + 1) / most))
    return np.arange(low, high + 1, step)


def log_density(member: Any, x: Array) -> Array:
    """Returns the logarithms of the density of a family of numbers at x, shape (n,), -inf outside the support."""
    low, high = (float(end) for end in member.bounds())
    inside = (x >= low) & (x <= high)
    found = np.full(len(x), -inf)
    if inside.any():
        found[inside] = np.broadcast_to(member.log_density(exact(x[inside], DOUBLES)).value, (int(inside.sum()),))
    return np.nan_to_num(found, nan=-inf, posinf=inf, neginf=-inf)


def _top(found: Densities, both: Array) -> float:
    """Returns the highest of densities, without the points beside an end of a support, where it may be infinite."""
    inner = both[4:-4] if len(both) > 20 and not found.is_discrete else both
    finite = inner[np.isfinite(inner) & (inner > 0)]
    return float(finite.max()) if finite.size else 1.0


def _peak(x: Array, density: Array) -> str:
    return number(float(x[int(np.argmax(density))]), 3)


def _table(found: Densities, scaled: float) -> tuple[tuple[str, ...], ...]:
    """Returns rows of numbers at points spread over x."""
    where: Sequence[int] = np.unique(np.linspace(0, len(found.x) - 1, _TABLE).astype(int)).tolist()
    columns = (found.x, found.p, found.q, found.log_ratio * scaled, found.terms * scaled)
    return tuple(tuple(_cell(float(column[index])) for column in columns) for index in where)


def _cell(value: float) -> str:
    return "–" if value != value else number(value, 3)
