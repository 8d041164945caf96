"""NumPy arrays: mapped where they stand in a file, never unpickled."""

import io
import pickle

import numpy as np
import pytest

from klcli.errors import Unreadable
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.formats.input_format import INPUT_FORMATS
from klcli.sources.formats.query import Query

read_npy, read_npz = (INPUT_FORMATS.lookup(name).read for name in ("npy", "npz"))

HALVES = np.array([0.5, 0.5])
PAIR = (None, None)


class Bomb:
    """Creates a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def saved(array):
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    return stream.getvalue()


def archive(**arrays):
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def read(reader, data, columns=(None,), *, samples=None, label=None):
    """The labels and values of each distribution in the bytes of a file."""
    query = Query(columns, samples or (False,) * len(columns), label)
    return [(each.labels, each.values.tolist()) for each in reader(ByteSource.from_bytes("p", data), query)]


@pytest.mark.parametrize("dtype", ["<f8", ">f8", "<f4", "<f2", "i1", "<u8", ">i4"])
def test_numbers_of_every_width_and_byte_order_are_read(dtype):
    assert read(read_npy, saved(np.array([1, 0, 3], dtype=dtype))) == [(None, [1.0, 0.0, 3.0])]


def test_booleans_are_zero_and_one():
    assert read(read_npy, saved(np.array([True, False]))) == [(None, [1.0, 0.0])]


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("array", [[[1, 2, 3], [4, 5, 6]], [[1, 4], [2, 5], [3, 6]]], ids=["rows", "columns"])
def test_two_rows_or_two_columns_are_a_pair(array, order):
    assert read(read_npy, saved(np.array(array, order=order)), PAIR) == [
        (None, [1.0, 2.0, 3.0]),
        (None, [4.0, 5.0, 6.0]),
    ]


def test_a_square_of_two_is_a_pair_of_rows():
    assert read(read_npy, saved([[1, 2], [3, 4]]), PAIR) == [(None, [1.0, 2.0]), (None, [3.0, 4.0])]


def test_a_file_is_mapped_and_not_copied(tmp_path):
    path = tmp_path / "p.npy"
    np.save(path, HALVES)
    (observed,) = read_npy(ByteSource(path), Query())
    assert isinstance(observed.values.base, np.memmap)
    assert observed.values.tolist() == [0.5, 0.5]


@pytest.mark.parametrize("array", [["a", "b", "a"], [b"a", b"b", b"a"]], ids=["text", "bytes"])
def test_samples_are_texts(array):
    assert read(read_npy, saved(np.array(array)), samples=(True,)) == [(("a", "b", "a"), [1.0, 1.0, 1.0])]


def test_samples_may_be_whole_numbers():
    assert read(read_npy, saved(np.array([3, 1, 3])), samples=(True,)) == [(("3", "1", "3"), [1.0, 1.0, 1.0])]


def test_a_file_of_python_2_is_read():
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (2L,), }\n"
    data = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + HALVES.tobytes()
    assert read(read_npy, data) == [(None, [0.5, 0.5])]


@pytest.mark.skipif(np.finfo(np.longdouble).max <= np.finfo(float).max, reason="a long double is a double here")
def test_a_long_double_beyond_any_double_is_infinite():
    assert read(read_npy, saved(np.array([np.longdouble("1e4000"), 1]))) == [(None, [np.inf, 1.0])]


@pytest.mark.parametrize("reader", [read_npy, read_npz])
@pytest.mark.parametrize(
    "wrap",
    [
        pickle.dumps,
        lambda bomb: saved(np.array([bomb], dtype=object)),
        lambda bomb: archive(p=np.array([bomb], dtype=object)),
    ],
    ids=["pickle", "npy", "npz"],
)
@pytest.mark.parametrize("is_file", [True, False], ids=["file", "stream"])
def test_nothing_is_ever_unpickled(reader, wrap, is_file, tmp_path):
    path, trace = tmp_path / "p", tmp_path / "trace"
    path.write_bytes(wrap(Bomb(trace)))
    content = ByteSource(path) if is_file else ByteSource.from_bytes("p", path.read_bytes())
    with pytest.raises(Unreadable):
        reader(content, Query())
    assert not trace.exists()


def test_the_bomb_of_these_tests_works(tmp_path):
    pickle.loads(pickle.dumps(Bomb(tmp_path / "trace"))).close()
    assert (tmp_path / "trace").exists()


@pytest.mark.parametrize("name", ["p", "weights"])
def test_the_only_array_of_an_archive_is_the_masses(name):
    assert read(read_npz, archive(**{name: HALVES})) == [(None, [0.5, 0.5])]


@pytest.mark.parametrize("labels", [["001", "NA"], [b"001", b"NA"]], ids=["text", "bytes"])
def test_labels_are_the_array_of_that_name(labels):
    assert read(read_npz, archive(labels=labels, p=HALVES)) == [(("001", "NA"), [0.5, 0.5])]


def test_labels_in_bytes_are_utf_8():
    data = archive(labels=np.array(["é".encode(), "日".encode()]), p=HALVES)
    assert read(read_npz, data) == [(("é", "日"), [0.5, 0.5])]


def test_p_and_q_are_a_pair():
    data = archive(q=np.array([1, 2]), p=HALVES, labels=["a", "b"])
    assert read(read_npz, data, PAIR) == [(("a", "b"), [0.5, 0.5]), (("a", "b"), [1.0, 2.0])]


def test_arrays_are_chosen_by_name():
    data = archive(old=HALVES, new=np.array([1, 2]), names=["a", "b"])
    assert read(read_npz, data, ("new", "old"), label="names") == [(("a", "b"), [1.0, 2.0]), (("a", "b"), [0.5, 0.5])]


@pytest.mark.parametrize("points", [0x110000, 0xFFFFFFFF])
def test_an_array_of_text_beyond_unicode_is_refused(points):
    array = np.array([points], dtype="<u4").view("<U1")
    with pytest.raises(Unreadable, match=r"^p: an array of labels that are not valid text$"):
        read(read_npy, saved(array), samples=(True,))
