"""Reasons against an interval, or against a value: too few observations, repeated records, values below 0."""

from collections.abc import Mapping
from math import inf, lgamma, log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from klcli.core.arithmetic.types import Array
from klcli.core.estimation.counts.forms import FORMS
from klcli.core.estimation.estimate import DivergenceEstimate, SampleFacts
from klcli.core.estimation.settings import Settings
from klcli.errors import NotADistribution
from klcli.notes import (
    Note,
    options_without_effect,
    records_repeated,
    samples_equal,
    samples_overlap,
    samples_small,
    upper_end_inexact,
    values_below_zero,
)
from klcli.notes.wording import plural
from klcli.support.sentence import Option

__all__ = [
    "LEAST_NUMBERS",
    "Repeats",
    "below_zero",
    "caveats",
    "equal_by_chance",
    "notes_on_size",
    "outside",
    "refuse_too_few",
    "repeats",
    "unused_options",
]

LEAST_NUMBERS = 20  # observations of numbers or vectors, below which there is no interval

# observations below which the upper end was covered less often than it says, and how often, in percent
_OF_LABELS = (50, "83 to 93")
_OF_NUMBERS = (100, "70 to 95")  # least where the tails of P are heavier: the table of docs/estimates.md

_RARE = 0.005  # probability, if P = Q, of as many observations beyond all of the other sample
_MANY = 10
_ONCE = 0.001  # probability, below which equal samples are no chance
_LATTICE = 1e-3  # of a step
_LESS_THAN_CHANCE = "what two samples of one distribution show on average is taken off, and these show less"


class Repeats(NamedTuple):
    """Values that occur again in continuous data, which independent observations do not.

    Attributes:
        within: observations whose value occurs more than once in their own sample and never in the other, of P, of Q.
        across: values that occur in both samples.
    """

    within: tuple[int, int]
    across: int


def caveats(
    x: NDArray[np.float64], y: NDArray[np.float64], *, allows_duplicates: bool
) -> tuple[bool, tuple[Note, ...]]:
    """Returns True if numbers (n,) or rows (n, d) allow an interval, and notes on what speaks against it."""
    least = min(len(x), len(y))
    can = least >= LEAST_NUMBERS
    said = [] if can else [samples_small(least, LEAST_NUMBERS)]
    if _are_equal(x, y):
        return can, (*said, samples_equal())
    again = repeats(x, y)
    if again is not None and again.across:
        said.append(samples_overlap(again.across))
    elif again is not None:
        can = can and allows_duplicates
        said.append(records_repeated(*again.within, allows_duplicates))
    return can, tuple(said)


def equal_by_chance(counts: Array) -> bool:
    """Returns True if two samples of one population have these counts both with a probability of 0.001 or more.

    Given the pooled counts, it is ∏ C(2c, c) / C(2n, n), of n observations a side.
    """
    distinct, times = np.unique(counts, return_counts=True)
    pairs = zip(distinct.tolist(), times.tolist(), strict=True)
    logarithm = sum(each * _log_deals(count) for count, each in pairs) - _log_deals(float(counts.sum()))
    return logarithm >= log(_ONCE)


def _log_deals(count: float) -> float:
    """Returns log C(2c, c)."""
    return lgamma(2 * count + 1) - 2 * lgamma(count + 1)


def _are_equal(x: NDArray[np.float64], y: NDArray[np.float64]) -> bool:
    """Returns True if two samples of numbers (n,) or rows (n, d) hold the same values, and not by chance."""
    if x.shape != y.shape or (x.min(axis=0) != y.min(axis=0)).any() or (x.max(axis=0) != y.max(axis=0)).any():
        return False
    axis = 0 if x.ndim > 1 else None
    values, counts = np.unique(x, axis=axis, return_counts=True)
    others, other_counts = np.unique(y, axis=axis, return_counts=True)
    is_same = np.array_equal(values, others) and np.array_equal(counts, other_counts)
    return is_same and not equal_by_chance(counts.astype(np.float64))


def outside(x: Array, y: Array, tests: int = 1) -> tuple[int, bool] | None:
    """Returns how many of x lie beyond all of y, and True if above; None if chance explains them.

    Args:
        x, y: sorted, shape (n,) and (m,). tests: how often this is asked, which makes chance likelier.
    """
    above = len(x) - int(np.searchsorted(x, y[-1], side="right"))
    below = int(np.searchsorted(x, y[0], side="left"))
    most, is_above = max((above, True), (below, False))
    return (most, is_above) if (len(x) / (len(x) + len(y))) ** most < _RARE / tests else None


