"""NumPy's files: `.npy`, and the arrays of an `.npz`; never unpickled."""

import io
import tokenize
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import IO, Any

import numpy as np

from klcli.errors import InputError, Unreadable
from klcli.notes import Note, bfloat16_assumed
from klcli.sources.binary.array_file import ArrayFile, array_format
from klcli.sources.binary.stored_array import Layout, StoredArray
from klcli.sources.bytes.byte_source import ByteSource
from klcli.support.sentence import Option

__all__ = ["open_npy", "open_npz", "whole_numbers"]

_NPY, _ZIP, _PICKLE = b"\x93NUMPY", b"PK", b"\x80"

# what numpy and zipfile raise for bytes that are not what they claim to be
_CORRUPT = (
    *(AttributeError, EOFError, IndexError, KeyError, MemoryError, NotImplementedError, OverflowError),
    *(RuntimeError, SyntaxError, TypeError, ValueError, tokenize.TokenError, zipfile.BadZipFile, zlib.error),
)
_VERSIONS = ((1, 0), (2, 0), (3, 0))  # 3.0 differs from 2.0 in the names of fields only
_OBJECTS = "holds Python objects, which are never unpickled"


@array_format(
    "npy", summary="a NumPy array; the last axis is the outcomes, two rows or two columns are a pair",
    suffixes=(".npy",), recognises=lambda head: head.startswith(_NPY), is_named=False,
)  # fmt: skip
def open_npy(source: ByteSource) -> ArrayFile:
    """Returns the one array of a file.

    Raises:
        Unreadable: its header is corrupt, it holds objects, or it ends within its array.
    """
    head = source.head()
    if head.startswith(_PICKLE):
        raise source.unreadable(_OBJECTS)
    if head.startswith(_ZIP):
        raise source.unreadable("not an .npy file but an archive", hint="pass " + Option("--input-format", "npz"))
    if source.is_stream:
        stored = _array_of_stream(source)
    else:
        with source.opened() as stream:
            layout, notes = _layout(stream, source.name)
        stored = StoredArray(source.name, layout, source.opened, source.path, notes)
    if source.path is not None:
        stored.refuse_truncated(source.size)
    return ArrayFile(source.name, None, lambda _: stored)


@array_format(
    "npz", summary="NumPy arrays by name: p and q are a pair, labels are labels", suffixes=(".npz",),
    recognises=lambda head: head.startswith(b"PK\x03\x04"),
)  # fmt: skip
def open_npz(source: ByteSource) -> ArrayFile:
    """Returns the arrays of an archive, each read when it is wanted.

    Raises:
        Unreadable: it is not a whole archive.
    """
    if source.head().startswith(_PICKLE):
        raise source.unreadable(_OBJECTS)
    file: Any = source.path if source.path is not None else io.BytesIO(source.data)
    with _reading_archive(source.name):
        archive = zipfile.ZipFile(file)
    members = {name.removesuffix(".npy"): name for name in archive.namelist() if name.endswith(".npy")}

    def find(chosen: str) -> StoredArray:
        name, member = f"{source.name}:{chosen}", members[chosen]
        info = archive.getinfo(member)
        source.limit.check(name, info.compress_size, info.file_size)
        with _opened_member(archive, member, name) as stream:
            layout, notes = _layout(stream, name)
        stored = StoredArray(name, layout, lambda: _opened_member(archive, member, name), notes=notes)
        stored.refuse_truncated(info.file_size)
        return stored

    return ArrayFile(source.name, tuple(members), find)


def whole_numbers(source: ByteSource) -> list[int]:
    """Returns the values of an `.npy` file that holds whole numbers in one dimension.

    Raises:
        Unreadable: it holds anything else.
    """
    stored = open_npy(source).find("")
    layout = stored.layout
    if len(layout.shape) != 1 or layout.dtype.kind not in "iu":
        raise source.unreadable(
            f"an array of {layout.dtype} of shape {layout.shape}, not one whole number for each row"
        )
    found: list[int] = stored.load().tolist()
    return found


@contextmanager
def _opened_member(archive: zipfile.ZipFile, member: str, name: str) -> Iterator[IO[bytes]]:
    with _reading_archive(name), archive.open(member) as stream:
        yield stream


@contextmanager
def _reading_archive(name: str) -> Iterator[None]:
    try:
        yield
    except InputError:
        raise
    except (*_CORRUPT, OSError):
        raise Unreadable("not a whole .npz file", place=name) from None


def _array_of_stream(source: ByteSource) -> StoredArray:
    """Returns the array of a stream, which is read on after its header: its bytes are those of the array alone."""
    with source.reading():
        stream = source.open()
        layout, notes = _layout(stream, source.name)

    @contextmanager
    def rest() -> Iterator[IO[bytes]]:
        with source.reading(), closing(stream):
            yield io.BytesIO(stream.read()) if layout.is_fortran else stream  # columns need seeks

    found = Layout(0, layout.shape, layout.dtype, layout.is_bfloat16, layout.is_fortran)
    return StoredArray(source.name, found, rest, notes=notes)


def _layout(stream: IO[bytes], name: str) -> tuple[Layout, tuple[Note, ...]]:
    """Returns the layout of the array whose header begins a stream, and reads the stream to the end of that header."""
    from numpy.lib import format as form

    counted = _Counted(stream)
    try:
        with warnings.catch_warnings(action="ignore"):  # numpy warns about a file of Python 2, and reads it
            version = form.read_magic(counted)
            if version not in _VERSIONS:
                raise ValueError(version)
            read = form.read_array_header_1_0 if version == (1, 0) else form.read_array_header_2_0
            shape, is_fortran, dtype = read(counted)
            shape = tuple(map(int, shape))
    except _CORRUPT:
        raise Unreadable("not a whole .npy file: its header is cut or corrupt", place=name) from None
    if min(shape, default=0) < 0:
        raise Unreadable(f"not a whole .npy file: its header gives the shape {shape}", place=name)
    if dtype.hasobject:
        raise Unreadable(_OBJECTS, place=name)
    is_fortran = is_fortran and len([length for length in shape if length > 1]) > 1
    if dtype.kind == "V" and dtype.itemsize == 2 and dtype.names is None:
        note = bfloat16_assumed(name)
        return Layout(counted.count, shape, np.dtype("<u2"), True, is_fortran), (note,)
    return Layout(counted.count, shape, dtype, False, is_fortran), ()


class _Counted:
    """A stream that counts the bytes read from it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.count = 0

    def read(self, size: int = -1, /) -> bytes:
        found = self._stream.read(size)
        self.count += len(found)
        return found
