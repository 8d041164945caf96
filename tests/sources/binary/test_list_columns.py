"""Columns of lists in Parquet and Arrow are rows of distributions, as datasets of logits have them."""

import tracemalloc
from contextlib import suppress

import numpy as np
import pytest

from klcli.errors import InputError, Unreadable
from klcli.sources.binary.parquet_footer import values_in_columns
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.rows.open_rows import open_rows

arrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

P, Q = [[1.0, 2.0, 3.0], [0.0, 1.0, 4.0]], [[2.0, 2.0, 3.0], [1.0, 1.0, 1.0]]
SIZES = {"list": -1, "fixed": 3}


def written(path, columns):
    table = arrow.table(columns)
    if path.suffix == ".parquet":
        parquet.write_table(table, path, row_group_size=1)
    else:
        with arrow.ipc.new_stream(str(path), table.schema) as writer:
            writer.write_table(table)
    return path


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
@pytest.mark.parametrize("width", [arrow.float16(), arrow.float32(), arrow.float64()])
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_each_list_is_a_row(document, tmp_path, suffix, width, size):
    if width == arrow.float16() and suffix == "parquet" and int(arrow.__version__.split(".")[0]) < 15:
        pytest.skip("this Parquet has no halves")
    halves = [[np.float16(each) for each in row] for row in P] if width == arrow.float16() else P
    others = [[np.float16(each) for each in row] for row in Q] if width == arrow.float16() else Q
    p = written(tmp_path / f"p.{suffix}", {"logits": arrow.array(halves, arrow.list_(width, size))})
    q = written(tmp_path / f"q.{suffix}", {"logits": arrow.array(others, arrow.list_(width, size))})
    np.save(tmp_path / "p.npy", np.array(P))
    np.save(tmp_path / "q.npy", np.array(Q))
    found = document("rows", p, q, "--as", "logits")
    plain = document("rows", tmp_path / "p.npy", tmp_path / "q.npy", "--as", "logits")
    expected = [row["forward_kl"] for row in plain["rows"]]
    assert [row["forward_kl"] for row in found["rows"]] == pytest.approx(expected, rel=4e-15)


def test_lists_of_floats_come_before_lists_of_tokens_and_a_note_names_what_is_left(kl, document, tmp_path):
    path = written(tmp_path / "p.parquet", {"tokens": [[1], [2, 3]], "logits": P, "text": ["a", "b"], "label": [0, 2]})
    note = f"{path}: the lists in 'logits' were read as rows, and tokens, text, label were not used"
    assert note in [each["text"] for each in document("rows", path, path, "--as", "logits")["notes"]]
    found = document("rows", path, path, "--as", "logits", "--id", "text", "--target", "label", "--column", "logits")
    assert ([row["id"] for row in found["rows"]], found["notes"]) == (["a", "b"], [])
    assert kl("matrix", path, "--as", "logits", "-f", "csv").out.splitlines()[0].endswith(",a,b")


@pytest.mark.parametrize(("name", "ids"), [("id", ["r0", "r1"]), ("custom_id", ["r0", "r1"]), ("id", [7, 8])])
def test_lists_whose_names_stand_in_another_order_are_refused(kl, document, tmp_path, name, ids):
    p = written(tmp_path / "p.parquet", {name: ids, "probs": P})
    q = written(tmp_path / "q.parquet", {name: ids[::-1], "probs": Q})
    refused = kl("rows", p, q)
    assert (refused.code, f"row 1: '{name}' is '{ids[0]}' in {p} and '{ids[1]}' in {q}" in refused.err) == (3, True)
    assert kl("rows", p, p).code == 0
    other = written(tmp_path / "other.parquet", {name: [each * 3 for each in ids], "probs": Q})
    notes = document("rows", p, other)["notes"]
    assert [note["code"] for note in notes if "--id" in note["text"]] == ["names"]


