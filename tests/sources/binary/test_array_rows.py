"""Arrays in files: whatever the type, the byte order, the layout and the container, the rows are the same."""

import gzip
import io
import json
import struct
import zipfile

import numpy as np
import pytest
from oracle import exact_value_of_logits
from row_files import bfloat16, safetensors, with_header

from klcli.errors import InputError
from klcli.sources.rows.open_rows import open_rows
from klcli.sources.rows.read_tables import read_table

VALUES = np.array([[0.5, 1, -2, 3], [4, 5, 0.25, 7], [8, -9, 10, 11.5]])  # exact in every type, bfloat16 too
COUNTS = np.array([[1, 2, 3], [4, 5, 6]])


def rows_of(path, rows=2, **options):
    blocks = list(open_rows(str(path), **options).blocks(rows))
    assert [block.first for block in blocks] == list(range(0, sum(len(block.values) for block in blocks), rows))
    return np.concatenate([block.values.astype(np.float64) for block in blocks])


@pytest.mark.parametrize("rows", [1, 2, 3, 100])
@pytest.mark.parametrize("dtype", ["<f8", ">f8", "<f4", ">f4", "<f2", ">f2", "longdouble"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_every_type_byte_order_and_layout_of_npy(tmp_path, rows, dtype, order):
    np.save(tmp_path / "a.npy", np.array(VALUES, dtype=dtype, order=order))
    assert rows_of(tmp_path / "a.npy", rows).tolist() == VALUES.tolist()


@pytest.mark.parametrize("dtype", ["<i8", ">i2", "u1", "<u4", "bool"])
def test_whole_numbers_are_read(tmp_path, dtype):
    counts = np.array(COUNTS, dtype=dtype)
    np.save(tmp_path / "a.npy", counts)
    assert rows_of(tmp_path / "a.npy").tolist() == counts.tolist()


def test_more_axes_than_two_are_rows_of_the_last(tmp_path):
    values = np.arange(24.0).reshape(2, 3, 4)
    np.save(tmp_path / "a.npy", values)
    assert rows_of(tmp_path / "a.npy").tolist() == values.reshape(6, 4).tolist()


def test_two_bytes_without_a_type_are_bfloat16_and_a_note_says_so(tmp_path):
    np.save(tmp_path / "a.npy", bfloat16(VALUES).view("V2"))
    source = open_rows(str(tmp_path / "a.npy"))
    (block,) = source.blocks(10)
    assert block.values.tolist() == VALUES.tolist()
    assert [note.code for note in source.notes] == ["bfloat16"]


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("order", ["C", "F"])
def test_the_arrays_of_an_archive_by_name(tmp_path, save, order):
    path = tmp_path / "a.npz"
    save(path, p=np.array(VALUES, order=order), q=VALUES + 1, other=COUNTS)
    assert rows_of(path, side="q").tolist() == (VALUES + 1).tolist()
    assert rows_of(path, side="p").tolist() == VALUES.tolist()
    assert rows_of(path, side="p", array="other").tolist() == COUNTS.tolist()
    with pytest.raises(InputError, match=r"no array 'x'; there are p, q, other"):
        open_rows(str(path), array="x")


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16, np.int32])
def test_tensors_by_name(tmp_path, dtype):
    path = tmp_path / "a.safetensors"
    values = (VALUES * 4).astype(dtype)
    path.write_bytes(safetensors({"first": values, "second": values + 1}, metadata={"made": "here"}))
    assert rows_of(path, array="second").tolist() == (values + 1).tolist()


def test_bfloat16_of_safetensors_is_the_upper_half_of_float32(tmp_path):
    (tmp_path / "a.safetensors").write_bytes(safetensors({"x": bfloat16(VALUES)}, kinds={"x": "BF16"}))
    assert rows_of(tmp_path / "a.safetensors").tolist() == VALUES.tolist()


def test_a_file_that_another_program_wrote_is_read(tmp_path):
    library = pytest.importorskip("safetensors.numpy")
    library.save_file({"p": VALUES.astype(np.float32)}, tmp_path / "a.safetensors")
    assert rows_of(tmp_path / "a.safetensors").tolist() == VALUES.tolist()


def test_a_compressed_array_is_read_as_it_is_decompressed(tmp_path):
    stream = io.BytesIO()
    np.save(stream, VALUES)
    (tmp_path / "a.npy.gz").write_bytes(gzip.compress(stream.getvalue()))
    assert rows_of(tmp_path / "a.npy.gz").tolist() == VALUES.tolist()
    (tmp_path / "cut.npy.gz").write_bytes(gzip.compress(stream.getvalue())[:-20])
    with pytest.raises(InputError, match="not a whole gz file"):
        rows_of(tmp_path / "cut.npy.gz")


def test_first_bytes_identify_the_format_of_a_file_without_suffix(tmp_path):
    with (tmp_path / "array").open("wb") as stream:
        np.save(stream, VALUES)
    (tmp_path / "tensors").write_bytes(safetensors({"x": VALUES}))
    assert rows_of(tmp_path / "array").tolist() == rows_of(tmp_path / "tensors").tolist() == VALUES.tolist()


