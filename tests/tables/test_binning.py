"""Bins: order statistics of the reference, right-closed, point masses apart."""

from decimal import Context, Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil, inf

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from klcli.errors import UsageError
from klcli.tables.binning import (
    bin_count,
    bin_labels,
    differences,
    parse_bins,
    quantile_cuts,
    quantile_ranks,
    without_empty,
)
from klcli.tables.column import Column, Read, Reading, Storage
from klcli.tables.cuts import Cut, cut_for, cuts_between

WIDE = Context(prec=60)
NUMBERS = st.integers(-5, 5).map(float) | st.floats(-1e3, 1e3)
SAMPLES = st.lists(NUMBERS, min_size=2, max_size=80)


def of_type(storage, scale=0, width=8):
    return Read(Column(0, "x", storage, scale=scale, width=width), Reading.NUMBER)


def is_left(number, cut):
    return number < cut.value if cut.is_below else number <= cut.value


def binned(values, bins):
    values = sorted(values)
    ranks = quantile_ranks(len(values), bins)
    at = sorted({values[rank - 1] for rank in ranks})
    below = [sum(x < v for x in values) for v in at]
    at_most = [sum(x <= v for x in values) for v in at]
    cuts = quantile_cuts(len(values), bins, at, below, at_most)
    return cuts, differences(
        [sum(x < c.value if c.is_below else x <= c.value for x in values) for c in cuts], len(values)
    )


@given(SAMPLES, st.integers(2, 10))
def test_no_bin_of_the_reference_is_lost_or_empty_but_beside_point_masses(values, bins):
    cuts, counts = binned(values, bins)
    points = {value for value in values if values.count(value) * bins >= len(values)}
    assert sum(counts) == len(values)
    for (low, high), count in zip(pairwise((None, *cuts, None)), counts, strict=True):
        assert count > 0 or {each.value for each in (low, high) if each is not None} <= points


@given(SAMPLES, st.integers(2, 10), st.lists(NUMBERS, max_size=20))
def test_bins_that_are_empty_on_both_sides_are_left_out(values, bins, current):
    cuts, p = binned(values, bins)
    q = differences([sum(y < c.value if c.is_below else y <= c.value for y in current) for c in cuts], len(current))
    kept = without_empty(cuts, p, q)
    counts = [
        differences([sum(x < c.value if c.is_below else x <= c.value for x in side) for c in kept], len(side))
        for side in (values, current)
    ]
    assert [pair for pair in zip(p, q, strict=True) if any(pair)] == list(zip(*counts, strict=True))


@given(SAMPLES, st.integers(2, 10))
def test_a_value_with_a_bins_share_of_the_reference_has_a_bin_without_other_values(values, bins):
    cuts, counts = binned(values, bins)
    for value in set(values):
        if values.count(value) * bins >= len(values):
            at = cuts.index(Cut(value, is_below=True))
            assert cuts[at + 1] == Cut(value)
            assert counts[at + 1] == values.count(value)


@given(st.lists(st.sampled_from([0.0] * 20 + [*map(float, range(-20, 20))]), min_size=10, max_size=80),
       st.integers(2, 10))  # fmt: skip
def test_a_bin_between_a_point_mass_and_other_values_holds_half_of_a_bins_share(values, bins):
    cuts, counts = binned(values, bins)
    points = {value for value in values if values.count(value) * bins >= len(values)}
    for (low, high), count in zip(pairwise(cuts), counts[1:-1], strict=True):
        if low.value != high.value and (low.value in points) != (high.value in points):
            assert 2 * count * bins >= len(values)


@given(st.lists(st.floats(-1e3, 1e3), min_size=20, max_size=80, unique=True), st.integers(2, 10))
def test_bins_of_distinct_values_hold_equal_counts_up_to_one(values, bins):
    _, counts = binned(values, bins)
    assert max(counts) - min(counts) <= 1
    assert len(counts) == bins


@given(st.integers(1, 10**6), st.integers(2, 10))
def test_ranks_are_the_least_with_the_share(count, bins):
    assert quantile_ranks(count, bins) == tuple(sorted({ceil(Fraction(i * count, bins)) for i in range(1, bins + 1)}))


