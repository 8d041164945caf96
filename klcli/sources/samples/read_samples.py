"""Two samples from operands: two files, two columns of one, or two groups of its rows."""

import re
from collections.abc import Sequence
from stat import S_ISREG
from typing import NamedTuple

import numpy as np

from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.engines.address import Access
from klcli.errors import InputError, NotADistribution, Unreadable, UsageError
from klcli.notes import Use, first_row_counted, header_read, lines_may_be_counts, lines_may_be_masses, listing
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.bytes.expansion import MAX_EXPAND, parse_expansion
from klcli.sources.bytes.files import shown_name, status_of
from klcli.sources.columns.column_choice import found_labels
from klcli.sources.columns.header import is_name
from klcli.sources.columns.written_numbers import is_written
from klcli.sources.formats.input_format import format_of_distributions
from klcli.sources.formats.query import Query
from klcli.sources.formats.text_dialect import PLAIN, TextDialect
from klcli.sources.operands.operand import is_family, read_raw
from klcli.sources.samples.masses import COMPUTE, are_whole, refuse_masses
from klcli.sources.samples.raw_sample import RawColumn, RawSample
from klcli.sources.text.headed_table import NO_HEADER
from klcli.support.safe_text import shorten

__all__ = ["SampleOptions", "read_sample", "read_samples", "split_names"]

_NAME = "name the columns that hold the observations, as with --columns price,size"
_MOST_MASSES = 10_000  # lines that may be labels and their masses
_COUNTED = re.compile(r"\s+\d+ \S")  # of uniq -c
_COUNTS = "--as counts takes labels and their counts"


class SampleOptions(NamedTuple):
    """How samples are read.

    Attributes:
        columns: names or numbers of the columns of an observation; empty for the only one.
        pair: columns of P and of Q in one operand, or with `by` the groups. by: the column of the groups, or None.
        input_format, header, max_expand, dialect, access: as in `ReadOptions`. hint: how columns are named here.
        as_: a key of KINDS_OF_SAMPLES; labels may be written as masses are. beside: as in `Query`.
    """

    columns: tuple[str, ...] = ()
    pair: tuple[str | None, str | None] = (None, None)
    by: str | None = None
    input_format: str | None = None
    header: bool | None = None
    max_expand: str = MAX_EXPAND
    dialect: TextDialect = PLAIN
    access: Access = Access()
    hint: str = _NAME
    as_: str = "auto"
    beside: tuple[str, ...] = ()


def read_samples(x: str, y: str | None, options: SampleOptions) -> tuple[RawSample, RawSample]:
    """Returns the samples that operands hold.

    Raises:
        InputError: an operand cannot be read. UsageError: operands and options do not fit.
    """
    if y is not None:
        if options.by is not None:
            raise UsageError("--by takes two groups of one operand, and two operands are given")
        if any(options.pair):
            raise UsageError("--p and --q name columns of one operand, and two are given", hint=_NAME)
        if x == y == "-":
            raise UsageError("standard input can be one operand, not both", hint="pass one as a file")
        return read_sample(x, options), read_sample(y, options)
    if options.by is not None:
        return _groups(x, options)
    p, q = options.pair
    if p is None and q is None and (headed := _headed_pair(x, options)):
        return headed
    if p is None or q is None:
        raise UsageError(
            f"{x}: one operand is given, and two samples are compared",
            hint="give a second one, two columns with --p and --q, or the column of two groups with --by",
        )
    return _columns(x, p, options), _columns(x, q, options)


def _headed_pair(word: str, options: SampleOptions) -> tuple[RawSample, RawSample] | None:
    """Returns the samples in the columns p and q of a file; None if it has no such columns."""
    if word == "-" or status_of(word) is None or options.header is False:
        return None
    options = options._replace(pair=("p", "q"))
    try:
        return _columns(word, "p", options), _columns(word, "q", options)
    except Unreadable:
        return None


def read_sample(word: str, options: SampleOptions) -> RawSample:
    """Returns the sample that one operand holds; errors as in `read_samples`."""
    return _read(word, options.columns, options)


