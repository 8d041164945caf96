"""Tables with a distribution in each row: delimited text and Parquet."""

import gzip

import numpy as np
import pytest

from klcli.errors import InputError
from klcli.sources.rows.open_rows import open_rows
from klcli.sources.rows.read_tables import read_table

TABLE = "id,cat,dog,group\na,1,2,x\nb,3,4,y\nc,5,6,x\n"


@pytest.fixture
def opened(tmp_path):
    def write(text, name="t.csv", **options):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return open_rows(str(path), **options)

    return write


@pytest.mark.parametrize("rows", [1, 2, 10])
def test_columns_asked_for_by_name_are_not_outcomes(opened, rows):
    source = opened(TABLE, id_column="id", others=("group", "elsewhere"))
    blocks = list(source.blocks(rows))
    assert (source.labels, source.outcomes, source.columns) == (("cat", "dog"), 2, ("group",))
    assert np.concatenate([block.values for block in blocks]).tolist() == [[1, 2], [3, 4], [5, 6]]
    assert [name for block in blocks for name in block.ids] == ["a", "b", "c"]
    assert [name for block in blocks for name in block.columns["group"]] == ["x", "y", "x"]
    assert str(blocks[0].place(0)) == "line 2"


@pytest.mark.parametrize("header", ["name,a,b\n", ""])
def test_a_column_of_texts_holds_the_names_of_rows(opened, header):
    source = opened(f"{header}x,1,2\ny,3,4\n", finds_id=True)
    (block,) = source.blocks(9)
    assert (block.ids, block.values.tolist()) == (["x", "y"], [[1, 2], [3, 4]])
    assert source.labels == (("a", "b") if header else None)
    (block,) = opened("a,b\n1,2\n", finds_id=True).blocks(9)
    assert (block.ids, block.values.tolist()) == (None, [[1, 2]])


def test_numbers_alone_have_no_header(opened):
    source = opened("0.5;0.5\n# a comment\n\n0.25;3/4\n")
    (block,) = source.blocks(9)
    assert source.labels is None
    assert block.values.tolist() == [[0.5, 0.5], [0.25, 0.75]]
    assert str(block.place(1)) == "line 4"


def test_a_column_of_names_may_be_given_by_its_number(opened):
    source = opened("a\t1\t2\nb\t3\t4\n", "t.tsv", id_column="1")
    (block,) = source.blocks(9)
    assert (source.labels, block.ids, block.values.tolist()) == (None, ["a", "b"], [[1, 2], [3, 4]])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks_and_line_ends_are_read(opened, encoding):
    source = opened(
        TABLE.replace("cat", "Käfer").replace("\n", "\r\n").encode(encoding), id_column="id", others=["group"]
    )
    assert source.labels == ("Käfer", "dog")
    assert next(source.blocks(9)).values.tolist() == [[1, 2], [3, 4], [5, 6]]


def test_compressed_text_is_read_as_it_arrives(opened):
    source = opened(gzip.compress(b"a,b\n1,2\n"), "t.csv.gz")
    assert next(source.blocks(9)).values.tolist() == [[1, 2]]


def test_a_table_can_be_read_again(opened):
    source = opened(TABLE, id_column="id", others=["group"])
    first, second = ([block.values.tolist() for block in source.blocks(2)] for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("", {}, "empty: there are no rows"),
        ("a,b\n", {}, "a header, but no values below it"),
        ("a,a\n1,2\n", {}, "line 1: two columns have the same name"),
        ("a,b\n1,2\n1\n", {}, "line 3: 1 field, but line 1 has 2"),
        ("a,b\n1,x\n", {}, "line 2: 'b': 'x' is not a number"),
        ("1,2\n1,\n", {}, "line 2: column 2: there is no number"),
        ('a,b\n1,"2\n', {}, "line 2: unexpected end of data"),
        ("a\nx\n", {"id_column": "a"}, "no columns but"),
        (b"a,b\n1,\xff\n", {}, "byte 0xff is not UTF-8"),
        ("a,b\n1,2\n".encode("utf-16le"), {}, "UTF-16 without a byte order mark"),
    ],
)  # fmt: skip
def test_a_bad_table_is_refused_at_its_line(opened, text, options, words):
    with pytest.raises(InputError, match=words):
        list(opened(text, **options).blocks(9))


