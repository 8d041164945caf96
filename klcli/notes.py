"""Notes on results: data that accompanies the numbers. This module alone puts notes into words.

Each kind of note is a function that returns its sentence, decorated with `@note(code)`. Calling the decorated function
returns a `Note`, which keeps the arguments and makes the sentence on access. Codes are public and stable; several kinds
may share one:

    >>> found = rows_normalised("p.npy", rows=2, furthest=0.97)
    >>> found.code, found.values
    ('normalised', ('p.npy', 2, 0.97))
    >>> found.text
    '2 rows of p.npy do not sum to 1 (the furthest to 0.97); each was divided by its sum'
"""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import NamedTuple, ParamSpec

from klcli.support.safe_text import rounded, shorten

__all__ = [
    "Cause",
    "Note",
    "Use",
    "bfloat16_assumed",
    "columns_guessed",
    "distributions_disjoint",
    "divergence_bounds",
    "entries_infinite",
    "entries_made_by_masks",
    "entropy_negative",
    "error_unbounded",
    "file_outside",
    "files_unpaired",
    "header_read",
    "labels_missing",
    "listing",
    "made_by_masks",
    "masses_missing",
    "masses_normalised",
    "masses_smoothed",
    "measures_infinite",
    "measures_left_out",
    "monte_carlo_interval",
    "outcomes_clipped",
    "overflow",
    "row_labels_missing",
    "rows_infinite",
    "rows_made_by_masks",
    "rows_normalised",
    "rows_smoothed",
    "rows_without_label",
    "sample_log_likelihood",
    "sixteen_bits",
    "table_lacks",
    "tables_normalised",
    "together",
    "upper_bound_infinite",
    "value_infinite",
]

_LISTED = 5
_SUBJECTS = "subjects"
_LARGEST = "1.8e308, the largest number of a double"

Values = ParamSpec("Values")


class Cause(Enum):
    """Reasons why a measure is infinite."""

    Q_LACKS_P = "q_lacks_p"
    P_LACKS_Q = "p_lacks_q"
    DISJOINT = "disjoint"
    OVERFLOW = "overflow"


class Use(Enum):
    """Contents of the columns of a table besides the labels."""

    PAIR = "pair"
    MASSES = "masses"
    OBSERVATIONS = "observations"
    OUTCOMES = "outcomes"


class Note(NamedTuple):
    """A remark on a result.

    Attributes:
        kind: Name of the function of this module that words it. values: Arguments of that function.
        alike: Number of further notes of this kind, for which this one stands.
    """

    kind: str
    values: tuple[object, ...]
    alike: int = 0

    @property
    def code(self) -> str:
        """The stable code, for machines."""
        return _KINDS[self.kind].code

    @property
    def text(self) -> str:
        """The sentence, for people."""
        words = _KINDS[self.kind].words(*self.values)
        return f"{words}; and the like in {self.alike:,} more" if self.alike else words

    @property
    def subjects(self) -> tuple[str, ...]:
        """The subjects of the note, if its function takes `subjects`; one note can then be about P and about Q."""
        names = _KINDS[self.kind].names
        return self.values[names.index(_SUBJECTS)] if _SUBJECTS in names else ()  # type: ignore[return-value]

    def with_values(self, **changed: object) -> "Note":
        """Returns the note with some of its values changed, by the names that its function gives them."""
        given = dict(zip(_KINDS[self.kind].names, self.values, strict=True)) | changed
        return self._replace(values=tuple(given.values()))


class _Kind(NamedTuple):
    code: str
    words: Callable[..., str]
    names: tuple[str, ...]


_KINDS: dict[str, _Kind] = {}


class note:  # noqa: N801, a decorator is written as a function; as a class its annotations are evaluated once
    """Registers the decorated function, which returns a sentence, as a kind of note with this code."""

    def __init__(self, code: str) -> None:
        self._code = code

    def __call__(self, words: Callable[Values, str]) -> Callable[Values, Note]:
        kind, names = words.__name__, words.__code__.co_varnames[: words.__code__.co_argcount]
        optional = words.__defaults__ or ()
        defaults = dict(zip(names[len(names) - len(optional) :], optional, strict=True))
        _KINDS[kind] = _Kind(self._code, words, names)

        def noted(*args: Values.args, **kwargs: Values.kwargs) -> Note:
            given = defaults | dict(zip(names, args, strict=False)) | kwargs
            return Note(kind, tuple(given[name] for name in names))

        noted.__name__, noted.__doc__ = kind, words.__doc__
        return noted


