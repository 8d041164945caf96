"""JSON and JSON lines: arrays, objects, records and pairs, with every label to the letter."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klcli.errors import InputError
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.formats.query import Query
from klcli.sources.json_text.document import read_json, read_json_lines

PAIR = (None, None)
CAT_AND_DOG = [(("cat", "dog"), [0.25, 0.75])]
BARE = [(None, [0.25, 0.75])]
RECORDS = '[{"x": "cat", "p": 0.25}, {"x": "dog", "p": 0.75}]'


def read(text, columns=(None,), *, samples=None, label=None, reader=read_json):
    """The labels and values of each distribution in a text."""
    query = Query(columns, samples or (False,) * len(columns), label)
    return [
        (each.labels, each.values.tolist()) for each in reader(ByteSource.from_bytes("p.json", text.encode()), query)
    ]


@pytest.mark.parametrize("text", ["[0.25, 0.75]", "[\n 25e-2,\n 7.5E-1]\n", "\ufeff[0.25,0.75]"])
def test_an_array_is_values(text):
    assert read(text) == BARE


def test_an_object_is_label_to_value_in_its_order():
    assert read('{"cat": 0.25, "dog": 0.75}') == CAT_AND_DOG


@pytest.mark.parametrize("text", [RECORDS, '[{"x": "cat", "p": 0.25}, {"p": 0.75, "x": "dog"}]'])
def test_records_are_a_label_and_a_value_in_any_order_of_fields(text):
    assert read(text) == CAT_AND_DOG


def test_fields_of_records_are_chosen_by_name():
    text = '[{"mass": 0.25, "id": 7, "name": "cat"}, {"mass": 0.75, "id": 8, "name": "dog"}]'
    assert read(text, ("mass",), label="name") == CAT_AND_DOG


def test_records_with_p_and_q_are_a_pair():
    text = '[{"x": "cat", "p": 0.5, "q": 0.25}, {"x": "dog", "p": 0.5, "q": 0.75}]'
    assert read(text, PAIR) == [(("cat", "dog"), [0.5, 0.5]), *CAT_AND_DOG]


@pytest.mark.parametrize(
    ("form", "expected"),
    [("[0.25, 0.75]", BARE), ('{"cat": 0.25, "dog": 0.75}', CAT_AND_DOG), (RECORDS, CAT_AND_DOG)],
    ids=["array", "object", "records"],
)
def test_an_object_with_p_and_q_is_a_pair_of_any_form(form, expected):
    assert read(f'{{"q": [1], "p": {form}}}', PAIR) == [*expected, (None, [1.0])]
    assert read(f'{{"p": [1], "q": {form}, "note": "x"}}', PAIR) == [(None, [1.0]), *expected]


def test_p_and_q_with_numbers_are_two_labels():
    assert read('{"p": 0.25, "q": 0.75}') == [(("p", "q"), [0.25, 0.75])]


def test_distributions_of_an_object_are_chosen_by_their_keys():
    text = '{"monday": [1], "tuesday": [0.25, 0.75]}'
    assert read(text, ("tuesday",)) == BARE
    assert read(text, ("monday", "tuesday")) == [(None, [1.0]), *BARE]


def test_a_key_that_is_missing_is_refused_with_those_that_are_there():
    with pytest.raises(InputError, match=r"no distribution 'sunday'; the keys are cat, dog"):
        read('{"cat": 0.25, "dog": 0.75}', ("sunday",))


@pytest.mark.parametrize(
    "label", ["001", "NA", "null", " padded ", "", "日本", "[red]x[/red]", "\x1b[31m", "\u202e", "\ud800"]
)
def test_a_key_is_kept_to_the_letter(label):
    assert read(json.dumps({label: 0.25, "other": 0.75})) == [((label, "other"), [0.25, 0.75])]


@pytest.mark.parametrize(("written", "label"), [("1.50", "1.50"), ("10", "10"), ("1e3", "1e3"), ("true", "true")])
def test_a_label_that_is_not_a_text_is_kept_as_written(written, label):
    assert read(f'[{{"x": {written}, "p": 1}}, {{"x": "other", "p": 2}}]') == [((label, "other"), [1.0, 2.0])]


@given(st.dictionaries(st.text(), st.floats(0, 1e300), min_size=1))
def test_every_text_that_json_writes_is_read_back_exactly(masses):
    assert read(json.dumps(masses)) == [(tuple(masses), list(masses.values()))]


@pytest.mark.parametrize(
    "text",
    ['{"a": 1, "a": 1}', '{"p": [1], "p": [2], "q": [1]}', '[{"x": "a", "x": "a", "p": 1}]', r'{"a": 1, "\u0061": 2}'],
)
def test_a_key_that_occurs_twice_in_one_object_is_an_error(text):
    with pytest.raises(InputError, match=r"the key '[apx]' occurs twice in one object"):
        read(text, (None,))


def test_a_key_may_occur_in_two_objects():
    assert read('{"p": {"a": 1}, "q": {"a": 2}}', PAIR) == [(("a",), [1.0]), (("a",), [2.0])]


def test_samples_are_an_array_of_observations():
    assert read('["cat", "dog", "cat", 1.50]', samples=(True,)) == [(("cat", "dog", "cat", "1.50"), [1.0] * 4)]


@pytest.mark.parametrize("observation", ["true", "[]", "{}"])
def test_an_observation_is_a_text_or_a_number(observation):
    with pytest.raises(InputError, match=r"p.json: item 2: .* not one observation"):
        read(f'["cat", {observation}]', samples=(True,))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.25\n0.75\n", BARE),
        ("0.25\r\n\r\n0.75", BARE),
        ('{"x": "cat", "p": 0.25}\n{"x": "dog", "p": 0.75}\n', CAT_AND_DOG),
        ("[0.25, 0.75]\n", BARE),
        ('{"cat": 0.25, "dog": 0.75}\n', CAT_AND_DOG),
    ],
)
def test_json_lines_hold_a_number_or_a_record_each_or_one_document(text, expected):
    assert read(text, reader=read_json_lines) == expected


def test_json_lines_with_p_and_q_are_a_pair():
    text = '{"x": "cat", "p": 1, "q": 3}\n{"x": "dog", "p": 2, "q": 4}'
    assert read(text, PAIR, reader=read_json_lines) == [(("cat", "dog"), [1.0, 2.0]), (("cat", "dog"), [3.0, 4.0])]


def test_a_line_separator_within_a_string_ends_no_line():
    text = '{"x": "a\u2028b\x85c", "p": 1}\n{"x": "d", "p": 2}'
    assert read(text, reader=read_json_lines) == [(("a\u2028b\x85c", "d"), [1.0, 2.0])]


def test_one_line_of_json_lines_may_be_a_record():
    assert read('{"x": "cat", "p": 1}', reader=read_json_lines) == [(("cat",), [1.0])]
    assert read('{"cat": 1, "dog": 3}', reader=read_json_lines) == [(("cat", "dog"), [1.0, 3.0])]
