"""JSON that holds P and Q, each line one row or several."""

import numpy as np
import pytest

from klcli.errors import InputError
from klcli.sources.bytes.byte_source import ByteSource
from klcli.sources.formats.query import RowQuery
from klcli.sources.json_text.json_pairs import JsonPairs

SIDES = RowQuery(side="p"), RowQuery(side="q")
SEVERAL = '{"p": [[1, 2], [3, 4]], "q": [[1, 1], [1, 1]]}\n'
LISTS = '{"p": [{"top": {"a": -0.1}}, {"top": {"b": -0.1}}], "q": [{"top": {"a": -0.2}}, {"top": {"b": -0.2}}]}\n'


def pairs(text, *, is_live=False):
    found = JsonPairs(ByteSource.from_bytes("pq.jsonl", text.encode()), SIDES)
    found.is_live = is_live
    return found


@pytest.mark.parametrize("is_live", [False, True])
@pytest.mark.parametrize("size", [64, 128, 1024], ids=["one line", "two lines", "all"])
@pytest.mark.parametrize("line", [SEVERAL, LISTS], ids=["arrays of rows", "top lists"])
def test_rows_are_numbered_through_lines_that_hold_several(line, size, is_live):
    blocks = list(pairs(5 * line, is_live=is_live).blocks(size))
    assert [row for block in blocks for row in range(block.first, block.first + len(block))] == [*range(10)]


@pytest.mark.parametrize("text", ["[{}, {}]", "{}\n{}"], ids=["array", "lines"])
def test_records_are_pairs_alike_on_lines_and_in_an_array(text):
    records = '{"id": "x", "p": [1, 2], "q": [3, 4]}', '{"id": "y", "p": [5, 6], "q": [7, 8]}'
    blocks = list(pairs(text.format(*records)).blocks(1024))
    sides = ([block.p for block in blocks], [block.q for block in blocks])
    assert [np.concatenate([each.values for each in side]).tolist() for side in sides] == [
        [[1, 2], [5, 6]],
        [[3, 4], [7, 8]],
    ]


def test_a_record_that_lacks_a_side_is_named_by_its_place_in_the_array():
    with pytest.raises(InputError, match="line 1: item 2: not an object with the fields 'p' and 'q'"):
        list(pairs('[{"p": [1, 2], "q": [3, 4]}, {"p": [1, 2]}]').blocks(1024))


def test_rows_before_one_that_is_refused_are_numbered_through_too():
    blocks = pairs(3 * SEVERAL + '{"p": [1, 2]}\n', is_live=True).blocks(1024)
    firsts = []
    with pytest.raises(InputError, match="line 4: not an object with the fields 'p' and 'q'"):
        firsts.extend((block.first, len(block)) for block in blocks)
    assert sum(count for _, count in firsts) == 6
    assert [first for first, _ in firsts] == [sum(count for _, count in firsts[:at]) for at in range(len(firsts))]