@note("missing_outcomes")
def masses_missing(name: str, other: str, count: int, labels: tuple[str, ...], share: float) -> str:
    """Labels of one distribution that the other lacks: count, first labels, share of its mass."""
    return f"{_labels(count)} of {name} not in {other}: {listing(labels, count)} ({share:.6g} of its mass)"


@note("missing_outcomes")
def row_labels_missing(
    name: str, other: str, count: int, labels: tuple[str, ...], rows_with_missing: int = 0, rows: int = 0
) -> str:
    """Labels of rows of one side that the other side lacks, and the number of rows concerned, if not all."""
    some = rows_with_missing != rows
    like = f", and the like in {rows_with_missing:,} of {rows:,} rows" if some else ""
    return f"{_labels(count)} of {name} not in {other}: {listing(labels, count)}{like}"


@note("missing_outcomes")
def labels_missing(sources: tuple[str, ...], count: int, of: int) -> str:
    """Tables that lack labels of other tables: first names, count, number of all tables."""
    subject = f"{count} of {of} lack" if count > 1 else f"{sources[0]} lacks"
    named = f": {listing(sources, count)}" if count > 1 else ""
    return f"{subject} labels that others have, which have mass 0 there{named}"


@note("missing_outcomes")
def table_lacks(source: str, count: int, labels: tuple[str, ...]) -> str:
    """Labels of other tables that a table lacks: count, first labels."""
    return f"{source} lacks {listing(labels, count)}"


@note("missing_label")
def rows_without_label(name: str, count: int, of: int) -> str:
    """Rows that were dropped because they have no label: count, number of all rows."""
    found = "row without a label was" if count == 1 else "rows without a label were"
    return f"{name}: {count:,} {found} left out, of {of:,}"


@note("header")
def header_read(
    subjects: tuple[str, ...], line: int, labels: tuple[str, ...], values: tuple[str, ...], count: int, use: Use
) -> str:
    """A first line that was read as a header although no option says so: names of the columns of labels and values."""
    return f"{_and(subjects)}: line {line} was read as a header ({_layout(labels, values, count, use)}); see --header"


@note("columns")
def columns_guessed(
    subjects: tuple[str, ...], labels: tuple[str, ...], values: tuple[str, ...], count: int, use: Use
) -> str:
    """Columns whose use nothing says: names of those of labels, names and count of those of values."""
    return f"{_and(subjects)}: {_layout(labels, values, count, use)}; --label and --p say which column is which"


@note("normalised")
def masses_normalised(name: str, total: float) -> str:
    """Probabilities that summed to `total` instead of 1."""
    return f"{name or 'the probabilities'} sums to {total:.9g}, not 1; it was divided by its sum"


@note("normalised")
def rows_normalised(name: str, rows: int, furthest: float) -> str:
    """Rows of probabilities that did not sum to 1: count, and the sum furthest from 1."""
    subject = f"{_plural(rows, 'row')}{f' of {name}' * bool(name)}"
    if rows > 1:
        return f"{subject} do not sum to 1 (the furthest to {furthest:.9g}); each was divided by its sum"
    return f"{subject} does not sum to 1 but to {furthest:.9g}; it was divided by its sum"


@note("normalised")
def tables_normalised(count: int, of: int) -> str:
    """Distributions that did not sum to 1: count, number of all distributions."""
    return f"{count} of {of} do not sum to 1; each was divided by its sum"


@note("smoothing")
def masses_smoothed(done: str, amount: float, outcomes: int) -> str:
    """Smoothing that was applied to P and Q, in the words of its method, with {amount} and {outcomes} filled in."""
    return done.format(amount=f"{amount:g}", outcomes=outcomes)


@note("smoothing")
def rows_smoothed(smoothing: str, outcomes: int) -> str:
    """Smoothing that was applied to each row of a table."""
    return f"{smoothing} was applied to every row, over {outcomes:,} outcomes"


