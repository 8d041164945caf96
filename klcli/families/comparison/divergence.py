"""The quantities of a pair of families, each by the best method that there is, with a bound on its error.

A closed form if there is one; else a sum for whole numbers, quadrature for numbers, and Monte Carlo for vectors. What
is infinite is said to be so for a reason: the supports, or the tails.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from math import inf, isfinite, isnan
from typing import Any

import numpy as np

from klcli.errors import NotComparable, UsageError
from klcli.families.ball_arithmetic.ball import exact
from klcli.families.ball_arithmetic.precision import (
    DOUBLES,
    FLOATS,
    LARGE,
    NORMAL,
    TIGHT,
    WIDEST,
    WIDEST_OF_VECTORS,
    is_tight,
    refine,
)
from klcli.families.catalogue.empirical import Sample
from klcli.families.catalogue.multivariate import Multinomial, Multivariate
from klcli.families.closed_forms.closed_form import ClosedForm, find
from klcli.families.family.family import Diverges, Family
from klcli.families.family.tail import is_finite
from klcli.families.integration.integrand import log_densities
from klcli.families.integration.monte_carlo import BETWEEN, MEANS, SAMPLES, SEED, Estimate, estimate, estimate_between
from klcli.families.integration.multinomial_entropy import FORMULA, SOURCE, multinomial_entropy
from klcli.families.integration.quadrature import integrate
from klcli.families.integration.summation import add

__all__ = ["Answer", "between", "closed", "cross_entropy", "entropy", "evaluated", "integral", "kl"]

_FAR = 1e100  # a value above it comes from so far out that p underflows there
_ROUGH = 1e-9  # an error, relative to the value, that is worth a second way
_FLAT = -1e-3  # slope of a tail per e-fold, above which its integral is taken not to converge


@dataclass(frozen=True, slots=True)
class Answer:
    """A value in nats (or without a unit), how it was found, and a bound on its absolute error.

    Attributes:
        method: closed form, sum, quadrature or monte carlo. formula: as text. source: of the formula, if it has one.
        reason: why the value is infinite.
        interval: of 95 % confidence, by Monte Carlo.
    """

    value: float
    error: float
    method: str
    source: str = ""
    formula: str = ""
    reason: str = ""
    interval: tuple[float, float] | None = None


def kl(p: Family, q: Family, *, samples: int = SAMPLES, seed: int = SEED) -> Answer:
    """Returns KL(P‖Q), of one pair; the samples and the seed are for Monte Carlo, where nothing else will do.

    Raises:
        NotComparable: they are not of one space.
    """
    _refuse_samples(p, q)
    if p == q:
        return Answer(0.0, 0.0, "closed form", "Kullback & Leibler (1951), Ann. Math. Stat. 22(1), 79-86", "P = Q")
    outside = _uncovered(p, q)
    if outside:
        return Answer(inf, 0.0, "closed form", "", "Q has no mass on some of P", outside)
    form = find(p, q)
    if form is not None:
        try:
            return closed(form, p, q)
        except Diverges as infinite:
            return Answer(inf, 0.0, "closed form", form.source, form.formula, str(infinite))
    if p.kind == "multivariate":
        return _estimated("kl", p, q, samples, seed)
    found = _numeric("kl", p, q)
    if found.error > _ROUGH * abs(found.value) and p.knows("entropy") and found.value < inf:
        # what is too far out for p·log p may not be so for p·log q
        own, cross = entropy(p), _numeric("cross_entropy", p, q)
        error = own.error + cross.error + TIGHT * (abs(own.value) + abs(cross.value))
        if error < found.error:
            return replace(cross, value=max(cross.value - own.value, 0.0), error=error, formula=found.formula)
    return found


def _estimated(name: str, p: Any, q: Any, samples: int, seed: int) -> Answer:
    found = estimate(name, p, q, samples=samples, seed=seed)
    return _of_estimate(found, f"the mean of {MEANS[name]} over {samples} outcomes of P, seed {seed}")


def _of_estimate(found: Estimate, text: str) -> Answer:
    reason = "an outcome was drawn from P on which Q has no mass" if found.value == inf else ""
    if found.standard_error == inf:
        reason = "an outcome that was drawn has no density in doubles"
    return Answer(found.value, found.standard_error, "monte carlo", "", text, reason, found.interval)


def entropy(p: Family, *, samples: int = SAMPLES, seed: int = SEED) -> Answer:
    """Returns H(P), the differential entropy of a continuous one, which may be negative."""
    _refuse_samples(p, p)
    if p.knows("entropy"):
        form = ClosedForm(
            "-E[log p]", p.source or "Johnson, Kotz & Balakrishnan (1994, 1995)", lambda p, q: p.entropy()
        )
        return closed(form, p, p)
    if isinstance(p, Multinomial):
        return Answer(*multinomial_entropy(p), "sum", SOURCE, FORMULA)
    if p.kind == "multivariate":
        return _estimated("entropy", p, p, samples, seed)
    found = _numeric("cross_entropy", p, p)
    return replace(found, formula=found.formula.replace("log q", "log p"))


def of_sample(p: Sample, q: Family) -> Answer:
    """Returns the mean of -log q over a sample, which is -1/n of its log-likelihood.

    Raises:
        UsageError: q is not of numbers.
    """
    if q.kind not in ("continuous", "discrete"):
        raise UsageError(f"a sample of numbers has no likelihood under {q.name}")
    with np.errstate(all="ignore"):
        logs, errors = log_densities(q, exact(p.numbers, DOUBLES))
        if q.kind == "discrete":
            logs = np.where(p.numbers == np.floor(p.numbers), logs, -inf)
        share = p.counts / p.counts.sum()
        value, error = float(-(share * logs).sum()), float((share * errors).sum())
    reason = "the sample has numbers on which Q has no mass" if value == inf else ""
    error += len(logs) * DOUBLES.unit * abs(value) if isfinite(value) else 0.0
    return Answer(value, error, "sum", "", "the mean of -log q over the sample", reason)


def cross_entropy(p: Family, q: Family, *, samples: int = SAMPLES, seed: int = SEED) -> Answer:
    """Returns H(P, Q) = -E_p[log q]."""
    if isinstance(p, Sample):
        return of_sample(p, q)
    _refuse_samples(p, q)
    outside = _uncovered(p, q)
    if outside:
        return Answer(inf, 0.0, "closed form", "", "Q has no mass on some of P", outside)
    if q.needs is not None and all(p.knows(each) for each in q.needs):
        form = ClosedForm(f"H(P, Q) = {q.cross_formula}", q.source, lambda p, q: q.cross_entropy(p))
        try:
            return closed(form, p, q)
        except Diverges as infinite:
            return Answer(inf, 0.0, "closed form", form.source, form.formula, str(infinite))
    if p.kind == "multivariate" and not (find(p, q) and (p.knows("entropy") or isinstance(p, Multinomial))):
        return _estimated("cross_entropy", p, q, samples, seed)
    own, other = entropy(p), kl(p, q)
    if other.method == "closed form" and (own.method == "closed form" or p.kind == "multivariate"):
        return Answer(
            own.value + other.value,
            own.error + other.error + TIGHT * (abs(own.value) + abs(other.value)),
            own.method,
            other.source,
            "H(P) + KL(P‖Q)",
            other.reason,
        )
    return _numeric("cross_entropy", p, q)


def integral(name: str, p: Family, q: Family) -> Answer:
    """Returns the integral or the sum, over the support of p, of one of INTEGRANDS."""
    _refuse_samples(p, q)
    return _numeric(name, p, q, may_diverge=False)


def between(name: str, p: Any, q: Any, *, samples: int, seed: int) -> Answer:
    """Returns a quantity of `monte_carlo.BETWEEN` for two families of vectors.

    Raises:
        NotComparable: they are not of one space.
    """
    _refuse_samples(p, q)
    apart, largest = _of_vectors(p, q), BETWEEN[name][2]
    if apart or p == q:
        is_least = (p == q) is not (name == "affinity")
        return Answer(0.0 if is_least else largest, 0.0, "closed form", "", "P = Q" if p == q else apart)
    text = f"the mean of {BETWEEN[name][1]} over {samples} outcomes of each of P and Q, m = (p + q)/2, seed {seed}"
    return _of_estimate(estimate_between(name, p, q, samples=samples, seed=seed), text)


def _refuse_samples(p: Family, q: Family) -> None:
    if isinstance(p, Sample) or isinstance(q, Sample):
        raise UsageError(
            "a sample has no density, so nothing but its cross-entropy under a family is known",
            hint="kl compute SAMPLE FAMILY --as samples -m cross_entropy",
        )


def closed(form: ClosedForm, p: Family, q: Family) -> Answer:
    """Returns what a closed form gives.

    Raises:
        Diverges: it is infinite.
    """
    value, error = evaluated(form, p, q)
    return Answer(value, error, "closed form", form.source, form.formula)


def evaluated(form: ClosedForm, p: Family, q: Family) -> tuple[float, float]:
    """Returns a closed form of one pair in nats, and a bound on its absolute error.

    Raises:
        Diverges: it is infinite.
    """
    is_modest = p.is_modest and q.is_modest
    if form.direct is not None and (is_modest or form.is_of_any_size):
        with suppress(ArithmeticError, ValueError):  # as where 1/x overflows
            value = form.direct(p.plain, q.plain)
            if NORMAL < value < LARGE:
                return value, TIGHT * value
    if is_modest and p.kind != "multivariate":
        with suppress(ArithmeticError, ValueError):
            found = form.evaluate(p.in_floats, q.in_floats)
            if is_tight(found.value, found.error):
                return found.value, max(found.error, abs(found.value) * 2 * FLOATS.unit)
    widest = WIDEST_OF_VECTORS if p.kind == "multivariate" else WIDEST
    return refine(
        lambda arithmetic: form.evaluate(p.at(arithmetic), q.at(arithmetic)), in_doubles=is_modest, widest=widest
    )


def _numeric(name: str, p: Family, q: Family, *, may_diverge: bool = True) -> Answer:
    if p.kind == "discrete":
        value, error = add(name, p, q)
        reason = "Q has no mass on an outcome of P" if value == inf else ""
        if error == inf:
            reason = "the outcomes that make it were not found"
        if isnan(value):
            value, error, reason = inf, inf, "what makes it is too far out for a sum in doubles"
        return Answer(value, error, "sum", "", f"Σ {_TEXT.get(name, name)}", reason)
    if may_diverge:
        reason = _diverging_tail(p, q)
        if reason:
            return Answer(inf, 0.0, "quadrature", "", f"∫ {_TEXT[name]} dx", reason)
    found = integrate(name, p, q)
    if may_diverge and found.slope > _FLAT and _is_unknown(p, q):
        return Answer(
            inf, 0.0, "quadrature", "", f"∫ {_TEXT[name]} dx",
            "x·p(x)·log(p(x)/q(x)) does not fall towards an end of the support, as far as doubles reach",
        )  # fmt: skip
    value = found.value if isfinite(found.value) else inf
    if name == "kl":
        value = max(value, 0.0)
    if not isfinite(value) or not isfinite(found.error) or abs(value) > _FAR:
        text = "what makes it is too far out for quadrature in doubles"
        return Answer(value, inf, "quadrature", "", f"∫ {_TEXT.get(name, name)} dx", text)
    return Answer(value, found.error, "quadrature", "", f"∫ {_TEXT.get(name, name)} dx")


_TEXT = {"kl": "p·log(p/q)", "cross_entropy": "-p·log q"}


def _uncovered(p: Family, q: Family) -> str:
    """Why Q does not cover the support of P; empty if it does."""
    if p.kind == "multivariate" or q.kind == "multivariate":
        return _of_vectors(p, q)
    if p.kind != q.kind:
        on_points, other = ("P", "Q") if p.kind == "discrete" else ("Q", "P")
        return f"{on_points} has all its mass on single numbers, on which {other} has none"
    (low_p, high_p), (low_q, high_q) = p.bounds(), q.bounds()
    if p.kind == "discrete" and low_p != np.floor(low_p) and (low_p, high_p) != (low_q, high_q):
        return f"{p} is no whole number"
    if low_p < low_q or high_p > high_q:
        return (
            f"P has mass from {float(low_p):.6g} to {float(high_p):.6g}, "
            f"Q only from {float(low_q):.6g} to {float(high_q):.6g}"
        )
    return ""


def _of_vectors(p: Family, q: Family) -> str:
    """The same for vectors; refuses those of different spaces."""
    if not (isinstance(p, Multivariate) and isinstance(q, Multivariate)):
        raise NotComparable(f"{p.name} is of {_THINGS[p.kind]}, {q.name} of {_THINGS[q.kind]}")
    p.match(q)
    spaces = [type(part) for member in (p, q) for part in getattr(member, "parts", (member,))]
    if len(set(spaces)) > 1:
        names = " and ".join(dict.fromkeys(space.name for space in spaces))
        raise NotComparable(f"{names} have their mass on different sets of vectors, so none has a density of another")
    if isinstance(p, Multinomial) and p.given["n"] != q.given["n"]:
        return f"the counts of P sum to {p.given['n']:.6g}, those of Q to {q.given['n']:.6g}"
    return ""


_THINGS = {"continuous": "numbers", "discrete": "whole numbers", "multivariate": "vectors"}


def _diverging_tail(p: Family, q: Family) -> str:
    """Why -log q grows too fast for the tail of p; empty if it does not, or it is not known."""
    for end, edge_p, edge_q in zip(("low", "high"), p.bounds(), q.bounds(), strict=True):
        if edge_p != edge_q:
            continue  # q is well inside its support there
        own, other = p.growth(end), q.growth(end)
        if own and other and not is_finite(own, other, end_is_infinite=not isfinite(edge_p)):
            return f"towards {float(edge_p):.6g}, -log q grows faster than the tail of p falls"
    return ""


def _is_unknown(p: Family, q: Family) -> bool:
    """Whether the tails of one are not known, so that only the numbers tell."""
    return any(member.growth(end) is None for member in (p, q) for end in ("low", "high"))
