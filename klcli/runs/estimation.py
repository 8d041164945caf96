"""Samples → estimation: which estimator they need, and how it takes their columns."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from klcli.core.arithmetic.types import Array, Mask
from klcli.core.distributions.alignment import align
from klcli.core.distributions.distribution import Distribution
from klcli.core.estimation.estimate import Estimation
from klcli.core.estimation.estimation import estimate_labels, estimate_numbers
from klcli.core.estimation.settings import Settings
from klcli.errors import NotADistribution, NotComparable
from klcli.notes import together, values_missing
from klcli.runs.sample_pair import SamplePair, assumed, both_numbers, kind_of, refuse_infinite, without_missing
from klcli.sources.columns.joint_labels import joint_labels
from klcli.sources.samples.raw_sample import RawColumn, RawSample
from klcli.support.sentence import Option, Sentence

__all__ = ["estimate_distributions", "estimate_samples"]

_MISSING_LABEL = "(missing)"
_MOST_ONE_HOT = 50  # labels of a column, beyond which they are no columns of a score


def estimate_samples(
    p: RawSample, q: RawSample, settings: Settings, *, as_: str = "auto", missing: str = "error"
) -> Estimation:
    """Returns the estimation from two samples.

    Args:
        as_: a key of KINDS_OF_SAMPLES, but not "counts". missing: a key of MISSING.

    Raises:
        InputError: the samples are not of this kind, or their columns differ. UsageError: an option is wrong.
    """
    if len(p.columns) != len(q.columns):
        raise NotComparable(
            f"{p.name} has {len(p.columns)} columns and {q.name} has {len(q.columns)}",
            hint=Sentence("name the same columns for both, as with ", Option("--columns", "price", "size")),
        )
    kind = kind_of(p, q, as_)
    notes = together(p.notes, q.notes)
    if as_ == "auto":
        notes = tuple(dict.fromkeys((*notes, *assumed(p, q, kind))))
    if kind == "labels":
        return _labels(without_missing(SamplePair(p, q, kind, notes), missing), settings, missing)
    if kind == "numbers":
        return _numbers(SamplePair(p, q, kind, notes), settings, missing)
    pair = without_missing(SamplePair(p, q, kind, notes), missing, can_be_label=False)
    found = _labelled_numbers(pair, settings) if as_ == "auto" else None
    if found is not None:
        return found
    from klcli.core.estimation.several_columns.vectors import estimate_vectors

    (x, y), names, mixed = _vectors(pair)
    return estimate_vectors(pair.names, x, y, settings, columns=names, mixed=mixed, notes=pair.notes)


def estimate_distributions(p: Distribution, q: Distribution, settings: Settings) -> Estimation:
    """Returns the estimation from two distributions that were read from counts or samples.

    Raises:
        NotComparable: their outcomes cannot be matched. NotADistribution: a sample is too small.
    """
    aligned = align(p, q)
    labels = [aligned.outcome(at) for at in range(len(aligned.p))]
    names = (p.name or "P", q.name or "Q")
    kind = "counts" if "counts" in (p.kind, q.kind) else "labels"
    return estimate_labels(names, labels, aligned.p, aligned.q, settings, kind, together(p.notes, q.notes))


def _labels(pair: SamplePair, settings: Settings, missing: str) -> Estimation:
    notes = list(pair.notes)
    counted: list[Mapping[str, int]] = []
    for sample in (pair.p, pair.q):
        columns = sample.columns
        if missing == "label" and (lacks := _lacking(columns)).any():
            notes.append(values_missing(sample.name, int(lacks.sum()), sample.size))
            columns = tuple(
                RawColumn(each.name, [label or _MISSING_LABEL for label in each.labels]) for each in columns
            )
        single = len(columns) == 1
        counted.append(columns[0].counts if single else Counter(joint_labels([each.labels for each in columns])))
    labels = sorted(counted[0].keys() | counted[1].keys())
    x, y = (np.array([counts.get(label, 0) for label in labels], dtype=np.float64) for counts in counted)
    return estimate_labels(pair.names, labels, x, y, settings, notes=tuple(notes))


def _lacking(columns: Sequence[RawColumn]) -> Mask:
    """Returns the mask of the rows in which a label is missing, shape (n,)."""
    return np.logical_or.reduce([column.missing(are_numbers=False) for column in columns])


def _numbers(pair: SamplePair, settings: Settings, missing: str) -> Estimation:
    if missing != "label":
        pair = without_missing(pair, missing)
    notes = list(pair.notes)
    values, lacking = [], []
    for sample in (pair.p, pair.q):
        (column,) = sample.columns
        numbers = column.numbers
        assert numbers is not None
        lacks = np.isnan(numbers)
        lacking.append(int(lacks.sum()))
        if lacks.any():
            notes.append(values_missing(sample.name, lacking[-1], len(numbers)))
        refuse_infinite(sample, column, numbers)
        values.append(numbers[~lacks] if lacking[-1] else numbers)
    return estimate_numbers(
        pair.names, values[0], values[1], settings, missing=(lacking[0], lacking[1]), notes=tuple(notes)
    )


def _labelled_numbers(pair: SamplePair, settings: Settings) -> Estimation | None:
    """Returns the estimation from a column of labels and one of numbers; None if there are others, or too few rows."""
    are_numbers = [both_numbers(*both) for both in zip(pair.p.columns, pair.q.columns, strict=True)]
    if sorted(are_numbers) != [False, True] or settings.estimator != "default":
        return None
    from klcli.core.estimation.several_columns.labelled_numbers import (
        LabelledNumbers,
        can_be_binned,
        estimate_labelled_numbers,
    )

    of_numbers = are_numbers.index(True)
    samples = []
    for sample in (pair.p, pair.q):
        column, labels = sample.columns[of_numbers], sample.columns[1 - of_numbers]
        assert column.numbers is not None
        refuse_infinite(sample, column, column.numbers)
        samples.append(LabelledNumbers(labels.labels, column.numbers))
    if not can_be_binned(*samples):
        return None
    names = tuple(pair.p.columns[at].name or f"column {at + 1}" for at in (1 - of_numbers, of_numbers))
    return estimate_labelled_numbers(
        pair.names, samples[0], samples[1], settings, columns=(names[0], names[1]), notes=pair.notes
    )


def _vectors(pair: SamplePair) -> tuple[tuple[Array, Array], tuple[str, ...], tuple[str, ...]]:
    """Returns both samples as arrays (n, d), the names of their columns, and those of the columns of labels."""
    parts: tuple[list[Array], list[Array]] = ([], [])
    names, mixed = list[str](), list[str]()
    for at, (of_p, of_q) in enumerate(zip(pair.p.columns, pair.q.columns, strict=True), 1):
        name = of_p.name or f"column {at}"
        if both_numbers(of_p, of_q):
            for sample, column, part in ((pair.p, of_p, parts[0]), (pair.q, of_q, parts[1])):
                assert column.numbers is not None
                refuse_infinite(sample, column, column.numbers)
                part.append(column.numbers)
            names.append(name)
            continue
        labels = sorted({*of_p.labels, *of_q.labels})
        if len(labels) > _MOST_ONE_HOT:
            raise NotADistribution(
                f"{name} holds {len(labels)} labels beside numbers, more than {_MOST_ONE_HOT}",
                place=pair.p.name,
                hint="compare that column alone, or leave it out with " + Option("--columns"),
            )
        mixed.append(name)
        for label in labels:
            names.append(f"{name}={label}")
            for column, part in ((of_p, parts[0]), (of_q, parts[1])):
                part.append(np.array([cell == label for cell in column.labels], dtype=np.float64))
    x, y = (np.column_stack(part) for part in parts)
    return (x, y), tuple(names), tuple(mixed)
