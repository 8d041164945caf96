"""Two samples from operands: two files, two columns of one, or two groups of its rows."""

from collections.abc import Sequence

import numpy as np

from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.errors import NotADistribution, NotASample, Unreadable, UsageError
from klcli.notes import Note, first_row_counted, listing
from klcli.sources.bytes.files import kept_stream, shown_name, status_of
from klcli.sources.columns.header import NO_HEADER
from klcli.sources.formats.query import Query
from klcli.sources.operands.operand import is_family, read_raw
from klcli.sources.samples.masses import cure_of_masses, refuse_columns_of_counts, refuse_masses
from klcli.sources.samples.other_meanings import counts_or_masses, without_header
from klcli.sources.samples.raw_sample import RawColumn, RawSample
from klcli.sources.samples.sample_arrays import read_array
from klcli.sources.samples.sample_options import SampleOptions, split_names
from klcli.support.sentence import Command, Option, Sentence

__all__ = ["read_sample", "read_samples"]

_MOST_COUNTS = 10_000  # rows that are read once more, as labels and counts


def read_samples(x: str, y: str | None, options: SampleOptions) -> tuple[RawSample, RawSample]:
    """Returns the samples that operands hold.

    Raises:
        InputError: an operand cannot be read. UsageError: operands and options do not fit.
    """
    if y is not None:
        if options.by is not None:
            raise UsageError("--by takes two groups of one operand, and two operands are given")
        if any(options.pair):
            raise UsageError("--p and --q name columns of one operand, and two are given", hint=options.hint)
        if x == y == "-":
            raise UsageError("standard input can be one operand, not both", hint="pass one as a file")
        with kept_stream(x), kept_stream(y):
            return _doubted((x, y), (read_sample(x, options), read_sample(y, options)), options.columns * 2, options)
    with kept_stream(x):
        return _samples_of_one(x, options)


def _samples_of_one(x: str, options: SampleOptions) -> tuple[RawSample, RawSample]:
    if options.by is not None:
        return _groups(x, options)
    p, q = options.pair
    if options.columns and not (p is None and q is None):
        raise UsageError("--columns beside --p and --q, which name the columns of one operand",
                         hint="leave it out, or name the column of the two groups with " + Option("--by"))  # fmt: skip
    if p is None and q is None and (headed := _headed_pair(x, options)):
        return headed
    if p is None or q is None:
        raise UsageError(
            "one operand is given, and two samples are compared",
            place=_shown(x),
            hint=Sentence(
                "give a second one, two columns with ",
                Option("--p"),
                " and ",
                Option("--q"),
                ", or the column of two groups with ",
                Option("--by"),
            ),
        )
    return _doubted((x, x), (_columns(x, p, options), _columns(x, q, options)), (p, q), options)


def _doubted(
    words: tuple[str, str], samples: tuple[RawSample, RawSample], names: Sequence[str], options: SampleOptions
) -> tuple[RawSample, RawSample]:
    """Returns two samples; refuses the only column of each if both may hold counts of labels beside them."""
    few = all(len(each.columns) == 1 and each.size <= _MOST_COUNTS for each in samples)
    if options.as_ != "auto" or len(split_names(names)) != len(words) or not few:
        return samples
    if all(each.columns[0].numbers is not None for each in samples):
        refuse_columns_of_counts(words, names, options)
    return samples


def _headed_pair(word: str, options: SampleOptions) -> tuple[RawSample, RawSample] | None:
    """Returns the samples in the columns p and q of a file; None if it has no such columns."""
    if (word != "-" and status_of(word) is None) or options.header is False:
        return None
    options = options._replace(pair=("p", "q"))
    try:
        return _columns(word, "p", options), _columns(word, "q", options)
    except Unreadable:
        return None


def read_sample(word: str, options: SampleOptions) -> RawSample:
    """Returns the sample that one operand holds; errors as in `read_samples`."""
    with kept_stream(word):
        return _read(word, options.columns, options)


