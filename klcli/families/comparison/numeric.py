"""An integral over the support of P by quadrature, or a sum by adding terms, as an Answer."""

from math import inf, isfinite, isnan

from klcli.errors import NotComparable
from klcli.families.comparison.answer import Answer
from klcli.families.comparison.infinite import diverging_tail, has_unknown_tail
from klcli.families.family.family import Family
from klcli.families.family.formula import Formula
from klcli.notes import Cause, Reason

__all__ = ["ROUGH", "integral_or_sum", "symmetric_integral_or_sum"]

ROUGH = 1e-9  # error of an integral above which another is tried
_FAR = 1e100  # a larger value comes from so far out that p underflows there
_FLAT = -1e-3  # slope of a tail per e-fold; above it the integral is judged to diverge
_TEXTS = {"kl": "{p}·log({p}/{q})", "cross_entropy": "-{p}·log {q}"}


def integral_or_sum(name: str, p: Family, q: Family, *, may_diverge: bool = True, text: str | None = None) -> Answer:
    """Returns the integral, or for discrete families the sum, of one of INTEGRANDS over the support of P, in nats.

    Args:
        may_diverge: False for an integrand that is bounded, whatever P and Q.
        text: the integrand as a template of a Formula, where it is not that of the name.

    Raises:
        NotComparable: the sum needs too many terms.
    """
    text = text or _TEXTS.get(name, name)
    if p.kind == "discrete":
        return _sum(name, Formula(f"Σ {text}"), p, q)
    return _integral(name, Formula(f"∫ {text} dx"), p, q, may_diverge)


def symmetric_integral_or_sum(name: str, p: Family, q: Family) -> Answer:
    """Returns one of INTEGRANDS that is bounded and the same for Q and P: over the support that determines it better.

    Raises:
        NotComparable: the sum needs too many terms over either support.
    """
    found, refusal = [], None
    for is_flipped, sides in enumerate(((p, q), (q, p))):
        try:
            answer = integral_or_sum(name, *sides, may_diverge=False)
        except NotComparable as error:
            refusal = error
            continue
        found.append(answer.swapped() if is_flipped else answer)
        if answer.error < ROUGH:
            break
    if refusal and not found:
        raise refusal
    return min(found, key=lambda each: each.error)


def _sum(name: str, formula: Formula, p: Family, q: Family) -> Answer:
    from klcli.families.integration.summation import sum_over_support  # most pairs need no sum

    value, error = sum_over_support(name, p, q)
    reason = Reason(Cause.Q_LACKS_P) if value == inf else None
    if value == inf and (p.may_underflow or q.may_underflow):
        error = inf
    if error == inf:
        reason = Reason(Cause.NOT_FOUND)
    if isnan(value):
        value, error, reason = inf, inf, Reason(Cause.TERMS_TOO_FAR)
    return Answer(value, error, "sum", "", formula, reason)


def _integral(name: str, formula: Formula, p: Family, q: Family, may_diverge: bool) -> Answer:
    from klcli.families.integration.quadrature import integrate  # most pairs of one measure have a closed form

    reason = diverging_tail(p, q) if may_diverge else None
    if reason:
        return Answer(inf, 0.0, "quadrature", "", formula, reason)
    found = integrate(name, p, q)
    if may_diverge and found.slope > _FLAT and has_unknown_tail(p, q):
        return Answer(inf, 0.0, "quadrature", "", formula, Reason(Cause.FLAT_TAIL))
    value = found.value if isfinite(found.value) else inf
    if name == "kl":
        value = max(value, 0.0)
    if not isfinite(value) or not isfinite(found.error) or abs(value) > _FAR:
        return Answer(value, inf, "quadrature", "", formula, Reason(Cause.PART_TOO_FAR))
    return Answer(value, found.error, "quadrature", "", formula)
