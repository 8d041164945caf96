"""Files of one table, and what a file holds that is easily read as something else."""

import json
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from klcli.errors import KlError, Unreadable
from klcli.sources.tables.open_table import open_frame, open_table
from klcli.sources.tables.text_files import FEW_LINES, LARGE
from klcli.tables.column import Read, Reading


@pytest.fixture(params=["duckdb", "pyarrow"])
def engine(request, monkeypatch):
    if request.param == "pyarrow":
        monkeypatch.setitem(sys.modules, "duckdb", None)


def written(folder, name, columns):
    """Writes a table as the suffix says; columns are pairs, so that a name may occur twice."""
    names, cells = [each for each, _ in columns], [each for _, each in columns]
    path = folder / name
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_arrays(list(map(pa.array, cells)), names=names), path)
    elif path.suffix == ".jsonl":
        path.write_text(
            "".join(json.dumps(dict(zip(names, row, strict=True))) + "\n" for row in zip(*cells, strict=True))
        )
    else:
        path.write_text(
            "\n".join([",".join(names), *(",".join(map(str, row)) for row in zip(*cells, strict=True))]) + "\n"
        )


def counted(word):
    """Returns the counts of the values of each column."""
    table = open_table(str(word))
    reads = [Read(column, Reading.LABEL) for column in table.columns]
    table.facts(table.columns)
    found = {name: dict(labels.counts) for name, labels in table.labels(reads, 10).items()}
    table.close()
    return found


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_columns_that_differ_in_case_alone_keep_their_names(tmp_path, suffix, engine):
    written(tmp_path, f"x.{suffix}", [("a", ["u", "u"]), ("A", ["v", "w"])])
    assert counted(tmp_path / f"x.{suffix}") == {"a": {"u": 2}, "A": {"v": 1, "w": 1}}


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_two_columns_of_one_name_are_refused(tmp_path, suffix, engine):
    written(tmp_path, f"x.{suffix}", [("a", ["u"]), ("a", ["v"])])
    with pytest.raises(Unreadable, match="the same name, 'a'"):
        open_table(str(tmp_path / f"x.{suffix}"))


def test_the_fields_of_nested_columns_are_no_columns(tmp_path, engine):
    nested = pa.table({"a": [1], "s": [{"a": 1, "t": {"S": 2}}], "l": [[{"a": 1}]], "A": ["x"]})
    pq.write_table(nested.select(["a", "s", "l"]), tmp_path / "plain.parquet")
    pq.write_table(nested, tmp_path / "cased.parquet")
    for name, columns in (("plain", ["a", "s", "l"]), ("cased", ["a", "s", "l", "A"])):
        table = open_table(str(tmp_path / f"{name}.parquet"))
        assert [each.name for each in table.columns] == columns
        table.close()


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("other", [[("a", [1])], [("a", [1]), ("b", ["x"]), ("c", [1])], [("a", [1]), ("B", ["x"])]])
def test_files_with_other_columns_are_no_one_table(tmp_path, suffix, other, engine):
    written(tmp_path, f"1.{suffix}", [("a", [1]), ("b", ["x"])])
    written(tmp_path, f"2.{suffix}", other)
    with pytest.raises(KlError):
        open_table(str(tmp_path / f"*.{suffix}"))


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
@pytest.mark.parametrize(
    ("first", "second", "counts"),
    [
        ([1, 1], [1.5], {1.0: 2, 1.5: 1}),  # not 1.5 rounded to 2
        ([1.5], [1], {1.0: 1, 1.5: 1}),
        ([1, 2], ["x"], {"1": 1, "2": 1, "x": 1}),
        (["x"], [1], {"1": 1, "x": 1}),
        ([1], [2**40], {1: 1, 2**40: 1}),
        ([None, None], [3], {3: 1}),
    ],
)
def test_files_whose_types_differ_are_read_in_the_wider_one(tmp_path, suffix, first, second, counts):
    written(tmp_path, f"1.{suffix}", [("a", first)])
    written(tmp_path, f"2.{suffix}", [("a", second)])
    assert counted(tmp_path / f"*.{suffix}") == {"a": counts}


