"""How the values of many rows lie: the share of rows at or below each value, on a logarithmic axis."""

from collections.abc import Sequence
from math import inf, isfinite
from typing import NamedTuple

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.core.estimation.record import Estimate
from klcli.reports.pictures.model import Curve, Dot, Lane, Mark, MarkRow, Marks, Panel, Panels, Tick, View, Words
from klcli.reports.pictures.scale import Scale, linear, logarithmic, number

__all__ = ["LEVELS", "Quantiles", "agreement_view", "ecdf_view"]

# percentages at which quantiles are drawn: every one, and finer ones at both ends
LEVELS = (0.0, 0.1, *map(float, range(1, 100)), 99.9, 100.0)

_SHOWN = 8  # curves
_ROLES = ("p", "q", "ok")
_DECADES = 1e12  # the axis ends so many times below its upper end


class Quantiles(NamedTuple):
    """The quantiles of one quantity at LEVELS, shape (len(LEVELS),): its name, its unit, how many rows are infinite."""

    name: str
    unit: str
    values: Array
    infinite: int = 0

    def at(self, percent: float) -> float:
        """Returns the quantile at one of the levels."""
        return float(self.values[LEVELS.index(percent)])


def ecdf_view(found: Sequence[Quantiles], rows: int) -> View | None:
    """Returns the picture of the quantities of `rows` rows; None if all their values are 0 or infinite."""
    shown = [each for each in found if _positive(each).size][:_SHOWN]
    if not shown:
        return None
    scale = _scale(shown)
    curves, dots = [], []
    for place, each in enumerate(shown):
        role, dash = _ROLES[place % len(_ROLES)], place // len(_ROLES) if place else 0
        known = np.isfinite(each.values)
        x, y = scale.all(each.values[known]), np.array(LEVELS)[known] / 100
        curves.append(Curve("line", role, each.name, x, y, dash=(dash + place) % 3))
        if isfinite(each.at(50)):
            dots.append(Dot(scale.at(each.at(50)), 0.5, role))
    units = {each.unit for each in shown}
    unit = units.pop() if len(units) == 1 else ""
    ticks = (Tick(0.0, "0 %"), Tick(0.5, "50 %"), Tick(1.0, "100 %"))
    words = " ".join(_sentence(each) for each in shown)
    left = len([each for each in found if _positive(each).size]) - len(shown)
    return View(
        "How many rows are far off",
        f"Read upwards: the share of the {rows:,} rows whose value is at most x"
        f"{f', in {unit},' if unit else ''} on a logarithmic axis. Dots are medians.",
        Panels(
            ", ".join(filter(None, ("value of a row", unit))), scale.ticks,
            (Panel(220, tuple(curves), "share of rows", ticks, tuple(dots), (Tick(0.5, ""), Tick(1.0, ""))),), words,
            ("rows at or below", *(each.name for each in shown)),
            tuple((f"{number(level)} %", *(number(each.at(level)) for each in shown)) for level in LEVELS[::5]),
        ),
        tuple(_remarks(shown, found, left)),
    )  # fmt: skip


def agreement_view(figures: Sequence[tuple[str, Estimate]]) -> View | None:
    """Returns shares of rows, each with its 95 % interval; None if there are none."""
    if not figures:
        return None
    ends = [_interval(estimate) for _, estimate in figures]
    low = min(end[0] for end in ends)
    start = 0.0 if low < 0.5 else low - 0.25 * (1 - low) - 1e-3
    scale = linear(start, 1.0, count=4, margin=0.015, written=_percent)
    rows = []
    for (title, estimate), (least, most) in zip(figures, ends, strict=True):
        marks = (
            Mark("range", "p", scale.at(least), scale.at(most)), Mark("dot", "p", scale.at(estimate.value)),
        )  # fmt: skip
        shown = "–" if estimate.lower is None else f"{number(100 * least)} to {_percent(most)}"
        rows.append(MarkRow(title, (_percent(estimate.value), marks, shown)))
    columns = (Words("share of rows"), Lane("", scale.ticks, (Mark("axis", "rule", 0.0, 1.0),)), Words("95 % interval"))
    return View(
        "How many rows agree", "The dot is the share, the band its 95 % interval.", Marks("", columns, tuple(rows))
    )


def _interval(estimate: Estimate) -> tuple[float, float]:
    if estimate.lower is None or estimate.upper is None:
        return estimate.value, estimate.value
    return estimate.lower, estimate.upper


def _percent(value: float) -> str:
    return f"{number(100 * value)} %"


def _positive(each: Quantiles) -> Array:
    return each.values[(each.values > 0) & np.isfinite(each.values)]


def _scale(shown: Sequence[Quantiles]) -> Scale:
    values = np.concatenate([_positive(each) for each in shown])
    high = float(values.max())
    return logarithmic(max(float(values.min()), high / _DECADES), high, margin=0.01)


def _sentence(each: Quantiles) -> str:
    unit = f" {each.unit}" if each.unit else ""
    return f"{each.name}: median {number(each.at(50), 3)}, 99 % of the rows at most {number(each.at(99), 3)}{unit}."


def _remarks(shown: Sequence[Quantiles], found: Sequence[Quantiles], left: int) -> "list[str]":
    remarks = [_sentence(each) for each in shown]
    remarks += [f"{each.name} is infinite in {each.infinite:,} rows." for each in found if each.infinite]
    zero = [each.name for each in found if not _positive(each).size and each.values[-1] != inf]
    if zero:
        remarks.append(f"{', '.join(zero)}: 0 in every row.")
    if left:
        remarks.append(f"{left} more quantities are not drawn.")
    return remarks