@note("infinite")
def measures_infinite(
    measures: tuple[str, ...], cause: Cause, count: int, outcomes: tuple[str, ...], share: float
) -> str:
    """Measures that are infinite because one side lacks outcomes: their count, first labels, share of mass."""
    this, other = ("P", "Q") if cause is Cause.Q_LACKS_P else ("Q", "P")
    return (
        f"{', '.join(measures)} {_be(measures)} infinite: {other} has no mass on {_plain_plural(count, 'outcome')} of "
        f"{this}: {listing(outcomes, count)} ({share:.6g} of {this}'s mass)"
    )


@note("infinite")
def distributions_disjoint(measures: tuple[str, ...]) -> str:
    """Measures that are infinite because P and Q share no outcome."""
    return f"{', '.join(measures)}: infinite, as P and Q share no outcome"


@note("infinite")
def value_infinite(measure: str, reason: str) -> str:
    """A measure of two families that is infinite, and why."""
    return f"{measure} is infinite: {reason}"


@note("infinite")
def entries_infinite(count: int, causes: tuple[Cause, ...], p: str, q: str, pairs: tuple[str, ...]) -> str:
    """Infinite entries of a matrix: count, causes, names of P and Q, first pairs."""
    entries = "1 entry is infinite" if count == 1 else f"{count:,} entries are infinite"
    return f"{entries}: {_why(causes, p, q)}: {listing(pairs, count)}"


@note("infinite")
def rows_infinite(measure: str, count: int, names: tuple[str, ...]) -> str:
    """Rows in which a measure is infinite: count, first names."""
    return f"{measure} is infinite in {_plural(count, 'row')}: {listing(names, count)}"


@note("mask")
def made_by_masks(measures: tuple[str, ...], count: int, outcomes: tuple[str, ...]) -> str:
    """Measures that very low logits make large: number of such outcomes, first outcomes with their sides."""
    return _masks(measures, f" by the logits of {listing(outcomes, count)}" if count else "")


@note("mask")
def rows_made_by_masks(measure: str, count: int, names: tuple[str, ...]) -> str:
    """Rows in which very low logits make a measure large: count, first names."""
    return _masks((measure,), f" in {_plural(count, 'row')}, {listing(names, count)}")


@note("mask")
def entries_made_by_masks(measure: str, count: int, pairs: tuple[str, ...]) -> str:
    """Entries of a matrix that very low logits make large: count, first pairs."""
    return _masks((measure,), f" at {listing(pairs, count)}")


@note("unbounded")
def upper_bound_infinite() -> str:
    """An infinite upper bound, of rows of which only the most probable outcomes are known."""
    return (
        "the upper bound is infinite where Q may give nothing to an outcome that it does not list; --tail-floor E says "
        "that it gives each at least E"
    )


@note("overflow")
def overflow(measures: tuple[str, ...]) -> str:
    """Measures that are finite, but too large for a double."""
    return f"{', '.join(measures)}: finite, but above {_LARGEST}"


@note("unbounded_error")
def error_unbounded(measure: str, reason: str) -> str:
    """A measure whose error has no bound."""
    return f"{measure} is a rough value: {reason}"


@note("differential_entropy")
def entropy_negative(measure: str) -> str:
    """A negative differential entropy, which is correct."""
    return f"{measure} is negative, as the entropy of a density above 1 can be"


@note("interval")
def monte_carlo_interval(measure: str, low: float, high: float) -> str:
    """The confidence interval of a Monte Carlo estimate."""
    return f"{measure}: between {low:.6g} and {high:.6g} with 95 % confidence"


@note("bounds")
def divergence_bounds(measure: str, low: float, high: float) -> str:
    """Bounds on a measure of two mixtures."""
    return f"{measure} is at least {low:.6g} and at most {high:.6g}"


@note("log_likelihood")
def sample_log_likelihood(count: float, value: float, unit: str) -> str:
    """The log-likelihood of a sample under a family."""
    return f"the log-likelihood of the {count:.15g} observations is {value!r} {unit}"


@note("left_out")
def measures_left_out(measures: tuple[str, ...], reason: str) -> str:
    """Default measures that cannot be computed for these families."""
    return f"{', '.join(measures)} {_be(measures)} left out: {reason}"


