"""Safetensors: eight bytes that give the length of a JSON header, the header, and the tensors after it.

The header is not trusted: every length and offset is checked against the file before anything is read there, and the
tensors must fill the rest of the file without gaps or overlaps, as the reference implementation demands.

Source: https://github.com/huggingface/safetensors, Format.
"""

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np

from klcli.sources.binary.array_file import ArrayFile, array_format
from klcli.sources.binary.stored_array import Layout, StoredArray
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.json_text.parser import parse_carefully
from klcli.support.text.safe_text import shorten

__all__ = ["open_safetensors"]

_LONGEST = 100_000_000  # bytes of a header: the limit of the reference implementation
_TYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "<i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "<u1", "BOOL": "|b1",
}  # fmt: skip


@array_format(
    "safetensors", summary="tensors by name, float16, bfloat16, float32 or float64: p and q are a pair",
    suffixes=(".safetensors",), recognises=lambda head: head[4:9] == b"\0\0\0\0{",
)  # fmt: skip
def open_safetensors(source: ByteSource) -> ArrayFile:
    """Returns the tensors of a file.

    Raises:
        Unreadable: it is a stream or compressed, or its header does not describe the file.
    """
    if source.path is None:
        raise source.unreadable("safetensors are read from a file that is not compressed", hint="save it to a file")
    with source.opened() as stream:
        start = stream.read(8)
        length = int.from_bytes(start, "little")
        if len(start) < 8:
            raise source.unreadable(f"not a safetensors file: it has {len(start)} bytes")
        if length > source.size - 8:
            raise source.unreadable(
                f"truncated: byte 0 gives a header of {length:,} bytes, but the file has {source.size:,}"
            )
        if length > _LONGEST:
            raise source.unreadable(f"a header of {length:,} bytes, above {_LONGEST:,}: not a safetensors file")
        header = _parsed(source, stream.read(length))
    tensors = {name: _tensor(source, name, item) for name, item in header.items() if name != "__metadata__"}
    _refuse_gaps(source, tensors, source.size - 8 - length)

    def find(name: str) -> StoredArray:
        kind, shape, begin, _ = tensors[name]
        if kind not in _TYPES:
            raise source.unreadable(f"the tensor {shorten(name)!r} has the type {shorten(kind)!r}, which is not read")
        layout = Layout(8 + length + begin, shape, np.dtype(_TYPES[kind]), kind == "BF16")
        shown = f"{source.name}:{name}" if len(tensors) > 1 else source.name
        return StoredArray(shown, layout, source.opened, source.path)

    return ArrayFile(source.name, tuple(tensors), find, noun="tensor")


_Tensor = tuple[str, tuple[int, ...], int, int]  # type, shape, begin and end, in bytes after the header


def _parsed(source: ByteSource, text: bytes) -> Mapping[str, Any]:
    try:
        header = parse_carefully(text)
    except ValueError:
        header = None
    if not isinstance(header, dict):
        raise source.unreadable(f"not a safetensors file: bytes 8 to {8 + len(text):,} are not a JSON object")
    return header


def _tensor(source: ByteSource, name: str, item: object) -> _Tensor:
    """Returns what the header says about a tensor, checked."""
    match item:
        case {"dtype": str(kind), "shape": list(shape), "data_offsets": [int(begin), int(end)]} if (
            all(type(length) is int and length >= 0 for length in shape) and 0 <= begin <= end
        ):
            pass
        case _:
            raise source.unreadable(f"the header describes the tensor {shorten(name)!r} in no valid way")
    if kind in _TYPES and end - begin != prod(shape) * np.dtype(_TYPES[kind]).itemsize:
        raise source.unreadable(
            f"the tensor {shorten(name)!r} has the shape {shape} of {kind}, but {end - begin:,} bytes"
        )
    return kind, tuple(shape), begin, end


def _refuse_gaps(source: ByteSource, tensors: Mapping[str, _Tensor], size: int) -> None:
    """Refuses tensors that overlap, leave gaps, or do not end where the file ends."""
    if not tensors:
        raise source.unreadable("empty: there are no tensors")
    before = 0
    for name, (_, _, begin, end) in sorted(tensors.items(), key=lambda item: item[1][2:]):
        if begin != before:
            found = "overlaps another" if begin < before else "leaves a gap before it"
            raise source.unreadable(f"corrupt: the tensor {shorten(name)!r}, which begins at byte {begin:,}, {found}")
        before = end
    if before > size:
        raise source.unreadable(f"truncated: the tensors end at byte {before:,}, the file at {size:,} after its header")
    if before < size:
        raise source.unreadable(f"corrupt: {size - before:,} bytes after the last tensor")
