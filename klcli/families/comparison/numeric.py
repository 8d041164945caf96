"""An integral over the support of P by quadrature, or a sum by adding terms, as an Answer."""

from math import inf, isfinite, isnan

from klcli.families.comparison.answer import Answer
from klcli.families.comparison.infinite import FLAT_TAIL, OUTCOME_OUTSIDE, diverging_tail, has_unknown_tail
from klcli.families.family.family import Family

__all__ = ["integral_or_sum"]

_FAR = 1e100  # a larger value comes from so far out that p underflows there
_FLAT = -1e-3  # slope of a tail per e-fold; above it the integral is judged to diverge
_TEXT = {"kl": "p·log(p/q)", "cross_entropy": "-p·log q"}


def integral_or_sum(name: str, p: Family, q: Family, *, may_diverge: bool = True) -> Answer:
    """Returns the integral, or for discrete families the sum, of one of INTEGRANDS over the support of P, in nats.

    Args:
        may_diverge: False for an integrand that is bounded, whatever P and Q.

    Raises:
        NotComparable: the sum needs too many terms.
    """
    text = _TEXT.get(name, name)
    if p.kind == "discrete":
        return _sum(name, text, p, q)
    return _integral(name, f"∫ {text} dx", p, q, may_diverge)


def _sum(name: str, text: str, p: Family, q: Family) -> Answer:
    from klcli.families.integration.summation import sum_over_support  # most pairs need no sum

    value, error = sum_over_support(name, p, q)
    reason = OUTCOME_OUTSIDE if value == inf else ""
    if error == inf:
        reason = "the outcomes that contribute to it were not found"
    if isnan(value):
        value, error, reason = inf, inf, "the terms that contribute to it lie too far out for a sum in doubles"
    return Answer(value, error, "sum", "", f"Σ {text}", reason)


def _integral(name: str, text: str, p: Family, q: Family, may_diverge: bool) -> Answer:
    from klcli.families.integration.quadrature import integrate  # most pairs of one measure have a closed form

    reason = diverging_tail(p, q) if may_diverge else ""
    if reason:
        return Answer(inf, 0.0, "quadrature", "", text, reason)
    found = integrate(name, p, q)
    if may_diverge and found.slope > _FLAT and has_unknown_tail(p, q):
        return Answer(inf, 0.0, "quadrature", "", text, FLAT_TAIL)
    value = found.value if isfinite(found.value) else inf
    if name == "kl":
        value = max(value, 0.0)
    if not isfinite(value) or not isfinite(found.error) or abs(value) > _FAR:
        reason = "the part that contributes to it lies too far out for quadrature in doubles"
        return Answer(value, inf, "quadrature", "", text, reason)
    return Answer(value, found.error, "quadrature", "", text)
