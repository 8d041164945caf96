"""Arrays of other packages, through the protocols that they offer: none of the packages is imported."""

import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest

import klcli
from klcli.support.foreign_arrays import bfloat16_bits, from_foreign, is_foreign

VALUES = np.array([0.5, 0.25, 0.25])


class ByArray:
    """Offers `__array__`, as a Series of polars."""

    def __array__(self, dtype=None, copy=None):
        return VALUES


class ByDLPack:
    """Offers DLPack alone, as an array of cupy; it forbids the conversion by `__array__`."""

    def __array__(self, dtype=None, copy=None):
        raise TypeError("implicit conversion is not allowed")

    def __dlpack__(self, **options):
        return VALUES.__dlpack__()

    def __dlpack_device__(self):
        return VALUES.__dlpack_device__()


class ByArrow:
    """Offers the C interface of Arrow alone, as an array of nanoarrow."""

    def __init__(self, array):
        self.array = array

    def __arrow_c_array__(self, requested_schema=None):
        if not hasattr(self.array, "__arrow_c_array__"):
            pytest.skip("this pyarrow, older than 14, has no such protocol")
        return self.array.__arrow_c_array__(requested_schema)


class Tensor:
    """Behaves as a tensor of torch that needs a gradient, on a device."""

    dtype = "torch.float64"
    steps = ()

    def detach(self):
        return self._after("detach")

    def cpu(self):
        return self._after("cpu")

    def float(self):
        return self._after("float")

    def _after(self, step):
        found = type(self)()
        found.steps = (*self.steps, step)
        return found

    def __array__(self, dtype=None, copy=None):
        if self.steps[:2] != ("detach", "cpu"):
            raise TypeError("can't convert cuda:0 device type tensor to numpy")
        if "bfloat16" in self.dtype and "float" not in self.steps:
            raise TypeError("Got unsupported ScalarType BFloat16")
        return VALUES


class Bfloat16Tensor(Tensor):
    dtype = "torch.bfloat16"


SOURCES = [
    ByArray(), ByDLPack(), Tensor(), Bfloat16Tensor(), ByArrow(pa.array(VALUES)), pa.array(VALUES),
    pa.chunked_array([VALUES[:1], VALUES[1:]]), ByArrow(pa.array([1.0, *VALUES])[1:]),
]  # fmt: skip


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: type(source).__name__)
def test_a_foreign_array_is_read_by_its_protocol(source):
    assert is_foreign(source)
    assert from_foreign(source).tolist() == VALUES.tolist()
    assert klcli.compare(source, [0.25, 0.5, 0.25]).p.mass.tolist() == VALUES.tolist()
    assert klcli.kl_divergence(source, source) == 0


@pytest.mark.parametrize("type_", [pa.int8(), pa.uint16(), pa.int64(), pa.float32(), pa.float64()])
def test_every_primitive_type_of_arrow_is_read(type_):
    assert from_foreign(ByArrow(pa.array([3, 0, 1], type_))).tolist() == [3, 0, 1]
    assert from_foreign(ByArrow(pa.array([], type_))).tolist() == []


@pytest.mark.parametrize(
    ("array", "message"),
    [(pa.array(["a", "b"]), "not of numbers"), (pa.array([1.0, None]), "with nulls")],
)
def test_an_arrow_array_that_is_no_array_of_numbers_is_refused(array, message):
    with pytest.raises(klcli.InputError, match=f"P: ByArrow is not an array of numbers: an Arrow array .*{message}"):
        klcli.compare(ByArrow(array), [0.5, 0.5])


def test_rows_and_matrices_take_tensors_and_tables():
    table = pa.table({"cat": [1.0, 3.0], "dog": [3.0, 1.0]})
    expected = klcli.compare_rows([[1, 3], [3, 1]], [[3, 1], [3, 1]]).forward_kl.tolist()
    other = pa.table({"cat": [3.0, 3.0], "dog": [1.0, 1.0]})
    assert klcli.compare_rows(table, other).forward_kl.tolist() == expected
    assert klcli.pairwise(table).tolist() == klcli.pairwise([[1, 3], [3, 1]]).tolist()


