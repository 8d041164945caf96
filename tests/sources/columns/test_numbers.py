"""A number is a decimal or a fraction, rounded once to the nearest double; nothing else is one."""

import sys
from fractions import Fraction
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from klcli.sources.columns.numbers import Decimals, parse_number, parse_numbers


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
def test_a_written_number_is_the_nearest_double(text, number):
    assert parse_number(text) == number


def test_nan_is_a_number_so_that_it_is_refused_as_a_mass_and_not_read_as_a_heading():
    assert str(parse_number("NaN")) == "nan"


@pytest.mark.parametrize(
    "text",
    ["", " ", "p", "1_000", "٣", "½", "50%", "0,5", "1/0", "1/2/3", "1.5/2", "1/-2", "/2", "1/", "0x10", "1e", "--1",
     "1 2", "True", "0.5\x00", "0\xa0", "1/" + "9" * 301],
)  # fmt: skip
def test_anything_else_is_not_a_number(text):
    assert parse_number(text) is None


@given(st.floats(allow_nan=False))
def test_every_double_is_read_back_exactly(number):
    assert parse_number(repr(number)) == number


@given(st.integers(0, 10**40), st.integers(1, 10**40))
def test_a_fraction_is_the_nearest_double(numerator, denominator):
    assert parse_number(f"{numerator}/{denominator}") == float(Fraction(numerator, denominator))


DECIMALS = [
    "0.5",
    ".5",
    "5.",
    "+1",
    "-0",
    "-0.0",
    "-7",
    "007",
    "1e400",
    "-1e400",
    "1e-400",
    "5e-324",
    " 0.5\t",
    "\r2\n",
]
DECIMALS += ["9007199254740993", "18446744073709551615", "18446744073709551616", "2.4703282292062328e-324", "1" * 400]
OTHERS = [
    "",
    " ",
    "p",
    "nan",
    "inf",
    "1/3",
    "1/0",
    "1_0",
    "٣",
    "true",
    "null",
    "1,2",
    ",",
    "[1",
    "2]",
    "[]",
    "{}",
    '"1',
    '2"',
]
digits = st.text("0123456789", min_size=1, max_size=40)
long_decimals = st.builds("{}.{}e{}".format, digits, digits, st.integers(-340, 320))


@pytest.fixture(scope="module", params=["orjson", "float", "parts"])
def by(request):
    """Returns what reads numbers: orjson, as after many; float, as where it is missing; orjson, some at a time."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "float":
            patch.setitem(sys.modules, "orjson", None)
        else:
            pytest.importorskip("orjson")
        found = Decimals(repaid=1, at_once=1 if request.param == "parts" else 1000)
        parse_numbers(["0.5"], found)
        assert (found.loads is None) == (request.param == "float")
        yield found


@given(st.lists(st.one_of(st.sampled_from(DECIMALS + OTHERS), st.floats().map(repr), long_decimals), max_size=4))
def test_many_numbers_are_read_as_one_is_to_the_last_bit(by, texts):
    values, are_numbers = parse_numbers(texts, by)
    expected = [parse_number(text) for text in texts]
    found = values.tolist() if are_numbers is None else np.where(are_numbers, values, None).tolist()
    assert repr(found) == repr(expected)  # by repr, as -0.0 is no 0, and NaN not equal to itself


@pytest.mark.parametrize("text", DECIMALS)
def test_each_decimal_is_read_beside_another_as_float_reads_it(by, text):
    assert repr(parse_numbers([text, "0.25"], by)[0].tolist()) == repr([float(text), 0.25])


def test_few_numbers_do_not_repay_another_module():
    by = Decimals()
    assert parse_numbers(["0.5"] * 2_000, by)[1] is None
    assert by.loads is None
