"""Two densities as lines of characters, for a terminal of 80 columns."""

import numpy as np

from klcli.families.ball_arithmetic.ball import exact
from klcli.families.ball_arithmetic.precision import DOUBLES
from klcli.families.family.family import Family
from klcli.families.grammar import parse

__all__ = ["densities"]

_WIDTH, _HEIGHT = 64, 10


def densities(p: str, q: str, low: float, high: float) -> tuple[str, ...]:
    """Returns the lines of a plot of two densities between two numbers: P as dots, Q as circles, both filled."""
    x = np.linspace(low, high, _WIDTH)
    heights = [_heights(parse(word), x) for word in (p, q)]
    top = max(each.max() for each in heights)
    rows = [np.rint(each / top * (_HEIGHT - 1)).astype(int) for each in heights]
    lines = []
    for level in range(_HEIGHT - 1, -1, -1):
        cells = [_cell(a == level, b == level) for a, b in zip(*rows, strict=True)]
        lines.append("  " + "".join(cells).rstrip())
    axis = f"  {x[0]:<8.2g}{x[_WIDTH // 2]:^{_WIDTH - 16}.2g}{x[-1]:>8.2g}"
    return (*lines, "  " + "─" * _WIDTH, axis, f"  · P = {p}    o Q = {q}")


def _heights(member: Family, x: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.exp(member.log_density(exact(x, DOUBLES)).value)


def _cell(is_p: bool, is_q: bool) -> str:
    return "●" if is_p and is_q else "o" if is_q else "·" if is_p else " "
