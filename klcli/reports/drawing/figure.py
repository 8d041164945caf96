"""Draws views by matplotlib (extra `plot`): its Figure alone, never pyplot, which holds global state."""

import warnings
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from klcli.reports.drawing.figure_bodies import draw, lines_of
from klcli.reports.pictures.model import Body, Cards, HeatMap, Marks, View
from klcli.support.optional_package import need

__all__ = ["figure_of", "saved"]

_LIGHT = {
    "bg": "#ffffff", "ink": "#1c1e21", "soft": "#5b626b", "rule": "#d9dde2", "noise": "#eef1f4", "p": "#0b6fb0",
    "fill": "#a9d0ec", "q": "#c4510a", "bad": "#a3123a", "ok": "#4c555e", "total": "#4c555e",
}  # fmt: skip
_DARK = {
    "bg": "#14171a", "ink": "#e8eaed", "soft": "#a3abb5", "rule": "#3a4149", "noise": "#20252a", "p": "#6cb8ee",
    "fill": "#255b83", "q": "#f59a52", "bad": "#ff8fa8", "ok": "#b5bdc6", "total": "#b5bdc6",
}  # fmt: skip
_HEAT = (
    ("#f4f5f7", "#edf3f8", "#d5e5f1", "#b6d2e7", "#8dbadb", "#5f9ecb", "#3880b5", "#1f6296", "#124670"),
    ("#1b1f24", "#1a2733", "#1b3347", "#1d425f", "#22557c", "#2d6d9d", "#468bbd", "#72acd7", "#a9d0ec"),
)
_WIDTH, _ROW, _CARD = 8.0, 0.26, 1.5  # inches
_DPI = 144
# no date and no version in a file, so that the same answer gives the same bytes
_METADATA = {"svg": {"Date": None, "Creator": None}, "png": {"Software": None},
             "pdf": {"CreationDate": None, "Creator": None, "Producer": None}}  # fmt: skip


def figure_of(views: Sequence[View], size: tuple[float, float] | None = None, *, is_dark: bool = False) -> Any:
    """Returns a matplotlib Figure of the views, one below the other.

    Args:
        size: Width and height in inches; as many views are drawn as it has room for, and the first one always.

    Raises:
        MissingPackage: matplotlib is not installed.
    """
    figure_class = need("matplotlib.figure", purpose="a plot", extra="plot").Figure
    text_class = need("matplotlib.text", purpose="a plot", extra="plot").Text
    colors = _DARK if is_dark else _LIGHT
    sizes = [_size(view.body) for view in views]
    shown = _room(sizes, size)
    whole = size or (max(width for width, _ in sizes), sum(height for _, height in sizes))
    figure = figure_class(figsize=whole, layout="constrained", facecolor=colors["bg"])
    heights = [height for _, height in sizes[:shown]]
    parts = np.ravel(figure.subfigures(shown, 1, height_ratios=heights, squeeze=False)) if shown > 1 else [figure]
    for part, view in zip(parts, views, strict=False):
        part.set_facecolor(colors["bg"])
        part.suptitle(view.title, color=colors["ink"], fontsize=12, x=0.01, ha="left")
        draw(part, view.body, colors, _HEAT[is_dark])
    for text in figure.findobj(text_class):
        text.set_parse_math(False)  # a dollar sign in a label is a dollar sign
    return figure


def _room(sizes: Sequence[tuple[float, float]], size: tuple[float, float] | None) -> int:
    """Returns how many views have room in a size: all without one, else those that keep half of their height."""
    if size is None:
        return len(sizes)
    below = accumulate(height for _, height in sizes)
    return max(1, sum(height <= 2 * size[1] for height in below))


def saved(figure: Any, kind: str) -> bytes:
    """Returns a figure as svg, png or pdf; the same figure gives the same bytes."""
    import io

    matplotlib = need("matplotlib", purpose="a plot", extra="plot")
    stream = io.BytesIO()
    with warnings.catch_warnings(), matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "kl"}):
        warnings.filterwarnings("ignore", message="Glyph")  # a box stands for a character that the font lacks
        figure.savefig(stream, format=kind, dpi=_DPI, facecolor=figure.get_facecolor(), metadata=_METADATA[kind])
    return stream.getvalue()


def _size(body: Body) -> tuple[float, float]:
    """Returns the width and the height that a picture asks for, in inches."""
    if isinstance(body, Cards):
        return _WIDTH, _CARD * lines_of(body) + 0.6
    if isinstance(body, Marks):
        return _WIDTH, max(2.2, _ROW * len(body.rows) + 1.1)
    if isinstance(body, HeatMap):
        side = min(10.0, max(3.5, 0.36 * len(body.rows)))
        return side + 3.0, side + 1.2
    return _WIDTH, sum(panel.height for panel in body.panels) / 70 + 1.2
