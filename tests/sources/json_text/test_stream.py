"""Streamed JSON is what json.loads makes of the whole, however the text is cut into reads."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klcli.errors import KlError
from klcli.sources.json_text import stream
from klcli.sources.json_text.stream import json_values

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=4), each, max_size=3),
    max_leaves=8,
)


def streamed(text):
    return list(json_values(io.StringIO(text[1:]), text[0], "m"))


@given(
    items=st.lists(st.dictionaries(st.text(max_size=4), values, max_size=3), max_size=6),
    indent=st.sampled_from((None, 1)),
)
@pytest.mark.parametrize("chunk", [1, 7, 1 << 16])
def test_an_array_is_parsed_item_by_item_as_the_whole_is(items, indent, chunk):
    before, stream._CHUNK = stream._CHUNK, chunk
    try:
        found = streamed(json.dumps(items, indent=indent))
    finally:
        stream._CHUNK = before
    assert [value for _, value in found] == items
    assert [str(place) for place, _ in found] == [f"m: item {number}" for number in range(1, len(items) + 1)]


@given(items=st.lists(st.dictionaries(st.text(max_size=4), values, max_size=3), min_size=1, max_size=6))
def test_json_lines_are_parsed_as_each_line_is(items):
    found = streamed("\n\n".join(map(json.dumps, items)))
    assert [value for _, value in found] == items
    assert [str(place) for place, _ in found] == [f"m: line {1 + 2 * number}" for number in range(len(items))]


@given(text=st.text(alphabet='[]{},:"1 \n', max_size=20))
def test_a_text_that_is_not_json_is_an_error_and_never_another_exception(text):
    found = streamed("[" + text)
    try:
        whole = json.loads("[" + text)
    except ValueError:
        assert isinstance(found[-1][1], KlError)
    else:
        assert [value for _, value in found] == whole or isinstance(found[-1][1], KlError)
