"""Samples in files of arrays: an array of shape (n,) or (n, d)."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from klcli.errors import Unreadable
from klcli.notes import listing
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.bytes.expansion import parse_expansion
from klcli.sources.bytes.files import status_of
from klcli.sources.columns.column_choice import found_labels
from klcli.sources.formats.input_format import format_of_distributions
from klcli.sources.samples.raw_sample import RawSample
from klcli.sources.samples.sample_options import SampleOptions, split_names
from klcli.support.sentence import Option
from klcli.tables.column import Storage
from klcli.tables.missing_cells import MissingCells

__all__ = ["read_array"]


def read_array(word: str, columns: Sequence[str], options: SampleOptions) -> RawSample | None:
    """Returns the sample in a file of arrays; None for another operand.

    Args:
        columns: the array, where the file names several, or else numbers of its columns, from 1.

    Raises:
        InputError: no array has this name, or it is not a sample.
    """
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
        hint = "name one, as in " + Option("--columns", names[0])
        raise Unreadable(f"several {file.noun}s, {listing(names)}", place=source.name, hint=hint)
    if file.names is not None and names[0] not in file.names:
        raise Unreadable(f"no {file.noun} {names[0]!r}; there are {listing(file.names)}", place=source.name)
    stored = file.find(names[0])
    shape = stored.layout.shape
    if len(shape) not in (1, 2) or 0 in shape:
        raise Unreadable(f"an array of shape {shape}, but a sample has the shape (n,) or (n, d)", place=stored.name)
    if stored.layout.dtype.kind not in "US":
        stored.refuse_all_but_numbers()
    values = _without_nulls(stored.load(), options.dialect.nulls)
    sample = RawSample.of_array(source.name, values)._replace(notes=stored.notes)
    return _chosen(sample, columns) if columns and file.names is None else sample


def _without_nulls(values: NDArray[Any], nulls: tuple[str, ...]) -> NDArray[Any]:
    """Returns observations with NaN, or an empty text, in place of those that --null names."""
    if not nulls:
        return values
    is_text = values.dtype.kind in "US"
    numbers = values if is_text else values.astype(np.float64, copy=False)
    lacking = MissingCells(nulls).mask(Storage.TEXT if is_text else Storage.FLOAT, numbers.ravel())
    return np.where(lacking.reshape(values.shape), "" if is_text else np.nan, numbers)


def _chosen(sample: RawSample, columns: Sequence[str]) -> RawSample:
    numbers = [str(at + 1) for at in range(len(sample.columns))]
    try:
        chosen = found_labels(tuple(columns), numbers)
    except Unreadable as error:
        raise error.at(sample.name) from None
    return sample._replace(columns=tuple(sample.columns[at] for at in chosen))
