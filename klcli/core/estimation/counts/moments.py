"""Divergences estimated from two samples of counts: the value corrected for bias, and an interval where one covers."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import inf, sqrt
from typing import NamedTuple

from klcli.core.arithmetic.types import Array
from klcli.core.distributions.units import Base, scale, unit_name
from klcli.core.estimation.counts.forms import FORMS, Form
from klcli.core.estimation.counts.pivot import Pivot, pivot, pivot_p_value
from klcli.core.estimation.counts.relabelling import Relabelled, relabelled
from klcli.core.estimation.estimate import DivergenceEstimate

__all__ = ["Gates", "Moments", "estimate_counts", "from_moments", "in_unit", "moments"]


class Gates(NamedTuple):
    """Reasons why an interval is not given, or has no upper end.

    Attributes:
        has_interval: False where no end is honest.
        p_value: of the test of P = Q; above half of the interval's tail, the lower end is 0.
        is_open: measures whose upper end is infinite for another reason than an unseen outcome.
    """

    has_interval: bool
    p_value: float
    is_open: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Moments:
    """A form on two samples of counts, in nats: all that value and interval rest on.

    Attributes:
        raw: Σ h. null: its mean and variance under relabelling. delta_variance: far from P = Q.
        curvature: of the form times 1/n + 1/m. degrees_of_freedom: labels seen, less one.
        is_open: True if the counts leave the upper end infinite.
    """

    raw: float
    null: Relabelled
    delta_variance: float
    curvature: float
    degrees_of_freedom: int
    is_open: bool


def estimate_counts(
    measures: Iterable[str], x: Array, y: Array, level: float, gates: Gates, base: Base = "e"
) -> dict[str, DivergenceEstimate]:
    """Returns the default estimates of measures, by name, in the unit of `base`.

    Args:
        x, y: counts by label, shape (k,), aligned. level: of the interval, between 0 and 1.
    """
    found = {}
    for name in measures:
        form = FORMS[name]
        of = moments(form, *form.ordered(x, y))
        each = from_moments(form, of, level, gates)
        found[name] = in_unit(replace(each, count=int(x.sum() + y.sum())), base)
    return found


def moments(form: Form, x: Array, y: Array) -> Moments:
    """Returns the moments of a form on counts of shape (k,)."""
    seen = x + y > 0
    x, y = x[seen], y[seen]
    n, m = float(x.sum()), float(y.sum())
    return Moments(
        float(form.terms(x, y, n, m).sum()),
        Relabelled(0.0, 0.0) if form.is_entropy else relabelled(form.terms, x, y),
        0.0 if form.variance is None else form.variance(x, y, n, m),
        (form.curvature or 0.0) * (1 / n + 1 / m),
        len(x) - 1,
        not form.is_bounded and bool(((x > 0) & (y == 0)).any()),
    )


def from_moments(form: Form, of: Moments, level: float, gates: Gates) -> DivergenceEstimate:
    """Returns the estimate that moments give, in nats; a root where the form is one."""
    if form.is_entropy:
        error = sqrt(of.delta_variance)
        return DivergenceEstimate(
            of.raw, error, level=level, method=form.method, measure=form.name, kind=form.unit, raw=of.raw
        )
    difference = of.raw - of.null.mean
    value = of.raw - of.null.mean * form.fade(max(difference, 0.0), of.null.mean)
    found = DivergenceEstimate(
        value, level=level, method=form.method, measure=form.name, kind=form.unit, raw=of.raw,
        relabelling_mean=of.null.mean, standard_error_null=sqrt(of.null.variance),
        pivot_p_value=pivot_p_value(difference, of.null.variance, of.degrees_of_freedom),
    )  # fmt: skip
    made = pivot(value, of.null.variance, of.delta_variance, of.curvature) if form.has_interval else None
    if made is not None:
        error = sqrt(of.null.variance + 4 * made.scale * max(value, 0.0))
        found = replace(found, standard_error=error)
        if gates.has_interval:
            found = _with_ends(found, made, level, gates, is_open=of.is_open)
    return _root(found) if form.is_root else found


def _with_ends(
    found: DivergenceEstimate, made: Pivot, level: float, gates: Gates, *, is_open: bool
) -> DivergenceEstimate:
    tail = (1 - level) / 2
    p_value = max(gates.p_value, found.pivot_p_value or 0.0)
    lower = 0.0 if p_value > tail else made.lower(tail)
    if is_open or found.measure in gates.is_open:
        return replace(found, lower=lower, upper=inf, upper_one_sided=inf)
    return replace(found, lower=lower, upper=made.upper(tail), upper_one_sided=made.upper(2 * tail))


def _root(found: DivergenceEstimate) -> DivergenceEstimate:
    """Returns the square root of value and ends; the error by the delta method, where there is a value above 0."""

    def root(number: float | None) -> float | None:
        return None if number is None else sqrt(max(number, 0.0))

    value = sqrt(max(found.value, 0.0))
    error = found.standard_error
    return replace(
        found, value=value, standard_error=None if error is None or not value else error / (2 * value),
        lower=root(found.lower), upper=root(found.upper), upper_one_sided=root(found.upper_one_sided),
        raw=root(found.raw), relabelling_mean=root(found.relabelling_mean), standard_error_null=None,
    )  # fmt: skip


_SCALED = (
    "value", "standard_error", "lower", "upper", "upper_one_sided", "raw", "relabelling_mean", "standard_error_null",
)  # fmt: skip


def in_unit(found: DivergenceEstimate, base: Base) -> DivergenceEstimate:
    """Returns an estimate in nats in the unit of `base`."""
    scaled = {name: getattr(found, name) for name in _SCALED}
    scaled = {name: None if each is None else float(scale(each, found.kind, base)) for name, each in scaled.items()}
    return replace(found, unit=unit_name(found.kind, base), **scaled)
