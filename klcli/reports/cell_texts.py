"""Cells of tables as texts, for people and for machines, a column or a row at a time.

A matrix has a million numbers, so the numbers of a column are formatted by one call for all of them, and a label that
stands in many of its rows is made visible once.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from math import isinf
from typing import TypeVar

import numpy as np

from klcli.reports.format import Style
from klcli.reports.number_texts import number_texts
from klcli.reports.parts import Cell, Column, Table
from klcli.reports.table_rows import NumberRows, Row, columns_of, slices
from klcli.support.text.safe_text import rounded_texts

__all__ = ["machine_texts", "person_texts", "rows_of_texts", "texts_of"]

_T = TypeVar("_T")


def person_texts(cells: Sequence[Cell], column: Column, style: Style) -> list[str]:
    """Returns cells for people: rounded, free of control characters, and of those that the destination lacks."""
    numbers = [] if column.is_share else [cell for cell in cells if isinstance(cell, float)]
    if len(numbers) == len(cells):
        return rounded_texts(numbers, style.digits)
    return texts_of(cells, partial(_person_text, column=column, style=style))


def rows_of_texts(
    table: Table, rows: Sequence[Row], shown: Sequence[int], texts: Callable[[Sequence[Cell], Column], Sequence[str]]
) -> Iterator[Iterable[Sequence[str]]]:
    """Yields rows as texts, in blocks; `texts` makes those of a column, or of all numbers of a matrix."""
    if not isinstance(rows, NumberRows):
        for at in slices(rows):
            cells = zip(shown, columns_of(rows, at, shown), strict=True)
            yield zip(*(texts(of_column, table.columns[index]) for index, of_column in cells), strict=True)
        return
    for names, block in rows.blocks():
        numbers, width = texts(block.ravel().tolist(), table.columns[-1]), block.shape[1]
        yield (
            [name, *numbers[line * width : (line + 1) * width]]
            for line, name in enumerate(texts(names, table.columns[0]))
        )


def machine_texts(
    cells: Sequence[Cell], text: Callable[[Cell], str] | None = None, infinity: str = "Infinity"
) -> list[str]:
    """Returns cells for machines: with all digits, and infinity spelled as in JSON.

    Args:
        text: Makes the text of one cell. infinity: Text of an infinite number.
    """
    if set(map(type, cells)) == {float} and (values := np.array(cells)).min() >= 0:  # which is False for NaN
        return number_texts(values, infinity)
    return texts_of(cells, text or _machine_text)


def texts_of(cells: Sequence[_T], text: Callable[[_T], str]) -> list[str]:
    """Returns the text of each cell, made once for cells that are the same; numbers with a point may differ in sign."""
    kinds = set(map(type, cells))
    if len(kinds) != 1 or float in kinds:
        return list(map(text, cells))
    made = {cell: text(cell) for cell in set(cells)}
    return [made[cell] for cell in cells]


def _machine_text(cell: Cell) -> str:
    if isinstance(cell, float) and isinf(cell):
        return "Infinity" if cell > 0 else "-Infinity"
    return "" if cell is None else str(cell)


def _person_text(cell: Cell, column: Column, style: Style) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        if column.is_formula or column.is_own:
            return style.own(cell)
        return style.data(cell) if column.is_label else style.words(cell)
    if column.is_share:
        return f"{100 * cell:.1f} %"
    return str(cell) if isinstance(cell, int) else rounded_texts([cell], style.digits)[0]
