"""Bins of a column of numbers, cut on the reference alone: right-closed, ends infinite, point masses apart.

Cuts are order statistics, never interpolated, so every engine makes the same. Bins of a current table chosen by its own
counts would bias the test between the two; only their number depends on how many rows it has.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from math import isfinite
from typing import NamedTuple

from klcli.errors import UsageError
from klcli.support.sentence import Option
from klcli.tables.cuts import Cut
from klcli.tables.facts import Value

__all__ = [
    "MOST_BINS", "BinRule", "bin_count", "bin_labels", "differences", "edges_rule", "exact", "number_text",
    "parse_bins", "point_cuts", "quantile_cuts", "quantile_ranks", "width_cuts", "without_empty",
]  # fmt: skip

_ROWS_A_BIN = (20, 5)  # of the reference and of the current table, at least
MOST_BINS = 10_000
_NUMPY_RULES = ("sturges", "doane", "fd")
_FORMS = "quantile:B, width:B, sturges, doane, fd, edges:A,B,C or values"
_ALL_DIGITS = 17  # with which different doubles have different texts
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BinRule(NamedTuple):
    """How bins are cut: quantile, width, sturges, doane, fd, edges or values, with the number of bins or the edges."""

    name: str
    bins: int = 10
    edges: tuple[float, ...] = ()

    @property
    def text(self) -> str:
        if self.edges:
            return f"edges:{','.join(map(repr, self.edges))}"
        return f"{self.name}:{self.bins}" if self.name in ("quantile", "width") else self.name


def parse_bins(text: str) -> BinRule:
    """Returns the rule that "quantile:10", "width:20", "fd" or "edges:0,1,5" names.

    Raises:
        UsageError: the text names no rule.
    """
    name, colon, rest = text.strip().lower().partition(":")
    if name in ("quantile", "width"):
        if not colon:
            return BinRule(name)
        if rest.isascii() and rest.isdigit() and 2 <= int(rest) <= MOST_BINS:
            return BinRule(name, int(rest))
        raise UsageError(f"bins {text!r}: {rest!r} is not a whole number from 2 to {MOST_BINS:,}")
    if name == "edges":
        return edges_rule(rest, text)
    if name in (*_NUMPY_RULES, "values") and not colon:
        return BinRule(name)
    raise UsageError(f"{text!r} is not a rule for bins", hint=f"it may be {_FORMS}")


def edges_rule(rest: str, text: str) -> BinRule:
    """Returns the rule of bins between given edges, which must increase."""
    try:
        edges = tuple(float(word) for word in rest.split(","))
    except ValueError:
        edges = ()
    if not edges or not all(map(isfinite, edges)) or any(a >= b for a, b in pairwise(edges)):
        raise UsageError(f"bins {text!r}: the edges must be finite numbers that increase", hint="as in edges:0,1,5")
    return BinRule("edges", len(edges) + 1, edges)


def bin_count(reference: int, current: int, most: int = 10) -> int:
    """Returns the number of quantile bins for these numbers of values on each side, with which X² holds its level.

    With 10 bins at 50 against 10,000 rows, X² calls drift in 17 % of identical pairs at the 5 % level.
    """
    return max(2, min(most, reference // _ROWS_A_BIN[0], current // _ROWS_A_BIN[1]))


def quantile_ranks(count: int, bins: int) -> tuple[int, ...]:
    """Returns the ranks ⌈i·count/bins⌉ of the order statistics between bins, from 1; the last is the maximum."""
    return tuple(sorted({-(-i * count // bins) for i in range(1, bins + 1)} - {0}))


def quantile_cuts(
    count: int, bins: int, values: Sequence[Value], below: Sequence[int], at_most: Sequence[int]
) -> tuple[Cut, ...]:
    """Returns the cuts between quantile bins.

    A value that alone holds 1/bins of the reference gets a bin of its own; beside it, a bin may hold nothing of the
    reference. What is left beside it joins the next bin away from it where it holds less than half of 1/bins: a cell
    that holds few values by the choice of its cuts makes X² call drift too often, in 8.6 % of identical pairs at the
    5 % level where 40 % are one value, 100 rows against 10,000; joined, in 6.6 %.

    Args:
        count: Values in the reference. values: Its order statistics at `quantile_ranks`, increasing, without ties.
        below, at_most: Number of values of the reference below, and at most, each of them.
    """
    cuts: list[Cut] = []
    held = [0]  # values left of each cut, after none
    points: set[Value] = set()
    for value, less, up_to in zip(values, below, at_most, strict=True):
        is_point = (up_to - less) * bins >= count
        is_beside = bool(cuts) and cuts[-1].value in points
        if is_point:
            while cuts and not is_beside and (less - held[-1]) * bins * 2 < count:
                cuts.pop()
                held.pop()
                is_beside = bool(cuts) and cuts[-1].value in points
            cuts += point_cuts(value)
            held += (less, up_to)
            points.add(value)
        elif up_to < count and not (is_beside and (up_to - held[-1]) * bins * 2 < count):
            cuts.append(Cut(value))
            held.append(up_to)
    return tuple(cuts)


def point_cuts(value: Value) -> tuple[Cut, ...]:
    """Returns the cuts around a value that has a bin of its own."""
    return Cut(value, is_below=True), Cut(value)


def without_empty(cuts: Sequence[Cut], p: Sequence[int], q: Sequence[int]) -> tuple[Cut, ...]:
    """Returns the cuts between bins without those beside a point mass that part it from nothing in P and in Q."""
    is_empty = [not (a or b) for a, b in zip(p, q, strict=True)]
    last = len(cuts) - 1
    return tuple(
        cut for at, cut in enumerate(cuts)
        if not (is_empty[at] and cut.is_below) and not (at == last and is_empty[at + 1])
    )  # fmt: skip


def width_cuts(lowest: float, highest: float, bins: int) -> tuple[Cut, ...]:
    """Returns the cuts between bins of equal width over a range."""
    if not (isfinite(lowest) and isfinite(highest)):
        raise UsageError("bins of equal width need finite extremes", hint="pass " + Option("--bins", "quantile:10"))
    edges = (lowest + (highest - lowest) * i / bins for i in range(1, bins))
    return tuple(Cut(edge) for edge in sorted(set(edges)))


def differences(cumulative: Sequence[int], total: int) -> tuple[int, ...]:
    """Returns the counts of the bins, from the counts on the left of each cut."""
    ends = (0, *cumulative, total)
    return tuple(high - low for low, high in pairwise(ends))


def exact(value: Value) -> int | float | str:
    """Returns a value for JSON, without rounding; a decimal as text."""
    return str(value) if isinstance(value, Decimal) else value


def number_text(value: Value, *, is_time: bool = False, digits: int = 6) -> str:
    """Returns a value for people: at most 6 digits, or as many as are asked for, or a time as ISO 8601."""
    if is_time:
        try:
            found = _EPOCH + timedelta(microseconds=int(value))
        except OverflowError:
            return f"{value} µs"
        text = found.strftime("%Y-%m-%d %H:%M:%S") if found.year >= 1000 else found.isoformat(" ")[:19]
        return text.removesuffix(" 00:00:00")
    if isinstance(value, int) and abs(value) < 10**15:
        return str(value)
    return str(value) if digits >= _ALL_DIGITS and not isinstance(value, float) else f"{float(value):.{digits}g}"


def bin_labels(cuts: Sequence[Cut], *, is_time: bool = False) -> tuple[str, ...]:
    """Returns the names of bins, all different, such as "(5, 10]"; a point mass is named by its value."""
    labels = _labels(cuts, is_time=is_time)
    return labels if len(set(labels)) == len(labels) else _labels(cuts, is_time=is_time, digits=_ALL_DIGITS)


def _labels(cuts: Sequence[Cut], *, is_time: bool, digits: int = 6) -> tuple[str, ...]:
    labels = []
    bounds: list[Cut | None] = [None, *cuts, None]
    for low, high in pairwise(bounds):
        if low is not None and high is not None and low.value == high.value:
            labels.append(number_text(low.value, is_time=is_time, digits=digits))
            continue
        left = (
            "(−∞"
            if low is None
            else f"{'[' if low.is_below else '('}{number_text(low.value, is_time=is_time, digits=digits)}"
        )
        right = (
            "∞)"
            if high is None
            else f"{number_text(high.value, is_time=is_time, digits=digits)}{')' if high.is_below else ']'}"
        )
        labels.append(f"{left}, {right}")
    return tuple(labels)
