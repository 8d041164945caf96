"""Texts of Python values that are labels: values that are equal numbers have one text."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from decimal import Decimal
from math import isfinite
from typing import Any

import numpy as np

__all__ = ["label_text", "label_texts", "with_dates"]

_PLAIN = {str, int, bool}  # types whose str() is their label


def label_texts(values: Iterable[object]) -> tuple[str, ...]:
    """Returns the text of each value, as `label_text` does, and of times that are all at midnight the dates."""
    held = with_dates(tuple(values))
    return tuple(map(str if set(map(type, held)) <= _PLAIN else label_text, held))


def with_dates(cells: Sequence[Any]) -> Sequence[Any]:
    """Returns the cells of a column with a date for each time where all times are at midnight.

    Excel and data frames hold dates so, and their CSV has the dates alone.
    """
    are_times = [isinstance(cell, datetime) and cell == cell for cell in cells]  # pandas' NaT is a datetime
    times = [cell for cell, is_time in zip(cells, are_times, strict=True) if is_time]
    if not times or any(each.timetz() != time() or getattr(each, "nanosecond", 0) for each in times):
        return cells
    return [cell.date() if is_time else cell for cell, is_time in zip(cells, are_times, strict=True)]


def label_text(value: object) -> str:
    """Returns "1" for 1, 1.0 and Decimal("1.00"), also of numpy, and str() of anything else; so within tuples."""
    return str(_whole_as_int(value))


def _whole_as_int(value: Any) -> Any:
    if isinstance(value, tuple):  # as the labels of several columns in pandas
        return tuple(_whole_as_int(each.item() if hasattr(each, "item") else each) for each in value)
    if not isinstance(value, (float, Decimal, np.floating)) or not isfinite(value):
        return value
    if value == int(value):
        return int(value)
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value
