"""Closed forms of KL(P‖Q), and which one a pair has.

In this order: one that is registered for the two families; two powers of a gamma variable with one exponent;
H(P, Q) - H(P), where P has every expectation that Q needs (see `family`); and a function of x, one to one, that makes
both members of simpler families. Only what these do not give is registered here, in `pairs`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.catalogue.generalized_gamma import Stacy, fixed_power_divergence, same_power_divergence
from klcli.families.family.family import Family, cached_by_family

__all__ = [
    "CLOSED_FORMS",
    "ClosedForm",
    "always_covers",
    "can_cover",
    "closed_form",
    "direct_form",
    "expected_form",
    "find",
    "has_closed_form",
    "of_families",
]

Formula = Callable[[Any, Any], Ball]
Direct = Callable[[Any, Any], Any]


@dataclass(frozen=True, slots=True)
class ClosedForm:
    """How KL(P‖Q) of two families is written, and where that stands.

    Attributes:
        formula: with parameters as p.scale, q.rate. evaluate: maps two families to nats.
        applies: whether these two have it; None for always.
        direct: maps two `plain` families to nats in doubles, right to TIGHT of `precision`, or NaN where it is not;
            None where there is no such way.
        is_of_any_size: whether `direct` is right for parameters of any size, not only for `modest` ones, wherever it
            is within NORMAL and LARGE of `precision`.
    """

    formula: str
    source: str
    evaluate: Formula
    applies: Callable[[Any, Any], bool] | None = None
    direct: Direct | None = None
    is_of_any_size: bool = False


CLOSED_FORMS: dict[tuple[str, str], ClosedForm] = {}


def closed_form(
    p: type[Family],
    q: type[Family],
    *,
    formula: str,
    source: str,
    applies: Callable[[Any, Any], bool] | None = None,
    direct: Direct | None = None,
    is_direct: bool = False,
    is_of_any_size: bool = False,
) -> Callable[[Formula], Formula]:
    """Registers the decorated function as the closed form of a pair of families.

    Args:
        is_direct: whether no two large terms of the function cancel, so that it is `direct` too. is_of_any_size: as of
            ClosedForm.
    """

    def register(evaluate: Formula) -> Formula:
        if (p.name, q.name) in CLOSED_FORMS:
            raise ValueError(f"the closed form of {p.name} and {q.name} is registered twice")
        own = evaluate if is_direct else direct
        CLOSED_FORMS[p.name, q.name] = ClosedForm(formula, source, evaluate, applies, own, is_of_any_size)
        return evaluate

    return register


def direct_form(p: type[Family], q: type[Family]) -> Callable[[Direct], Direct]:
    """Registers the decorated function as `direct` of a pair whose form follows from expectations of P."""

    def register(direct: Direct) -> Direct:
        form = _from_expectations(p, q)
        closed_form(p, q, formula=form.formula, source=form.source, direct=direct)(form.evaluate)
        return direct

    return register


_SAME_POWER = ClosedForm(
    "(dp - dq)·ψ(dp) + log(Γ(dq)/Γ(dp)) - dq·log r + dp·(r - 1), r = (σp/σq)^c; x = σ·g^(1/c), g ~ Γ(d)",
    "Bauckhage (2014), arXiv:1401.6853; Stacy (1962), Ann. Math. Stat. 33(3), 1187-1192",
    same_power_divergence,
)
_FIXED_POWER = replace(_SAME_POWER, evaluate=fixed_power_divergence, direct=fixed_power_divergence)


@cached_by_family
def of_families(p: type[Family], q: type[Family]) -> ClosedForm | None:
    """The form that two families have whatever their parameters; None where these decide."""
    registered = CLOSED_FORMS.get((p.name, q.name))
    if registered is not None:
        return None if registered.applies else registered
    if issubclass(p, Stacy) and issubclass(q, Stacy):
        if p.power and p.power == q.power:
            return _FIXED_POWER
        # of one with a power of its own, the parameters say whether the two are equal
        return _from_expectations(p, q) if p.power and q.power else None
    return _from_expectations(p, q) if has_expectations(p, q) else None


def find(p: Family, q: Family) -> ClosedForm | None:
    """Returns the closed form of KL(P‖Q) for these parameters; None where there is none."""
    always = of_families(type(p), type(q))
    if always is not None:
        return always
    registered = CLOSED_FORMS.get((p.name, q.name))
    if registered is not None and registered.applies is not None and registered.applies(p, q):
        return registered
    if isinstance(p, Stacy) and isinstance(q, Stacy):
        cp, cq = p.stacy()[1].value, q.stacy()[1].value
        if np.all(cp == cq):
            return _SAME_POWER
    if has_expectations(type(p), type(q)):
        return _from_expectations(type(p), type(q))
    images_p, images_q = p.images(), q.images()
    for name in images_p.keys() & images_q.keys():
        inner = find(images_p[name], images_q[name])
        if inner is not None:
            return ClosedForm(
                f"that of {name}: {inner.formula}",
                f"{inner.source}; invariance: Kullback & Leibler (1951), Ann. Math. Stat. 22(1), 79-86",
                _of_images(name, inner.evaluate),
            )
    return None


def _of_images(name: str, evaluate: Formula) -> Formula:
    return lambda p, q: evaluate(p.images()[name], q.images()[name])


def has_expectations(p: type[Family], q: type[Family]) -> bool:
    """Whether P knows its entropy, and every expectation that Q needs."""
    return q.needs is not None and p.knows("entropy") and all(p.knows(each) for each in q.needs)


# which supports can hold which: each is within those after it
_WITHIN = {
    "all x": ("all x",),
    "x > 0": ("x > 0", "all x"),
    "x > scale": ("x > scale", "x > 0", "all x"),
    "-π < x <= π": ("-π < x <= π", "low < x < high", "all x"),
    "0 < x < 1": ("0 < x < 1", "low < x < high", "x > 0", "-π < x <= π", "all x"),
}


# those that no parameter moves
_FIXED = frozenset({"all x", "x > 0", "-π < x <= π", "0 < x < 1"})


@cached_by_family
def always_covers(p: type[Family], q: type[Family]) -> bool:
    """Whether Q has mass wherever P has, for all parameters."""
    return p.kind == q.kind and {p.support, q.support} <= _FIXED and q.support in _WITHIN[p.support]


@cached_by_family
def can_cover(p: type[Family], q: type[Family]) -> bool:
    """Whether Q has mass wherever P has, for some parameters at least; if not, KL(P‖Q) is infinite for all."""
    return p.kind == q.kind and (p.support not in _WITHIN or q.support in _WITHIN[p.support])


def has_closed_form(p: type[Family], q: type[Family]) -> bool:
    """Whether a pair of families has a closed form that is finite, for some parameters at least."""
    if not can_cover(p, q):
        return False
    if (p.name, q.name) in CLOSED_FORMS or has_expectations(p, q):
        return True
    if set(p.image_names) & set(q.image_names):
        return True
    return issubclass(p, Stacy) and issubclass(q, Stacy)


def expected_form(p: type[Family], q: type[Family]) -> ClosedForm:
    """Returns the closed form of two families that has not been registered by hand."""
    if has_expectations(p, q):
        return _from_expectations(p, q)
    shared = set(p.image_names) & set(q.image_names)
    return replace(_SAME_POWER, formula=f"that of {shared.pop()}: {_SAME_POWER.formula}") if shared else _SAME_POWER


def _from_expectations(p: type[Family], q: type[Family]) -> ClosedForm:
    sources = [each.source or _GENERAL for each in (q, p)]
    return ClosedForm(f"H(P, Q) - H(P), H(P, Q) = {q.cross_formula}", "; ".join(dict.fromkeys(sources)), _difference)


def _difference(p: Any, q: Any) -> Ball:
    return q.cross_entropy(p) - p.entropy()


_GENERAL = "Johnson, Kotz & Balakrishnan (1994, 1995), Continuous Univariate Distributions 1, 2"
