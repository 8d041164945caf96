"""What values of Python, numpy, pandas, pyarrow and xarray stand for as arguments."""

from decimal import Decimal
from math import log

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import klcli
from klcli.errors import InputError

ROWS = np.array([[0.5, 0.3, 0.2], [0.2, 0.2, 0.6], [0.1, 0.1, 0.8]])
KL_OF_PAIR = 0.5 * log(0.5 / 0.9) + 0.5 * log(0.5 / 0.1)


class DataArray:
    """Behaves as a DataArray of xarray: values with names of dimensions, and an index of pandas for some of them."""

    def __init__(self, values, dims, **labels):
        self._values, self.dims = np.asarray(values), dims
        self.coords = self.indexes = {name: pd.Index(list(each)) for name, each in labels.items()}

    def to_numpy(self):
        return self._values

    def __array__(self, dtype=None, copy=None):
        return self._values


def test_labels_of_xarray_are_labels():
    p = DataArray([0.5, 0.3, 0.2], ("x",), x="abc")
    assert klcli.kl_divergence(p, DataArray([0.2, 0.3, 0.5], ("x",), x="cba")) == 0
    assert klcli.kl_divergence(p, {"c": 0.2, "b": 0.3, "a": 0.5}) == 0
    assert klcli.kl_divergence(DataArray([0.5, 0.5], ("x",)), DataArray([0.9, 0.1], ("x",))) == pytest.approx(
        KL_OF_PAIR, rel=4e-15
    )


def test_outcomes_of_xarray_along_another_dimension_are_refused_and_observations_are_not():
    p, q = DataArray([1, 1, 2], ("x",)), DataArray([1, 2, 2], ("y",))
    for call in (klcli.compare, klcli.kl_divergence, klcli.jensen_shannon):
        with pytest.raises(InputError, match="the last dimension is 'x' in P and 'y' in Q") as error:
            call(p, q)
        assert error.value.hint == "rename it, as q.rename({'y': 'x'}), or .to_numpy()"
    observed = klcli.kl_divergence(p, q, as_="samples")
    assert observed == klcli.kl_divergence({1: 2, 2: 1}, {1: 1, 2: 2}, as_="counts")


@pytest.mark.parametrize(("start", "is_said"), [(1, True), (0, False)])
def test_ranges_that_start_elsewhere_are_matched_by_order_with_a_note(start, is_said):
    values = ([0.5, 0.3, 0.2], [0.2, 0.3, 0.5])
    p, q = (
        pd.Series(each, index=pd.RangeIndex(first, first + 3)) for each, first in zip(values, (start, 0), strict=True)
    )
    found = klcli.compare(p, q)
    assert found.forward_kl == klcli.kl_divergence(*values)
    rows = klcli.compare_rows(*(pd.DataFrame([each.tolist()], columns=each.index) for each in (p, q)))
    assert rows.forward_kl[0] == pytest.approx(found.forward_kl, rel=4e-15)
    for noted in (found, rows):
        assert any("counts from 1 in P and from 0 in Q" in note.text for note in noted.notes) is is_said


def test_observations_in_two_parts_of_one_series_have_no_note_on_their_index():
    series = pd.Series([1, 1, 2, 1, 2, 2])
    notes = klcli.compare(series[:3], series[3:], as_="samples").notes
    assert [note.code for note in notes] == ["sampled"]


@pytest.mark.parametrize(
    ("q", "message", "hint"),
    [
        (DataArray(ROWS.T, ("token", "row")), "the last dimension is 'token' in P and 'row'", "q.transpose(*p.dims)"),
        (DataArray(ROWS[:, ::-1], ("row", "token"), token="cba"), "the columns of P and Q differ", "q.reindex_like(p)"),
        (DataArray(ROWS[::-1], ("row", "token"), row=[3, 2, 1]), "the index of the rows", "q.reindex_like(p)"),
    ],
)  # fmt: skip
def test_rows_of_xarray_in_another_order_are_refused(q, message, hint):
    p = DataArray(ROWS, ("row", "token"), row=[1, 2, 3], token="abc")
    with pytest.raises(InputError, match=message) as error:
        klcli.compare_rows(p, q)
    assert hint in error.value.hint
    assert klcli.compare_rows(p, p).forward_kl.tolist() == [0, 0, 0]


