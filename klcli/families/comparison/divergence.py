"""KL divergence, entropy and cross-entropy of families, each by the best available method.

In this order: a closed form; a sum for whole numbers, quadrature for numbers, Monte Carlo for vectors. `infinite`
decides what is infinite, and why.
"""

from contextlib import suppress
from dataclasses import replace
from math import inf, isfinite

import numpy as np

from klcli.errors import UsageError
from klcli.families.ball_arithmetic.ball import exact
from klcli.families.ball_arithmetic.precision import DOUBLES, FLOATS
from klcli.families.ball_arithmetic.refinement import (
    FLOAT64_ERROR,
    LARGEST,
    MAX_BOUND,
    MAX_BOUND_OF_VECTORS,
    SMALLEST,
    is_accurate,
    refine,
)
from klcli.families.catalogue.empirical import Sample
from klcli.families.catalogue.multinomial import Multinomial
from klcli.families.closed_forms.closed_form import ClosedForm
from klcli.families.closed_forms.lookup import closed_form_of
from klcli.families.closed_forms.sources import KULLBACK_LEIBLER
from klcli.families.comparison.answer import Answer
from klcli.families.comparison.infinite import has_density, uncovered
from klcli.families.comparison.monte_carlo_answers import mean_under_p
from klcli.families.comparison.numeric import integral_or_sum
from klcli.families.family.expectations import Diverges
from klcli.families.family.family import Family
from klcli.families.family.formula import Formula
from klcli.families.integration.integrand import log_density_and_error
from klcli.families.integration.monte_carlo import SAMPLES, SEED
from klcli.notes import Cause, Reason
from klcli.support.sentence import Command, Option, Sentence

__all__ = ["cross_entropy", "entropy", "evaluate_closed_form", "evaluated", "kl", "refuse_samples"]

_UNCOVERED = Formula("{Q} has no mass on some of {P}")
_IMPRECISE = 1e-9  # error relative to the value, above which a second method is tried


def kl(p: Family, q: Family, *, samples: int = SAMPLES, seed: int = SEED) -> Answer:
    """Returns KL(P‖Q) in nats, for one pair; `samples` and `seed` are those of Monte Carlo.

    Raises:
        NotComparable: the outcomes of P and Q lie in different spaces.
        UsageError: one is a sample, which has no density.
    """
    refuse_samples(p, q)
    if p == q:
        return Answer(0.0, 0.0, "closed form", KULLBACK_LEIBLER, Formula("{P} = {Q}"))
    reason = uncovered(p, q)
    if reason:
        return Answer(inf, 0.0, "closed form", "", _UNCOVERED, reason)
    form = closed_form_of(p, q)
    if form is not None:
        return evaluate_closed_form(form, p, q)
    if p.kind == "multivariate":
        return mean_under_p("kl", p, q, samples, seed)
    found = integral_or_sum("kl", p, q)
    if found.error > _IMPRECISE * abs(found.value) and p.knows("entropy") and found.value < inf:
        return _by_cross_entropy(found, p, q)
    return found


def _by_cross_entropy(found: Answer, p: Family, q: Family) -> Answer:
    """H(P, Q) - H(P), if its error is less: p·log p may lie too far out for doubles where p·log q does not."""
    of_p, cross = entropy(p), integral_or_sum("cross_entropy", p, q)
    error = of_p.error + cross.error + FLOAT64_ERROR * (abs(of_p.value) + abs(cross.value))
    if error < found.error:
        return replace(cross, value=max(cross.value - of_p.value, 0.0), error=error, formula=found.formula)
    return found


def entropy(p: Family, *, samples: int = SAMPLES, seed: int = SEED) -> Answer:
    """Returns H(P) in nats; for continuous families the differential entropy, which may be negative.

    Raises:
        UsageError: P is a sample, which has no density.
    """
    refuse_samples(p)
    if p.knows("entropy"):
        source = p.source or "Johnson, Kotz & Balakrishnan (1994, 1995)"
        return evaluate_closed_form(ClosedForm(Formula("-E[log {p}]"), source, lambda p, q: p.entropy()), p, p)
    if isinstance(p, Multinomial):
        from klcli.families.integration.multinomial_entropy import FORMULA, SOURCE, multinomial_entropy

        return Answer(*multinomial_entropy(p), "sum", SOURCE, Formula(FORMULA))
    if p.kind == "multivariate":
        return mean_under_p("entropy", p, p, samples, seed)
    return integral_or_sum("cross_entropy", p, p, text="-{p}·log {p}")


