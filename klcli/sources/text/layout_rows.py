"""The rows of a text in any layout, with the number of the line in which each begins.

Rows of drawn tables have their names first: rules, types of columns and the count of rows are left out, as are footers
of pandas. A table that was shortened to fit a screen is refused.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from klcli.errors import Place, Unreadable
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.columns.header import cure_of_title, is_name
from klcli.sources.columns.missing_numbers import NullCell, is_null
from klcli.sources.formats.text_dialect import TextDialect
from klcli.sources.text.dialect import MisplacedQuote, numbered_rows
from klcli.sources.text.layout import (
    BARS,
    COUNT,
    CUT,
    Form,
    Layout,
    cut_blanks,
    cut_count_last,
    cut_wide_blanks,
    is_row,
    is_rule,
    starts_of_cells,
)
from klcli.sources.text.wrapped_cells import joined_lines
from klcli.support.sentence import Option, Sentence

__all__ = ["layout_rows", "refuse_ragged", "without_nulls"]

_NULL = NullCell()

Row = tuple[int, list[str]]

_AS_CSV = "print CSV, as with sqlite3 -csv, duckdb -csv, psql --csv, or to_csv() of pandas"
_TYPE = re.compile(r"[a-z][a-z0-9_]*(?:\([\d, ]+\))?(?:\[\d*\])*|(?:list|struct|array|enum|cat|datetime)[\[({<].*")
_TIMING = re.compile(r"Time: [\d.,]+ ms\b.*")  # of psql, below the count of rows
_COUNT_OF_ROWS = re.compile(r"\(?\s*[\d,]+ rows?\b.*|\([\d,]+ shown\)|[\d,]+ columns?")


def layout_rows(
    source: ByteSource, lines: Iterable[str], layout: Layout, *, keeps_empty_cells: bool = False
) -> Iterator[Row]:
    """Yields the line number and the cells of each row that is neither blank nor a comment.

    Args:
        lines: with their ends. keeps_empty_cells: as of `numbered_rows`.

    Raises:
        Unreadable: a quote is out of place, or a drawn table is not whole.
    """
    match layout.form:
        case Form.DELIMITED:
            try:
                yield from numbered_rows(lines, layout.delimiter, strict=True, keeps_empty_cells=keeps_empty_cells)
            except MisplacedQuote as error:
                place = Place(line=error.line)
                raise source.unreadable(str(error), place=place, hint="is a quote left open?") from None
        case Form.DRAWN:
            yield from _drawn(source, lines)
        case form:
            yield from _blank_rows(source, lines, form)


def refuse_ragged(source: ByteSource, lines: Sequence[int], rows: Sequence[Sequence[str]], layout: Layout) -> None:
    """Refuses rows of different widths.

    Raises:
        Unreadable: the width of a row is not that of the first.
    """
    width = len(rows[0])
    for line, row in zip(lines, rows, strict=True):
        if len(row) != width:
            fields = f"{len(row)} field{'s' * (len(row) != 1)}"
            hint = "a field that holds the delimiter must be quoted"
            if width == 1 and all(map(is_name, row)):
                hint = f"if line {line} names the columns, " + cure_of_title(line)
            elif layout.form is not Form.DELIMITED:
                hint = Sentence(f"it was read as {layout.form.value}; pass ", Option("--delimiter"), " if it is not")
            raise source.unreadable(f"{fields}, but line {lines[0]} has {width}", place=Place(line=line), hint=hint)


def without_nulls(cells: list[str], dialect: TextDialect) -> list[str]:
    """Returns the cells of a row, a `NullCell` where they stand for a missing value."""
    nulls = dialect.nulls
    return [_NULL if is_null(cell, nulls) else cell for cell in cells] if nulls else cells


def _blank_rows(source: ByteSource, lines: Iterable[str], form: Form) -> Iterator[Row]:
    numbered = ((number, line.rstrip("\r\n")) for number, line in enumerate(lines, 1))
    rows = ((number, line) for number, line in numbered if line.strip() and not line.startswith("#") and is_row(line))
    top = list(islice(rows, 1))
    starts = [start for _, line in top for start in starts_of_cells(line)]
    below: Iterator[Row] = ((number, _cells(source, number, line, form, starts)) for number, line in chain(top, rows))
    first = next(below, None)
    second = next(below, None)
    if first is not None and second is not None and len(first[1]) == len(second[1]) - 1:
        first = first[0], ["", *first[1]]  # the names of rows have no heading, as R and pandas write them
    yield from (row for row in (first, second) if row is not None)
    yield from below


def _cells(source: ByteSource, number: int, line: str, form: Form, starts: Sequence[int]) -> list[str]:
    if form in (Form.UNIQ, Form.COUNT_FIRST):
        found = COUNT.fullmatch(line)
        if found is None:
            raise source.unreadable(
                "no count in front of a label",
                place=Place(line=number),
                hint="pass " + Option("--delimiter") + " for columns of another kind",
            )
        return [found[1].strip(), found[2] if form is Form.UNIQ else found[2].strip()]
    if form is Form.COUNT_LAST:
        return cut_count_last(line)
    cells = cut_wide_blanks(line, starts) if form is Form.WIDE_BLANKS else cut_blanks(line)
    if CUT.issuperset(cells):
        raise _not_whole(source, number)
    return cells


def _drawn(source: ByteSource, lines: Iterable[str]) -> Iterator[Row]:
    """Yields the names of the columns of a drawn table, then its rows."""
    above: list[tuple[int, str]] = []
    has_outer_bars = False
    numbered = (
        (number, line)
        for number, line in enumerate(lines, 1)
        # psql writes a blank before a label that begins with #
        if line.strip() and not line.startswith(("#", "shape: ("))
    )
    for number, line in numbered:
        text = line.strip()
        if not is_rule(text):
            above.append((number, line))
            continue
        has_outer_bars = has_outer_bars or text[0] not in "-─━═="
        if above:
            names = _names(source, [(at, _between_bars(each, has_outer_bars)) for at, each in above])
            yield names
            body = _body(source, numbered, len(names[1]), has_outer_bars=has_outer_bars)
            yield from ((at, cells) for at, _, cells in body) if has_outer_bars else joined_lines(body, line)
            return


def _body(
    source: ByteSource, numbered: Iterable[tuple[int, str]], width: int, *, has_outer_bars: bool
) -> Iterator[tuple[int, str, list[str]]]:
    """Yields the lines below the names of a drawn table, each with its cells, without rules and footers."""
    is_counted = False
    for number, line in numbered:
        text = line.strip()
        if is_rule(text) or (is_counted and _TIMING.fullmatch(text)):
            continue
        cells = _between_bars(line, has_outer_bars)
        if len(cells) == 1 and _COUNT_OF_ROWS.fullmatch(cells[0]) and width > 1:
            if "shown" in text:
                raise _not_whole(source, number)
            is_counted = True
        elif len(cells) == 1 and _COUNT_OF_ROWS.fullmatch(text):
            is_counted = True
        elif CUT.issuperset(cells):
            raise _not_whole(source, number)
        else:
            yield number, line, cells


def _names(source: ByteSource, heading: Sequence[Row]) -> Row:
    number, names = heading[0]
    types = [cells for _, cells in heading[1:] if not all(is_rule(cell) for cell in cells)]
    if len(types) > 1 or any(_TYPE.fullmatch(cell) is None for cells in types for cell in cells):
        raise source.unreadable("a drawn table with names on several lines", place=Place(line=number), hint=_AS_CSV)
    if not CUT.isdisjoint(names):
        raise _not_whole(source, number)
    return number, names


def _between_bars(line: str, has_outer_bars: bool) -> list[str]:
    text = line.strip()
    has_outer_bars = has_outer_bars or line[0] in BARS  # psql begins a row whose first cell is empty with a blank
    bar = next((bar for bar in BARS[1:] if bar in text), "|")
    inner = "┆" if bar == "│" and "┆" in text else bar  # polars draws both
    marked = text.replace(inner, bar) if inner != bar else text
    cells = re.split(r"(?<!\\)\|", marked) if bar == "|" else marked.split(bar)
    if has_outer_bars:
        cells = cells[not cells[0].strip() : len(cells) - (len(cells) > 1 and not cells[-1].strip())]
    return [cell.strip().replace("\\|", "|") for cell in cells]


def _not_whole(source: ByteSource, number: int) -> Unreadable:
    return source.unreadable("the table was shortened to fit a screen", place=Place(line=number), hint=_AS_CSV)
