"""Path data of SVG from fractions: digits made by format specifications, never text of the data."""

from collections.abc import Iterator, Sequence

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.reports.pictures.model import Curve, Link

__all__ = ["area", "bars", "cells", "line", "percent", "tree"]


def percent(fraction: float) -> str:
    """Returns a fraction as a percentage with at most two decimals: 63.89%."""
    return f"{100 * fraction:.2f}".rstrip("0").rstrip(".") + "%"


def line(curve: Curve) -> str:
    """Returns a line through the points of a curve, interrupted at NaN, in a box 1000 wide and 100 high."""
    return "".join(f"M{_points(x, y)}" for x, y in _pieces(curve))


def area(curve: Curve) -> str:
    """Returns the area between a curve and its base."""
    base = _down(curve.base)
    return "".join(f"M{_across(x[0])} {base}L{_points(x, y)}L{_across(x[-1])} {base}Z" for x, y in _pieces(curve))


def bars(curve: Curve) -> str:
    """Returns a rectangle for each bar."""
    base = curve.base
    return "".join(
        f"M{_across(left)} {_down(base)}V{_down(top)}H{_across(right)}V{_down(base)}Z"
        for (left, right), top in zip(curve.x.tolist(), curve.y.tolist(), strict=True)
        if top != base
    )


def tree(links: Sequence[Link]) -> str:
    """Returns the brackets of a tree in a box of 1000 by 1000."""
    return "".join(
        f"M{1000 * link.first[0]:.0f} {1000 * link.first[1]:.0f}H{1000 * link.at:.0f}"
        f"V{1000 * link.second[1]:.0f}H{1000 * link.second[0]:.0f}"
        for link in links
    )


def cells(steps: Sequence[Sequence[int]], step: int) -> str:
    """Returns the cells of one step as one path, neighbours in a row together."""
    found = []
    for row, line in enumerate(steps):
        start = None
        for column, each in enumerate([*line, -1]):
            if each == step and start is None:
                start = column
            elif each != step and start is not None:
                found.append(f"M{start} {row}h{column - start}v1h{start - column}z")
                start = None
    return "".join(found)


def _pieces(curve: Curve) -> Iterator[tuple[Array, Array]]:
    """Yields the parts of a curve between NaNs that have at least two points."""
    known = np.flatnonzero(~np.isnan(curve.y))
    for piece in np.split(known, np.flatnonzero(np.diff(known) > 1) + 1):
        if len(piece) > 1:
            yield curve.x[piece], curve.y[piece]


def _points(x: Array, y: Array) -> str:
    return "L".join(f"{_across(a)} {_down(b)}" for a, b in zip(x.tolist(), y.tolist(), strict=True))


def _across(fraction: float) -> str:
    return f"{1000 * fraction:.1f}".removesuffix(".0")


def _down(fraction: float) -> str:
    return f"{100 - 100 * fraction:.1f}".removesuffix(".0")
