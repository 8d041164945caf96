"""Memory that the columns of a Parquet file take: a value that repeats takes next to nothing in the file.

Rows and fixed widths are in the metadata. How long the texts are is not: a dictionary holds a long text once, and rows
refer to it. So where a file might expand beyond its limit, the first row of each group is read with its dictionary,
whose longest text bounds all others: milliseconds, where all rows take as long as the file. Only where this bound is
above the limit, too, all rows are read with their dictionaries, a few at a time.
"""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from klcli.sources.bytes.byte_source import ByteSource
from klcli.support.optional_package import need

__all__ = ["FREE", "decoded_size", "flat_columns", "opened", "refuse_expansion"]

FREE = 16 << 20  # bytes that no ratio forbids: many columns hold one value, repeated
_VALUE = 8  # bytes of a number in memory
_WHOLE = {"PLAIN", "PLAIN_DICTIONARY", "RLE_DICTIONARY", "RLE", "BIT_PACKED", "DELTA_LENGTH_BYTE_ARRAY"}


def opened(source: ByteSource, **options: Any) -> Any:
    """Returns a source as a pyarrow.parquet.ParquetFile; errors are those of pyarrow."""
    arrow = need("pyarrow", extra="parquet", purpose=f"{source.name}: reading Parquet")
    parquet = need("pyarrow.parquet", extra="parquet", purpose=f"{source.name}: reading Parquet")
    file = arrow.BufferReader(source.data) if source.path is None else os.fspath(source.path)
    return parquet.ParquetFile(file, **options)


def flat_columns(arrow: Any, schema: Any) -> list[str] | None:
    """Returns the names of the columns that hold one value in each row; None if all do.

    Lists may hold any number of repeated values in a row, and no distribution is made of them: they are not read.
    """
    is_flat = [not arrow.types.is_nested(field.type) for field in schema]
    return None if all(is_flat) else [field.name for field, flat in zip(schema, is_flat, strict=True) if flat]


def refuse_expansion(arrow: Any, source: ByteSource, file: Any) -> None:
    """Refuses a file whose columns take more memory than it may expand to.

    Args:
        file: a pyarrow.parquet.ParquetFile.

    Raises:
        Unreadable: they take more. Errors of pyarrow: the file is damaged.
    """
    metadata, limit = file.metadata, source.limit
    compressed = source.size or len(source.data)
    groups = [metadata.row_group(index) for index in range(metadata.num_row_groups)]
    # not group.column(…): pyarrow ends the process where the statistics of a column are damaged
    values = sum(group.num_rows * group.num_columns for group in groups)
    size = max(_VALUE * values, sum(group.total_byte_size for group in groups))
    limit.check(source.name, compressed, size, FREE)
    fields = list(file.schema_arrow)
    rows = metadata.num_rows
    limit.check(source.name, compressed, size + rows * sum(_width(arrow, field.type) for field in fields), FREE)
    texts = [field.name for field in fields if _is_text(arrow, field.type)]
    allowed = limit.allowed(compressed, FREE)
    if not texts or size + sum(group.num_rows * group.total_byte_size for group in groups) * len(texts) <= allowed:
        return
    repeats = opened(source, read_dictionary=texts)
    try:
        longest = [_longest_texts(arrow, repeats, texts, index) for index in range(len(groups))]
    except (arrow.ArrowException, OSError):  # of texts without a dictionary (DELTA_BYTE_ARRAY), or of damage
        repeats, longest = file, [[group.total_byte_size] * len(texts) for group in groups]
    if size + sum(group.num_rows * sum(each) for group, each in zip(groups, longest, strict=True)) <= allowed:
        return
    at_once = int(max(1, min(rows, allowed // max(1, max(map(max, longest))))))
    for batch in repeats.iter_batches(batch_size=at_once, columns=texts, use_threads=False):
        size += sum(decoded_size(arrow, column) for column in batch.columns)
        limit.check(source.name, compressed, size, FREE)


def _longest_texts(arrow: Any, file: Any, texts: Sequence[str], index: int) -> list[int]:
    """Returns a bound on the bytes of a repeated text in a row group, for each column; 0 where no text repeats."""
    group = file.metadata.row_group(index)
    if not group.num_rows:
        return [0] * len(texts)
    first = next(file.iter_batches(batch_size=1, row_groups=[index], columns=texts, use_threads=False))
    # the statistics were read without an error, so this cannot end the process
    leaves = {leaf.path_in_schema: leaf for leaf in map(group.column, range(group.num_columns))}
    found = []
    for name, column in zip(texts, first.columns, strict=True):
        leaf, dictionary = leaves[name], column.dictionary
        if set(leaf.encodings) <= _WHOLE and not leaf.has_dictionary_page:
            found.append(0)  # each text stands in the file by itself
        elif set(leaf.encodings) <= _WHOLE and len(dictionary) > 1:  # so that it was not made of the first row
            found.append(int(_lengths(arrow, dictionary).max()))
        else:
            found.append(group.total_byte_size)
    return found


def decoded_size(arrow: Any, array: Any) -> int:
    """Returns the bytes of an array whose values stand one after another, however often one repeats."""
    kind = array.type
    if arrow.types.is_dictionary(kind) and _is_text(arrow, kind):
        indices = array.indices.to_numpy(zero_copy_only=False)
        found = indices[~np.isnan(indices)].astype(np.int64) if array.null_count else indices
        return int(_lengths(arrow, array.dictionary)[found].sum())
    if str(kind).startswith("run_end_encoded"):
        longest = _lengths(arrow, array.values).max(initial=0) if _is_text(arrow, array.values.type) else 0
        return len(array) * int(longest)
    if str(kind) in ("string_view", "binary_view"):
        views = np.frombuffer(array.buffers()[1], dtype=np.int32).reshape(-1, 4)  # the length, and 12 bytes more
        return int(views[array.offset : array.offset + len(array), 0].astype(np.int64).sum())
    return int(array.nbytes)


def _lengths(arrow: Any, texts: Any) -> NDArray[np.int64]:
    """Returns the bytes of each text."""
    edges = texts.buffers()[1]
    if not len(texts) or edges is None:
        return np.zeros(len(texts), dtype=np.int64)
    is_large = arrow.types.is_large_string(texts.type) or arrow.types.is_large_binary(texts.type)
    ends: NDArray[Any] = np.frombuffer(edges, dtype=np.int64 if is_large else np.int32)
    ends = ends[texts.offset :][: len(texts) + 1].astype(np.int64)
    return ends[1:] - ends[:-1]


def _is_text(arrow: Any, kind: Any) -> bool:
    types = arrow.types
    if types.is_dictionary(kind):
        kind = kind.value_type
    return any(
        is_kind(kind) for is_kind in (types.is_string, types.is_binary, types.is_large_string, types.is_large_binary)
    )


def _width(arrow: Any, kind: Any) -> int:
    """Returns the bytes by which a value of a fixed width is wider than a number."""
    return max(0, kind.byte_width - _VALUE) if arrow.types.is_fixed_size_binary(kind) else 0
