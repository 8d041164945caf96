"""Decides if a quantity of two families is infinite, and why: by their supports, or by their tails.

Closed forms find a third cause themselves: they raise `Diverges` if an expectation is infinite.
"""

from itertools import product
from math import isfinite
from typing import Any

import numpy as np

from klcli.errors import NotComparable
from klcli.families.catalogue.multinomial import Multinomial
from klcli.families.family.family import Family
from klcli.families.family.multivariate import Multivariate
from klcli.families.family.support import covers
from klcli.families.family.tail import is_finite
from klcli.notes import Cause, Reason
from klcli.notes.wording import range_in_words

__all__ = [
    "diverging_tail",
    "has_density",
    "has_unknown_tail",
    "is_singular",
    "share_support",
    "uncovered",
    "uncovered_by_vectors",
]


_OUTCOMES = {"continuous": "numbers", "discrete": "whole numbers", "multivariate": "vectors"}


def is_singular(p: Family, q: Family) -> bool:
    """Returns True if one has all its mass on single numbers, where the other has none."""
    return {p.kind, q.kind} == {"discrete", "continuous"}


def share_support(p: Family, q: Family) -> bool:
    """Returns True if the supports overlap, those of parts of mixtures included; vectors are not looked at."""
    if is_singular(p, q) or p.kind == "multivariate":
        return not is_singular(p, q)
    if hasattr(p, "parts") or hasattr(q, "parts"):
        sides = (getattr(each, "parts", (each,)) for each in (p, q))
        return any(share_support(*parts) for parts in product(*sides))
    (low_p, high_p), (low_q, high_q) = p.bounds(), q.bounds()
    low, high = max(low_p, low_q), min(high_p, high_q)
    return bool(low <= high if p.kind == "discrete" else low < high)


def has_density(member: Family, numbers: Any) -> Any:
    """Returns True where numbers lie within the support, so that a density of 0 is an underflow."""
    if hasattr(member, "parts"):
        return np.logical_or.reduce([has_density(part, numbers) for part in member.parts])
    low, high = member.bounds()
    within = (numbers > low) & (numbers < high)
    if member.kind == "discrete":  # others, such as categorical, may have masses of 0
        return within & (numbers == np.floor(numbers)) & (member.is_smooth or member.may_underflow)
    return within


def uncovered(p: Family, q: Family) -> Reason | None:
    """Returns why Q does not cover the support of P, so that KL(P‖Q) is infinite; None if it does.

    Raises:
        NotComparable: the outcomes of P and Q lie in different spaces.
    """
    if p.kind == "multivariate" or q.kind == "multivariate":
        return uncovered_by_vectors(p, q)
    if p.kind != q.kind:
        return Reason(Cause.P_ON_POINTS, is_swapped=p.kind != "discrete")
    (low_p, high_p), (low_q, high_q) = p.bounds(), q.bounds()
    if p.kind == "discrete" and low_p != np.floor(low_p) and (low_p, high_p) != (low_q, high_q):
        return Reason(Cause.NOT_WHOLE, (str(p),))
    if not covers(p, q):
        ranges = tuple(range_in_words(float(low), float(high)) for low, high in (p.bounds(), q.bounds()))
        return Reason(Cause.SUPPORT_WIDER, ranges)
    return None


def uncovered_by_vectors(p: Family, q: Family) -> Reason | None:
    """Returns why one family of vectors does not cover another; None if it does.

    Raises:
        NotComparable: the outcomes of P and Q lie in different spaces.
    """
    if not (isinstance(p, Multivariate) and isinstance(q, Multivariate)):
        raise NotComparable(
            f"the outcomes of {p.name} are {_OUTCOMES[p.kind]}, those of {q.name} are {_OUTCOMES[q.kind]}"
        )
    p.check_dimension(q)
    spaces = [type(part) for member in (p, q) for part in getattr(member, "parts", (member,))]
    if len(set(spaces)) > 1:
        names = " and ".join(dict.fromkeys(space.name for space in spaces))
        raise NotComparable(
            f"{names} have their mass on different sets of vectors, so neither has a density of the other"
        )
    if isinstance(p, Multinomial) and p.given["n"] != q.given["n"]:
        return Reason(Cause.TOTALS_DIFFER, tuple(f"{member.given['n']:.6g}" for member in (p, q)))
    return None


def diverging_tail(p: Family, q: Family) -> Reason | None:
    """Returns why -log q grows too fast for a tail of p; None if it does not, or if a tail is unknown."""
    for end, edge_p, edge_q in zip(("low", "high"), p.bounds(), q.bounds(), strict=True):
        if edge_p != edge_q:
            continue  # the end of P lies inside the support of Q
        growth_p, growth_q = p.growth(end), q.growth(end)
        if growth_p and growth_q and not is_finite(growth_p, growth_q, end_is_infinite=not isfinite(edge_p)):
            return Reason(Cause.TAIL, (f"{float(edge_p):.6g}",))
    return None


def has_unknown_tail(p: Family, q: Family) -> bool:
    """Returns True if the tails of one are unknown, so that only numerical values can show divergence."""
    return any(member.growth(end) is None for member in (p, q) for end in ("low", "high"))