def test_all_pairs_of_xarray_are_joined_by_label_along_one_dimension():
    p = DataArray(ROWS, ("row", "token"), token="abc")
    q = DataArray(ROWS[:, ::-1], ("row", "token"), token="cba")
    assert np.diag(klcli.pairwise(p, q)).tolist() == [0, 0, 0]
    for call in (klcli.pairwise, klcli.estimate):
        with pytest.raises(InputError, match="the last dimension is 'token' in x and 'row' in y"):
            call(p, DataArray(ROWS.T, ("token", "row")))


@pytest.mark.parametrize(
    ("p", "q"),
    [
        ({1: 0.5, 2: 0.5}, {1.0: 0.9, 2.0: 0.1}),
        ({1: 0.5, 2: 0.5}, {Decimal("2.00"): 0.1, Decimal(1): 0.9}),
        ({"1": 0.5, "2": 0.5}, {np.float32(1): 0.9, np.int64(2): 0.1}),
        ({0.5: 0.5, 2: 0.5}, {Decimal("0.50"): 0.9, 2.0: 0.1}),
        ({(1, "a"): 0.5, (2, "a"): 0.5}, {(1.0, "a"): 0.9, (2.0, "a"): 0.1}),
        (pd.Series([0.5, 0.5], index=[1, 2]), pd.Series([0.1, 0.9], index=[2.0, 1.0])),
        (klcli.Distribution([0.5, 0.5], [1, 2]), klcli.Distribution([0.9, 0.1], [1.0, 2.0])),
    ],
)
def test_labels_that_are_equal_numbers_are_one_outcome(p, q):
    assert klcli.kl_divergence(p, q) == pytest.approx(KL_OF_PAIR, rel=4e-15)


def test_a_series_that_counts_is_joined_with_one_of_other_whole_numbers_by_its_index():
    counted = pd.Series([0.5, 0.3, 0.2])
    for other in (counted[::-1], counted.sample(frac=1, random_state=1), counted.sort_values()):
        assert klcli.kl_divergence(counted, other) == klcli.kl_divergence(other, counted) == 0
    assert klcli.kl_divergence(counted[:2] / 0.8, counted[::-1]) == pytest.approx(
        log(1 / 0.8)
    )  # the label 2 has 0 in P
    with pytest.raises(InputError, match="Q has labels and P has none"):
        klcli.compare(counted, counted.set_axis([*"abc"]))


def test_counts_of_whole_numbers_are_joined_whatever_their_type():
    counts = [pd.Series(values).value_counts() for values in ([1, 2, 1], [1.0, 2.0, 1.0])]
    assert klcli.jensen_shannon(*counts) == 0
    assert klcli.kl_divergence([1, 2, 1], [1.0, 2, 1], as_="samples") == 0
    frames = [pd.DataFrame([[0.5, 0.5]], columns=columns) for columns in ([7, 8], [7.0, 8.0])]
    assert klcli.compare_rows(*frames).forward_kl.tolist() == [0]


@pytest.mark.parametrize("bare", [ROWS, ROWS.tolist(), pd.DataFrame(ROWS)], ids=["array", "lists", "frame"])
def test_names_of_columns_on_one_side_alone_are_refused(bare, tmp_path):
    named = pd.DataFrame(ROWS, columns=["c", "b", "a"])
    named.to_csv(tmp_path / "named.csv", index=False)
    sides = (
        ((named, bare), "P has labels and Q has none", "p.to_numpy()"),
        ((bare, named), "Q has labels and P has none", "q.to_numpy()"),
        ((tmp_path / "named.csv", bare), r"named\.csv has labels and Q has none", "or neither"),
    )
    for pair, words, cure in sides:
        with pytest.raises(InputError, match=words) as error:
            klcli.compare_rows(*pair)
        assert error.value.hint.endswith(cure)
    assert klcli.compare_rows(named.to_numpy(), bare).forward_kl.tolist() == [0] * len(ROWS)
    counted = pd.DataFrame(ROWS, columns=["0", "1", "2"])
    assert not klcli.compare_rows(counted, bare).notes


