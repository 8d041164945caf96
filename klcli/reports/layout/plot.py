"""Charts as lines of characters, for a terminal of 80 columns."""

import numpy as np

from klcli.reports.parts import Chart

__all__ = ["plotted"]

_HEIGHT = 10
_MARKS = "·o"


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
