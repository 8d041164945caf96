"""Measures between masses on whole numbers and a discrete family.

The labels of the masses are the outcomes, and all other whole numbers together are one more outcome: the masses are 0
there, so every measure keeps its value. `core` then computes the measure of two lists of masses to full accuracy; the
error that remains is that of the family's own masses, propagated to first order.
"""

from contextlib import suppress
from math import inf
from typing import Any

import numpy as np

from klcli.core.evaluation.evaluate import evaluate, value_of
from klcli.core.measures.measure import Finite, Measure
from klcli.errors import NotComparable
from klcli.families.ball_arithmetic.ball import exact
from klcli.families.ball_arithmetic.precision import DOUBLES
from klcli.families.catalogue.empirical import Masses
from klcli.families.comparison.answer import Answer
from klcli.families.comparison.infinite import has_density
from klcli.families.comparison.slopes import Slopes
from klcli.families.family.family import Family
from klcli.families.family.formula import Formula
from klcli.families.family.support import covers
from klcli.families.integration.integrand import log_density_and_error
from klcli.notes import Cause, Reason

__all__ = ["compare_with_masses"]

_UNDERFLOW = -690.0  # the exponential of a smaller logarithm is subnormal or nearly so, and loses digits
_CORE_ERROR = 4e-15  # relative error that core promises for measures of masses


def compare_with_masses(measure: Measure, slopes: Slopes | None, p: Family, q: Family) -> Answer | None:
    """Returns a measure of masses and a discrete family, in nats; None if the general methods apply."""
    if isinstance(p, Masses) is isinstance(q, Masses) or p.kind != q.kind:
        return None
    data: Any = p if isinstance(p, Masses) else q
    member = q if data is p else p
    if measure.depends_on == ("p" if data is p else "q"):
        value = float(value_of(measure, data.mass, data.mass))
        return Answer(value, _CORE_ERROR * value, "sum", "", Formula(measure.formula))
    if slopes is None or not _may_be_finite(measure, p, q):
        return None
    mass, logs, errors = _family_masses(member, data)
    given = np.append(data.mass, 0.0)
    sides: dict[str, Any] = {}
    if np.any((logs[:-1] < _UNDERFLOW) & (logs[:-1] > -inf)):
        with np.errstate(divide="ignore"):
            sides = {"log_p": np.log(given), "log_q": logs} if data is p else {"log_p": logs, "log_q": np.log(given)}
    pair = (given, mass) if data is p else (mass, given)
    value = float(evaluate([measure], *pair, **sides)[measure.name])
    reason = Reason(Cause.Q_LACKS_P) if value == inf else None
    if reason and member.may_underflow and ((logs[:-1] == -inf) & has_density(member, data.numbers)).any():
        return Answer(value, inf, "sum", "", Formula(measure.formula), Reason(Cause.NO_DENSITY))
    error = 0.0 if reason else _error(slopes, value, mass, given / given.max(), errors, member is p)
    return Answer(value, error, "sum", "", Formula(measure.formula), reason)


def _may_be_finite(measure: Measure, p: Family, q: Family) -> bool:
    """Returns False if the ends of the supports show that the measure is infinite; `infinite.uncovered` says why."""
    match measure.support_law:
        case Finite.Q_COVERS_P:
            return bool(covers(p, q))
        case Finite.P_COVERS_Q:
            return bool(covers(q, p))
        case _:
            return True


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


def _error(slopes: Slopes, value: float, mass: Any, given: Any, errors: Any, is_first: bool) -> float:
    with np.errstate(all="ignore"):
        slope = np.abs((slopes.of_p if is_first else slopes.of_q)(mass, given / given.sum()))
        change = float(np.where(slope * errors > 0, slope * (errors + 2 * DOUBLES.unit), 0.0).sum())
    if slopes.of_square:
        change = min(change / (value or 1.0), change**0.5)
    return change + _CORE_ERROR * value