def test_labels_of_files_that_are_equal_numbers_are_one_outcome(tmp_path):
    for name, labels in (("p", [1, 2]), ("q", [1.0, 2.0])):
        pd.DataFrame({"label": labels, "n": [1, 3]}).to_parquet(tmp_path / f"{name}.parquet")
        np.savez(tmp_path / f"{name}.npz", p=[1, 3], labels=labels)
    for suffix in ("parquet", "npz"):
        assert klcli.kl_divergence(tmp_path / f"p.{suffix}", tmp_path / f"q.{suffix}") == 0
        assert klcli.kl_divergence(tmp_path / f"q.{suffix}", {1: 1, 2: 3}) == 0


def test_a_label_that_is_a_number_is_estimated_as_the_text_of_it():
    numbers = np.array([0.1, 0.2] * 40)
    texts = [str(number) for number in numbers.tolist()]
    found = klcli.estimate(numbers, [*texts, "x"], as_="labels")
    assert sorted(found.to_dict()["cells"]["labels"]) == ["0.1", "0.2", "x"]


COMPLEX, DAYS = np.array([0.5 + 1j, 0.5]), np.array(["2020-01-01", "2020-01-02"], "datetime64[D]")


@pytest.mark.parametrize(
    "call",
    [
        lambda: klcli.kl_divergence(COMPLEX, [0.5, 0.5]),
        lambda: klcli.compare([0.5, 0.5], list(COMPLEX)),
        lambda: klcli.compare(pd.Series(COMPLEX), [0.5, 0.5]),
        lambda: klcli.Distribution(COMPLEX),
        lambda: klcli.compare_rows([COMPLEX], [[0.5, 0.5]]),
        lambda: klcli.pairwise([COMPLEX]),
        lambda: klcli.compare(DAYS, [0.5, 0.5]),
        lambda: klcli.compare_rows([DAYS], [[0.5, 0.5]]),
        lambda: klcli.estimate(COMPLEX, np.ones(2)),
        lambda: klcli.estimate(list(COMPLEX), [1.0, 2.0]),
        lambda: klcli.estimate(np.ones((2, 2)), np.array([COMPLEX, COMPLEX])),
    ],
)
def test_numbers_that_are_not_real_are_refused(call):
    with pytest.raises(InputError, match=r"the type is (complex128|datetime64\[D\])|complex numbers"):
        call()


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (pa.array(["a", "b", "a", "a"]), {"a": 3, "b": 1}),
        (pa.array([True, False, True, True]), {"1": 3, "0": 1}),
        (pa.array(["a", "b", "a", "a"]).dictionary_encode(), {"a": 3, "b": 1}),
        (pa.chunked_array([["a", "b"], ["a", "a"]]), {"a": 3, "b": 1}),
        (pa.array([2.0, None, 2.0, 2.0, 1.0]), {"2": 3, "1": 1}),
    ],
)
def test_arrays_of_arrow_are_samples_whatever_they_hold(array, expected):
    cells = klcli.estimate(array, array, as_="labels", missing="drop").to_dict()["cells"]
    assert dict(zip(cells["labels"], cells["p"], strict=True)) == expected


def test_a_null_of_arrow_is_no_mass():
    with pytest.raises(InputError, match="P: value 2: NaN is not a valid mass"):
        klcli.kl_divergence(pa.array([0.5, None]), [0.5, 0.5])


LISTS = [[0.5, 0.5], [0.25, 0.75]]


