"""Background colours of numbers in a table, by size. Text colour is set too, so that any terminal can show it."""

from collections.abc import Iterable
from math import isinf

from klcli.reports.parts import Cell

__all__ = ["Heat"]

_SHADES = (230, 229, 222, 215, 209, 203)  # of the 256 colours of xterm: from a pale yellow to a light red
_INFINITE = "38;5;231;48;5;88"


class Heat:
    """A scale of shades from 0 to the largest finite number of a table."""

    def __init__(self, cells: Iterable[Cell]) -> None:
        self._largest = max((abs(cell) for cell in cells if isinstance(cell, float) and not isinf(cell)), default=0.0)

    def code(self, cell: Cell) -> str:
        """Returns the terminal code of a cell; empty for 0 and for text."""
        if not isinstance(cell, float) or not cell:
            return ""
        if isinf(cell):
            return _INFINITE
        step = min(int(len(_SHADES) * abs(cell) / self._largest), len(_SHADES) - 1)
        return f"38;5;16;48;5;{_SHADES[step]}"
