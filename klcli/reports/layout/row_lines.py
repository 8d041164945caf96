"""Rows as lines of text, for people, in columns whose widths the first block of rows decides.

A terminal, where nobody scrolls through a hundred thousand lines, shows the first and the last rows of a long table.
"""

from collections import deque
from collections.abc import Sequence
from math import isinf

from klcli.reports.format import Style
from klcli.reports.layout.ansi import BOLD, DIM, painted
from klcli.reports.layout.folding import cell_width, records
from klcli.reports.report import RowHead
from klcli.runs.rows.results import RowAnswer
from klcli.support.safe_text import rounded

__all__ = ["RowLines", "cells_of", "fact_cells", "fact_lines", "number_text"]

_NAMED = frozenset(("P", "Q", "rows", "pair"))  # facts that name operands or columns
_FIRST, _LAST = 20, 5  # rows of a long table that a terminal shows


class RowLines:
    """Lines under a header, block by block."""

    def __init__(self, head: RowHead, style: Style) -> None:
        self._head, self._style = head, style
        self._is_cut = style.is_terminal and not head.is_live
        self._widths: list[tuple[int, int]] = []
        self._name_width = 0
        self._written = 0
        self._last: deque[list[str]] = deque(maxlen=_LAST)
        self._seen = 0
        self._is_narrow: bool | None = None  # until the first rows are here
        self._has_records = False

    def rows(self, answer: RowAnswer) -> str:
        """Returns the lines of a block of rows."""
        cells = cells_of(answer, self._style)
        self._seen += len(cells)
        if self._is_cut:
            room = max(0, _FIRST - self._written)
            self._last.extend(cells[room:])
            cells = cells[:room]
        self._written += len(cells)
        return self._lines(cells)

    def rest(self) -> str:
        """Returns the last lines of a long table, which were held back; later calls return nothing."""
        rows = list(self._last)
        self._last.clear()
        left = self._seen - self._written - len(rows)
        text = f"… {left:,} rows more; --summary sums them up, -f csv prints them all\n"
        return (self._styled(text, DIM) if rows and left else "") + self._lines(rows)

    def _lines(self, rows: Sequence[list[str]]) -> str:
        if not rows:
            return ""
        if self._records(rows):
            titles = ["row", *(self._style.own(column.notation) for column in self._head.columns)]
            gap, self._has_records = "\n" * self._has_records, True
            return gap + records(titles, rows, self._style.width, color=self._style.color) + "\n"
        names, *columns = zip(*rows, strict=True)
        text = ""
        if not self._widths:
            self._widths = [(0, 0)] * len(columns)
            last = 0 if self._head.has_ids else self._head.row_count
            self._name_width = max(len("row"), len(str(last)), *map(len, names))
            text = self._header(columns)
        aligned = [self._aligned(column, index) for index, column in enumerate(columns)]
        for name, *cells in zip(names, *aligned, strict=True):
            text += "   ".join([self._name(name), *(self._styled(cell, BOLD) for cell in cells)]).rstrip() + "\n"
        return text

    def _records(self, rows: Sequence[list[str]]) -> bool:
        """Returns True if rows are printed as records, since a line of them does not fit the terminal."""
        if self._is_narrow is None:
            titles = ["row", *(column.notation for column in self._head.columns)]
            widths = [max(map(cell_width, column)) for column in zip(titles, *rows, strict=True)]
            self._is_narrow = 0 < self._style.width < sum(widths) + 3 * (len(widths) - 1)
        return self._is_narrow

    def _header(self, columns: Sequence[Sequence[str]]) -> str:
        titles = [self._style.own(column.notation) for column in self._head.columns]
        for index, (title, cells) in enumerate(zip(titles, columns, strict=True)):
            before = max(_before(cell) for cell in cells)
            after = max(len(cell) - _before(cell) for cell in cells)
            self._widths[index] = (max(before, len(title) - after), after)
        parts = [title.rjust(sum(width)) for title, width in zip(titles, self._widths, strict=True)]
        line = "   ".join([self._name("row"), *parts])
        return self._styled(line, DIM) + "\n" + self._styled(self._style.own("─") * len(line), DIM) + "\n"

    def _name(self, name: str) -> str:
        return name.ljust(self._name_width) if self._head.has_ids else name.rjust(self._name_width)

    def _aligned(self, cells: Sequence[str], index: int) -> list[str]:
        """Returns the cells padded so that decimal points align, as far as the widths allow."""
        before, after = self._widths[index]
        return [(" " * (before - _before(cell)) + cell).ljust(before + after) for cell in cells]

    def _styled(self, text: str, code: str) -> str:
        return painted(text, code, color=self._style.color)


def fact_lines(facts: Sequence[tuple[str, ...]], style: Style) -> str:
    """Returns facts as lines in three aligned columns."""
    rows = [fact_cells(fact, style) for fact in facts]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    lines = [
        f"{painted(name.ljust(widths[0]), BOLD, color=style.color)}  {first:{widths[1]}}  "
        f"{painted(second, DIM, color=style.color)}".rstrip()
        for name, first, second in rows
    ]
    return "\n".join(lines)


def fact_cells(fact: Sequence[str], style: Style) -> list[str]:
    """Returns the three texts of a fact; the second is a name of the data where the first says so."""
    name, first, second = [*fact, "", ""][:3]
    return [style.words(name), style.data(first) if name in _NAMED else style.words(first), style.words(second)]


def cells_of(answer: RowAnswer, style: Style) -> list[list[str]]:
    """Returns the name and the rounded values of each row."""
    columns = [[number_text(value, style) for value in answer.values[each.name].tolist()] for each in answer.columns]
    names = [style.data(answer.name(row)) for row in range(len(answer))]
    return [list(row) for row in zip(names, *columns, strict=True)]


def number_text(value: float, style: Style) -> str:
    """Returns a number, rounded."""
    return str(value) if isinf(value) else rounded(value, style.digits)


def _before(cell: str) -> int:
    """Returns the number of characters before the decimal point."""
    return (cell + ".").index(".")