def _read(word: str, columns: Sequence[str], options: SampleOptions) -> RawSample:
    if is_family(word, "samples"):
        raise UsageError(
            "a family, where a sample is wanted",
            place=word,
            hint=Sentence(Command("sample"), " draws from it; ", Command("compute"), " compares families themselves"),
        )
    if options.as_ != "labels":
        refuse_masses(word)
    sample = read_array(word, columns, options)
    if sample is not None:
        return sample
    source = _shown(word)
    found, notes = _raw_columns(word, columns, options)
    made = [_column(raw, raw.name.rpartition(":")[2] if columns else "", options) for raw in found]
    if options.header is None and all(raw.heading == NO_HEADER for raw in found):
        made, said = without_header(source, made)
        notes = (*notes, *said)
    if len(made) == 1:
        notes = (*notes, *counts_or_masses(source, made[0]))
    return RawSample(source, tuple(made), notes)


def _shown(word: str) -> str:
    return "stdin" if word == "-" else shown_name(word)


def _columns(word: str, names: str, options: SampleOptions) -> RawSample:
    sample = _read(word, (names,), options)
    return sample._replace(name=f"{sample.name}:{names}")


def _groups(word: str, options: SampleOptions) -> tuple[RawSample, RawSample]:
    assert options.by is not None
    sample = _read(word, (options.by, *options.columns), options)
    by, *values = sample.columns
    if not values:
        raise UsageError(
            f"no columns to compare are named beside --by {options.by}", place=sample.name, hint=options.hint
        )
    groups = list(dict.fromkeys(by.labels))
    asked = [group for group in options.pair if group is not None]
    for group in asked:
        if group not in groups:
            raise Unreadable(
                f"no group {group!r} in {options.by}; the groups are {listing(groups, most=12)}", place=sample.name
            )
    chosen = asked if len(asked) == 2 else groups
    if len(chosen) != 2:
        raise UsageError(
            f"{options.by} has {len(groups)} groups, {listing(groups, most=12)}, and two are compared",
            place=sample.name,
            hint=Sentence("name two of them with ", Option("--p"), " and ", Option("--q")),
        )
    labels = np.array(by.labels, dtype=object)
    found = []
    for group in chosen:
        rows = np.flatnonzero(labels == group)
        found.append(RawSample(f"{sample.name}:{group}", tuple(each.at(rows) for each in values), sample.notes))
    return found[0], found[1]._replace(notes=())


def _raw_columns(
    word: str, columns: Sequence[str], options: SampleOptions
) -> tuple[list[RawNumbers], tuple[Note, ...]]:
    """Returns the columns that are named, or the only one, all with the same rows, and what was assumed of them."""
    names = split_names(columns) if columns else (None,)
    paired = () if options.by is not None else options.pair
    options = options._replace(beside=tuple(name for name in (*names, *paired) if name is not None))
    headed = options._replace(header=True)
    try:
        found = [_raw(word, name, options) for name in names]
    except Unreadable:
        if not columns or options.header is not None:
            raise
        # the columns that are there head those that are not, whose error then names all of them
        found = [_raw(word, name, headed) for name in names]
    # whether a first row names the columns is decided for all together, in without_header
    said = (note for raw in found for note in raw.notes if note.kind != first_row_counted.__name__)
    notes = tuple(dict.fromkeys(said))
    if len({len(raw.values) for raw in found}) > 1:  # the first row names the columns of numbers, so all columns
        found = [_raw(word, name, headed) for name in names]
    return found, notes


def _raw(word: str, column: str | None, options: SampleOptions) -> RawNumbers:
    query = Query(
        (column,), (True,), header=options.header, dialect=options.dialect, access=options.access, beside=options.beside
    )
    try:
        (found,) = read_raw(word, query, options.input_format, options.max_expand)
    except NotASample as error:
        cure = cure_of_masses(word, options)
        if error.hint is None:  # an object, of which no column can be named
            raise NotASample(error.finding, place=error.place, hint=cure) from None
        clearest = _with_headings(word, query, options, error)
        raise NotASample(clearest.finding, place=clearest.place, hint=Sentence(options.hint, "; ", cure)) from None
    return found


def _with_headings(word: str, query: Query, options: SampleOptions, error: NotASample) -> Unreadable:
    """Returns the error on several columns with their headings, where a text has any."""
    if query.header is None:
        try:
            read_raw(word, query._replace(header=True), options.input_format, options.max_expand)
        except Unreadable as headed:
            return headed
    return error


def _column(raw: RawNumbers, name: str, options: SampleOptions) -> RawColumn:
    if raw.labels is None:
        raise NotADistribution("numbers without observations", place=raw.name)
    return RawColumn(name, raw.labels, place=raw.place, dialect=options.dialect)
