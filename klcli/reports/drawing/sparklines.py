"""Sparklines: heights as one line of characters, for a terminal."""

from collections.abc import Sequence

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.reports.pictures.model import Curve, Panels

__all__ = ["sparkline", "sparkline_of", "spread_of"]

_LEVELS, _PLAIN_LEVELS = " ▁▂▃▄▅▆▇█", " .:-=+*#%@"


def sparkline(heights: Sequence[float] | Array, top: float, *, is_ascii: bool) -> str:
    """Returns a character for each height, from a space for 0 to a full block for `top`; none above 0 is a space."""
    levels = _PLAIN_LEVELS if is_ascii else _LEVELS
    if not top > 0:
        return levels[0] * len(heights)
    last = len(levels) - 1
    return "".join(
        levels[min(last, max(1, round(last * float(height) / top))) if height > 0 else 0] for height in heights
    )


def sparkline_of(panels: Panels, width: int, *, is_ascii: bool) -> tuple[str, str]:
    """Returns P and Q of a small picture, on one scale, each at most `width` characters wide."""
    p, q = (_heights(curve, width) for curve in panels.panels[0].curves[:2])
    top = max(float(each.max(initial=0.0)) for each in (p, q))
    return sparkline(p, top, is_ascii=is_ascii), sparkline(q, top, is_ascii=is_ascii)


def spread_of(curve: Curve, width: int, *, is_ascii: bool) -> str:
    """Returns how the rows of a cumulative curve lie: the share of them in each of `width` parts of the axis."""
    rises = np.diff(np.interp(np.linspace(0.0, 1.0, width + 1), curve.x, curve.y, left=0.0, right=float(curve.y[-1])))
    return sparkline(rises, float(rises.max()), is_ascii=is_ascii)


def _heights(curve: Curve, width: int) -> Array:
    """Returns the heights of bars, or those of a curve at the middle of each of `width` parts of the axis."""
    if curve.x.ndim == 2:
        return curve.y[:width]
    middles = (np.arange(width) + 0.5) / width
    found: Array = np.interp(middles, curve.x, curve.y)
    return found
