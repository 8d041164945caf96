"""Files of arrays: one function that finds the arrays of a file makes a format for `compute`, `rows` and `matrix`.

    @array_format("npz", summary="NumPy arrays by name", suffixes=(".npz",))
    def open_npz(source: ByteSource) -> ArrayFile: ...

An array of one dimension is a distribution; of two or more, the last axis is the outcomes and the others are rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from klcli.core.distributions.labels import have_repeats
from klcli.core.distributions.raw_numbers import RawNumbers
from klcli.errors import UnclearColumns, Unreadable
from klcli.notes import labels_of_rows
from klcli.sources.binary.array_rows import ArrayRows, RowsByName
from klcli.sources.binary.stored_array import StoredArray
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.columns.joint_labels import joint_labels
from klcli.sources.formats.input_format import INPUT_FORMATS, OF_COLUMNS, InputFormat
from klcli.sources.formats.query import Query, RowQuery
from klcli.sources.formats.row_source import RowSource
from klcli.support.sentence import Command, Option, Sentence
from klcli.support.text.label_text import label_text

__all__ = ["ARRAY_FILES", "ArrayFile", "array_format", "distributions_of", "rows_of"]

ARRAY_FILES: dict[str, Callable[[ByteSource], "ArrayFile"]] = {}
"""Functions that find the arrays of a source, by the name of the format."""

_LABELS = "labels"  # the array that holds labels, where none is named


@dataclass(frozen=True, slots=True)
class ArrayFile:
    """The arrays of a file.

    Attributes:
        name: of the file, for messages. names: of the arrays; None for a file of one array without a name.
        find: returns the array of a name; its argument is "" for an array without a name.
        noun: what the format calls an array.
    """

    name: str
    names: Sequence[str] | None
    find: Callable[[str], StoredArray]
    noun: str = "array"


def array_format(
    name: str, *, summary: str, suffixes: tuple[str, ...], recognises: Callable[[bytes], bool], is_named: bool = True
) -> Callable[[Callable[[ByteSource], ArrayFile]], Callable[[ByteSource], ArrayFile]]:
    """Registers a format; the decorated function reads the head of a source.

    Args:
        is_named: True if arrays have names, so that a file can hold a pair. For the others see InputFormat.
    """

    def register(open_file: Callable[[ByteSource], ArrayFile]) -> Callable[[ByteSource], ArrayFile]:
        INPUT_FORMATS.add(name, InputFormat(
            name, summary, suffixes,
            lambda source, query: distributions_of(open_file(source), query),
            lambda source, query: rows_of(open_file(source), query),
            recognises=recognises, holds_arrays=True, holds_named_arrays=is_named,
            options=OF_COLUMNS - ({"--null"} if is_named else {"--null", "--label"}),
        ))  # fmt: skip
        ARRAY_FILES[name] = open_file
        return open_file

    return register


def rows_of(file: ArrayFile, query: RowQuery) -> RowSource:
    """Returns the rows of one array of a file, whose outcomes are named by the array `labels`, where there is one.

    Raises:
        Unreadable: no array is meant, it has no rows of numbers, or there are more or fewer labels than outcomes.
    """
    if file.names is None:
        query.refuse_array(file.name)
        return ArrayRows(file.find(""))
    masses = [name for name in file.names if name != _LABELS or query.array == _LABELS]
    arrays = {name: file.find(name) for name in masses} if query.array is None and query.finds_id else {}
    rows: ArrayRows | RowsByName
    shapes = {each.layout.shape for each in arrays.values()}
    chosen = ""
    if len(arrays) > 1 and len(shapes) == 1 and len(*shapes) == 1:
        rows = RowsByName(file.name, arrays)
    else:
        chosen = query.choose(masses or file.names, file.name, file.noun)
        rows = ArrayRows(file.find(chosen))
    if _LABELS in file.names and chosen != _LABELS:
        _label(rows, file.find(_LABELS), file.noun, is_transposed=query.is_transposed)
    return rows


def _label(rows: ArrayRows | RowsByName, stored: StoredArray, noun: str, *, is_transposed: bool) -> None:
    """Names the outcomes of rows by an array; notes one with a value for each row instead, as training data have it.

    Raises:
        Unreadable: the array has a value neither for each outcome nor for each row.
    """
    shape = stored.layout.shape
    outcomes, others = (rows.count, rows.outcomes) if is_transposed else (rows.outcomes, rows.count)
    if shape == (outcomes,):
        labels = _texts(stored, stored.load())
        if outcomes != others or not have_repeats(labels):
            rows.labels = labels
            return
    elif shape[:1] != (others,):
        raise Unreadable(
            f"{noun} of shape {shape}, but {rows.name} has {outcomes:,} outcomes",
            place=stored.name,
            hint="labels hold a name for each outcome; save what is something else by another name",
        )
    rows.notes = (*rows.notes, labels_of_rows(stored.name))


def distributions_of(file: ArrayFile, query: Query) -> tuple[RawNumbers, ...]:
    """Returns the distributions in the arrays of a file: one, or a pair in two arrays, two rows or two columns.

    Raises:
        Unreadable: an array is missing, or has another shape or type than its use wants.
    """
    return _without_names(file, query) if file.names is None else _by_name(file, file.names, query)


def _without_names(file: ArrayFile, query: Query) -> tuple[RawNumbers, ...]:
    query.refuse_columns(file.name)
    stored = file.find("")
    if not query.is_pair:
        return (_distribution(stored, stored.load, query.samples[0]),)
    shape = stored.layout.shape
    if len(shape) != 2 or 2 not in shape:
        raise Unreadable(f"an array of shape {shape}, but a pair has two rows or two columns", place=file.name)
    _refuse_type(stored, any(query.samples))
    values = stored.load()
    rows = values if shape[0] == 2 else values.T
    return tuple(
        _observed(stored, row, f"{file.name}:{side}", samples)
        for row, side, samples in zip(rows, "pq", query.samples, strict=True)
    )


def _by_name(file: ArrayFile, names: Sequence[str], query: Query) -> tuple[RawNumbers, ...]:
    if not names:
        raise Unreadable(f"empty: there are no {file.noun}s", place=file.name)
    asked = (query.label,) if isinstance(query.label, str) else query.label or ()
    chosen = asked or ((_LABELS,) if _LABELS in names else ())
    masses = [name for name in names if name not in chosen]
    found = []
    for column, side, samples in zip(query.columns, "pq", query.samples, strict=False):
        name = column or (side if query.is_pair or len(masses) != 1 else masses[0])
        for wanted in (name, *chosen):
            if wanted not in names:
                raise UnclearColumns(
                    f"no {file.noun} {wanted!r}; the {file.noun}s are {', '.join(names)}",
                    place=file.name,
                    hint=Sentence("name one with ", Option("--p"), ", ", Option("--q"), " or ", Option("--label")),
                )
        stored = file.find(name)
        labels = [_texts(each, each.load()) for each in map(file.find, chosen)]
        joint = None if not labels else labels[0] if len(labels) == 1 else joint_labels(labels)
        found.append(_distribution(stored, stored.load, samples, joint, f"{file.name}:{name}"))
    return tuple(found)


def _distribution(
    stored: StoredArray, load: Callable[[], NDArray[Any]], samples: bool, labels: tuple[str, ...] | None = None,
    name: str | None = None,
) -> RawNumbers:  # fmt: skip
    if len(stored.layout.shape) != 1:
        found = f"an array of shape {stored.layout.shape}, but one distribution has one dimension"
        cure = Sentence(
            Command("rows", "P", "Q"),
            " compares row i of P with row i of Q, ",
            Command("matrix", "P"),
            " all rows of P",
        )
        raise Unreadable(found, place=stored.name, hint=cure)
    _refuse_type(stored, samples)
    return _observed(stored, load(), name or stored.name, samples, labels)


def _refuse_type(stored: StoredArray, samples: bool) -> None:
    if not (samples and stored.layout.dtype.kind in "US"):
        stored.refuse_all_but_numbers()


def _observed(
    stored: StoredArray, values: NDArray[Any], name: str, samples: bool, labels: tuple[str, ...] | None = None
) -> RawNumbers:
    if samples:
        observations = _texts(stored, values)
        return RawNumbers(np.ones(len(observations)), observations, name, notes=stored.notes)
    if values.dtype.kind not in "iufb":  # the other side of a pair may be samples
        stored.refuse_all_but_numbers()
    with np.errstate(over="ignore"):  # a long double can exceed any double: infinite, which is refused
        return RawNumbers(np.asarray(values, dtype=np.float64), labels, name, notes=stored.notes)


def _texts(stored: StoredArray, values: NDArray[Any]) -> tuple[str, ...]:
    try:
        if values.dtype.kind == "S":
            values = np.char.decode(values.astype(np.bytes_), "utf-8")
        # NaN is a missing label
        return tuple("" if each != each else label_text(each) for each in values.ravel().tolist())
    except (SystemError, ValueError):  # numpy does not check that a <U array holds valid Unicode
        raise Unreadable("an array of labels that are not valid text", place=stored.name) from None
