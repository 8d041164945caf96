"""Parquet columns, by the rules of delimited text."""

import io
from decimal import Decimal
from pathlib import Path

import pytest

from klcli.errors import InputError
from klcli.sources.binary.parquet import read_parquet
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.formats.query import Query

arrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

CAT_AND_DOG = [(("cat", "dog"), [0.25, 0.75])]


def read(columns, wanted=(None,), *, samples=None, label=None):
    """The labels and values of each distribution in a file of these columns."""
    stream = io.BytesIO()
    parquet.write_table(columns if isinstance(columns, arrow.Table) else arrow.table(columns), stream)
    query = Query(wanted, samples or (False,) * len(wanted), label)
    return [
        (each.labels and tuple(each.labels), each.values.tolist())
        for each in read_parquet(ByteSource.from_bytes("p.parquet", stream.getvalue()), query)
    ]


@pytest.mark.parametrize(
    "labels",
    [
        ["cat", "dog"],
        [b"cat", b"dog"],
        arrow.array(["cat", "dog"]).dictionary_encode(),
        arrow.array(["cat", "dog"], arrow.large_string()),
    ],
    ids=["text", "bytes", "dictionary", "large"],
)
def test_labels_are_text_however_they_are_stored(labels):
    assert read({"x": labels, "p": [0.25, 0.75]}) == CAT_AND_DOG


@pytest.mark.parametrize(
    "values",
    [[0.25, 0.75], [Decimal("0.25"), Decimal("0.75")], arrow.array([0.25, 0.75], arrow.float32())],
    ids=["double", "decimal", "float"],
)
def test_numbers_are_read_however_they_are_stored(values):
    assert read({"x": ["cat", "dog"], "p": values}) == CAT_AND_DOG


def test_one_column_is_values():
    assert read({"n": [3, 0, 5]}) == [(None, [3.0, 0.0, 5.0])]


def test_labels_may_be_whole_numbers_or_booleans():
    assert read({"x": [1, 10], "p": [0.25, 0.75]}) == [(("1", "10"), [0.25, 0.75])]
    assert read({"x": [True, False], "p": [0.25, 0.75]}) == [(("true", "false"), [0.25, 0.75])]


def test_p_and_q_are_a_pair():
    columns = {"x": ["cat", "dog"], "q": [0.25, 0.75], "p": [1, 2]}
    assert read(columns, (None, None)) == [(("cat", "dog"), [1.0, 2.0]), *CAT_AND_DOG]


def test_columns_are_chosen_by_name():
    columns = {"mass": [0.25, 0.75], "id": [7, 8], "name": ["cat", "dog"]}
    assert read(columns, ("mass",), label="name") == CAT_AND_DOG


def test_samples_are_texts():
    assert read({"x": ["cat", "dog", "cat"]}, samples=(True,)) == [(("cat", "dog", "cat"), [1.0, 1.0, 1.0])]


def test_two_columns_of_one_name_are_refused():
    table = arrow.Table.from_arrays([arrow.array([1.0]), arrow.array([2.0])], names=["p", "p"])
    with pytest.raises(InputError, match=r"^p\.parquet: two columns have the same name$"):
        read(table, ("p",))


def test_labels_that_are_not_utf_8_are_refused():
    with pytest.raises(InputError, match=r"^p\.parquet: row 1: binary, which is not UTF-8, is not a label$"):
        read({"x": [b"\xff", b"a"], "p": [0.25, 0.75]})


def test_a_column_that_is_not_utf_8_hinders_no_other():
    columns = {"name": ["cat", "dog"], "thumbnail": [b"\xff", b"a"], "mass": [0.25, 0.75]}
    assert read(columns, ("mass",), label="name") == CAT_AND_DOG


def test_damaged_statistics_of_a_column_do_not_end_the_process(kl_process):
    # 560 bytes drawn by the hunt `mutations`, at which pyarrow 26 aborts where a column's statistics are asked for
    result = kl_process("compute", Path(__file__).with_name("damaged_statistics.parquet"), "0.5,0.5")
    assert result.code in (0, 3), result.err


def test_rows_that_a_file_counts_and_does_not_hold_are_refused(kl):
    path = Path(__file__).with_name("rows_that_are_missing.parquet")  # drawn by the hunt `mutations`
    result = kl("matrix", path)
    assert (result.code, result.err) == (3, f"kl: error: {path}: there are no rows\n")
