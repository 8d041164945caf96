"""Tables drawn by rich: never wrapped or cut, numbers aligned at the decimal point, in colour if wanted."""

import io
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from klcli.reports.format import Style, person_text
from klcli.reports.layout.heat import Heat
from klcli.reports.parts import Cell, Column, Facts, Table
from klcli.support.safe_text import visible

__all__ = ["facts_text", "table_text"]

_WIDEST = 1_000_000  # characters: more than any table needs
_BAR = 12  # characters of the bar of the largest share


def facts_text(facts: Facts, style: Style) -> str:
    """Returns facts as lines."""
    grid = RichTable.grid(padding=(0, 2))
    for each in ("bold", "", "dim"):
        grid.add_column(style=each, no_wrap=True)
    for fact in facts.rows:
        grid.add_row(*(Text(visible(text)) for text in fact))
    return _printed(grid, style)


def table_text(table: Table, style: Style) -> str:
    """Returns a table as lines."""
    shown = [index for index, column in enumerate(table.columns) if column.for_people]
    rendered = RichTable(
        box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, header_style="dim", border_style="dim", show_edge=False,
    )  # fmt: skip
    cells = []
    heat = Heat([row[index] for row in table.rows for index in shown if table.columns[index].is_heat])
    for index in shown:
        column = table.columns[index]
        rendered.add_column(Text(visible(column.title)), justify="right" if column.is_number else "left", no_wrap=True)
        own = [row[index] for row in table.rows]
        texts = _cells(own, column, style, table.footers)
        if column.is_heat:
            for text, cell in zip(texts, own, strict=True):
                text.stylize(heat.style(cell))
        cells.append(texts)
    for number, row in enumerate(zip(*cells, strict=True)):
        rendered.add_row(*row, end_section=table.footers > 0 and number + 1 == len(table.body))
    return _printed(rendered, style)


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
