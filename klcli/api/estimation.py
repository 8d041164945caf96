"""`estimate`: from samples, the divergence between what they were drawn from."""

import os
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from klcli.api.arguments import Base, Measures, column_array, distribution_of, refuse_other_dimensions
from klcli.api.reading import loaded
from klcli.core.distributions.distribution import Distribution, read_values
from klcli.core.distributions.units import parse_base
from klcli.core.estimation.estimate import Estimation
from klcli.core.estimation.settings import Settings
from klcli.errors import InputError, NotADistribution, NotComparable, Unreadable, UsageError
from klcli.notes import listing
from klcli.runs.estimation import estimate_distributions, estimate_samples
from klcli.sources.bytes.expansion import MAX_EXPAND
from klcli.sources.columns.joint_labels import joint_labels
from klcli.sources.samples.counted import hint_of_counts
from klcli.sources.samples.kinds import refuse_unknown_missing
from klcli.sources.samples.masses import are_counts, labels_of_counts, refuse_counts
from klcli.sources.samples.raw_sample import RawColumn, RawSample
from klcli.sources.samples.read_samples import read_sample
from klcli.sources.samples.sample_options import SampleOptions
from klcli.support.foreign_arrays import refuse_masked
from klcli.support.named_axes import column_names, labels_of
from klcli.support.python_terms import in_python_terms
from klcli.support.text.label_text import label_texts

__all__ = ["estimate"]

_EXAMPLE = 'columns=["price", "size"]'
_NAME = f"name the columns that hold the observations, as in {_EXAMPLE}"
_COUNT_BOTH = 'count both samples, as collections.Counter does, and pass as_="counts"'
_MISSING = frozenset({"None", "nan", "NaN", "NaT", "<NA>"})  # str() of a cell without a label
_READ_COUNTS = (
    'klcli.read("x.csv", as_="counts", label="category", column="n") reads counts from columns with these names'
)


@in_python_terms
def estimate(
    x: Any,
    y: Any,
    *,
    as_: str = "auto",
    measures: Measures = (),
    estimator: str = "default",
    level: float = 0.95,
    base: Base = "e",
    missing: str = "error",
    columns: str | Sequence[str] = (),
    header: bool | None = None,
    bins: int | None = None,
    neighbours: int = 5,
    scale: bool = True,
    jitter: bool = False,
    allow_duplicates: bool = False,
    relabel: int = 0,
    seed: int = 0,
    max_expand: str = MAX_EXPAND,
) -> Estimation:
    """Returns the divergences between the distributions that two samples were drawn from.

        >>> import random
        >>> found = klcli.estimate(random.choices("abc", k=500), random.choices("abc", [1, 2, 3], k=500))
        >>> found.forward_kl.lower <= found.forward_kl.value <= found.forward_kl.upper
        True

    Args:
        x, y: Samples of P and of Q, independent observations: sequences of texts are labels; arrays of shape (n,) and
            pandas Series numbers (refused if they may count the labels of the index); arrays of shape (n, d) and
            DataFrames vectors; mappings from label to count counts; paths, or words as on the command line, whatever
            they hold.
        as_: Kind of observations: auto, labels, numbers, vectors, counts.
        measures: A name, or several; forward_kl and jensen_shannon if empty. estimator: As in `kl list estimators`.
        level: Probability that an interval holds the truth. base: Of the logarithm, as in `compare`.
        missing: "error", "drop" or "label", for observations without a value.
        columns: Of paths and DataFrames, the ones that hold the observations; all of a DataFrame if empty. With
            as_="counts", those of the labels, and last that of their counts.
        header: Of paths of text, whether the first row names the columns; None lets the row decide, with a note.
        bins: Of equal pooled mass, for numbers, before the outer two are cut finer; None lets the samples decide.
        neighbours: For vectors.
        scale: Divide the columns of vectors by their deviation. jitter: Move numbers of vectors, to part equal rows.
        allow_duplicates: Give an interval although records seem to be repeated.
        relabel: Number of random relabellings that give p; 0 for the chi-squared distribution.
        seed: Of whatever is random. max_expand: As in `compare`.

    Returns:
        An Estimation: `.forward_kl.value`, `.lower`, `.upper`, `["jensen_shannon"]`, `.p_value`, `.notes`,
        `.to_dict()`. An end is inf where the data allow any value, None where no honest end is known.

    Raises:
        InputError (a ValueError): The samples cannot be read or compared.
        UsageError (a ValueError): An argument is wrong, or a package is missing.
    """
    refuse_unknown_missing(missing)
    settings = Settings(
        _names(measures), estimator, level, parse_base(base), bins, neighbours, seed, scale, jitter, allow_duplicates,
        relabel,
    ).checked()  # fmt: skip
    if as_ == "counts" or (as_ == "auto" and _are_counts(x) and _are_counts(y)):
        p, q = (_counts(side, name, _names(columns), header, max_expand) for side, name in ((x, "x"), (y, "y")))
        return _in_python(estimate_distributions(p, q, settings))
    refuse_other_dimensions(x, y, ("x", "y"))
    if as_ == "auto":
        refuse_counts(("x", "y"), ("each sample",), *map(_labels_beside_counts, (x, y)))
    options = SampleOptions(_names(columns), header=header, max_expand=max_expand, hint=_NAME, as_=as_)
    of_x, of_y = _sample(x, "x", options), _sample(y, "y", options)
    if not columns:
        _refuse_other_columns(of_x, of_y)
    return _in_python(estimate_samples(of_x, of_y, settings, as_=as_, missing=missing))


def _in_python(found: Estimation) -> Estimation:
    """Returns an estimation whose notes name arguments."""
    return replace(found, notes=tuple(note._replace(in_python=True) for note in found.notes))


