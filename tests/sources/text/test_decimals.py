"""Numbers read many at a time are bit for bit those read one at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klcli.core.distributions.label_texts import PackedText
from klcli.sources.columns.numbers import parse_number, parse_numbers
from klcli.sources.text import decimals
from klcli.sources.text.decimals import parse_decimals

some = settings(max_examples=300)
PADDING = b" " * 80

written = st.one_of(
    st.floats().map(repr),
    st.floats(0, 1).map(lambda value: f"{value:.25f}"),
    st.tuples(st.floats(0, 1e6), st.integers(0, 22)).map(lambda pair: f"{pair[0]:.{pair[1]}f}"),
    st.tuples(st.floats(), st.integers(0, 20)).map(lambda pair: f"{pair[0]:.{pair[1]}E}"),
    st.integers(-(10**20), 10**20).map(str),
    st.text("0123456789.eE+-_/ n\x0e%", max_size=14),
)


def packed(cells):
    encoded = [cell.encode() for cell in cells]
    lengths = np.array([len(each) for each in encoded], dtype=np.int64)
    starts = len(PADDING) + np.concatenate([[0], np.cumsum(lengths + 1)[:-1]]).astype(np.int64)
    return PackedText(PADDING + b",".join(encoded) + PADDING, starts, lengths)


def bits(values):
    return np.array(values, dtype=np.float64).view(np.uint64).tolist()


def assert_read_as_one_by_one(cells):
    expected = [parse_number(cell) for cell in cells]
    for cell, number in zip(cells, expected, strict=True):
        values, are_numbers = parse_decimals(packed([cell]))
        assert bool(are_numbers[0]) == (number is not None), cell
        assert number is None or bits(values) == bits([number]), cell
    if None not in expected:
        values, are_numbers = parse_decimals(packed(cells))
        assert are_numbers.all()
        assert bits(values) == bits(expected)


@some
@given(cells=st.lists(written, min_size=1, max_size=20))
def test_numbers_are_those_read_one_by_one(cells):
    assert_read_as_one_by_one(cells)


@pytest.mark.parametrize(
    "cells",
    [
        ["0", "-0", "-0.0", "+1", "00.5", ".5", "5.", "1e5", "1E-5", "1e+05", "000000000000000000000000001"],
        [".", "", "-", "e5", "1e", "1e+", "1.2.3", "1e5e5", "--1", "1e5.5", "0x10", "1_000", "٣", "1\x0e5", "1,5"],
        ["inf", "nan", "1e400", "1e-400", "5e-324", "2.2250738585072014e-308", "1.7976931348623157e308", "1/3"],
    ],
    ids=["numbers", "no numbers", "numbers by another way"],
)
def test_forms_of_numbers_are_told_apart(cells):
    assert_read_as_one_by_one(cells)


@pytest.mark.parametrize(
    "cells",
    [
        # halfway between two doubles, and a digit to either side: IEEE 754 rounds to the even one
        ["9007199254740993", "9007199254740993.0", "9007199254740992.9", "9007199254740993.1", "9007199254740995"],
        [
            "0.500000000000000055",
            "0.5000000000000000555",
            "0.5000000000000000556",
            "1.00000000000000011102230246251565",
        ],
        # digits that overflow 64 bits when they are put together
        ["0.018724814125436119172", "0.833018193186528477234276", "18446744073709551616", "99999999999999999999999"],
    ],
    ids=["whole", "broken", "many digits"],
)
def test_hard_roundings_are_right(cells):
    assert_read_as_one_by_one(cells)


def test_an_ordinary_number_is_read_with_the_others(monkeypatch):
    one_by_one = []
    monkeypatch.setattr(decimals, "parse_numbers", lambda texts: one_by_one.extend(texts) or parse_numbers(texts))
    values = np.random.default_rng(3).random(5000)
    found, are_numbers = parse_decimals(packed([repr(value) for value in values.tolist()]))
    assert are_numbers.all()
    assert bits(found) == bits(values)
    assert not one_by_one


def test_a_few_bytes_are_read_too():
    values, are_numbers = parse_decimals(PackedText(b"1,x", np.array([0, 2]), np.array([1, 1])))
    assert values.tolist() == [1, 0]
    assert are_numbers.tolist() == [True, False]
