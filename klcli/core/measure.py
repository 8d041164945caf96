"""What a measure is, the table of all measures, and their evaluation in one pass over the outcomes.

Every measure is a sum (or a maximum) over the outcomes, of terms that lose no digit to cancellation, and a last step
on the sum. So each is written as `terms`, which maps a Pair to an array (or to several), and `finish`; all that are
asked for are summed together, block by block.

A measure declares its laws (symmetry, zero, bound, when it is finite), and the tests hold it to them.
"""

from collections.abc import Callable, Iterable, Mapping
from math import ceil, inf, isinf, log2
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from klcli.core.blocks import blocks, each_block
from klcli.core.error_free import Array
from klcli.core.exact import Whole, whole
from klcli.core.nan_check import refuse_nan
from klcli.core.pair import Pair
from klcli.core.plain import Plain, plain_values
from klcli.core.plain_sums import Sum
from klcli.core.scaled import SEEN, Censuses, Scaled, every
from klcli.core.supports import Finite, Supports
from klcli.core.units import UnitKind
from klcli.errors import UsageError
from klcli.registry import Registry

if TYPE_CHECKING:
    from klcli.core.scores import ScorePair

__all__ = ["MEASURES", "Finite", "Measure", "bounded", "evaluate", "exact_values", "measure", "select"]

Terms = Callable[..., Array | tuple[Array, ...]]

_MANY = 4096  # masses of which some are 0; of fewer the exact way takes no longer than to look for it
_SMALL = 1e-280  # a sum of powers below this, or above its inverse, may have terms that left the range of a double