def _read(word: str, columns: Sequence[str], options: SampleOptions) -> RawSample:
    if is_family(word, "samples"):
        raise UsageError(
            f"{word}: a family, where a sample is wanted",
            hint="kl sample draws from it; kl compute compares families themselves",
        )
    if options.as_ != "labels":
        refuse_masses(word)
    array = _array(word, columns, options)
    if array is not None:
        return array
    names = split_names(columns) if columns else (None,)
    paired = () if options.by is not None else options.pair
    options = options._replace(beside=tuple(name for name in (*names, *paired) if name is not None))
    try:
        found = [_raw(word, (name,), options)[0] for name in names]
    except Unreadable:
        if not columns or options.header is not None:
            raise
        # the columns that are there head those that are not, whose error then names all of them
        found = [_raw(word, (name,), options._replace(header=True))[0] for name in names]
    notes = list(dict.fromkeys(note for raw in found for note in raw.notes))
    if len({len(raw.values) for raw in found}) > 1:  # the first row names the columns of numbers, so all columns
        found = [_raw(word, (name,), options._replace(header=True))[0] for name in names]
    made = [_column(raw, raw.name.rpartition(":")[2] if columns else "", options) for raw in found]
    if options.header is None and all(raw.heading == NO_HEADER for raw in found):
        headings = [raw.labels[0] for raw in found if raw.labels]
        if any(_heads_gaps(raw, options.dialect) for raw in found):
            below = np.arange(1, len(found[0].values))
            made = [_column(raw, name, options).at(below) for raw, name in zip(found, headings, strict=True)]
            notes.append(header_read((found[0].name,), 1, (), tuple(headings), 1, Use.OBSERVATIONS))
        elif all(map(_may_be_heading, made)):
            notes.append(first_row_counted(_source_name(word), listing(headings)))
    if len(found) == 1 and found[0].labels and all(map(_COUNTED.match, found[0].labels)):
        notes.append(lines_may_be_counts(_source_name(word)))
    elif len(found) == 1 and found[0].labels and _may_be_masses(found[0].labels, options.dialect):
        notes.append(lines_may_be_masses(_source_name(word), shorten(found[0].labels[-1])))
    return RawSample(_source_name(word), tuple(made), tuple(notes))


def _source_name(word: str) -> str:
    return "stdin" if word == "-" else shown_name(word)


def _columns(word: str, names: str, options: SampleOptions) -> RawSample:
    sample = _read(word, (names,), options)
    return sample._replace(name=f"{sample.name}:{names}")


def _groups(word: str, options: SampleOptions) -> tuple[RawSample, RawSample]:
    assert options.by is not None
    sample = _read(word, (options.by, *options.columns), options)
    by, *values = sample.columns
    if not values:
        raise UsageError(f"{word}: no columns to compare are named beside --by {options.by}", hint=_NAME)
    groups = list(dict.fromkeys(by.labels))
    asked = [group for group in options.pair if group is not None]
    for group in asked:
        if group not in groups:
            raise Unreadable(f"{word}: no group {group!r} in {options.by}; the groups are {listing(groups, most=12)}")
    chosen = asked if len(asked) == 2 else groups
    if len(chosen) != 2:
        raise UsageError(
            f"{word}: {options.by} has {len(groups)} groups, {listing(groups, most=12)}, and two are compared",
            hint="name two of them with --p and --q",
        )
    labels = np.array(by.labels, dtype=object)
    found = []
    for group in chosen:
        rows = np.flatnonzero(labels == group)
        found.append(RawSample(f"{sample.name}:{group}", tuple(each.at(rows) for each in values), sample.notes))
    return found[0], found[1]._replace(notes=())


