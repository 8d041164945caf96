"""The distributions in the cells of a text or a spreadsheet."""

from collections.abc import Callable, Sequence
from functools import partial

from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.errors import InputError, Place
from klcli.notes import Note, layout_read, years_are_data
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.columns.header import NO_HEADER, are_years
from klcli.sources.columns.number_forms import cure_of
from klcli.sources.columns.table import Table
from klcli.sources.columns.written_numbers import is_written
from klcli.sources.formats.query import Query
from klcli.sources.formats.text_dialect import TextDialect
from klcli.sources.text.headed_table import Header, numbers_of, split_header
from klcli.sources.text.layout import Form, Layout
from klcli.sources.text.plain_table import PlainTable

__all__ = ["labels_after_numbers", "observed_in"]

_COUNTS = Header(("count", "label"), None, None, "counts and labels")


def observed_in(
    source: ByteSource, query: Query, plain: PlainTable, layout: Layout, notes: tuple[Note, ...] = (),
    place: Callable[[int], Place] = lambda line: Place(line=line),
) -> tuple[RawNumbers, ...]:  # fmt: skip
    """Returns the distributions that a query wants from cells.

    Args:
        layout: of the text that held them. notes: what was assumed when they were read.
        place: returns the words for the number of a line.

    Raises:
        Unreadable: the columns cannot be identified. NotADistribution: a cell that must hold a number does not.
    """
    if layout.form is not Form.DELIMITED and query.dialect.delimiter is None:
        notes = (*notes, layout_read(source.name, layout.form.value))
    if layout.form in (Form.UNIQ, Form.COUNT_FIRST):
        header, below = _COUNTS, plain
    else:
        is_drawn = layout.form is Form.DRAWN and query.header is None
        header, below = split_header(source, query._replace(header=True) if is_drawn else query, plain)
        if header.line is not None and _are_counts_and_labels(header.names, below, query.dialect):
            header, below = split_header(source, query._replace(header=False), plain)
    if header.heading == NO_HEADER and len(below.lines) > 1:
        first, second = ([column[row] for column in below.columns] for row in (0, 1))
        if are_years(first, second, query):
            notes = (*notes, years_are_data(source.name, below.lines[0], ",".join(first)))
    lines, columns = below
    table = Table(
        source.name, header.names, columns, partial(numbers_of, dialect=query.dialect), lambda row: place(lines[row]),
        is_text=True, header_line=header.line, first_hint=header.hint, heading=header.heading,
        cure=partial(cure_of, dialect=query.dialect), layout_notes=notes,
        nulls=query.dialect.nulls,
    )  # fmt: skip
    return table.observed(_with_label(table, query, header))


def _are_counts_and_labels(names: Sequence[str], below: PlainTable, dialect: TextDialect) -> bool:
    """Returns True if two columns, with their presumed headings, are numbers and texts: counts in front of labels."""
    if len(names) != 2 or not is_written(names[0], dialect):
        return False
    counts, labels = below.columns
    return all(is_written(cell, dialect) for cell in counts) and not any(is_written(cell, dialect) for cell in labels)


def labels_after_numbers(header: Header, query: Query, columns: Sequence[Sequence[str]]) -> int | None:
    """Returns the column that may hold the labels, behind numbers: the only one whose first cell is a text.

    Without a header the first column holds the labels; but shells write counts in front of them.
    """
    is_headed = list(header.names) != [str(at + 1) for at in range(len(header.names))]
    if is_headed or query.label is not None or any(query.samples) or query.every or len(columns) < 2:
        return None
    first = [is_written(str(column[0]), query.dialect) for column in columns]
    return first.index(False) if first[0] and first.count(False) == 1 else None


def _with_label(table: Table, query: Query, header: Header) -> Query:
    """Returns the query with the label column, where that is found by its texts."""
    at = labels_after_numbers(header, query, table.columns)  # type: ignore[arg-type]
    if at is None:
        return query
    if any(is_written(str(cell), query.dialect) for cell in table.columns[at]):
        return query  # a damaged number, which has to be refused
    try:
        chosen = table.choose(query._replace(label=str(at + 1)))
    except InputError:
        return query
    are_numbers = (table.numbers(table.columns[index])[1] for index in chosen.values)
    return query._replace(label=str(at + 1)) if all(each is None or each.all() for each in are_numbers) else query
