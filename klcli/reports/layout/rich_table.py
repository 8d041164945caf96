"""Tables drawn by rich: never wrapped or cut, numbers aligned at the decimal point, in colour if wanted."""

import io
from collections.abc import Sequence
from typing import Literal

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from klcli.reports.format import Style, person_text
from klcli.reports.layout.folding import Shape, blocks, fitted, records, shape_of
from klcli.reports.layout.heat import Heat
from klcli.reports.parts import Cell, Column, Facts, Table
from klcli.support.safe_text import visible

__all__ = ["facts_text", "table_text"]

_WIDEST = 1_000_000  # characters: more than any table needs
_BAR = 12  # characters of the bar of the largest share


def facts_text(facts: Facts, style: Style) -> str:
    """Returns facts as lines; where three columns do not fit the width, the remarks stand on lines of their own."""
    rows = [[*map(visible, fact), "", ""][:3] for fact in facts.rows]
    shapes = [shape_of(texts, folds=number > 0) for number, texts in enumerate(zip(*rows, strict=True))]
    widths = fitted(shapes, style.width, gap=2) if style.width else [shape.full for shape in shapes]
    if widths is None:
        rows = [line for name, first, second in rows for line in ([name, first, ""], ["", second, ""])]
    grid = RichTable.grid(padding=(0, 2))
    for number, each in enumerate(("bold", "", "dim")):
        grid.add_column(style=each, no_wrap=widths is None, width=widths[number] if widths else None)
    for row in rows:
        grid.add_row(*map(Text, row))
    return _printed(grid, style)


def table_text(table: Table, style: Style) -> str:
    """Returns a table as lines; one that does not fit the width as blocks of a matrix, or as records."""
    shown = [index for index, column in enumerate(table.columns) if column.for_people]
    heat = Heat([row[index] for row in table.rows for index in shown if table.columns[index].is_heat])
    if not style.width:
        return _drawn(table, shown, None, heat, style)
    shapes = [_shape(table, index, style) for index in shown]
    widths = fitted(shapes, style.width)
    if widths is not None:
        is_whole = widths == [shape.full for shape in shapes]
        return _drawn(table, shown, None if is_whole else widths, heat, style)
    if any(table.columns[index].is_heat for index in shown):
        parts = blocks(shapes, style.width)
        return "\n".join(_drawn(table, [shown[place] for place in part], None, heat, style) for part in parts)
    rows = [[person_text(row[index], table.columns[index], style) for index in shown] for row in table.rows]
    titles = [visible(table.columns[index].title or table.columns[index].key) for index in shown]
    return records(titles, rows, style.width, color=style.color)


def _drawn(table: Table, shown: Sequence[int], widths: Sequence[int] | None, heat: Heat, style: Style) -> str:
    """Returns columns of a table as lines, with these widths or, for None, as wide as their cells."""
    rendered = RichTable(
        box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, header_style="dim", border_style="dim", show_edge=False,
    )  # fmt: skip
    cells = []
    for place, index in enumerate(shown):
        column = table.columns[index]
        justify: Literal["left", "right"] = "right" if column.is_number else "left"
        width = widths[place] if widths else None
        rendered.add_column(Text(visible(column.title)), justify=justify, no_wrap=width is None, width=width)
        own = [row[index] for row in table.rows]
        texts = _cells(own, column, style, table.footers)
        if column.is_heat:
            for text, cell in zip(texts, own, strict=True):
                text.stylize(heat.style(cell))
        cells.append(texts)
    for number, row in enumerate(zip(*cells, strict=True)):
        rendered.add_row(*row, end_section=table.footers > 0 and number + 1 == len(table.body))
    return _printed(rendered, style)


def _shape(table: Table, index: int, style: Style) -> Shape:
    column = table.columns[index]
    cells = _cells([row[index] for row in table.rows], column, style, table.footers)
    texts = [visible(column.title), *(cell.plain for cell in cells)]
    return shape_of(texts, folds=not (column.is_number or column.is_share))


def _printed(drawn: RichTable, style: Style) -> str:
    stream = io.StringIO()
    console = Console(
        file=stream,
        width=_WIDEST,
        color_system="256" if style.color else None,
        force_terminal=style.color,
        no_color=not style.color,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=True,
        legacy_windows=False,
    )
    console.print(drawn)
    return stream.getvalue()


def _cells(cells: Sequence[Cell], column: Column, style: Style, footers: int) -> list[Text]:
    texts = [person_text(cell, column, style) for cell in cells]
    if column.is_share:
        return _bars(cells, texts, footers)
    if column.is_number:
        style_of_cell = "bold" if column.is_measure else ""
        # rich would strip the padding of right-aligned cells, which aligns the decimal points
        return [Text(text, style_of_cell, justify="left") for text in _aligned(texts, len(column.title))]
    return [Text(text) for text in texts]


def _aligned(numbers: Sequence[str], width: int) -> list[str]:
    """Returns the numbers padded to at least a width, so that their decimal points align."""
    after = [len(number) - (number + ".").index(".") for number in numbers]
    widest = max(after, default=0)
    padded = [number + " " * (widest - tail) for number, tail in zip(numbers, after, strict=True)]
    width = max([width, *map(len, padded)])
    return [number.rjust(width) for number in padded]


def _bars(shares: Sequence[Cell], texts: Sequence[str], footers: int) -> list[Text]:
    """Returns percentages, each with a bar proportional to it; totals have no bar."""
    body = shares[: len(shares) - footers]
    lengths = [abs(share) if isinstance(share, float) else 0.0 for share in body] + [0.0] * footers
    longest = max(lengths, default=0.0) or 1.0
    width = max(map(len, texts), default=0)
    bars = []
    for share, length, text in zip(shares, lengths, texts, strict=True):
        is_negative = isinstance(share, float) and share < 0
        bar = ("░" if is_negative else "█") * round(_BAR * length / longest)
        bars.append(Text(text.rjust(width) + " ").append(bar, style="cyan" if is_negative else "green"))
    return bars
