"""How the lines of a text hold cells: by a delimiter, by blanks, as counts beside labels, or drawn as a table.

Shells print counts in front of labels (`uniq -c`, `wc -l`) and columns with blanks between them (`column -t`, `awk`);
SQL shells draw tables (sqlite3, duckdb, psql), and so do Markdown and data frames. Such a text is recognised by its
first lines, and, but for padded counts, only where it is not delimited text with a column of numbers.
"""

import csv
import re
from collections.abc import Callable, Sequence
from enum import Enum
from itertools import islice, pairwise
from typing import NamedTuple

from klcli.sources.columns.written_numbers import is_written
from klcli.sources.formats.text_dialect import PLAIN, TextDialect
from klcli.sources.text.dialect import DELIMITERS, LINES_EXAMINED, find_delimiter, has_even_rows_of_numbers

__all__ = [
    "BARS",
    "COUNT",
    "CUT",
    "Form",
    "Layout",
    "cut_blanks",
    "cut_count_last",
    "cut_wide_blanks",
    "find_layout",
    "is_row",
    "is_rule",
    "starts_of_cells",
]


class Form(Enum):
    """The ways in which lines hold cells; the value says so in words."""

    DELIMITED = "delimited text"
    BLANKS = "columns separated by blanks"
    WIDE_BLANKS = "columns separated by two blanks or more"
    UNIQ = "counts and labels, as uniq -c writes them"
    COUNT_FIRST = "counts in front of labels"
    COUNT_LAST = "numbers behind labels"
    DRAWN = "a table drawn with lines"


class Layout(NamedTuple):
    """The layout of a text; the delimiter is that of delimited text."""

    form: Form
    delimiter: str = ","


COUNT = re.compile(r"( *[0-9]+)[ \t](.*)")  # what follows one blank is the label
BARS = "|│┃║┆"
CUT = frozenset(("·", "…", "..", "...", "⋮", "‥"))  # cells in place of rows that were left out

_COUNT_LAST = re.compile(r"\s*(\S.*?)\s+(\S+(?:\s+%)?)\s*")
_BEFORE_PERCENT = re.compile(r"(?<=[0-9.,])[ \t]+(?=%(?:\s|$))")  # between a number and its sign
_WIDE = re.compile(r"\s{2,}|\s*\t\s*")
_CELL = re.compile(r"\S+(?:[^\S\t]\S+)*")  # between separators of _WIDE
_RULED = re.compile(r"-+(?: {2,}-+)+\s*")  # by sqlite3, below the names
_RULE = frozenset(  # but │, beside which dashes are cells
    "+:=-─━═╌┄┈├┤┼┌┐└┘┬┴╭╮╰╯╞╡╪╤╧╔╗╚╝╠╣╬╦╩╟╢╫┝┥┿┠┨╂|\t "
)
_UNIQ_WIDTHS = (7, 4)  # of a count, by GNU and by BSD
_FOOTER = re.compile(  # of a Series and of a DataFrame that pandas prints
    r"(?:Freq: \S+, )?(?:Name: .+, )?(?:Length: \d+, )?dtype: \S+|\[\d+ rows x \d+ columns\]"
)
_HEADING_LINES = 5  # of a drawn table: a rule, names, dashes, types, a rule

IsNumber = Callable[[str], bool]


def find_layout(text: str, dialect: TextDialect = PLAIN, *, wants_numbers: bool = True) -> Layout:
    """Returns the layout of a text, by its first lines and by what is said of it.

    Args:
        wants_numbers: False if every cell may be an observation, so that blanks belong to it but below a rule of
            dashes that is cut like the names.
    """
    marks = [mark for mark in DELIMITERS if mark != dialect.decimal]
    delimiter = dialect.delimiter
    if delimiter is None and not any(sign in text for sign in f" \t;{BARS}"):
        return Layout(Form.DELIMITED, find_delimiter(text, marks, dialect.nulls))
    lines = _first_lines(text)
    if delimiter in (None, "|") and _is_drawn(lines):
        return Layout(Form.DRAWN)
    if delimiter is not None and delimiter != " ":
        return Layout(Form.DELIMITED, delimiter)
    rows = [line for line in lines if is_row(line) and not CUT.issuperset(line.split())]

    def is_number(cell: str) -> bool:
        return is_written(cell, dialect)

    if delimiter is None and wants_numbers and _is_of_uniq(rows, is_number):
        return Layout(Form.UNIQ)
    found = Layout(Form.DELIMITED, find_delimiter(text, marks, dialect.nulls))
    is_ruled = _is_ruled(lines)
    if delimiter is None and not wants_numbers:
        return Layout(Form.WIDE_BLANKS) if is_ruled else found
    if delimiter is None and (
        not any(len(line.split(None, 1)) > 1 for line in lines) or has_even_rows_of_numbers(text, found.delimiter)
    ):
        return found
    form = _blank_form(rows, is_number)
    if form is None and is_ruled:
        form = Form.WIDE_BLANKS
    return Layout(form or Form.BLANKS) if form or delimiter == " " else found


def is_rule(line: str) -> bool:
    """Returns True if a line separates rows of a drawn table: dashes, and what joins them."""
    return _RULE.issuperset(line) and any(dash in line for dash in ("--", "-:", ":-", "|-", "─", "━", "═", "=="))


def is_row(line: str) -> bool:
    """Returns True if a line of columns with blanks between them is a row: no rule, and no footer of pandas."""
    return not is_rule(line) and _FOOTER.fullmatch(line) is None


def starts_of_cells(line: str) -> list[int]:
    """Returns where the cells of a line begin that have two blanks or more between them."""
    return [cell.start() for cell in _CELL.finditer(line)]