int16 = "int16"  # as torch.int16


class Bfloat16Rows(Bfloat16Tensor):
    """A tensor of torch that gives its bits as other words of two bytes."""

    bits = np.array([[0x3F80, 0x4040], [0x4000, 0x4000]], np.uint16)  # 1, 3 and 2, 2

    def view(self, dtype):
        assert dtype == int16
        return self

    def numpy(self):
        assert self.steps == ("detach", "cpu")
        return self.bits.view(np.int16)


def test_rows_of_bfloat16_are_taken_as_they_are():
    rows = Bfloat16Rows()
    assert bfloat16_bits(rows).tolist() == rows.bits.tolist()
    assert np.shares_memory(bfloat16_bits(rows), rows.bits)
    found = klcli.compare_rows(rows, [[2, 2], [2, 2]]).forward_kl
    assert found.tolist() == klcli.compare_rows([[1, 3], [2, 2]], [[2, 2], [2, 2]]).forward_kl.tolist()


@pytest.mark.parametrize("source", [VALUES, ByArray(), Tensor(), [1, 2]], ids=lambda source: type(source).__name__)
def test_what_is_not_bfloat16_has_no_such_bits(source):
    assert bfloat16_bits(source) is None


def test_the_names_of_columns_of_two_tables_must_agree():
    with pytest.raises(klcli.InputError, match="the columns of P and Q differ"):
        klcli.compare_rows(pa.table({"a": [1.0], "b": [1.0]}), pa.table({"b": [1.0], "a": [1.0]}))


def test_nothing_foreign_is_imported():
    script = (
        "import sys, numpy, klcli\n"
        "class T:\n"
        "    def __array__(self, dtype=None, copy=None): return numpy.array([0.5, 0.5])\n"
        "klcli.compare(T(), T())\n"
        "print({'torch', 'polars', 'pyarrow', 'pandas'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


MASKED = np.ma.array([[0.2, 0.3, 0.5], [0.2, 0.3, 0.5]], mask=[[0, 0, 1], [0, 0, 0]])


@pytest.mark.parametrize(
    "call",
    [
        lambda: klcli.compare(MASKED[0], MASKED.data[0]),
        lambda: klcli.kl_divergence(MASKED.data[0], MASKED[0]),
        lambda: klcli.Distribution(MASKED[0]),
        lambda: klcli.Distribution.from_logits(MASKED[0]),
        lambda: klcli.Distribution.from_samples(MASKED[0]),
        lambda: klcli.compare_rows(MASKED, MASKED.data),
        lambda: klcli.compare_rows(list(MASKED), MASKED.data),
        lambda: klcli.compare_rows(MASKED.data, MASKED.data, target=np.ma.array([1, 2], mask=[0, 1])),
        lambda: klcli.pairwise(MASKED),
        lambda: klcli.estimate(MASKED[0], MASKED.data[0]),
    ],
)
def test_a_masked_value_is_refused_as_what_lies_under_a_mask_is_arbitrary(call):
    with pytest.raises(klcli.InputError, match=r"masked array, in which \d value"):
        call()


def test_a_masked_array_without_a_masked_value_is_an_array():
    whole = np.ma.array([0.25, 0.75])
    assert klcli.kl_divergence(whole, [0.5, 0.5]) == klcli.kl_divergence([0.25, 0.75], [0.5, 0.5])


def test_what_is_masked_is_missing_in_a_column_of_drift():
    cells = np.ma.array(range(200), mask=[False, True] * 100)
    kept = klcli.drift({"n": cells}, {"n": list(range(0, 200, 2))})["n"]
    assert kept.missing_change == 0.5
