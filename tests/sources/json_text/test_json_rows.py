"""JSON lines: a distribution on each, read as they arrive."""

import numpy as np
import pytest

from klcli.errors import InputError
from klcli.sources.rows.open_rows import open_rows


@pytest.fixture
def opened(tmp_path):
    def write(text, **options):
        path = tmp_path / "t.jsonl"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return open_rows(str(path), **options)

    return write


@pytest.mark.parametrize("rows", [1, 2, 10])
def test_arrays_of_one_length_are_a_block(opened, rows):
    blocks = list(opened("[1, 2]\n\n[3, 4]\r\n[5, 6.5]").blocks(rows))
    assert np.concatenate([block.values for block in blocks]).tolist() == [[1, 2], [3, 4], [5, 6.5]]
    assert [block.place(row).line for block in blocks for row in range(len(block.values))] == [1, 3, 4]


def test_objects_have_labels_and_rows_of_another_length_make_another_block(opened):
    blocks = list(opened('{"a": 1, "b": 2}\n{"a": 3, "b": 4}\n{"b": 1, "a": 2}\n[1, 2, 3]\n').blocks(10))
    assert [block.labels for block in blocks] == [("a", "b"), ("b", "a"), None]
    assert [block.values.tolist() for block in blocks] == [[[1, 2], [3, 4]], [[1, 2]], [[1, 2, 3]]]
    assert [block.first for block in blocks] == [0, 2, 3]


def test_one_field_holds_the_distribution_and_others_can_be_asked_for(opened):
    text = '{"name": "x", "scores": [1, 2], "next": 1}\n{"name": "y", "scores": [3, 4], "next": 0}\n'
    (block,) = opened(text, array="scores", id_column="name", others=["next"]).blocks(9)
    assert (block.values.tolist(), block.ids, block.columns) == ([[1, 2], [3, 4]], ["x", "y"], {"next": ["1", "0"]})


def test_names_of_rows_are_not_outcomes(opened):
    (block,) = opened('{"id": "x", "a": 1, "b": 2}\n', id_column="id").blocks(9)
    assert (block.values.tolist(), block.labels, block.ids) == ([[1, 2]], ("a", "b"), ["x"])


def test_a_number_of_more_digits_than_a_double_is_infinite_and_not_a_bug(opened):
    (block,) = opened(f"[1{'0' * 400}, 1e-400]").blocks(9)
    assert block.values.tolist() == [[np.inf, 0]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty: there are no lines"),
        ("\n \n", "empty: there are no lines"),
        ("[1, 2", "line 1, column 6: not JSON"),
        ("[1]\n[1, NaN]", "line 2: NaN is not a mass"),
        ('{"a": 1, "a": 2}', "line 1: the key 'a' occurs twice in one object"),
        ("[1]\n[1, true]", "line 2: value 2: true where a number belongs"),
        ('[1]\n{"a": null}', "line 2: 'a': null where a number belongs"),
        ("[[1, 2], 3]", "line 1: item 2: the number 3, not an array or an object"),
        ("[1, [2]]", "line 1: value 2: an array where a number belongs"),
        ("3", "line 1: the number 3, not an array or an object"),
        ("[]", "line 1: there are no values"),
        ("{}", "line 1: there are no values"),
        (b"[1]\n[\xff]", "line 2: not UTF-8"),
        ("[1]".encode("utf-16"), "UTF-16"),
        ("[1]\n[2]".encode("utf-16be"), "UTF-16 without a byte order mark"),
    ],
)
def test_a_bad_line_is_refused_at_its_place(opened, text, words):
    with pytest.raises(InputError, match=words):
        list(opened(text).blocks(9))


def test_lines_before_a_bad_line_are_yielded_first(opened):
    blocks = opened("[1]\n[2]\n[").blocks(9)
    assert next(blocks).values.tolist() == [[1], [2]]
    with pytest.raises(InputError, match="line 3"):
        next(blocks)


RECORDS = '[{"name": "x", "a": 1, "b": 2}, {"name": "y", "b": 4, "a": 3}]'


@pytest.mark.parametrize("text", [RECORDS, '{"name": "x", "a": 1, "b": 2}\n{"name": "y", "b": 4, "a": 3}\n'])
@pytest.mark.parametrize("options", [{"id_column": "name"}, {"finds_id": True}])
def test_records_are_rows_alike_on_lines_and_in_an_array(opened, text, options):
    blocks = list(opened(text, **options).blocks(9))
    found = [dict(zip(block.labels, values, strict=True)) for block in blocks for values in block.values.tolist()]
    assert found == [{"a": 1, "b": 2}, {"a": 3, "b": 4}]
    assert [name for block in blocks for name in block.ids] == ["x", "y"]


def test_records_in_an_array_may_hold_the_distribution_in_a_field(opened):
    (block,) = opened('[{"name": "x", "p": [1, 2]}, {"name": "y", "p": [3, 4]}]', array="p", finds_id=True).blocks(9)
    assert (block.values.tolist(), block.ids, str(block.place(1))) == ([[1, 2], [3, 4]], ["x", "y"], "line 1: item 2")


@pytest.mark.parametrize(
    ("text", "options", "hint"),
    [
        (RECORDS, {}, "pass --id name"),
        ('{"p": [1, 3], "n": 4}', {"finds_id": True}, "--array p"),
        ('{"p": [1, 3], "q": [2, 2]}', {}, "--column p"),
    ],
)
def test_a_field_that_is_no_outcome_has_a_cure(opened, text, options, hint):
    with pytest.raises(InputError) as caught:
        list(opened(text, **options).blocks(9))
    assert caught.value.hint.endswith(hint)
