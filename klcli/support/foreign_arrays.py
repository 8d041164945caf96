"""Arrays of other packages as numpy arrays, through the standard protocols and without importing the packages.

The protocols are `__array__` of numpy, `__dlpack__` (torch, jax, cupy, also on a device) and `__arrow_c_array__`.
"""

import ctypes
import sys
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from klcli.errors import NotADistribution

__all__ = ["bfloat16_bits", "from_foreign", "is_foreign", "refuse_masked"]

_PROTOCOLS = ("__array__", "__dlpack__", "__arrow_c_array__")
_CPU = (1, 0)  # kDLCPU and its number, https://dmlc.github.io/dlpack/latest/c_api.html
# format strings of the primitive types, https://arrow.apache.org/docs/format/CDataInterface.html
_ARROW_TYPES = {"c": "i1", "C": "u1", "s": "i2", "S": "u2", "i": "i4", "I": "u4", "l": "i8", "L": "u8", "e": "f2",
                "f": "f4", "g": "f8"}  # fmt: skip


def is_foreign(source: object) -> bool:
    """Returns True if an object is no numpy array, but offers one of the protocols or is a table of pyarrow."""
    if isinstance(source, np.ndarray):
        return False
    return any(hasattr(source, name) for name in _PROTOCOLS) or _is_arrow_table(source)


def _is_arrow_table(source: object) -> bool:
    # numpy would read a table of pyarrow before 14, which has no protocol, column by column
    return isinstance(getattr(source, "column_names", None), list)


def from_foreign(source: Any) -> Any:
    """Returns an object that offers one of the protocols as a numpy array, which may share its memory.

    A tensor that requires a gradient is taken without it, one on a device is copied from there, and bfloat16, which
    numpy lacks, becomes float32. A table of columns becomes an array of shape (rows, columns).

    Raises:
        TypeError, ValueError: It cannot be an array of numbers.
    """
    if hasattr(source, "detach"):  # torch
        source = source.detach()
    if hasattr(source, "cpu") and callable(source.cpu):
        source = source.cpu()
    if "bfloat16" in str(getattr(source, "dtype", "")):
        source = source.float() if hasattr(source, "float") else source.astype("float32")
    if _is_arrow_table(source):
        return np.column_stack([from_foreign(each) for each in source.columns])
    if hasattr(source, "__array__"):
        with suppress(TypeError, RuntimeError):  # as cupy, whose arrays never leave the device unasked
            return np.asarray(source)
    if hasattr(source, "__dlpack__"):
        return _from_dlpack(source)
    return _from_arrow(source)


def refuse_masked(values: object, name: str) -> None:
    """Refuses a masked array of numpy in which a value is masked, as what lies under a mask is arbitrary.

    Raises:
        NotADistribution: `values`, or an array in this list, is one.
    """
    masked = sys.modules.get("numpy.ma")  # whoever has such an array has imported it
    arrays = values if isinstance(values, (list, tuple)) and values and isinstance(values[0], np.ndarray) else [values]
    if masked is None:
        return
    count = sum(int(each.mask.sum()) for each in arrays if isinstance(each, masked.MaskedArray))
    if not count:
        return
    raise NotADistribution(
        f"a masked array, in which {count:,} value{'s are' if count > 1 else ' is'} masked",
        place=name or "the values",
        hint="pass .filled(0) for masses, .filled(-np.inf) for logits, .compressed() for a sample",
    )


def bfloat16_bits(source: Any) -> NDArray[np.uint16] | None:
    """Returns the bits of a tensor of torch whose numbers are bfloat16, which share its memory; None of all else."""
    if "bfloat16" not in str(getattr(source, "dtype", "")) or not hasattr(source, "detach"):
        return None
    tensor = source.detach().cpu()
    words = getattr(sys.modules.get(type(tensor).__module__), "int16", None)
    return None if words is None else tensor.view(words).numpy().view(np.uint16)


def _from_dlpack(source: Any) -> Any:
    try:
        return np.from_dlpack(source, device="cpu")
    except TypeError:  # numpy before 2.1, or a producer of the first version of the protocol
        if source.__dlpack_device__() != _CPU:
            raise
        return np.from_dlpack(source)


class _Schema(ctypes.Structure):
    """struct ArrowSchema, as far as it is read."""

    _fields_ = (("format", ctypes.c_char_p),)


class _Array(ctypes.Structure):
    """struct ArrowArray, as far as it is read."""

    _fields_ = (
        ("length", ctypes.c_int64), ("null_count", ctypes.c_int64), ("offset", ctypes.c_int64),
        ("n_buffers", ctypes.c_int64), ("n_children", ctypes.c_int64), ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    )  # fmt: skip


def _from_arrow(source: Any) -> Any:
    capsules = source.__arrow_c_array__()
    schema, array = (
        ctypes.cast(_pointer(capsule, name), ctypes.POINTER(kind)).contents
        for capsule, name, kind in zip(capsules, (b"arrow_schema", b"arrow_array"), (_Schema, _Array), strict=True)
    )
    code = _ARROW_TYPES.get((schema.format or b"").decode())
    if code is None:
        raise TypeError(f"an Arrow array of the format {schema.format!r}, not of numbers")
    if array.null_count != 0 and array.buffers[0]:
        raise ValueError("an Arrow array with nulls")
    dtype = np.dtype(code)
    if not array.length:
        return np.empty(0, dtype)
    start = array.buffers[1] + array.offset * dtype.itemsize
    # copied, as the memory is released with the capsules
    return np.frombuffer((ctypes.c_char * (array.length * dtype.itemsize)).from_address(start), dtype).copy()


def _pointer(capsule: object, name: bytes) -> int:
    get = ctypes.pythonapi.PyCapsule_GetPointer
    get.restype, get.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    return int(get(capsule, name))
