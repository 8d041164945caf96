"""The record of a measure, and the registry of all measures.

Every measure is a sum (or a maximum) over the outcomes, of terms that lose no digit to cancellation, and a last step
on the sum. So each is written as `terms`, which maps a Pair to an array (or to several), and `finish`; all that are
asked for are summed together, block by block. That is its exact form. The fast forms stand beside it in the record.

A measure declares its laws (symmetry, zero, bound, when it is finite), and the tests hold it to them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf, isinf
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.distributions.units import UnitKind
from klcli.core.measures.forms.kernel_form import KernelForm
from klcli.core.measures.forms.matrix_form import MatrixForm
from klcli.core.measures.forms.sum_form import Tiny, itself
from klcli.core.pairs.supports import Finite
from klcli.errors import UsageError
from klcli.support.registry import Registry

if TYPE_CHECKING:  # the kernel answers most pairs without them
    from klcli.core.pairs.scaling import ScaledMasses

__all__ = ["DEFAULT_MEASURES", "MEASURES", "Finite", "MatrixForms", "Measure", "declare"]

DEFAULT_MEASURES = ("forward_kl", "reverse_kl", "cross_entropy", "entropy_p", "entropy_q", "jensen_shannon")

Terms = Callable[..., Array | tuple[Array, ...]]
MatrixForms = tuple[MatrixForm, ...] | Callable[[float], tuple[MatrixForm, ...]]

_HUGE = 1e100  # an order, beyond which a divergence of 1e-200 may be that of powers far from 1
_UNITS = {
    UnitKind.INFORMATION: "nats, bits, … by the base of the logarithm",
    UnitKind.ROOT_INFORMATION: "the square root of nats, bits, … by the base of the logarithm",
    UnitKind.NONE: "none",
}


@dataclass(frozen=True, kw_only=True, repr=False)
class Measure:
    """One divergence, distance or entropy: what it is, its laws, its exact form and its fast forms.

    Each record has a docstring made of its own fields: meaning, formula, range, unit, when infinite, reference.

    Attributes:
        name: the name in JSON and after `-m`; of the form "renyi:2" once an order is chosen.
        title: the name in words.
        meaning: a sentence or two on what a value says.
        template: the notation with {p} and {q} for the distributions, as in KL({p}‖{q}).
        formula: the definition, as a sum over the outcomes.
        source: a citation.
        aliases: other names that select it.
        orders: the values that the parameter A of `name:A` may have; empty where the measure has none.
        order: A; None for a measure without an order, or before one is chosen.

        unit: how the value depends on the base of the logarithm.
        symmetric: True if exchanging p and q changes nothing.
        zero_when_equal: True if the value is 0 exactly where p = q.
        least: the smallest value.
        bound: the largest value, or a function of the order that returns it.
        finite_when: the support law, or a function of the order that returns it; see `support_law`.
        depends_on: the sides that the value depends on.

        terms: maps a Pair (and the order) to contributions of shape (..., block), or to a tuple of them.
        finish: maps the sums of the terms (and the order) to the value.
        reduce: how the terms are combined: np.add or np.maximum.
        log_terms, from_log: for a measure that is a function of log S, where S is the second of its sums: the
            logarithms of the terms of S (given a pair and a share), and the value from log S (and the share). Both are
            times the share, a power of 2 that keeps them in range. Used where S leaves the range of a double.
        tiny: the value where it is below 1e-200, so that its terms may underflow; by default the magnified terms,
            where `finish` changes nothing.
        shown_terms: maps a Pair to the terms of `formula`, which may be negative, where people know these better than
            `terms`; used to rank the outcomes, never to compute a value.

        rounded_above: the value from which masses that are wrong by 3 roundings each, as smoothed ones are, leave it
            its digits; infinity if no value is large enough.
        gemm: fast forms of all pairs of rows by products of matrices, in the order in which they are tried.
        pair_sums: fast forms of all pairs of rows by a sum over the outcomes of each pair, in that order.
        kl_div_sum: the form by a sum in float64: maps masses (`ScaledMasses`) to values, NaN where unknown.
        logit_sum: the same for logits, two arrays of shape (n, k).
        kernel: the form by the compiled kernel, or a function of the order that returns it; None where it has none.
    """

    name: str
    title: str
    meaning: str
    template: str
    formula: str
    source: str
    aliases: tuple[str, ...] = ()
    orders: str = ""
    order: float | None = None

    unit: UnitKind = UnitKind.INFORMATION
    symmetric: bool = False
    zero_when_equal: bool = True
    least: float = 0.0
    bound: float | Callable[[float], float] = inf
    finite_when: Finite | Callable[[float], Finite]
    depends_on: Literal["both", "p", "q"] = "both"

    terms: Terms
    finish: Callable[..., Any] = itself
    reduce: np.ufunc = np.add
    log_terms: Callable[..., Array] | None = None
    from_log: Callable[..., Any] = lambda log_total, share: log_total / share
    tiny: Tiny | None = None
    shown_terms: Callable[..., Array] | None = None

    rounded_above: float = inf
    gemm: MatrixForms = ()
    pair_sums: MatrixForms = ()
    kl_div_sum: Callable[["ScaledMasses"], Array] | None = None
    logit_sum: Callable[[Array, Array], Array] | None = None
    kernel: KernelForm | Callable[[float], KernelForm | None] | None = None

    def __post_init__(self) -> None:
        if self.tiny is None and self.finish is itself:
            terms = self.terms
            object.__setattr__(self, "tiny", Tiny(lambda pair, *order: terms(pair.magnified, *order)))
        object.__setattr__(self, "__doc__", self._docstring())

    def __reduce__(self) -> tuple[Any, ...]:
        return _registered, (self.name,)  # its functions have no names of their own, by which they could be found

    def __repr__(self) -> str:
        return f"<measure {self.name}>"

    @property
    def needs_order(self) -> bool:
        return bool(self.orders) and self.order is None

    @property
    def arguments(self) -> tuple[float, ...]:
        return () if self.order is None else (self.order,)

    @property
    def upper_bound(self) -> float:
        return self.bound(*self.arguments) if callable(self.bound) else self.bound

    @property
    def support_law(self) -> Finite:
        """The condition on the supports of P and Q under which the value is finite."""
        return self.finite_when if isinstance(self.finite_when, Finite) else self.finite_when(*self.arguments)

    @property
    def matrix_forms(self) -> tuple[MatrixForm, ...]:
        """The fast forms of all pairs of rows, in the order in which they are tried."""
        every = (each(*self.arguments) if callable(each) else each for each in (self.pair_sums, self.gemm))
        return tuple(form for forms in every for form in forms)

    @property
    def kernel_form(self) -> KernelForm | None:
        """The form by the compiled kernel."""
        form = self.kernel
        return form if form is None or isinstance(form, KernelForm) else form(*self.arguments)

    @property
    def has_tiny(self) -> bool:
        """True if `tiny` applies; a huge order makes even a power of a tiny divergence large."""
        return self.tiny is not None and (self.order is None or not _HUGE < self.order < inf)

    @property
    def is_sum(self) -> bool:
        """True if the value is a plain sum of one term for each outcome."""
        return self.finish is itself and self.reduce is np.add

    @property
    def notation(self) -> str:
        """The measure in symbols, direction included: "KL(P‖Q)"."""
        return self.notation_of("P", "Q")

    def notation_of(self, p: str, q: str) -> str:
        """Returns the measure in symbols, of distributions with these names."""
        return self.template.format(p=p, q=q)

    def of_order(self, text: str) -> "Measure":
        """Returns the measure with its order chosen.

        Raises:
            UsageError: the measure takes no order, or the text is not a valid one.
        """
        if not self.orders:
            raise UsageError(f"{self.name} takes no order, but got {text!r}")
        try:
            order = float(text)
        except ValueError:
            order = -1.0
        if not order >= 0 or (isinf(order) and "inf" not in self.orders):
            raise UsageError(f"the order of {self.name} is {text!r}, not {self.orders}", hint=f"as in {self.name}:0.5")
        return replace(
            self,
            name=f"{self.name}:{text}",
            order=order,
            template=self.template.replace("A", text),
            reduce=np.maximum if isinf(order) else self.reduce,  # the limit of a power mean is the maximum
        )

    def _docstring(self) -> str:
        bound = "depends on A" if self.needs_order and callable(self.bound) else f"{self.upper_bound:.6g}"
        law = "depends on A" if self.needs_order and callable(self.finite_when) else self.support_law.value
        return (
            f"{self.title}: {self.notation} = {self.formula}.\n\n{self.meaning}\n\n"
            f"Range: from {self.least:g} to {bound}. Unit: {_UNITS[self.unit]}. Finite: {law}.\n"
            f"Reference: {self.source}.\n"
        )


MEASURES: Registry[Measure] = Registry("measure", "measures")


def declare(measure: Measure) -> Measure:
    """Registers a measure by its name and its aliases, and returns it."""
    MEASURES.add(measure.name, measure, aliases=measure.aliases)
    return measure


def _registered(name: str) -> Measure:
    """Returns the measure of this name, also one whose order is not chosen."""
    stem, colon, order = name.partition(":")
    return MEASURES.lookup(stem).of_order(order) if colon else MEASURES.lookup(stem)
