"""Pictures of two samples: the samples themselves, and each estimate with its interval against the noise."""

from collections.abc import Callable
from math import inf
from typing import Any

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.estimation.estimate import Cells, DivergenceEstimate, Estimation
from klcli.core.measures.selection import select
from klcli.families.comparison.comparison import FamilyComparison
from klcli.reports.pictures.densities import log_density
from klcli.reports.pictures.histogram import binned, categories
from klcli.reports.pictures.model import Lane, Mark, MarkRow, Marks, View, Words
from klcli.reports.pictures.sample_sizes import NOISE, sizes_view
from klcli.reports.pictures.scale import Scale, linear, number

__all__ = ["estimation_views"]

_LABELS = 20  # categories drawn


def estimation_views(estimation: Estimation, truth: FamilyComparison | None = None) -> tuple[View, ...]:
    """Returns the pictures of an estimation; `truth` are the families that the samples are from, where known."""
    cells = estimation.cells
    samples = () if cells is None or len(cells.x) < 2 else (_samples(cells, estimation, truth),)
    sizes = sizes_view(estimation.by_size(), estimation.level, truth)
    return (*samples, *_intervals(estimation, truth), *((sizes,) if sizes else ()))


def _samples(cells: Cells, estimation: Estimation, truth: FamilyComparison | None) -> View:
    sizes = f"{estimation.p.observations:,} and {estimation.q.observations:,} observations"
    if cells.edges is not None:
        words = f"Histograms of the two samples, {sizes}, in {len(cells.x)} bins."
        caption = f"{sizes[:1].upper()}{sizes[1:]}, in {len(cells.x)} bins; the outermost have no outer end."
        known = _densities(truth)
        if truth is not None and known:
            caption = f"{caption} Dashed: the densities of {truth.p} and {truth.q}."
        return View("The two samples", caption, binned(cells.x, cells.y, cells.edges, 170, words, known))
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


def _densities(truth: FamilyComparison | None) -> list[Callable[[Array], Array]]:
    """Returns the densities of the families that samples are from; none if they have none."""
    if truth is None or {truth.p.kind, truth.q.kind} != {"continuous"}:
        return []

    def density(member: Any) -> Callable[[Array], Array]:
        return lambda x: np.exp(log_density(member, x))

    return [density(truth.p), density(truth.q)]


def _intervals(estimation: Estimation, truth: FamilyComparison | None) -> tuple[View, ...]:
    """Returns the view of the estimates that share the unit of the first."""
    first = estimation.first
    shown = [each for each in estimation.estimates.values() if each.unit == first.unit and each.value == each.value]
    if not shown:
        return ()
    true = [None if truth is None else truth.value(select(each.measure)) for each in shown]
    low, high = zip(*map(_ends, shown, true), strict=True)
    room = 1.15 if any(each.upper == inf for each in shown) else 1.0  # for the arrow of an open end
    scale = linear(min(0.0, *low), room * max(*high, 1e-300), margin=0.02)
    rows = tuple(
        MarkRow(
            select(each.measure).notation,
            (
                number(each.value),
                _marks(each, scale, value, is_seen=bool(estimation.sees_difference)),
                _interval(each),
                *(() if value is None else (number(value),)),
            ),
        )
        for each, value in zip(shown, true, strict=True)
    )
    level = number(100 * estimation.level, 3)
    left = len(estimation.estimates) - len(shown)
    unit = f", {first.unit}" if first.unit else ""
    return (
        View(
            "Is the difference larger than noise",
            f"The dot is the estimate, the band its {level} % interval, an arrow an open end. The grey area is what "
            "two samples of these sizes from one population show in 95 of 100 cases; a hollow dot cannot be told "
            f"from it.{' The orange line is the truth.' if truth else ''}",
            Marks(
                "measure",
                (Words(f"value{unit}", short="value"), Lane("", scale.ticks, (Mark("rule", "ink", scale.at(0.0)),)),
                 Words(f"{level} % interval"), *(() if truth is None else (Words("truth"),))),
                rows,
            ),
            (f"{left} more measures have another unit, or no value, and are not drawn.",) if left else (),
        ),
    )  # fmt: skip


def _ends(each: DivergenceEstimate, truth: float | None) -> tuple[float, float]:
    """Returns the least and the largest finite number of an estimate that is drawn."""
    found = [each.value, each.lower, each.upper, _noise(each), truth]
    finite = [value for value in found if value is not None and abs(value) < inf]
    return min(finite, default=0.0), max(finite, default=1.0)


def _noise(each: DivergenceEstimate) -> float | None:
    return None if each.standard_error_null is None else NOISE * each.standard_error_null


def _marks(each: DivergenceEstimate, scale: Scale, truth: float | None, *, is_seen: bool) -> tuple[Mark, ...]:
    marks = []
    noise = _noise(each)
    if noise is not None:
        marks.append(Mark("shade", "noise", scale.at(0.0), scale.at(noise)))
    if each.lower is not None and each.upper == inf:
        marks.append(Mark("open", "p", scale.at(each.lower), 1.0))
    elif each.lower is not None and each.upper is not None:
        marks.append(Mark("range", "p", scale.at(each.lower), scale.at(each.upper)))
    if truth is not None:
        marks.append(Mark("rule", "q", scale.at(truth)))
    marks.append(Mark("dot" if is_seen else "ring", "p", scale.at(each.value)))
    return tuple(marks)


def _interval(each: DivergenceEstimate) -> str:
    if each.lower is None and each.upper is None:
        return "no honest interval"
    low, high = ("–" if end is None else number(end) for end in (each.lower, each.upper))
    return f"{low} to {high}"
