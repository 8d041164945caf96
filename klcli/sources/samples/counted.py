"""Counts of two samples: of two operands, of two columns of one, or of two groups of its rows."""

import numpy as np

from klcli.core.distributions.distribution import Distribution, read_as
from klcli.core.distributions.kinds import KINDS
from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.errors import InputError, NoLabel, NotADistribution, NotCounts, NotNumbers, Place, UnclearColumns, UsageError
from klcli.sources.columns.joint_labels import joint_labels
from klcli.sources.columns.missing_labels import cure_of_label, with_missing_labels
from klcli.sources.operands.read_options import ReadOptions
from klcli.sources.samples.masses import COMPUTE, COUNT_BOTH
from klcli.sources.samples.raw_sample import RawSample
from klcli.sources.samples.read_samples import read_samples
from klcli.sources.samples.sample_options import SampleOptions, split_names
from klcli.support.sentence import Option, Sentence
from klcli.support.text.safe_text import shorten

__all__ = ["hint_of_counts", "read_counts"]

_NAME = Sentence(
    "name the columns of the labels, and last that of their counts, as with ", Option("--columns", "category", "n")
)
_OF_LABELS = {"error": "error", "drop": "drop", "label": "keep"}  # MISSING → MISSING_LABELS


def read_counts(
    x: str, y: str | None, reading: ReadOptions, options: SampleOptions | None = None, missing: str = "error"
) -> tuple[Distribution, Distribution]:
    """Returns the counts that two operands hold, or one.

    Args:
        options: the columns that are named: those of labels, and last that of the counts, unless --p and --q name two
            columns of counts; and the column of two groups. missing: a key of MISSING.

    Raises:
        InputError: they cannot be read as counts. UsageError: operands and options do not fit.
    """
    if options is not None and options.by is not None:
        return _groups(x, y, options, missing)
    reading = reading._replace(kinds=("counts", "counts"))
    if options is not None:
        reading = reading._replace(missing_label=_OF_LABELS[missing])
    names = split_names(options.columns) if options else []
    if names and y is None:
        reading = reading._replace(label=tuple(names))
    elif names:
        reading = reading._replace(columns=(names[-1], names[-1]), label=tuple(names[:-1]) or None)
    try:
        return reading.load_masses(x, y)
    except InputError as error:
        hint = hint_of_counts(error, is_command=options is not None)
        if options is not None and not names and isinstance(error, NotNumbers):
            hint = Sentence(COUNT_BOTH, "; or ", _NAME)
        raise type(error)(error.finding, place=error.place, hint=hint) from None


def hint_of_counts(error: InputError, *, is_command: bool) -> str | None:
    """Returns the hint of an error on counts, without kinds of masses and options that `kl estimate` lacks."""
    match error:
        case NotCounts():
            return COMPUTE
        case NoLabel() if is_command:
            return cure_of_label(Option("--missing", "label"))
        case UnclearColumns() | NotNumbers() if is_command:
            return _NAME
    return error.hint


def _groups(x: str, y: str | None, options: SampleOptions, missing: str) -> tuple[Distribution, Distribution]:
    if y is None and len(split_names(options.columns)) < 2:
        raise UsageError("--by and --as counts take columns of labels and one of their counts", place=x, hint=_NAME)
    p, q = read_samples(x, y, options)
    return _counts(p, missing), _counts(q, missing)


def _counts(sample: RawSample, missing: str) -> Distribution:
    *labels, counts = sample.columns
    values = counts.numbers
    if values is None:
        at, text = counts.first_text()
        raise NotADistribution(
            f"{shorten(text)!r} is not a number", place=Place(sample.name).then(counts.where(at)), hint=_NAME
        )
    if np.isnan(values).any():
        at = int(np.argmax(np.isnan(values)))
        raise NotADistribution("there is no count", place=Place(sample.name).then(counts.where(at)))
    lacks = np.logical_or.reduce([column.missing(are_numbers=False) for column in labels])
    joint = labels[0].labels if len(labels) == 1 else joint_labels([column.labels for column in labels])
    raw = RawNumbers(values, joint, sample.name, counts.where, notes=sample.notes, missing=lacks)
    try:
        return read_as(KINDS.lookup("counts"), with_missing_labels(raw, _OF_LABELS[missing]))
    except NotADistribution as error:
        raise NotADistribution(error.finding, place=error.place, hint=hint_of_counts(error, is_command=True)) from None
