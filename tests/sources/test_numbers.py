"""A number is a decimal or an exact fraction, to the nearest double; nothing else is one."""

from fractions import Fraction
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klcli.sources.numbers import parse_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.5", 0.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("+5e-1", 0.5),
        ("5E2", 500.0),
        ("-2", -2.0),
        (" 0.5\t", 0.5),
        ("007", 7.0),
        ("1/2", 0.5),
        (" 1 / 4 ", 0.25),
        ("-3/4", -0.75),
        ("0/5", 0.0),
        ("1e999", inf),
        ("-Infinity", -inf),
        ("5e-324", 5e-324),
        ("9007199254740993/1", 9007199254740992.0),
    ],
)
def test_what_is_written_is_the_number(text, number):
    assert parse_number(text) == number


def test_nan_is_a_number_so_that_it_is_refused_as_a_mass_and_not_taken_for_a_heading():
    assert str(parse_number("NaN")) == "nan"


@pytest.mark.parametrize(
    "text",
    ["", " ", "p", "1_000", "٣", "½", "50%", "0,5", "1/0", "1/2/3", "1.5/2", "1/-2", "/2", "1/", "0x10", "1e", "--1",
     "1 2", "True", "0.5\x00", "0\xa0", "1/" + "9" * 301],
)  # fmt: skip
def test_anything_else_is_no_number(text):
    assert parse_number(text) is None


@given(st.floats(allow_nan=False))
def test_every_double_is_read_back_exactly(number):
    assert parse_number(repr(number)) == number


@given(st.integers(0, 10**40), st.integers(1, 10**40))
def test_a_fraction_is_the_nearest_double(numerator, denominator):
    assert parse_number(f"{numerator}/{denominator}") == float(Fraction(numerator, denominator))
