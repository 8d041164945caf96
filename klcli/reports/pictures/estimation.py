"""Pictures of two samples: the samples themselves, and each estimate with its interval against the noise."""

from math import inf

import numpy as np

from klcli.core.estimation.estimate import Cells, DivergenceEstimate, Estimation
from klcli.core.measures.measure import select
from klcli.reports.pictures.histogram import binned, categories
from klcli.reports.pictures.model import Lane, Mark, MarkRow, Marks, View, Words
from klcli.reports.pictures.scale import Scale, linear, number

__all__ = ["estimation_views"]

_LABELS = 20  # categories drawn
_NOISE = 1.6448536269514722  # the 95 % quantile of the standard normal distribution


def estimation_views(estimation: Estimation) -> tuple[View, ...]:
    """Returns the pictures of an estimation."""
    cells = estimation.cells
    samples = () if cells is None or len(cells.x) < 2 else (_samples(cells, estimation),)
    return (*_intervals(estimation), *samples)


def _samples(cells: Cells, estimation: Estimation) -> View:
    sizes = f"{estimation.p.observations:,} and {estimation.q.observations:,} observations"
    if cells.edges is not None:
        words = f"Histograms of the two samples, {sizes}, in {len(cells.x)} bins."
        caption = f"{sizes[:1].upper()}{sizes[1:]}, in {len(cells.x)} bins; the outermost have no outer end."
        return View("The two samples", caption, binned(cells.x, cells.y, cells.edges, 170, words))
    order = np.argsort(-(cells.x + cells.y), kind="stable")
    shown = order[:_LABELS]
    left = len(order) - len(shown)
    labels = [cells.labels[index] for index in shown.tolist()]
    words = f"Shares of {len(labels)} labels in the two samples, {sizes}."
    totals = float(cells.x.sum()), float(cells.y.sum())
    more = f" {left:,} rarer labels are not drawn." if left else ""
    return View(
        "The two samples",
        f"{sizes[:1].upper()}{sizes[1:]}; most frequent labels first.{more}",
        categories(cells.x[shown], cells.y[shown], labels, 170, words, totals=totals),
    )


def _intervals(estimation: Estimation) -> tuple[View, ...]:
    """Returns the view of the estimates that share the unit of the first."""
    first = estimation.first
    shown = [each for each in estimation.estimates.values() if each.unit == first.unit and each.value == each.value]
    if not shown:
        return ()
    low, high = zip(*map(_ends, shown), strict=True)
    scale = linear(min(0.0, *low), max(*high, 1e-300), margin=0.02)
    rows = tuple(
        MarkRow(
            select(each.measure).notation,
            (number(each.value), _marks(each, scale, is_seen=bool(estimation.sees_difference)), _interval(each)),
        )
        for each in shown
    )
    level = number(100 * estimation.level, 3)
    left = len(estimation.estimates) - len(shown)
    unit = f", {first.unit}" if first.unit else ""
    return (
        View(
            "Is the difference larger than noise",
            f"The dot is the estimate, the band its {level} % interval, an arrow an open end. The grey area is what "
            "two samples of these sizes from one population show in 95 of 100 cases; a hollow dot cannot be told "
            "from it.",
            Marks(
                "measure",
                (Words(f"value{unit}", short="value"), Lane("", scale.ticks, (Mark("rule", "ink", scale.at(0.0)),)),
                 Words(f"{level} % interval")),
                rows,
            ),
            (f"{left} more measures have another unit, or no value, and are not drawn.",) if left else (),
        ),
    )  # fmt: skip


def _ends(each: DivergenceEstimate) -> tuple[float, float]:
    """Returns the least and the largest finite number of an estimate that is drawn."""
    found = [each.value, each.lower, each.upper, _noise(each)]
    finite = [value for value in found if value is not None and abs(value) < inf]
    return min(finite, default=0.0), max(finite, default=1.0)


def _noise(each: DivergenceEstimate) -> float | None:
    return None if each.standard_error_null is None else _NOISE * each.standard_error_null


def _marks(each: DivergenceEstimate, scale: Scale, *, is_seen: bool) -> tuple[Mark, ...]:
    marks = []
    noise = _noise(each)
    if noise is not None:
        marks.append(Mark("shade", "noise", scale.at(0.0), scale.at(noise)))
    if each.lower is not None and each.upper == inf:
        marks.append(Mark("arrow", "p", scale.at(each.lower), 1.0))
    elif each.lower is not None and each.upper is not None:
        marks.append(Mark("range", "p", scale.at(each.lower), scale.at(each.upper)))
    marks.append(Mark("dot" if is_seen else "ring", "p", scale.at(each.value)))
    return tuple(marks)


def _interval(each: DivergenceEstimate) -> str:
    if each.lower is None and each.upper is None:
        return "no honest interval"
    low, high = ("–" if end is None else number(end) for end in (each.lower, each.upper))
    return f"{low} to {high}"
