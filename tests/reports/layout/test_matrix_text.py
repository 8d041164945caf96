"""A matrix is printed as the same numbers in a table of texts are."""

from math import inf

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from klcli.reports.format import Style
from klcli.reports.layout.matrix_text import is_matrix, matrix_text
from klcli.reports.layout.text_table import table_text
from klcli.reports.parts import Column, Table
from klcli.reports.table_rows import NumberRows

NAMES = ("a", "日本", "a long name", "é́", "x\ty", "1.5", "b")
AWKWARD = [0.0, inf, 1e-4, 9.9999949e-5, 9.9999951e-5, 0.00099999999, 0.00012345649999, 0.1234565, 0.5, 9.9999995,
           99.99995, 10.0, 123456.5, 999999.49, 999999.5, 1e6, 5e-324, 1e-100, 1.7e308, 2.5]  # fmt: skip
numbers = st.one_of(
    st.sampled_from(AWKWARD), st.floats(0, 10), st.floats(min_value=0), st.decimals(0, 2000, places=3).map(float)
)


def printed(made, values, names, digits):
    heat = (Column(name, name, is_number=True, is_measure=True, is_heat=True, is_label=True) for name in names)
    columns = (Column("row", "KL(row‖column)", is_label=True), *heat)
    rows = NumberRows(np.array(values), names)
    table, style = Table(columns, rows if made is matrix_text else tuple(rows)), Style(digits=digits)
    assert is_matrix(table, style) is (made is matrix_text)
    return "".join(made(table, style))


@given(st.integers(1, 6), st.lists(numbers, min_size=49, max_size=49), st.integers(1, 7))
@example(6, [*AWKWARD, *AWKWARD, *AWKWARD[:9]], 7)
def test_a_matrix_is_printed_as_its_texts_are(digits, values, count):
    square = np.array(values).reshape(7, 7)[:count, :count]
    expected = printed(table_text, square, NAMES[:count], digits)
    assert printed(matrix_text, square, NAMES[:count], digits) == expected


@pytest.mark.parametrize("exponent", range(-6, 8))
def test_numbers_of_every_size_are_rounded_as_their_texts_are(exponent):
    values = np.random.default_rng(exponent + 6).random((60, 60)) * 10.0**exponent
    values[3], values[:, 7] = np.round(values[3], 3), inf
    names = tuple(map(str, range(60)))
    assert printed(matrix_text, values, names, 6) == printed(table_text, values, names, 6)


def test_colours_widths_and_more_digits_are_left_to_other_lines():
    table = Table((), NumberRows(np.eye(2), ("a", "b")))
    assert not any(is_matrix(table, style) for style in (Style(color=True), Style(width=80), Style(digits=7)))
