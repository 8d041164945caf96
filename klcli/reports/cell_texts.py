"""Cells of tables as texts, for people and for machines, a column or a row at a time.

A matrix has a million numbers, so the numbers of a column are formatted by one call for all of them.
"""

from collections.abc import Sequence
from math import isinf

from klcli.reports.format import Style
from klcli.reports.parts import Cell, Column
from klcli.support.safe_text import rounded_texts

__all__ = ["machine_texts", "person_texts"]


def person_texts(cells: Sequence[Cell], column: Column, style: Style) -> list[str]:
    """Returns cells for people: rounded, free of control characters, and of those that the destination lacks."""
    numbers = [] if column.is_share else [cell for cell in cells if isinstance(cell, float)]
    if len(numbers) == len(cells):
        return rounded_texts(numbers, style.digits)
    return [_person_text(cell, column, style) for cell in cells]


def machine_texts(cells: Sequence[Cell]) -> list[str]:
    """Returns cells for machines: with all digits, and infinity spelled as in JSON."""
    return [
        "" if cell is None
        else ("Infinity" if cell > 0 else "-Infinity") if isinstance(cell, float) and isinf(cell)
        else str(cell)
        for cell in cells
    ]  # fmt: skip


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