def test_p_and_q_may_be_two_columns_of_one_file(document, tmp_path):
    path = written(tmp_path / "pq.parquet", {"p": P, "q": Q})
    named = written(tmp_path / "ab.parquet", {"a": P, "b": Q})
    found = document("rows", path, path, "--as", "logits")
    assert found["rows"] == document("rows", named, named, "--as", "logits", "--p", "a", "--q", "b")["rows"]
    assert found["rows"][0]["forward_kl"] > 0


REFUSED = [
    ([[1.0, 2.0], [3.0]], r"row 1: 'x': 2 numbers, and lists of other lengths in other rows"),
    ([[1.0, 2.0], None], r"row 2: 'x': there is no list"),
    ([[1.0, None], [1.0, 2.0]], r"row 1: 'x': value 2: there is no number"),
    ([[], []], r"row 1: 'x': 0 numbers"),
]


@pytest.mark.parametrize(("lists", "error"), REFUSED)
@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_lists_that_are_no_table_are_refused_with_their_row(tmp_path, suffix, lists, error):
    path = written(tmp_path / f"p.{suffix}", {"x": arrow.array(lists, arrow.list_(arrow.float64()))})
    with pytest.raises(InputError, match=error):
        list(open_rows(str(path)).blocks(9))


def test_several_columns_of_lists_have_to_be_named(tmp_path):
    path = written(tmp_path / "p.parquet", {"a": P, "b": Q})
    with pytest.raises(Unreadable, match="several list columns, and none is named; there are a, b"):
        open_rows(str(path))


def test_a_list_that_parquet_repeats_is_limited_before_it_is_decoded(tmp_path):
    path = tmp_path / "p.parquet"
    parquet.write_table(arrow.table({"x": arrow.array([np.zeros(4_000_000)])}), path)
    assert path.stat().st_size < 10_000
    tracemalloc.start()
    before = arrow.total_allocated_bytes()
    with pytest.raises(Unreadable, match=r"p\.parquet: expands to more than"):
        open_rows(str(path))
    assert arrow.total_allocated_bytes() - before < 1_000_000
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()
    (block,) = open_rows(str(path), max_expand="none").blocks(9)
    assert block.values.shape == (1, 4_000_000)


@pytest.mark.parametrize("groups", [1, 7, 100])
def test_the_footer_says_how_many_values_each_column_holds_as_pyarrow_does(tmp_path, groups):
    columns = {
        "a": [[float(at)] * (at % 5) for at in range(100)], "b.c": list(range(100)), "é": ["x"] * 100,
        **{f"further {at}": [True] * 100 for at in range(20)},
    }  # fmt: skip
    path = tmp_path / "p.parquet"
    parquet.write_table(arrow.table(columns), path, row_group_size=groups)
    metadata = parquet.ParquetFile(path).metadata
    expected = dict.fromkeys(columns, 0)
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        for name, leaf in zip(columns, map(group.column, range(group.num_columns)), strict=True):
            expected[name] += leaf.num_values
    assert values_in_columns(ByteSource(path)) == expected
    assert values_in_columns(ByteSource.from_bytes("p", path.read_bytes())) == expected


def test_a_damaged_footer_is_refused_and_ends_nothing(tmp_path):
    path = written(tmp_path / "p.parquet", {"x": P, "y": [1, 2]})
    data = path.read_bytes()
    random = np.random.default_rng(5)
    for _ in range(400):
        broken = bytearray(data)
        for at in random.integers(len(data) // 2, len(data), size=3):
            broken[at] = random.integers(256)
        with suppress(Unreadable):  # any other error fails
            values_in_columns(ByteSource.from_bytes("p", bytes(broken)))
    for deep in (b"\x19" * 5000, b"\x1c" * 5000):  # lists in lists, structures in structures
        with pytest.raises(Unreadable, match="not a whole Parquet file"):
            values_in_columns(ByteSource.from_bytes("p", deep + len(deep).to_bytes(4, "little") + b"PAR1"))
