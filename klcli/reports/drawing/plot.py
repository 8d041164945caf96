"""Charts as lines of characters, for a terminal of 80 columns."""

from typing import TYPE_CHECKING

import numpy as np

from klcli.reports.drawing.bars import LEAST_WIDTH, axis_line
from klcli.reports.parts import Chart

if TYPE_CHECKING:
    from klcli.reports.pictures.model import Panels

__all__ = ["panel_lines", "plotted"]

_HEIGHT = 10
_MARKS, _BOTH, _AXIS = "·o", "●", "─"
_PLAIN, _PLAIN_BOTH, _PLAIN_AXIS = ".o", "@", "-"  # where the terminal has ASCII alone
_POINTS = 64  # characters across


def plotted(chart: Chart) -> list[str]:
    """Returns the lines of a plot of one or two series over a common x, one character wide for each point.

    The first series is drawn as ·, the second as o, and ● where both meet.
    """
    x, *_ = (series.x for series in chart.series)
    top = max(series.y.max() for series in chart.series)
    levels = [np.rint(series.y / top * (_HEIGHT - 1)).astype(int) for series in chart.series]
    lines = []
    for level in range(_HEIGHT - 1, -1, -1):
        cells = [_cell([height == level for height in heights]) for heights in zip(*levels, strict=True)]
        lines.append("  " + "".join(cells).rstrip())
    width = len(x)
    axis = f"  {x[0]:<8.2g}{x[width // 2]:^{width - 16}.2g}{x[-1]:>8.2g}"
    legend = "    ".join(f"{mark} {series.name}" for mark, series in zip(_MARKS, chart.series, strict=False))
    return [*lines, "  " + "─" * width, axis, f"  {legend}"]


def _cell(is_here: list[bool]) -> str:
    if sum(is_here) > 1:
        return "●"
    return next((mark for mark, here in zip(_MARKS, is_here, strict=False) if here), " ")


def panel_lines(panels: "Panels", width: int, *, is_ascii: bool) -> list[str]:
    """Returns the lines of the first panel of a picture, P as · and Q as o; none where the terminal is narrow.

    Args:
        width: Columns of the terminal. is_ascii: Use characters of ASCII alone.
    """
    named = [curve for curve in panels.panels[0].curves if curve.name and curve.x.ndim == 1]
    if width < LEAST_WIDTH or len(named) != len(_MARKS):
        return []
    marks, both, rule = (_PLAIN, _PLAIN_BOTH, _PLAIN_AXIS) if is_ascii else (_MARKS, _BOTH, _AXIS)
    at = np.linspace(0.0, 1.0, _POINTS)
    heights = [np.rint(np.interp(at, curve.x, curve.y) * (_HEIGHT - 1)).astype(int).tolist() for curve in named]
    lines = []
    for level in range(_HEIGHT - 1, -1, -1):
        found = [[height == level for height in pair] for pair in zip(*heights, strict=True)]
        cells = (both if all(here) else marks[here.index(True)] if any(here) else " " for here in found)
        lines.append("  " + "".join(cells).rstrip())
    axis = axis_line(panels.ticks, _POINTS).replace("−", "-")
    legend = "    ".join(f"{mark} {curve.name}" for mark, curve in zip(marks, named, strict=True))
    return [*lines, "  " + rule * _POINTS, f"  {axis}", f"  {legend}"]
