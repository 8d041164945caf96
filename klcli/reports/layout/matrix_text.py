"""A matrix as lines of text without colour, however wide: what `text_table` makes of it, in a tenth of the time."""

from collections.abc import Iterator

from klcli.reports.cell_texts import person_texts
from klcli.reports.format import Style
from klcli.reports.layout.folding import GAP, cell_width
from klcli.reports.layout.number_cells import MOST_DIGITS, NumberCells
from klcli.reports.layout.text_table import heading, padded
from klcli.reports.parts import Table
from klcli.reports.table_rows import NumberRows, slices
from klcli.support.text.safe_text import visible

__all__ = ["is_matrix", "matrix_text"]


def is_matrix(table: Table, style: Style) -> bool:
    """Returns True if `matrix_text` can show a table."""
    return isinstance(table.rows, NumberRows) and not (style.color or style.width) and style.digits <= MOST_DIGITS


def matrix_text(table: Table, style: Style) -> Iterator[str]:
    """Yields the lines of a matrix, in blocks."""
    rows = table.rows
    assert isinstance(rows, NumberRows)
    names = person_texts(rows.names, table.columns[0], style)
    titles = [style.own(visible(table.columns[0].title)), *(style.data(each.title) for each in table.columns[1:])]
    cells = NumberCells(len(rows), style.digits)
    for at in slices(rows):
        cells.measure(rows.values[at])
    places = [
        (max(before, len(title) - after), after)
        for title, (before, after) in zip(titles[1:], cells.places, strict=True)
    ]
    widths = [max(map(cell_width, [titles[0], *names]))]
    widths += [max(cell_width(title), sum(own)) for title, own in zip(titles[1:], places, strict=True)]
    cells.set_widths(places, widths[1:], len(GAP))
    yield heading(titles, widths, [False, *([True] * len(rows))], style)
    for at in slices(rows):
        lines = zip(names[at], cells.lines(rows.values[at]), strict=True)
        yield "".join([f"{padded(name, widths[0])}{line}".rstrip() + "\n" for name, line in lines])
