"""NumPy arrays: .npy and .npz, mapped where they can be, never unpickled."""

import io
import tokenize
import warnings
import zipfile
import zlib

import numpy as np
from numpy.typing import NDArray

from klcli.core.distributions.raw_numbers import Observed
from klcli.errors import InputError
from klcli.sources.bytes.content import Content
from klcli.sources.reader import Query, reader

__all__ = ["read_npy", "read_npz"]

# what numpy and zipfile raise for bytes that are not what they claim to be
_CORRUPT = (
    *(AttributeError, EOFError, IndexError, KeyError, MemoryError, NotImplementedError, OSError, OverflowError),
    *(RuntimeError, SyntaxError, TypeError, ValueError, tokenize.TokenError, zipfile.BadZipFile, zlib.error),
)

_MAY_HOLD_OBJECTS = (b"\x93NUMPY", b"PK", b"\x80")  # the first bytes of .npy, .npz and a pickle


@reader("npy", summary="a NumPy array; two rows or two columns are a pair", suffixes=(".npy",))
def read_npy(content: Content, query: Query) -> tuple[Observed, ...]:
    """Returns the distributions of one array."""
    query.refuse_columns(content.name)
    try:
        source = content.path or io.BytesIO(content.data)
        with warnings.catch_warnings(action="ignore"):  # a file of Python 2 is read, with a warning
            array = np.load(source, mmap_mode="r" if content.path else None, allow_pickle=False)
    except _CORRUPT as error:
        _ = content.data  # where it cannot be read at all, that is what is wrong
        raise content.unreadable(_reason(content, error, "npy")) from None
    if not isinstance(array, np.ndarray):
        raise content.unreadable("not an .npy file but an archive", hint="pass --input-format npz")
    if not query.is_pair:
        return (_observed(content, array, content.name, query.samples[0], None),)
    if array.ndim == 2 and 2 in array.shape:
        rows = array if array.shape[0] == 2 else array.T
        names = (f"{content.name}:p", f"{content.name}:q")
        return tuple(
            _observed(content, row, name, samples, None)
            for row, name, samples in zip(rows, names, query.samples, strict=True)
        )
    raise content.unreadable(f"an array of shape {array.shape}, but a pair has two rows or two columns")


@reader("npz", summary="NumPy arrays by name: p and q are a pair, labels are labels", suffixes=(".npz",))
def read_npz(content: Content, query: Query) -> tuple[Observed, ...]:
    """Returns the distributions of an archive of arrays."""
    try:
        with warnings.catch_warnings(action="ignore"), np.load(io.BytesIO(content.data), allow_pickle=False) as archive:
            for member in archive.zip.infolist():
                content.limit.check(f"{content.name}:{member.filename}", member.compress_size, member.file_size)
            arrays = {name: archive[name] for name in archive.files}
    except InputError:
        raise
    except _CORRUPT as error:
        raise content.unreadable(_reason(content, error, "npz")) from None
    if not arrays:
        raise content.unreadable("empty: there are no arrays")
    label = query.label or ("labels" if "labels" in arrays else None)
    masses = [name for name in arrays if name != label]
    found = []
    for column, default, samples in zip(query.columns, "pq", query.samples, strict=False):
        name = column or (default if query.is_pair else masses[0] if len(masses) == 1 else default)
        for wanted in (name, *([label] if label else [])):
            if wanted not in arrays:
                raise content.unreadable(
                    f"no array {wanted!r}; the arrays are {', '.join(arrays)}", hint="name one with --p, --q or --label"
                )
        labels = None if label is None else _texts(content, arrays[label])
        found.append(_observed(content, arrays[name], f"{content.name}:{name}", samples, labels))
    return tuple(found)


def _observed(
    content: Content, array: NDArray[np.generic], name: str, samples: bool, labels: tuple[str, ...] | None
) -> Observed:
    if array.ndim != 1:
        raise content.unreadable(f"an array of shape {array.shape}; one distribution has one dimension")
    if samples and array.dtype.kind in "iufbUS":
        observations = _texts(content, array)
        return Observed(np.ones(len(observations)), observations, name)
    if array.dtype.kind not in "iufb":
        raise content.unreadable(f"an array of {array.dtype}, not of numbers")
    with np.errstate(over="ignore"):  # a long double may be beyond any double: infinite, which is refused
        return Observed(np.asarray(array, dtype=np.float64), labels, name)


def _texts(content: Content, array: NDArray[np.generic]) -> tuple[str, ...]:
    try:
        if array.dtype.kind == "S":
            array = np.char.decode(array.astype(np.bytes_), "utf-8")
        return tuple("" if each != each else str(each) for each in array.ravel().tolist())  # NaN is a missing label
    except (SystemError, ValueError):  # numpy does not check that what stands in a <U array is Unicode
        raise content.unreadable("an array of labels that are not valid text") from None


def _reason(content: Content, error: BaseException, format_name: str) -> str:
    # numpy takes whatever it does not know for a pickle
    if content.data.startswith(_MAY_HOLD_OBJECTS) and ("pickle" in str(error) or "Python objects" in str(error)):
        return "holds Python objects, which are never unpickled"
    return f"not a whole .{format_name} file"
