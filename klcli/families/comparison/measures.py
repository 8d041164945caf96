"""The measures of two families, each from closed forms, or from one integral or sum over the support of P."""

import re
from collections.abc import Callable
from dataclasses import replace
from math import expm1, inf, log, sqrt
from typing import TYPE_CHECKING, Any

from klcli.core.measures.measure import select
from klcli.errors import UsageError
from klcli.families.ball_arithmetic.precision import DOUBLES
from klcli.families.closed_forms.bhattacharyya import bhattacharyya_form
from klcli.families.comparison.divergence import Answer, between, closed, cross_entropy, entropy, integral, kl

if TYPE_CHECKING:
    from klcli.families.comparison.comparison import FamilyComparison

__all__ = ["MEASURES"]


def _jeffreys(comparison: "FamilyComparison") -> Answer:
    return _sum([comparison.nats(select(name)) for name in ("forward_kl", "reverse_kl")])


def _sum(parts: list[Answer], weight: float = 1.0) -> Answer:
    methods = ("closed form", "sum", "quadrature", "monte carlo")
    total = sum(part.value for part in parts) * weight
    return Answer(
        total,
        sum(float(part.error) for part in parts) * weight,
        max((part.method for part in parts), key=methods.index),
        "; ".join(dict.fromkeys(part.source for part in parts if part.source)),
        " + ".join(dict.fromkeys(part.formula for part in parts)),
        next((part.reason for part in parts if part.reason), ""),
    )


def _integral(name: str, comparison: "FamilyComparison") -> Answer:
    return integral(name, comparison.p, comparison.q)


def _is_of_vectors(comparison: "FamilyComparison") -> bool:
    return "multivariate" in (comparison.p.kind, comparison.q.kind)


def _between(name: str, comparison: "FamilyComparison") -> Answer:
    return between(name, comparison.p, comparison.q, samples=comparison.samples, seed=comparison.seed)


def _is_singular(comparison: "FamilyComparison") -> bool:
    """Whether one has its mass on single numbers, and the other none there."""
    kinds = {comparison.p.kind, comparison.q.kind}
    return kinds == {"discrete", "continuous"}


def _jensen_shannon(comparison: "FamilyComparison") -> Answer:
    if _is_singular(comparison):
        return Answer(log(2), 0.0, "closed form", "", "log 2, as P and Q share no mass")
    if _is_of_vectors(comparison):
        return _between("jensen_shannon", comparison)
    flipped = replace(comparison, p=comparison.q, q=comparison.p)
    found = _sum([_integral("against_mixture", comparison), _mirrored(_integral("against_mixture", flipped))], 0.5)
    return replace(found, value=min(max(found.value, 0.0), log(2)), formula="(KL(P‖M) + KL(Q‖M))/2, M = (P + Q)/2")


def _jensen_shannon_distance(comparison: "FamilyComparison") -> Answer:
    found = comparison.nats(select("jensen_shannon"))
    return _root(found)


def _root(found: Answer) -> Answer:
    root = sqrt(found.value)
    error = sqrt(found.value + found.error) - root if found.value < found.error else found.error / (2 * root or 1)
    error += DOUBLES.unit * root
    ends = found.interval and (sqrt(found.interval[0]), sqrt(found.interval[1]))
    return replace(found, value=root, error=error, formula=f"√({found.formula})", interval=ends)


def _total_variation(comparison: "FamilyComparison") -> Answer:
    if _is_singular(comparison):
        return Answer(1.0, 0.0, "closed form", "", "1, as P and Q share no mass")
    if _is_of_vectors(comparison):
        return _between("total_variation", comparison)
    found = _integral("excess", comparison)
    return replace(found, value=min(max(found.value, 0.0), 1.0), formula="the mass of p - q where p > q")


