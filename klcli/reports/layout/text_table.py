"""Tables as lines of text: numbers aligned at the decimal point, folded to a terminal, in colour if wanted."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import zip_longest
from textwrap import wrap

from klcli.reports.cell_texts import person_texts
from klcli.reports.format import Style
from klcli.reports.layout.ansi import BOLD, DIM, painted
from klcli.reports.layout.decimal_points import aligned, places_of
from klcli.reports.layout.folding import GAP, Shape, blocks, cell_width, fitted, records, shape_of
from klcli.reports.layout.heat import Heat
from klcli.reports.layout.row_lines import fact_cells
from klcli.reports.parts import Cell, Facts, Table
from klcli.support.safe_text import visible

__all__ = ["facts_text", "table_text"]

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


def table_text(table: Table, style: Style) -> str:
    """Returns a table as lines; one that does not fit the width as blocks of a matrix, or as records."""
    shown = [index for index, column in enumerate(table.columns) if column.for_people]
    shaded = [index for index in shown if table.columns[index].is_heat and style.color]
    heat = Heat([row[index] for row in table.rows for index in shaded])
    drawn = [_Drawn(table, index, style, heat) for index in shown]
    widths = [each.shape.full for each in drawn]
    found = fitted([each.shape for each in drawn], style.width) if style.width else widths
    if found is not None:
        for each, width in zip(drawn, found, strict=True):
            each.fit(width)
        return _lines(table, drawn, found, style)
    if any(each.column.is_heat for each in drawn):
        parts = blocks([each.shape for each in drawn], style.width)
        return "\n".join(_lines(table, [drawn[place] for place in part], [widths[place] for place in part], style)
                         for part in parts)  # fmt: skip
    titles = [each.title or each.column.key for each in drawn]
    rows = zip(*(each.plain for each in drawn), strict=True)
    return records(titles, list(rows), style.width, color=style.color)


class _Drawn:
    """A column of a table: its title, the texts of its cells, aligned, and what paints them."""

    def __init__(self, table: Table, index: int, style: Style, heat: Heat) -> None:
        column = table.columns[index]
        cells = [row[index] for row in table.rows]
        self.column = column
        self.title = (
            style.data(column.title) if column.is_label and column.is_heat else style.own(visible(column.title))
        )
        body = len(cells) - table.footers
        plain = person_texts(cells[:body], column, style)
        plain += person_texts(cells[body:], column._replace(is_label=False), style)
        self.texts: Sequence[str] = plain
        self._shares = plain if column.is_share else []
        self._paints: list[Paint] | None = None
        self._draw: Callable[[int], tuple[list[str], list[Paint]]] | None = None
        self._has_color = style.color
        if column.is_share:
            glyphs = _PLAIN if style.is_ascii else _FULL
            self._draw = partial(_bars, cells, plain, table.footers, glyphs, table.largest_share)
            self._draw_bars(_BAR)
        elif column.is_number:
            self.texts = aligned(plain, places_of(self.title, plain))
            if style.color and column.is_heat:
                self._paints = [partial(painted, code=heat.code(cell), color=bool(heat.code(cell))) for cell in cells]
            elif style.color and column.is_measure:
                self._paints = [partial(painted, code=BOLD, color=True)] * len(cells)
        self.shape = shape_of([self.title, *self.texts], folds=not (column.is_number or column.is_share))
        if column.is_share:
            self.shape = Shape(self.shape.full, shape_of([self.title, *plain], folds=False).full)

    @property
    def plain(self) -> Sequence[str]:
        """The cells without bars and blanks that align them; not held, as a large matrix has a million."""
        return self._shares or (list(map(str.strip, self.texts)) if self.column.is_number else self.texts)

    def fit(self, width: int) -> None:
        """Makes bars shorter where the column is narrower than they are."""
        if width < self.shape.full:
            self._draw_bars(width - max(map(len, self.plain), default=0) - 1)

    def _draw_bars(self, longest: int) -> None:
        if self._draw is not None:
            self.texts, bars = self._draw(max(0, longest))
            self._paints = bars if self._has_color else None

    def paint(self, row: int) -> Paint:
        """Returns the function that paints a cell."""
        return str if self._paints is None else self._paints[row]

    def padded(self, width: int) -> list[str]:
        """Returns the cells, none of them longer than the width, padded to it and painted."""
        pad = str.ljust if "".join(self.texts).isascii() else _padded
        texts = [pad(text, width) for text in self.texts]
        return texts if self._paints is None else [paint(text) for paint, text in zip(self._paints, texts, strict=True)]


def _lines(table: Table, drawn: Sequence[_Drawn], widths: Sequence[int], style: Style) -> str:
    """Returns columns of a table under their titles, with these widths."""
    dim = partial(painted, code=DIM, color=style.color)
    titles = [each.title.rjust(width - cell_width(each.title) + len(each.title)) if each.column.is_number else
              each.title for each, width in zip(drawn, widths, strict=True)]  # fmt: skip
    rule = dim(style.own("─") * (sum(widths) + len(GAP) * (len(widths) - 1))) + "\n"
    lines = [_line(titles, widths, [dim] * len(widths)), rule]
    columns = list(zip(drawn, widths, strict=True))
    if all(each.shape.full <= width for each, width in columns):
        rows = zip(*(each.padded(width) for each, width in columns), strict=True)
        body = [GAP.join(row).rstrip() + "\n" for row in rows]
    else:
        paints = ([each.paint(number) for each in drawn] for number in range(len(table.rows)))
        cells = zip(*(each.texts for each in drawn), strict=True)
        body = [_line(row, widths, paint) for row, paint in zip(cells, paints, strict=True)]
    if table.footers:
        body.insert(len(table.body), "\n")
    return "".join([*lines, *body])


def _line(cells: Sequence[str], widths: Sequence[int], paints: Sequence[Paint], gap: str = GAP) -> str:
    """Returns the cells beside each other, those that are too long folded by word, as one line or more."""
    parts = [
        [cell] if cell_width(cell) <= width else wrap(cell, width, break_long_words=False, break_on_hyphens=False)
        for cell, width in zip(cells, widths, strict=True)
    ]
    lines = (
        gap.join(paint(_padded(cell, width)) for paint, cell, width in zip(paints, row, widths, strict=True))
        for row in zip_longest(*parts, fillvalue="")
    )
    return "".join(line.rstrip() + "\n" for line in lines)


def _padded(text: str, width: int) -> str:
    return text.ljust(width + len(text) - cell_width(text))


def _bars(
    shares: Sequence[Cell], texts: Sequence[str], footers: int, glyphs: str, largest: float, room: int
) -> tuple[list[str], list[Paint]]:
    """Returns percentages, each with a bar proportional to it, and what paints them; totals have no bar.

    Args:
        largest: The share with the longest bar. room: Characters of that.
    """
    body = shares[: len(shares) - footers]
    lengths = [abs(share) if isinstance(share, float) else 0.0 for share in body] + [0.0] * footers
    width = max(map(len, texts), default=0)
    drawn: list[str] = []
    paints: list[Paint] = []
    for share, length, text in zip(shares, lengths, texts, strict=True):
        is_negative = isinstance(share, float) and share < 0
        bar = glyphs[is_negative] * round(room * length / largest)
        drawn.append(f"{text.rjust(width)} {bar}".rstrip())
        paints.append(partial(_painted_after, width + 1, _CYAN if is_negative else _GREEN))
    return drawn, paints


def _painted_after(start: int, code: str, text: str) -> str:
    return text[:start] + painted(text[start:], code, color=True)
