"""Tables as lines of text: numbers aligned at the decimal point, folded to a terminal, in colour if wanted."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import repeat, zip_longest
from math import inf
from textwrap import wrap
from typing import NamedTuple

from klcli.reports.cell_texts import person_texts
from klcli.reports.format import Style
from klcli.reports.layout.ansi import BOLD, DIM, painted
from klcli.reports.layout.decimal_points import Places, aligned, places_of
from klcli.reports.layout.folding import GAP, Shape, blocks, cell_width, fitted, records, shape_of
from klcli.reports.layout.heat import Heat
from klcli.reports.layout.row_lines import fact_cells
from klcli.reports.parts import Cell, Column, Facts, Table
from klcli.reports.table_rows import columns_of, slices
from klcli.support.text.safe_text import visible

__all__ = ["facts_text", "heading", "padded", "table_text"]

_BETWEEN = "\0"  # two texts that are held as one: no text for people holds it
_HELD = 1 << 20  # cells of a table whose texts are held
_BAR = 12  # characters of the bar of the largest share
_FULL, _PLAIN = "█░", "#-"  # of a bar that adds, and of one that subtracts
_CYAN, _GREEN = "36", "32"
Paint = Callable[[str], str]


def facts_text(facts: Facts, style: Style) -> str:
    """Returns facts as lines; where three columns do not fit the width, the remarks stand on lines of their own."""
    rows = [fact_cells(fact, style) for fact in facts.rows]
    shapes = [shape_of(texts, folds=number > 0) for number, texts in enumerate(zip(*rows, strict=True))]
    widths = fitted(shapes, style.width, gap=2) if style.width else [shape.full for shape in shapes]
    if widths is None:
        rows = [line for name, first, second in rows for line in ([name, first, ""], ["", second, ""])]
        names, words, _ = (shape_of(texts, folds=at > 0) for at, texts in enumerate(zip(*rows, strict=True)))
        widths = [names.full, max(words.least, min(words.full, style.width - names.full - 2)), 0]
    bold, dim = (partial(painted, code=code, color=style.color) for code in (BOLD, DIM))
    paints: list[Paint] = [bold, str, dim]
    return "".join(_line(row, widths, paints, gap="  ") for row in rows)


def table_text(table: Table, style: Style) -> Iterator[str]:
    """Yields a table as lines, in blocks; one that does not fit the width as blocks of a matrix, or as records."""
    shown = [index for index, column in enumerate(table.columns) if column.for_people]
    shaded = [index for index in shown if table.columns[index].is_heat and style.color]
    heat = Heat(row[index] for row in table.rows for index in shaded) if shaded else Heat(())
    largest_share = table.largest_share
    is_held = len(table.rows) * len(shown) <= _HELD
    drawn = [_Drawn(table.columns[index], index, style, heat, largest_share, is_held) for index in shown]
    parts = [_Part(at, is_total=False) for at in slices(table.body)]
    parts += [_Part(slice(len(table.body), len(table.rows)), is_total=True)] * bool(table.footers)
    for part in parts:
        for each, cells in zip(drawn, columns_of(table.rows, part.at, shown), strict=True):
            each.measure(cells, part)
    widths = [each.shape.full for each in drawn]
    found = fitted([each.shape for each in drawn], style.width) if style.width else widths
    if found is not None:
        for each, width in zip(drawn, found, strict=True):
            each.fit(width)
        yield from _lines(table, parts, drawn, found, style)
    elif any(each.column.is_heat for each in drawn):
        for number, places in enumerate(blocks([each.shape for each in drawn], style.width)):
            yield "\n" * bool(number)
            some = [drawn[place] for place in places]
            yield from _lines(table, parts, some, [widths[place] for place in places], style)
    else:
        titles = [each.title or each.column.key for each in drawn]
        for number, part in enumerate(parts):
            of_part = zip(drawn, columns_of(table.rows, part.at, shown), strict=True)
            plain = zip(*(each.plain(number, of_each) for each, of_each in of_part), strict=True)
            yield "\n" * bool(number) + records(titles, list(plain), style.width, color=style.color) + "\n"


class _Part(NamedTuple):
    """A block of rows: where they stand in the table, and if they are its totals."""

    at: slice
    is_total: bool


class _Drawn:
    """A column of a table: its title, and what all cells decide: the widths, where points stand, how long bars are.

    Texts are held as one a block, which takes a sixth of the memory, and made again in a table of more than a million.
    """

    def __init__(
        self, column: Column, index: int, style: Style, heat: Heat, largest_share: float, is_held: bool
    ) -> None:  # fmt: skip
        self.column, self.index, self._style, self._heat, self._is_held = column, index, style, heat, is_held
        self._is_shaded = column.is_heat and style.color
        self.title = (
            style.data(column.title) if column.is_label and column.is_heat else style.own(visible(column.title))
        )
        self._blocks: list[tuple[_Part, str]] = []  # without texts if they are not held
        self._shape = shape_of([self.title], folds=not (column.is_number or column.is_share))
        self._places = 0, 0
        self._widest, self._longest, self._room = 0, 0.0, _BAR
        self._largest = largest_share if column.is_share else 1.0

    def measure(self, cells: Sequence[Cell], part: _Part) -> None:
        """Takes the next block of cells."""
        texts = self._texts(cells, part)
        self._blocks.append((part, _BETWEEN.join(texts) if self._is_held else ""))
        if self.column.is_share:
            self._widest = max(self._widest, *map(len, texts))
            self._longest = max(self._longest, *(0.0 if part.is_total else _length(cell) for cell in cells))
        elif self.column.is_number:
            self._places = _larger(self._places, places_of("", texts))
        else:
            self._shape = Shape(*_larger(self._shape, shape_of(texts, folds=True)))

    @property
    def shape(self) -> Shape:
        """The widths of the column, its title included."""
        if self.column.is_share:
            bar = round(self._room * self._longest / self._largest)
            return Shape(*_larger(self._shape, (self._widest + bar + bool(bar), self._widest)))
        width = sum(self.places) if self.column.is_number else 0
        return Shape(*_larger(self._shape, (width, width)))

    @property
    def places(self) -> Places:
        """The places of the numbers, at least as many as the title has characters."""
        before, after = self._places
        return max(before, len(self.title) - after), after

    def plain(self, number: int, cells: Sequence[Cell]) -> list[str]:
        """Returns the cells of a block as texts, without bars and blanks that align them."""
        part, text = self._blocks[number]
        return text.split(_BETWEEN) if self._is_held else self._texts(cells, part)

    def _texts(self, cells: Sequence[Cell], part: _Part) -> list[str]:
        column = self.column._replace(is_label=False) if part.is_total else self.column
        return person_texts(cells, column, self._style)

    def fit(self, width: int) -> None:
        """Makes bars shorter where the column is narrower than they are."""
        if self.column.is_share and width < self.shape.full:
            self._room = max(0, width - self._widest - 1)

    @property
    def needs_cells(self) -> bool:
        """True if cells are needed again: to make their texts, or as they decide colours or bars."""
        return not self._is_held or self._is_shaded or self.column.is_share

    def drawn(self, number: int, cells: Sequence[Cell]) -> tuple[list[str], list[Paint] | None]:
        """Returns the cells of a block as texts, and the functions that paint them, None for no paint.

        Args:
            cells: The cells of the block, if the column needs them.
        """
        texts, column, has_color = self.plain(number, cells), self.column, self._style.color
        part = self._blocks[number][0]
        if column.is_share:
            glyphs = _PLAIN if self._style.is_ascii else _FULL
            largest = inf if part.is_total else self._largest
            texts, bars = _bars(cells, texts, self._widest, glyphs, largest, self._room)
            return texts, bars if has_color else None
        if not column.is_number:
            return texts, None
        texts = aligned(texts, self.places)
        if self._is_shaded:
            codes = (self._heat.code(cell) for cell in cells)
            return texts, [partial(painted, code=code, color=bool(code)) for code in codes]
        is_bold = has_color and column.is_measure
        return texts, [partial(painted, code=BOLD, color=True)] * len(texts) if is_bold else None

    def padded(self, number: int, cells: Sequence[Cell], width: int) -> list[str]:
        """Returns the cells of a block, none of them longer than the width, padded to it and painted."""
        texts, paints = self.drawn(number, cells)
        pad = str.ljust if "".join(texts).isascii() else padded
        texts = [pad(text, width) for text in texts]
        return texts if paints is None else [paint(text) for paint, text in zip(paints, texts, strict=True)]


def _larger(some: tuple[int, int], others: tuple[int, int]) -> tuple[int, int]:
    return max(some[0], others[0]), max(some[1], others[1])


def _length(share: Cell) -> float:
    return abs(share) if isinstance(share, float) else 0.0


def _lines(
    table: Table, parts: Sequence[_Part], drawn: Sequence[_Drawn], widths: Sequence[int], style: Style
) -> Iterator[str]:
    """Yields columns of a table under their titles, with these widths, in blocks."""
    yield heading([each.title for each in drawn], widths, [each.column.is_number for each in drawn], style)
    columns = list(zip(drawn, widths, strict=True))
    is_wide_enough = all(each.shape.full <= width for each, width in columns)
    asked = [each.index for each in drawn] if any(each.needs_cells for each in drawn) else []
    for number, part in enumerate(parts):
        yield "\n" * part.is_total
        cells = columns_of(table.rows, part.at, asked) if asked else [()] * len(drawn)
        if is_wide_enough:
            made = (each.padded(number, of_each, width) for (each, width), of_each in zip(columns, cells, strict=True))
            yield "".join([GAP.join(row).rstrip() + "\n" for row in zip(*made, strict=True)])
            continue
        those = (each.drawn(number, of_each) for each, of_each in zip(drawn, cells, strict=True))
        texts, paints = zip(*those, strict=True)
        paint = zip(*(repeat(str, len(texts[0])) if each is None else each for each in paints), strict=True)
        rows = zip(zip(*texts, strict=True), paint, strict=True)
        yield "".join(_line(cells, widths, those) for cells, those in rows)


def heading(titles: Sequence[str], widths: Sequence[int], are_numbers: Sequence[bool], style: Style) -> str:
    """Returns the titles of columns, at the right of those of numbers, and the rule below them."""
    dim = partial(painted, code=DIM, color=style.color)
    titles = [
        title.rjust(width - cell_width(title) + len(title)) if is_number else title
        for title, width, is_number in zip(titles, widths, are_numbers, strict=True)
    ]
    rule = dim(style.own("─") * (sum(widths) + len(GAP) * (len(widths) - 1))) + "\n"
    return _line(titles, widths, [dim] * len(widths)) + rule


def _line(cells: Sequence[str], widths: Sequence[int], paints: Sequence[Paint], gap: str = GAP) -> str:
    """Returns the cells beside each other, those that are too long folded by word, as one line or more."""
    parts = [
        [cell] if cell_width(cell) <= width else wrap(cell, width, break_long_words=False, break_on_hyphens=False)
        for cell, width in zip(cells, widths, strict=True)
    ]
    lines = (
        gap.join(paint(padded(cell, width)) for paint, cell, width in zip(paints, row, widths, strict=True))
        for row in zip_longest(*parts, fillvalue="")
    )
    return "".join(line.rstrip() + "\n" for line in lines)


def padded(text: str, width: int) -> str:
    """Returns a text with blanks after it, as wide as a number of columns of a terminal."""
    return text.ljust(width + len(text) - cell_width(text))


def _bars(
    shares: Sequence[Cell], texts: Sequence[str], width: int, glyphs: str, largest: float, room: int
) -> tuple[list[str], list[Paint]]:
    """Returns percentages, padded to a width, each with a bar proportional to it, and what paints them.

    Args:
        largest: The share with the longest bar. room: Characters of that.
    """
    drawn: list[str] = []
    paints: list[Paint] = []
    for share, text in zip(shares, texts, strict=True):
        is_negative = isinstance(share, float) and share < 0
        bar = glyphs[is_negative] * round(room * _length(share) / largest)
        drawn.append(f"{text.rjust(width)} {bar}".rstrip())
        paints.append(partial(_painted_after, width + 1, _CYAN if is_negative else _GREEN))
    return drawn, paints


def _painted_after(start: int, code: str, text: str) -> str:
    return text[:start] + painted(text[start:], code, color=True)