def _names(words: str | Sequence[str]) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)


def _counts(source: Any, name: str, columns: Sequence[str], header: bool | None, max_expand: str) -> Distribution:
    """Returns counts; of a path or a frame with columns named, those in the last, of the labels in the others."""
    *labels, counts = columns or (None,)
    try:
        if isinstance(source, (str, os.PathLike)) and counts is not None:
            label = tuple(labels) or None
            path = os.fspath(source)
            return loaded(path, as_="counts", column=counts, label=label, header=header, max_expand=max_expand)
        if counts is not None:
            source = _counted_columns(source, name, labels, counts)
        return distribution_of(source, "counts", name, copy=False, max_expand=max_expand)
    except InputError as error:
        raise type(error)(error.finding, place=error.place, hint=hint_of_counts(error, is_command=False)) from None


def _counted_columns(source: Any, name: str, labels: Sequence[str], counts: str) -> Distribution:
    """Returns the counts in a column of a frame, of the labels in others, or of the rows where none is named."""
    names = column_names(source)
    if names is None:
        raise UsageError(f"{type(source).__name__} has no columns by name", place=name, hint=_READ_COUNTS)
    _refuse_unknown([*labels, counts], names, name)
    parts = [_labels(source[each], name) for each in labels]
    joint = None if not parts else parts[0] if len(parts) == 1 else joint_labels(parts)
    return read_values(np.asarray(source[counts]), joint, as_="counts", name=name)


def _labels(column: Iterable[Any], name: str) -> tuple[str, ...]:
    cells = [cell.as_py() if hasattr(cell, "as_py") else cell for cell in column]  # of scalars of pyarrow
    for row, cell in enumerate(cells, 1):
        if not isinstance(cell, str) and str(cell) in _MISSING:
            raise NotADistribution(
                f"row {row}: there is no label, but {cell}", place=name, hint="leave such rows out, as with dropna()"
            )
    return label_texts(cells)


def _are_counts(source: Any) -> bool:
    return isinstance(source, Mapping) or (isinstance(source, str) and are_counts(source))


def _labels_beside_counts(series: Any) -> set[str]:
    """Returns the labels of a Series that may be their counts, such as that of `value_counts()`; none of all else."""
    labels = None if isinstance(series, (str, os.PathLike, Mapping)) else labels_of(series)
    if labels is None:
        return set()
    values = np.asarray(series)
    are_numbers = values.ndim == 1 and values.dtype.kind in "iuf"
    return labels_of_counts(label_texts(labels), values) if are_numbers else set()


def _sample(source: Any, name: str, options: SampleOptions) -> RawSample:
    if isinstance(source, (str, os.PathLike)):
        return read_sample(os.fspath(source), options)
    if isinstance(source, (Mapping, Distribution)):
        raise UsageError("counts, where a sample is wanted", place=name, hint=_COUNT_BOTH)
    names = column_names(source) or []
    if options.columns:
        _refuse_unknown(options.columns, names, name)
        names = list(options.columns)
        source = source[names] if hasattr(source, "loc") else source.select(names)  # pandas, or polars and pyarrow
    if isinstance(source, (list, tuple)) and source and type(source[0]) is str:
        column = RawColumn("", source)
        if _are_texts(column):  # the usual case, which is counted once and never copied
            return RawSample(name, (column,))
    values = column_array(source, name)
    refuse_masked(values, name)
    if not np.iterable(values):
        raise NotADistribution(f"{type(source).__name__} is not iterable, so it holds no observations", place=name)
    array = values if isinstance(values, np.ndarray) else _array(list(values), name)
    if array.dtype.kind == "c":
        raise NotADistribution(
            "complex numbers, which have no order", place=name, hint="pass .real, .imag or numpy.abs()"
        )
    if not len(array):
        raise NotADistribution("there are no observations", place=name)
    if array.ndim not in (1, 2):
        raise NotADistribution(f"the shape {array.shape}, but a sample has the shape (n,) or (n, d)", place=name)
    return RawSample.of_array(name, array, [str(each) for each in names])


def _refuse_unknown(columns: Sequence[str], names: Sequence[str], name: str) -> None:
    unknown = next((column for column in columns if str(column) not in names), None)
    if unknown is not None:
        there = f"the columns are {listing(names, most=12)}" if names else "it has no columns with names"
        raise Unreadable(f"no column {unknown!r}; {there}", place=name)


def _refuse_other_columns(p: RawSample, q: RawSample) -> None:
    """Refuses arrays with other numbers of columns, and tables whose columns have other names or another order."""
    if len(p.columns) != len(q.columns) and not any(column.name for column in p.columns + q.columns):
        shapes = " and ".join(f"{each.name} has {len(each.columns)}" for each in (p, q))
        raise NotComparable(f"{shapes} columns", hint="a row is one observation: give both as many columns")
    names = [[column.name for column in sample.columns] for sample in (p, q)]
    if len(names[0]) == len(names[1]) > 1 and all(map(all, names)) and names[0] != names[1]:
        has, other = (listing(each, most=12) for each in names)
        raise NotComparable(
            f"{p.name} has the columns {has}, and {q.name} has {other}", hint=f"name those of both, as in {_EXAMPLE}"
        )


def _are_texts(column: RawColumn) -> bool:
    try:
        return set(map(type, column.counts)) == {str}
    except TypeError:  # a cell that is a list
        return False


def _array(values: list[Any], name: str) -> np.ndarray[Any, Any]:
    """Returns observations as an array: of numbers if all are numbers, else of the objects themselves."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # numpy before 1.24 warns of lengths that differ
            array = np.array(values)
    except (ValueError, UserWarning):
        raise NotADistribution("observations of different lengths", place=name) from None
    return array if array.dtype.kind in "biufc" else np.array(values, dtype=object)
