"""A chart of lines, as any report may have one, as a picture."""

from collections.abc import Sequence

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.reports.pictures.model import Curve, Panel, Panels, View
from klcli.reports.pictures.scale import linear, number

__all__ = ["chart_view"]

_ROLES = ("p", "q", "ok")
_TABLE = 25  # rows of numbers


def chart_view(x_axis: str, y_axis: str, series: Sequence[tuple[str, Array, Array]]) -> View:
    """Returns the picture of lines, each a name with x and y of shape (n,), over a common x; y from 0 up."""
    x = np.concatenate([each[1] for each in series])
    y = np.concatenate([each[2] for each in series])
    across, up = (
        linear(float(x.min()), float(x.max())),
        linear(min(0.0, float(y.min())), float(y.max()) / 0.96, count=3),
    )
    curves = tuple(
        Curve("area" if place == 0 else "line", _ROLES[place % 3], name, across.all(own_x), up.all(own_y))
        for place, (name, own_x, own_y) in enumerate(series)
    )
    first = series[0][1]
    where = np.unique(np.linspace(0, len(first) - 1, _TABLE).astype(int)).tolist()
    rows = tuple(
        (number(float(first[index]), 4), *(number(float(own_y[index]), 4) for *_, own_y in series)) for index in where
    )
    return View(
        y_axis.capitalize(),
        f"{y_axis.capitalize()} over {x_axis}.",
        Panels(
            x_axis, across.ticks, (Panel(170, curves, y_axis, up.ticks[1:]),),
            f"{y_axis} of {' and '.join(name for name, *_ in series)}.", (x_axis, *(name for name, *_ in series)), rows,
        ),
    )  # fmt: skip
