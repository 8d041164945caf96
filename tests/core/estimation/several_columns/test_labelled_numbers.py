"""A label and a number: counted in the bins of each label, with an interval that covers."""

from math import inf, log

import numpy as np
import pytest

from klcli.core.estimation.settings import Settings
from klcli.core.estimation.several_columns.labelled_numbers import (
    LabelledNumbers,
    can_be_binned,
    estimate_labelled_numbers,
)

COLUMNS = ("colour", "size")


def drawn(random, n, shares, shift):
    labels = random.choice(["red", "blue"], n, p=shares)
    return LabelledNumbers(labels.tolist(), random.normal(np.where(labels == "red", shift, 0.0)))


def estimated(x, y):
    return estimate_labelled_numbers(("x", "y"), x, y, Settings(), columns=COLUMNS)


@pytest.mark.parametrize(("shares", "shift"), [((0.5, 0.5), 0.0), ((0.3, 0.7), 0.0), ((0.5, 0.5), 0.5)])
def test_intervals_cover_the_truth(shares, shift):
    """By the chain rule KL is that of the labels, and a half of that of the numbers of red, which is shift²/2."""
    random = np.random.default_rng(18)
    truth = sum(0.5 * log(0.5 / share) for share in shares) + 0.5 * shift**2 / 2
    covered = []
    for _ in range(150):
        found = estimated(drawn(random, 500, (0.5, 0.5), 0.0), drawn(random, 500, shares, shift)).forward_kl
        covered.append(found.lower <= truth <= found.upper)
    assert np.mean(covered) >= 0.9 - 0.03


def test_a_difference_that_no_column_shows_alone_is_found():
    """Labels and numbers have the same shares in both; which goes with which differs."""
    random = np.random.default_rng(2)
    numbers = random.normal(size=1000)
    one, other = (np.where((numbers > 0) == side, "red", "blue").tolist() for side in (True, False))
    found = estimated(LabelledNumbers(one, numbers), LabelledNumbers(other, random.permutation(numbers)))
    assert found.p_value < 1e-30
    assert found.jensen_shannon.lower > 0.1


def test_increasing_maps_of_the_numbers_change_nothing():
    random = np.random.default_rng(3)
    pair = [drawn(random, 300, (0.5, 0.5), shift) for shift in (0.0, 0.4)]
    one, other = (
        estimated(*(each._replace(numbers=function(each.numbers)) for each in pair)) for function in (np.array, np.exp)
    )
    assert one.forward_kl == other.forward_kl


def test_numbers_beyond_all_of_the_other_sample_open_the_upper_end():
    x = LabelledNumbers(["a", "b"] * 100, np.concatenate([np.arange(180) / 7.3, 1e3 + np.arange(20) / 3.7]))
    y = LabelledNumbers(["a", "b"] * 100, np.arange(200) / 7.7)
    found = estimated(x, y)
    assert found.forward_kl.upper == inf
    assert found.jensen_shannon.upper < 1
    assert "of P with colour a" in " ".join(note.text for note in found.notes)


def test_fewer_than_50_rows_of_a_label_are_too_few():
    x, y = (LabelledNumbers(["a"] * 40 + ["b"] * count, np.arange(40.0 + count)) for count in (25, 24))
    assert not can_be_binned(x, y)
    assert can_be_binned(x, x)
