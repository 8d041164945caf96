"""From measures and two arrays of masses, or of their logarithms, to values: one pass over the outcomes.

One cascade: the compiled kernel, where it vouches for its digits; else, for KL of masses, sums in float64; else
normalised pairs, in float64 where that keeps the digits of their difference, and in double-double, which always does.
"""

from collections.abc import Iterable
from math import ceil, inf, log2
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from klcli.core.arithmetic.parallel import blocks, each_block
from klcli.core.arithmetic.types import Array
from klcli.core.evaluation.by_kernel import kernel_values
from klcli.core.evaluation.nan_check import refuse_nan
from klcli.core.measures.measure import Measure
from klcli.core.pairs.pair import MAGNIFICATION, NORMAL, Pair
from klcli.core.pairs.unsmoothed import Unsmoothed

if TYPE_CHECKING:  # the kernel answers most pairs without them
    from klcli.core.pairs.normaliser import NormalisedPair
    from klcli.core.pairs.scaling import MinsAndSums

__all__ = ["TINY", "bounded", "evaluate", "evaluate_tiny", "exact_values", "magnified_values", "value_of"]

TINY = 1e-200  # of a value whose terms may have underflowed, or their squares
_SMALL = 1e-280  # a sum of powers below this, or above its inverse, may have terms that left the range of a double


def value_of(measure: Measure, p: ArrayLike, q: ArrayLike) -> Any:
    """Returns the measure of masses of shapes (..., k) and (..., k), normalised here: shape (...), in nats."""
    return evaluate([measure], np.asarray(p, dtype=np.float64), np.asarray(q, dtype=np.float64))[measure.name]


def evaluate(
    measures: Iterable[Measure],
    p: Array,
    q: Array,
    *,
    log_p: Array | None = None,
    log_q: Array | None = None,
    known: "MinsAndSums | None" = None,
    unsmoothed: Unsmoothed | None = None,
) -> dict[str, Any]:
    """Returns each measure's value by its name, in one pass over the outcomes.

    Args:
        p, q: masses of shape (..., k), not negative, each with a total above 0.
        log_p, log_q: the logarithms of the masses, where these are what is known; see `normalised_pair`.
        known: the smallest mass and the total of p, and those of q, where they are known.
        unsmoothed: what p and q were, where they are smoothed, and so rounded.

    Returns:
        numbers, or arrays of shape (...), in nats; never negative, never NaN.

    Raises:
        ArithmeticError: a value is NaN, which is a bug.
    """
    chosen = list(measures)
    if p.shape != q.shape:
        p, q = np.broadcast_arrays(p, q)
    values: dict[str, Any] = {}

    def left() -> list[Measure]:
        return [each for each in chosen if each.name not in values]

    with np.errstate(all="ignore"):
        if unsmoothed is not None:
            values.update(_of_rounded(chosen, p, q))
            values.update(exact_values(left(), unsmoothed.whole, p.shape[-1]) if left() else {})
        elif (log_p is None) is (log_q is None):
            values.update(_by_kernel(left(), p, q, log_p, log_q))
        if left():
            values.update(_by_pairs(left(), p, q, log_p, log_q, known))
        return refuse_nan({each.name: bounded(values[each.name], each.upper_bound) for each in chosen})


def _by_kernel(chosen: list[Measure], p: Array, q: Array, log_p: Array | None, log_q: Array | None) -> dict[str, Any]:
    """The values that the compiled kernel vouches for; of rows, those that it does not are computed without it."""
    if log_p is None or log_q is None:
        values = kernel_values(chosen, p, q)
    else:
        log_p, log_q = np.broadcast_arrays(log_p, log_q)
        values = kernel_values(chosen, log_p, log_q, are_logits=True)
    if p.ndim == 2:
        for each in chosen:
            rows = np.flatnonzero(np.isnan(values[each.name])) if each.name in values else ()
            if len(rows):
                ours, theirs = (None if logs is None else logs[rows] for logs in (log_p, log_q))
                values[each.name][rows] = _by_pairs([each], p[rows], q[rows], ours, theirs)[each.name]
    return values


def _by_pairs(
    chosen: list[Measure],
    p: Array,
    q: Array,
    log_p: Array | None = None,
    log_q: Array | None = None,
    known: "MinsAndSums | None" = None,
) -> dict[str, Any]:
    """The values by sums in float64, and by exactly normalised pairs."""
    from klcli.core.pairs.normaliser import normalised_pair

    values = _by_sums(chosen, p, q, known) if log_p is None and log_q is None else {}
    for one_by_one in (False, True):
        some = [each for each in chosen if each.name not in values and (each.reduce is not np.add) == one_by_one]
        if some:
            pair = normalised_pair(p, q, log_p=log_p, log_q=log_q, known=known, one_by_one=one_by_one)
            values.update(exact_values(some, pair, p.shape[-1]))
    return values


