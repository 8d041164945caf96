"""Safetensors: eight bytes that are the length of a JSON header, the header, and the tensors it places behind it.

The header is not trusted: every length and offset is held against the file before a byte is read there, and tensors
must fill what is behind the header without gaps or overlaps, as the reference implementation demands.

Source: https://github.com/huggingface/safetensors, Format.
"""

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np

from klcli.sources.bytes.byte_source import Origin
from klcli.sources.json_text.parser import parse_carefully
from klcli.sources.rows.matrix_rows import Layout, MatrixRows
from klcli.sources.rows.row_source import RowQuery, RowSource, row_format
from klcli.support.safe_text import shorten

__all__ = ["open_safetensors"]

_LONGEST = 100_000_000  # bytes of a header: what the reference implementation takes
_TYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "<i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "<u1", "BOOL": "|b1",
}  # fmt: skip


@row_format("safetensors", summary="tensors by name, float16, bfloat16, float32 or float64", suffixes=(".safetensors",))
def open_safetensors(origin: Origin, query: RowQuery) -> RowSource:
    """Returns the rows of one tensor."""
    if origin.is_stream or origin.size is None:
        raise origin.unreadable("safetensors are read from a file that is not compressed", hint="save it to a file")
    with origin.reading(), origin.open() as stream:
        start = stream.read(8)
        length = int.from_bytes(start, "little")
        if len(start) < 8 or length > origin.size - 8:
            raise origin.unreadable(
                f"truncated: byte 0 gives a header of {length:,} bytes, but the file has {origin.size:,}"
                if len(start) == 8
                else f"not a safetensors file: it has {len(start)} bytes"
            )
        if length > _LONGEST:
            raise origin.unreadable(f"a header of {length:,} bytes, above {_LONGEST:,}: not a safetensors file")
        header = _parsed(origin, stream.read(length))
    tensors = {name: _tensor(origin, name, item) for name, item in header.items() if name != "__metadata__"}
    _refuse_gaps(origin, tensors, origin.size - 8 - length)
    name = query.choose(list(tensors), origin.name, "tensor")
    kind, shape, begin, _ = tensors[name]
    if kind not in _TYPES:
        raise origin.unreadable(f"the tensor {shorten(name)!r} is of the type {shorten(kind)!r}, which is not read")
    layout = Layout(8 + length + begin, shape, np.dtype(_TYPES[kind]), kind == "BF16")
    return MatrixRows(origin, f"{origin.name}:{name}" if len(tensors) > 1 else origin.name, layout, origin.open)


_Tensor = tuple[str, tuple[int, ...], int, int]  # its type, shape, and where it begins and ends behind the header


def _parsed(origin: Origin, text: bytes) -> Mapping[str, Any]:
    try:
        header = parse_carefully(text)
    except ValueError:
        header = None
    if not isinstance(header, dict):
        raise origin.unreadable(f"not a safetensors file: bytes 8 to {8 + len(text):,} are no JSON object")
    return header


def _tensor(origin: Origin, name: str, item: object) -> _Tensor:
    """What the header says of a tensor, as far as it is possible."""
    match item:
        case {"dtype": str(kind), "shape": list(shape), "data_offsets": [int(begin), int(end)]} if (
            all(type(length) is int and length >= 0 for length in shape) and 0 <= begin <= end
        ):
            pass
        case _:
            raise origin.unreadable(f"the header says nothing that makes sense of the tensor {shorten(name)!r}")
    if kind in _TYPES and end - begin != prod(shape) * np.dtype(_TYPES[kind]).itemsize:
        raise origin.unreadable(
            f"the tensor {shorten(name)!r} has the shape {shape} of {kind}, but {end - begin:,} bytes"
        )
    return kind, tuple(shape), begin, end


def _refuse_gaps(origin: Origin, tensors: Mapping[str, _Tensor], size: int) -> None:
    """Refuses tensors that overlap, leave bytes between them, or do not end where the file ends."""
    if not tensors:
        raise origin.unreadable("empty: there are no tensors")
    before = 0
    for name, (_, _, begin, end) in sorted(tensors.items(), key=lambda item: item[1][2:]):
        if begin != before:
            found = "overlaps another" if begin < before else "leaves a gap before it"
            raise origin.unreadable(f"corrupt: the tensor {shorten(name)!r}, which begins at byte {begin:,}, {found}")
        before = end
    if before > size:
        raise origin.unreadable(
            f"truncated: the tensors end at byte {before:,}, the file at {size:,} behind its header"
        )
    if before < size:
        raise origin.unreadable(f"corrupt: {size - before:,} bytes after the last tensor")