@pytest.mark.parametrize(
    "rows",
    [pa.array(LISTS), pa.chunked_array([LISTS]), pd.Series(LISTS), [np.array(row) for row in LISTS]],
    ids=lambda rows: type(rows).__name__,
)
def test_a_column_of_lists_has_a_distribution_in_each(rows):
    assert klcli.compare_rows(rows, LISTS).forward_kl.tolist() == [0, 0]
    assert np.diag(klcli.pairwise(rows, LISTS)).tolist() == [0, 0]


def test_a_cell_that_is_missing_is_named():
    frame = pd.DataFrame({"a": [1.0, 2], "b": [1.0, None]}).astype("Float64")
    with pytest.raises(InputError, match="P: row 2: column 2: 'b': NaN is not a valid mass"):
        klcli.compare_rows(frame, frame)
    with pytest.raises(InputError, match="P: value 2: NaN is not a valid mass"):
        klcli.kl_divergence(frame["b"], [0.5, 0.5])


@pytest.mark.parametrize("type_", ["bfloat16", "float8_e4m3fn"])
def test_types_of_ml_dtypes_are_numbers(type_):
    rows = np.array([[0.25, 0.75], [0.5, 0.5]], pytest.importorskip("ml_dtypes").__dict__[type_])
    assert klcli.compare_rows(rows, rows.astype(float)).forward_kl.tolist() == [0, 0]
    assert klcli.kl_divergence(rows[0], [0.25, 0.75]) == 0


def test_an_estimation_is_a_frame_of_its_measures():
    found = klcli.estimate([1.0, 2.0, 4.0] * 20, [1.0, 2.0, 2.0] * 20)
    frame = found.to_pandas()
    assert list(frame.index) == ["forward_kl", "jensen_shannon"]
    assert frame.loc["jensen_shannon", "lower"] == found.jensen_shannon.lower
    assert frame.loc["forward_kl", ["value", "unit", "method"]].tolist() == [
        found.forward_kl.value, "nats", found.forward_kl.method,
    ]  # fmt: skip
    assert np.isinf(frame.loc["forward_kl", "upper"])


def test_arrays_with_other_numbers_of_columns_are_refused_in_terms_of_arrays():
    with pytest.raises(InputError, match="x has 2 and y has 1 columns") as error:
        klcli.estimate(np.ones((40, 2)), [1.0, 2.0] * 20)
    assert error.value.hint == "a row is one observation: give both as many columns"


KEPT = "'Total', 3 beside 3 of the others, is compared as an outcome; take the row out if it is their total"
WITH_TOTAL = {"a": 1, "b": 2, "Total": 3}


def test_a_total_that_is_compared_is_noted_as_by_the_command(tmp_path):
    found = klcli.compare(WITH_TOTAL, {"a": 2, "b": 1, "Total": 3})
    assert found.forward_kl == pytest.approx(log(2) / 6, rel=1e-14)
    assert [each.text for each in found.notes][:2] == [f"P: {KEPT}", f"Q: {KEPT}"]
    whole = klcli.compare({"a": 0.25, "b": 0.25, "Total": 0.5}, {"a": 0.2, "b": 0.3, "Total": 0.5})
    assert whole.notes == ()


@pytest.mark.parametrize("turn", [1, -1])
def test_a_total_of_a_file_that_is_an_outcome_of_the_other_side_is_kept(tmp_path, turn):
    path = tmp_path / "p.csv"
    path.write_text("k,n\na,1\nb,2\nTotal,3\n")
    found = klcli.compare(*(path, WITH_TOTAL)[::turn])
    assert found.forward_kl == 0
    assert {f"{path}: {KEPT}", f"{'PQ'[turn > 0]}: {KEPT}"} <= {each.text for each in found.notes}


def test_a_total_of_each_row_of_a_frame_is_noted():
    frame = pd.DataFrame({"a": [1, 2], "b": [2, 1], "Total": [3, 3]})
    (note,) = klcli.compare_rows(frame, frame).notes
    assert note.text == "P and Q: 'Total', the sum of the others, was read as an outcome; leave that column out"
    frame["Total"] += 1
    assert klcli.compare_rows(frame, frame).notes == ()
