"""Measures of the order of values, from the rows of both tables: KS, W1, deciles, means, standard deviations."""

from math import inf
from typing import NamedTuple

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.estimation.ordered import ks_distance, wasserstein_distance
from klcli.engines.countable import Countable
from klcli.notes import infinite_ordered
from klcli.runs.drift.counted import CountedColumn
from klcli.sources.drift.settings import KS, WASSERSTEIN
from klcli.tables.column import Kind

__all__ = ["ColumnInOrder", "SideInOrder", "in_order", "ordered_measures"]

_PARTS = 10


class SideInOrder(NamedTuple):
    """The values of one table: the least and the deciles, as order statistics, and mean and deviation of finite ones.

    Without finite values there is no mean.
    """

    deciles: tuple[float, ...]
    mean: float | None
    deviation: float | None


class ColumnInOrder(NamedTuple):
    """The values of both tables, and the measures that see their order, by name."""

    p: SideInOrder
    q: SideInOrder
    measures: dict[str, float]


def ordered_measures(each: CountedColumn, reference: Countable, current: Countable) -> dict[str, float]:
    """Returns the measures that see the order of values, by name; none where a side has no values."""
    return _measures(each, reference.values(each.read_p), current.values(each.read_q))


def in_order(each: CountedColumn, reference: Countable, current: Countable) -> ColumnInOrder | None:
    """Returns what the order of the values of a column of numbers shows.

    Other columns have none, nor has one without values on a side, or with a profile there, which holds no rows.
    """
    is_numeric = each.is_compared and each.decision is not None and each.decision.kind is Kind.NUMERIC
    if not is_numeric or "profile" in (reference.engine, current.engine):
        return None
    x, y = reference.values(each.read_p), current.values(each.read_q)
    return ColumnInOrder(_side(x), _side(y), _measures(each, x, y)) if len(x) and len(y) else None


def _side(values: Array) -> SideInOrder:
    count = len(values)
    ranks = [max(1, -(-at * count // _PARTS)) - 1 for at in range(_PARTS + 1)]
    deciles = tuple(np.sort(values)[ranks].tolist())
    scaled, exponent = _scaled(values[np.isfinite(values)])
    if not len(scaled):
        return SideInOrder(deciles, None, None)
    return SideInOrder(deciles, float(np.ldexp(scaled.mean(), exponent)), float(np.ldexp(scaled.std(), exponent)))


def _measures(each: CountedColumn, x: Array, y: Array) -> dict[str, float]:
    if not len(x) or not len(y):
        return {}
    finite = x[np.isfinite(x)]
    note = infinite_ordered(each.name)
    if (len(finite) < len(x) or not np.isfinite(y).all()) and note not in each.notes:
        each.notes.append(note)
    scaled, exponent = _scaled(finite)
    deviation = float(scaled.std()) if len(finite) else 0.0
    distance = wasserstein_distance(np.ldexp(x, -exponent), np.ldexp(y, -exponent))
    return {KS: ks_distance(x, y), WASSERSTEIN: distance / deviation if deviation > 0 else (distance and inf)}


def _scaled(finite: Array) -> tuple[Array, int]:
    """Returns values divided by a power of 2, and its exponent, so that no square overflows; ratios stay the same."""
    _, exponent = np.frexp(np.abs(finite).max(initial=0.0))
    return np.ldexp(finite, -exponent), int(exponent)
