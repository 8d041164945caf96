"""A matrix of divergences as a heat map in eight steps, its rows in the order of a tree."""

from collections.abc import Sequence
from math import inf, isfinite, sqrt

import numpy as np

from klcli.core.matrix.pair_values import Matrix, row_blocks
from klcli.reports.pictures.model import HeatMap, Link, View
from klcli.reports.pictures.scale import number
from klcli.support.text.safe_text import shorten

__all__ = ["heat_view"]

_SHOWN, _NUMBERED = 60, 20  # rows of a heat map, and of one with numbers in its cells
_STEPS = 8
_NAMED = 3  # pairs named in words


def heat_view(names: Sequence[str], values: Matrix, notation: str, unit: str, tree: Sequence[Link] = ()) -> View:
    """Returns the picture of a matrix, shape (n, n), in the order in which it is given, which is that of the tree."""
    remarks = list(_in_words(names, values))
    count = min(len(names), _SHOWN)
    if len(names) > _SHOWN:
        remarks.append(f"{len(names):,} rows are too many for a heat map: the first {_SHOWN} are drawn.")
        tree = ()
    shown = values[:count, :count]
    finite = shown[np.isfinite(shown)]
    top = float(finite.max(initial=0.0))
    steps = tuple(tuple(_step(value, top) for value in row) for row in shown.tolist())
    has_numbers = count <= _NUMBERED
    texts = tuple(
        tuple(_short(value, top) if has_numbers and row != column else "" for column, value in enumerate(line))
        for row, line in enumerate(shown.tolist())
    )
    order = "Neighbours in the tree at the left are alike" if tree else "Rows are in the order given"
    where = f", in {unit}," if unit else ""
    return View(
        "Which are alike",
        f"{notation}{where} of each row (P) and each column (Q). {order}; the stronger the colour, the farther, "
        "in eight steps of the square root.",
        HeatMap(
            tuple(shorten(name, 40) for name in names[:count]), tuple(shorten(name, 14) for name in names[:count]),
            steps, texts, tuple(tree), f"Heat map of {count} rows. {' '.join(remarks)}",
        ),
        tuple(remarks),
    )  # fmt: skip


def _step(value: float, top: float) -> int:
    """Returns 0 for 0, and 1 to 8 for the eighths of the square root of the largest finite value; 8 for infinity."""
    if value == inf:
        return _STEPS
    if not value > 0 or not top > 0:
        return 0
    return min(_STEPS, 1 + int(_STEPS * sqrt(value / top) * (1 - 1e-9)))


def _short(value: float, top: float) -> str:
    """Returns a number that fits into a cell."""
    if not isfinite(value):
        return "∞"
    if top < 0.01 or top >= 1000:
        return f"{value:.0e}".replace("e-0", "e-").replace("e+0", "e").replace("-", "−") if value else "0"
    text = f"{value:.{3 if top < 0.1 else 2}f}" if top < 10 else f"{value:.0f}"
    return text.removeprefix("0") if text != "0" else text


def _in_words(names: Sequence[str], values: Matrix) -> "list[str]":
    """Returns the nearest and the farthest pairs of different rows in words."""
    count = len(names)
    if count < 2:
        return []
    is_symmetric = all(np.array_equal(block, values[:, where].T) for where, block in row_blocks(values))
    between = " and " if is_symmetric else "‖"

    def pair(found: tuple[float, int, int]) -> str:
        value, row, column = found
        return f"{names[row]}{between}{names[column]} ({number(value, 3)})"

    order = _nearest_and_farthest(values, is_half=is_symmetric)
    nearest = "; ".join(map(pair, order[:_NAMED]))
    farthest = "; ".join(map(pair, order[::-1][:_NAMED]))
    if len(order) <= _NAMED:
        return [f"Nearest first: {nearest}."]
    return [f"Nearest: {nearest}.", f"Farthest: {farthest}."]


def _nearest_and_farthest(values: Matrix, *, is_half: bool) -> list[tuple[float, int, int]]:
    """Returns the values, rows and columns of the nearest and of the farthest pairs of different rows, in order.

    Args:
        is_half: Leave out the pairs below the diagonal.
    """
    kept: list[tuple[float, int, int]] = []
    for where, block in row_blocks(values):
        row, column = np.arange(where.start, where.stop)[:, np.newaxis], np.arange(len(values))
        is_meant = column > row if is_half else column != row
        if len(kept) == 2 * _NAMED:  # of equal values the first is the nearest, and the last the farthest
            is_meant &= (block < kept[_NAMED - 1][0]) | (block >= kept[-_NAMED][0])
        at = np.flatnonzero(is_meant)
        order = at[np.argsort(block.ravel()[at], kind="stable")]
        ends = np.unique(np.concatenate([order[:_NAMED], order[-_NAMED:]])).tolist()
        kept += [(float(block.flat[each]), where.start + each // len(values), each % len(values)) for each in ends]
        kept.sort()
        del kept[_NAMED : max(_NAMED, len(kept) - _NAMED)]
    return kept
