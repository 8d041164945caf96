"""Facts, ranks and counts of values that are sorted: a sort answers all of them exactly."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from klcli.tables.column import Read
from klcli.tables.cuts import Cut, cut_for
from klcli.tables.facts import Facts

__all__ = ["counts_at", "counts_by_value", "plain_value", "with_values"]

_BLOCK = 1_000_000  # values that are examined at once, so that memory stays small beside them


def with_values(facts: Facts, values: Any) -> Facts:
    """Returns the facts with those of values, which are sorted and not NaN: int64, float64, or Decimal objects."""
    if not len(values):
        return facts
    lowest, highest = plain_value(values[0]), plain_value(values[-1])
    distinct, infinite, whole = 1, 0, len(values)
    for start in range(0, len(values), _BLOCK):
        block = values[start : start + _BLOCK + 1]
        distinct += int(np.count_nonzero(block[1:] != block[:-1]))
    if isinstance(lowest, Decimal):
        whole = sum(value == int(value) for value in values)
    elif values.dtype == np.float64:
        low, high = np.searchsorted(values, -np.inf, "right"), np.searchsorted(values, np.inf, "left")
        finite = values[low:high]
        infinite = len(values) - len(finite)
        blocks = (finite[start : start + _BLOCK] for start in range(0, len(finite), _BLOCK))
        whole = sum(int(np.count_nonzero(block == np.floor(block))) for block in blocks)
    return facts._replace(
        lowest=lowest, highest=highest, distinct=distinct, infinite=infinite, whole=whole, is_exact=True
    )


def counts_at(values: Any, cuts: Sequence[Cut], read: Read) -> tuple[int, ...]:
    """Returns the number of sorted values of a column on the left of each cut, whatever the type of the cuts."""
    return tuple(_on_the_left(values, cut_for(cut, read)) for cut in cuts)


def _on_the_left(values: Any, cut: Cut | None) -> int:
    """Returns the number of sorted values on the left of a cut in their type; 0 for None."""
    if cut is None:
        return 0
    value: Any = cut.value
    return int(np.searchsorted(values, value, side="left" if cut.is_below else "right"))


def counts_by_value(values: Any) -> tuple[Any, Any]:
    """Returns the different values among sorted ones, and the count of each."""
    starts = np.concatenate([[0], np.flatnonzero(values[1:] != values[:-1]) + 1]) if len(values) else np.zeros(0, int)
    return values[starts], np.diff(np.append(starts, len(values)))


def plain_value(value: Any) -> Any:
    """Returns a value as Python has it."""
    return value.item() if isinstance(value, np.generic) else value
