"""NumPy's files: `.npy`, and the arrays of an `.npz`; never unpickled."""

import io
import tokenize
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO, Any

import numpy as np

from klcli.errors import InputError, Unreadable
from klcli.notes import Note, bfloat16_assumed
from klcli.sources.bytes.byte_source import Origin, read_up_to
from klcli.sources.rows.matrix_rows import Layout, MatrixRows
from klcli.sources.rows.row_source import RowQuery, RowSource, row_format
from klcli.support.optional_package import need

__all__ = ["open_npy", "open_npz", "vector"]

_CORRUPT = (
    *(EOFError, KeyError, MemoryError, NotImplementedError, OverflowError, RuntimeError, SyntaxError, TypeError),
    *(ValueError, tokenize.TokenError, zipfile.BadZipFile, zlib.error),
)


@row_format("npy", summary="a NumPy array: the last axis is the outcomes, the others are rows", suffixes=(".npy",))
def open_npy(origin: Origin, query: RowQuery) -> RowSource:
    """Returns the rows of one array."""
    query.refuse_array(origin.name)
    with origin.reading(), ExitStack() as stack:
        stream = stack.enter_context(origin.open())
        layout, notes = _layout(stream, origin.name)
        if origin.is_stream:
            stack.pop_all()  # it is read on
    if origin.size is not None and origin.size < layout.offset + layout.size:
        rows = (origin.size - layout.offset) // (layout.size // max(1, layout.shape[0])) if layout.shape else 0
        raise origin.unreadable(
            f"truncated: {origin.size:,} bytes, which end in row {rows + 1:,} of {layout.shape[0]:,}"
        )
    if not origin.is_stream:
        return MatrixRows(origin, origin.name, layout, origin.open, notes)
    rest = Layout(0, layout.shape, layout.dtype, layout.is_bfloat16, layout.is_fortran)
    return MatrixRows(origin, origin.name, rest, lambda: _held(stream, rest), notes)


@row_format("npz", summary="NumPy arrays by name: p and q are a pair", suffixes=(".npz",))
def open_npz(origin: Origin, query: RowQuery) -> RowSource:
    """Returns the rows of one array of an archive; an array that is stored or compressed is read as it is wanted."""
    source: Any = origin.path
    if source is None:
        with origin.reading(), origin.open() as stream:
            source = io.BytesIO(stream.read())
    try:
        archive = zipfile.ZipFile(source)
        names = [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")]
        chosen = query.choose(names, origin.name, "array")
        name = f"{origin.name}:{chosen}"
        with archive.open(f"{chosen}.npy") as member:
            layout, notes = _layout(member, name)
        member_info = archive.getinfo(f"{chosen}.npy")
        whole = member_info.file_size
        origin.limit.check(name, member_info.compress_size, whole)
    except InputError:
        raise
    except (*_CORRUPT, OSError):
        raise origin.unreadable("not a whole .npz file") from None
    if whole < layout.offset + layout.size:
        raise Unreadable(f"{name}: truncated: {whole:,} bytes, but an array of shape {layout.shape} has more")
    return MatrixRows(_Archive(name), name, layout, lambda: archive.open(f"{chosen}.npy"), notes)


def vector(origin: Origin) -> list[int]:
    """Returns the numbers of an `.npy` file that has one dimension, of whole numbers.

    Raises:
        Unreadable: it has not.
    """
    with origin.reading(), origin.open() as stream:
        layout, _ = _layout(stream, origin.name)
        if len(layout.shape) != 1 or layout.dtype.kind not in "iu":
            raise origin.unreadable(
                f"an array of {layout.dtype} of shape {layout.shape}, not one whole number for each row"
            )
        data = read_up_to(stream, layout.size)
    if len(data) < layout.size:
        raise origin.unreadable(f"truncated: {len(data):,} bytes of {layout.size:,}")
    found: list[int] = np.frombuffer(data, layout.dtype).tolist()
    return found


class _Archive(Origin):
    """The array of an archive, for what goes wrong in it."""

    def __init__(self, name: str) -> None:
        self.name = name

    @contextmanager
    def reading(self) -> Iterator[None]:
        try:
            yield
        except InputError:
            raise
        except (*_CORRUPT, OSError):
            raise self.unreadable("not a whole .npz file") from None


def _layout(stream: IO[bytes], name: str) -> tuple[Layout, tuple[Note, ...]]:
    """How the array lies whose header the stream begins with; the stream is read to the end of that header."""
    form = need("numpy.lib.format", purpose="reading .npy")
    counted = _Counted(stream)
    try:
        with warnings.catch_warnings(action="ignore"):  # a file of Python 2 is read, with a warning
            version = form.read_magic(counted)
            read = form.read_array_header_1_0 if version == (1, 0) else form.read_array_header_2_0
            shape, is_fortran, dtype = read(counted)
    except _CORRUPT:
        raise Unreadable(f"{name}: not a whole .npy file: its header is cut or corrupt") from None
    if dtype.hasobject:
        raise Unreadable(f"{name}: holds Python objects, which are never unpickled")
    shape = tuple(map(int, shape))
    is_fortran = is_fortran and len([length for length in shape if length > 1]) > 1
    if dtype.kind == "V" and dtype.itemsize == 2 and dtype.names is None:
        return Layout(counted.count, shape, np.dtype("<u2"), True, is_fortran), (bfloat16_assumed(name),)
    if dtype.kind not in "iufb" or dtype.subdtype is not None:
        raise Unreadable(f"{name}: an array of {dtype}, not of numbers")
    return Layout(counted.count, shape, dtype, False, is_fortran), ()


class _Counted:
    """A stream that counts what is read of it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.count = 0

    def read(self, size: int) -> bytes:
        found = self._stream.read(size)
        self.count += len(found)
        return found


def _held(stream: IO[bytes], layout: Layout) -> Any:
    """The stream after its header; where rows lie across it, held, so that it can be sought."""
    return io.BytesIO(stream.read()) if layout.is_fortran else stream
