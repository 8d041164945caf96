"""Closed forms of KL(P‖Q): the record, the table of those written by hand, and the decorators that fill it.

A pair needs no entry where H(P, Q) - H(P) keeps enough digits: that form follows from the expectations which P knows
and Q needs (see `family`). Register a pair when its own formula keeps more digits, or does not follow from
expectations. Place the formula in `catalogue`, in the file of one of the two families.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from klcli.families.ball_arithmetic.ball import Ball
from klcli.families.closed_forms.sources import JOHNSON_BOTH
from klcli.families.family.family import Family
from klcli.families.family.formula import Formula, Symbols

__all__ = [
    "CLOSED_FORMS",
    "KIN_FORMS",
    "ClosedForm",
    "Evaluation",
    "closed_form",
    "closed_form_of_kin",
    "float64_form",
    "form_from_expectations",
    "has_expectations",
]

Evaluation = Callable[[Any, Any], Ball]
Float64Formula = Callable[[Any, Any], Any]


@dataclass(frozen=True, slots=True)
class ClosedForm:
    """A formula of KL(P‖Q) for two families, and its source.

    Attributes:
        formula: see Formula.
        source: the publication that states it.
        evaluate: maps two families, whose parameters are Balls, to nats.
        applies: True for the parameters that have this form; None if all do.
        in_float64: maps two `raw` families to nats in plain float64, with relative error at most FLOAT64_ERROR of
            `precision`, or NaN where it cannot keep that; None if there is no such formula.
        is_for_any_size: True if `in_float64` is accurate for parameters of any size, not only for those in the safe
            range, wherever its value lies within SMALLEST and LARGEST of `refinement`.
    """

    formula: Formula
    source: str
    evaluate: Evaluation
    applies: Callable[[Any, Any], bool] | None = None
    in_float64: Float64Formula | None = None
    is_for_any_size: bool = False


KinForm = Callable[[type[Family], type[Family]], ClosedForm | None]

CLOSED_FORMS: dict[tuple[str, str], ClosedForm] = {}
KIN_FORMS: dict[type[Family], KinForm] = {}


def closed_form(
    p: type[Family],
    q: type[Family],
    *,
    formula: str,
    source: str,
    where: str = "",
    symbols: Symbols | None = None,
    applies: Callable[[Any, Any], bool] | None = None,
    in_float64: Float64Formula | None = None,
    is_stable: bool = False,
    is_for_any_size: bool = False,
) -> Callable[[Evaluation], Evaluation]:
    """Registers the decorated function as the closed form of a pair of families.

    Args:
        formula, where: templates, with parameters written as {p.scale}, {q.rate}; see Formula. symbols: likewise.
        is_stable: True if no two large terms of the function cancel, so that it serves as `in_float64` too.
        p, q, source, applies, in_float64, is_for_any_size: see ClosedForm.

    Raises:
        ValueError: the pair already has a closed form.
    """

    def register(evaluate: Evaluation) -> Evaluation:
        if (p.name, q.name) in CLOSED_FORMS:
            raise ValueError(f"{p.name} and {q.name} have two closed forms")
        in_doubles = evaluate if is_stable else in_float64
        CLOSED_FORMS[p.name, q.name] = ClosedForm(
            Formula(formula, where, symbols=symbols), source, evaluate, applies, in_doubles, is_for_any_size
        )
        return evaluate

    return register


def float64_form(p: type[Family], q: type[Family]) -> Callable[[Float64Formula], Float64Formula]:
    """Registers the decorated function as `in_float64` of a pair whose closed form follows from expectations."""

    def register(in_float64: Float64Formula) -> Float64Formula:
        form = form_from_expectations(p, q)
        CLOSED_FORMS[p.name, q.name] = replace(form, in_float64=in_float64)
        return in_float64

    return register


def closed_form_of_kin(base: type[Family]) -> Callable[[KinForm], KinForm]:
    """Registers the decorated function, which returns the closed form of any two subclasses of a base class."""

    def register(form_of: KinForm) -> KinForm:
        KIN_FORMS[base] = form_of
        return form_of

    return register


def has_expectations(p: type[Family], q: type[Family]) -> bool:
    """Returns True if P knows its entropy and every expectation that Q needs."""
    return q.needs is not None and p.knows("entropy") and all(p.knows(each) for each in q.needs)


def form_from_expectations(p: type[Family], q: type[Family]) -> ClosedForm:
    """Returns H(P, Q) - H(P) as a closed form; `has_expectations` must hold."""
    sources = [each.source or JOHNSON_BOTH for each in (q, p)]
    cross = q.cross_formula
    formula = Formula(
        f"H({{P}}, {{Q}}) - H({{P}}), H({{P}}, {{Q}}) = {cross.text}",
        cross.where,
        f"{cross.text} - {{entropy}}",
        cross.symbols,
    )
    return ClosedForm(formula, "; ".join(dict.fromkeys(sources)), _difference)


def _difference(p: Any, q: Any) -> Ball:
    return q.cross_entropy(p) - p.entropy()