OVERLAPPING = {"x": {"dtype": "F64", "shape": [1, 2], "data_offsets": [0, 16]},
               "y": {"dtype": "F64", "shape": [1, 2], "data_offsets": [8, 24]}}  # fmt: skip


def saved(values, **settings):
    stream = io.BytesIO()
    np.save(stream, values, **settings)
    return stream.getvalue()


def tensor(**changes):
    item = {"dtype": "F64", "shape": [1, 2], "data_offsets": [0, 16]} | changes
    return with_header({"x": item}, bytes(16))


@pytest.mark.parametrize(
    ("suffix", "data", "words"),
    [
        ("npy", saved(VALUES)[:-1], r"truncated: it has 223 bytes, but an array of shape \(3, 4\) ends at byte 224"),
        ("npy", saved(VALUES)[:40], "its header is cut or corrupt"),
        ("npy", saved(VALUES).replace(b"'fortran", b"'f\xffrtran"), "its header is cut or corrupt"),
        ("npy", saved(VALUES).replace(b"NUMPY\x01", b"NUMPY\x09"), "its header is cut or corrupt"),
        ("npy", saved(VALUES[0]), "two dimensions or more"),
        ("npy", saved(np.empty((0, 3))), "empty: an array of shape"),
        ("npy", saved(np.array([[{}, []]], dtype=object), allow_pickle=True), "never unpickled"),
        ("npy", saved(np.array([["a"]])), "not of numbers"),
        ("npy", saved(np.array([[1j]])), "not of numbers"),
        ("npy", saved(np.zeros((2, 2), dtype=[("a", "f8")])), "not of numbers"),
        ("npy", saved(np.asfortranarray(np.ones((2, 2, 2)))), "in Fortran order, which is read in two dimensions only"),
        ("npz", b"PK\x03\x04 and no more", "not a whole .npz file"),
        ("safetensors", b"", "not a safetensors file: it has 0 bytes"),
        ("safetensors", struct.pack("<Q", 1 << 60) + b"{", "byte 0 gives a header of 1,152,921,504,606,846,976 bytes"),
        ("safetensors", with_header(b"[1]", b""), "bytes 8 to 11 are not a JSON object"),
        ("safetensors", with_header(b'{"x": 1, "x": 2}', b""), "are not a JSON object"),
        ("safetensors", with_header(b"[" * 100_000, b""), "are not a JSON object"),
        ("safetensors", with_header({}, b""), "empty: there are no tensors"),
        ("safetensors", tensor(dtype="F8_E4M3", data_offsets=[0, 16]), "has the type 'F8_E4M3', which is not read"),
        ("safetensors", tensor(shape=[1, 3]), r"has the shape \[1, 3\] of F64, but 16 bytes"),
        ("safetensors", tensor(shape=[1, -2]), "the header describes the tensor 'x' in no valid way"),
        ("safetensors", tensor(shape=[1, True]), "the header describes the tensor 'x' in no valid way"),
        ("safetensors", tensor(data_offsets=[16, 0]), "the header describes the tensor 'x' in no valid way"),
        ("safetensors", tensor(data_offsets=[0, 16])[:-1], "truncated: the tensors end at byte 16, the file at 15"),
        ("safetensors", tensor() + b"x", "corrupt: 1 bytes after the last tensor"),
        ("safetensors", tensor(data_offsets=[1, 17]), "corrupt: the tensor 'x', which begins at byte 1, leaves a gap"),
        ("safetensors", with_header(OVERLAPPING, bytes(24)), "corrupt: the tensor 'y', which begins at byte 8, over"),
    ],
)  # fmt: skip
def test_a_cut_or_corrupt_array_is_refused_with_the_reason(tmp_path, suffix, data, words):
    path = tmp_path / f"bad.{suffix}"
    path.write_bytes(data)
    with pytest.raises(InputError, match=words):
        rows_of(path)


def test_a_header_that_would_fill_the_memory_is_refused(tmp_path):
    path = tmp_path / "huge.safetensors"
    with path.open("wb") as stream:
        stream.write(struct.pack("<Q", 150_000_000) + b"{")
        stream.truncate(200_000_000)  # of zeros, which take no room on the disk
    with pytest.raises(InputError, match="a header of 150,000,000 bytes, above 100,000,000"):
        open_rows(str(path))


def test_objects_in_an_archive_are_never_unpickled(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.array([[{}, []]], dtype=object))
    with pytest.raises(InputError, match="never unpickled"):
        rows_of(tmp_path / "a.npz")


def test_a_corrupt_member_of_an_archive_is_found(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, x=np.arange(100_000.0).reshape(1000, 100))
    with zipfile.ZipFile(path) as archive:
        at = archive.infolist()[0].header_offset
    data = bytearray(path.read_bytes())
    data[at + 5000] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"a\.npz:x: not a whole \.npz file"):
        rows_of(path, 100)


