"""Values of columns from the cells that engines answer with."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.engines.countable import Labels
from klcli.tables.column import Read, Reading, Storage
from klcli.tables.joint import Axis

__all__ = ["doubles_in", "label_in", "labels_in", "place_on", "value_in"]


def doubles_in(rows: Iterable[tuple[Any, ...]]) -> Array:
    """Returns the only column of rows as float64, shape (n,)."""
    return np.array([value for (value,) in rows], dtype=np.float64)


def value_in(cell: Any, storage: Storage) -> Any:
    """Returns the number or instant in a cell, in the type of a column."""
    if storage is Storage.FLOAT:
        return float(cell)
    return Decimal(cell) if storage is Storage.DECIMAL else int(cell)


def label_in(cell: Any, read: Read) -> object:
    """Returns the label in a cell of what `label_of` groups."""
    if read.column.storage is Storage.BOOLEAN and read.reading is Reading.LABEL:
        return cell == "true"
    return cell if isinstance(cell, str) else value_in(cell, read.storage)


def place_on(axis: Axis, cell: Any) -> object:
    """Returns the bin or the label in a cell of a table of pairs."""
    return int(cell) if axis.cuts is not None else label_in(cell, axis.read)


def labels_in(groups: Iterable[tuple[Any, int, int]], read: Read) -> Labels:
    """Returns the counts of labels from groups (label, rows, labels in it), of which the one of NULL holds the rest."""
    rest, rest_labels, counts = 0, 0, []
    for cell, count, labels in groups:
        if cell is None:
            rest, rest_labels = count, labels
        else:
            counts.append((label_in(cell, read), count))
    counts.sort(key=lambda item: (-item[1], item[0]))
    return Labels(tuple(counts), rest, rest_labels)
