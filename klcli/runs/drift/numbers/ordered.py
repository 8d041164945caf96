"""Measures of the order of values, deciles, means and standard deviations: from rows, or from what profiles hold."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import inf, isfinite, ldexp, nan
from typing import NamedTuple

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.estimation.moments import Moments, moments_of
from klcli.core.estimation.numbers.ordered import (
    Bounded,
    Steps,
    distances_of_counts,
    distances_of_samples,
    ks_from_steps,
    wasserstein_from_steps,
)
from klcli.engines.countable import HANDS_OVER, Countable
from klcli.engines.profile_table import ProfileTable
from klcli.notes import infinite_ordered, order_unknown, wasserstein_unknown
from klcli.runs.drift.counted import MISSING_CELL, NOT_NUMBERS, OTHER, CountedColumn
from klcli.sources.drift.settings import KS, WASSERSTEIN
from klcli.tables.column import Kind, Read
from klcli.tables.cuts import Cut, as_floats, cuts_between
from klcli.tables.facts import Facts
from klcli.tables.table_profile import ColumnProfile

__all__ = ["ColumnInOrder", "SideInOrder", "in_order", "ordered_measures"]

_PARTS = 10


class SideInOrder(NamedTuple):
    """The values of one table: the least and the deciles, as order statistics, and mean and deviation of finite ones.

    Attributes:
        at_least: Where a profile does not hold a decile, a value below it, else the decile itself.
        mean, deviation: None without finite values, or where they are not known.
    """

    deciles: tuple[float, ...]
    at_least: tuple[float, ...]
    mean: float | None
    deviation: float | None


class ColumnInOrder(NamedTuple):
    """The values of both tables, and the measures that see their order, by name."""

    p: SideInOrder
    q: SideInOrder
    measures: Mapping[str, Bounded]


def ordered_measures(each: CountedColumn, reference: Countable, current: Countable) -> dict[str, Bounded]:
    """Returns the measures that see the order of values, by name; empty if a side has no values.

    Of a profile they are known up to an error, and W1 not at all of infinite values. A column of few different numbers,
    each of which is a cell, needs no values: its counts tell both exactly.
    """
    assert each.decision is not None
    if each.decision.kind is not Kind.NUMERIC:
        return _from_cells(each)
    stored = next((side for side in (reference, current) if isinstance(side, ProfileTable)), None)
    if stored is not None:
        return _from_counts(each, reference, current, stored.of_column(each.name))
    width = min(each.read_p.column.width, each.read_q.column.width)
    return _measures(each, *(as_floats(table.values(read), width) for table, read in _sides(each, reference, current)))


def in_order(each: CountedColumn, reference: Countable, current: Countable) -> ColumnInOrder | None:
    """Returns what the order of the values of a column of numbers shows.

    None of other columns, and if a side has no values.
    """
    is_numeric = each.is_compared and each.decision is not None and each.decision.kind is Kind.NUMERIC
    if not is_numeric:
        return None
    p, q = _side(reference, each.read_p), _side(current, each.read_q)
    if p is None or q is None:
        return None
    is_known = {reference.engine, current.engine} <= {ProfileTable.engine, *HANDS_OVER}
    return ColumnInOrder(p, q, ordered_measures(each, reference, current) if is_known else {})


def _side(table: Countable, read: Read) -> SideInOrder | None:
    if isinstance(table, ProfileTable):
        return _stored_side(table.of_column(read.column.name))
    if table.engine not in HANDS_OVER:
        ranks = _ranks(table.value_counts([read])[read.column.name])
        found = table.order_statistics({read: ranks})[read.column.name]
        return SideInOrder(tuple(map(float, found)), tuple(map(float, found)), None, None) if found else None
    values = table.values(read)
    if not len(values):
        return None
    deciles = tuple(np.sort(values)[[rank - 1 for rank in _ranks(len(values))]].tolist())
    moments = moments_of(values)
    return SideInOrder(deciles, deciles, moments.mean, moments.deviation)


def _ranks(count: int) -> list[int]:
    """Returns the ranks of the least value and of the deciles, from 1."""
    return [max(1, -(-at * count // _PARTS)) for at in range(_PARTS + 1)] if count else []


def _stored_side(stored: ColumnProfile) -> SideInOrder | None:
    """Returns what a profile tells: a decile that is a cut, or the cuts between which it lies."""
    low, high = stored.facts.lowest, stored.facts.highest
    if not stored.cuts or low is None or high is None or not stored.values:
        return None
    most, least = [], []
    for rank in _ranks(stored.values):
        at = next((at for at, count in enumerate(stored.at_most) if count >= rank), len(stored.cuts))
        upper = min(stored.cuts[at], high) if at < len(stored.cuts) else high
        is_cut = at < len(stored.cuts) and stored.below[at] < rank
        lower = upper if is_cut else max(stored.cuts[at - 1], low) if at else low
        most.append(float(low if rank == 1 else high if rank == stored.values else upper))
        least.append(most[-1] if rank in (1, stored.values) else float(lower))
    moments = stored.moments
    return SideInOrder(tuple(most), tuple(least), moments and moments.mean, moments and moments.deviation)


def _measures(each: CountedColumn, x: Array, y: Array) -> dict[str, Bounded]:
    if not len(x) or not len(y):
        return {}
    _note_infinite(each, x, y)
    exponent = _exponent(x)
    ks, distance = distances_of_samples(x, y, exponent)
    return {KS: ks, WASSERSTEIN: _in_deviations(distance, moments_of(x), exponent)}


def _from_cells(each: CountedColumn) -> dict[str, Bounded]:
    """Returns the measures of a column of which each number is a cell."""
    cells = each.cells
    assert cells is not None
    if OTHER in cells.labels:
        each.notes.append(order_unknown(each.name))
        return {}
    rows = sorted(
        (float(label), p, q)
        for label, p, q in zip(cells.labels, cells.p, cells.q, strict=True)
        if label not in (MISSING_CELL, NOT_NUMBERS)
    )
    values, p, q = (np.array([row[at] for row in rows], dtype=np.float64) for at in range(3))
    if not p.sum() or not q.sum():
        return {}
    _note_infinite(each, values)
    finite = [(count, Fraction(value)) for value, count, _ in rows if isfinite(value)]
    moments = Moments(
        sum(count for count, _ in finite),
        sum((count * value for count, value in finite), Fraction(0)),
        sum((count * value**2 for count, value in finite), Fraction(0)),
    )
    exponent = _exponent(values)
    ks, distance = distances_of_counts(np.ldexp(values, -exponent), p, q)
    return {KS: ks, WASSERSTEIN: _in_deviations(distance, moments, exponent)}


def _note_infinite(each: CountedColumn, *values: Array) -> None:
    note = infinite_ordered(each.name)
    if not all(np.isfinite(some).all() for some in values) and note not in each.notes:
        each.notes.append(note)


def _from_counts(
    each: CountedColumn, reference: Countable, current: Countable, stored: ColumnProfile
) -> dict[str, Bounded]:
    p, q = (_steps(table, read, stored) for table, read in _sides(each, reference, current))
    if p is None or q is None:
        return {}
    found = {KS: ks_from_steps(p, q)}
    extremes = [p.lowest, q.lowest, p.highest, q.highest]
    moments = _moments(reference, each.read_p)
    if moments is None:
        each.notes.append(wasserstein_unknown(each.name, "the profile of P has no standard deviation"))
    elif np.isnan(extremes).any():
        each.notes.append(wasserstein_unknown(each.name, "its least and its largest value are not stored"))
    elif not np.isfinite(extremes).all():
        each.notes.append(wasserstein_unknown(each.name, "some values are infinite"))
    else:
        exponent = _exponent(np.array(extremes))
        sides = [side._replace(lowest=ldexp(side.lowest, -exponent), highest=ldexp(side.highest, -exponent))
                 for side in (p, q)]  # fmt: skip
        distance = wasserstein_from_steps(
            sides[0], sides[1], np.ldexp(np.array(stored.cuts, dtype=np.float64), -exponent)
        )
        found[WASSERSTEIN] = _in_deviations(distance, moments, exponent)
    return found


def _sides(each: CountedColumn, reference: Countable, current: Countable) -> Sequence[tuple[Countable, Read]]:
    return (reference, each.read_p), (current, each.read_q)


def _steps(table: Countable, read: Read, stored: ColumnProfile) -> Steps | None:
    name = read.column.name
    facts: Facts = table.facts([read.column])[name]
    count = table.value_counts([read])[name]
    if not count or not stored.cuts:
        return None
    # of texts that spell times no extremes are counted
    lowest, highest = (nan if end is None else float(end) for end in (facts.lowest, facts.highest))
    cuts: Sequence[Cut] = [Cut(value, side) for value in stored.cuts for side in (True, False)]
    if not isinstance(table, ProfileTable):
        cuts = cuts_between(cuts, stored.column.width, read)
    found = np.array(table.cumulative({read: cuts})[name])
    return Steps(found[::2], found[1::2], lowest, highest, count)


def _moments(table: Countable, read: Read) -> Moments | None:
    if isinstance(table, ProfileTable):
        return table.of_column(read.column.name).moments
    return moments_of(table.values(read))


def _in_deviations(distance: Bounded, moments: Moments, exponent: int) -> Bounded:
    """Returns a distance between values divided by a power of 2, in standard deviations of the reference."""
    deviation = moments.scaled(exponent).deviation or 0.0
    if deviation > 0:
        return distance._replace(value=distance.value / deviation, error=distance.error / deviation)
    return distance._replace(value=inf, error=0.0) if distance.value else distance


def _exponent(values: Array) -> int:
    """Returns the power of 2 by which values are divided, so that no difference of two finite ones overflows."""
    return int(np.frexp(np.abs(values[np.isfinite(values)]).max(initial=0.0))[1])
