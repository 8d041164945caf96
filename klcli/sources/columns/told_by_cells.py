"""Columns told by their cells, where headings do not: texts beside numbers are labels, and rows may be numbered."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from klcli.core.distributions.label_texts import HashedText
from klcli.sources.columns.header import is_name
from klcli.sources.columns.missing_numbers import is_missing
from klcli.sources.columns.numbers import Numbers

__all__ = ["EXAMINED", "Cells", "are_blank", "are_numbers", "are_row_numbers", "are_texts", "blank_columns"]

EXAMINED = 20  # cells that decide what a column may hold

Cells = Sequence[object] | NDArray[Any]


def are_texts(cells: Cells) -> bool:
    """Returns True if the first cells are texts or missing, and no text looks like a number, or like a damaged one."""
    if type(cells) is HashedText:
        return True
    known = [cell for cell in cells[:EXAMINED] if not (cell is None or (isinstance(cell, str) and is_missing(cell)))]
    return bool(known) and all(isinstance(cell, str) and is_name(cell) for cell in known)


def are_blank(cells: Cells) -> bool:
    """Returns True if there are cells, each of them a text of blanks alone."""
    return len(cells) > 0 and all(isinstance(cell, str) and not cell.strip() for cell in cells)


def blank_columns(names: Sequence[str], columns: Sequence[Cells]) -> list[int]:
    """Returns the positions of columns without a name or a value, as a comma at the end of each line makes them."""
    nameless = (at for at, name in enumerate(names) if not name.strip() or name == str(at + 1))
    found = [at for at in nameless if type(columns[at]) is not HashedText and are_blank(columns[at])]
    return found if len(found) < len(names) else []


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