def _affinity(comparison: "FamilyComparison") -> Answer:
    if _is_singular(comparison):
        return Answer(0.0, 0.0, "closed form", "", "√(p·q)")
    if _is_of_vectors(comparison):
        return _between("affinity", comparison)
    found = _integral("root", comparison)
    return replace(found, value=min(max(found.value, 0.0), 1.0), formula=f"{found.formula[:1]} √(p·q)")


def _bhattacharyya(comparison: "FamilyComparison") -> Answer:
    p, q = comparison.p, comparison.q
    form = bhattacharyya_form(p, q)
    if form is not None:
        p.match(q)
        return closed(form, p, q) if p != q else _between("root_gap", comparison)
    found = _affinity(comparison)
    if found.interval and found.interval[0] <= 0:
        raise UsageError(
            "bhattacharyya: P and Q share so little that Monte Carlo does not find it",
            hint="hellinger and jensen_shannon say how far apart they are, up to a largest value",
        )
    value = _surprise(found.value)
    reason = "P and Q share no mass" if value == inf else ""
    error = found.error / max(found.value, 1e-300)
    ends = found.interval and (_surprise(found.interval[1]), _surprise(found.interval[0]))
    return replace(found, value=value, error=error, formula=f"-log({found.formula})", reason=reason, interval=ends)


def _surprise(share: float) -> float:
    return -log(share) + 0.0 if share > 0 else inf


def _hellinger(comparison: "FamilyComparison") -> Answer:
    if bhattacharyya_form(comparison.p, comparison.q) is not None:
        apart = _bhattacharyya(comparison)
        value = -expm1(-apart.value)
        error = apart.error * (1 - value) + 2 * DOUBLES.unit * value
        square = replace(apart, value=value, error=error, formula=f"1 - exp(-[{apart.formula}])", reason="")
        return _root(square)
    if _is_of_vectors(comparison):
        return _root(_between("root_gap", comparison))
    found = _affinity(comparison)
    rest = replace(found, value=max(1 - found.value, 0.0), formula=f"1 - {found.formula}")
    (low, high), (low_q, high_q) = comparison.p.bounds(), comparison.q.bounds()
    if found.value > 0.5 and low <= low_q and high_q <= high and not _is_singular(comparison):
        # all of Q is where P is, so the square of the distance is one integral, which does not cancel
        rest = _integral("root_gap", comparison)
    return replace(_root(rest), formula="√(½·∫(√p - √q)²)")


_Compute = Callable[["FamilyComparison"], Answer]


def _drawn(function: Callable[..., Answer], sides: str) -> _Compute:
    def compute(comparison: "FamilyComparison") -> Answer:
        members: list[Any] = [getattr(comparison, side) for side in sides]
        found: Answer = function(*members, samples=comparison.samples, seed=comparison.seed)
        return found if sides.startswith("p") else _mirrored(found)

    return compute


_LETTERS = re.compile("[A-Za-z]+")
_OTHER = {"p": "q", "q": "p", "P": "Q", "Q": "P", "dp": "dq", "dq": "dp"}


def _mirrored(found: Answer) -> Answer:
    """What was found for Q in the place of P, in words where each has its own name again."""
    formula, reason = (
        _LETTERS.sub(lambda word: _OTHER.get(word[0], word[0]), text) for text in (found.formula, found.reason)
    )
    return replace(found, formula=formula, reason=reason)


MEASURES: dict[str, _Compute] = {
    "forward_kl": _drawn(kl, "pq"),
    "reverse_kl": _drawn(kl, "qp"),
    "cross_entropy": _drawn(cross_entropy, "pq"),
    "entropy_p": _drawn(entropy, "p"),
    "entropy_q": _drawn(entropy, "q"),
    "jensen_shannon": _jensen_shannon,
    "jeffreys": _jeffreys,
    "reverse_cross_entropy": _drawn(cross_entropy, "qp"),
    "jensen_shannon_distance": _jensen_shannon_distance,
    "total_variation": _total_variation,
    "hellinger": _hellinger,
    "bhattacharyya": _bhattacharyya,
}