@note("sixteen_bits")
def sixteen_bits(name: str, step: float) -> str:
    """Log-probabilities stored in steps of `step` nats, which limits the accuracy of a KL."""
    return (
        f"{name} holds log-probabilities in 16 bits, {rounded(step, 3)} nats apart: a KL is known to about "
        f"{rounded(step, 3)}·√(KL/2) nats, and equal models show about {rounded(step**2 / 24, 2)}, at most "
        f"{rounded(step**2 / 8, 2)}"
    )


@note("clipped")
def outcomes_clipped(name: str, depth: float, raised: float) -> str:
    """Log-probabilities that were clipped when a file was written: depth in nats, largest mass added to a row."""
    return (
        f"{name}: outcomes more than {depth:g} nats below a row's largest were raised to it when it was written, "
        f"together up to {rounded(raised, 2)} of a row's mass; beside what is not clipped alike, a KL is off by about "
        "as much, or more"
    )


@note("bfloat16")
def bfloat16_assumed(name: str) -> str:
    """An array of two-byte elements without a type."""
    return f"{name}: elements of two bytes without a type are read as bfloat16"


@note("unpaired")
def files_unpaired(count: int) -> str:
    """Files of two folders that have no partner."""
    files = "1 file was" if count == 1 else f"{count} files were"
    return f"{files} on one side only, and not compared"


@note("outside")
def file_outside(path: str) -> str:
    """A file that a manifest names outside of its own folder."""
    return f"{path} is outside the folder of the manifest"


def together(p: Sequence[Note], q: Sequence[Note]) -> tuple[Note, ...]:
    """Returns the notes of P and of Q, with one note for both if they differ in their subjects alone."""
    found = list(p)
    for note in q:
        at = next((at for at, other in enumerate(found) if _say_the_same(note, other)), None)
        if at is None:
            found.append(note)
        elif found[at].subjects != note.subjects:
            found[at] = found[at].with_values(subjects=(*found[at].subjects, *note.subjects))
    return tuple(found)


def listing(names: Sequence[str], count: int | None = None, *, most: int = _LISTED) -> str:
    """Returns up to `most` names and how many more there are: "cat, dog and 7 more"."""
    count = len(names) if count is None else count
    shown = ", ".join(shorten(name) for name in names[:most])
    return shown if count <= most else f"{shown} and {count - most} more"


def _say_the_same(note: Note, other: Note) -> bool:
    if note == other:
        return True
    has_subjects = note.kind == other.kind and note.subjects and other.subjects
    return bool(has_subjects) and note.with_values(subjects=()) == other.with_values(subjects=())


def _layout(labels: tuple[str, ...], values: tuple[str, ...], count: int, use: Use) -> str:
    """Returns which column is which: "labels in word, masses in count"."""
    if use is Use.OUTCOMES:
        return f"outcomes {listing(values, count)}"
    if use is Use.OBSERVATIONS:
        return f"observations in {listing(values, count) or listing(labels)}"
    said = f"P in {values[0]}, Q in {values[1]}" if use is Use.PAIR else f"masses in {listing(values, count)}"
    return f"labels in {listing(labels)}, {said}" if labels else said


def _masks(measures: Sequence[str], where: str) -> str:
    return (
        f"{' and '.join(measures)} {_be(measures)} above 10,000 nats{where}: a finite logit is a mass above 0, so "
        "where one such as -3.4e38 is a mask, write -inf for mass 0"
    )


def _why(causes: tuple[Cause, ...], p: str, q: str) -> str:
    """Returns why values are infinite, in words with these names for P and Q."""
    if causes == (Cause.Q_LACKS_P, Cause.P_LACKS_Q):
        return f"{p} or {q} has no mass on an outcome of the other"
    return {
        Cause.Q_LACKS_P: f"{q} has no mass on an outcome of {p}",
        Cause.P_LACKS_Q: f"{p} has no mass on an outcome of {q}",
        Cause.DISJOINT: f"{p} and {q} share no outcome",
        Cause.OVERFLOW: f"above {_LARGEST}",
    }[causes[0]]


def _labels(count: int) -> str:
    return _plain_plural(count, "label")


def _plain_plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count > 1)}"


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count > 1)}"


def _and(names: Sequence[str]) -> str:
    return " and ".join(names)


def _be(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"
