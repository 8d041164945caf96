import os
import zlib
from pathlib import Path

import pytest
from core.kernel.kernels import KERNELS, PATH

from klcli.core.kernel import library
from klcli.errors import UsageError

needs_kernel = pytest.mark.skipif(not KERNELS, reason="no compiled kernel is installed")


@needs_kernel
def test_the_installed_kernel_is_built_from_the_source_that_is_here():
    built = library.ctypes.CDLL(PATH).kl_source
    built.restype = library.ctypes.c_uint32
    source = Path(library.__file__).with_name("kernel.c").read_bytes()
    assert built() == zlib.crc32(source), "run pip install -e . again"


@needs_kernel
def test_the_best_instruction_set_of_the_processor_is_chosen(monkeypatch):
    monkeypatch.delenv("KL_KERNEL", raising=False)
    if len(KERNELS) > 1:
        assert library.kernel().name == library.description() == KERNELS[-1].name


@pytest.mark.parametrize("each", KERNELS, ids=lambda each: each.name)
def test_an_instruction_set_can_be_asked_for(each, monkeypatch):
    monkeypatch.setenv("KL_KERNEL", each.name)
    assert library.kernel().name == each.name


def test_numpy_can_be_asked_for(monkeypatch):
    monkeypatch.setenv("KL_KERNEL", "numpy")
    assert library.kernel() is None
    assert library.description() == "numpy (KL_KERNEL says so)"


def test_a_kernel_that_does_not_exist_is_refused(monkeypatch):
    monkeypatch.setenv("KL_KERNEL", "quantum")
    with pytest.raises(UsageError, match="KL_KERNEL is 'quantum', not numpy, baseline, avx2, avx512"):
        library.kernel()


def test_a_kernel_that_is_not_installed_is_refused_where_it_is_asked_for(monkeypatch):
    monkeypatch.setattr(library, "LIBRARY", "there is none.so")
    library._chosen.cache_clear()
    monkeypatch.setenv("KL_KERNEL", "avx2")
    with pytest.raises(UsageError, match="no compiled kernel is installed"):
        library.kernel()
    monkeypatch.delenv("KL_KERNEL")
    assert library.kernel() is None
    assert library.description() == "numpy (no compiled kernel is installed)"
    library._chosen.cache_clear()


def test_nothing_that_is_built_lies_in_the_source_tree():
    folder = Path(library.__file__).parent
    if PATH is not None and Path(PATH).parent == folder:
        pytest.skip("this is a wheel, not a source tree")
    assert {path.suffix for path in folder.iterdir() if path.is_file()} == {".py", ".c"}
    assert os.path.exists(folder.parents[2] / "hatch_build.py")