@pytest.mark.parametrize(("rows", "line", "cell"), [("10%,90%\n20%,80%\n0.5,0.5\n", 4, "0.5"),
                                                    ("0.1,0.9\n0.2,0.8\n50%,50%\n", 4, "50%")])  # fmt: skip
@pytest.mark.parametrize("size", [1, 2, 9])
def test_percent_signs_are_judged_by_all_blocks(opened, rows, line, cell, size):
    with pytest.raises(InputError, match=r"line [24]: 'a': '.*' is not a number") as caught:
        list(opened(f"a,b\n{rows}").blocks(size))
    assert "every value has a percent sign" in caught.value.hint
    if size < 9:
        assert f"line {line}: 'a': {cell!r}" in str(caught.value)


def test_a_column_of_text_is_explained(opened):
    with pytest.raises(InputError) as caught:
        list(opened(TABLE).blocks(9))
    assert caught.value.hint == "if 'id' is not an outcome, name the column with --id"
    with pytest.raises(InputError) as caught:
        list(opened(TABLE, id_column="id").blocks(9))
    assert caught.value.hint == "if 'group' is not an outcome, name the column with --id, --target or --cluster"


def test_parquet_says_that_numbers_headed_id_are_an_outcome_and_leaves_rows_without_a_name_nameless(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "t.parquet"
    parquet.write_table(pyarrow.table({"id": [7, 3], "cat": [1, 3], "dog": [2, 4]}), path)
    assert [note.values for note in read_table(str(path)).notes] == [((str(path),), "id")]
    parquet.write_table(pyarrow.table({"id": [7, None], "cat": [1, 3], "dog": [2, 4]}), path)
    source = open_rows(str(path), id_column="id")
    assert (source.notes, [name for block in source.blocks(1) for name in block.ids]) == ((), ["7", ""])


@pytest.mark.parametrize(("header", "codes"), [(None, ["header", "columns"]), (True, ["columns"]), (False, [])])
def test_a_text_says_that_numbers_headed_id_are_an_outcome(tmp_path, header, codes):
    (tmp_path / "t.csv").write_text("id,cat\n7,1\n" if header is not False else "7,1\n")
    assert [note.code for note in read_table(str(tmp_path / "t.csv"), header=header).notes] == codes


def test_parquet_has_the_columns_of_a_table(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "t.parquet"
    table = pyarrow.table({"id": ["a", "b", "c"], "cat": [1, 3, 5], "dog": [2.0, 4.0, 6.0], "group": [7, 8, 7]})
    parquet.write_table(table, path)
    source = open_rows(str(path), id_column="id", others=["group"])
    blocks = list(source.blocks(2))
    assert (source.labels, source.count) == (("cat", "dog"), 3)
    assert np.concatenate([block.values for block in blocks]).tolist() == [[1, 2], [3, 4], [5, 6]]
    assert [name for block in blocks for name in block.ids] == ["a", "b", "c"]
    assert [name for block in blocks for name in block.columns["group"]] == ["7", "8", "7"]
    with pytest.raises(InputError, match="the column 'id' holds string, not numbers"):
        open_rows(str(path))
    parquet.write_table(pyarrow.table({"a": [1.0, None]}), path)
    with pytest.raises(InputError, match="row 2: 'a': there is no number"):
        list(open_rows(str(path)).blocks(9))
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(InputError, match="not a whole Parquet file"):
        open_rows(str(path))


def test_a_file_that_is_not_there_is_told_of_the_nearest(opened, tmp_path):
    opened(TABLE)
    with pytest.raises(InputError) as caught:
        open_rows(str(tmp_path / "tt.csv"))
    assert caught.value.hint == f"did you mean {tmp_path / 't.csv'}?"


def test_an_empty_first_cell_heads_the_names_of_rows_whatever_the_other_headings_are(opened):
    for options in ({"finds_id": True}, {}):
        for first, names in (("x", ["x", "y"]), ("0", ["0", "y"])):
            source = opened(f",1,5,6\n{first},0.2,0.3,0.5\ny,0.1,0.1,0.8\n", **options)
            (block,) = source.blocks(9)
            assert (source.labels, block.ids) == (("1", "5", "6"), names)
            assert block.values.tolist() == [[0.2, 0.3, 0.5], [0.1, 0.1, 0.8]]
            assert [note.text.partition("t.csv: ")[2] for note in source.notes] == [
                "line 1 was read as a header (outcomes 1, 5, 6); see --header"
            ]


def test_a_column_without_a_name_is_not_an_outcome_if_another_names_the_rows(opened):
    source = opened(",id,a,b\n0,x,1,2\n1,y,3,4\n", id_column="id")
    (block,) = source.blocks(9)
    assert (source.labels, block.ids, block.values.tolist()) == (("a", "b"), ["x", "y"], [[1, 2], [3, 4]])
    assert source.notes == ()


@pytest.mark.parametrize("cell", ["NULL", "-", '"1,5"', "5%", "half", ""])
@pytest.mark.parametrize("first", ["0.5", "name,0.5"])
def test_a_damaged_first_row_is_refused_as_any_other(opened, cell, first):
    options = {"finds_id": "," in first}
    second = first.replace("name", "other")
    for text, line in ((f"{first},{cell}\n{second},0.5\n", 1), (f"{second},0.5\n{first},{cell}\n", 2)):
        with pytest.raises(InputError, match=rf"t\.csv: line {line}: column {first.count(',') + 2}: ") as caught:
            list(opened(text, **options).blocks(9))
        assert caught.value.hint is not None or line == 2


def test_the_option_header_decides_for_rows(opened):
    (block,) = opened("1,2\n3,4\n", header=True).blocks(9)
    assert (block.labels, block.values.tolist()) == (("1", "2"), [[3, 4]])
    (block,) = opened(",2\nx,4\n", header=True, finds_id=True).blocks(9)
    assert (block.labels, block.ids) == (("2",), ["x"])
    with pytest.raises(InputError, match="line 1: column 1: 'a' is not a number"):
        list(opened("a,b\n1,2\n", header=False).blocks(9))


def test_outcomes_of_records_are_told_by_their_labels(tmp_path):
    path = tmp_path / "t.json"
    path.write_text('[{"a": 1, "b": 3}, {"b": 4, "a": 12}]', encoding="utf-8")
    table = read_table(str(path))
    assert (list(table.labels), table.stack.mass.tolist()) == (["a", "b"], [[1, 3], [12, 4]])
    path.write_text('[{"a": 1, "b": 3}, {"b": 4, "c": 12}]', encoding="utf-8")
    with pytest.raises(InputError, match="its outcomes differ from those of line 1: item 1"):
        read_table(str(path))


@pytest.mark.parametrize("finds_id", [False, True])
@pytest.mark.parametrize("text", ["a,b,,\n1,2,,\n3,4,,\n", ",a,b\n,1,2\n,3,4\n", "a,,b\n1,,2\n3,,4\n"])
def test_columns_without_a_name_and_a_value_are_no_outcomes(opened, text, finds_id):
    (block,) = opened(text, finds_id=finds_id).blocks(9)
    assert (block.labels, block.ids, block.values.tolist()) == (("a", "b"), None, [[1, 2], [3, 4]])


def test_a_late_value_in_a_column_without_a_name_is_refused(opened):
    rows = opened("a,b,\n" + "1,2,\n" * 200 + "1,2,x\n", finds_id=True)
    with pytest.raises(InputError, match=r"line 202: 'x' in column 3, which has no name"):
        list(rows.blocks(1000))
