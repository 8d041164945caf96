"""Tables for people, by rich: never wrapped, never cut, numbers aligned at the point, colour where it is wanted."""

import io
from collections.abc import Sequence
from textwrap import wrap

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from klcli.core.limits import Verdict
from klcli.reports.renderers.heat import Heat
from klcli.reports.renderers.renderer import Style, person_text, renderer
from klcli.reports.report import Cell, Column, Report, Table
from klcli.support.safe_text import exact, visible

__all__ = ["render_table"]

_WIDEST = 1_000_000  # characters: a table is as wide as it needs to be
_PROSE = 80  # characters of a line of prose
_BAR = 12  # characters of a bar that stands for the largest share


@renderer("table", summary="for people: aligned, rounded, with colour on a terminal")
def render_table(report: Report, style: Style) -> str:
    """Returns the report as text for a terminal or a file."""
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
    parts = []
    if report.facts:
        parts.append(_facts(report))
    parts += [_table(table, style) for table in report.tables]
    for part in parts:
        console.print(part)
        console.print()
    if report.plot:
        console.print(Text("\n".join(map(visible, report.plot))))
        console.print()
    for paragraph in report.prose:
        console.print(Text("\n".join(wrap(visible(paragraph), _PROSE, break_long_words=False))))
        console.print()
    if report.commands:
        console.print(Text("\n".join(f"  {visible(command)}" for command in report.commands), style="dim"))
        console.print()
    for verdict in report.verdicts:
        console.print(_verdict(verdict, style))
    lines = stream.getvalue().rstrip().split("\n")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _facts(report: Report) -> RichTable:
    grid = RichTable.grid(padding=(0, 2))
    for style in ("bold", "", "dim"):
        grid.add_column(style=style, no_wrap=True)
    for fact in report.facts:
        grid.add_row(*(Text(visible(text)) for text in fact))
    return grid


def _table(table: Table, style: Style) -> RichTable:
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
    return rendered


def _cells(cells: Sequence[Cell], column: Column, style: Style, footers: int) -> list[Text]:
    texts = [person_text(cell, column, style) for cell in cells]
    if column.is_share:
        return _bars(cells, texts, footers)
    if column.is_number:
        style_of_cell = "bold" if column.is_measure else ""
        # rich strips what it aligns right, and with it what makes the points stand below each other
        return [Text(text, style_of_cell, justify="left") for text in _aligned(texts, len(column.title))]
    return [Text(text) for text in texts]


def _aligned(numbers: Sequence[str], width: int) -> list[str]:
    """The numbers padded to a width, or more, so that their points stand below each other."""
    after = [len(number) - (number + ".").index(".") for number in numbers]
    widest = max(after, default=0)
    padded = [number + " " * (widest - tail) for number, tail in zip(numbers, after, strict=True)]
    width = max([width, *map(len, padded)])
    return [number.rjust(width) for number in padded]


def _bars(shares: Sequence[Cell], texts: Sequence[str], footers: int) -> list[Text]:
    """Percentages with a bar each, the longest for the largest share; totals have none."""
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


def _verdict(verdict: Verdict, style: Style) -> Text:
    value = person_text(verdict.value, Column("", "", is_number=True), style)
    word, color = ("kept", "green") if verdict.passed else ("EXCEEDED", "bold red")
    return (
        Text("limit ")
        .append(word, style=color)
        .append(f"  {verdict.measure} = {value} {verdict.sign} {exact(verdict.limit)}{visible(verdict.ending)}")
    )