def _by_sums(chosen: list[Measure], p: Array, q: Array, known: "MinsAndSums | None") -> dict[str, Any]:
    """The values by sums of `kl_div` in float64, where these have their digits."""
    from klcli.core.pairs.scaling import ScaledMasses

    forms = {each.name: each.kl_div_sum for each in chosen if each.kl_div_sum}
    masses = ScaledMasses.of(p, q, known) if forms else None
    if masses is None:
        return {}
    values = {name: form(masses) for name, form in forms.items()}
    return {name: value for name, value in values.items() if not np.isnan(value).any()}


def _of_rounded(chosen: list[Measure], p: Array, q: Array) -> dict[str, Any]:
    """The values of masses that were rounded, where they are so large that this does not show."""
    able = [each for each in chosen if each.rounded_above < inf]
    if not able or min(p.min(), q.min()) < NORMAL:  # a smoothed mass that underflowed is not 0
        return {}
    values = kernel_values(able, p, q)
    others = [each for each in able if each.name not in values]
    values.update(_by_pairs(others, p, q))
    return {each.name: values[each.name] for each in able if np.all(values[each.name] >= each.rounded_above)}


def evaluate_tiny(
    measure: Measure,
    p: Array,
    q: Array,
    *,
    log_p: Array | None = None,
    log_q: Array | None = None,
    unsmoothed: Unsmoothed | None = None,
) -> Any:
    """Returns a measure with `tiny`, where it is below 1e-200, times MAGNIFICATION; arguments as for `evaluate`."""
    from klcli.core.pairs.normaliser import normalised_pair

    with np.errstate(all="ignore"):
        one_by_one = measure.reduce is not np.add
        found = (
            unsmoothed.whole if unsmoothed else normalised_pair(p, q, log_p=log_p, log_q=log_q, one_by_one=one_by_one)
        )
        return bounded(magnified_values([measure], found, p.shape[-1])[measure.name], inf)


def bounded(value: Any, upper: float) -> Any:
    """A value, or an array of them, within 0 and its upper bound: rounding may leave it a last digit outside."""
    if isinstance(value, np.ndarray) and value.ndim:
        return np.clip(value, 0.0, upper) + 0.0  # makes -0.0 a plain 0
    return min(max(float(value), 0.0), upper) + 0.0


def exact_values(chosen: list[Measure], found: "NormalisedPair", outcomes: int) -> dict[str, Any]:
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
            outside = ~((sums[1] > _SMALL) & (sums[1] < 1 / _SMALL) & np.isfinite(sums[0]))
            outside &= ~(np.abs(sums[0]) <= 0.5)  # what S differs from 1 by is right where its powers may not be
            if outside.any():
                share = 2.0 ** -(3 + ceil(log2(max(1.0, *each.arguments)))) if each.arguments else 2.0**-3
                log_total = _log_total(each, share, (found.block(where) for where in blocks(outcomes)))
                value = np.where(outside, each.from_log(log_total, share, *each.arguments), value)
        is_tiny = value < TINY
        may_be_0 = each.zero_when_equal and not value[is_tiny].any()
        if each.has_tiny and is_tiny.any() and not (may_be_0 and not _differ(found, outcomes)):
            value = np.where(is_tiny, magnified_values([each], found, outcomes)[each.name] / MAGNIFICATION, value)
        values[each.name] = value
    return values


def _differ(found: "NormalisedPair", outcomes: int) -> bool:
    """Returns True if P and Q differ in any outcome, however little."""
    return any(bool((found.block(where).contrast != 0).any()) for where in blocks(outcomes))


def magnified_values(chosen: list[Measure], found: "NormalisedPair", outcomes: int) -> dict[str, Any]:
    """Returns tiny values times MAGNIFICATION, shape (...); only for measures with `tiny`."""

    def sums_of(where: slice) -> list[Array]:
        pair = found.block(where)
        return [each.reduce.reduce(each.tiny.terms(pair, *each.arguments), axis=-1) for each in chosen if each.tiny]

    parts = zip(*each_block(outcomes, lambda: sums_of), strict=True)
    return {
        each.name: np.asarray(each.tiny.finish(each.reduce.reduce(part), *each.arguments))
        for each, part in zip(chosen, parts, strict=True)
        if each.tiny
    }


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