def test_files_of_different_formats_are_no_one_table(tmp_path):
    for suffix in ("csv", "jsonl"):
        written(tmp_path, f"1.{suffix}", [("a", [1])])
    with pytest.raises(Unreadable, match="different formats"):
        open_table(str(tmp_path / "1.*"))


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ('{"a": "x\u2028y"}\n{"a": "x\u0085y"}\n', {"x\u2028y": 1, "x\u0085y": 1}),  # no ends of lines in JSON
        ('{"a": 1}\r\n\r\n{"a": 1}', {1: 2}),
        ('[{"a": true}, {}]', {True: 1}),
        ('\ufeff{"a": "é"}\n', {"é": 1}),
    ],
)
def test_records_are_cut_at_the_ends_of_lines_alone(tmp_path, text, counts):
    (tmp_path / "x.jsonl").write_bytes(text.encode())
    assert counted(tmp_path / "x.jsonl") == {"a": counts}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": 1, "a": 2}\n', "'a' occurs twice"),
        ('{"a": 1}\n{"a": }\n', "line 2, column 7: not JSON: expecting value$"),
        ('[{"a": 1},\n {"a": }]\n', "line 2, column 8: not JSON: expecting value$"),
        ("1\n", "not an object"),
        ("[]", "no records"),
        ("", "empty"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_what_is_no_table_of_records_is_refused(tmp_path, text, found):
    (tmp_path / "x.jsonl").write_text(text)
    with pytest.raises(Unreadable, match=found):
        open_table(str(tmp_path / "x.jsonl"))


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_files_whose_columns_stand_in_another_order_are_one_table(tmp_path, suffix, engine):
    written(tmp_path, f"1.{suffix}", [("a", [1]), ("b", ["x"])])
    written(tmp_path, f"2.{suffix}", [("b", ["y"]), ("a", [2])])
    assert {name: set(counts) for name, counts in counted(tmp_path / f"*.{suffix}").items()} == {
        "a": {"1", "2"} if suffix == "csv" else {1, 2},
        "b": {"x", "y"},
    }


@pytest.mark.parametrize(
    ("array", "storage"), [([1.5, float("inf")], "float"), ([1, 2], "integer"), ([True], "boolean")]
)
def test_a_mapping_of_arrays_holds_their_types(array, storage):
    assert open_frame({"a": np.array(array)}, "t").columns[0].storage.value == storage


@pytest.mark.parametrize("stated", ["sep=;", '"sep=;"', "\ufeffsep=;", "SEP=;"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_delimiter_that_a_first_line_states_is_that_of_excel(stated, end, tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(end.join([stated, "k;price", "1;2,5", "2;3", ""]).encode())
    found = open_table(str(path))
    assert [column.name for column in found.columns] == ["k", "price"]
    assert found.rows == 2


@pytest.mark.parametrize(
    ("text", "is_title"),
    [
        ("Report,\nk,price\n1,2\n", True),
        ("Report,\n,\nk,price\n1,2\n2,\n", True),
        (",plan\nalice,basic\nbob,pro\n", False),
        (",n\na,5\nb,6\n", False),
        ("k,price\n1,2\n", False),
    ],
)
def test_a_title_above_the_names_of_columns_is_refused(text, is_title, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(text)
    if not is_title:
        assert open_table(str(path)).rows
        return
    with pytest.raises(Unreadable, match="'Report' stands alone in the first row") as refused:
        open_table(str(path))
    skipped = int(refused.value.hint.split("tail -n +")[1].split()[0]) - 1
    path.write_text("".join(text.splitlines(keepends=True)[skipped:]))  # the cure
    assert [column.name for column in open_table(str(path)).columns] == ["k", "price"]


@pytest.mark.parametrize(("lines", "engine"), [(FEW_LINES, "numpy"), (FEW_LINES + 1, "duckdb")])
def test_duckdb_counts_large_texts_of_many_lines(tmp_path, lines, engine):
    path = tmp_path / "x.csv"
    path.write_text(f"{'x' * (LARGE // FEW_LINES)}\n" * lines)
    assert open_table(str(path)).engine == engine


@pytest.mark.parametrize("times", [1, LARGE // 30 + FEW_LINES])
def test_columns_below_a_rule_of_dashes_are_read_as_sqlite3_prints_them(tmp_path, times, engine):
    path = tmp_path / "x.txt"
    path.write_text("plan   ok \n-----  ---\n" + "a b    yes\na,b    no \n       no \n" * times)
    assert counted(path) == {"plan": {"a b": times, "a,b": times}, "ok": {"yes": times, "no": 2 * times}}
    path.write_text("plan   ok \na b    yes\n" * 2)  # without the rule, blanks may belong to a label
    assert len(open_table(str(path)).columns) == 1
