"""Measures between masses on whole numbers and a discrete family.

The labels of the masses are the outcomes, and all other whole numbers together are one more outcome: the masses are 0
there, so every measure keeps its value. `core` then computes the measure of two lists of masses to full accuracy; the
error that remains is that of the family's own masses, propagated to first order.
"""

from collections.abc import Callable
from contextlib import suppress
from math import inf
from typing import Any

import numpy as np

from klcli.core.evaluation.evaluate import evaluate, value_of
from klcli.core.measures.measure import select
from klcli.errors import NotComparable
from klcli.families.ball_arithmetic.ball import exact
from klcli.families.ball_arithmetic.precision import DOUBLES
from klcli.families.catalogue.empirical import Masses
from klcli.families.comparison.answer import Answer
from klcli.families.comparison.infinite import OUTCOME_OUTSIDE
from klcli.families.family.family import Family
from klcli.families.family.support import covers
from klcli.families.integration.integrand import log_density_and_error

__all__ = ["compare_with_masses"]

# the derivative of a measure with respect to log f, where f is the family's mass of an outcome and g the other mass;
# f stays normalised
_Slope = Callable[[Any, Any], Any]


def _slope_of_q(f: Any, g: Any) -> Any:
    return f - g


def _slope_of_p(f: Any, g: Any) -> Any:
    log_ratio = np.where(f > 0, np.log(f / g), 0.0)
    return f * (log_ratio - np.sum(f * log_ratio))


def _slope_of_weight(f: Any, g: Any) -> Any:
    cost = np.where(f > 0, -np.log(g), 0.0)
    return f * (cost - np.sum(f * cost))


def _slope_of_mixture(f: Any, g: Any) -> Any:
    return np.where(f > 0, f * np.log(2 * f / (f + g)), 0.0) / 2


def _slope_of_hellinger(f: Any, g: Any) -> Any:
    return (f - np.sqrt(f * g)) / 2


def _slope_of_affinity(f: Any, g: Any) -> Any:
    root = np.sqrt(f * g)
    return (f - root / root.sum()) / 2


# by measure: if the family is Q, and if it is P
_SLOPES: dict[str, tuple[_Slope, _Slope]] = {
    "forward_kl": (_slope_of_q, _slope_of_p),
    "reverse_kl": (_slope_of_p, _slope_of_q),
    "cross_entropy": (_slope_of_q, _slope_of_weight),
    "reverse_cross_entropy": (_slope_of_weight, _slope_of_q),
    "jensen_shannon": (_slope_of_mixture, _slope_of_mixture),
    "total_variation": (lambda f, g: f, lambda f, g: f),
    "hellinger": (_slope_of_hellinger, _slope_of_hellinger),
    "bhattacharyya": (_slope_of_affinity, _slope_of_affinity),
}
_UNDERFLOW = -690.0  # the exponential of a smaller logarithm is subnormal or nearly so, and loses digits
_CORE_ERROR = 4e-15  # relative error that core promises for measures of masses


def compare_with_masses(name: str, p: Family, q: Family) -> Answer | None:
    """Returns a measure of masses and a discrete family, in nats; None if the general methods apply."""
    if isinstance(p, Masses) is isinstance(q, Masses) or p.kind != q.kind:
        return None
    data: Any = p if isinstance(p, Masses) else q
    member = q if data is p else p
    if name == ("entropy_p" if data is p else "entropy_q"):
        value = float(value_of(select("entropy_p"), data.mass, data.mass))
        return Answer(value, _CORE_ERROR * value, "sum", "", "-Σ p·log p")
    if name not in _SLOPES or not _may_be_finite(name, p, q):
        return None
    mass, logs, errors = _family_masses(member, data)
    given = np.append(data.mass, 0.0)
    sides: dict[str, Any] = {}
    if np.any((logs[:-1] < _UNDERFLOW) & (logs[:-1] > -inf)):
        with np.errstate(divide="ignore"):
            sides = {"log_p": np.log(given), "log_q": logs} if data is p else {"log_p": logs, "log_q": np.log(given)}
    pair = (given, mass) if data is p else (mass, given)
    value = float(evaluate([select(name)], *pair, **sides)[name])
    reason = OUTCOME_OUTSIDE if value == inf else ""
    error = 0.0 if reason else _error(name, value, mass, given / given.max(), errors, member is p)
    return Answer(value, error, "sum", "", select(name).formula, reason)


def _may_be_finite(name: str, p: Family, q: Family) -> bool:
    """Returns False if the ends of the supports show that the measure is infinite; `infinite.uncovered` says why."""
    inner, outer = (q, p) if name.startswith("reverse") else (p, q)
    return not name.endswith(("kl", "cross_entropy")) or bool(covers(inner, outer))


def _family_masses(member: Family, data: Masses) -> tuple[Any, Any, Any]:
    """The family's masses on the labels and on all other numbers together, their logarithms, their relative errors."""
    from klcli.families.integration.panel_sum import is_wide  # only data against a family needs these
    from klcli.families.integration.summation import sum_over_support

    with np.errstate(all="ignore"):
        logs, errors = log_density_and_error(member, exact(data.numbers, DOUBLES))
        mass = np.exp(logs)
        rest, miss = max(1 - float(mass.sum()), 0.0), float((mass * errors).sum()) + DOUBLES.unit * len(mass)
        if not is_wide(member):
            with suppress(NotComparable):  # the sum needs too many terms
                found = sum_over_support("uncovered_mass", member, data)
                rest, miss = found if found[1] < inf else (rest, miss)
        logs = np.append(logs, np.log(rest))
        return np.append(mass, rest), logs, np.append(errors, miss / rest if rest else 0.0)


def _error(name: str, value: float, mass: Any, given: Any, errors: Any, is_first: bool) -> float:
    with np.errstate(all="ignore"):
        slopes = np.abs(_SLOPES[name][is_first](mass, given / given.sum()))
        change = float(np.where(slopes * errors > 0, slopes * (errors + 2 * DOUBLES.unit), 0.0).sum())
    if name == "hellinger":  # its slope is that of the squared distance
        change = min(change / (value or 1.0), change**0.5)
    return change + _CORE_ERROR * value