def cross_entropy(p: Family, q: Family, *, samples: int = SAMPLES, seed: int = SEED) -> Answer:
    """Returns H(P, Q) = -E_p[log q] in nats; P may be a sample.

    Raises:
        NotComparable: the outcomes of P and Q lie in different spaces.
        UsageError: Q is a sample, which has no density.
    """
    if isinstance(p, Sample):
        return _mean_over_sample(p, q)
    refuse_samples(p, q)
    reason = uncovered(p, q)
    if reason:
        return Answer(inf, 0.0, "closed form", "", _UNCOVERED, reason)
    if q.needs is not None and all(p.knows(each) for each in q.needs):
        formula = q.cross_formula.within("H({P}, {Q}) = ")
        form = ClosedForm(formula, q.source, lambda p, q: q.cross_entropy(p))
        return evaluate_closed_form(form, p, q)
    if p.kind == "multivariate" and not (closed_form_of(p, q) and (p.knows("entropy") or isinstance(p, Multinomial))):
        return mean_under_p("cross_entropy", p, q, samples, seed)
    of_p, divergence = entropy(p), kl(p, q)
    if divergence.method == "closed form" and (of_p.method == "closed form" or p.kind == "multivariate"):
        rounding = FLOAT64_ERROR * (abs(of_p.value) + abs(divergence.value)) if divergence.value < inf else 0.0
        return Answer(
            of_p.value + divergence.value,
            of_p.error + divergence.error + rounding,
            of_p.method,
            divergence.source,
            Formula("H({P}) + KL({P}‖{Q})"),
            divergence.reason,
        )
    return integral_or_sum("cross_entropy", p, q)


def _mean_over_sample(p: Sample, q: Family) -> Answer:
    """The mean of -log q over a sample, which is -1/n of its log-likelihood."""
    if q.kind not in ("continuous", "discrete"):
        raise UsageError(f"{q.name} gives no likelihood to a sample of numbers")
    with np.errstate(all="ignore"):
        logs, errors = log_density_and_error(q, exact(p.numbers, DOUBLES))
        if q.kind == "discrete":
            logs = np.where(p.numbers == np.floor(p.numbers), logs, -inf)
        share = p.counts / p.counts.sum()
        value, error = float(-(share * logs).sum()), float((share * errors).sum())
        is_lost = (logs == -inf) & has_density(q, p.numbers)
    error += len(logs) * DOUBLES.unit * abs(value) if isfinite(value) else 0.0
    reason = Reason(Cause.SAMPLE_OUTSIDE) if value == inf else None
    if is_lost.any():
        error, reason = inf, Reason(Cause.NO_DENSITY)
    return Answer(value, error, "sum", "", Formula("the mean of -log {q} over the sample"), reason)


def refuse_samples(*members: Family) -> None:
    """Refuses samples, which have no density.

    Raises:
        UsageError: one of the members is a sample.
    """
    samples = [member for member in members if isinstance(member, Sample)]
    if not samples:
        return
    message = "a sample has no density, so only its cross-entropy under a family can be computed"
    hint: Sentence = Command("compute", "SAMPLE", "FAMILY", Option("--as", "samples"), Option("-m", "cross_entropy"))
    are_discrete = all(member.kind == "discrete" for member in members if not isinstance(member, Sample))
    if are_discrete and all((each.numbers == np.floor(each.numbers)).all() for each in samples):
        message += "; whole numbers, counted by sort FILE | uniq -c, have masses"
        hint = Sentence("sort FILE | uniq -c | ", Command("compute", "-", "FAMILY"), ", or " + hint)
    raise UsageError(message, hint=hint)


def evaluate_closed_form(form: ClosedForm, p: Family, q: Family) -> Answer:
    """Returns the value of a closed form; infinite, with the reason, if an expectation in it is."""
    try:
        value, error = evaluated(form, p, q)
    except Diverges as infinite:
        return Answer(inf, 0.0, "closed form", form.source, form.formula, Reason(Cause.EXPECTATION, (str(infinite),)))
    return Answer(value, error, "closed form", form.source, form.formula)


def evaluated(form: ClosedForm, p: Family, q: Family) -> tuple[float, float]:
    """Returns a closed form of one pair in nats, and a bound on its absolute error.

    Tries plain float64, then Balls of Python floats, then Balls of as many digits as the bound needs.

    Raises:
        Diverges: an expectation in it is infinite.
    """
    is_safe = p.is_in_safe_range and q.is_in_safe_range
    if form.in_float64 is not None and (is_safe or form.is_for_any_size):
        with suppress(ArithmeticError, ValueError):  # for example where 1/x overflows
            value = form.in_float64(p.raw, q.raw)
            if SMALLEST < value < LARGEST:
                return value, FLOAT64_ERROR * value
    if is_safe and p.kind != "multivariate":
        with suppress(ArithmeticError, ValueError):
            found = form.evaluate(p.in_float_balls, q.in_float_balls)
            if is_accurate(found.value, found.error):
                return found.value, max(found.error, abs(found.value) * 2 * FLOATS.unit)
    return refine(
        lambda arithmetic: form.evaluate(p.in_arithmetic(arithmetic), q.in_arithmetic(arithmetic)),
        in_doubles=is_safe,
        max_bound=MAX_BOUND_OF_VECTORS if p.kind == "multivariate" else MAX_BOUND,
    )