def cut_wide_blanks(line: str, starts: Sequence[int] = ()) -> list[str]:
    """Returns the cells of a line between two blanks or more.

    Args:
        starts: where the cells of the first line begin. A line of fewer cells is cut there if it is aligned with
            them, as empty cells leave only blanks.
    """
    cells = _WIDE.split(line.strip())
    if len(cells) >= len(starts) or line[: starts[0]].strip():
        return cells
    padded = line.ljust(starts[-1])
    aligned = [padded[start:end] for start, end in pairwise((*starts, None))]
    has_gaps = all(cell.endswith("  ") for cell in aligned[:-1])
    return [cell.strip() for cell in aligned] if has_gaps and not any(map(_is_indented, aligned)) else cells


def cut_blanks(line: str) -> list[str]:
    """Returns the cells of a line between blanks; quotes keep blanks in a cell."""
    if "%" in line:
        line = _BEFORE_PERCENT.sub("", line)
    if '"' not in line:
        return line.split()
    try:
        return next(csv.reader([line.strip().replace("\t", " ")], delimiter=" ", skipinitialspace=True))
    except csv.Error:  # a carriage return within
        return line.split()


def cut_count_last(line: str) -> list[str]:
    """Returns the label and the number of a line that ends with a number."""
    found = _COUNT_LAST.fullmatch(line)
    return [line.strip()] if found is None else [found[1], found[2]]


def _is_indented(cell: str) -> bool:
    return cell[:1].isspace() and not cell.isspace()


def _first_lines(text: str) -> list[str]:
    lines = (line.rstrip("\r") for line in text.split("\n", 4 * LINES_EXAMINED)[: 4 * LINES_EXAMINED])
    return list(islice((line for line in lines if line.strip() and line[0] != "#"), LINES_EXAMINED))


def _is_drawn(lines: Sequence[str]) -> bool:
    """Returns True if there is a rule near the top, and bars in the first other line."""
    lines = lines[1:] if lines and lines[0].startswith("shape: (") else lines  # polars
    names = next((line for line in lines if not is_rule(line)), "")
    return any(map(is_rule, lines[:_HEADING_LINES])) and any(bar in names for bar in BARS)


def _is_ruled(lines: Sequence[str]) -> bool:
    """Returns True if a rule of dashes stands below the names of columns, cut like them."""
    return any(map(_RULED.fullmatch, lines[1:2])) and len({len(starts_of_cells(line)) for line in lines[:2]}) == 1


def _blank_form(rows: Sequence[str], is_number: IsNumber) -> Form | None:
    """Returns the form of lines whose cells have blanks between them; None if they do not all have one."""
    below = rows[1:] or rows
    if not rows or all(map(is_number, below)):  # a number may hold blanks: 1 / 3
        return None
    counts = [COUNT.fullmatch(row) for row in rows]
    are_counts = all(counts) and not all(is_number(found[2]) for found in counts if found)
    forms = (Form.WIDE_BLANKS, Form.BLANKS)
    for form in reversed(forms) if any(row.lstrip().startswith('"') for row in rows) else forms:
        cells = [cut_wide_blanks(row) if form is Form.WIDE_BLANKS else cut_blanks(row) for row in rows]
        if form is Form.WIDE_BLANKS and all(COUNT.fullmatch(row[-1]) and not is_number(row[-1]) for row in cells):
            continue  # one blank separates the last count of wc from the label
        if _is_table(cells, is_number):
            return Form.COUNT_FIRST if are_counts and len(cells[0]) == 2 else form
    if all(counts):
        return Form.COUNT_FIRST
    are_last = [cells for cells in map(cut_count_last, below) if len(cells) == 2 and is_number(cells[1])]
    if len(are_last) == len(below):
        return Form.COUNT_LAST
    starts = starts_of_cells(rows[0])
    return Form.WIDE_BLANKS if _is_table([cut_wide_blanks(row, starts) for row in rows], is_number) else None


def _is_of_uniq(rows: Sequence[str], is_number: IsNumber) -> bool:
    """Returns True if counts stand before labels as `uniq -c` pads them; those labels may hold any delimiter.

    Two other texts look alike: padded counts in several columns, of `wc`, and three or more columns of numbers.
    """
    found = [match for match in map(COUNT.fullmatch, rows) if match]
    if not found or len(found) < len(rows) or not _are_padded([match[1] for match in found]):
        return False
    labels = [match[2] for match in found]
    more = [match[1] for match in map(COUNT.fullmatch, labels) if match]
    if all(map(is_number, rows)) or (len(more) == len(labels) and _are_padded(more)):
        return False
    cells = [label.split() for label in labels]
    return max(map(len, cells)) < 2 or not all(is_number(cell) for row in cells for cell in row)


def _are_padded(counts: Sequence[str]) -> bool:
    """Returns True if counts fill a width of `uniq -c`, some with blanks; a longer count has no blanks before it.

    Without blanks, as in 2020 0.5, the numbers may be labels.
    """
    return any(count[0] == " " for count in counts) and any(
        all(len(count) == width or (len(count) > width and count[0] != " ") for count in counts)
        for width in _UNIQ_WIDTHS
    )


def _is_table(rows: Sequence[Sequence[str]], is_number: IsNumber) -> bool:
    """Returns True if rows have one width of two or more, and a column of numbers; the heading may lack one cell.

    A row may lack its number.
    """
    below = rows[1:] or rows
    width = len(below[-1])
    if width < 2 or {len(row) for row in below} != {width} or len(rows[0]) not in (width, width - 1):
        return False
    columns = ([row[column] for row in below if row[column]] for column in range(width))
    return any(cells and all(map(is_number, cells)) for cells in columns)
