"""Keys of categories: equal numbers have one key, texts are kept to the letter."""

from decimal import Decimal
from math import inf

import pytest

from klcli.tables.column import Kind
from klcli.tables.keys import canonical_counts, key_of


@pytest.mark.parametrize("value", [1, 1.0, Decimal("1.00"), "1"])
def test_one_is_one_key_however_it_is_stored(value):
    assert key_of(value, Kind.CATEGORY) == "1"


@pytest.mark.parametrize(
    ("value", "key"),
    [("007", "007"), (1.5, "1.5"), (Decimal("1.50"), "1.5"), (-inf, "-inf"), (2**60 + 1, "1152921504606846977"),
     ("Yes", "Yes"), (True, "true"), (Decimal("1E+3"), "1000")],
)  # fmt: skip
def test_a_key_keeps_what_distinguishes_values(value, key):
    assert key_of(value, Kind.CATEGORY) == key


@pytest.mark.parametrize("value", [1, "1", True, "yes", "TRUE", "t"])
def test_true_is_one_key_where_the_reference_is_boolean(value):
    assert key_of(value, Kind.BOOLEAN) == "true"


def test_counts_of_one_key_are_added():
    assert canonical_counts([("Yes", 2), ("yes", 3), ("no", 1)], Kind.BOOLEAN) == {"true": 5, "false": 1}
