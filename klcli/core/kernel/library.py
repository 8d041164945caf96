"""The compiled kernel: where it lies, and which of its instruction sets this processor runs.

A wheel holds the library beside this file. An editable installation holds it beside the packages, so that nothing that
is built lies in the source tree.
"""

import ctypes
import os
import sys
from functools import cache
from typing import NamedTuple

from klcli.errors import UsageError

__all__ = ["LIBRARY", "WIDTH", "Kernel", "Setting", "Side", "description", "kernel"]

LIBRARY = "klcli_kernel.dll" if sys.platform == "win32" else "klcli_kernel.so"
SETS = ("baseline", "avx2", "avx512")  # in the order of what `kl_best` returns
VALUES, WIDTH = 13, 18  # of the C source, which is asked whether it agrees
_VARIABLE = "KL_KERNEL"
_FUSES = {"aarch64", "arm64"}  # processors whose baseline has fused multiplication, without which the kernel is slow


class Side(ctypes.Structure):
    """Numbers of one distribution: where, how far apart in bytes, of which type, and what they are divided by."""

    _fields_ = (
        ("data", ctypes.c_void_p),
        ("step", ctypes.c_ssize_t),
        ("type", ctypes.c_int64),
        ("temperature", ctypes.c_double),
    )


class Setting(ctypes.Structure):
    """How masses are brought to equal totals; `kl_finish` improves it."""

    _fields_ = (
        ("u", ctypes.c_double),
        ("c", ctypes.c_double),
        ("r", ctypes.c_double),
    )


class Kernel(NamedTuple):
    """The functions of one instruction set.

    Attributes:
        name: of the set. block_size: bytes of the sums over a block.
    """

    name: str
    block_size: int
    blocks: "ctypes._NamedFuncPointer"
    finish: "ctypes._NamedFuncPointer"
    rows: "ctypes._NamedFuncPointer"
    logit_rows: "ctypes._NamedFuncPointer"


def kernel() -> Kernel | None:
    """Returns the kernel that this process uses; None if numpy does the work.

    Raises:
        UsageError: KL_KERNEL names none that can be run here.
    """
    return _chosen(os.environ.get(_VARIABLE, ""))


def description() -> str:
    """Returns the name of the kernel for people: "avx2", or "numpy" and why."""
    found = kernel()
    if found is not None:
        return found.name
    if os.environ.get(_VARIABLE) == "numpy":
        return f"numpy ({_VARIABLE} says so)"
    return "numpy (no compiled kernel is installed)" if _found() is None else "numpy (this processor has no AVX2)"


@cache
def _chosen(wanted: str) -> Kernel | None:
    if wanted == "numpy":
        return None
    path = wanted if os.sep in wanted else _found()
    best = None if path is None else _best(ctypes.CDLL(path))
    if wanted in SETS:
        if path is None or best is None or SETS.index(wanted) > best:
            why = "no compiled kernel is installed" if path is None else "this processor does not run it"
            raise UsageError(f"{_VARIABLE} is {wanted}, but {why}", hint="unset it")
        return _load(path, wanted)
    if wanted and wanted != path:
        raise UsageError(f"{_VARIABLE} is {wanted!r}, not numpy, {', '.join(SETS)}", hint="unset it")
    if path is None or best is None:
        return None
    return _load(path, SETS[best]) if best or _fuses() else None


def _fuses() -> bool:
    import platform

    return platform.machine().lower() in _FUSES


def _found() -> str | None:
    """The path of the library; None if it is not installed."""
    for folder in (os.path.dirname(os.path.abspath(__file__)), *sys.path):
        path = os.path.join(folder, LIBRARY)
        if folder and os.path.exists(path):
            return path
    return None


def _best(library: ctypes.CDLL) -> int | None:
    """The index in SETS of the best that this processor runs; None if the library is of another version."""
    sizes = library.kl_sizes_baseline
    sizes.restype = ctypes.c_int64
    return int(library.kl_best()) if sizes() & 0xFFFFFFFF == WIDTH << 16 | VALUES else None


def _load(path: str, name: str) -> Kernel:
    library = ctypes.CDLL(path)
    pointer, number = ctypes.c_void_p, ctypes.c_int64
    sides = (pointer, pointer, number)
    rows = (*sides, number, number, number, number, number, pointer)
    types = {
        "kl_blocks": (*sides, pointer, number, number, number, pointer),
        "kl_finish": (pointer, number, pointer, number, pointer),
        "kl_rows": rows,
        "kl_logit_rows": rows,
    }
    found = []
    for function, arguments in types.items():
        each = getattr(library, f"{function}_{name}")
        each.argtypes, each.restype = arguments, number if function == "kl_finish" else None
        found.append(each)
    sizes = library.kl_sizes_baseline
    sizes.restype = number
    return Kernel(name, sizes() >> 32, *found)
