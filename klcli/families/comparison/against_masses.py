"""Measures between masses on whole numbers and a discrete family.

The numbers of the masses are the outcomes, and all other numbers are one more: the masses have nothing there, so every
measure is the same as if these were counted one by one. What is left are two lists of masses, of which `core` gives
each measure to its last digits, also where the two nearly agree; the error is that of the family's own masses.
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
from klcli.families.comparison.divergence import Answer
from klcli.families.family.family import Family
from klcli.families.integration.integrand import log_densities
from klcli.families.integration.panel_sum import is_wide
from klcli.families.integration.summation import add

__all__ = ["of_masses"]

# what a measure changes by where the mass f of an outcome of the family changes by a part of itself, the others by as
# much less: of f, and the other mass g
_Slope = Callable[[Any, Any], Any]


def _of_model(f: Any, g: Any) -> Any:
    return f - g


def _of_truth(f: Any, g: Any) -> Any:
    surprise = np.where(f > 0, np.log(f / g), 0.0)
    return f * (surprise - np.sum(f * surprise))


def _of_weight(f: Any, g: Any) -> Any:
    surprise = np.where(f > 0, -np.log(g), 0.0)
    return f * (surprise - np.sum(f * surprise))


def _of_mixture(f: Any, g: Any) -> Any:
    return np.where(f > 0, f * np.log(2 * f / (f + g)), 0.0) / 2


def _of_root(f: Any, g: Any) -> Any:
    return (f - np.sqrt(f * g)) / 2


def _of_affinity(f: Any, g: Any) -> Any:
    root = np.sqrt(f * g)
    return (f - root / root.sum()) / 2


# by measure, where the family is Q, and where it is P
_SLOPES: dict[str, tuple[_Slope, _Slope]] = {
    "forward_kl": (_of_model, _of_truth),
    "reverse_kl": (_of_truth, _of_model),
    "cross_entropy": (_of_model, _of_weight),
    "reverse_cross_entropy": (_of_weight, _of_model),
    "jensen_shannon": (_of_mixture, _of_mixture),
    "total_variation": (lambda f, g: f, lambda f, g: f),
    "hellinger": (_of_root, _of_root),
    "bhattacharyya": (_of_affinity, _of_affinity),
}
_UNDERFLOW = -690.0  # of a logarithm, below which its exponential has lost digits
_CORE = 4e-15  # relative: what the measures of masses are right to


def of_masses(name: str, p: Family, q: Family) -> Answer | None:
    """Returns a measure of masses and a discrete family; None where it is to be had as that of any two families."""
    if isinstance(p, Masses) is isinstance(q, Masses) or p.kind != q.kind:
        return None
    data: Any = p if isinstance(p, Masses) else q
    member = q if data is p else p
    if name == ("entropy_p" if data is p else "entropy_q"):
        value = float(value_of(select("entropy_p"), data.mass, data.mass))
        return Answer(value, _CORE * value, "sum", "", "-Σ p·log p")
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
    reason = "Q has no mass on an outcome of P" if value == inf else ""
    error = 0.0 if reason else _error(name, value, mass, given / given.max(), errors, member is p)
    return Answer(value, error, "sum", "", select(name).formula, reason)


def _may_be_finite(name: str, p: Family, q: Family) -> bool:
    """Whether the ends of the supports do not already say that it is infinite, and why."""
    inner, outer = (q, p) if name.startswith("reverse") else (p, q)
    (low, high), (least, most) = inner.bounds(), outer.bounds()
    is_divergence = name.endswith(("kl", "cross_entropy"))
    return not is_divergence or bool(low >= least and high <= most)


def _family_masses(member: Family, data: Masses) -> tuple[Any, Any, Any]:
    """The masses of a family, on the numbers and on all that are left, their logarithms, and their relative errors."""
    with np.errstate(all="ignore"):
        logs, errors = log_densities(member, exact(data.numbers, DOUBLES))
        mass = np.exp(logs)
        rest, miss = max(1 - float(mass.sum()), 0.0), float((mass * errors).sum()) + DOUBLES.unit * len(mass)
        if not is_wide(member):
            with suppress(NotComparable):  # it takes too many terms
                found = add("outside", member, data)
                rest, miss = found if found[1] < inf else (rest, miss)
        logs = np.append(logs, np.log(rest))
        return np.append(mass, rest), logs, np.append(errors, miss / rest if rest else 0.0)


def _error(name: str, value: float, mass: Any, given: Any, errors: Any, is_first: bool) -> float:
    with np.errstate(all="ignore"):
        slopes = np.abs(_SLOPES[name][is_first](mass, given / given.sum()))
        change = float(np.where(slopes * errors > 0, slopes * (errors + 2 * DOUBLES.unit), 0.0).sum())
    if name == "hellinger":  # of its square
        change = min(change / (value or 1.0), change**0.5)
    return change + _CORE * value
