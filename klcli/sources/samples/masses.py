"""Masses and counts where samples are wanted: counts are read as what they count, other masses are refused."""

from collections.abc import Sequence

import numpy as np

from klcli.core.arithmetic.types import Array
from klcli.engines.address import is_address
from klcli.errors import InputError, KlError, UnclearColumns, UsageError
from klcli.notes.wording import joined, listing
from klcli.sources.bytes.files import shown_name, status_of
from klcli.sources.formats.query import Query
from klcli.sources.operands.operand import read_raw
from klcli.sources.samples.sample_options import SampleOptions
from klcli.sources.text.inline import has_labels, read_inline
from klcli.support.sentence import Command, Option, Sentence
from klcli.support.text.safe_text import shorten

__all__ = [
    "COMPUTE", "COUNT_BOTH", "are_counts", "cure_of_masses", "labels_of_counts", "refuse_columns_of_counts",
    "refuse_counts", "refuse_masses",
]  # fmt: skip

COMPUTE = Sentence(
    Command("compute"),
    " takes such masses, and with ",
    Option("--p-as", "samples"),
    " or ",
    Option("--q-as", "samples"),
    " a sample beside them",
)
COUNT_BOTH = Sentence("count both sides, as sort | uniq -c does, and pass ", Option("--as", "counts"))
_COUNTS = Option("--as", "counts") + " takes labels and their counts"
_LABELS = "if each is one observation, pass " + Option("--as", "labels")


def are_counts(*words: str | None) -> bool:
    """Returns True if each word spells numbers of labels, as heads=10,tails=12 does, and names no file."""
    return all(word is not None and has_labels(word) and not _is_place(word) for word in words)


def refuse_masses(word: str) -> None:
    """Refuses a word that spells masses, as heads=1/2,tails=1/2 does, or counts, and names no file.

    Raises:
        UsageError: the word spells either.
    """
    if not are_counts(word):
        return
    try:
        (raw,) = read_inline(word, Query())
    except KlError:  # observations that merely look like it, or an error that reading them as such reports
        return
    if _are_whole(raw.values):
        raise UsageError(
            "counts, where a sample is wanted", place=shorten(word), hint=Sentence(COUNT_BOTH, "; ", _LABELS)
        )
    raise UsageError("masses, where a sample is wanted", place=shorten(word), hint=Sentence(COMPUTE, "; ", _LABELS))


def cure_of_masses(word: str, options: SampleOptions) -> str:
    """Returns how to compare labels and numbers in a source: as counts, or by `kl compute` if not all are whole.

    A stream must be kept.
    """
    query = Query(header=options.header, dialect=options.dialect, access=options.access)
    try:
        (raw,) = read_raw(word, query, options.input_format, options.max_expand)
    except InputError:
        return _COUNTS
    return _COUNTS if raw.labels is None or _are_whole(raw.values) else COMPUTE


def refuse_columns_of_counts(words: Sequence[str], columns: Sequence[str], options: SampleOptions) -> None:
    """Refuses a column of each of two samples that holds whole numbers beside the same labels, each once.

    They may count the labels, or be an observation each: a wrong guess would be a wrong number.

    Raises:
        UnclearColumns: the columns are such.
    """
    both = [_labels_of_counts(word, column, options) for word, column in zip(words, columns, strict=True)]
    refuse_counts(["stdin" if word == "-" else shown_name(word) for word in words], columns, *both)


def refuse_counts(sources: Sequence[str], columns: Sequence[str], p: set[str], q: set[str]) -> None:
    """Refuses two columns of whole numbers of which most labels, the sets `p` and `q`, are those of the other.

    Raises:
        UnclearColumns: they are.
    """
    shared = p & q
    if shared and 2 * len(shared) >= min(len(p), len(q)):
        named = tuple(dict.fromkeys(columns))
        hold = f"{'holds' if len(named) == 1 else 'hold'} a whole number beside each label"
        raise UnclearColumns(
            f"{listing(named)} {hold}, such as {shorten(min(shared))!r}: the count of that label, or one observation?",
            place=joined(tuple(dict.fromkeys(sources))),
            hint=Sentence(
                Option("--as", "counts"),
                " reads counts of labels, ",
                Option("--as", "numbers"),
                " reads each as one observation",
            ),
        )


def _labels_of_counts(word: str, column: str, options: SampleOptions) -> set[str]:
    """Returns the labels beside whole numbers from 0 on; none if they repeat, as those of several observations do.

    A stream must be kept.
    """
    query = Query((column,), header=options.header, dialect=options.dialect, access=options.access)
    try:
        (raw,) = read_raw(word, query, options.input_format, options.max_expand)
    except InputError:
        return set()
    return set() if raw.labels is None else labels_of_counts(raw.labels, raw.values)


def labels_of_counts(labels: Sequence[str], values: Array) -> set[str]:
    """Returns labels that are all different beside whole numbers from 0 on; none of others."""
    found = set(labels) if _are_whole(values) else set()
    return found if 1 < len(labels) == len(found) else set()


def _is_place(word: str) -> bool:
    return is_address(word) or "://" in word or status_of(word) is not None


def _are_whole(values: Array) -> bool:
    """Returns True for counts: whole numbers that are not negative."""
    return bool(((values >= 0) & (np.floor(values) == values)).all())