@given(st.fractions(-100, 100, max_denominator=64), st.booleans(), st.lists(st.integers(-100, 100)), st.integers(0, 3))
def test_a_cut_in_another_type_has_the_same_values_on_its_left(cut, is_below, integers, scale):
    value = float(cut)  # a denominator of at most 64 that is a power of 2 is exact, others are rounded
    whole = cut_for(Cut(value, is_below), of_type(Storage.INTEGER))
    decimal = cut_for(Cut(value, is_below), of_type(Storage.DECIMAL, scale))
    for each in integers:
        wanted = each < value if is_below else each <= value
        assert (each < whole.value if whole.is_below else each <= whole.value) == wanted
        tenth = Decimal(each).scaleb(-scale)
        wanted = float(tenth) < value if is_below else float(tenth) <= value
        assert (tenth < decimal.value if decimal.is_below else tenth <= decimal.value) == wanted


@given(
    st.floats(-1e9, 1e9) | st.integers(-(10**6), 10**6).map(lambda cents: cents / 100),
    st.booleans(),
    st.integers(0, 25),
)
def test_a_decimal_and_the_double_nearest_to_it_are_one_value(value, is_below, scale):
    decimal = cut_for(Cut(value, is_below), of_type(Storage.DECIMAL, scale))
    nearest = WIDE.quantize(Decimal(value), Decimal(1).scaleb(-scale))
    for steps in range(-3, 4):
        beside = WIDE.add(nearest, WIDE.scaleb(Decimal(steps), -scale))
        assert is_left(beside, decimal) == is_left(float(beside), Cut(value, is_below))
        double = cut_for(Cut(beside, is_below), of_type(Storage.FLOAT))
        assert is_left(value, double) == is_left(value, Cut(float(beside), is_below))


@given(st.floats(-1e9, 1e9) | NUMBERS, st.floats(-4, 4).map(float), st.booleans(), st.sampled_from([2, 4]))
def test_a_double_and_the_narrower_float_nearest_to_it_are_one_value(value, ulps, is_below, width):
    kind = {2: np.float16, 4: np.float32}[width]
    with np.errstate(over="ignore"):
        narrow = kind(value)
    assume(np.isfinite(narrow))
    beside = float(narrow) + ulps * float(np.spacing(narrow))  # of which some are rounded to it, and some are halfway
    (of_narrow,) = cuts_between([Cut(float(narrow), is_below)], width, of_type(Storage.FLOAT))
    assert is_left(beside, of_narrow) == is_left(kind(beside), Cut(narrow, is_below))
    between_narrow = cut_for(Cut(beside, is_below), of_type(Storage.FLOAT, width=width))
    assert is_left(float(narrow), between_narrow) == is_left(narrow, Cut(kind(beside), is_below))


def test_an_integer_beyond_the_doubles_is_cut_at_the_double_below():
    assert cut_for(Cut(2**53 + 1, True), of_type(Storage.FLOAT)) == Cut(2.0**53)
    assert cut_for(Cut(2**53, True), of_type(Storage.FLOAT)) == Cut(2.0**53, True)
    assert cut_for(Cut(-inf), of_type(Storage.INTEGER)) is None


@pytest.mark.parametrize(
    ("reference", "current", "bins"),
    [(50, 50, 2), (100, 100, 5), (300, 300, 10), (50, 10**4, 2), (10**4, 50, 10), (10**4, 10, 2), (10**6, 10**6, 10)],
)
def test_the_number_of_bins_leaves_20_reference_rows_and_5_current_rows_in_each(reference, current, bins):
    assert bin_count(reference, current) == bins


def test_labels_name_intervals_and_point_masses():
    cuts = (Cut(0.0, True), Cut(0.0), Cut(2.5))
    assert bin_labels(cuts) == ("(−∞, 0)", "0", "(0, 2.5]", "(2.5, ∞)")


@pytest.mark.parametrize(
    "text", ["", "quantile:1", "quantile:x", "edges:", "edges:2,1", "edges:1,nan", "deciles", "fd:3"]
)
def test_a_rule_that_is_none_is_refused(text):
    with pytest.raises(UsageError):
        parse_bins(text)


@pytest.mark.parametrize("text", ["quantile:10", "width:20", "fd", "edges:0.0,1.0,5.0", "values"])
def test_a_rule_is_written_as_it_is_read(text):
    assert parse_bins(text).text == text


@pytest.mark.parametrize("values", [(2.0**53, 2.0**53 + 2), (2**60, 2**60 + 1), (0.1, 0.1 + 2**-50)])
def test_bins_have_different_names(values):
    labels = bin_labels(list(map(Cut, values)))
    assert len(set(labels)) == 3