def test_json_of_a_header_may_be_padded(tmp_path):
    header = json.dumps({"x": {"dtype": "F64", "shape": [3, 4], "data_offsets": [0, 96]}}).encode()
    (tmp_path / "a.safetensors").write_bytes(with_header(header + b"   ", VALUES.tobytes()))
    assert rows_of(tmp_path / "a.safetensors").tolist() == VALUES.tolist()


@pytest.mark.parametrize("mask", [-3.3895313892515355e38, -np.inf])
def test_masks_of_bfloat16_are_read_as_they_are(mask, tmp_path, document):
    p, q = np.float32([[1, 2, mask]]), np.float32([[1.5, 2, mask]])
    tensors = {"p": bfloat16(p), "q": bfloat16(q)}
    (tmp_path / "a.safetensors").write_bytes(safetensors(tensors, kinds={"p": "BF16", "q": "BF16"}))
    words = ("rows", tmp_path / "a.safetensors", "--as", "logits")
    (row,) = document(*words)["rows"]
    assert row["forward_kl"] == pytest.approx(float(exact_value_of_logits("forward_kl", [1, 2], [1.5, 2])), rel=4e-15)


@pytest.mark.parametrize("is_fortran", [False, True])
def test_a_compressed_array_that_claims_rows_of_terabytes_is_refused_by_name(tmp_path, is_fortran):
    header = f"{{'descr': '<f8', 'fortran_order': {is_fortran}, 'shape': (2, {10**13})}}"
    path = tmp_path / "a.npy.gz"
    path.write_bytes(gzip.compress(b"\x93NUMPY\x01\0" + struct.pack("<H", len(header)) + header.encode() + b"few"))
    words = "rows of 10,000,000,000,000 outcomes do not fit" if is_fortran else "truncated: it ends after 0 of 2 rows"
    with pytest.raises(InputError, match=f"a.npy.gz: {words}"):
        rows_of(path)


@pytest.mark.parametrize(
    ("labels", "found", "said"),
    [
        (["a", "b", "c", "d"], ("a", "b", "c", "d"), []),
        ([1.0, 2.0, 3.0, 4.0], ("1", "2", "3", "4"), []),
        ([0, 1, 2], None, ["columns"]),  # one for each row, as training data have
    ],
)
def test_labels_name_the_outcomes_of_rows(tmp_path, labels, found, said):
    np.savez(tmp_path / "a.npz", p=VALUES, labels=labels)
    source = open_rows(str(tmp_path / "a.npz"))
    assert [block.labels for block in source.blocks(2)] == [found, found]
    assert [note.code for note in source.notes] == said


@pytest.mark.parametrize("labels", [["a"], ["a", "b", "c", "d", "e"], [["a", "b"]]])
def test_labels_of_another_number_than_the_outcomes_are_refused(tmp_path, labels):
    np.savez(tmp_path / "a.npz", p=VALUES, labels=labels)
    with pytest.raises(InputError, match=r"a\.npz:labels: array of shape .*, but .*a\.npz:p has 4 outcomes"):
        open_rows(str(tmp_path / "a.npz"))


def test_rows_of_archives_are_joined_by_label(tmp_path, document):
    p, q = np.array([[0.5, 0.25, 0.25], [0.125, 0.125, 0.75]]), np.array([[0.25, 0.25, 0.5], [0.5, 0.25, 0.25]])
    for order, columns in (("abc", [0, 1, 2]), ("bca", [1, 2, 0])):
        np.savez(tmp_path / f"{order}.npz", p=q[:, columns], labels=list(order))
    np.savez(tmp_path / "p.npz", p=p, labels=list("abc"))
    rows = document("rows", tmp_path / "p.npz", tmp_path / "bca.npz")["rows"]
    expected = (p * np.log(p / q)).sum(axis=1)
    assert [row["forward_kl"] for row in rows] == pytest.approx(expected.tolist(), rel=1e-14)
    matrix = document("matrix", tmp_path / "p.npz", "--columns", "--as", "weights")
    assert len(matrix["rows"]) == 3


def test_arrays_of_one_dimension_are_rows_by_their_names(tmp_path):
    path = tmp_path / "x.npz"
    np.savez(path, p=[0.5, 0.5], q=[0.1, 0.9], labels=["a", "b"])
    table = read_table(str(path))
    assert (table.names, list(table.labels)) == (("p", "q"), ["a", "b"])
    assert table.stack.mass.tolist() == [[0.5, 0.5], [0.1, 0.9]]
    np.savez(path, p=[0.5, 0.5], q=[-0.1, 1.1])
    with pytest.raises(InputError, match=r"x\.npz: q: column 1: a negative mass, -0\.1"):
        read_table(str(path))
    np.savez(path, p=[0.5, 0.5], q=[0.1, 0.2, 0.7])
    with pytest.raises(InputError, match="several arrays, and none is named"):
        read_table(str(path))
