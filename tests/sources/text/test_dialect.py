"""Rows of delimited text, cut in blocks where no quote is near."""

import csv

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from klcli.sources.text.dialect import numbered_rows, split_lines

QUOTED = '"q"\n'  # a line with a quote, from which on rows are cut one by one


def rows_or_error(lines, **options):
    found = []
    try:
        for row in numbered_rows(lines, ",", strict=True, **options):
            found.append(row)
    except csv.Error as error:
        found.append(str(error))
    return found


@pytest.mark.parametrize("keeps_empty_cells", [False, True])
@given(
    pieces=st.lists(st.sampled_from(["1,2\n", "a,b\r\n", "\n", ",\n", " , \n", "#c\n", "x\r", '"y\n"\n', '"z', "0"]))
)
@example(["1,2\n"] * 200)
@example(["1,2\n"] * 63 + ["\n", "#c\n"] + ["3,4\n"] * 70 + ['"5\n",6\n', "7,8\n"])
def test_rows_cut_together_are_those_cut_one_by_one(keeps_empty_cells, pieces):
    lines = list(split_lines("".join(pieces)))
    _, *one_by_one = rows_or_error([QUOTED, *lines], first_line=0, keeps_empty_cells=keeps_empty_cells)
    assert rows_or_error(lines, keeps_empty_cells=keeps_empty_cells) == one_by_one
    assert rows_or_error(lines, keeps_empty_cells=keeps_empty_cells, is_live=True) == one_by_one


def test_a_live_row_is_yielded_before_the_next_line_is_read():
    asked = []

    def lines():
        for line in ("a,b\n", "1,2\n", "3,4\n"):
            asked.append(line)
            yield line

    rows = numbered_rows(lines(), ",", strict=True, is_live=True)
    assert next(rows) == (1, ["a", "b"])
    assert asked == ["a,b\n"]
