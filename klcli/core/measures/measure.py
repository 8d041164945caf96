"""The record of a measure, and the registry of all measures.

Every measure is a sum (or a maximum) over the outcomes, of terms that lose no digit to cancellation, and a last step
on the sum. So each is written as `terms`, which maps a Pair to an array (or to several), and `finish`; all that are
asked for are summed together, block by block.

A measure declares its laws (symmetry, zero, bound, when it is finite), and the tests hold it to them.
"""

from collections.abc import Callable
from math import inf, isinf
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.distributions.units import UnitKind
from klcli.core.measures.textbook import TextbookForm
from klcli.core.pairs.supports import Finite
from klcli.errors import UsageError
from klcli.support.registry import Registry

if TYPE_CHECKING:
    from klcli.core.pairs.logit_pair import LogitPair

__all__ = ["DEFAULT_MEASURES", "MEASURES", "Finite", "Measure", "Tiny", "measure", "select"]

DEFAULT_MEASURES = ("forward_kl", "reverse_kl", "cross_entropy", "entropy_p", "entropy_q", "jensen_shannon")

Terms = Callable[..., Array | tuple[Array, ...]]

_HUGE = 1e100  # an order, beyond which a divergence of 1e-200 may be that of powers far from 1


def _itself(total: Any, *order: float) -> Any:
    return total


class Tiny(NamedTuple):
    """A measure where it is tiny, times MAGNIFICATION, by terms that do not underflow.

    Attributes:
        terms: maps a Pair (and the order) to terms of shape (..., block). finish: maps their sum (and the order) on.
    """

    terms: Callable[..., Any]
    finish: Callable[..., Any] = _itself


class Measure(NamedTuple):
    """One divergence, distance or entropy, with its laws.

    Attributes:
        name: in JSON and after `-m`; of the form "renyi:2" once an order is chosen.
        title: in words. template: of the notation, with {p} and {q} for the distributions, as in KL({p}‖{q}).
        formula: as a sum. source: a citation.
        unit: how the value depends on the base of the logarithm.
        terms: maps a Pair (and the order) to contributions of shape (..., block), or to a tuple of them.
        finish: maps the sums of the terms (and the order) to the value.
        reduce: how the terms come together: np.add or np.maximum.
        symmetric: equal when p and q are exchanged. zero_when_equal: 0 exactly there.
        bound: never above this. finite: when it is finite, for a given order.
        orders: what the parameter A of `name:A` may be; empty where the measure has none.
        log_terms, from_log: for a measure that is a function of log S, where the second of its sums is S: the
            logarithms of the terms of S (given a pair and a share), and the value from log S (and the share); both are
            times the share, a power of 2 that keeps them in range. Used where S leaves the range of a double.
        tiny: the same where it is below 1e-200, which its terms or they underflow; None where it is never so small.
        plain: the same by its textbook sums, which is faster, and right where the value is not small.
        near: the same by sums of one sign, where no mass is 0; NaN where p and q are nearly proportional.
        of_logits: the same (with the order) of many rows of logits, shape (n,), NaN where it cannot be had.
        order: A; None for a measure without an order, or before one is chosen.
    """

    name: str
    title: str
    template: str
    formula: str
    source: str
    unit: UnitKind
    terms: Terms
    finish: Callable[..., Any]
    reduce: np.ufunc
    symmetric: bool
    zero_when_equal: bool
    bound: float | Callable[[float], float]
    finite: Finite | Callable[[float], Finite]
    orders: str = ""
    log_terms: Callable[..., Array] | None = None
    from_log: Callable[..., Any] = lambda log_total, share: log_total / share
    tiny: Tiny | None = None
    textbook: TextbookForm | None = None
    near: TextbookForm | None = None
    of_logits: Callable[..., Array] | None = None
    order: float | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return _registered, (self.name,)  # its functions have no names of their own, by which they could be found

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
    def finite_when(self) -> Finite:
        return self.finite if isinstance(self.finite, Finite) else self.finite(*self.arguments)

    @property
    def has_tiny(self) -> bool:
        """True if `tiny` applies; a huge order makes even a power of a tiny divergence large."""
        return self.tiny is not None and (self.order is None or not _HUGE < self.order < inf)

    @property
    def notation(self) -> str:
        """The measure in symbols, direction included: "KL(P‖Q)"."""
        return self.notation_of("P", "Q")

    def notation_of(self, p: str, q: str) -> str:
        """Returns the measure in symbols, of distributions with these names."""
        return self.template.format(p=p, q=q)

    def by_logits(self, pair: "LogitPair") -> Array:
        """Returns the value of each row of logits, shape (n,), NaN where `of_logits` cannot compute it."""
        assert self.of_logits is not None
        return self.of_logits(pair, *self.arguments)

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
        return self._replace(
            name=f"{self.name}:{text}",
            order=order,
            template=self.template.replace("A", text),
            reduce=np.maximum if isinf(order) else self.reduce,  # the limit of a power mean is the maximum
        )


MEASURES: Registry[Measure] = Registry("measure", "measures")


def measure(
    name: str,
    *,
    title: str,
    notation: str,
    formula: str,
    source: str,
    finite: Finite | Callable[[float], Finite],
    unit: UnitKind = UnitKind.INFORMATION,
    finish: Callable[..., Any] = _itself,
    reduce: np.ufunc = np.add,
    symmetric: bool = False,
    zero_when_equal: bool = True,
    bound: float | Callable[[float], float] = inf,
    orders: str = "",
    log_terms: Callable[..., Array] | None = None,
    from_log: Callable[..., Any] = lambda log_total, share: log_total / share,
    tiny: Tiny | None = None,
    textbook: TextbookForm | None = None,
    near: TextbookForm | None = None,
    of_logits: Callable[..., Array] | None = None,
    aliases: tuple[str, ...] = (),
) -> Callable[[Terms], Measure]:
    """Registers the decorated function, which gives the terms, as a measure; see Measure for the arguments."""

    def register(terms: Terms) -> Measure:
        where_tiny = tiny or (Tiny(lambda pair, *order: terms(pair.magnified, *order)) if finish is _itself else None)
        found = Measure(
            name, title, notation, formula, source, unit, terms, finish, reduce, symmetric, zero_when_equal, bound,
            finite, orders, log_terms, from_log, where_tiny, textbook, near, of_logits,
        )  # fmt: skip
        MEASURES.add(name, found, aliases=aliases)
        return found

    return register


def select(name: str) -> Measure:
    """Returns the measure of this name, `renyi:2` and aliases included.

    Raises:
        UnknownName: no measure has this name.
        UsageError: its order is missing or no order.
    """
    stem, colon, order = name.partition(":")
    found = MEASURES.lookup(stem)
    if colon:
        return found.of_order(order)
    if found.needs_order:
        raise UsageError(f"{found.name} needs an order, {found.orders}", hint=f"as in {found.name}:0.5")
    return found


def _registered(name: str) -> Measure:
    """Returns the measure of this name, also one whose order is not chosen."""
    stem, colon, order = name.partition(":")
    return MEASURES.lookup(stem).of_order(order) if colon else MEASURES.lookup(stem)
