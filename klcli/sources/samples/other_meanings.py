"""Rows of a text that may be meant as something else than observations: a header, counts, or labels and masses."""

import re

import numpy as np

from klcli.notes import Note, Use, first_row_counted, header_read, lines_may_be_counts, lines_may_be_masses, listing
from klcli.sources.columns.header import is_name
from klcli.sources.columns.written_numbers import is_written
from klcli.sources.samples.raw_sample import RawColumn
from klcli.support.text.safe_text import shorten

__all__ = ["counts_or_masses", "without_header"]

_MOST_MASSES = 10_000  # lines that may be labels and their masses
_COUNTED = re.compile(r"\s+\d+ \S")  # of uniq -c


def without_header(source: str, columns: list[RawColumn]) -> tuple[list[RawColumn], list[Note]]:
    """Returns columns without their first row if it names one of numbers, and a note if it does or may do so.

    A header above numbers alone is found when the text is read; a text below it might be a label as well as a gap.
    """
    headings = [column.labels[0] for column in columns]
    if any(_heads_gaps(column) for column in columns):
        below = np.arange(1, len(columns[0]))
        named = [
            RawColumn(heading, column.texts, place=column.place, dialect=column.dialect).at(below)
            for column, heading in zip(columns, headings, strict=True)
        ]
        return named, [header_read((source,), 1, (), tuple(headings), 1, Use.OBSERVATIONS)]
    if all(_may_be_heading(column) for column in columns):
        return columns, [first_row_counted(source, listing(headings))]
    return columns, []


def counts_or_masses(source: str, column: RawColumn) -> list[Note]:
    """Returns a note on lines that are labels with their counts or masses; none if they are not."""
    if all(map(_COUNTED.match, column.labels)):
        return [lines_may_be_counts(source)]
    return [lines_may_be_masses(source, shorten(column.labels[-1]))] if _may_be_masses(column) else []


def _heads_gaps(column: RawColumn) -> bool:
    """Returns True if the first cell names a column of numbers, some of them missing."""
    if len(column) < 2 or not is_name(column.labels[0]):
        return False
    return RawColumn("", column.labels[1:], dialect=column.dialect).numbers is not None


def _may_be_heading(column: RawColumn) -> bool:
    """Returns True if the first cell looks like a name, and none below it is the same."""
    first = column.labels[0]
    return is_name(first) and column.counts[first] == 1


def _may_be_masses(column: RawColumn) -> bool:
    """Returns True for lines such as "heads 0.5", of which no two have the same label."""
    if not 1 < len(column) <= _MOST_MASSES:
        return False
    pieces = [line.rsplit(maxsplit=1) for line in column.labels]
    if not all(len(each) == 2 and is_written(each[1], column.dialect) for each in pieces):
        return False
    labels = {label for label, _ in pieces}
    return len(labels) == len(pieces) and not any(is_written(label, column.dialect) for label in labels)
