"""Rows as lines of text, for people, in columns whose widths the first block of rows decides.

A terminal, where nobody scrolls through a hundred thousand lines, shows the first and the last rows of a long table.
"""

from collections import deque
from collections.abc import Iterable, Sequence

from klcli.reports.format import Style
from klcli.reports.layout.ansi import BOLD, DIM, painted
from klcli.reports.layout.decimal_points import Places, aligned, places_of
from klcli.reports.layout.folding import GAP, cell_width, records
from klcli.reports.report import RowHead
from klcli.runs.rows.results import RowAnswer
from klcli.support.text.safe_text import rounded_texts

__all__ = ["RowLines", "columns_of", "fact_cells", "fact_lines"]

_NAMED = frozenset(("P", "Q", "rows", "pair"))  # facts that name operands or columns
_FIRST, _LAST = 20, 5  # rows of a long table that a terminal shows


class RowLines:
    """Lines under a header, block by block."""

    def __init__(self, head: RowHead, style: Style) -> None:
        self._head, self._style = head, style
        self._is_cut = style.is_terminal and not head.is_live
        self._widths: list[Places] = []
        self._name_width = 0
        self._written = 0
        self._last: deque[tuple[str, ...]] = deque(maxlen=_LAST)
        self._seen = 0
        self._is_narrow: bool | None = None  # until the first rows are here
        self._has_records = False

    def rows(self, answer: RowAnswer) -> str:
        """Returns the lines of a block of rows."""
        columns = columns_of(answer, self._style)
        self._seen += len(answer)
        if self._is_cut:
            room = max(0, _FIRST - self._written)
            self._last.extend(zip(*(cells[room:] for cells in columns), strict=True))
            columns = [cells[:room] for cells in columns]
        self._written += len(columns[0])
        return self._lines(columns)

    def rest(self) -> str:
        """Returns the last lines of a long table, which were held back; later calls return nothing."""
        rows = list(self._last)
        self._last.clear()
        left = self._seen - self._written - len(rows)
        text = f"… {left:,} rows more; --summary sums them up, -f csv prints them all\n"
        return (self._styled(text, DIM) if rows and left else "") + self._lines(list(zip(*rows, strict=True)))

    def _lines(self, texts: Sequence[Sequence[str]]) -> str:
        """Returns lines of names and values, given by column."""
        if not texts or not texts[0]:
            return ""
        if self._records(texts):
            titles = ["row", *(self._style.own(column.notation) for column in self._head.columns)]
            gap, self._has_records = "\n" * self._has_records, True
            rows = list(zip(*texts, strict=True))
            return gap + records(titles, rows, self._style.width, color=self._style.color) + "\n"
        names, *columns = texts
        text = ""
        if not self._widths:
            last = 0 if self._head.has_ids else self._head.row_count
            self._name_width = max(len("row"), len(str(last)), *map(len, names))
            text = self._header(columns)
        shown: list[Iterable[str]] = [map(self._name, names)]
        for column, places in zip(columns, self._widths, strict=True):
            cells = aligned(column, places)
            shown.append([self._styled(cell, BOLD) for cell in cells] if self._style.color else cells)
        return text + "".join([f"{GAP.join(row).rstrip()}\n" for row in zip(*shown, strict=True)])

    def _records(self, columns: Sequence[Sequence[str]]) -> bool:
        """Returns True if rows are printed as records, since a line of them does not fit the terminal."""
        if self._is_narrow is None:
            titles = ["row", *(column.notation for column in self._head.columns)]
            widths = [max(map(cell_width, [title, *cells])) for title, cells in zip(titles, columns, strict=True)]
            self._is_narrow = 0 < self._style.width < sum(widths) + 3 * (len(widths) - 1)
        return self._is_narrow

    def _header(self, columns: Sequence[Sequence[str]]) -> str:
        titles = [self._style.own(column.notation) for column in self._head.columns]
        self._widths = [places_of(title, cells) for title, cells in zip(titles, columns, strict=True)]
        parts = [title.rjust(sum(width)) for title, width in zip(titles, self._widths, strict=True)]
        line = GAP.join([self._name("row"), *parts])
        return self._styled(line, DIM) + "\n" + self._styled(self._style.own("─") * len(line), DIM) + "\n"

    def _name(self, name: str) -> str:
        return name.ljust(self._name_width) if self._head.has_ids else name.rjust(self._name_width)

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


def columns_of(answer: RowAnswer, style: Style) -> list[list[str]]:
    """Returns the names of the rows, then the rounded values of each column."""
    columns = [rounded_texts(answer.values[each.name].tolist(), style.digits) for each in answer.columns]
    names = list(map(str, answer.numbers)) if answer.ids is None else list(map(style.data, answer.ids))
    return [names, *columns]
