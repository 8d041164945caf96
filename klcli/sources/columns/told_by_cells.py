"""Columns told by their cells, where headings do not: texts beside numbers are labels, and rows may be numbered."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from klcli.core.distributions.label_texts import HashedText
from klcli.sources.columns.header import is_name
from klcli.sources.columns.missing_numbers import is_missing
from klcli.sources.columns.numbers import Numbers

__all__ = ["EXAMINED", "Cells", "are_numbers", "are_row_numbers", "are_texts"]

EXAMINED = 20  # cells that decide what a column may hold

Cells = Sequence[object] | NDArray[Any]


def are_texts(cells: Cells) -> bool:
    """Returns True if the first cells are texts or missing, and no text looks like a number, or like a damaged one."""
    if type(cells) is HashedText:
        return True
    known = [cell for cell in cells[:EXAMINED] if not (cell is None or (isinstance(cell, str) and is_missing(cell)))]
    return bool(known) and all(isinstance(cell, str) and is_name(cell) for cell in known)


def are_numbers(cells: Cells, numbers: Numbers) -> bool:
    """Returns True if the first cells are numbers; `numbers` as in `Table`."""
    if type(cells) is HashedText:
        return False
    _, are_read = numbers(cells[:EXAMINED])
    return are_read is None or bool(are_read.all())


def are_row_numbers(cells: Cells, numbers: Numbers) -> bool:
    """Returns True if all cells are whole numbers, each larger than the one before, as those of rows."""
    if not len(cells) or not are_numbers(cells, numbers):
        return False
    values, are_read = numbers(cells)
    if are_read is not None and not are_read.all():
        return False
    return bool((values == np.floor(values)).all() and (np.diff(values) > 0).all())
