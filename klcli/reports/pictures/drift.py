"""Columns of two tables ranked by their divergence against the noise, and a small picture of each of the first."""

from collections.abc import Sequence
from math import inf, isfinite, nan
from typing import NamedTuple

from klcli.reports.pictures.histogram import binned, categories
from klcli.reports.pictures.model import Card, Cards, Lane, Mark, MarkRow, Marks, Panels, View, Words
from klcli.reports.pictures.scale import Scale, logarithmic, number, times

__all__ = ["DriftedColumn", "column_view", "drift_views"]

_SHOWN, _CARDS = 500, 40  # rows of the ranking, and small pictures
_BARS, _NUMBERS = 9, 25  # categories of a small picture; those that are numbers
_NEW = 2  # categories that P lacks, beside them
_SPAN = 1e6  # the axis ends so many times above the noise at most


class DriftedColumn(NamedTuple):
    """A column of two tables.

    Attributes:
        status: A word such as "exceeded", or "ok". value: Divergence in `unit`. noise: What P = Q would show; 0 if
            unknown. p, q: Counts, shape (k,). labels: Of categories, or None for bins. edges: Inner edges of bins.
        sentences: What to know of it. reason: Why the status is what it is.
        is_ordered: Categories keep their order.
        p_value: Adjusted p-value, or None. new: What Q has that P lacks, in words.
    """

    name: str
    status: str
    value: float
    noise: float
    unit: str
    p: Sequence[float] = ()
    q: Sequence[float] = ()
    labels: Sequence[str] | None = None
    edges: Sequence[float] = ()
    sentences: tuple[str, ...] = ()
    reason: str = ""
    is_ordered: bool = False
    p_value: float | None = None
    new: str = ""

    @property
    def ratio(self) -> float:
        """The value by the noise; NaN if one of them is unknown."""
        if self.value != self.value or not self.noise > 0:
            return float("nan")
        return self.value / self.noise


_BAD = {"error": 3, "insufficient": 2, "exceeded": 1}


def drift_views(columns: Sequence[DriftedColumn], measure: str, limit: str = "") -> tuple[View, ...]:
    """Returns the ranking and the small pictures.

    Args:
        measure: Notation of the values. limit: Limit of the values, in words, or empty.
    """
    order = sorted(columns, key=lambda each: (-_BAD.get(each.status, 0), -_sortable(each.ratio)))
    drawn = [each for each in order if len(each.p) > 1][:_CARDS]
    targets = {each.name: place for place, each in enumerate(drawn, 1)}
    shown = order[:_SHOWN]
    scale = _scale([each.ratio for each in shown])
    rows = tuple(
        MarkRow(each.name, _cells(each, scale), each.status, each.reason, target=targets.get(each.name, 0))
        for each in shown
    )
    unit = next((f", {each.unit}" for each in shown if each.unit), "")
    ground = (Mark("shade", "noise", 0.0, scale.at(1.0)),)
    columns_ = (
        Words("÷ noise"), Lane("", scale.ticks, ground), Words(f"{measure}{unit}", short=measure), Words("noise"),
        Words("p"), Words("new values"),
    )  # fmt: skip
    held = f" The limit is {limit}, and it is exceeded only beyond noise." if limit else ""
    left = len(order) - len(shown)
    ranking = View(
        "Which columns changed",
        f"Ranked by {measure} divided by its noise, on a logarithmic axis: the grey area is what two samples of this "
        f"size from one population show.{held}",
        Marks("column", columns_, rows, has_status=True),
        (f"{left:,} more columns are not shown.",) if left else (),
    )
    if not drawn:
        return (ranking,)
    more = len([each for each in order if len(each.p) > 1]) - len(drawn)
    cards = Cards(tuple(map(_card, drawn)))
    caption = "Shares of the values of each column, in bins or by category. ✚ is a category that P lacks."
    return ranking, View("Their distributions", caption, cards, (f"{more:,} more are not drawn.",) if more else ())


def column_view(each: DriftedColumn) -> View | None:
    """Returns the picture of one column; None if it has fewer than two cells."""
    if len(each.p) < 2:
        return None
    panels, sentences = _cells_of(each, 170)
    caption = " ".join((*sentences, "✚ is a category that P lacks."))
    return View("Its values in P and in Q", caption, panels)


def _card(each: DriftedColumn) -> Card:
    return Card(each.name, each.status, *_cells_of(each, 90))


def _cells_of(each: DriftedColumn, height: int) -> tuple[Panels, tuple[str, ...]]:
    """Returns the bins or categories of a column, and what to know of it."""
    words = f"{each.name}: P and Q over its values."
    sentences = each.sentences or (f"{number(each.value)} {each.unit}".strip() + ".",)
    if each.labels is None:
        return binned(each.p, each.q, each.edges, height, words), sentences
    order = _chosen(each, each.labels)
    totals = float(sum(each.p)), float(sum(each.q))
    panels = categories(
        [each.p[index] for index in order], [each.q[index] for index in order],
        [each.labels[index] for index in order], height, words, totals=totals, marks_new=True,
    )  # fmt: skip
    left = len(each.labels) - len(order)
    if left:
        sentences = (*sentences, f"{left:,} more categor{'ies are' if left > 1 else 'y is'} not drawn.")
    return panels, sentences


def _chosen(each: DriftedColumn, labels: Sequence[str]) -> list[int]:
    """Returns the places of the categories drawn: the most frequent, then the most frequent new ones.

    Categories with an order keep it, and numbers stand in theirs.
    """
    numbers = _numbers(labels)
    most = _NUMBERS if numbers and len(labels) <= _NUMBERS else _BARS
    by_count = sorted(range(len(labels)), key=lambda index: -(each.p[index] + each.q[index]))
    first = by_count[:most]
    new = [index for index in by_count[most:] if not each.p[index] and each.q[index]][:_NEW]
    if each.is_ordered:
        return sorted([*first, *new])
    return sorted([*first, *new], key=numbers.__getitem__) if numbers else [*first, *new]


def _numbers(labels: Sequence[str]) -> list[float]:
    """Returns the labels as numbers; nothing if one of them is not a number."""
    try:
        found = [float(label) for label in labels]
    except ValueError:
        return []
    return found if all(map(isfinite, found)) else []


def _cells(each: DriftedColumn, scale: Scale) -> tuple[str | tuple[Mark, ...], ...]:
    ratio = each.ratio
    role = "bad" if each.status in _BAD else "ok"
    value, noise = (number(each_, 3) if each_ == each_ else "" for each_ in (each.value, each.noise or nan))
    rest = (value, noise, "" if each.p_value is None else number(each.p_value, 2), each.new)
    if ratio != ratio:
        return "not known", (Mark("unknown", role, 0.0, 1.0),), *rest
    if ratio == inf:
        return "∞", (Mark("arrow", role, scale.at(1.0), 1.0),), *rest
    low, high = sorted((scale.at(1.0), scale.at(ratio)))
    return f"{number(ratio, 3)} ×", (Mark("line", role, low, high), Mark("dot", role, scale.at(ratio))), *rest


def _scale(ratios: Sequence[float]) -> Scale:
    finite = [ratio for ratio in ratios if ratio > 0 and isfinite(ratio)]
    low, high = max(min([0.5, *finite]), 0.01), min(max([2.0, *finite]), _SPAN)
    return logarithmic(low, high, margin=0.03, written=times)


def _sortable(ratio: float) -> float:
    return -1.0 if ratio != ratio else ratio