def _array(word: str, columns: Sequence[str], options: SampleOptions) -> RawSample | None:
    """Returns the sample in a file of arrays; None for another operand."""
    status = None if word == "-" else status_of(word)
    if status is None and not (word == "-" and options.input_format):
        return None
    source = ByteSource(word, status, parse_expansion(options.max_expand))
    if source.is_stream and options.input_format is None:
        return None
    form = format_of_distributions(source, options.input_format)
    if not form.holds_arrays:
        return None
    from klcli.sources.binary.array_file import ARRAY_FILES

    file = ARRAY_FILES[form.name](source)
    names = [""] if file.names is None else split_names(columns) if columns else list(file.names)
    if len(names) != 1:
        raise Unreadable(f"{source.name}: several {file.noun}s, {listing(names)}", hint="name one with --columns")
    if file.names is not None and names[0] not in file.names:
        raise Unreadable(f"{source.name}: no {file.noun} {names[0]!r}; there are {listing(file.names)}")
    stored = file.find(names[0])
    shape = stored.layout.shape
    if len(shape) not in (1, 2) or 0 in shape:
        raise Unreadable(f"{stored.name}: an array of shape {shape}, but a sample has the shape (n,) or (n, d)")
    if stored.layout.dtype.kind not in "US":
        stored.refuse_all_but_numbers()
    sample = RawSample.of_array(source.name, stored.load())._replace(notes=stored.notes)
    if columns and file.names is None:
        numbers = [str(at + 1) for at in range(len(sample.columns))]
        try:
            chosen = found_labels(tuple(columns), numbers)
        except Unreadable as error:
            raise error.at(source.name) from None
        return sample._replace(columns=tuple(sample.columns[at] for at in chosen))
    return sample


def _raw(word: str, columns: tuple[str | None, ...], options: SampleOptions) -> tuple[RawNumbers, ...]:
    samples = (True,) * len(columns)
    query = Query(
        columns, samples, header=options.header, dialect=options.dialect, access=options.access, beside=options.beside
    )
    try:
        return read_raw(word, query, options.input_format, options.max_expand)
    except Unreadable as error:
        if columns == (None,) and "is not clear" in error.message:
            raise _unclear(word, options, error) from None
        if "not an object" in error.message:
            raise Unreadable(error.message, hint=_cure_of_masses(word, options)) from None
        raise


def _unclear(word: str, options: SampleOptions, error: Unreadable) -> Unreadable:
    """Returns the error for several columns of which none is named, with their headings."""
    message = error.message
    if options.header is None and _can_be_read_again(word):
        try:
            _raw(word, (None,), options._replace(header=True))
        except Unreadable as headed:
            message = headed.message
    hint = f"{options.hint}; {_cure_of_masses(word, options)}"
    return Unreadable(message.replace("holds the masses", "holds the observations"), hint=hint)


def _can_be_read_again(word: str) -> bool:
    status = None if word == "-" else status_of(word)
    return status is not None and S_ISREG(status.st_mode)


def _cure_of_masses(word: str, options: SampleOptions) -> str:
    """Returns the way to read labels and numbers, which are masses, or else may be counts."""
    if not _can_be_read_again(word):
        return _COUNTS
    query = Query(header=options.header, dialect=options.dialect, access=options.access)
    try:
        (raw,) = read_raw(word, query, options.input_format, options.max_expand)
    except InputError:
        return _COUNTS
    return _COUNTS if raw.labels is None or are_whole(raw.values) else COMPUTE


def _column(raw: RawNumbers, name: str, options: SampleOptions) -> RawColumn:
    if raw.labels is None:
        raise NotADistribution(f"{raw.name}: numbers without observations")
    return RawColumn(name, raw.labels, place=raw.place, dialect=options.dialect)


def _heads_gaps(raw: RawNumbers, dialect: TextDialect) -> bool:
    """Returns True if the first cell names a column of numbers, some of them missing.

    A header above numbers alone is found when the text is read; a text below it might be a label as well as a gap.
    """
    if raw.labels is None or len(raw.labels) < 2 or not is_name(raw.labels[0]):
        return False
    return RawColumn("", raw.labels[1:], dialect=dialect).numbers is not None


def _may_be_masses(labels: Sequence[str], dialect: TextDialect) -> bool:
    """Returns True for lines such as "heads 0.5", of which no two have the same label."""
    if not 1 < len(labels) <= _MOST_MASSES:
        return False
    pieces = [label.rsplit(maxsplit=1) for label in labels]
    if not all(len(each) == 2 and is_written(each[1], dialect) for each in pieces):
        return False
    return len({each[0] for each in pieces}) == len(pieces) and not any(is_written(each[0], dialect) for each in pieces)


def _may_be_heading(column: RawColumn) -> bool:
    """Returns True if the first cell looks like a name, and none below it is the same."""
    first = column.labels[0]
    return is_name(first) and column.counts[first] == 1


def split_names(columns: Sequence[str]) -> list[str]:
    """Returns the names of columns, of words that each name one or several between commas."""
    return [name.strip() for each in columns for name in each.split(",") if name.strip()]
