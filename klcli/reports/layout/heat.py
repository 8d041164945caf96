"""Shades for numbers in a table: the larger, the hotter. Both colours of a cell are set, for any terminal."""

from collections.abc import Sequence
from math import isinf

from klcli.reports.parts import Cell

__all__ = ["Heat"]

_SHADES = (230, 229, 222, 215, 209, 203)  # of the 256 colours of xterm: from a pale yellow to a light red
_INFINITE = "color(231) on color(88)"


class Heat:
    """The shades of the numbers of a table, from 0 to the largest that is finite."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._largest = max((abs(cell) for cell in cells if isinstance(cell, float) and not isinf(cell)), default=0.0)

    def style(self, cell: Cell) -> str:
        """Returns the style of a cell; that of 0, or of no number, is none."""
        if not isinstance(cell, float) or not cell:
            return ""
        if isinf(cell):
            return _INFINITE
        step = min(int(len(_SHADES) * abs(cell) / self._largest), len(_SHADES) - 1)
        return f"color(16) on color({_SHADES[step]})"
