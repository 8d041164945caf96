"""duckdb reads a huge Parquet file as pyarrow does."""

import sys
from decimal import Decimal

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from klcli.errors import KlError
from klcli.sources.binary import parquet
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.formats.query import Query

arrow = pytest.importorskip("pyarrow")
arrow_parquet = pytest.importorskip("pyarrow.parquet")
pytest.importorskip("duckdb")

LABELS = ["a", "b", "c", "001", "NA", "null", "", " x ", "é", "日本", "a\0b", "x" * 100]
DOUBLES = [0.5, 0.25, 3.0, 5e-324, 1e308, 0.0, -0.0, -1.0]
KINDS = [arrow.float64(), arrow.float32(), arrow.int64(), arrow.int8(), arrow.uint64()]
QUERIES = [Query(), Query(), Query((None, None), (False, False)), Query(("p",)), Query(samples=(True,))]


@st.composite
def files(draw):
    """Columns of labels and numbers, some with a gap, in groups of rows; and a query."""
    count = draw(st.integers(0, 6))
    labels = draw(st.lists(st.sampled_from(LABELS), min_size=count, max_size=count, unique=draw(st.booleans())))
    kind = draw(st.sampled_from(KINDS))
    number = st.sampled_from(DOUBLES) if arrow.types.is_float64(kind) else st.integers(0, 100)
    numbers = st.lists(number, min_size=count, max_size=count)
    columns = {"label": arrow.array(labels, arrow.string()), "p": arrow.array(draw(numbers)).cast(kind)}
    if draw(st.booleans()):
        columns["q"] = arrow.array(draw(numbers)).cast(kind)
    if draw(st.integers(0, 3)) == 0 and count:
        name, gap = draw(st.sampled_from(sorted(columns))), draw(st.integers(0, count - 1))
        is_kept = arrow.array([index != gap for index in range(count)])
        columns[name] = arrow.compute.if_else(is_kept, columns[name], arrow.scalar(None, columns[name].type))
    if draw(st.integers(0, 3)) == 0:
        del columns["label"]
    return arrow.table(columns), draw(st.integers(1, 3)), draw(st.sampled_from(QUERIES))


def outcome(path, query):
    """The result of reading a file: labels, masses and places, or the error; by repr, for -0.0."""
    try:
        return repr(
            [
                (
                    each.labels and tuple(each.labels),
                    each.values.tolist(),
                    [each.where(index) for index in range(len(each.values))],
                    each.notes,
                )
                for each in parquet.read_parquet(ByteSource(path), query)
            ]
        )
    except KlError as error:
        return error.message, error.hint


def compared(path, table, query, group=None):
    """Asserts that a file is to duckdb what it is to pyarrow; whether duckdb read it."""
    arrow_parquet.write_table(table, path, row_group_size=group)
    careful = outcome(path, query)
    from klcli.sources.binary import parquet_scan

    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parquet, "HUGE", 0)
        fetch = parquet_scan.fetch
        patch.setattr(parquet_scan, "fetch", lambda *arguments: found.append(fetch(*arguments)) or found[-1])
        assert outcome(path, query) == careful
        patch.setitem(sys.modules, "duckdb", None)
        assert outcome(path, query) == careful
    return found not in ([], [None])


@settings(max_examples=150)
@given(case=files())
def test_a_huge_file_is_read_and_refused_as_a_small_one(tmp_path_factory, case):
    table, group, query = case
    event(f"read by duckdb: {compared(tmp_path_factory.getbasetemp() / 't.parquet', table, query, group)}")


@pytest.mark.parametrize("labels", [["a", "b"], ["日本", " "], ["a.b", "c"]])
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_texts_and_numbers_are_read_by_duckdb(tmp_path, labels, kind):
    table = arrow.table({"x": labels, "p": arrow.array([3, 1]).cast(kind)})
    assert compared(tmp_path / "t.parquet", table, Query())


@pytest.mark.parametrize(
    "columns",
    [
        {"x": ["a", None], "p": [1, 2]},
        {"x": ["a", ""], "p": [1, 2]},
        {"x": ["a", "b"], "p": [1.0, None]},
        {"x": ["a", "b"], "p": [1.0, float("nan")]},
        {"x": ["a", "b"], "p": [1.0, float("inf")]},
        {"x": ["a", "b"], "p": [True, False]},
        {"x": ["a", "b"], "p": [Decimal("0.25"), Decimal("0.75")]},
        {"x": [b"a", b"b"], "p": [1, 2]},
        {"x": [1, 2], "p": [1, 2]},
        {"P": ["a", "b"], "p": [1, 2]},
        {"x.y": ["a", "b"], "p": [1, 2]},
        {"x": arrow.array(["a", "b"]).dictionary_encode(), "p": [1, 2]},
    ],
    ids=lambda columns: str(list(columns.values()))[:40],
)
def test_a_file_that_is_not_plain_is_left_to_pyarrow(tmp_path, columns):
    assert not compared(tmp_path / "t.parquet", arrow.table(columns), Query())