class Measure(NamedTuple):
    """One divergence, distance or entropy, with its laws.

    Calling it maps masses of shapes (..., k) and (..., k), normalised here, to values of shape (...), in nats where
    it has a unit.

    Attributes:
        name: in JSON and after `-m`; of the form "renyi:2" once an order is chosen.
        title: in words. notation: in symbols, direction included. formula: as a sum. source: a citation.
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
        plain: the same by its textbook sums, which is faster, and right where the value is not small.
        near: the same by sums of one sign, where no mass is 0; NaN where p and q are nearly proportional.
        of_scores: the same (with the order) of many rows of scores, shape (n,), NaN where it cannot be had.
        order: A; None where there is none or none is chosen yet.
    """

    name: str
    title: str
    notation: str
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
    plain: Plain | None = None
    near: Plain | None = None
    of_scores: Callable[..., Array] | None = None
    order: float | None = None

    def __call__(self, p: ArrayLike, q: ArrayLike) -> Any:
        return evaluate([self], np.asarray(p, dtype=np.float64), np.asarray(q, dtype=np.float64))[self.name]

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

    def by_scores(self, pair: "ScorePair") -> Array:
        """Returns the value of each row of scores, shape (n,), NaN where there is none by `of_scores`."""
        assert self.of_scores is not None
        return self.of_scores(pair, *self.arguments)

    def of_order(self, text: str) -> "Measure":
        """Returns the measure with its order chosen.

        Raises:
            UsageError: it takes no order, or this is none.
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
            notation=self.notation.replace("A", text),
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
    finish: Callable[..., Any] = lambda total: total,
    reduce: np.ufunc = np.add,
    symmetric: bool = False,
    zero_when_equal: bool = True,
    bound: float | Callable[[float], float] = inf,
    orders: str = "",
    log_terms: Callable[..., Array] | None = None,
    from_log: Callable[..., Any] = lambda log_total, share: log_total / share,
    plain: Plain | None = None,
    near: Plain | None = None,
    of_scores: Callable[..., Array] | None = None,
    aliases: tuple[str, ...] = (),
) -> Callable[[Terms], Measure]:
    """Registers the decorated function, which gives the terms, as a measure; see Measure for the arguments."""

    def register(terms: Terms) -> Measure:
        found = Measure(
            name, title, notation, formula, source, unit, terms, finish, reduce, symmetric, zero_when_equal, bound,
            finite, orders, log_terms, from_log, plain, near, of_scores,
        )  # fmt: skip
        MEASURES.add(name, found, aliases=aliases)
        return found

    return register


def select(name: str) -> Measure:
    """Returns the measure of this name, `renyi:2` and aliases included.

    Raises:
        UnknownName: there is none.
        UsageError: its order is missing or no order.
    """
    stem, colon, order = name.partition(":")
    found = MEASURES.lookup(stem)
    if colon:
        return found.of_order(order)
    if found.needs_order:
        raise UsageError(f"{found.name} needs an order, {found.orders}", hint=f"as in {found.name}:0.5")
    return found


def evaluate(
    measures: Iterable[Measure],
    p: Array,
    q: Array,
    *,
    log_p: Array | None = None,
    log_q: Array | None = None,
    known: Censuses | None = None,
    sums: Mapping[Sum, Any] | None = None,
) -> dict[str, Any]:
    """Returns each measure's value by its name, in one pass over the outcomes.

    Args:
        p, q: masses of shape (..., k), not negative, each with a total above 0.
        log_p, log_q: the logarithms of the masses, where these are what is known; see `core.exact.whole`.
        known: the smallest mass and the total of p, and those of q, where they are known.
        sums: of p and q as they stand, where they are known (`core.survey`).

    Returns:
        numbers, or arrays of shape (...), in nats; never negative, never NaN.

    Raises:
        ArithmeticError: a value is NaN, which is a bug.
    """
    chosen = list(measures)
    if p.shape != q.shape:
        p, q = np.broadcast_arrays(p, q)
    values: dict[str, Any] = {}
    scaled = None
    with np.errstate(all="ignore"):
        if log_p is None and log_q is None:
            scaled = Scaled.of(p, q, known)
        if scaled and scaled.is_full:
            values = _values_of_sums(chosen, scaled, sums)
        elif scaled and p.size >= _MANY:
            values = _values_of_supports(chosen, scaled)
        left = [each for each in chosen if each.name not in values]
        for one_by_one in (False, True) if left else ():
            some = [each for each in left if (each.reduce is not np.add) == one_by_one]
            if some:
                found = whole(p, q, log_p=log_p, log_q=log_q, scaled=scaled, one_by_one=one_by_one)
                values.update(exact_values(some, found, p.shape[-1]))
        return refuse_nan({each.name: bounded(values[each.name], each.upper_bound) for each in chosen})


def _values_of_sums(chosen: list[Measure], masses: Scaled, sums: Mapping[Sum, Any] | None) -> dict[str, Any]:
    """The values that can be had by sums of full masses as they stand."""
    plain = {each.name: each.plain for each in chosen if each.plain is not None}
    values = plain_values(plain, masses, sums) if plain else {}
    near = {each.name: each.near for each in chosen if each.near is not None and each.name not in values}
    if near and masses.p.ndim == 1 and len(values) + len(near) == len(chosen):  # where one is left, it serves all
        values.update(plain_values(near, masses.levelled, sums))
    return values


def _values_of_supports(chosen: list[Measure], masses: Scaled) -> dict[str, Any]:
    """Those of masses of which some are 0, where the others are large enough, and what is infinite."""
    plain = [each for each in chosen if each.plain]
    supports = Supports.of(masses) if plain else None
    if supports is None or not every(supports.suffice):
        return {}
    infinite = {each.name: supports.is_infinite(each.finite_when) for each in plain}
    values = {name: inf for name, where in infinite.items() if every(where)}
    finite = _values_of_sums([each for each in plain if each.name not in values], masses.filled, None)
    values.update({name: value for name, value in finite.items() if every(value > SEEN)})
    return {name: np.where(infinite[name], inf, value) for name, value in values.items()}


def bounded(value: Any, upper: float) -> Any:
    """A value, or an array of them, within 0 and its upper bound: rounding may leave it a last digit outside."""
    if isinstance(value, np.ndarray) and value.ndim:
        return np.clip(value, 0.0, upper) + 0.0  # makes -0.0 a plain 0
    return min(max(float(value), 0.0), upper) + 0.0


def exact_values(chosen: list[Measure], found: Whole, outcomes: int) -> dict[str, Any]:
    """Returns values of shape (...), as `terms` and `finish` of each measure give them."""

    def sums_of(where: slice) -> list[tuple[Array, ...]]:
        pair = found.block(where)
        return [_sums(each, pair) for each in chosen]

    parts = each_block(outcomes, lambda: sums_of)
    values = {}
    for each, of_blocks in zip(chosen, zip(*parts, strict=True), strict=True):
        sums = [each.reduce.reduce(part) for part in zip(*of_blocks, strict=True)]
        value = np.asarray(each.finish(*sums, *each.arguments))
        if each.log_terms is not None and len(sums) == 2:
            outside = ~((sums[1] > _SMALL) & (sums[1] < 1 / _SMALL))
            if outside.any():
                share = 2.0 ** -(3 + ceil(log2(max(1.0, *each.arguments)))) if each.arguments else 2.0**-3
                log_total = _log_total(each, share, (found.block(where) for where in blocks(outcomes)))
                value = np.where(outside, each.from_log(log_total, share, *each.arguments), value)
        values[each.name] = value
    return values


def _sums(each: Measure, pair: Pair) -> tuple[Array, ...]:
    terms = each.terms(pair, *each.arguments)
    return tuple(each.reduce.reduce(term, axis=-1) for term in (terms if isinstance(terms, tuple) else (terms,)))


def _log_total(each: Measure, share: float, blocks: Iterable[Pair]) -> Array:
    """share·log Σ exp(log_terms/share), for terms of any size."""
    assert each.log_terms is not None
    logs = [each.log_terms(pair, share, *each.arguments) for pair in blocks]
    top = np.maximum.reduce([log.max(axis=-1, keepdims=True) for log in logs])
    shift = np.where(np.isfinite(top), top, 0.0)
    return np.asarray(share * np.log(sum(np.exp((log - shift) / share).sum(axis=-1) for log in logs)) + shift[..., 0])
