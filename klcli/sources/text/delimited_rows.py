"""Delimited text with a distribution in each row: comma, tab or semicolon, recognised.

The first row is a header, which names the outcomes, if every cell that should be a mass looks like a name, or if its
first cell is empty, as pandas heads its index. The index is not an outcome, nor are columns asked for by name: names of
rows, targets, clusters. Blank lines and lines that begin with # are skipped.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, islice, pairwise

import numpy as np

from klcli.errors import NotADistribution, Place
from klcli.notes import Use, first_row_is_data, header_read, layout_read, numbers_are_data
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.columns.header import TITLES, cure_of_first, is_name
from klcli.sources.columns.missing_numbers import is_missing, no_number
from klcli.sources.columns.number_forms import PERCENTS, cure_of
from klcli.sources.columns.row_columns import RowColumns
from klcli.sources.columns.told_by_cells import blank_columns
from klcli.sources.columns.written_numbers import is_written, parse_column
from klcli.sources.formats.query import RowQuery
from klcli.sources.formats.row_source import RowBlock, RowSource
from klcli.sources.text.dialect import LINES_EXAMINED
from klcli.sources.text.layout import Form, Layout, find_layout
from klcli.sources.text.layout_rows import layout_rows, refuse_ragged, without_nulls
from klcli.support.sentence import joined
from klcli.support.text.safe_text import shorten

__all__ = ["DelimitedRows"]

_EXAMINED = 100  # rows below the first that tell which columns are text
_NO_NUMBER = "rows are compared whole: write the number, or remove the row"
_Row = tuple[int, list[str]]  # the number of its line, and its cells


class DelimitedRows(RowSource):
    """The rows of a table in text.

    Raises:
        Unreadable: it is empty, or two columns have the same name.
    """

    def __init__(self, source: ByteSource, query: RowQuery) -> None:
        self.name = source.name
        self._source, self._dialect = source, query.dialect
        self._layout = Layout(Form.DELIMITED)
        self._rows: Iterator[_Row] | None = self._numbered()
        first = next(self._rows, None)
        if first is None:
            raise source.unreadable("empty: there are no rows")
        self._begin = [first, *islice(self._rows, _EXAMINED if query.finds_id else 1)]
        line, cells = self._first = first
        below = [row[: len(cells)] for _, row in self._begin[1:]]
        texts = RowColumns.texts(below or [cells], lambda cell: is_written(cell, self._dialect))
        self._blank = blank_columns(cells, [*zip(*(row for _, row in self._begin), strict=False)])
        has_index = query.header is not False and len(cells) > 1 and not cells[0].strip() and 0 not in self._blank
        columns = RowColumns.found(query, cells, texts, has_index=has_index, blank=self._blank)
        is_asked = query.header is True or any(name in cells and not name.isdigit() for name in query.named)
        self._has_header = query.header is not False and (
            is_asked or has_index or all(is_name(cells[index]) for index in columns.outcomes)
        )
        named = [cell for at, cell in enumerate(cells) if at not in self._blank]
        if self._has_header and len(set(named)) < len(named):
            raise source.unreadable("two columns have the same name", place=Place(line=line))
        if not columns.outcomes:
            raise source.unreadable("there are no columns but those asked for by name")
        self._columns = columns
        self._first_hint = (
            None
            if self._has_header or query.header is False
            else cure_of_first([line for line, _ in self._begin[:TITLES]], [row for _, row in self._begin[:TITLES]])
        )
        self._are_percents: bool | None = None  # until a block was read
        self.outcomes = len(columns.outcomes)
        self.labels = tuple(cells[index] for index in columns.outcomes) if self._has_header else None
        self.columns = tuple(columns.others)
        if self._has_header and not is_asked:
            self.notes = (header_read((self.name,), line, (), (self.labels or ())[:5], self.outcomes, Use.OUTCOMES),)
        elif query.header is None and not self._has_header and self._may_be_numbered():
            self.notes = (first_row_is_data(self.name, line, cells[columns.id or 0]),)
        elif query.header is None and not self._has_header and _count(cells):
            self.notes = (numbers_are_data(self.name, line, ",".join(cells)),)
        if self._layout.form is not Form.DELIMITED and self._dialect.delimiter is None:
            self.notes = (layout_read(self.name, self._layout.form.value), *self.notes)

    def blocks(self, rows: int) -> Iterator[RowBlock]:
        source = self._body()
        first = 0
        while block := self._block(islice(source, rows), first):
            yield block
            first += len(block.values)
        if not first:
            raise self._source.unreadable("there is a header, but no values below it")

    def _may_be_numbered(self) -> bool:
        """Returns True if the first row has a name and ascending whole numbers, as a heading over numbered outcomes."""
        cells, columns = self._first[1], self._columns
        if columns.id is None or not is_name(cells[columns.id]):
            return False
        numbers = [cells[index].strip() for index in columns.outcomes]
        return len(numbers) > 1 and all(map(str.isdecimal, numbers)) and _ascend([int(text) for text in numbers])

    def _body(self) -> Iterator[_Row]:
        if self._rows is None:
            rows = self._numbered()
        else:
            rows, self._rows = chain(self._begin, self._rows), None
        return islice(rows, int(self._has_header), None)

    def _block(self, rows: Iterator[_Row], first: int) -> RowBlock | None:
        """Returns the rows as a block; None if there are none."""
        width = len(self._first[1])
        lines: list[int] = []
        cells: list[str] = []  # of all rows in one list: the garbage collector would visit a list for each row
        for line, row in rows:
            if len(row) != width:
                refuse_ragged(self._source, [self._first[0], line], [self._first[1], row], self._layout)
            lines.append(line)
            cells += row
        if not lines:
            return None
        for at in self._blank:
            self._refuse_values(at, cells[at::width], lines)
        chosen = self._columns.outcomes
        if len(chosen) == width:
            numbers = cells
        else:
            numbers = list(chain.from_iterable(zip(*(cells[at::width] for at in chosen), strict=True)))
        values, are_numbers = parse_column(numbers, self._dialect)
        are_percents = numbers[0].rstrip().endswith("%")
        if are_numbers is not None and not are_numbers.all():
            index = int(np.argmin(are_numbers))
            hint = self._first_hint if first == 0 and index < len(chosen) else None
            raise self._refused(numbers[index], index, lines, hint)
        if self._are_percents not in (None, are_percents):
            raise no_number(self._place(0, lines), numbers[0], PERCENTS)
        self._are_percents = are_percents
        return RowBlock(
            values.reshape(len(lines), len(chosen)), first, lambda row: Place(line=lines[row]), self.labels,
            *self._columns.cells_asked_for(lambda at: cells[at::width]),
        )  # fmt: skip

    def _refuse_values(self, at: int, cells: Sequence[str], lines: Sequence[int]) -> None:
        """Refuses a value in a column that was blank in the first rows, its heading included."""
        row = next((row for row, cell in enumerate(cells) if cell.strip()), None)
        if row is not None:
            found = f"{shorten(cells[row])!r} in column {at + 1}, which has no name"
            cure = "name the column in line 1, or remove what stands in it"
            raise self._source.unreadable(found, hint=cure, place=Place(line=lines[row]))

    def _refused(self, cell: str, index: int, lines: Sequence[int], hint: str | None) -> NotADistribution:
        """Returns the error for a cell that is not a number, by its index among the numbers of a block."""
        is_absent = is_missing(cell)
        cure = None if is_absent else cure_of(cell, self._dialect) or hint
        column = index % len(self._columns.outcomes)
        found = self._columns.explained(no_number(self._place(index, lines), cell, cure), column, self.labels)
        if not is_absent:
            return found
        hint = joined("; ", _NO_NUMBER, found.hint)
        return NotADistribution(found.finding, place=found.place, hint=hint)

    def _place(self, index: int, lines: Sequence[int]) -> Place:
        """Returns the place of a cell, by its index among the numbers of a block."""
        row, column = divmod(index, len(self._columns.outcomes))
        label = repr(shorten(self.labels[column])) if self.labels else f"column {self._columns.outcomes[column] + 1}"
        return Place(self.name, line=lines[row]).then(label)

    def _numbered(self) -> Iterator[_Row]:
        with self._source.text_stream() as stream:
            head = list(islice(stream, 2 * LINES_EXAMINED))
            self._layout = find_layout("".join(head), self._dialect)
            rows = layout_rows(self._source, chain(head, stream), self._layout)
            if self._dialect.nulls:
                rows = ((number, without_nulls(cells, self._dialect)) for number, cells in rows)
            yield from rows


def _count(cells: Sequence[str]) -> bool:
    """Returns True if the cells are 0, 1, 2, … or 1, 2, 3, …, as the columns of a frame without names are written."""
    return len(cells) > 2 and any(
        all(cell.strip() == str(number) for number, cell in enumerate(cells, start)) for start in (0, 1)
    )


def _ascend(numbers: Sequence[int]) -> bool:
    return all(a < b for a, b in pairwise(numbers))
