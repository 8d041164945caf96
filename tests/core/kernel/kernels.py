"""The instruction sets of the compiled kernel that this machine runs; none where it is not installed."""

import os

import pytest

from klcli.core.kernel import library

PATH = os.environ.get("KL_KERNEL", "") if os.sep in os.environ.get("KL_KERNEL", "") else library._found()
BEST = -1 if PATH is None else library._best(library.ctypes.CDLL(PATH))
KERNELS = [library._load(PATH, name) for name in library.SETS[: BEST + 1]]
every_kernel = pytest.mark.parametrize(
    "kernel",
    KERNELS or [pytest.param(None, marks=pytest.mark.skip(reason="no compiled kernel is installed"))],
    ids=lambda kernel: kernel and kernel.name,
)