def repeats(x: NDArray[np.float64], y: NDArray[np.float64]) -> Repeats | None:
    """Returns repeated values of two samples of numbers (n,) or rows (n, d); None where the data explain them.

    Data on a lattice, such as rounded numbers, repeat by themselves, and so do a few atoms, such as zeros.
    """
    pooled = np.concatenate([x, y])
    columns = pooled.T if x.ndim > 1 else [pooled]
    if any(_are_distinct(column) for column in columns):
        return None
    values, index = np.unique(pooled, axis=0 if x.ndim > 1 else None, return_inverse=True)
    index = index.reshape(-1)
    in_x, in_y = (np.bincount(part, minlength=len(values)) for part in (index[: len(x)], index[len(x) :]))
    own_x, own_y = (in_x > 1) & (in_y == 0), (in_y > 1) & (in_x == 0)
    both = int(((in_x > 0) & (in_y > 0)).sum())
    own = int(own_x.sum() + own_y.sum())
    if max(own, both) < _MANY or _MANY * min(own, both) >= max(own, both) or _on_lattice(values):
        return None
    if own > both:
        return Repeats((int(in_x[own_x].sum()), int(in_y[own_y].sum())), 0)
    return Repeats((0, 0), both)


def _are_distinct(values: Array) -> bool:
    """Returns True if no value occurs twice; two sorted runs are merged in one pass."""
    ordered = np.sort(values, kind="stable")
    return not bool((ordered[1:] == ordered[:-1]).any())


def _on_lattice(values: Array) -> bool:
    """Returns True if a column of sorted or any values is made of multiples of one step."""
    for column in values.T if values.ndim > 1 else [values]:
        distinct = np.unique(column)
        gaps = np.diff(distinct)
        if not gaps.size or gaps.min() < 1e-9 * (distinct[-1] - distinct[0]):
            continue
        steps = gaps / gaps.min()
        if np.abs(steps - np.round(steps)).max() < _LATTICE:
            return True
    return False


def refuse_too_few(names: tuple[str, str], counts: tuple[float, float]) -> None:
    """Refuses a sample of fewer than 2 observations.

    Raises:
        NotADistribution: one has fewer.
    """
    for name, count in zip(names, counts, strict=True):
        if count < 2:
            raise NotADistribution(
                f"{plural(int(count), 'observation')}, and an estimate needs at least 2",
                place=name,
                hint="give a file with one observation on each line, or counts with " + Option("--as", "counts"),
            )


def notes_on_size(facts: tuple[SampleFacts, SampleFacts]) -> tuple[Note, ...]:
    """Returns a note on an upper end that samples of this size make inexact; none if they are large enough."""
    count = min(each.observations for each in facts)
    least, covered = _OF_NUMBERS if facts[0].kind in ("numbers", "labelled numbers") else _OF_LABELS
    return (upper_end_inexact(count, least, covered),) if count < least else ()


def unused_options(settings: Settings, kind: str) -> tuple[Note, ...]:
    """Returns a note on the options that samples of this kind do not use; none if there are no such options."""
    unused = settings.unused(kind)
    return (options_without_effect(unused, (f"samples of {kind}",)),) if unused else ()


def below_zero(
    estimates: Mapping[str, DivergenceEstimate], has_p: bool, reason: str = _LESS_THAN_CHANCE
) -> tuple[Note, ...]:
    """Returns a note on estimates that are below 0, or roots of such, with what to read instead; none without them.

    Args:
        has_p: the samples allow a test of P = Q. reason: why an estimate can be below 0.
    """
    below = [each for each in estimates.values() if each.value < 0]
    at_zero = [each for each in estimates.values() if FORMS[each.measure].is_root and _is_root_of_negative(each)]
    if not below and not at_zero:
        return ()
    concerned = (*below, *at_zero)
    instead = ["p"] if has_p else []
    if any(each.upper not in (None, inf) for each in concerned):
        instead.append("the upper end")
    if any(each.lower for each in concerned):
        instead.append("the lower end")
    names, roots = (tuple(each.measure for each in which) for which in (below, at_zero))
    return (values_below_zero(names, roots, reason, tuple(instead)),)


def _is_root_of_negative(each: DivergenceEstimate) -> bool:
    """Returns True if less was found than was taken off, which leaves 0 under the root."""
    return each.value == 0 and each.raw is not None and each.raw < (each.relabelling_mean or 0.0)
