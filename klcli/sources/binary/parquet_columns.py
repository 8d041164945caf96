"""Columns of a Parquet file as cells, and where their rows stand."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from klcli.core.distributions.label_texts import PackedText
from klcli.errors import Place

__all__ = ["Nested", "cells_of", "index_of_pandas", "place"]


def place(row: int) -> Place:
    """Returns where a row stands, for messages; `row` counts from 0."""
    return Place.nth("row", row)


class Nested(list[object]):
    """A cell of a column of lists, structures or bytes, which is neither a label nor a number: it was not read."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self._kind = kind

    def __str__(self) -> str:
        return self._kind


def cells_of(arrow: Any, column: Any) -> Sequence[object] | NDArray[Any]:
    """Returns the cells of a pyarrow column; if none is missing, numbers as an array and texts in their buffer."""
    if arrow.types.is_nested(column.type):
        return [Nested(str(column.type))] * len(column)
    array = column.combine_chunks()
    if isinstance(array, arrow.ChunkedArray):  # pyarrow 10
        array = arrow.concat_arrays(array.chunks) if array.num_chunks else arrow.array([], column.type)
    if len(array) and not array.null_count and not array.offset:
        if arrow.types.is_floating(array.type) or arrow.types.is_integer(array.type):
            return np.asarray(array.to_numpy(zero_copy_only=False))
        if arrow.types.is_string(array.type) and _is_text(arrow, array):
            _, edges, text = array.buffers()
            ends = np.frombuffer(edges, dtype=np.int32)[: len(array) + 1].astype(np.int64)
            return PackedText(memoryview(text), ends[:-1], np.diff(ends))
    try:
        return [cell.decode() if isinstance(cell, bytes) else cell for cell in column.to_pylist()]
    except UnicodeDecodeError:
        return [Nested(f"{column.type}, which is not UTF-8,")] * len(column)


def _is_text(arrow: Any, array: Any) -> bool:
    """Returns True if every text is UTF-8 without NUL, and at least one is not empty."""
    try:
        array.validate(full=True)
    except arrow.ArrowInvalid:
        return False
    text = array.buffers()[2]
    return text is not None and bool((np.frombuffer(text, dtype=np.uint8) != 0).all())


def index_of_pandas(schema: Any) -> tuple[int, ...]:
    """Returns the positions of the columns that pandas wrote as the index of a frame, by the metadata of the schema."""
    try:
        written = (schema.pandas_metadata or {}).get("index_columns", [])
        return tuple(schema.names.index(each) for each in written if each in schema.names)
    except (AttributeError, TypeError, ValueError):  # metadata of another program
        return ()
